"""One equation of a figure: three maps, the operators and the factor between them, and what is told above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.artist import Artist

from explorer.engine.snapshot import Mode, Snapshot
from explorer.engine.statistics import batch_statistics
from explorer.export.figures.cell_map import CellMap
from explorer.export.figures.page import LINE, SMALL, Box, Page
from explorer.export.figures.words import broken, width
from explorer.presentation import arithmetic
from explorer.presentation.axes import whole_ticks
from explorer.presentation.cells import mask_cells, value_cells

_MARKED_FROM: Final = 0.45
"""Cells this large, in ems, carry a stroke where dropped: six pixels on the screen, whose text has thirteen."""
_LEAST_MAP: Final = 4.0
"""The height that a map has at least, if that can be had."""
_ROOMY: Final = 50.0
"""From this width on the formula stands above the maps as well."""
_USUAL: Final = ("what hidden layer and relu give", "kept 50.0 % — expected 50 % ± 10.0 %", "expected: the mean of a")
"""Notes as long as they usually become: a film needs their room at every batch."""
_MODES: Final[dict[Mode, str]] = {"training": "training, dropout on", "inference": "inference, dropout off"}
_SHORT_MODES: Final[dict[Mode, str]] = {"training": "training", "inference": "inference"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the parts of one equation stand.

    Attributes:
        box: All of it.
        maps: The three maps.
        roomy: Whether there is room for the formula above the maps.
        name_size: Of the maps' names.
        figures: Whether there is room for the figures below the names.
        note_lines: Lines of the notes below them.
        named: Whether the pass is named at the left.
        numbered: Whether the columns are numbered: those of the lowest equation.
    """

    box: Box
    maps: tuple[Box, Box, Box]
    roomy: bool
    name_size: float
    figures: bool
    note_lines: int
    named: bool
    numbered: bool

    @classmethod
    def of(cls, page: Page, snapshot: Snapshot, modes: Sequence[Mode], hidden: int, rows: int) -> tuple[Plan, ...]:
        """Share what is left of a page among the equations."""
        box = page.box
        roomy = box.width >= _ROOMY
        labels = page.request.axis_labels
        gutter = width(str(rows - 1), SMALL) + 0.6 + (1.3 if labels else 0.0) + (1.6 if len(modes) > 1 else 0.0)
        times, factor = (4.0, 12.6) if roomy else (1.9, 6.4)
        wide = (box.width - gutter - times - factor - 0.4) / 3
        lefts = (box.left + gutter, box.left + gutter + wide + times, box.left + gutter + 2 * wide + times + factor)
        rooms = cls.rooms(wide, times, factor)
        notes = [_USUAL, *(notes_of(snapshot, mode, hidden) for mode in modes)]
        lines = max(
            broken(text, room, SMALL, most=3).count("\n") + 1
            for told in notes
            for text, room in zip(told, rooms, strict=True)
        )
        name_size = 1.2 if roomy else 1.0
        foot = 1.45 + (1.15 if labels else 0.0)
        between = 0.5
        each = (box.height - foot - between * (len(modes) - 1)) / len(modes)
        # What is told above the maps gives way before the maps do.
        for figures, told in ((True, lines), (True, 1), (True, 0), (False, 0)):
            head = LINE * (name_size + 0.95 * figures + told * SMALL) + 0.3
            if each - head >= _LEAST_MAP:
                break
        plans = []
        for k in range(len(modes)):
            top = box.top + k * (each + between)
            whole = Box(box.left, top, box.width, each)
            maps = tuple(Box(left, top + head, wide, max(each - head, 1.0)) for left in lefts)
            last = k == len(modes) - 1
            plans.append(cls(whole, (maps[0], maps[1], maps[2]), roomy, name_size, figures, told, len(modes) > 1, last))
        return tuple(plans)

    @staticmethod
    def rooms(wide: float, times: float, factor: float) -> tuple[float, float, float]:
        """How wide the texts above the maps may be."""
        return wide + times - 0.7, wide + factor - 0.7, wide + 0.4


def notes_of(snapshot: Snapshot, mode: Mode, hidden: int) -> tuple[str, str, str]:
    """What stands in small letters above the maps."""
    place = snapshot.forward(mode).place(hidden)
    figures = batch_statistics(snapshot, mode, hidden)
    return _USUAL[0], arithmetic.kept(figures, place, mode), arithmetic.expectation(place, mode)


