"""Where on a plot a change of settings is written: beside its line, where no curve runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from explorer.export.figures.lines import line_style
from explorer.export.figures.page import LINE, Box, Page
from explorer.export.figures.words import clean, width
from explorer.presentation.series import Marker, Points

_SIZE: Final = 0.8
_STEP: Final = 0.35
"""How far apart the heights are that are tried, in ems."""
_SAMPLES: Final = 240
"""Places at which it is looked whether a curve runs there."""


def draw_marks(
    page: Page, box: Box, right: float, marks: Sequence[Marker], curves: Sequence[tuple[Points, Points]]
) -> None:
    """Draw a dotted line for every mark, and what changed; behind the curves, which matter more.

    Args:
        page: Where.
        box: The axes.
        right: The largest place on the horizontal axis; the smallest is 0.
        marks: Those that stand close together share a text, see `presentation.series.stacked`.
        curves: x as a place on the axis, and y as a share of the height from below.
    """
    style = line_style(page, page.look.palette.muted, 1.0, "dot") | {"zorder": -0.9}
    ink = _ink(box, right, curves)
    taken: list[Box] = []
    for mark in marks:
        x = box.left + box.width * mark.position / right
        page.line((x, x), (box.top, box.bottom), **style)
    for mark in marks:
        if not mark.text:
            continue
        text = "\n".join(clean(line) for line in mark.text.split("\n"))
        place = _place(box, box.left + box.width * mark.position / right, text, taken, ink)
        if place is None:
            continue  # the line alone must do
        taken.append(place)
        if page.look.ground is not None:
            page.rectangle(place, fill=page.look.ground).set_zorder(-0.8)
        for k, line in enumerate(text.split("\n")):
            middle = place.top + 0.1 + (k + 0.5) * LINE * _SIZE
            page.text(place.left + 0.3, middle, line, size=_SIZE).set_zorder(-0.7)


def _ink(box: Box, right: float, curves: Sequence[tuple[Points, Points]]) -> Points:
    """(n, 2) places where curves run, in ems."""
    parts = []
    places = np.linspace(0.0, right, _SAMPLES)
    for x, y in curves:
        known = np.isfinite(x) & np.isfinite(y)
        if known.any():
            x, y = x[known], y[known]
            at = places[(places >= x[0]) & (places <= x[-1])]
            high = np.interp(at, x, y)
            parts.append(np.stack([box.left + box.width * at / right, box.bottom - box.height * high], axis=1))
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _place(box: Box, x: float, text: str, taken: Sequence[Box], ink: Points) -> Box | None:
    """Where a text hides the least: right or left of its line, as high as possible."""
    wide, high = width(text, _SIZE) + 0.6, LINE * _SIZE * (text.count("\n") + 1) + 0.2
    best: tuple[int, Box] | None = None
    tops = np.arange(box.top + 0.2, box.bottom - high - 0.2, _STEP)
    for top in tops.tolist():
        for left in (x + 0.15, x - 0.15 - wide):
            place = Box(left, top, wide, high)
            inside = place.left >= box.left and place.right <= box.right + 0.6
            if not inside or any(_meet(place, other) for other in taken):
                continue
            across = (ink[:, 0] > left) & (ink[:, 0] < place.right)
            hidden = int(np.count_nonzero(across & (ink[:, 1] > top - 0.1) & (ink[:, 1] < place.bottom + 0.1)))
            if best is None or hidden < best[0]:
                best = hidden, place
            if hidden == 0:
                return place
    return None if best is None else best[1]


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
