"""What units did, in words and numbers: for the window's plots and for figures."""

from __future__ import annotations

import math
from typing import Final

from explorer.engine.unit_histogram import Histogram, Sample
from explorer.engine.unit_window import UnitWindow

_SMALLER: Final = ((32, 0), (128, 2), (512, 4))
"""Up to so many units, points are smaller by so many pixels."""
EXPECTED_OUTSIDE: Final = 0.05
"""The share of units outside the 95 % interval that is to be expected."""


def window_text(window: UnitWindow) -> str:
    """A window of batches in a line: what is counted, and the longest run of batches a unit was dropped."""
    one = window.first == window.last
    parts = [f"batch {window.last:,}" if one else f"batches {window.first:,}–{window.last:,}"]
    parts.append(f"{window.reviews:,} reviews, activations of {window.counted_reviews:,}")
    if window.stride > 1:
        parts[-1] += f" (every {window.stride}th batch)" if window.stride > 2 else " (every 2nd batch)"
    if window.rates[1] > 0.0 and not one:
        unit = int(window.longest_run.argmax())
        longest = f"first review: unit {unit} dropped in {window.longest_run[unit]:,} batches in a row"
        expected = window.expected_longest
        parts.append(longest + (" (the rate changed)" if math.isnan(expected) else f" ({expected:.1f} expected)"))
        if window.longest_run_whole.any():
            parts.append(f"for every review: {window.longest_run_whole.max():,}")
    return " · ".join(parts)


def unit_text(window: UnitWindow, unit: int) -> str:
    """The figures of one unit in a line.

    Args:
        window: What was counted.
        unit: Counted from 0.
    """
    low, high = max(window.keep_probability - window.bound, 0.0), min(window.keep_probability + window.bound, 1.0)
    parts = [f"unit {unit}: kept {window.share_kept[unit]:.4f} (95 %: {low:.4f}–{high:.4f})"]
    if not math.isnan(window.mean_activation[unit]):
        parts.append(f"activation {window.mean_activation[unit]:.3f} ± {window.sd_activation[unit]:.3f}")
        parts.append(f"output {window.mean_output[unit]:.3f} ± {window.sd_output[unit]:.3f}")
        parts.append(f"zero {100 * window.share_zero[unit]:.1f} %")
    expected = "" if math.isnan(window.expected_run) else f" ({window.expected_run:.1f} expected)"
    parts.append(f"dropped {window.longest_run[unit]:,} in a row{expected}")
    return " · ".join(parts)


def spread_text(told: Histogram) -> str:
    """The mean beside a histogram."""
    return f"mean {told.mean:.3f}" if told.cells else "not kept"


def until_text(samples: list[Sample]) -> str:
    """Where the other run is shorter its window ends earlier."""
    return "" if samples[0].last == samples[1].last else f", up to batch {samples[1].last:,}"


def point_size(units: int, size: int) -> int:
    """How large a point is drawn: smaller where there are many units.

    Args:
        units: How many there are.
        size: Of a point among few.
    """
    return max(size - next(smaller for most, smaller in _SMALLER if units <= most), 3)


def percent(share: float) -> str:
    """A share in per cent; with a decimal where it is nearly none or nearly all."""
    return f"{100 * share:.0f} %" if share in (0.0, 1.0) or 0.01 <= share <= 0.99 else f"{100 * share:.1f} %"
