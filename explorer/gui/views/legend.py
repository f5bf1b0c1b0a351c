"""What the colours of the equation mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import theme
from explorer.presentation.legend import brightest, flat_colours

_BAR = 120
_SWATCH = 15
_GAP = 7
_BETWEEN = 26


class Legend(QWidget):
    """The colour bar that activation and output share, and the three states of an output cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._top = "≥ 1"
        self._unknown = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self._describe()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.updateGeometry()  # the text may have another size
        self.update()

    def show_level(self, level: float) -> None:
        """The value of the brightest colour; in two digits, so that it stands still."""
        top = brightest(level)
        if top != self._top:
            self._top = top
            self._describe()
            self.update()

    def show_unknown(self, unknown: bool) -> None:
        """Whether there are values that are not known."""
        if unknown != self._unknown:
            self._unknown = unknown
            self._describe()
            self.updateGeometry()
            self.update()

    def entries(self) -> tuple[tuple[str, str], ...]:
        """Colour and meaning of the swatches."""
        return flat_colours(self._palette, theme.value_lut(self._palette), unknown=self._unknown)

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line."""
        metrics = QFontMetrics(self.font())
        words = sum(metrics.horizontalAdvance(text) for text in ("kept: 0", "≥ 0.00", *(m for _, m in self.entries())))
        swatches = len(self.entries()) * (_SWATCH + _GAP + _BETWEEN)
        return QSize(words + 2 * _GAP + _BAR + swatches + _BETWEEN, metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """In a narrow window it moves together, and is cut at the right; the tooltip says all of it."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bar and the swatches in one line."""
        painter = QPainter(self)
        middle = self.height() / 2
        x = _write(painter, 0, self, "kept: 0")
        table = np.ascontiguousarray(theme.value_lut(self._palette)[None, : theme.KEPT + 1])
        image = QImage(table.data, table.shape[1], 1, table.shape[1] * 4, QImage.Format.Format_RGBA8888)
        # Less air and a shorter bar before a word is cut.
        air = 1 + len(self.entries())
        short = max(self.sizeHint().width() - self.width(), 0)
        between = max(_BETWEEN - short / air, 10)
        wide = max(_BAR - max(short - air * (_BETWEEN - between), 0), 40)
        bar = QRectF(x + _GAP, middle - 7, wide, 14)
        painter.drawImage(bar, image)
        painter.setPen(QColor(self._palette.border))
        painter.drawRect(bar)
        x = _write(painter, bar.right() + _GAP, self, self._top) + between
        for colour, meaning in self.entries():
            swatch = QRectF(x, middle - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, QColor(colour))
            painter.setPen(QColor(self._palette.muted))
            painter.drawRect(swatch)
            if colour == self._palette.dropped:
                # As on the maps where there is room for it.
                painter.setPen(QPen(QColor(self._palette.dropped_mark), 2))
                painter.drawLine(swatch.bottomLeft() + QPointF(3, -3), swatch.topRight() + QPointF(-3, 3))
            x = _write(painter, swatch.right() + _GAP, self, meaning) + between

    def _describe(self) -> None:
        meanings = ", ".join(meaning for _, meaning in self.entries())
        self.setToolTip(
            "The brightest colour stands for this value and all above it: 98.5 % of the cells are below. "
            f"It follows the batches slowly, so that colours do not flicker.\nFlat colours, from the left: {meanings}."
        )
        self.setAccessibleDescription(f"Colours from 0 to {self._top}; {meanings}")


def _write(painter: QPainter, x: float, widget: QWidget, text: str) -> float:
    """Write a piece of the line at x; returns where it ends."""
    width = QFontMetrics(widget.font()).horizontalAdvance(text)
    painter.setPen(widget.palette().windowText().color())
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(QRectF(x, 0, width + 2, widget.height()), flags, text)
    return x + width
