"""The bubble of the tour: a few words over the window, and an arrow that points at a control."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.beside import Side, beside
from explorer.gui.on_top import OnTop
from explorer.gui.widgets import Button, plain_label

_ARROW: Final = 11
_HALF_ARROW: Final = 10
_GAP: Final = 3
_COLUMN: Final = 46
"""Average characters in a line."""


class TourBubble(QFrame):
    """The bubble. It lies over the window, takes no focus, and its arrow points at a control.

    Attributes:
        skip_pressed: The person has seen enough.
    """

    skip_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tourBubble")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._palette = theme.DARK
        self._side: Side = "below"
        self._tip = QPoint()
        self._has_arrow = False
        self._number = plain_label("", "mark")
        self._text = plain_label("", wrap=True)
        self.skip = Button("Skip the tour", "Close this; the Help menu has it")
        self.skip.setProperty("compact", True)
        self.skip.clicked.connect(self.skip_pressed)
        foot = QHBoxLayout()
        foot.addWidget(self._number)
        foot.addStretch(1)
        foot.addWidget(self.skip)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(_ARROW + 16, _ARROW + 12, _ARROW + 12, _ARROW + 10)
        column.setSpacing(10)
        column.addWidget(self._text)
        column.addLayout(foot)
        OnTop(self)
        self.hide()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def say(self, number: int, count: int, text: str) -> None:
        """Show a step."""
        self._number.setText(f"{number} of {count}")
        self._text.setText(text)
        self.setAccessibleName(f"Tour, {number} of {count}")
        self.setAccessibleDescription(text)

    def text(self) -> str:
        """All that it says."""
        return f"{self._number.text()}: {self._text.text()}"

    def arrow_tip(self) -> QPoint | None:
        """Where the arrow ends, in the parent's coordinates; None without an arrow."""
        return self.mapToParent(self._tip) if self._has_arrow else None

    def point_at(self, target: QRect | None, room: QRect) -> None:
        """Stand beside a control and point at it, or in the room's middle where there is none.

        Args:
            target: In the parent's coordinates.
            room: Where the bubble has to be, likewise.
        """
        size = self._wanted()
        self._has_arrow = target is not None
        if target is None:
            place = QRect(QPoint(), size)
            place.moveCenter(room.center())
        else:
            # Under what stands at the top; else at the side, where less is covered that belongs to the control.
            high = target.center().y() < room.top() + room.height() // 5
            sides: tuple[Side, ...] = ("below", "right", "left", "above")
            if not high:
                sides = ("right", "left", "above", "below")
            wide = target.adjusted(-_GAP, -_GAP, _GAP, _GAP)
            place, self._side = beside(wide, size, room, sides)
            self._tip = self._tip_for(target.center() - place.topLeft(), place.size())
        self.setGeometry(place)
        self.update()

    def _wanted(self) -> QSize:
        width = self._text.fontMetrics().averageCharWidth() * _COLUMN + 2 * _ARROW + 28
        return QSize(width, self._column.totalHeightForWidth(width))

    def _tip_for(self, at: QPoint, size: QSize) -> QPoint:
        """The end of the arrow on the bubble's edge, level with the control's middle."""
        near = _ARROW + 8 + _HALF_ARROW
        x = min(max(at.x(), near), size.width() - near)
        y = min(max(at.y(), near), size.height() - near)
        match self._side:
            case "below":
                return QPoint(x, 0)
            case "above":
                return QPoint(x, size.height() - 1)
            case "right":
                return QPoint(0, y)
            case "left":
                return QPoint(size.width() - 1, y)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A rounded box in the accent, with its arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(_ARROW, _ARROW, -_ARROW, -_ARROW)
        shape = QPainterPath()
        shape.addRoundedRect(body, 8, 8)
        if self._has_arrow:
            tip = QPointF(self._tip)
            upright = self._side in ("below", "above")
            along = QPointF(_HALF_ARROW, 0) if upright else QPointF(0, _HALF_ARROW)
            inwards = {
                "below": QPointF(0, _ARROW + 2),
                "above": QPointF(0, -_ARROW - 2),
                "right": QPointF(_ARROW + 2, 0),
                "left": QPointF(-_ARROW - 2, 0),
            }[self._side]
            arrow = QPainterPath()
            arrow.addPolygon(QPolygonF([tip, tip + inwards + along, tip + inwards - along]))
            arrow.closeSubpath()
            shape = shape.united(arrow)
        painter.setPen(theme.pen(self._palette.accent, 2))
        painter.setBrush(QColor(self._palette.raised))
        painter.drawPath(shape)
