"""Numbers on axes: few, round, and standing still while the data move."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count
from typing import Final

Tick = tuple[float, str]
_MOST: Final = 1e300
_FINE: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_COARSE: Final = (1.0, 2.0, 5.0)
"""What the numbers on a logarithmic axis begin with."""


def _steps(first: int) -> Iterator[float]:
    for exponent in count(first):
        yield from (10.0**exponent, 2 * 10.0**exponent, 5 * 10.0**exponent)


def _text(value: float, step: float) -> str:
    """A tick's number: short also where a run is diverging."""
    if value != 0 and abs(value) >= 1e5:
        digits = max(1, math.floor(math.log10(abs(value)) + 1e-9) - math.floor(math.log10(step) + 1e-9) + 1)
        return f"{value:.{digits}g}".replace("e+", "e")
    return f"{value:.{max(0, -math.floor(math.log10(step)))}f}"


def whole_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks on whole numbers only, in steps of 1, 2, 5, 10, …: there is no half cell and no half epoch."""
    step = int(next(step for step in _steps(0) if (high - low) / step <= most))
    first = math.ceil(low / step) * step
    return [(float(tick), _text(tick, step)) for tick in range(first, math.floor(high) + 1, step)]


def ticks_between(low: float, high: float, most: int) -> list[Tick]:
    """Ticks in steps of 1, 2 or 5 times a power of ten that leave the range as it is."""
    step = next(step for step in _steps(-4) if (high - low) / step <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(tick * step, _text(tick * step, step)) for tick in range(first, last + 1)]


def log_range(low: float, high: float, most: int) -> tuple[float, float, list[Tick]]:
    """A range around two numbers above zero that begins and ends on a tick, and its ticks, for a logarithmic axis.

    Returns:
        All places as logarithms to the base of 10; the texts say the numbers themselves.
    """
    low, high = max(low, 1 / _MOST), min(max(high, low, 1 / _MOST), _MOST)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for leads in (_FINE, _COARSE, (1.0,)):
        places = [lead * 10.0**power for power in range(first, last + 1) for lead in leads]
        begin = max((place for place in places if place <= low * 1.0001), default=places[0])
        end = min((place for place in places if place >= high * 0.9999 and place > begin), default=10 * places[-1])
        ticks = [place for place in [*places, 10 * places[-1]] if begin <= place <= end]
        if len(ticks) <= most:
            break
    ticks = ticks[:: max(1, math.ceil(len(ticks) / most))]
    return math.log10(begin), math.log10(end), [(math.log10(tick), f"{tick:.4g}") for tick in ticks]


def round_range(low: float, high: float, most: int) -> tuple[float, float, list[Tick]]:
    """A range around `low` and `high` that begins and ends on half a step, and its ticks.

    An axis is drawn anew whenever its range changes; this one changes seldom.
    """
    low, high = max(low, -_MOST), min(high, _MOST)
    span = max(high - low, 1e-3, abs(high) * 1e-9)
    step = next(step for step in _steps(-4) if span / step <= most)
    low, high = math.floor(2 * low / step) * step / 2, math.ceil(2 * high / step) * step / 2
    ticks = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return low, high, [(tick * step, _text(tick * step, step)) for tick in ticks]
