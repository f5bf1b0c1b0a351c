"""Files that were made to do harm, or that are simply not what they say: each refused with a sentence, nothing run."""

import os
import pickle
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data import DataError, Encoding, load
from tests.data.archives import lists, members, npy, pickled, random_reviews, write_npz

READ = "import sys; from explorer.data import *\ntry: load(sys.argv[1], Encoding())\nexcept DataError as e: print(e)"


def enough() -> dict[str, bytes]:
    """The arrays of a good archive that is large enough to be taken."""
    return members(*random_reviews(1, 80, 300), *random_reviews(2, 40, 300))


def refusal(path: Path) -> str:
    """The sentence with which a file is refused, which must name the file and say what to do."""
    with pytest.raises(DataError) as caught:
        load(str(path), Encoding())
    text = str(caught.value)
    assert str(path) in text
    assert "another file" in text
    return text


def refusal_in_a_process(path: Path) -> str:
    """The same, for files that crash the process which falls for them."""
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(path)], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert str(path) in ended.stdout
    return ended.stdout


class Command:
    """What a pickle of this does when it is loaded is run a shell command."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"echo harmed > '{self.canary}'",)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_command_in_a_review_is_not_run(tmp_path: Path, protocol: int) -> None:
    canary = tmp_path / "canary"
    payload = pickle.dumps(lists([[1], [Command(canary)], [2]]), protocol)
    pickle.loads(payload)
    assert canary.exists(), "the attack itself must work, or the test shows nothing"
    canary.unlink()
    refusal(write_npz(tmp_path / "bad.npz", members() | {"x_train": pickled(payload, 3)}))
    assert not canary.exists()


def test_a_command_instead_of_the_array_is_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = write_npz(tmp_path / "bad.npz", members() | {"x_test": pickled(pickle.dumps(Command(canary), 4), 2)})
    assert "os" in refusal(path) or "posix" in refusal(path)
    assert not canary.exists()


def test_a_command_in_the_labels_is_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    labels = npy(lists([[0], [Command(canary)], [1]]))
    assert "whole numbers" in refusal(write_npz(tmp_path / "bad.npz", members() | {"y_train": labels}))
    assert not canary.exists()


def test_a_command_in_an_array_nobody_reads_is_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    extra = pickled(pickle.dumps(Command(canary), 4), 1)
    path = write_npz(tmp_path / "odd.npz", enough() | {"extra": extra})
    assert len(load(str(path), Encoding()).train) == 80
    assert not canary.exists()


def test_a_bare_pickle_is_not_loaded(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / "imdb.npz"
    path.write_bytes(pickle.dumps(Command(canary)))
    assert "not a whole .npz archive" in refusal(path)
    assert not canary.exists()


class Crafted:
    """An object array whose type claims to hold no pointers, so that NumPy takes the bytes that follow for pointers."""

    def __reduce__(self) -> tuple[Any, ...]:
        reconstruct = np.empty(0, object).__reduce__()[0]
        return reconstruct, (np.ndarray, (0,), b"b"), (1, (3,), CraftedType(), False, b"\x41" * 24)


class CraftedType:
    """A structured type with an object field and none of the flags that go with one."""

    def __reduce__(self) -> tuple[Any, ...]:
        return np.dtype, ("V8", False, True), (3, "|", None, ("f",), {"f": (np.dtype("O"), 0)}, 8, 1, 0)


def test_a_crafted_type_does_not_crash_the_process(tmp_path: Path) -> None:
    payload = pickle.dumps(Crafted(), 4)
    path = write_npz(tmp_path / "bad.npz", members() | {"x_train": pickled(payload, 3)})
    assert "no list of word ids needs" in refusal_in_a_process(path)


def test_a_plain_object_type_over_bytes_does_not_crash_the_process(tmp_path: Path) -> None:
    class Pointers:
        def __reduce__(self) -> tuple[Any, ...]:
            reconstruct = np.empty(0, object).__reduce__()[0]
            return reconstruct, (np.ndarray, (0,), b"b"), (1, (3,), np.dtype("O"), False, b"\x41" * 24)

    payload = pickle.dumps(Pointers(), 4)
    path = write_npz(tmp_path / "bad.npz", members() | {"x_train": pickled(payload, 3)})
    assert "another number" in refusal_in_a_process(path)


def test_the_stand_ins_hold_without_the_first_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unpickler alone must refuse what the walk over the opcodes would have caught before it."""
    from explorer.data.readers import safe_pickle

    monkeypatch.setattr(safe_pickle, "_check_opcodes", lambda *arguments: None)
    for hostile in (Crafted(), np.arange(3), print, lists([[1], None, [2]]), pickle.PickleBuffer(b"x"), "text"):
        payload = pickle.dumps(hostile, 5)
        with pytest.raises(safe_pickle.RefusedError):
            safe_pickle.read_lists(payload, 0, 3)


