"""A table of runs and their figures, as large as a page lets it be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from explorer.engine.comparison import Column
from explorer.export.figures.lines import SAMPLE, dots, line_style, sample
from explorer.export.figures.page import LINE, SMALL, Page
from explorer.export.figures.words import broken, width
from explorer.presentation.curves import BEST, run_look

_GAP: Final = 1.5
_LEAST_NAME: Final = 7.0
_LEAST_DIFFERS: Final = 12.0
_NAME: Final = 0.32
"""The largest share of the width that names take; beside what sets the runs apart they take less."""
_NAME_BESIDE: Final = 0.17
_HEADING: Final = 2 * LINE * SMALL + 0.5
_BETWEEN: Final = 0.8
"""Between two blocks of columns."""
_LOW: Final = 1.4
"""The least height of a line."""
_HIGH: Final = 2.5
_MOST_LINES: Final = 4
"""Of a name, where there is room for them."""
_MORE: Final = 1.7
"""For the line that says how many runs are left out."""
_SIZES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
"""Of the table's text, the largest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A run in the table.

    Attributes:
        name: What it is called.
        differs: What sets it apart.
        cells: Its figures as they are read, one for each column.
        best: Which of them are the best of all runs.
    """

    name: str
    differs: str
    cells: tuple[str, ...]
    best: tuple[bool, ...]

    def said(self, k: int) -> str:
        """A figure with its star."""
        return (BEST if self.best[k] else "") + self.cells[k]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a table is laid out; lengths are in ems of its own text.

    Attributes:
        size: Of its text.
        blocks: The columns of each part, by their place among all.
        name: How wide the names are, the piece of line before them included.
        differs: How wide what sets the runs apart is; 0 for not at all.
        high: The height of a line.
        shown: How many runs there is room for.
    """

    size: float
    blocks: tuple[tuple[int, ...], ...]
    name: float
    differs: float
    high: float
    shown: int


