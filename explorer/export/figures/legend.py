"""What colours, signs and lines stand for, in as many lines as it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.text import Text

from explorer.export.figures.cell_map import CellMap
from explorer.export.figures.page import LINE, SMALL, Box, Page
from explorer.export.figures.words import broken, shortened, width
from explorer.presentation.palette import KEPT

Sign = Callable[[Page, float, float], None]
"""Draws a sign at x around a middle height."""
SWATCH: Final = 1.0
_GAP: Final = 0.5
_BETWEEN: Final = 1.7
_NEAR: Final = 1.1
"""Between two entries where there is little room."""
PITCH: Final = 1.45
"""From one line of a legend to the next."""
_BAR_STEPS: Final = 127


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign and what it stands for.

    Attributes:
        text: What it says.
        sign: Draws it; None for a text alone.
        wide: How wide the sign is.
        short: What it says where there is little room.
        heading: Whether it stands on a line of its own, muted.
    """

    text: str
    sign: Sign | None = None
    wide: float = SWATCH
    short: str = ""
    heading: bool = False

    def width(self, *, short: bool = False) -> float:
        """How wide sign and text are."""
        sign = 0.0 if self.sign is None else self.wide + _GAP
        return sign + width(self.said(short=short), SMALL)

    def said(self, *, short: bool) -> str:
        """What it says."""
        return self.short if short and self.short else self.text


class Legend:
    """Entries one after the other, in lines.

    Args:
        entries: In order.
        room: How wide a line may be.
        most: Where they would take more lines than this, short texts are taken.
    """

    def __init__(self, entries: Sequence[Entry], room: float, most: int = 1) -> None:
        self._room = room
        for self._short, self._between in ((False, _BETWEEN), (True, _BETWEEN), (True, _NEAR)):
            self._lines = self._flow(entries)
            if len(self._lines) <= most:
                break

    @property
    def height(self) -> float:
        """How high it is."""
        return PITCH * len(self._lines)

    def draw(self, page: Page, left: float, top: float) -> list[Text]:
        """Draw it; returns the texts, in the order of the entries."""
        texts = []
        for k, line in enumerate(self._lines):
            x, middle = left, top + (k + 0.5) * PITCH
            for entry in line:
                begin = x
                if entry.sign is not None:
                    entry.sign(page, x, middle)
                    x += entry.wide + _GAP
                said = shortened(entry.said(short=self._short), left + self._room - x, SMALL)
                ink = page.look.palette.muted if entry.heading else page.look.palette.text
                texts.append(page.text(x, middle, said, size=SMALL, ink=ink))
                x = begin + entry.width(short=self._short) + self._between
        return texts

    def _flow(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        lines: list[list[Entry]] = []
        left = 0.0
        for entry in entries:
            wide = entry.width(short=self._short)
            alone = entry.heading or (bool(lines) and lines[-1][-1].heading)
            if not lines or alone or wide > left:
                lines.append([])
                left = self._room
            lines[-1].append(entry)
            left -= wide + self._between
        return lines


class LegendColumn:
    """Entries below each other; a long text is broken.

    Args:
        entries: In order.
        room: How wide it may be.
        height: How high it may be; what is too much is left out, and told.
    """

    def __init__(self, entries: Sequence[Entry], room: float, height: float) -> None:
        self._room = room
        self._parts: list[tuple[Entry, str]] = []
        used = 0.0
        for k, entry in enumerate(entries):
            sign = 0.0 if entry.sign is None else entry.wide + _GAP
            text = broken(entry.text, room - sign, SMALL, most=2)
            high = self._high(text)
            last = k == len(entries) - 1
            if used + high + (0.0 if last else PITCH) > height:
                self._parts.append((Entry(f"… and {len(entries) - k} more"), f"… and {len(entries) - k} more"))
                break
            self._parts.append((entry, text))
            used += high

    def draw(self, page: Page, left: float, top: float) -> None:
        """Draw it."""
        palette = page.look.palette
        for entry, text in self._parts:
            x = left
            if entry.sign is not None:
                entry.sign(page, x, top + PITCH / 2)
                x += entry.wide + _GAP
            ink = palette.muted if entry.heading else palette.text
            for k, line in enumerate(text.split("\n")):
                page.text(x, top + PITCH / 2 + k * line_height(), line, size=SMALL, ink=ink)
            top += self._high(text)

    @staticmethod
    def _high(text: str) -> float:
        return PITCH + text.count("\n") * line_height()


def swatch(colour: str, *, stroke: str | None = None) -> Sign:
    """A square of a colour, with a stroke across it if wanted: as a dropped cell has where there is room for it."""

    def draw(page: Page, x: float, middle: float) -> None:
        box = Box(x, middle - SWATCH / 2, SWATCH, SWATCH)
        page.rectangle(box, fill=colour, edge=page.look.palette.muted)
        if stroke is not None:
            page.line(
                (box.left + 0.2, box.right - 0.2),
                (box.bottom - 0.2, box.top + 0.2),
                color=stroke,
                linewidth=page.line_width(0.13),
                solid_capstyle="butt",
            )

    return draw


def colour_bar(before: str, wide: float) -> tuple[Sign, float]:
    """A bar of the colour map with a text before it; and how wide both are."""
    begin = width(before, SMALL) + _GAP

    def draw(page: Page, x: float, middle: float) -> None:
        palette = page.look.palette
        page.text(x, middle, before, size=SMALL)
        box = Box(x + begin, middle - SWATCH / 2, wide, SWATCH)
        axes = page.axes(box, frame=True)
        axes.set_axis_off()
        bar = CellMap(axes, page.look.values, mark=palette.dropped_mark, mark_width=0.0, marked_from=np.inf)
        bar.show(np.linspace(1, KEPT, _BAR_STEPS).round().astype(np.uint8)[None, :])
        page.rectangle(box, fill=None, edge=palette.border)

    return draw, begin + wide


def line_height() -> float:
    """From one line of small text to the next."""
    return LINE * SMALL
