"""Word ids as the data set has them and as `load_data` of Keras returns them, told apart by what stands where."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data import DataError, DataQuestion, Dataset, Encoding, load
from explorer.data.readers.imdb import ARCHIVE
from tests.data.archives import lists, members, npy, random_reviews, write_imdb, write_npz

Ids = list[list[int]]


def load_data(
    reviews: Ids, labels: list[int], generator: np.random.RandomState, num_words: int | None = None, skip_top: int = 0
) -> tuple[Ids, list[int]]:
    """What Keras makes of one part: shuffled, a start token before each, ids by 3 higher, rare words 2."""
    order = np.arange(len(reviews))
    generator.shuffle(order)
    shifted = [[1, *(rank + 3 for rank in reviews[k])] for k in order]
    limit = num_words or max(max(review) for review in shifted) + 1
    return [[i if skip_top <= i < limit else 2 for i in review] for review in shifted], [labels[k] for k in order]


def saved(folder: Path, name: str = "mine.npz", num_words: int | None = None, **save: Any) -> tuple[Path, Path]:
    """A raw archive, and beside it what `load_data` makes of it as `np.savez` writes it."""
    raw = write_imdb(folder)
    generator = np.random.RandomState(113)
    arrays: dict[str, Any] = {}
    for part, seed, count in (("train", 1, 80), ("test", 2, 40)):
        reviews, labels = load_data(*random_reviews(seed, count, 300), generator, num_words)
        arrays |= {f"x_{part}": lists(reviews), f"y_{part}": np.array(labels)}
    writer = save.get("writer", np.savez)
    writer(folder / name, **{save.get("names", {}).get(key, key): value for key, value in arrays.items()})
    return raw, folder / name


def rows(dataset: Dataset) -> list[list[int]]:
    """The distinct ids of each review, which are the ones of its multi-hot row."""
    return [
        part.ids[part.offsets[k] : part.offsets[k + 1]].tolist()
        for part in (dataset.train, dataset.test)
        for k in range(len(part))
    ]


@pytest.mark.parametrize("writer", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("num_words", [None, 100])
def test_what_load_data_returned_gives_the_rows_of_the_raw_archive(
    tmp_path: Path, writer: Any, num_words: int | None
) -> None:
    raw, mine = saved(tmp_path, num_words=num_words, writer=writer)
    encoding = Encoding(num_words=num_words or 10_000)
    first, second = load(str(raw), encoding), load(str(mine), encoding)
    assert rows(first) == rows(second)
    assert first.train.labels.tolist() == second.train.labels.tolist()
    assert first.test.labels.tolist() == second.test.labels.tolist()
    if num_words is None:
        assert first.text(first.train, 5) == second.text(second.train, 5)
    else:
        assert "?" in " ".join(second.text(second.train, k) for k in range(80)).split()
    assert (second.title, second.notes.sentences()) == ("IMDB reviews", ())


@pytest.mark.parametrize(
    "names",
    [
        {"x_train": "train_data", "y_train": "train_labels", "x_test": "test_data", "y_test": "test_labels"},
        {"x_train": "arr_0", "y_train": "arr_1", "x_test": "arr_2", "y_test": "arr_3"},
    ],
    ids=["book", "unnamed"],
)
def test_arrays_may_have_other_usual_names(tmp_path: Path, names: dict[str, str]) -> None:
    raw, mine = saved(tmp_path, names=names)
    assert rows(load(str(raw), Encoding())) == rows(load(str(mine), Encoding()))


def test_labels_may_be_fractions_or_truth_values(tmp_path: Path) -> None:
    for kind in (np.float32, np.bool_, np.int8):
        arrays = members(*random_reviews(1, 80, 300), *random_reviews(2, 40, 300))
        labels = np.array(random_reviews(1, 80, 300)[1])
        path = write_npz(tmp_path / "labels.npz", arrays | {"y_train": npy(labels.astype(kind))})
        assert load(str(path), Encoding()).train.labels.sum() == labels.sum()


def archive(path: Path, *reviews: list[int], **others: Any) -> Path:
    """An archive of 120 reviews, these in turn."""
    many = [list(reviews[k % len(reviews)]) for k in range(120)]
    labels = [k % 2 for k in range(120)]
    return write_npz(path, members(many, labels, others.get("test", many), others.get("labels", labels)))


@pytest.mark.parametrize(
    ("reviews", "keras"),
    [
        (([1, 4, 5], [1, 2, 9]), True),
        (([1], [1, 4]), True),
        (([1, 4, 1], [1, 5]), False),
        (([1, 4, 3], [1, 5]), False),
        (([4, 5], [9, 1, 4]), False),
        (([4, 5], [9, 2, 4]), False),
        (([4, 5], [9, 3, 4]), False),
        (([1, 4], [5, 2]), False),
        (([], [4, 1]), False),
    ],
)
def test_which_layout_it_is(tmp_path: Path, reviews: tuple[list[int], ...], keras: bool) -> None:
    path = archive(tmp_path / "x.npz", *reviews)
    first = [load(f"{path}#ids={ids}", Encoding()) for ids in ("keras", "raw")]
    assert rows(load(str(path), Encoding())) == rows(first[0 if keras else 1])


@pytest.mark.parametrize(
    ("reviews", "why"),
    [
        (([4, 5], [9, 7, 4]), "1, 2 and 3 stand nowhere but at the beginning of reviews"),
        (([1, 5], [9, 7, 4]), "1, 2 and 3 stand nowhere but at the beginning of reviews"),
        (([1, 5], []), "1, 2 and 3 stand nowhere but at the beginning of reviews"),
        (([3, 5], [2, 7]), "1, 2 and 3 stand nowhere but at the beginning of reviews"),
        (([1, 5, 9], [0, 0, 1, 7]), "review 1 holds the word id 0, which is no word in either"),
        (([1, 0, 9], [1, 7]), "review 0 holds the word id 0, which is no word in either"),
    ],
)
def test_neither_is_asked_and_both_answers_are_named(tmp_path: Path, reviews: tuple[list[int], ...], why: str) -> None:
    path = archive(tmp_path / "x.npz", *reviews)
    with pytest.raises(DataQuestion) as caught:
        load(str(path), Encoding())
    sentence = str(caught.value)
    assert why in sentence
    assert [answer.source for answer in caught.value.answers] == [f"{path}#ids=raw", f"{path}#ids=keras"]
    assert all(answer.source in sentence for answer in caught.value.answers)
    assert len(load(f"{path}#ids=keras", Encoding()).train) == 120


def test_one_part_that_differs_decides(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.npz", [1, 4, 5], test=[[1, 4], [1, 5, 3]] * 60)
    assert rows(load(str(path), Encoding())) == rows(load(f"{path}#ids=raw", Encoding()))


def test_forced_keras_ids_of_padded_reviews(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.npz", [0, 0, 1, 4, 2], [0, 1, 5, 6, 7])
    dataset = load(f"{path}#ids=keras", Encoding())
    assert sorted({dataset.text(dataset.train, k) for k in range(120)}) == ["#1 ?", "#2 #3 #4"]
    with pytest.raises(DataError, match=r"x_train: review 0 holds the word id 0; ids lie in \[1, 1000000\]"):
        load(f"{path}#ids=raw", Encoding())


def test_little_that_speaks_for_the_raw_layout_is_remarked(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.npz", [2, 4, 2], [2, 9])
    (remark,) = load(str(path), Encoding()).notes.sentences()
    assert "add #ids=keras to its path" in remark
    assert load(f"{path}#ids=raw", Encoding()).notes.sentences() == ()


def test_options_that_have_no_effect_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.npz", [1, 4, 2])
    for options, sentence in (
        ("ids=book", "#ids= must be raw or keras, got 'book'"),
        ("text=a&label=b", "#text= has no effect on .*x.npz, which holds word ids"),
        ("ids=raw&good=4", "#good= has no effect"),
    ):
        with pytest.raises(DataError, match=sentence):
            load(f"{path}#{options}", Encoding())


def test_words_come_from_the_index_beside_it(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.npz", [1, 4, 2], [1, 5, 6])
    (tmp_path / "imdb_word_index.json").write_text(json.dumps({"the": 1, "and": 2, "a": 3}))
    dataset = load(str(path), Encoding())
    assert sorted({dataset.text(dataset.train, k) for k in range(120)}) == ["and a", "the ?"]


def test_other_arrays_say_what_they_are(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", texts=np.arange(9), labels=np.arange(9))
    with pytest.raises(
        DataError, match=r"no array x_train, .*it holds 'texts', 'labels'\. Choose another file"
    ) as caught:
        load(str(tmp_path / "x.npz"), Encoding())
    assert "ownload" not in str(caught.value)
    padded = members() | {"x_train": npy(np.zeros((80, 9), np.int32))}
    with pytest.raises(DataError, match=r"must hold lists of word ids, got an array of int32 of shape \(80, 9\)"):
        load(str(write_npz(tmp_path / "x.npz", padded)), Encoding())


def test_only_the_archive_that_can_be_downloaded_is_to_be_downloaded_again(tmp_path: Path) -> None:
    whole = write_imdb(tmp_path).read_bytes()
    for name, download in ((ARCHIVE, True), ("mine.npz", False), ("data", False)):
        for damaged in (whole[: len(whole) // 2], whole[:3000] + bytes(9) + whole[3009:]):
            (tmp_path / name).write_bytes(damaged)
            with pytest.raises(DataError) as caught:
                load(str(tmp_path / name), Encoding())
            assert ("Download it again" in str(caught.value)) is download
            assert "another file" in str(caught.value)


def test_what_stands_under_the_name_of_the_archive_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / ARCHIVE).write_bytes(b"<!DOCTYPE html><html>Sign in to the network")
    with pytest.raises(DataError, match=r"is a web page \(HTML\), and not a whole \.npz archive\. Download it"):
        load(str(tmp_path), Encoding())
    (tmp_path / ARCHIVE).write_bytes(b"text,label\n" + b"a good film,1\na bad film,0\n" * 60)
    assert len(load(str(tmp_path / ARCHIVE), Encoding()).train) == 96
