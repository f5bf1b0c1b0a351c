"""Honest archives: read whole, in Keras's order, whatever wrote them."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from explorer.data import Cancelled, SourceOptions
from explorer.data.readers.imdb import read_archive
from tests.data.archives import lists, members, pickled, random_reviews, write_imdb, write_npz

OLD = (
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87Rq\x03"
    b"(K\x01K\x03\x85cnumpy\ndtype\nq\x04U\x02O8K\x00K\x01\x87Rq\x05(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]q\x06"
    b"(]q\x07(K\x01M\x00\x02J\x00\x00\x01\x00e]q\x08K\x05a]q\x09etb."
)
"""[[1, 512, 65536], [5], []] as NumPy under Python 2 pickled it."""


def reviews_of(path: Path) -> list[list[int]]:
    """The training reviews in the order of the file."""
    part = read_archive(path.read_bytes(), "imdb.npz", options=SourceOptions(ids="raw")).train
    order = np.arange(len(part.labels))
    np.random.RandomState(113).shuffle(order)
    reviews: list[list[int]] = [[] for _ in order]
    for row, k in enumerate(order):
        reviews[k] = part.ranks[part.offsets[row] : part.offsets[row + 1]].tolist()
    return reviews


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_every_protocol_that_numpy_has_written(tmp_path: Path, protocol: int) -> None:
    reviews, labels = random_reviews(9, 3000, 60_000)
    content = members(reviews, labels)
    content["x_train"] = pickled(pickle.dumps(lists(reviews), protocol), len(reviews))
    assert reviews_of(write_npz(tmp_path / "imdb.npz", content)) == reviews


def test_an_archive_from_python_2(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "imdb.npz", members() | {"x_train": pickled(OLD, 3)})
    assert reviews_of(path) == [[1, 512, 65536], [5], []]


def test_the_names_of_either_numpy_are_known(tmp_path: Path) -> None:
    new = pickle.dumps(lists([[1], [2, 3], [4]]), 3)
    assert new.count(b"numpy._core.multiarray") == 1
    old = new.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    for payload in (new, old):
        path = write_npz(tmp_path / "imdb.npz", members() | {"x_train": pickled(payload, 3)})
        assert reviews_of(path) == [[1], [2, 3], [4]]


def test_an_empty_review_is_a_review(tmp_path: Path) -> None:
    assert reviews_of(write_npz(tmp_path / "imdb.npz", members(x_train=([], [], [])))) == [[], [], []]


def test_without_a_word_index_words_are_numbers(tmp_path: Path) -> None:
    corpus = read_archive(write_npz(tmp_path / "imdb.npz", members()).read_bytes(), "imdb.npz")
    assert corpus.words == tuple(f"#{k}" for k in range(1, 10))


def test_progress_never_goes_back_and_can_cancel_anywhere(tmp_path: Path) -> None:
    archive = write_imdb(tmp_path, count=20_000).read_bytes()
    fractions: list[float] = []

    def note(message: str, fraction: float | None = None) -> None:
        assert message == "Reading the IMDB archive"
        assert fraction is not None
        fractions.append(fraction)

    read_archive(archive, "imdb.npz", report=note)
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) > 10
    for last in range(1, len(fractions)):
        calls = 0

        def stop(message: str, fraction: float | None = None, last: int = last) -> None:
            nonlocal calls
            calls += 1
            if calls == last:
                raise Cancelled

        with pytest.raises(Cancelled):
            read_archive(archive, "imdb.npz", report=stop)
        assert calls == last
