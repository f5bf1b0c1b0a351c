"""Lines in plots: their kinds, and what is left of them within the picture."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from explorer.export.figures.legend import Sign
from explorer.export.figures.page import Page
from explorer.presentation.curves import Style
from explorer.presentation.series import Points

DASHES: Final[dict[Style | str, Any]] = {
    "solid": "solid",
    "dash": (0, (4, 2)),
    "dot": (0, (1, 2)),
    "dash-dot": (0, (4, 2, 1, 2)),
    "dash-dot-dot": (0, (4, 2, 1, 2, 1, 2)),
}
"""In widths of the line, as on the screen."""
PIXEL: Final = 1 / 13
"""A pixel of the window, whose text is 13 pixels high, in ems."""
SAMPLE: Final = 2.3
"""How wide the piece of a line in a legend is."""


def line_style(page: Page, colour: str, pixels: float, style: str = "solid", alpha: float = 1.0) -> dict[str, Any]:
    """How a line is drawn that is so many pixels wide in the window."""
    return {
        "color": colour,
        "linewidth": page.line_width(pixels * PIXEL),
        "linestyle": DASHES[style],
        "alpha": alpha,
        "solid_capstyle": "butt",
        "dash_capstyle": "butt",
    }


def dots(page: Page, colour: str, pixels: float) -> dict[str, Any]:
    """Dots on a line, so many pixels wide in the window."""
    return {
        "marker": "o",
        "markersize": page.line_width(pixels * PIXEL),
        "markerfacecolor": colour,
        "markeredgewidth": 0.0,
    }


def sample(style: dict[str, Any], wide: float = SAMPLE) -> Sign:
    """The piece of a line in front of what a legend says of it."""

    def draw(page: Page, x: float, middle: float) -> None:
        plain = {key: value for key, value in style.items() if not key.startswith("marker")}
        # A faint line is seen by its many turns; a piece of it would hardly be.
        plain["alpha"] = max(plain["alpha"], 0.55)
        page.line((x, x + wide), (middle, middle), **plain)
        if "marker" in style:
            page.line((x + wide / 2,), (middle,), **{**style, "linestyle": "none"})

    return draw


def plot(axes: Axes, x: Points, y: Points, *, z: float, **style: Any) -> None:
    """Draw a line, and no part of it outside of the axes.

    It is cut here and not by a clipping path, which some readers of SVG know nothing of.
    """
    low, high = axes.get_ylim()
    x, y = within(np.asarray(x, np.float64), np.asarray(y, np.float64), low, high)
    axes.plot(x, y, zorder=z, clip_on=False, **style)


def within(x: Points, y: Points, low: float, high: float) -> tuple[Points, Points]:
    """The part of a line that lies between two heights; NaN where it is interrupted.

    Args:
        x: (n,)
        y: (n,) NaN is nothing.
        low: The lower height.
        high: The upper one.
    """
    inside = (y >= low) & (y <= high)
    if (inside | np.isnan(y)).all():
        return x, y
    points: list[tuple[float, float]] = []
    before: tuple[float, float] | None = None
    for place in zip(x.tolist(), y.tolist(), strict=True):
        if not all(map(math.isfinite, place)):
            points.append((math.nan, math.nan))
            before = None
            continue
        if before is not None:
            crossed = [_at(before, place, height) for height in (low, high) if _between(before[1], place[1], height)]
            crossed.sort(key=lambda each: abs(each[1] - before[1]) if before is not None else 0.0)
            for k, crossing in enumerate(crossed):
                points.append(crossing)
                leaves = not low <= place[1] <= high and k == len(crossed) - 1
                if leaves:
                    points.append((math.nan, math.nan))
        if low <= place[1] <= high:
            points.append(place)
        before = place
    if not points:
        return np.empty(0), np.empty(0)
    cut = np.array(points)
    return cut[:, 0], cut[:, 1]


def _between(one: float, other: float, height: float) -> bool:
    return (one < height < other) or (other < height < one)


def _at(one: tuple[float, float], other: tuple[float, float], height: float) -> tuple[float, float]:
    share = (height - one[1]) / (other[1] - one[1])
    return one[0] + share * (other[0] - one[0]), height