@pytest.mark.parametrize(
    ("opcodes", "reason"),
    [
        (b"\x80\x04r\xff\xff\xff\xff.", "too much memory"),
        (b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", "too much memory"),
        (b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", "BINBYTES8"),
        (b"\x80\x04\x8d\xff\xff\xff\xff\x02\x00\x00\x00", "BINUNICODE8"),
        (b"\x80\x04B\xff\xff\xff\x7f", "BINBYTES"),
        (b"\x80\x04" + b"]" * 2_100_000 + b".", "more than lists"),
        (b"\x80\x04" + b"(" * 2_100_000 + b".", "more than lists"),
        (b"\x80\x04" + b"N" * 200 + b".", "more than lists"),
        (b"\x80\x04Pname\n.", "PERSID"),
        (b"\x80\x04\x82\x01.", "EXT1"),
        (b"\x80\x04\xff.", "the byte 255"),
        (b"\x80\x04", "ends too early"),
        (b"\x80\x04K", "BININT1"),
        (b"", "ends too early"),
        (b"\x80\x04].trailing", "follows"),
        (b".", "damaged"),
        (b"\x80\x04R.", "damaged"),
        (b"\x80\x04h\x09.", "damaged"),
        (b"\x80\x09N.", "damaged"),
        (b"K\x01.", "not that of a NumPy array"),
    ],
)
def test_senseless_and_greedy_pickles_are_refused(tmp_path: Path, opcodes: bytes, reason: str) -> None:
    assert reason in refusal(write_npz(tmp_path / "bad.npz", members() | {"x_train": pickled(opcodes, 3)}))


def test_one_list_in_many_places_is_refused(tmp_path: Path) -> None:
    shared = [1] * 10_000
    content = enough()
    content["x_train"] = npy(lists([shared] + [[2]] * 79))
    path = write_npz(tmp_path / "bad.npz", content)
    assert len(load(str(path), Encoding()).train) == 80
    many = lists([shared] * 90)
    content = {"x_train": npy(many), "y_train": npy(np.array([0, 1] * 45))}
    assert "more words than the file" in refusal(write_npz(tmp_path / "bad.npz", members() | content))


def test_a_list_within_itself_is_refused(tmp_path: Path) -> None:
    knot: list[Any] = [1]
    knot.append(knot)
    refusal(write_npz(tmp_path / "bad.npz", members() | {"x_train": npy(lists([[1], knot, [2]]))}))


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        ([5, -1], "review 1 holds the word id -1"),
        ([2_000_000], "review 1 holds the word id 2000000"),
        ([2**31], "LONG1"),
        ([2**80], "LONG1"),
        ([True], "review 1 holds True"),
        ([1.5], "BINFLOAT"),
        (["word"], "review 1 holds 'word'"),
        ([None], "review 1 holds None"),
        ([[1, 2]], "review 1 holds [1, 2]"),
        (None, "review 1 is None"),
        ((1, 2), "review 1 is of type tuple"),
        (7, "review 1 is of type int"),
        ({"a": 1}, "EMPTY_DICT"),
    ],
)
def test_what_is_not_a_list_of_word_ids_is_refused(tmp_path: Path, review: Any, reason: str) -> None:
    path = write_npz(tmp_path / "bad.npz", members() | {"x_train": npy(lists([[1], review, [2]]))})
    assert reason in refusal(path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"y_train": npy(np.array([0, 2, 1]))}, "label 1 must be 0 or 1, got 2"),
        ({"y_test": npy(np.array([0, -1]))}, "label 1 must be 0 or 1, got -1"),
        ({"y_train": npy(np.array([1, 1, 1]))}, "only the label 1"),
        ({"y_train": npy(np.array([0, 1]))}, "3 reviews but 2 labels"),
        ({"y_train": npy(np.array([0.0, 0.5, 1.0]))}, "label 1 must be 0 or 1, got 0.5"),
        ({"y_train": npy(np.array([0.0, np.nan, 1.0]))}, "label 1 must be 0 or 1, got nan"),
        ({"y_train": npy(np.array(["0", "1", "1"]))}, "must hold whole numbers, got <U1"),
        ({"y_train": npy(np.array([[0, 1, 1]]))}, "got shape (1, 3)"),
        ({"y_train": npy(np.array(1))}, "got shape ()"),
        ({"y_train": npy(np.array([], int))}, "got shape (0,)"),
        ({"y_train": npy(np.array([0, 1, 1]))[:-1]}, "promises 3 labels"),
        ({"x_train": npy(np.array([1, 2, 3]))}, "int64"),
        ({"x_train": npy(np.empty((3, 2), object))}, "got shape (3, 2)"),
        ({"x_train": pickled(npy(lists([[1], [2]]))[128:], 3)}, "promises 3 reviews"),
        ({"x_train": b"nothing of NumPy's"}, "not a NumPy array"),
        ({"x_train": b""}, "not a NumPy array"),
        ({"x_train": b"\x93NUMPY\x03\x00\x04\x00\x00\x00{}  "}, "not a NumPy array"),
        ({"x_train": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31)}, "not a NumPy array"),
        ({"x_train": npy(lists([[1]])).replace(b"(1,)", b"(((,")}, "not a NumPy array"),
        ({"x_train": npy(lists([[1]])).replace(b"(1,), ", b"(10**9"[:6])}, "not a NumPy array"),
    ],
)
def test_wrong_arrays_are_refused(tmp_path: Path, changes: dict[str, bytes], reason: str) -> None:
    assert reason in refusal(write_npz(tmp_path / "bad.npz", members() | changes))


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_a_missing_array_is_named(tmp_path: Path, name: str) -> None:
    some = members()
    del some[name]
    assert f"no array {name}" in refusal(write_npz(tmp_path / "bad.npz", some))


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    whole = write_npz(tmp_path / "imdb.npz", members()).read_bytes()
    for length in (0, 1, 21, len(whole) // 2, len(whole) - 1):
        (tmp_path / "imdb.npz").write_bytes(whole[:length])
        assert "not a whole .npz archive" in refusal(tmp_path / "imdb.npz")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members(), zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"NUMPY") + 150] ^= 0xFF
    path.write_bytes(data)
    assert "CRC" in refusal(path)


