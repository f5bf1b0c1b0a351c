"""Numbers on axes: few, round, and standing still while the data move."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

Tick = tuple[float, str]


def _steps(first: int) -> Iterator[float]:
    for exponent in count(first):
        yield from (10.0**exponent, 2 * 10.0**exponent, 5 * 10.0**exponent)


def whole_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks on whole numbers only, in steps of 1, 2, 5, 10, …: there is no half cell and no half epoch."""
    step = int(next(step for step in _steps(0) if (high - low) / step <= most))
    first = math.ceil(low / step) * step
    return [(float(tick), str(tick)) for tick in range(first, math.floor(high) + 1, step)]


def round_range(low: float, high: float, most: int) -> tuple[float, float, list[Tick]]:
    """A range around `low` and `high` that begins and ends on half a step, and its ticks.

    An axis is drawn anew whenever its range changes; this one changes seldom.
    """
    span = max(high - low, 1e-3)
    step = next(step for step in _steps(-4) if span / step <= most)
    low, high = math.floor(2 * low / step) * step / 2, math.ceil(2 * high / step) * step / 2
    decimals = max(0, -math.floor(math.log10(step)))
    ticks = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return low, high, [(tick * step, f"{tick * step:.{decimals}f}") for tick in ticks]
