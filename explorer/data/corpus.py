"""Reviews as they were written: words by rank, before any vocabulary is cut; what every source is read into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.data.dataset import NO_NOTES, Offsets, Positions, ReadingNotes

Ranks = npt.NDArray[np.int32]

MAX_RANK: Final = 1_000_000
"""No word may be rarer than this; eleven times the words of the real reviews."""


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The training or the test reviews.

    Attributes:
        ranks: (total,) int32 words of all reviews in reading order, 1 = commonest.
        offsets: (n + 1,) review k reads `ranks[offsets[k]:offsets[k + 1]]`.
        labels: (n,) uint8, 0 negative and 1 positive.
    """

    ranks: Ranks
    offsets: Offsets
    labels: npt.NDArray[np.uint8]

    def reordered(self, order: Positions) -> Part:
        """The reviews at `order[0]`, `order[1]` and so on, in this order.

        Args:
            order: (m,) positions, of all reviews or of some.
        """
        starts = self.offsets[order]
        lengths = self.offsets[order + 1] - starts
        offsets = offsets_of(lengths)
        ranks = np.empty(int(offsets[-1]), np.int32)
        # Review by review: a gather would need an index of 8 bytes for each of the 6 million words.
        for start, length, at in zip(starts.tolist(), lengths.tolist(), offsets[:-1].tolist(), strict=True):
            ranks[at : at + length] = self.ranks[start : start + length]
        return Part(ranks, offsets, self.labels[order])


@dataclass(frozen=True, eq=False, slots=True)
class Corpus:
    """Both parts of a data set and its words.

    Attributes:
        train: The training reviews.
        test: The test reviews.
        words: The words by rank, the commonest first.
        notes: What was left out, and what else is worth knowing.
        splits_alike: Whether they were read as by the first version of this program, whose rule for words was another.
    """

    train: Part
    test: Part
    words: tuple[str, ...]
    notes: ReadingNotes = NO_NOTES
    splits_alike: bool = False


def offsets_of(lengths: npt.NDArray[np.integer]) -> Offsets:
    """Where each review starts, from how long each is: (n,) lengths to (n + 1,) offsets from 0."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