def test_a_directory_that_points_before_the_file_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members())
    data = bytearray(path.read_bytes())
    end = data.index(b"PK\x05\x06")
    data[end + 12 : end + 20] = struct.pack("<II", 10**6, 10**6)
    path.write_bytes(data)
    assert "not a whole .npz archive" in refusal(path)


def test_a_member_that_is_not_where_the_directory_says_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members())
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 42 : central + 46] = struct.pack("<I", 2**31)
    path.write_bytes(data)
    assert "cannot be unpacked" in refusal(path)


def test_a_claim_of_eight_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members())
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 0xFFFF_FFF0)
    path.write_bytes(data)
    assert "claims 4,294,967,280 bytes" in refusal(path)


def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    bomb = {"x_train": npy(np.array([1]))[:128] + bytes(65 * 2**20)}
    path = write_npz(tmp_path / "imdb.npz", members() | bomb)
    assert path.stat().st_size < 2**20
    assert "claims" in refusal(path)


def test_a_compression_that_numpy_never_writes_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members(), zipfile.ZIP_LZMA)
    assert "compressed in a way" in refusal(path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members())
    data = path.read_bytes()
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        parts = data.split(signature)
        data = signature.join(
            [parts[0], *(p[: flags - 4] + bytes([p[flags - 4] | 1]) + p[flags - 3 :] for p in parts[1:])]
        )
    path.write_bytes(data)
    assert "encrypted" in refusal(path)


def test_an_archive_of_a_few_reviews_is_refused_each_time(tmp_path: Path) -> None:
    """Also from the cache, which keeps whatever could be read."""
    few = members(*random_reviews(1, 60, 300), *random_reviews(2, 39, 300))
    path = write_npz(tmp_path / "imdb.npz", few)
    for _ in range(2):
        assert "holds 99 reviews, and at least 100 are needed" in refusal(path)
    write_npz(path, members(*random_reviews(1, 60, 300), *random_reviews(2, 40, 300)))
    assert len(load(str(path), Encoding()).test) == 40


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "imdb.npz"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "larger than 512 MB" in refusal(path)