class Table:
    """Lays a table out in what is left of a page.

    Args:
        page: Where.
        columns: The figures that are shown.
        rows: A run each; the first is drawn as the run on the screen, the others as runs beside it.
    """

    def __init__(self, page: Page, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self._page, self._rows = page, rows
        named = page.request.axis_labels
        self._headings = [column.label.split("\n") if named else [] for column in columns]
        self._heading = _HEADING if named else 0.3
        self._sign = SAMPLE + 0.7 if page.request.legend else 0.0
        self._widths = [
            max(
                *(width(line, SMALL) for line in ["", *self._headings[k]]),
                *(width(row.said(k), bold=row.best[k]) for row in rows),
            )
            for k in range(len(columns))
        ]
        self._plan = self._choose()

    def _choose(self) -> _Plan:
        """The largest text with which every run is shown; with what sets them apart, if their names do not tell it."""
        told = all(row.differs in row.name for row in self._rows)
        plans = [] if told else [self._lay_out(size, differs=True) for size in _SIZES]
        plans += [self._lay_out(size, differs=False) for size in _SIZES]
        there = [plan for plan in plans if plan is not None]
        whole = (plan for plan in there if plan.shown == len(self._rows))
        return next(whole, max(there, key=lambda plan: plan.shown))

    def _lay_out(self, size: float, *, differs: bool) -> _Plan | None:
        box = self._page.box
        wide, high = box.width / size, box.height / size
        natural = self._sign + max(width(row.name) for row in self._rows)
        share = _NAME_BESIDE if differs else _NAME
        name = min(natural, max(_LEAST_NAME + self._sign, share * wide))
        if differs:
            left = wide - name - sum(each + _GAP for each in self._widths) - _GAP
            if left < _LEAST_DIFFERS:
                return None
            blocks = [list(range(len(self._widths)))]
        else:
            left = 0.0
            blocks = self._share(wide - name)
        n = len(blocks)
        room = (high - n * self._heading - (n - 1) * _BETWEEN) / n
        shown = min(int(room / _LOW), len(self._rows))
        if shown < len(self._rows):
            shown = max(int((room - _MORE / n) / _LOW), 1)
        lines = max(
            broken(text, space, SMALL, most=_MOST_LINES).count("\n") + 1
            for row in self._rows
            for text, space in ((row.name, name - self._sign), (row.differs if differs else "", left - _GAP))
        )
        comfortable = max(_HIGH, lines * LINE * SMALL + 0.4)
        return _Plan(size, tuple(map(tuple, blocks)), name, left, min(room / shown, comfortable), shown)

    def _share(self, room: float) -> list[list[int]]:
        """The columns in blocks that fit a width."""
        blocks: list[list[int]] = [[]]
        left = room
        for k, wide in enumerate(self._widths):
            if blocks[-1] and wide + _GAP > left:
                blocks.append([])
                left = room
            blocks[-1].append(k)
            left -= wide + _GAP
        return blocks

    # -- drawing; what is in ems of the table becomes ems of the page --

    def draw(self) -> None:
        """Draw the blocks below each other."""
        plan, page = self._plan, self._page
        top = page.box.top
        for block in plan.blocks:
            top = self._draw_block(block, top) + _BETWEEN * plan.size
        left_out = len(self._rows) - plan.shown
        if left_out:
            text = f"… and {left_out} more run{'s' * (left_out > 1)}"
            middle = top + (0.6 - _BETWEEN) * plan.size
            page.text(page.box.left, middle, text, size=SMALL * plan.size, ink=page.look.palette.muted)

    def _draw_block(self, block: Sequence[int], top: float) -> float:
        plan, page, muted = self._plan, self._page, self._page.look.palette.muted
        size, small = plan.size, SMALL * plan.size
        ends = self._ends(block)
        below = top + self._heading * size
        last = below - (0.35 + LINE * SMALL / 2) * size
        for k in block:
            lines = self._headings[k]
            for n, line in enumerate(lines):
                y = last - (len(lines) - 1 - n) * LINE * small
                page.text(ends[k], y, line, size=small, ink=muted, align="right")
        if page.request.axis_labels:
            page.text(page.box.left, last, "Run", size=small, ink=muted)
            if plan.differs:
                page.text(self._differs_left(), last, "What differs", size=small, ink=muted)
        self._rule(below, 1.4)
        y = below
        for number, row in enumerate(self._rows[: plan.shown]):
            self._draw_row(number, row, y + plan.high * size / 2, block, ends)
            y += plan.high * size
            self._rule(y, 0.6 if number < plan.shown - 1 else 1.4)
        return y

    def _ends(self, block: Sequence[int]) -> dict[int, float]:
        """Where the numbers of each column end; the columns stand at the right edge of the page."""
        ends, right = {}, self._page.box.right
        for k in reversed(block):
            ends[k] = right
            right -= (self._widths[k] + _GAP) * self._plan.size
        return ends

    def _differs_left(self) -> float:
        return self._page.box.left + (self._plan.name + _GAP) * self._plan.size

    def _draw_row(self, number: int, row: Row, middle: float, block: Sequence[int], ends: dict[int, float]) -> None:
        page, palette, plan = self._page, self._page.look.palette, self._plan
        if self._sign:
            sample(self._style(number), SAMPLE * plan.size)(page, page.box.left, middle)
        left = page.box.left + self._sign * plan.size
        self._draw_text(row.name, left, middle, plan.name - self._sign)
        if plan.differs:
            self._draw_text(row.differs, self._differs_left(), middle, plan.differs - _GAP)
        for k in block:
            known = row.cells[k][0].isdigit() or row.cells[k][0] == "−"
            ink = palette.text if known else palette.muted
            page.text(ends[k], middle, row.said(k), size=plan.size, bold=row.best[k], ink=ink, align="right")

    def _draw_text(self, text: str, x: float, middle: float, room: float) -> None:
        """A text in the middle of a line; in smaller letters and broken, where it is too long and a line is high."""
        plan = self._plan
        size = 1.0 if width(text) <= room else SMALL
        most = max(1, min(_MOST_LINES, int((plan.high - 0.15) / (LINE * SMALL))))
        lines = broken(text, room, size, most=most).split("\n")
        for k, line in enumerate(lines):
            y = middle + (k - (len(lines) - 1) / 2) * LINE * size * plan.size
            self._page.text(x, y, line, size=size * plan.size)

    def _style(self, number: int) -> dict[str, Any]:
        """The line that the run's validation is drawn with among the curves."""
        page, palette = self._page, self._page.look.palette
        if number == 0:
            return line_style(page, palette.validation, 2.2) | dots(page, palette.validation, 6)
        colour, style = run_look(palette, number - 1)
        return line_style(page, colour, 1.5, style)

    def _rule(self, y: float, pixels: float) -> None:
        page = self._page
        page.line((page.box.left, page.box.right), (y, y), **line_style(page, page.look.palette.border, pixels))
