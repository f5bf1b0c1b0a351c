"""Reviews as people wrote them, made into words by rank as `imdb.npz` was made from its reviews.

Words are split by `tokens`, ranked by how often they occur in the training reviews, and a word that only the test
reviews know is left out of them: "words that were not seen in the training set but are in the test set have simply been
skipped" (documentation of `keras.datasets.imdb`). Words of equal frequency rank by alphabet, so that the same reviews
have the same ranks from a folder as from a table.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.data.corpus import MAX_RANK, Corpus, Part, offsets_of
from explorer.data.dataset import Positions
from explorer.data.encoding import tokens
from explorer.data.progress import DataError, Report
from explorer.data.words import splits_alike

MIN_REVIEWS: Final = 100
"""A data set needs as many, training and test reviews together."""
TEST_SHARE: Final = 0.2
"""How much of each class becomes the test, where the source has no test reviews of its own."""
SPLIT_SEED: Final = 113
"""Which reviews those are, and the order of all; the number that Keras shuffles its reviews with."""
NAMES: Final = ("negative", "positive")
"""What the labels 0 and 1 are called."""

_RANKING: Final = "Ranking the words"
_OTHER: Final = "Choose another file or folder."


class _Index(dict[str, int]):
    """Word -> number, in the order in which words are first asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Gathering:
    """Reviews added one by one.

    Args:
        name: What to call their source in an error.

    Attributes:
        splits_alike: Whether the words and parts are those that the first version of this program would have found.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._index = _Index()
        self._words = array("i")
        self._lengths = array("q")
        self._labels = bytearray()
        self._in_test = bytearray()
        self.splits_alike = True

    def add(self, text: str, label: int, place: str, *, in_test: bool = False) -> None:
        """Add a review.

        Args:
            text: As somebody wrote it.
            label: 0 negative, 1 positive.
            place: Where it stands, for an error.
            in_test: Whether the source counts it among the test reviews.

        Raises:
            DataError: When there is no word in it.
        """
        words = tokens(text)
        if not words:
            reason = "holds no word" if text.strip() else "is empty"
            raise DataError(f"{place}: the text {reason}. Write one or remove the review, and open it again.")
        self.splits_alike &= splits_alike(text)
        self.add_words(words, label, in_test=in_test)

    @property
    def count(self) -> int:
        """The number of reviews so far."""
        return len(self._labels)

    def add_words(self, words: Sequence[str], label: int, *, in_test: bool = False) -> None:
        """Add a review whose words are known.

        Args:
            words: As `tokens` gives them; at least one.
            label: 0 negative, 1 positive.
            in_test: Whether the source counts it among the test reviews.
        """
        self._words.extend(map(self._index.__getitem__, words))
        self._lengths.append(len(words))
        self._labels.append(label)
        self._in_test.append(in_test)

    def corpus(self, report: Report) -> Corpus:
        """All reviews, split and ranked.

        Where the source has training and test reviews, so has the corpus; else a fifth of each class, drawn with a
        fixed seed, is the test. Both parts are shuffled with the same seed: files are often sorted by label, and the
        first training reviews are held out for validation.

        Raises:
            DataError: When there are too few reviews, or a part lacks a class.
            Cancelled: When `report` says so.
        """
        report(_RANKING, 0.0)
        labels = np.array(self._labels, np.uint8)
        in_test = np.array(self._in_test, np.bool_)
        train_rows, test_rows = _rows(labels, in_test, self._name)
        whole = Part(np.frombuffer(self._words, np.int32), offsets_of(np.array(self._lengths, np.int64)), labels)
        train = whole.reordered(train_rows)
        report(_RANKING, 0.3)
        test = whole.reordered(test_rows)
        report(_RANKING, 0.5)
        words = list(self._index)
        counts = np.bincount(train.ranks, minlength=len(words)).tolist()
        report(_RANKING, 0.6)
        known = sorted((k for k, count in enumerate(counts) if count), key=lambda k: (-counts[k], words[k]))[:MAX_RANK]
        rank_of = np.zeros(len(words), np.int32)
        rank_of[known] = np.arange(1, len(known) + 1, dtype=np.int32)
        report(_RANKING, 0.8)
        train = _ranked(train, rank_of)
        report(_RANKING, 0.9)
        return Corpus(train, _ranked(test, rank_of), tuple(words[k] for k in known), splits_alike=self.splits_alike)


def check_enough(train: npt.NDArray[np.uint8], test: npt.NDArray[np.uint8], name: str) -> None:
    """Refuse reviews that nothing can be learned from.

    Args:
        train: (n,) labels of the training reviews.
        test: (m,) labels of the test reviews.
        name: What to call their source.

    Raises:
        DataError: When there are fewer than `MIN_REVIEWS`, or a part holds one class only.
    """
    total = len(train) + len(test)
    if total < MIN_REVIEWS:
        raise _too_few(total, name)
    for part, labels in (("training", train), ("test", test)):
        if len(labels) == 0:
            raise DataError(f"{name} holds no {part} reviews. {_OTHER}")
        if labels.min() == labels.max():
            raise _one_class(labels, f"{part} ", name)


def _too_few(count: int, name: str) -> DataError:
    return DataError(f"{name} holds {count} reviews, and at least {MIN_REVIEWS} are needed. {_OTHER}")


def _one_class(labels: npt.NDArray[np.uint8], part: str, name: str) -> DataError:
    return DataError(
        f"{name}: all {len(labels)} {part}reviews are {NAMES[labels[0]]}, and both classes are needed. {_OTHER}"
    )


def _rows(labels: npt.NDArray[np.uint8], in_test: npt.NDArray[np.bool_], name: str) -> tuple[Positions, Positions]:
    # Not a Generator: NumPy promises that a RandomState draws the same in every version.
    random = np.random.RandomState(SPLIT_SEED)
    if in_test.all() or not in_test.any():
        if len(labels) < MIN_REVIEWS:
            raise _too_few(len(labels), name)
        in_test = np.zeros(len(labels), np.bool_)
        for label, called in enumerate(NAMES):
            rows = random.permutation(np.flatnonzero(labels == label))
            if len(rows) == 0:
                raise _one_class(labels, "", name)
            if len(rows) == 1:
                raise DataError(
                    f"{name}: one of its {len(labels)} reviews is {called}, and at least two are needed, for training "
                    f"and test. {_OTHER}"
                )
            in_test[rows[: max(1, round(TEST_SHARE * len(rows)))]] = True
    check_enough(labels[~in_test], labels[in_test], name)
    return random.permutation(np.flatnonzero(~in_test)), random.permutation(np.flatnonzero(in_test))


def _ranked(part: Part, rank_of: npt.NDArray[np.int32]) -> Part:
    """A part whose words were numbers in the order of their appearance, now by rank; those of rank 0 are left out."""
    ranks = rank_of[part.ranks]
    kept = ranks > 0
    if kept.all():
        return Part(ranks, part.offsets, part.labels)
    places = np.zeros(len(ranks) + 1, np.int64)
    np.cumsum(kept, out=places[1:])
    return Part(ranks[kept], places[part.offsets], part.labels)
