"""What each unit did over a run or a window of it: how often it was kept, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Mask
from explorer.engine.unit_runs import Counts

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class UnitWindow:
    """What each unit did in a window of batches, in training; the arrays are (units,).

    Masks are counted over all reviews of all batches. Activations and outputs are counted over the reviews of which
    the history keeps them: the first of a batch, in a long run of every `stride`-th batch. Where they are not finite,
    or none are kept, the figures are NaN.

    Attributes:
        first: The first batch, counted from 1.
        last: The last one.
        reviews: Draws of a unit's mask: the reviews of all batches.
        counted_batches: Batches whose activations are kept.
        counted_reviews: Reviews whose activations are kept.
        stride: Activations are kept of every `stride`-th batch.
        rates: The lowest and the highest rate in the window.
        keep_probability: The share expected to be kept: the mean of 1 − rate over the reviews.
        bound: Half the width of the 95 % interval around it, also where the rate changed: 1.96 · √(Σ p · (1 − p)) / n.
        share_kept: Share of the reviews for which the unit was kept.
        mean_activation: Mean activation, dropped or not.
        sd_activation: Its standard deviation over the reviews (divisor n).
        mean_output: Mean output, zero where dropped.
        sd_output: Its standard deviation.
        share_zero: Share of the activations that are exactly zero: relu's doing alone, before any mask.
        longest_run: Most batches in a row in which the unit was dropped for the first review of the batch.
        longest_run_whole: Most batches in a row in which it was dropped for every review; 0 in all but tiny batches.
        expected_run: The `longest_run` to be expected of a unit; NaN where the rate changed in the window.
        expected_longest: The same of the longest among all units.
    """

    first: int
    last: int
    reviews: int
    counted_batches: int
    counted_reviews: int
    stride: int
    rates: tuple[float, float]
    keep_probability: float
    bound: float
    share_kept: Figures
    mean_activation: Figures
    sd_activation: Figures
    mean_output: Figures
    sd_output: Figures
    share_zero: Figures
    longest_run: Counts
    longest_run_whole: Counts
    expected_run: float
    expected_longest: float

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.share_kept)

    @property
    def outside(self) -> Mask:
        """(units,) whether the share kept is outside the 95 % interval; about 5 of 100 units are by chance."""
        return np.asarray(np.abs(self.share_kept - self.keep_probability) > self.bound + 1e-12)


COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("share kept", "share_kept"),
    ("mean activation", "mean_activation"),
    ("s.d. of activation", "sd_activation"),
    ("mean output", "mean_output"),
    ("s.d. of output", "sd_output"),
    ("share zero by relu", "share_zero"),
    ("longest run dropped, first review", "longest_run"),
    ("longest run dropped, every review", "longest_run_whole"),
)
"""Heading and attribute of each column of the table."""


def tab_separated(window: UnitWindow, *, point: str = ".") -> str:
    """The figures as a table that a spreadsheet takes: a line a unit, with the share expected beside it.

    Args:
        window: The figures.
        point: The decimal point of the spreadsheet.
    """
    headings = ["unit", "keep probability", "95 % bound", *(heading for heading, _ in COLUMNS)]
    columns = [getattr(window, name).tolist() for _, name in COLUMNS]
    figures = [
        (window.keep_probability, window.bound, *(column[unit] for column in columns)) for unit in range(window.units)
    ]
    lines = [headings]
    lines += [[str(unit), *(f"{each:.6g}".replace(".", point) for each in line)] for unit, line in enumerate(figures)]
    return "\n".join("\t".join(line) for line in lines) + "\n"
