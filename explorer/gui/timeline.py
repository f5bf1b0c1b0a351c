"""The batches of the run in a row: a track to drag on, marks where a setting changed, and the way to the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyle, QToolTip, QWidget

from explorer.gui import theme
from explorer.gui.boxes import Slider
from explorer.gui.panel import WHAT
from explorer.gui.widgets import Button, Readout

_MARGIN: Final = 9
_NEAR: Final = 6
"""Within so many pixels of a mark its text is told."""
_LEAST_TICK: Final = 5
"""Epochs nearer to each other than this, in pixels, are ticked more sparsely."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of settings, at the first batch it holds for."""

    step: int
    text: str


class Track(Slider):
    """The track itself: a click jumps, a drag scrubs. The arrow keys are the window's.

    Attributes:
        dragged: The batch under the mouse.
    """

    dragged = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._palette = theme.DARK
        self._epoch = 0
        self._marks: tuple[Mark, ...] = ()
        self.setRange(0, 0)
        self.setAccessibleName("Batch looked at")
        self.setToolTip("Drag to look at any batch of the run (← →, with Shift by epoch); training goes on")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A line of text high."""
        return QSize(300, 26)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Long enough to drag on."""
        return QSize(120, 26)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def show_position(self, step: int, steps: int, epoch: int) -> None:
        """Stand at a batch.

        Args:
            step: Counted from 1.
            steps: Batches there are.
            epoch: Batches in an epoch.
        """
        self._epoch = epoch
        if (self.minimum(), self.maximum()) != (min(1, steps), steps):
            self.setRange(min(1, steps), steps)
            self.update()
        self.setValue(step)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark the changes of settings."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self.update()

    def marks(self) -> tuple[Mark, ...]:
        """The changes that are marked."""
        return self._marks

    def x_of(self, step: float) -> float:
        """Where a batch stands, in pixels."""
        room = self.width() - 2 * _MARGIN
        span = max(self.maximum() - self.minimum(), 1)
        return _MARGIN + room * (step - self.minimum()) / span

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Jump to where the mouse is."""
        if event.button() is Qt.MouseButton.LeftButton and self.maximum():
            self.setSliderDown(True)
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go where the mouse goes."""
        if self.isSliderDown():
            self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Stay."""
        self.setSliderDown(False)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """All keys are the window's, which moves by batch and by epoch."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Tell what a mark stands for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = [mark for mark in self._marks if abs(self.x_of(mark.step) - event.pos().x()) <= _NEAR]
            if near:
                QToolTip.showText(event.globalPos(), "\n".join(f"batch {m.step:,}: {m.text}" for m in near), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The line, a tick an epoch, the marks and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._palette
        middle = self.height() / 2
        end = self.width() - _MARGIN
        at = self.x_of(self.sliderPosition())
        painter.setPen(QPen(QColor(colours.border), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(_MARGIN, middle), QPointF(end, middle))
        if not self.maximum():
            return
        painter.setPen(QPen(QColor(colours.accent), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(_MARGIN, middle), QPointF(at, middle))
        painter.setPen(QPen(QColor(colours.muted), 1))
        painter.drawLines([QLineF(x, middle + 5, x, middle + 9) for x in self._ticks()])
        painter.setPen(QPen(QColor(colours.window), 1))
        painter.setBrush(QColor(colours.text))
        for mark in self._marks:
            x = self.x_of(mark.step)
            top = middle - 11
            painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 8)]))
        painter.setBrush(QColor(colours.accent))
        painter.setPen(QPen(QColor(colours.text if self.hasFocus() else colours.window), 2))
        painter.drawEllipse(QRectF(at - 7, middle - 7, 14, 14))

    def _ticks(self) -> list[float]:
        if not self._epoch:
            return []
        apart = self.x_of(self._epoch) - self.x_of(0)
        every = 1
        while every * apart < _LEAST_TICK:
            every *= 5 if str(every)[0] == "2" else 2
        return [self.x_of(step) for step in range(every * self._epoch, self.maximum() + 1, every * self._epoch)]

    def _drag(self, event: QMouseEvent) -> None:
        room = self.width() - 2 * _MARGIN
        x = round(event.position().x()) - _MARGIN
        step = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), x, room)
        self.setSliderPosition(step)
        self.dragged.emit(step)


class Timeline(QWidget):
    """The track with the batch's number before it and *Live* behind it."""

    dragged = Signal(int)
    live_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.track = Track()
        self._text = Readout("Batch looked at", sample="batch 88,888 of 88,888 · epoch 100")
        self._text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.live = Button("● Live", "Follow the newest batch again (L)")
        self.live.setCheckable(True)
        self.live.setObjectName("live")
        self.live.setAccessibleName("Live: follow the newest batch")
        self.what = Button("?", WHAT)
        self.what.setObjectName("what")
        self.what.setAccessibleName(f"Steps and timeline: {WHAT.lower()}")
        self.setAccessibleName("Timeline")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self.track, 1)
        row.addWidget(self.live)
        row.addWidget(self.what)
        self.track.dragged.connect(self.dragged)
        self.live.clicked.connect(self._pressed)
        self.show_position(0, 0, 0, live=True)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self.track.apply_theme(palette)

    def text(self) -> str:
        """What stands before the track."""
        return self._text.text()

    def show_position(self, step: int, steps: int, epoch: int, *, live: bool, note: str = "") -> None:
        """Stand at a batch.

        Args:
            step: Counted from 1; 0 when there is none.
            steps: Batches there are.
            epoch: Batches in an epoch.
            live: Whether the newest batch is followed.
            note: What is shown instead of a batch of the run.
        """
        self.track.setEnabled(steps > 0)
        self.live.setEnabled(steps > 0)
        self.live.setChecked(live and steps > 0)
        if not self.track.isSliderDown():
            self.track.show_position(step, steps, epoch)
        if note:
            self._text.set_text(note)
        elif step:
            self._text.set_text(f"batch {step:,} of {steps:,} · epoch {(step - 1) // epoch + 1}")
        else:
            self._text.set_text("no batch yet")

    def _pressed(self) -> None:
        # A click on what is on already must not turn it off.
        self.live.setChecked(True)
        self.live_pressed.emit()
