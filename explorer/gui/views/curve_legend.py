"""What the lines of the curves stand for."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.gui.widgets import plain_label


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend.

    Attributes:
        text: What it says.
        pen: Of the piece of line in front of it; None for a heading.
        dot: Whether the line has dots.
    """

    text: str
    pen: QPen | None = None
    dot: bool = False


class LegendLine(QWidget):
    """A piece of a line and what it stands for."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        # What sets runs apart may stand at a long name's end: it is broken, not cut.
        self._text = plain_label(entry.text, "muted" if entry.pen is None else "", wrap=True)
        self.setToolTip(f"<qt>{html.escape(entry.text)}</qt>")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0 if entry.pen is None else 40, 0, 0, 0)
        layout.addWidget(self._text)

    @property
    def entry(self) -> Entry:
        """What it was made from."""
        return self._entry

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the piece of line."""
        pen = self._entry.pen
        if pen is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        middle = self.height() // 2
        painter.drawLine(2, middle, 32, middle)
        if self._entry.dot:
            painter.setBrush(pen.color())
            painter.drawEllipse(14, middle - 3, 6, 6)


class Legend(QScrollArea):
    """The lines below each other; it scrolls when there are many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend of the curves")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._entries: tuple[Entry, ...] = ()
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(body)
        for see_through in (body, self.viewport()):
            see_through.setAutoFillBackground(False)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What it shows."""
        return self._entries

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Say what the lines stand for."""
        if self._entries == tuple(entries):
            return
        self._entries = tuple(entries)
        for k, entry in enumerate(entries):
            place = self._column.itemAt(k)
            line = place.widget() if place else None
            if isinstance(line, LegendLine) and line.entry == entry:
                continue
            if line is not None:
                self._remove(k)
            self._column.insertWidget(k, LegendLine(entry))
        while self._column.count() > len(entries):
            self._remove(len(entries))

    def _remove(self, place: int) -> None:
        item = self._column.takeAt(place)
        if item and (widget := item.widget()):
            widget.hide()
            widget.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and down scroll; → and ← are the window's."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)
