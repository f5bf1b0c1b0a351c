"""Folders of reviews: the layouts, the cache, and what is wrong with some."""

import os
import shutil
from pathlib import Path

import pytest

from explorer.data import Cancelled, DataError, Dataset, load
from explorer.data.cache import Cache
from explorer.data.readers.folder import ReviewFolder
from tests.data.written import reviews, table, write_folder


def words_of(dataset: Dataset) -> list[str]:
    return sorted(dataset.text(part, row) for part in (dataset.train, dataset.test) for row in range(len(part)))


def original(folder: Path) -> Path:
    write_folder(folder / "train", reviews(120))
    write_folder(folder / "test", reviews(60))
    (folder / "train" / "unsup").mkdir()
    (folder / "train" / "unsup" / "0_0.txt").write_text("nobody knows", encoding="utf-8")
    (folder / "train" / "pos" / "._1_9.txt").write_bytes(b"\0\5\x16\x07")
    (folder / "train" / "pos" / "urls.lst").write_text("no review", encoding="utf-8")
    (folder / "README").write_text("about", encoding="utf-8")
    return folder


def test_the_original_folder_and_the_one_that_holds_it(tmp_path: Path) -> None:
    folder = original(tmp_path / "down" / "aclImdb")
    dataset = load(str(folder))
    assert (dataset.title, dataset.generated) == ("aclImdb (180 reviews)", False)
    assert (len(dataset.train), len(dataset.test)) == (120, 60)
    assert words_of(dataset)[0] == "a dull film br it's number0"
    for part in (dataset.train, dataset.test):
        assert part.labels.mean() == 0.5
        for row in range(len(part)):
            assert ("fine" in dataset.text(part, row).split()) == part.labels[row]
    assert load(str(tmp_path / "down")).fingerprint == dataset.fingerprint


def test_only_classes_or_only_training_reviews_are_split(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine", reviews())
    write_folder(tmp_path / "half" / "train", reviews())
    for name in ("mine", "half"):
        dataset = load(str(tmp_path / name))
        assert dataset.title == f"{name} (120 reviews)"
        assert (len(dataset.train), len(dataset.test)) == (96, 24)


def test_a_folder_and_a_table_of_the_same_reviews_agree(tmp_path: Path) -> None:
    rows = reviews()
    write_folder(tmp_path / "mine", rows)
    by_name = sorted(range(len(rows)), key=lambda k: (rows[k][1], f"{k}_"))
    (tmp_path / "mine.csv").write_bytes(table([rows[k] for k in by_name]))
    first, second = load(str(tmp_path / "mine")), load(str(tmp_path / "mine.csv"))
    assert first.vocabulary.words == second.vocabulary.words
    assert first.train.ranks.tolist() == second.train.ranks.tolist()
    assert first.test.ids.tolist() == second.test.ids.tolist()


def test_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_folder(tmp_path / "mine", reviews()))
    assert load(".").title == "mine (120 reviews)"


def settle(folder: Path) -> None:
    for path in folder.rglob("*.txt"):
        os.utime(path, (1_000_000_000, 1_000_000_000))


def test_a_settled_folder_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = original(tmp_path / "aclImdb")
    settle(folder)
    first = load(str(folder))
    with monkeypatch.context() as patch:
        patch.setattr(ReviewFolder, "_load", lambda *a: pytest.fail("the files were opened"))
        assert load(str(folder)).fingerprint == first.fingerprint
    # A copy elsewhere is the same data set, and so is the cache's entry.
    shutil.copytree(folder, tmp_path / "copy")
    with monkeypatch.context() as patch:
        patch.setattr(ReviewFolder, "read", lambda *a: pytest.fail("the cache was not used"))
        assert load(str(tmp_path / "copy")).fingerprint == first.fingerprint


@pytest.mark.parametrize("change", ["another text", "another name", "one less", "another class"])
def test_a_changed_folder_is_read_again(tmp_path: Path, change: str) -> None:
    folder = original(tmp_path / "aclImdb")
    settle(folder)
    first = load(str(folder))
    path = folder / "test" / "pos" / "30_9.txt"
    if change == "another text":
        path.write_text("A fine film, <br />it's number9!", encoding="utf-8")
    elif change == "another name":
        path.rename(path.with_name("0_9.txt"))
    elif change == "one less":
        path.unlink()
    else:
        path.rename(folder / "test" / "neg" / "0_9.txt")
    settle(folder)
    assert load(str(folder)).fingerprint != first.fingerprint


def corrupt(folder: Path, content: bytes) -> None:
    (folder / "train" / "neg" / "4_2.txt").write_bytes(content)


def empty(folder: Path) -> None:
    shutil.rmtree(folder / "test" / "neg")
    (folder / "test" / "neg").mkdir()


BAD = {
    "no text": (lambda f: corrupt(f, b""), r"train.neg.4_2\.txt is empty\. "),
    "no word": (lambda f: corrupt(f, b"!!"), r"train.neg.4_2\.txt: the text holds no word\. Write one"),
    "Latin-1": (lambda f: corrupt(f, b"a\ncaf\xe9"), r"4_2\.txt, line 2: byte 5 \(0xe9\) is not UTF-8\. Save"),
    "NUL": (lambda f: corrupt(f, b"a\nb\0"), r"4_2\.txt, line 2: byte 3 is NUL"),
    "no class": (
        lambda f: shutil.rmtree(f / "train" / "neg"),
        r"There is no folder .*train.neg; both classes .*Choose",
    ),
    "no files": (empty, r"The folder .*test.neg holds no \.txt file\. Choose the folder"),
}


@pytest.mark.parametrize(("spoil", "sentence"), list(BAD.values()), ids=list(BAD))
def test_what_cannot_be_used_is_named(tmp_path: Path, spoil: object, sentence: str) -> None:
    folder = original(tmp_path / "aclImdb")
    assert callable(spoil)
    spoil(folder)
    with pytest.raises(DataError, match=sentence):
        load(str(folder))


def test_few_reviews_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mine holds 98 reviews, and at least 100 are needed\. Choose"):
        load(str(write_folder(tmp_path / "mine", reviews(98))))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A permission would not stop the superuser, so the file goes away between being listed and being opened."""
    folder = original(tmp_path / "aclImdb")

    def vanish(message: str, fraction: float | None = None) -> None:
        if message == "Opening the reviews":
            (folder / "test" / "pos" / "30_9.txt").unlink(missing_ok=True)

    with pytest.raises(DataError, match=r"30_9\.txt cannot be read \(No such file.*\)\. Check its permissions"):
        load(str(folder), report=vanish)


def test_cancelling_anywhere_leaves_nothing_half_done(tmp_path: Path) -> None:
    folder = original(tmp_path / "aclImdb")
    messages: list[str] = []

    def note(message: str, fraction: float | None = None) -> None:
        messages.append(message)
        assert fraction is None or 0 <= fraction <= 1

    whole = load(str(folder), report=note, cache=Cache(tmp_path / "0"))
    assert {"Looking through the folder", "Opening the reviews", "Reading the reviews"} <= set(messages)
    for last in range(1, len(messages) + 1):
        left = last

        def stop(message: str, fraction: float | None = None) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cancelled

        cache = Cache(tmp_path / str(last))
        with pytest.raises(Cancelled):
            load(str(folder), report=stop, cache=cache)
        again = load(str(folder), cache=cache)
        assert again.fingerprint == whole.fingerprint
        assert words_of(again) == words_of(whole)
