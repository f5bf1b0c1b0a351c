"""Encoded reviews: what training multiplies by and what a person reads.

The multi-hot matrix of 25,000 reviews × 10,000 words is 98.7 % zeros, so it is never made: a review is the list of its
distinct word ids, and all reviews of a part stand in one array with offsets (compressed sparse rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.data.words import WORD_RULE

Ids = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Encoding:
    """Keras's conventions for word ids (`keras.datasets.imdb.load_data`), with its defaults.

    Attributes:
        num_words: Ids at or above this become `oov_char`; at most 65,535.
        start_char: The id that every review begins with.
        oov_char: The id of every word outside the vocabulary.
        index_from: What is added to a word's rank (1 = commonest) to make its id.
    """

    num_words: int = 10_000
    start_char: int = 1
    oov_char: int = 2
    index_from: int = 3


@dataclass(frozen=True, eq=False)
class Reviews:
    """One part of a data set, in compressed sparse rows; arrays are read-only.

    Attributes:
        ids: (nnz,) distinct word ids of all reviews, ascending within a review, each < num_words.
        offsets: (n + 1,) review k holds `ids[offsets[k]:offsets[k + 1]]`.
        labels: (n,) uint8, 0 negative and 1 positive.
        ranks: (total,) int32 words in reading order as ranks: 1 = commonest, without start token and whatever
            the vocabulary; what the text is made from.
        rank_offsets: (n + 1,) review k reads `ranks[rank_offsets[k]:rank_offsets[k + 1]]`.
    """

    ids: Ids
    offsets: Offsets
    labels: npt.NDArray[np.uint8]
    ranks: npt.NDArray[np.int32]
    rank_offsets: Offsets

    def __len__(self) -> int:
        """The number of reviews."""
        return len(self.labels)

    def coordinates(self, rows: Positions) -> npt.NDArray[np.int64]:
        """Where the ones of a batch's multi-hot matrix stand.

        Args:
            rows: (B,) positions of the reviews.

        Returns:
            (nnz, 2) pairs of row within the batch and word id, in the order `tf.SparseTensor` wants.
        """
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(rows) else 0
        pairs = np.empty((total, 2), np.int64)
        pairs[:, 0] = np.repeat(np.arange(len(rows)), lengths)
        pairs[:, 1] = self.ids[np.repeat(starts - (ends - lengths), lengths) + np.arange(total)]
        return pairs


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words of a data set by rank.

    Attributes:
        words: (V,) words; `words[0]` has rank 1 and is the commonest.
    """

    words: tuple[str, ...]

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Word -> rank, counted from 1."""
        return {word: rank for rank, word in enumerate(self.words, start=1)}

    def word(self, rank: int) -> str:
        """The word of a rank, `?` for a rank that has none."""
        return self.words[rank - 1] if 1 <= rank <= len(self.words) else "?"


@dataclass(frozen=True, slots=True)
class ReadingNotes:
    """What became of a source while it was read, besides its reviews.

    Attributes:
        left_out: What was left out and how many of each, as `("rows without a text", 3)`.
        remarks: Other things worth knowing, each a whole sentence.
    """

    left_out: tuple[tuple[str, int], ...] = ()
    remarks: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """All of it in sentences, for a message."""
        return (*(_left_out(*each) for each in self.left_out), *self.remarks)


def _left_out(what: str, count: int) -> str:
    if count == 1:
        things, space, rest = what.partition(" ")
        return f"1 {things.removesuffix('s')}{space}{rest} was left out."
    return f"{count:,} {what} were left out."


NO_NOTES: Final = ReadingNotes()
"""Nothing was left out, and there is nothing to remark."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test reviews with their vocabulary.

    Attributes:
        title: What a person calls it, such as "IMDB reviews".
        generated: Whether the reviews were made by a program (the bundled sample) rather than written by people.
        encoding: The conventions the ids follow.
        train: The training reviews, in the order that `keras.datasets.imdb` gives them.
        test: The test reviews, likewise.
        vocabulary: The words by rank.
        fingerprint: Hexadecimal SHA-256 of the content and the encoding.
        notes: What was left out when the reviews were read, and what else is worth knowing.
        word_rule: The number of the rule that splits texts into words, see `explorer.data.words`.
    """

    title: str
    generated: bool
    encoding: Encoding
    train: Reviews
    test: Reviews
    vocabulary: Vocabulary
    fingerprint: str
    notes: ReadingNotes = NO_NOTES
    word_rule: int = WORD_RULE

    def text(self, part: Reviews, row: int, words: int | None = None) -> str:
        """The text of a review, or its first `words` words followed by an ellipsis."""
        start, end = (int(part.rank_offsets[row]), int(part.rank_offsets[row + 1]))
        shown = end if words is None else min(end, start + words)
        text = " ".join(self.vocabulary.word(int(rank)) for rank in part.ranks[start:shown])
        return text + " …" if shown < end else text
