"""For how many batches in a row a unit is dropped, and how many are to be expected.

A mask is drawn for every review and every unit, so in a batch of 512 reviews no unit is ever dropped for all of them.
What can be followed is one place in the batch: its first review.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Mask

Counts = npt.NDArray[np.int32]
EXACT_UP_TO: Final = 128
"""Up to this many batches the expectation is exact; it takes about a millisecond."""


def run_lengths(dropped: Mask, before: Counts | None = None) -> Counts:
    """(n, units) how many batches in a row a unit has been dropped, at each batch; 0 where it is kept.

    Args:
        dropped: (n, units) whether it was dropped, the batches in order.
        before: (units,) how many in a row it had been dropped before the first of them; None for none.
    """
    index = np.arange(1, len(dropped) + 1, dtype=np.int32)[:, None]
    last_kept = np.maximum.accumulate(np.where(dropped, np.int32(0), index), axis=0)
    lengths = index - last_kept
    if before is not None:
        lengths += np.where(last_kept == 0, before, np.int32(0))
    return lengths


@lru_cache(maxsize=256)
def expected_longest_run(batches: int, rate: float, units: int = 1) -> float:
    """How many batches in a row a unit is dropped at the longest, on average over independent draws.

    Exact for few batches, by the recursion for the chance that no run of m comes about; for many, the approximation of
    Schilling, "The longest run of heads", College Mathematics Journal 21 (1990), with the constants of Gordon,
    Schilling and Waterman (1986): log(n · (1 − r)) / log(1/r) + γ / log(1/r) − 1/2, good where n · (1 − r) is 5 or
    more.

    Args:
        batches: n, at least 0.
        rate: r, the share dropped, in [0, 1).
        units: The longest run among so many units is meant.
    """
    if batches <= 0 or rate <= 0.0:
        return 0.0
    if batches <= EXACT_UP_TO:
        # A row for each number of batches k, a column for each length m: the chance of no run of m in k batches.
        m = np.arange(1, batches + 1)
        run = rate**m
        none = np.ones((batches + 1, batches))
        for k in range(1, batches + 1):
            longer = none[np.maximum(k - m - 1, 0), m - 1]
            none[k] = np.where(k < m, 1.0, np.where(k == m, 1.0 - run, none[k - 1] - (1.0 - rate) * run * longer))
        return float((1.0 - none[batches] ** units).sum())
    slope = math.log(1.0 / rate)
    expected = (math.log(batches * units * (1.0 - rate)) + float(np.euler_gamma)) / slope - 0.5
    return min(max(expected, 0.0), float(batches))
