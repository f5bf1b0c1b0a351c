"""An axis whose numbers change with every batch: what pyqtgraph's own draws, in a third of the time."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

_FLAT: Final = 0.8
"""Of a line's height, what digits take."""
_DONT_CLIP: Final = Qt.TextFlag.TextDontClip
_LEFT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | _DONT_CLIP)
_BOTTOM: Final = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | _DONT_CLIP)


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """Draws the ticks that it was given with `setTicks`, at the left or the bottom, without a grid."""

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        """The line, its ticks and their numbers; a number that does not fit is left out."""
        bounds = self.mapRectFromParent(self.geometry())
        low, high = self.range
        if high == low or bounds.isEmpty():
            return
        left = self.orientation == "left"
        font, length = self.style["tickFont"], self.style["tickLength"]
        offset = length + self.style["tickTextOffset"][0 if left else 1]
        metrics, room = QFontMetricsF(font), self.boundingRect()
        tall = _FLAT * metrics.height()
        places, numbers = [], []
        for value, text in self._tickLevels[0] if self._tickLevels else ():
            share = (value - low) / (high - low)
            if not 0.0 <= share <= 1.0:
                continue
            wide = metrics.horizontalAdvance(text)
            if left:
                at = bounds.bottom() - share * bounds.height()
                places.append((QPointF(bounds.right(), at), QPointF(bounds.right() - length, at)))
                rect = QRectF(bounds.right() - offset - wide, at - tall / 2, wide, tall)
            else:
                at = bounds.left() + share * bounds.width()
                places.append((QPointF(at, bounds.top()), QPointF(at, bounds.top() + length)))
                rect = QRectF(at - wide / 2, bounds.top() + offset, wide, tall)
            if room.contains(rect):
                numbers.append((rect, text))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self.pen())
        if left:
            painter.drawLine(bounds.topRight() + QPointF(-1, -1), bounds.bottomRight() + QPointF(-1, 1))
        else:
            painter.drawLine(bounds.topLeft() + QPointF(-1, 1), bounds.topRight() + QPointF(1, 1))
        painter.setPen(self.tickPen())
        for begin, end in places:
            painter.drawLine(begin, end)
        painter.setFont(font)
        painter.setPen(self.textPen())
        for rect, text in numbers:
            painter.drawText(rect, _LEFT if left else _BOTTOM, text)
