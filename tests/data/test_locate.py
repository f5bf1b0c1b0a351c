"""From a name or a path to a data set, cached and not."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.data import (
    Cancelled,
    DataError,
    Dataset,
    Encoding,
    Reviews,
    find_imdb,
    keras_folder,
    load,
    locate,
    sources,
    with_columns,
)
from explorer.data.cache import Cache
from explorer.data.readers import imdb
from explorer.data.readers import sample as sample_reader
from tests.data.archives import write_imdb, write_sample
from tests.data.written import reviews, table, write_folder


def assert_equal(first: Dataset, second: Dataset) -> None:
    assert (first.title, first.generated, first.encoding) == (second.title, second.generated, second.encoding)
    assert first.fingerprint == second.fingerprint
    assert first.vocabulary.words == second.vocabulary.words
    for one, other in ((first.train, second.train), (first.test, second.test)):
        for field in dataclasses.fields(Reviews):
            mine, its = getattr(one, field.name), getattr(other, field.name)
            assert mine.dtype == its.dtype
            np.testing.assert_array_equal(mine, its)


def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, decoding or encoding anything fails the test."""

    def fail(*arguments: object, **named: object) -> None:
        raise AssertionError("the cache was not used")

    monkeypatch.setattr(imdb, "read_archive", fail)
    monkeypatch.setattr(sample_reader, "read_sample", fail)
    monkeypatch.setattr(locate, "encode", fail)


def settle(path: Path) -> None:
    os.utime(path, (1_000_000_000, 1_000_000_000))


@pytest.mark.parametrize("source", ["imdb", "sample"])
def test_a_second_start_reads_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    write_imdb(keras_folder())
    sample = write_sample(tmp_path / "sample.npz")
    first = load(source, Encoding(), sample=sample)
    no_reading(monkeypatch)
    assert_equal(first, load(source, Encoding(), sample=sample))


def test_a_settled_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_imdb(tmp_path)
    settle(path)
    settle(path.with_name("imdb_word_index.json"))
    first = load(str(path), Encoding())
    no_reading(monkeypatch)
    monkeypatch.setattr(sources._File, "_load", lambda file: pytest.fail("the file was read"))
    assert_equal(first, load(str(path), Encoding()))


def test_arrays_are_read_only(tmp_path: Path) -> None:
    path = write_imdb(tmp_path)
    for _ in range(2):
        dataset = load(str(path), Encoding())
        for part in (dataset.train, dataset.test):
            for field in dataclasses.fields(Reviews):
                assert not getattr(part, field.name).flags.writeable


def test_another_encoding_reads_the_archive_no_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_imdb(tmp_path)
    first = load(str(path), Encoding())
    monkeypatch.setattr(imdb, "read_archive", lambda *a, **n: pytest.fail("read again"))
    second = load(str(path), Encoding(num_words=20))
    assert second.train.ids.max() == 19
    assert first.fingerprint != second.fingerprint
    assert_equal(first, load(str(path), Encoding()))


def test_a_changed_archive_is_read_again(tmp_path: Path) -> None:
    path = write_imdb(tmp_path)
    settle(path)
    first = load(str(path), Encoding())
    write_imdb(tmp_path, seed=2)
    second = load(str(path), Encoding())
    assert first.fingerprint != second.fingerprint
    assert first.train.ranks.tolist() != second.train.ranks.tolist()


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "little") + part for part in parts)).hexdigest().encode()


@pytest.mark.parametrize("source", ["imdb", "sample"])
def test_a_fingerprint_is_what_it_was_in_the_first_version_so_that_older_runs_find_their_reviews(tmp_path, source):
    archive, sample = write_imdb(keras_folder()), write_sample(tmp_path / "sample.npz")
    files = [archive, archive.with_name("imdb_word_index.json")] if source == "imdb" else [sample]
    title = b"IMDB reviews" if source == "imdb" else b"Generated sample"
    content = digest(title, *(hashlib.sha256(file.read_bytes()).hexdigest().encode() for file in files), b"1")
    fingerprint = digest(content, b"50", b"1", b"2", b"3").decode()
    assert load(source, Encoding(num_words=50), sample=sample).fingerprint == fingerprint


