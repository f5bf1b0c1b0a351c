"""What the plots of loss and accuracy say and how lines are told apart, in the window and in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from explorer.presentation.axes import Tick, log_range, round_range
from explorer.presentation.palette import Palette
from explorer.presentation.series import Axis, Points

AXIS_LABELS: Final[dict[Axis, str]] = {"batch": "batch", "epoch": "epoch", "seconds": "seconds of computing"}
TITLES: Final = {"loss": "Loss, without L2 penalty", "accuracy": "Accuracy"}
LINE_NAMES: Final = {
    "trained": "training, dropout on",
    "training": "training, dropout off",
    "validation": "validation, dropout off",
    "batches": "each batch, dropout on",
}
"""What the lines of a run are, in the order of the legend."""
BEST: Final = "★ "
"""Stands before the best figure of a column."""
Style = Literal["dash-dot", "solid", "dot", "dash-dot-dot"]
STYLES: Final[tuple[Style, ...]] = ("dash-dot", "solid", "dot", "dash-dot-dot")


def run_look(palette: Palette, look: int) -> tuple[str, Style]:
    """Colour and kind of line of another run; the first twenty looks all differ."""
    return palette.earlier[look % len(palette.earlier)], STYLES[look % len(STYLES)]


def figure_range(
    lines: Sequence[Points],
    scattered: Sequence[Points],
    *,
    log: bool = False,
    top: float | None = None,
    most: tuple[int, int] = (5, 6),
) -> tuple[float, float, list[Tick]]:
    """The visible part of the vertical axis, and its numbers.

    Args:
        lines: All of which is shown; NaN is nothing.
        scattered: Of which the upper and the lower hundredth may leave the picture.
        log: Whether the axis is logarithmic; everything that comes back is then a logarithm to the base of 10.
        top: The highest number there can be.
        most: How many numbers, on a linear and on a logarithmic axis.
    """
    parts = [*lines, *(np.percentile(each, (1, 99)) if len(each) else each for each in scattered)]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values) & (values > 0.0)] if log else values[np.isfinite(values)]
    if len(values):
        low, high = float(values.min()), float(values.max())
    else:
        low, high = (0.1, 1.0) if log else (0.0, 1.0)
    if log:
        return log_range(low, high if top is None else min(high, top), most=most[1])
    margin = max(0.04 * (high - low), 0.01)
    high = high + margin if top is None else min(high + margin, top)
    return round_range(max(low - margin, 0.0), high, most=most[0])
