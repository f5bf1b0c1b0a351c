"""Several plots on one page, their axes in line with each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from explorer.export.figures.page import LINE, SMALL, Box, Page
from explorer.export.figures.words import shortened, width
from explorer.presentation.axes import Tick

Range = tuple[float, float, list[Tick]]
"""What an axis shows: from, to, and its numbers."""
_ROW: Final = 2.6
"""A page this many times as wide as high has all plots in a row."""
_ACROSS: Final = 1.6
_DOWN: Final = 0.7
_LEAST_HIGH: Final = 8.0
"""Below this height a plot has keys beside its title only."""
_LINE_OF_NUMBERS: Final = 1.15
_INSIDE: Final = 0.7
"""The share of a plot's width that keys over it may take."""


@dataclass(frozen=True, slots=True)
class Key:
    """A text that says what is drawn, in the colour of it."""

    text: str
    ink: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot.

    Attributes:
        title: Above it.
        keys: Beside the title, or below it where they have no room there.
        up: Names of the vertical axis, the longest first.
        across: Of the horizontal axis.
        ranges: What the horizontal and the vertical axis show in a plot of a size in ems.
        paint: Draws into the axes, which lie in a box.
        over: Whether the keys may stand over the upper right of the plot, one below the other.
    """

    title: str
    keys: tuple[Key, ...]
    up: tuple[str, ...]
    across: str
    ranges: Callable[[float, float], tuple[Range, Range]]
    paint: Callable[[Axes, Box], None]
    over: bool = False


def draw_panels(page: Page, panels: Sequence[Panel]) -> None:
    """Share what is left of a page among some plots, in a row or in two."""
    box = page.box
    columns = len(panels) if box.width > _ROW * box.height else -(-len(panels) // 2)
    rows = -(-len(panels) // columns)
    wide = (box.width - _ACROSS * (columns - 1)) / columns
    high = (box.height - _DOWN * (rows - 1)) / rows
    for row in range(rows):
        chosen = panels[row * columns : (row + 1) * columns]
        heads = max(_head_height(page, panel, wide, high) for panel in chosen)
        for k, panel in enumerate(chosen):
            place = Box(box.left + (wide + _ACROSS) * k, box.top + (high + _DOWN) * row, wide, high)
            _draw_head(page, panel, place)
            _draw_plot(page, panel, place, heads)


def _beside(page: Page, panel: Panel, wide: float) -> bool:
    """Whether the keys stand beside the title."""
    title = width(panel.title, bold=True) + 1.0 if page.request.titles else 0.0
    keys = sum(width(key.text, SMALL) + 1.0 for key in panel.keys) - 1.0
    return (len(panel.keys) == 1 or not panel.over) and title + keys <= wide


def _over(panel: Panel, wide: float) -> bool:
    """Whether the keys stand over the plot."""
    return panel.over and all(width(key.text, SMALL) <= _INSIDE * (wide - 5) for key in panel.keys)


def _key_lines(page: Page, panel: Panel, wide: float, high: float) -> int:
    """Lines of keys below the title; a low plot has no room for them."""
    if not page.request.legend or not panel.keys or _over(panel, wide) or _beside(page, panel, wide):
        return 0
    if high < _LEAST_HIGH:
        return 0
    return len(panel.keys) if panel.over else 1


def _head_height(page: Page, panel: Panel, wide: float, high: float) -> float:
    alone = not page.request.titles and page.request.legend and _beside(page, panel, wide) and not _over(panel, wide)
    return LINE * (page.request.titles or alone) + LINE * SMALL * _key_lines(page, panel, wide, high)


def _thinned(ticks: list[Tick], most: int) -> list[Tick]:
    """At most so many of some numbers, evenly; never fewer than two."""
    if len(ticks) <= max(most, 2):
        return ticks
    return ticks[:: -(-(len(ticks) - 1) // max(most - 1, 1))]


def _draw_head(page: Page, panel: Panel, place: Box) -> None:
    x, y = place.left, place.top + LINE / 2
    if page.request.titles:
        page.text(x, y, panel.title, bold=True)
        x += width(panel.title, bold=True) + 1.0
    if not page.request.legend or not panel.keys or _over(panel, place.width):
        return
    lines = _key_lines(page, panel, place.width, place.height)
    if not lines and not _beside(page, panel, place.width):
        return
    if lines:
        x, y = place.left, place.top + LINE * page.request.titles + LINE * SMALL / 2
    for key in panel.keys:
        page.text(x, y, shortened(key.text, max(place.right - x, 2.0), SMALL), size=SMALL, ink=key.ink)
        if panel.over:
            y += LINE * SMALL
        else:
            x += width(key.text, SMALL) + 1.0


def _draw_plot(page: Page, panel: Panel, place: Box, head: float) -> None:
    labels = page.request.axis_labels
    foot = 1.45 + (1.15 if labels else 0.0)
    high = place.height - head - 0.5 - foot
    across, up = panel.ranges(place.width - 4, high)
    up = up[0], up[1], _thinned(up[2], int(high / _LINE_OF_NUMBERS))
    numbers = max(width(text, SMALL) for _, text in up[2])
    name = next((text for text in panel.up if width(text, SMALL) <= high + 0.6), "")
    box = place.cut(left=numbers + 0.7 + (1.5 if labels and name else 0.0), top=head + 0.5, bottom=foot, right=0.3)
    axes = page.axes(box, grid=True)
    axes.set_xlim(across[0], across[1])
    axes.set_ylim(up[0], up[1])
    page.number(axes, across[2], up[2])
    page.axis_labels(box, across=panel.across, up=name, gap=numbers + 0.9)
    panel.paint(axes, box)
    if page.request.legend and _over(panel, place.width):
        for k, key in enumerate(panel.keys):
            y = box.top + 0.5 + k * LINE * SMALL
            page.text(box.right, y, key.text, size=SMALL, ink=key.ink, align="right")
