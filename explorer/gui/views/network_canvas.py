"""The picture of the network: what it draws is kept as two pixmaps, and the mouse and the keys move over them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.settings import HIDDEN
from explorer.gui import theme
from explorer.gui.views import network_paint
from explorer.gui.views.network_layout import NetworkLayout, lay_out
from explorer.presentation.network_pass import NetworkPass, overall

Unit = tuple[int, int]
"""Hidden layer, and unit counted from 0."""
_FADED: Final = 0.22


class NetworkCanvas(QWidget):
    """Draws a pass; a click, Space or Enter asks for a unit to be dropped or kept.

    Attributes:
        toggled: Hidden layer and unit that the person wants changed.
        pointed: Hidden layer and unit under the mouse, or that the arrow keys went to.
        left: No unit is pointed at any more.
    """

    toggled = Signal(int, int)
    pointed = Signal(int, int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._pass: NetworkPass | None = None
        self._message = ""
        self._words: npt.NDArray[np.float64] | None = None
        self._num_words = 0
        self._level = 1.0
        self._layout: NetworkLayout | None = None
        self._layers: tuple[QPixmap, QPixmap] | None = None
        self._at: Unit | None = None
        self._marked: Unit | None = None
        self._cursor: Unit = (HIDDEN[0], 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Network, one review's forward pass")

    def sizeHint(self) -> QSize:  # noqa: N802
        """A bottom dock's."""
        return QSize(760, 170)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Less than this tells nothing."""
        return QSize(280, 110)

    # -- told --

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self._redraw()

    def show_message(self, message: str) -> None:
        """Draw no network, and say why."""
        self._pass, self._message = None, message
        self._let_go()
        self._describe()
        self._redraw()

    def show_pass(
        self, passed: NetworkPass, level: float, num_words: int, words: npt.NDArray[np.float64] | None
    ) -> None:
        """Draw a pass.

        Args:
            passed: What to draw.
            level: The activation that gets the brightest colour.
            num_words: Words in the vocabulary.
            words: (k,) places of the review's words in it, in [0, 1); None when they are not known.
        """
        if self._pass is None or self._pass.units != passed.units:
            self._layout, self._cursor, self._marked = None, (HIDDEN[0], 0), None
            self._pass = None
            self._let_go()
        self._pass, self._level, self._num_words, self._words = passed, level, num_words, words
        self._describe()
        self._redraw()

    def mark(self, unit: Unit | None) -> None:
        """Ring a unit that is pointed at elsewhere."""
        if unit != self._marked:
            self._marked = unit
            self.update()

    # -- asked --

    @property
    def shown(self) -> NetworkPass | None:
        """What is drawn."""
        return self._pass

    @property
    def message(self) -> str:
        """What stands in the place of a network; empty when one is drawn."""
        return "" if self._pass is not None else self._message

    @property
    def at(self) -> Unit | None:
        """The unit pointed at, by mouse or keys."""
        return self._at

    @property
    def marked(self) -> Unit | None:
        """The unit ringed from outside."""
        return self._marked

    def places(self) -> NetworkLayout:
        """Where everything stands; only while a network is drawn."""
        assert self._pass is not None
        if self._layout is None:
            self._layout = lay_out(self.width(), self.height(), self._pass.units)
        return self._layout

    def unit_position(self, hidden: int, unit: int) -> QPoint:
        """Where a unit can be clicked."""
        return self.places().middle(hidden, unit).toPoint()

    # -- painting --

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The two pixmaps; around a unit that is pointed at its own edges, the others faded."""
        painter = QPainter(self)
        if self._pass is None:
            self._paint_message(painter)
            return
        if self._layers is None:
            self._layers = self._paint_layers(self._pass)
        edges, units = self._layers
        if self._at is not None:
            painter.setOpacity(_FADED)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(0, 0, edges)
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._at is not None:
            network_paint.paint_edges(painter, self.places(), self._pass, self._palette, self._at)
        painter.drawPixmap(0, 0, units)
        for unit in {self._at, self._marked} - {None}:
            assert unit is not None
            if unit[1] < self._pass.units:
                self._ring(painter, unit)

    def _paint_layers(self, passed: NetworkPass) -> tuple[QPixmap, QPixmap]:
        layout = self.places()
        ratio = self.devicePixelRatioF()
        edges, units = self._blank(max(ratio, network_paint.FINER)), self._blank(ratio)
        painter = QPainter(edges)
        network_paint.paint_edges(painter, layout, passed, self._palette)
        painter.end()
        painter.begin(units)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        network_paint.paint_words(painter, layout, self._palette, self._words)
        network_paint.paint_names(painter, layout, self._palette, self._num_words)
        network_paint.paint_units(painter, layout, passed, self._palette, self._level)
        painter.end()
        return edges, units

    def _blank(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _ring(self, painter: QPainter, unit: Unit) -> None:
        layout = self.places()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.pen(self._palette.text, 2.0))
        painter.drawEllipse(layout.middle(*unit), layout.radius + 2.5, layout.radius + 2.5)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setFont(theme.font(1))
        painter.setPen(QColor(self._palette.muted))
        place = QRectF(self.rect()).adjusted(20, 4, -20, -4)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        if self.hasFocus():
            painter.setPen(theme.pen(self._palette.accent, 2.0))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _redraw(self) -> None:
        self._layers = None
        self.update()

    # -- mouse and keys --

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything stands elsewhere."""
        self._layout = None
        self._redraw()
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow the mouse over the units."""
        self._point(self.places().unit_at(event.position()) if self._pass is not None else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a unit."""
        unit = self.places().unit_at(event.position()) if self._pass is not None else None
        if unit is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._point(unit)
        self.toggled.emit(*unit)

    def event(self, event: QEvent) -> bool:
        """Tell a unit's arithmetic, and let go of it when the mouse leaves."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            unit = self.places().unit_at(event.pos().toPointF()) if self._pass is not None else None
            told = self._pass.told(*unit) if self._pass is not None and unit is not None else ""
            QToolTip.showText(event.globalPos(), told, self)
            return True
        if event.type() == QEvent.Type.Leave and not self.hasFocus():
            self._point(None)
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The arrow keys begin at the unit they left."""
        super().focusInEvent(event)
        if self._pass is not None:
            self._point(self._cursor)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The picture may move again."""
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows, Home and End move over the units, Space and Enter change one; the rest is the window's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if self._pass is None or not plain or not self._take_key(Qt.Key(event.key()), self._pass.units):
            event.ignore()

    def _take_key(self, key: Qt.Key, units: int) -> bool:
        hidden, unit = self._cursor
        back, on, before, after = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down
        if self.places().columns:
            back, on, before, after = before, after, back, on
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit(hidden, unit)
            return True
        moves = {
            back: (hidden, max(unit - 1, 0)),
            on: (hidden, min(unit + 1, units - 1)),
            before: (HIDDEN[0], unit),
            after: (HIDDEN[-1], unit),
            Qt.Key.Key_Home: (hidden, 0),
            Qt.Key.Key_End: (hidden, units - 1),
        }
        if key not in moves:
            return False
        self._cursor = moves[key]
        self._point(self._cursor)
        return True

    def _point(self, unit: Unit | None) -> None:
        if unit == self._at:
            return
        self._at = unit
        if unit is not None:
            self._cursor = unit
        self._describe()
        self.update()
        if unit is None:
            self.left.emit()
        else:
            self.pointed.emit(*unit)

    def _let_go(self) -> None:
        self._marked = None
        self._point(None)

    def _describe(self) -> None:
        """For who cannot see the picture: the unit pointed at, or all of it."""
        if self._pass is None:
            text = self._message
        else:
            text = self._pass.told(*self._at) if self._at is not None else overall(self._pass)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
