"""Counts what each unit did at every batch of a run, so that any window of it can be told at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Mask
from explorer.engine.statistics import Z_95
from explorer.engine.unit_runs import Counts, expected_longest_run, run_lengths
from explorer.engine.unit_window import Figures, UnitWindow

if TYPE_CHECKING:
    from explorer.engine.history import History

TABLE_BYTES: Final = 20_000_000
_KEPT, _A, _A2, _O, _O2, _ZERO, _LOST = range(7)
"""Sums over reviews, a row each: kept; activation, output and their squares; zeros; figures that are not finite."""
_REVIEWS, _BATCHES, _COUNTED, _EXPECTED, _VARIANCE = range(5)
"""Sums over batches: reviews, batches and reviews with activations, Σ p, Σ p · (1 − p); p is the keep probability."""
_GROUP_CELLS: Final = 16_384
"""Batches are read in groups of about so many activations: fewer calls, and all of it stays in the cache."""


class UnitTable:
    """Sums for each unit after a run's batches, so that any window is a difference of two rows.

    It is filled a piece at a time, by whoever has a moment. When it grows past its budget every second row is let go; a
    window then reads the few batches between a row and its ends from the history. When the history lets activations go
    the table begins anew, so that it always says what the history has.

    Args:
        history: The run; it may still be going on.
        hidden: After hidden layer 1 or 2.
        budget_bytes: For the sums.
    """

    def __init__(self, history: History, hidden: int, *, budget_bytes: int = TABLE_BYTES) -> None:
        self._history = history
        self._hidden = hidden
        self._budget = budget_bytes
        self._begin()

    def _begin(self) -> None:
        self._stride = self._history.stride
        self._filled = 0
        self._units = 0
        self._every = 1

    @property
    def filled(self) -> int:
        """Batches counted so far; windows may reach up to this one."""
        return self._filled

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(table.nbytes for table in self._tables()) if self._units else 0

    def up_to_date(self) -> bool:
        """Whether every batch of the run is counted."""
        return self._filled == len(self._history) and self._stride == self._history.stride

    def extend(self, budget_s: float | None = None, *, clock: Callable[[], float] = time.perf_counter) -> bool:
        """Count more batches.

        Args:
            budget_s: Stop after about so many seconds; None for all there are. One group of batches is always counted.
            clock: Seconds.

        Returns:
            Whether every batch is counted.
        """
        end = math.inf if budget_s is None else clock() + budget_s
        if self._stride != self._history.stride:
            self._begin()
        while self._filled < len(self._history):
            if not self._units:
                self._make(self._history.mask(1, self._hidden).shape[1])
            group = max(1, _GROUP_CELLS // (self._units * self._history.reviews_shown))
            last = min(self._filled + group, len(self._history))
            sums, scalars, firsts = self._read(self._filled + 1, last)
            if self._stride != self._history.stride:  # let go while they were read
                self._begin()
                continue
            self._append(sums, scalars, firsts)
            if clock() >= end:
                break
        return self.up_to_date()

    def window(self, first: int, last: int) -> UnitWindow:
        """What the units did from one batch to another, both included.

        Raises:
            IndexError: For a window that is empty or reaches beyond `filled`.
        """
        if not 1 <= first <= last <= self._filled:
            raise IndexError(f"a window must lie in [1, {self._filled}], got {first} to {last}")
        high, low = self._sums_up_to(last), self._sums_up_to(first - 1)
        sums, scalars = high[0] - low[0], high[1] - low[1]
        reviews, counted = scalars[_REVIEWS], scalars[_COUNTED]
        with np.errstate(invalid="ignore", divide="ignore"):
            known = np.where(sums[_LOST] > 0, np.nan, 1.0) * (1.0 if counted else np.nan)
            mean_a, mean_o, zero = (known * sums[k] / counted for k in (_A, _O, _ZERO))
            sd_a = np.sqrt(np.maximum(known * sums[_A2] / counted - mean_a**2, 0.0))
            sd_o = np.sqrt(np.maximum(known * sums[_O2] / counted - mean_o**2, 0.0))
        longest, whole = self._longest_runs(first, last)
        rate = self._rates[first - 1 : last]
        rates = float(rate.min()), float(rate.max())
        n = last - first + 1
        steady = rates[0] == rates[1]
        return UnitWindow(
            first=first,
            last=last,
            reviews=int(reviews),
            counted_batches=int(scalars[_BATCHES]),
            counted_reviews=int(counted),
            stride=self._stride,
            rates=rates,
            keep_probability=float(scalars[_EXPECTED] / reviews),
            # A difference of sums is not quite zero where every rate is.
            bound=Z_95 * math.sqrt(max(float(scalars[_VARIANCE]), 0.0)) / float(reviews) if rates[1] else 0.0,
            share_kept=sums[_KEPT] / reviews,
            mean_activation=mean_a,
            sd_activation=sd_a,
            mean_output=mean_o,
            sd_output=sd_o,
            share_zero=zero,
            longest_run=longest,
            longest_run_whole=whole,
            expected_run=expected_longest_run(n, rates[0]) if steady else math.nan,
            expected_longest=expected_longest_run(n, rates[0], self._units) if steady else math.nan,
        )

    # -- the table --

    def _make(self, units: int) -> None:
        self._units = units
        # Row k holds what there is after batch k · every; row 0 is nothing.
        self._sums = np.zeros((256, 7, units))
        self._scalars = np.zeros((256, 5))
        # For both kinds of run: the one that is going on, and the longest so far.
        self._runs = np.zeros((256, 2, 2, units), np.int32)
        self._newest = self._sums[0].copy(), self._scalars[0].copy(), self._runs[0].copy()
        # Dropped for the first review, and for every review.
        self._bits = np.zeros((256, 2, (units + 7) // 8), np.uint8)
        self._rates = np.zeros(256, np.float64)

    def _tables(self) -> tuple[npt.NDArray[Any], ...]:
        return self._sums, self._scalars, self._runs, self._bits, self._rates

    def _read(self, first: int, last: int) -> tuple[Figures, Figures, Mask]:
        """The sums of each of some batches: (n, 7, units), (n, 5), and (n, 2, units) whether a unit was dropped."""
        history, hidden, k = self._history, self._hidden, self._hidden - 1
        n = last - first + 1
        sums, scalars = np.zeros((n, 7, self._units)), np.zeros((n, 5))
        dropped = np.zeros((n, 2, self._units), np.bool_)
        counted: list[int] = []
        values, masked = [], []
        for row, step in enumerate(range(first, last + 1)):
            mask = history.mask(step, hidden)
            activations = history.activations(step) if (step - 1) % self._stride == 0 else None
            reviews = len(mask)
            # A product with ones takes a third of the time of a sum down the columns, and counts exactly to 2^24.
            kept = np.ones(reviews, np.float32) @ mask.view(np.uint8).astype(np.float32)
            sums[row, _KEPT] = kept
            dropped[row] = ~mask[0], kept == 0
            scalars[row, _REVIEWS] = reviews
            if activations is not None:
                activation = activations.hidden_1 if k == 0 else activations.hidden_2
                counted.append(row)
                values.append(activation)
                masked.append(mask[: len(activation)] * np.float32(history.factor(step, hidden)))
        rates = self._rates_of(first, last)
        scalars[:, _EXPECTED] = scalars[:, _REVIEWS] * (1.0 - rates)
        scalars[:, _VARIANCE] = scalars[:, _REVIEWS] * rates * (1.0 - rates)
        if counted:
            sizes = np.array([len(part) for part in values])
            scalars[counted, _BATCHES] = 1
            scalars[counted, _COUNTED] = sizes
            sums[counted, 1:] = _sums(np.concatenate(values), np.concatenate(masked), np.cumsum(sizes) - sizes)
        return sums, scalars, dropped

    def _rates_of(self, first: int, last: int) -> Figures:
        told = self._history.scalars()
        return (told.rate_1 if self._hidden == 1 else told.rate_2)[first - 1 : last].astype(np.float64)

    def _append(self, sums: Figures, scalars: Figures, dropped: Mask) -> None:
        n = len(sums)
        first, self._filled = self._filled + 1, self._filled + n
        sums = np.cumsum(sums, axis=0) + self._newest[0]
        scalars = np.cumsum(scalars, axis=0) + self._newest[1]
        runs = np.stack([_runs(dropped[:, kind], self._newest[2][kind]) for kind in (0, 1)], axis=1)
        self._newest = sums[-1], scalars[-1], runs[-1]
        self._bits, self._rates = (_grown(table, self._filled) for table in (self._bits, self._rates))
        self._bits[first - 1 : self._filled] = np.packbits(dropped, axis=-1)
        self._rates[first - 1 : self._filled] = self._rates_of(first, self._filled)
        steps = np.arange(first, self._filled + 1)
        rows = steps % self._every == 0
        if rows.any():
            at = steps[rows] // self._every
            self._sums, self._scalars, self._runs = (
                _grown(table, int(at[-1]) + 1) for table in (self._sums, self._scalars, self._runs)
            )
            self._sums[at], self._scalars[at], self._runs[at] = sums[rows], scalars[rows], runs[rows]
        while self._sums.nbytes + self._runs.nbytes > self._budget and len(self._sums) > 2:
            self._every *= 2
            self._sums, self._scalars = self._sums[::2].copy(), self._scalars[::2].copy()
            self._runs = self._runs[::2].copy()

    def _sums_up_to(self, step: int) -> tuple[Figures, Figures]:
        if step == self._filled:
            return self._newest[0], self._newest[1]
        row = step // self._every
        sums, scalars = self._sums[row], self._scalars[row]
        if row * self._every < step:
            between, told, _ = self._read(row * self._every + 1, step)
            sums, scalars = sums + between.sum(axis=0), scalars + told.sum(axis=0)
        return sums, scalars

    def _longest_runs(self, first: int, last: int) -> tuple[Counts, Counts]:
        if first > 1:
            runs = [_runs(bits, None)[-1] for bits in self._dropped(first, last)]
        elif last == self._filled:
            runs = list(self._newest[2])
        else:
            row = last // self._every
            runs = list(self._runs[row])
            if row * self._every < last:
                bits = self._dropped(row * self._every + 1, last)
                runs = [_runs(bits[kind], runs[kind])[-1] for kind in (0, 1)]
        return runs[0][1], runs[1][1]

    def _dropped(self, first: int, last: int) -> tuple[Mask, Mask]:
        bits = np.unpackbits(self._bits[first - 1 : last], axis=-1, count=self._units).view(np.bool_)
        return bits[:, 0], bits[:, 1]


def _runs(dropped: Mask, before: Counts | None) -> Counts:
    """(n, 2, units) the run going on at each batch, and the longest so far; `before` is (2, units) of the same."""
    lengths = run_lengths(dropped, None if before is None else before[0])
    longest = np.maximum.accumulate(lengths, axis=0)
    if before is not None:
        longest = np.maximum(longest, before[1])
    return np.stack([lengths, longest], axis=1)


def _sums(activation: npt.NDArray[np.float32], masked: npt.NDArray[np.float32], starts: npt.NDArray[Any]) -> Figures:
    """(n, 6, units) the sums of activations and outputs over each batch's reviews, which begin at `starts`."""
    rows, units = activation.shape
    columns = np.empty((rows, 6, units))
    a, o, finite = columns[:, _A - 1], columns[:, _O - 1], np.isfinite(activation)
    # In sums that go on over the run a figure that is not finite would spoil every later window.
    a[...] = activation if finite.all() else np.where(finite, activation, np.float32(0))
    np.multiply(a, a, out=columns[:, _A2 - 1])
    np.multiply(a, masked, out=o)
    np.multiply(o, o, out=columns[:, _O2 - 1])
    columns[:, _ZERO - 1] = activation == 0
    columns[:, _LOST - 1] = ~finite
    flat = columns.reshape(rows, 6 * units)
    ends = np.append(starts[1:], rows)
    sums = [np.ones(end - start) @ flat[start:end] for start, end in zip(starts, ends, strict=True)]
    return np.stack(sums).reshape(len(starts), 6, units)


def _grown(table: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    if rows <= len(table):
        return table
    grown = np.zeros((max(rows, 2 * len(table)), *table.shape[1:]), table.dtype)
    grown[: len(table)] = table
    return grown
