"""The cache: what it gives back is what was put in, or nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data.cache import Cache, cache_folder, digest_of, stamp

ARRAYS: dict[str, Any] = {
    "ids": np.arange(1000, dtype=np.uint16),
    "labels": np.array([0, 1], np.uint8),
    "none": np.empty(0, np.int64),
}
KEY = digest_of("key")
HOUR_NS = 3_600_000_000_000


def settle(path: Path) -> list[int]:
    """Make a file an hour old, so that its stamp can be trusted."""
    old = path.stat().st_mtime_ns - HOUR_NS
    os.utime(path, ns=(old, old))
    return stamp(path)


def test_arrays_come_back_read_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a" / "b")
    assert cache.load("rows", KEY) is None
    cache.store("rows", KEY, ARRAYS)
    loaded = cache.load("rows", KEY, mapped=["ids"])
    assert loaded is not None
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)
        assert not loaded[name].flags.writeable
    assert isinstance(loaded["ids"].base, np.memmap)
    assert not isinstance(loaded["labels"].base, np.memmap)
    assert cache.load("rows", digest_of("other")) is None
    assert cache.load("reviews", KEY) is None
    assert [path.name for path in cache.folder.iterdir()] == [f"rows-{KEY[:40]}"]


def test_nothing_in_it_is_pickled(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with pytest.raises(ValueError, match="pickle"):
        cache.store("rows", KEY, {"ids": np.array([object()])})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["ids.npy", "labels.npy", "none.npy", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "header", "cut", "empty", "gone", "longer"])
@pytest.mark.parametrize("mapped", [(), ("ids",)])
def test_a_damaged_entry_counts_as_missing_and_is_replaced(
    tmp_path: Path, file: str, damage: str, mapped: tuple[str, ...]
) -> None:
    cache = Cache(tmp_path)
    cache.store("rows", KEY, ARRAYS)
    path = tmp_path / f"rows-{KEY[:40]}" / file
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[-3] ^= 0x55
    elif damage == "header":
        data[7] ^= 0x55
    elif damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "empty":
        data.clear()
    elif damage == "longer":
        data += b"more"
    path.unlink()
    if damage != "gone":
        path.write_bytes(data)
    assert cache.load("rows", KEY, mapped) is None
    cache.store("rows", KEY, ARRAYS)
    loaded = cache.load("rows", KEY, mapped)
    assert loaded is not None
    np.testing.assert_array_equal(loaded["ids"], ARRAYS["ids"])
    assert len(list(tmp_path.iterdir())) == 1


def test_an_entry_under_a_false_key_is_not_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store("rows", KEY, ARRAYS)
    other = KEY[:40] + "0" * 24
    assert other != KEY
    assert cache.load("rows", other) is None


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    keys = [digest_of(str(k)) for k in range(6)]
    for age, key in enumerate(keys[:4]):
        cache.store("rows", key, ARRAYS)
        os.utime(tmp_path / f"rows-{key[:40]}", (1000 + age, 1000 + age))
    cache.store("reviews", KEY, ARRAYS)
    assert cache.load("rows", keys[0]) is not None  # now the most recently used
    cache.store("rows", keys[4], ARRAYS)
    cache.store("rows", keys[5], ARRAYS)
    assert [cache.load("rows", key) is not None for key in keys] == [True, False, False, True, True, True]
    assert cache.load("reviews", KEY) is not None


def test_what_a_crash_left_behind_is_removed_in_time(tmp_path: Path) -> None:
    for name in ("fresh", "old"):
        (tmp_path / f".unfinished-{name}").mkdir()
        (tmp_path / f".unfinished-{name}" / "ids.npy").write_bytes(b"half")
    os.utime(tmp_path / ".unfinished-old", (1000, 1000))
    Cache(tmp_path).store("rows", KEY, ARRAYS)
    assert not (tmp_path / ".unfinished-old").exists()
    assert (tmp_path / ".unfinished-fresh").exists()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "cache")
    cache.store("rows", KEY, ARRAYS)
    assert cache.load("rows", KEY) is None
    assert cache.digest(tmp_path / "file") is None
    cache.remember(tmp_path / "file", KEY, settle(tmp_path / "file"))
    assert cache.digest(tmp_path / "file") is None


def test_a_file_is_remembered_until_it_changes(tmp_path: Path) -> None:
    cache, file = Cache(tmp_path / "cache"), tmp_path / "file"
    file.write_bytes(b"one")
    assert cache.digest(file) is None
    cache.remember(file, KEY, stamp(file))
    assert cache.digest(file) is None, "too fresh: it could change again within the same tick of the clock"
    cache.remember(file, KEY, settle(file))
    assert cache.digest(file) == KEY
    (tmp_path / "link").symlink_to(file)
    assert cache.digest(tmp_path / "link") == KEY
    file.write_bytes(b"two")
    assert cache.digest(file) is None
    file.unlink()
    assert cache.digest(file) is None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}', "[" * 100_000, "\x00"])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, content: str) -> None:
    cache, file = Cache(tmp_path), tmp_path / "file"
    file.write_bytes(b"one")
    (tmp_path / "sources.json").write_text(content)
    assert cache.digest(file) is None
    cache.remember(file, KEY, settle(file))
    assert cache.digest(file) == KEY


def test_several_processes_never_see_half_an_entry(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; import numpy as np; from explorer.data.cache import Cache, digest_of\n"
        "cache, key, seen = Cache(Path(sys.argv[1])), digest_of('key'), 0\n"
        "for turn in range(60):\n"
        "    cache.store('rows', key, {'a': np.full(5000, 7, np.int64), 'b': np.arange(3)})\n"
        "    loaded = cache.load('rows', key, ['a'])\n"
        "    if loaded is not None:\n"
        "        seen += 1\n"
        "        assert (loaded['a'] == 7).all() and len(loaded['a']) == 5000 and loaded['b'].tolist() == [0, 1, 2]\n"
        "print(seen)\n"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-W", "error", "-c", script, str(tmp_path)]
    running = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert int(out) > 0
    loaded = Cache(tmp_path).load("rows", KEY)
    assert loaded is not None
    assert loaded["a"].sum() == 35_000
    assert [path.name for path in tmp_path.iterdir()] == [f"rows-{KEY[:40]}"]


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DROPOUT_EXPLORER_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("DROPOUT_EXPLORER_CACHE")
    assert cache_folder().name == "dropout-explorer"


def test_digests_tell_parts_apart() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc") != digest_of("abc")
    assert digest_of("a") == digest_of(b"a")