def test_tables_and_folders_that_read_as_in_the_first_version_have_the_fingerprint_of_then(tmp_path):
    (tmp_path / "table.csv").write_bytes(table(reviews()))
    source, folder = str(tmp_path / "table.csv"), str(write_folder(tmp_path / "folder", reviews()))
    # Computed by the first version.
    known = {
        source: "7942f30f3f56884e3c93a4b477db65a83b96dbcb0966b78803280f3d10d75a7c",
        with_columns(source, "1", "2"): "828dce7675816255cfa50c88f47a47986cc383d263cb152754f297283862dff9",
        folder: "62803b4eab2bb46a5bb67e595a5c5d55d07c33d0deb41a118dd8bc0db4626c30",
    }
    for _ in ("read", "from the cache"):
        assert {each: load(each).fingerprint for each in known} == known


@pytest.mark.parametrize("change", ["a space of today's rule", "a column of parts"])
def test_tables_that_read_otherwise_have_another(tmp_path, change):
    rows = reviews()
    split = ["train", "test"] if change == "a column of parts" else ["x", "y"]
    lines = [f'{k},"{text}",{label},{split[k % 4 == 1]}' for k, (text, label) in enumerate(rows)]
    if change == "a space of today's rule":
        lines[0] = lines[0].replace(" ", "\u00a0", 1)
    content = "\n".join(["id,review,sentiment,split", *lines]).encode()
    (tmp_path / "table.csv").write_bytes(content)
    then = digest(b"table", hashlib.sha256(content).hexdigest().encode(), b"1")
    assert load(str(tmp_path / "table.csv")).fingerprint != digest(then, b"10000", b"1", b"2", b"3").decode()


def test_texts_split_by_another_rule_are_other_reviews(tmp_path, monkeypatch):
    path = tmp_path / "reviews.csv"
    rows = [f"a{k % 7}\u00a0film,{('negative', 'positive')[k % 2]}" for k in range(120)]
    path.write_text("\n".join(["review,sentiment", *rows]), encoding="utf-8")
    first = load(str(path))
    assert first.vocabulary.words[0] == "film"
    monkeypatch.setattr(sources, "WORD_RULE", 3)
    assert load(str(path)).fingerprint != first.fingerprint


def test_a_changed_word_index_is_read_again(tmp_path: Path) -> None:
    path = write_imdb(tmp_path)
    first = load(str(path), Encoding())
    path.with_name("imdb_word_index.json").write_text(json.dumps({"other": 1}))
    second = load(str(path), Encoding())
    assert second.vocabulary.words == ("other",)
    assert first.fingerprint != second.fingerprint
    path.with_name("imdb_word_index.json").unlink()
    assert load(str(path), Encoding()).vocabulary.word(7) == "#7"


def damage(folder: Path, pattern: str) -> None:
    files = list(folder.glob(pattern))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:-1] + b"\x7f")


