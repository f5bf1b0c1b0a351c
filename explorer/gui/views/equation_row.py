"""The equation as one row: three heatmaps, the operators and the factor between them, figures above."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import theme
from explorer.gui.views.arithmetic import Factor
from explorer.gui.views.cells import Cells
from explorer.gui.views.heatmap import AXIS_HEIGHT, AXIS_WIDTH, TOP_MARGIN, Heatmap, Range
from explorer.gui.widgets import Readout

_TIMES: Final = 52
_FACTOR: Final = 176
_EDGE: Final = 10
ACTIVATION, MASK, OUTPUT = range(3)


class Sign(QWidget):
    """An operator, or the factor between two of them, in large type."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts: tuple[str, str, str] = ("×", "", "")
        self._lines: tuple[str, ...] = ()
        self._palette = theme.DARK
        self.setAccessibleName(name)

    def show_factor(self, factor: Factor) -> None:
        """Show `× factor =`, with its formula below."""
        parts, lines = ("×", factor.number, "="), (factor.formula, factor.note)
        if (parts, lines) != (self._parts, self._lines):
            self._parts, self._lines = parts, lines
            self.setAccessibleDescription(self.text())
            self.update()

    def text(self) -> str:
        """What it says, on one line."""
        return " ".join(part for part in (*self._parts, *self._lines) if part)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The signs muted, the number in the accent, all on one line; the formula below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        middle = self.height() / 2
        first, number, last = self._parts
        sign, large = theme.font(14), theme.font(15, bold=True)
        centre = Qt.AlignmentFlag.AlignCenter
        if not number:
            painter.setFont(theme.font(16))
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(QRectF(0, middle - 30, self.width(), 60), centre, first)
            return
        painter.setFont(sign)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QRectF(0, middle - 30, 44, 60), centre, first)
        painter.drawText(QRectF(self.width() - 44, middle - 30, 44, 60), centre, last)
        painter.setFont(large)
        painter.setPen(QColor(self._palette.accent_ink))
        painter.drawText(QRectF(30, middle - 30, self.width() - 60, 60), centre, number)
        top = middle + 26
        for line, colour in zip(self._lines, (self._palette.text, self._palette.muted), strict=True):
            painter.setFont(theme.font(0.5 if colour == self._palette.text else -0.5))
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(0, top, self.width(), 22), centre, line)
            top += 21


class EquationRow(QWidget):
    """Three heatmaps that zoom and pan as one.

    It places its parts itself: the three maps are equally wide though only the first has an axis at its left, and the
    signs stand at the middle of the maps rather than of their widgets.
    """

    hovered = Signal(int, int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = ("activation a", "mask m", "output")
        self.maps = tuple(
            Heatmap(f"Heatmap of the {name}", review_axis=k == 0, parent=self) for k, name in enumerate(names)
        )
        for heatmap in self.maps:
            heatmap.setParent(self)
            heatmap.hovered.connect(self.hovered)
            heatmap.left.connect(self.left)
            heatmap.range_changed.connect(self._follow)
        self.titles = tuple(Readout(f"Title of the {name}", parent=self) for name in names)
        self.figures = tuple(Readout(f"Figures of the {name}", parent=self) for name in names)
        self.notes = tuple(Readout(f"Note on the {name}", muted=True, parent=self) for name in names)
        for title in self.titles:
            title.setFont(theme.font(3, bold=True))
        for figure in self.figures:
            figure.setFont(theme.font(0.5))
        for title, name in zip(self.titles, names, strict=True):
            title.set_text(name)
        self.times = Sign("times", self)
        self.factor = Sign("factor", self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for three maps that can still be read."""
        return QSize(AXIS_WIDTH + _TIMES + _FACTOR + 3 * 150, 240)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As in the wireframe."""
        return QSize(1100, 470)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        values, mask = theme.value_lut(palette), theme.mask_lut(palette)
        for heatmap, lut in zip(self.maps, (values, mask, values), strict=True):
            heatmap.apply_theme(palette, lut)
        self.times.apply_theme(palette)
        self.factor.apply_theme(palette)

    def show_cells(self, activation: Cells, mask: Cells, output: Cells) -> None:
        """Draw the three maps."""
        for heatmap, cells in zip(self.maps, (activation, mask, output), strict=True):
            heatmap.show_cells(cells)

    def mark(self, row: int, unit: int) -> None:
        """Frame a cell in all three."""
        for heatmap in self.maps:
            heatmap.mark(row, unit)

    def unmark(self) -> None:
        """Frame none."""
        for heatmap in self.maps:
            heatmap.unmark()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Place the parts."""
        head = [
            self.titles[0].sizeHint().height(),
            self.figures[0].sizeHint().height(),
            self.notes[0].sizeHint().height(),
        ]
        top = sum(head)
        height = self.height() - top
        width = (self.width() - AXIS_WIDTH - _TIMES - _FACTOR - _EDGE) // 3
        lefts = (AXIS_WIDTH, AXIS_WIDTH + width + _TIMES, AXIS_WIDTH + 2 * width + _TIMES + _FACTOR)
        rooms = (width + _TIMES - 8, width + _FACTOR - 8, width + _EDGE)
        for k, (left, room) in enumerate(zip(lefts, rooms, strict=True)):
            axis = AXIS_WIDTH if k == 0 else 0
            self.maps[k].setGeometry(left - axis, top, width + axis, height)
            y = 0
            for line, step in zip((self.titles[k], self.figures[k], self.notes[k]), head, strict=True):
                line.setGeometry(left, y, room, step)
                y += step
        middle = top + (TOP_MARGIN + height - AXIS_HEIGHT) // 2
        self.times.setGeometry(lefts[0] + width, middle - 60, _TIMES, 120)
        self.factor.setGeometry(lefts[1] + width, middle - 80, _FACTOR, 160)

    def _follow(self, x: Range, y: Range) -> None:
        """What one map shows, the others show. It ends by itself: a range that is shown already is no change."""
        for heatmap in self.maps:
            if heatmap.visible_range() != (x, y):
                heatmap.show_range(x, y)


__all__ = ["ACTIVATION", "MASK", "OUTPUT", "EquationRow", "Sign"]
