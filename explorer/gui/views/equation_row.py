"""The equation as one row: three heatmaps, the operators and the factor between them, figures above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import theme
from explorer.gui.views.heatmap import AXIS_HEIGHT, AXIS_WIDTH, TOP_MARGIN, Heatmap, Range
from explorer.gui.widgets import Readout
from explorer.presentation.arithmetic import Factor
from explorer.presentation.cells import Cells

_TIMES: Final = 52
_FACTOR: Final = 176
_EDGE: Final = 10
ACTIVATION, MASK, OUTPUT, FACTOR = range(4)
"""The parts of the equation: three maps, and what stands between the second and the third."""


class Term(Readout):
    """A part of the formula above the maps. Pointing at it lights what it stands for, and the other way round."""

    entered = Signal()
    departed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent=parent)
        self._lit = False
        self._palette = theme.DARK
        theme.set_font(self, 3, bold=True)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.set_ink(palette.accent_ink if self._lit else None)

    def light(self, lit: bool) -> None:
        """Light it, or not."""
        if lit != self._lit:
            self._lit = lit
            self.set_ink(self._palette.accent_ink if lit else None)

    def lit(self) -> bool:
        """Whether it is lit."""
        return self._lit

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """The mouse is on it."""
        super().enterEvent(event)
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The mouse has left it."""
        super().leaveEvent(event)
        self.departed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The text, underlined where it is lit: colour is not the only sign."""
        super().paintEvent(event)
        if self._lit:
            painter = QPainter(self)
            width = min(self.fontMetrics().horizontalAdvance(self.text()), self.width())
            painter.fillRect(0, self.height() - 3, width, 2, QColor(self._palette.accent))


class Sign(QWidget):
    """An operator, or the factor between two of them, in large type."""

    entered = Signal()
    departed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts: tuple[str, str, str] = ("×", "", "")
        self._lines: tuple[str, ...] = ()
        self._palette = theme.DARK
        self._lit = self._dimmed = False
        self.setAccessibleName(name)

    def light(self, lit: bool) -> None:
        """Light it, or not."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """The mouse is on it."""
        super().enterEvent(event)
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The mouse has left it."""
        super().leaveEvent(event)
        self.departed.emit()

    def dim(self, dimmed: bool) -> None:
        """Draw it faintly, or fully again."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

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
        painter.setOpacity(0.3 if self._dimmed else 1.0)
        middle = self.height() / 2
        first, number, last = self._parts
        sign, large = theme.font(14), theme.font(15, bold=True)
        centre = Qt.AlignmentFlag.AlignCenter
        high, side = theme.scaled(60), theme.scaled(44)
        box = QRectF(0, middle - high / 2, self.width(), high)
        if not number:
            painter.setFont(theme.font(16))
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(box, centre, first)
            return
        painter.setFont(sign)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QRectF(0, box.top(), side, high), centre, first)
        painter.drawText(QRectF(self.width() - side, box.top(), side, high), centre, last)
        painter.setFont(large)
        painter.setPen(QColor(self._palette.accent_ink))
        painter.drawText(box, centre, number)
        if self._lit:
            painter.setPen(theme.pen(self._palette.accent, 2))
            painter.drawRoundedRect(box.adjusted(side - 4, high / 10, 4 - side, -high / 10), 6, 6)
        line_height = theme.scaled(21)
        top = middle + theme.scaled(26)
        for line, colour in zip(self._lines, (self._palette.text, self._palette.muted), strict=True):
            painter.setFont(theme.font(0.5 if colour == self._palette.text else -0.5))
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(0, top, self.width(), line_height), centre, line)
            top += line_height


class EquationRow(QWidget):
    """Three heatmaps that zoom and pan as one.

    It places its parts itself: the three maps are equally wide though only the first has an axis at its left, and the
    signs stand at the middle of the maps rather than of their widgets.
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)

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
            heatmap.clicked.connect(self.clicked)
            heatmap.range_changed.connect(self._follow)
        self.titles = tuple(Term(f"Title of the {name}", self) for name in names)
        self.figures = tuple(Readout(f"Figures of the {name}", parent=self) for name in names)
        self.notes = tuple(Readout(f"Note on the {name}", muted=True, parent=self) for name in names)
        self.formula = Term("Factor in the formula", self)
        self._palette = theme.DARK
        self._signed = False
        self.operators = tuple(Readout(f"Operator {sign}", muted=True, parent=self) for sign in "××=")
        for figure in self.figures:
            theme.set_font(figure, 0.5)
        for title, name in zip(self.titles, names, strict=True):
            title.set_text(name)
        for operator, sign in zip(self.operators, "××=", strict=True):
            theme.set_font(operator, 3, bold=True)
            operator.set_text(sign)
        self.times = Sign("times", self)
        self.factor = Sign("factor", self)
        for part, term in enumerate((*self.titles, self.formula)):
            self._light_from(part, term.entered, term.departed)
        for part, heatmap in enumerate(self.maps):
            self._light_from(part, heatmap.hovered, heatmap.left)
        self._light_from(FACTOR, self.factor.entered, self.factor.departed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for three maps that can still be read."""
        around = self._head_height() + theme.scaled(AXIS_HEIGHT) + TOP_MARGIN
        return QSize(sum(map(theme.scaled, (AXIS_WIDTH, _TIMES, _FACTOR))) + 3 * 100, around + 90)

    def _head_height(self) -> int:
        return sum(line.sizeHint().height() for line in (self.titles[0], self.figures[0], self.notes[0]))

    def sizeHint(self) -> QSize:  # noqa: N802
        """As in the wireframe."""
        return QSize(1100, 470)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self._signed = False
        values, mask = theme.value_lut(palette), theme.mask_lut(palette)
        for heatmap, lut in zip(self.maps, (values, mask, values), strict=True):
            heatmap.apply_theme(palette, lut)
        for term in (*self.titles, self.formula):
            term.apply_theme(palette)
        self.times.apply_theme(palette)
        self.factor.apply_theme(palette)
        self.updateGeometry()
        self._place()  # the text may have another size

    def show_cells(self, activation: Cells, mask: Cells, output: Cells) -> None:
        """Draw the three maps."""
        for heatmap, cells in zip(self.maps, (activation, mask, output), strict=True):
            heatmap.show_cells(cells)

    def _light_from(self, part: int, entered: SignalInstance, departed: SignalInstance) -> None:
        entered.connect(lambda *_: self.light(part))
        departed.connect(lambda: self.light(None))

    def light(self, part: int | None) -> None:
        """Light a part of the equation in the formula and in the picture; None lights nothing."""
        for k, term in enumerate((*self.titles, self.formula)):
            term.light(k == part)
        for k, heatmap in enumerate(self.maps):
            heatmap.highlight(k == part)
        self.factor.light(part == FACTOR)

    def show_stage(self, part: int | None, *, dims: bool) -> None:
        """Dim all but one part of the equation, or nothing."""
        for k, heatmap in enumerate(self.maps):
            heatmap.dim(dims and k != part)
        self.times.dim(dims)
        self.factor.dim(dims and part != FACTOR)
        self.light(part if dims else None)

    def show_signed(self, signed: bool) -> None:
        """Whether the first map draws values of either sign."""
        lut = theme.signed_lut if signed else theme.value_lut
        if signed != self._signed:
            self._signed = signed
            self.maps[ACTIVATION].apply_theme(self._palette, lut(self._palette))

    def show_units(self, units: Sequence[int] | None) -> None:
        """Number the columns of all three; None numbers them from 0."""
        for heatmap in self.maps:
            heatmap.show_units(units)

    def show_reviews(self, reviews: Sequence[int] | None) -> None:
        """Number the rows of all three; None numbers them from 0."""
        for heatmap in self.maps:
            heatmap.show_reviews(reviews)

    def mark_unit(self, column: int | None) -> None:
        """Frame a column in all three, or none."""
        for heatmap in self.maps:
            heatmap.mark_unit(column)

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
        self._place()

    def _place(self) -> None:
        axis_width, times, factor = map(theme.scaled, (AXIS_WIDTH, _TIMES, _FACTOR))
        head = [
            self.titles[0].sizeHint().height(),
            self.figures[0].sizeHint().height(),
            self.notes[0].sizeHint().height(),
        ]
        top = self._head_height()
        height = self.height() - top
        width = (self.width() - axis_width - times - factor - _EDGE) // 3
        lefts = (axis_width, axis_width + width + times, axis_width + 2 * width + times + factor)
        rooms = (width + times - 8, width + factor - 8, width + _EDGE)
        for k, (left, room) in enumerate(zip(lefts, rooms, strict=True)):
            axis = axis_width if k == 0 else 0
            self.maps[k].setGeometry(left - axis, top, width + axis, height)
            y = 0
            for line, step in zip((self.titles[k], self.figures[k], self.notes[k]), head, strict=True):
                line.setGeometry(left, y, room, step)
                y += step
        self._place_formula(lefts, width, head[0])
        middle = top + (TOP_MARGIN + height - theme.scaled(AXIS_HEIGHT)) // 2
        for sign, left, wide, half in ((self.times, lefts[0], times, 60), (self.factor, lefts[1], factor, 80)):
            sign.setGeometry(left + width, middle - theme.scaled(half), wide, 2 * theme.scaled(half))

    def _place_formula(self, lefts: tuple[int, int, int], width: int, height: int) -> None:
        """Put the operators between the maps' names, and the factor where the factor is."""
        first, second, equals = self.operators
        small = theme.scaled(22)
        times, factor = theme.scaled(_TIMES), theme.scaled(_FACTOR)
        for title, left, end in ((self.titles[0], lefts[0], lefts[1]), (self.titles[1], lefts[1], lefts[2])):
            title.setGeometry(left, 0, min(width, end - left - small), height)
        first.setGeometry(lefts[0] + width + (times - small // 2) // 2, 0, small, height)
        middle = lefts[1] + width + factor // 2
        term = self.formula.fontMetrics().horizontalAdvance(self.formula.text() or "1/(1 − rate)")
        self.formula.setGeometry(middle - term // 2, 0, term + 4, height)
        second.setGeometry(middle - term // 2 - small, 0, small, height)
        equals.setGeometry(middle + term // 2 + 12, 0, small, height)

    def show_formula(self, text: str) -> None:
        """The factor's formula in the line above the maps."""
        if text != self.formula.text():
            self.formula.set_text(text)
            self._place()

    def _follow(self, x: Range, y: Range) -> None:
        """What one map shows, the others show. It ends by itself: a range that is shown already is no change."""
        for heatmap in self.maps:
            if heatmap.visible_range() != (x, y):
                heatmap.show_range(x, y)