@pytest.mark.parametrize("pattern", ["rows-*/*_ids.npy", "reviews-*/*_ranks.npy", "*/manifest.json", "sources.json"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, pattern: str) -> None:
    path = write_imdb(tmp_path)
    settle(path)
    first = load(str(path), Encoding())
    damage(tmp_path / "cache", pattern)
    assert_equal(first, load(str(path), Encoding()))
    assert_equal(first, load(str(path), Encoding()))


@pytest.mark.parametrize(
    ("kind", "name", "change"),
    [
        ("rows", "train_ids", lambda a: a[:-1]),
        ("rows", "train_ids", lambda a: a + np.uint16(9999)),
        ("rows", "train_ids", lambda a: a.astype(np.int32)),
        ("rows", "test_offsets", lambda a: a[:-1]),
        ("rows", "test_offsets", lambda a: np.concatenate((a[:1], a[:0:-1]))),
        ("rows", "test_offsets", lambda a: a - 1),
        ("rows", "test_offsets", None),
        ("reviews", "train_ranks", lambda a: a[1:]),
        ("reviews", "train_labels", lambda a: a[1:]),
        ("reviews", "test_offsets", lambda a: a.astype(np.int32)),
        ("reviews", "words", lambda a: a | np.uint8(0x80)),
        ("reviews", "words", None),
    ],
)
def test_whole_files_that_do_not_fit_together_are_made_again(
    tmp_path: Path, kind: str, name: str, change: object
) -> None:
    path, cache = write_imdb(tmp_path), Cache()
    first = load(str(path), Encoding())
    (entry,) = cache.folder.glob(f"{kind}-*")
    key = json.loads((entry / "manifest.json").read_text())["key"]
    arrays = cache.load(kind, key)
    assert arrays is not None
    array = arrays.pop(name)
    if callable(change):
        arrays[name] = change(array)
    cache.store(kind, key, arrays)
    assert_equal(first, load(str(path), Encoding()))


def test_without_a_cache_it_works_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_imdb(tmp_path)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DROPOUT_EXPLORER_CACHE", str(tmp_path / "file" / "cache"))
    assert_equal(load(str(path), Encoding()), load(str(path), Encoding()))


def test_auto_is_imdb_when_it_is_there(tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "sample.npz")
    assert find_imdb() is None
    assert load("auto", Encoding(), sample=sample).generated
    path = write_imdb(keras_folder())
    assert find_imdb() == path
    dataset = load("auto", Encoding(), sample=sample)
    assert (dataset.title, dataset.generated) == ("IMDB reviews", False)
    assert_equal(dataset, load("imdb", Encoding()))
    assert load("sample", Encoding(), sample=sample).title == "Generated sample"


def test_auto_is_the_sample_with_a_remark_when_the_archive_is_damaged(tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "sample.npz")
    path = write_imdb(keras_folder())
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", whole[:2000] + b"\0\0" + whole[2002:]):
        path.write_bytes(damaged)
        for _ in range(2):
            dataset = load("auto", Encoding(), sample=sample)
            assert (dataset.title, dataset.generated) == ("Generated sample", True)
            (remark,) = dataset.notes.sentences()
            assert remark.startswith(
                "The bundled sample is used, since the IMDB reviews on this computer cannot be read"
            )
            assert str(path) in remark
            assert "Download it again: press Get the real reviews in the window or run dropout-explorer fetch" in remark
        with pytest.raises(DataError, match=r"Download it again: press .* or run dropout-explorer fetch"):
            load("imdb", Encoding(), sample=sample)
    path.write_bytes(whole)
    assert load("auto", Encoding(), sample=sample).notes.sentences() == ()


def test_kerass_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keras_folder() == tmp_path / "keras" / "datasets"
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert keras_folder() == tmp_path / ".keras" / "datasets"


def test_a_folder_or_a_file(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "some folder")
    assert_equal(load(str(path), Encoding()), load(str(path.parent), Encoding()))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("imdb", "not on this computer.*Press Get the real reviews in the window, run dropout-explorer fetch, give"),
        ("missing.npz", "There is no file or folder missing.npz. Give the path"),
        ("folder", r"The folder .*folder holds no imdb\.npz and no reviews: .*\. Choose"),
        ("a\0b", "There is no file or folder"),
        ("~no-such-user-here/x", "There is no file or folder ~no-such-user-here"),
        ("x" * 5000, "cannot be a path"),
        ("", "holds no imdb.npz and no reviews"),
        (os.devnull, "is neither a file nor a folder"),
    ],
)
def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=reason):
        load(source, Encoding())


def test_a_missing_sample_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing\.npz cannot be read"):
        load("sample", Encoding(), sample=tmp_path / "missing.npz")


def test_cancelling_anywhere_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = write_imdb(tmp_path)
    messages: list[str] = []

    def note(message: str, fraction: float | None = None) -> None:
        messages.append(message)

    whole = load(str(path), Encoding(), note, cache=Cache(tmp_path / "0"))
    assert set(messages) >= {"Looking for the reviews", "Reading the IMDB archive", "Encoding the reviews"}
    for last in range(1, len(messages) + 1):
        left = last

        def stop(message: str, fraction: float | None = None) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cancelled

        cache = Cache(tmp_path / str(last))
        with pytest.raises(Cancelled):
            load(str(path), Encoding(), stop, cache=cache)
        assert_equal(whole, load(str(path), Encoding(), cache=cache))


def test_neither_qt_nor_tensorflow_nor_the_engine_is_imported(tmp_path: Path) -> None:
    write_imdb(keras_folder())
    script = (
        "import sys, explorer.data, explorer.data.download\n"
        "explorer.data.load('imdb', explorer.data.Encoding())\n"
        "walls = {'PySide6', 'pyqtgraph', 'tensorflow', 'keras'} & set(sys.modules)\n"
        "assert not walls, walls\n"
        "assert not [name for name in sys.modules if name.startswith(('explorer.engine', 'explorer.gui'))]\n"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=root, check=True, timeout=60)


def test_the_sample_that_comes_with_the_program() -> None:
    dataset = load("sample", Encoding())
    assert dataset.generated
    for part in (dataset.train, dataset.test):
        assert 0.4 < part.labels.mean() < 0.6
        assert "?" not in dataset.text(part, 0)
        assert dataset.text(part, 0, words=3).count(" ") == 3
