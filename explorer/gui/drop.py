"""A main window that a file or a folder can be dropped on, anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QMainWindow, QWidget

from explorer.gui import theme
from explorer.presentation.shown_text import shown
from explorer.store import is_run_file

_MARGIN: Final = 24
_ONE: Final = "Drop one file or one folder"


def dropped_path(data: QMimeData) -> tuple[str, str]:
    """The path that is dropped, and why it cannot be opened; one of the two is empty."""
    urls = data.urls()
    if len(urls) != 1:
        return "", f"{_ONE}: these are {len(urls)}."
    if not urls[0].isLocalFile():
        return "", f"{_ONE} of this computer: {urls[0].toDisplayString()} is an address on the web."
    return local_path(urls[0]), ""


def local_path(url: QUrl) -> str:
    """The path of a file's address, byte for byte: Qt's own puts U+FFFD where a name is not UTF-8."""
    if os.name != "posix" or url.host():
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))


class DropOverlay(QWidget):
    """Covers the window while something is dragged over it, so that no part below takes the drop for itself."""

    def __init__(self, window: DropWindow) -> None:
        super().__init__(window)
        self._window = window
        self._said = self._note = ""
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def say(self, text: str, note: str) -> None:
        """Cover the window with a sentence in large type and one below it."""
        self._said, self._note = text, shown(note)
        self.setAccessibleName(f"{self._said}. {self._note}")
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self.update()

    def text(self) -> str:
        """What it says."""
        return self._said

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """As the window."""
        self._window.dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Any place will do."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Not dropped after all."""
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """As the window."""
        self._window.dropEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw a frame and what it says over a veil."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self.palette()
        veil = QColor(look.color(look.ColorRole.Window))
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.setPen(theme.pen(look.color(look.ColorRole.Highlight).name(), 3, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 14, 14)
        middle = frame.center().y()
        painter.setPen(look.color(look.ColorRole.WindowText))
        painter.setFont(theme.font(11, bold=True))
        upper = QRectF(frame.left(), middle - 60, frame.width(), 60)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self._fitting(painter, self._said, frame.width()))
        painter.setPen(look.color(look.ColorRole.PlaceholderText))
        painter.setFont(theme.font(2))
        lower = QRectF(frame.left(), middle, frame.width(), 40)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._fitting(painter, self._note, frame.width()))

    @staticmethod
    def _fitting(painter: QPainter, text: str, width: float) -> str:
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, round(width) - 2 * _MARGIN)


class DropWindow(QMainWindow):
    """A main window that says what would happen to what is dragged over it, and hands on what is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._take: Callable[[str, str], object] = lambda path, refusal: None
        self._describe: Callable[[str], str] = lambda path: ""
        self.overlay = DropOverlay(self)

    def take_drops(self, take: Callable[[str, str], object], describe: Callable[[str], str]) -> None:
        """From here on take drops.

        Args:
            take: Gets the path, and why it cannot be opened; one of the two is empty.
            describe: What the overlay says of a path in its second line.
        """
        self._take, self._describe = take, describe
        self.setAcceptDrops(True)
        for box in self.findChildren(QAbstractSpinBox):
            box.lineEdit().setAcceptDrops(False)  # it would take the file's name for a number

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Say what would happen."""
        if not event.mimeData().hasUrls():
            return
        path, refusal = dropped_path(event.mimeData())
        if refusal:
            self.overlay.say(_ONE, refusal)
        else:
            what = "this run" if is_run_file(Path(path)) else "these reviews"
            self.overlay.say(f"Drop to open {what}", self._describe(path))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Not dropped after all, or over the overlay by now, which then shows itself again."""
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Hand it on."""
        self.overlay.hide()
        event.acceptProposedAction()
        self._take(*dropped_path(event.mimeData()))