class EquationRow:
    """Draws one pass of a batch.

    Attributes:
        artists: What differs from batch to batch, in the order of drawing.
        notes: Texts that may.
        signs: Likewise: the number of the factor, its formula, and why it is that.
    """

    def __init__(self, page: Page, plan: Plan, mode: Mode, hidden: int, rows: int) -> None:
        self._page, self._plan, self._mode, self._hidden, self._rows = page, plan, mode, hidden, rows
        self._units = 0
        look, palette = page.look, page.look.palette
        self._axes = [page.axes(box, frame=True) for box in plan.maps]
        self._maps = [
            CellMap(
                axes,
                lut,
                mark=palette.dropped_mark,
                mark_width=page.line_width(0.12),
                marked_from=page.line_width(_MARKED_FROM),
            )
            for axes, lut in zip(self._axes, (look.values, look.mask, look.values), strict=True)
        ]
        first, second, third = plan.maps
        rooms = Plan.rooms(first.width, second.left - first.right, third.left - second.right)
        top, size = plan.box.top, plan.name_size
        self._names, self._figures, self._notes = [], [], []
        for box, room in zip(plan.maps, rooms, strict=True):
            name_room = box.width if plan.roomy else room
            self._names.append(page.note(box.left, top, "", name_room, size=size, bold=True))
            lines = 1 if plan.figures else 0
            self._figures.append(page.note(box.left, top + LINE * size, "", room, size=0.95, most=lines))
            self._notes.append(
                page.note(
                    box.left,
                    top + LINE * (size + 0.95),
                    "",
                    room,
                    size=SMALL,
                    ink=palette.muted,
                    most=plan.note_lines,
                )
            )
        self._draw_operators()
        if plan.named:
            names = (_MODES[mode], _SHORT_MODES[mode], "")
            text = next(name for name in names if width(name, bold=True) <= plan.box.height)
            middle = plan.box.top + plan.box.height / 2
            page.text(plan.box.left + 0.5, middle, text, bold=True, ink=palette.accent_ink, rotation=90)
        self.notes = (*self._names, *self._figures, *self._notes)
        self.signs += self._under
        self.artists: tuple[Artist, ...] = (
            *self._maps,
            *(spine for axes in self._axes for spine in axes.spines.values()),
        )

    def show(self, snapshot: Snapshot, level: float) -> None:
        """Draw a batch."""
        place = snapshot.forward(self._mode).place(self._hidden)
        n = min(self._rows, len(snapshot.rows))
        mask = place.mask[:n]
        if mask.shape[1] != self._units:
            self._units = mask.shape[1]
            self._number()
        for drawn, cells in zip(
            self._maps,
            (
                value_cells(place.activation[:n], level),
                mask_cells(mask),
                value_cells(place.output[:n], level, mask),
            ),
            strict=True,
        ):
            drawn.show(cells, self._rows)
        figures = batch_statistics(snapshot, self._mode, self._hidden)
        factor = arithmetic.factor(place, self._mode, snapshot.settings)
        for note, text in zip(self._names, ("activation a", "mask m", factor.output), strict=True):
            note.write(text)
        told = (
            arithmetic.mean(figures.mean_activation),
            arithmetic.rate_and_keep(place),
            arithmetic.mean(figures.mean_output),
        )
        for note, text in zip(self._figures, told, strict=True):
            note.write(text)
        for note, text in zip(self._notes, notes_of(snapshot, self._mode, self._hidden), strict=True):
            note.write(text)
        self._show_factor(factor)

    def _draw_operators(self) -> None:
        """The signs between the maps, in large type; the formula of the factor below its number, and above the maps."""
        page, plan, palette = self._page, self._plan, self._page.look.palette
        first, second, third = plan.maps
        middle = first.top + first.height / 2
        gap, factor_gap = second.left - first.right, third.left - second.right
        self._size = min(2.3, factor_gap / 5)
        self._centre = (second.right + third.left) / 2
        page.text(
            (first.right + second.left) / 2, middle, "×", size=min(self._size, gap), ink=palette.muted, align="center"
        )
        edge = 0.45 * self._size + 0.2
        for sign, x in (("×", second.right + edge), ("=", third.left - edge)):
            page.text(x, middle, sign, size=0.95 * self._size, ink=palette.muted, align="center")
        number = page.text(self._centre, middle, size=self._size, bold=True, ink=palette.accent_ink, align="center")
        self.signs = [number]
        below = middle + 0.62 * self._size + 0.3
        # As many lines as the map beside them is high.
        pitch = LINE * SMALL
        most = max(0, min(2 if plan.roomy else 4, int((first.bottom - below) / pitch + 0.3)))
        self._under = [
            page.text(self._centre, below + (k + 0.5) * pitch, size=SMALL, align="center") for k in range(most)
        ]
        self._formula = None
        if plan.roomy:
            y, size = plan.box.top + LINE * plan.name_size / 2, plan.name_size
            page.text((first.right + second.left) / 2, y, "×", size=size, bold=True, ink=palette.muted, align="center")
            self._formula = page.text(self._centre, y, size=size, bold=True, align="center")
            self.signs.append(self._formula)

    def _show_factor(self, factor: arithmetic.Factor) -> None:
        number = self.signs[0]
        number.set_text(factor.number)
        # A rate near 1 makes a long number.
        third, second = self._plan.maps[2], self._plan.maps[1]
        room = third.left - second.right - 2 * (0.9 * self._size + 0.3)
        size = min(self._size, self._size * room / width(factor.number, self._size, bold=True))
        number.set_fontsize(size * self._page.points)
        room, palette = third.left - second.right - 0.4, self._page.look.palette
        lines = [(line, palette.text) for line in broken(factor.formula, room, SMALL).split("\n")]
        why = [(line, palette.muted) for line in broken(factor.note, room, SMALL).split("\n")]
        if len(lines) + len(why) <= len(self._under):
            lines += why
        lines += [("", palette.muted)] * len(self._under)
        for artist, (line, ink) in zip(self._under, lines, strict=False):
            artist.set_text(line)
            artist.set_color(ink)
        if self._formula is not None:
            self._formula.set_text(f"× {factor.term} =")

    def _number(self) -> None:
        """Number reviews and units, and name the axes."""
        page, plan = self._page, self._plan
        number = width("000", SMALL)
        for k, (axes, box) in enumerate(zip(self._axes, plan.maps, strict=True)):
            axes.set_xlim(-0.5, self._units - 0.5)
            axes.set_ylim(self._rows - 0.5, -0.5)
            most = max(2, min(8, int(box.width / (number + 0.6))))
            across = whole_ticks(-0.5, self._units - 0.5, most) if plan.numbered else []
            most = max(2, min(9, int(box.height / 1.5)))
            down = whole_ticks(-0.5, self._rows - 0.5, most) if k == 0 else []
            page.number(axes, across, down)
            names = ("review in batch", "review", "")
            up = next(name for name in names if width(name, SMALL) < box.height + 1.0)
            gap = width(str(self._rows - 1), SMALL) + 0.75
            page.axis_labels(box, across="unit" if plan.numbered else "", up=up if k == 0 else "", gap=gap)
