"""A sentence that comes up in a corner of the window, with what can be done now, and goes by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QDesktopServices,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.on_top import OnTop
from explorer.gui.widgets import Button, plain_label
from explorer.presentation.shown_text import shown

Action = tuple[str, str, Callable[[], object]]
"""What a button says, its tooltip, and what it does."""
SHOWN_MS: Final = 12_000
"""Long enough to read two lines and reach a button."""
_WIDTH: Final = 420
_MARGIN: Final = 16


class Toast(QFrame):
    """One for a window. It stays while the mouse is over it or the focus in it.

    Args:
        window: What it lies over, at the bottom right.
        above: What it must not cover: the status bar.
    """

    def __init__(self, window: QWidget, above: QWidget | None = None) -> None:
        super().__init__(window)
        self._over, self._above = window, above
        self.setObjectName("toast")
        self.setAccessibleName("Message")
        self._text: QLabel = plain_label(wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        close = QToolButton()
        close.setObjectName("close")
        close.setText("✕")
        close.setToolTip("Close this message (Esc)")
        close.setAccessibleName("Close this message")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.hide)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self._text, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 8, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(self._buttons)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._time_is_up)
        window.installEventFilter(self)
        OnTop(self)
        self.hide()

    def say(self, text: str, actions: Sequence[Action] = ()) -> None:
        """Show a sentence in the place of the one before.

        Args:
            text: For a person, in one line or several; names of files in it are already `shown`.
            actions: Buttons; each closes the message.
        """
        self._clear()
        text = shown(text, lines=True)
        self._text.setText(text)
        self.setAccessibleDescription(text)
        for label, tip, act in actions:
            button = Button(label, tip)
            button.clicked.connect(lambda _=False, act=act: self._act(act))
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.show()  # before it is measured: what is hidden has no room in a layout
        self._place()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def buttons(self) -> tuple[Button, ...]:
        """What can be done."""
        items = (self._buttons.itemAt(k) for k in range(self._buttons.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(each for each in widgets if isinstance(each, Button))

    def _act(self, act: Callable[[], object]) -> None:
        self.hide()
        act()

    def _clear(self) -> None:
        for button in self.buttons():
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        while self._buttons.count():
            self._buttons.takeAt(0)

    def _place(self) -> None:
        window = self._over
        width = min(theme.scaled(_WIDTH), window.width() - 2 * _MARGIN)
        self.setFixedWidth(width)
        self._column.activate()
        self.resize(width, max(self._column.totalHeightForWidth(width), self.sizeHint().height()))
        low = window.height() if self._above is None else self._above.mapTo(window, QPoint(0, 0)).y()
        self.move(window.width() - width - _MARGIN, low - self.height() - _MARGIN)

    def event(self, event: QEvent) -> bool:
        """Buttons get their size only once they are styled."""
        taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._place()
        return taken

    def _time_is_up(self) -> None:
        if self.underMouse() or self.isAncestorOf(self.window().focusWidget() or self.window()):
            self._timer.start()
        else:
            self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Somebody reads it."""
        self._timer.start()
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.window().setFocus()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """It stays in the corner."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


def file_actions(path: Path, folder: Path) -> tuple[Action, ...]:
    """What can be done with what was written.

    Args:
        path: The file, or the folder of several.
        folder: Where it is.
    """

    def show_folder() -> None:
        QDesktopServices.openUrl(QUrl.fromEncoded(folder.absolute().as_uri().encode()))  # byte for byte

    return (
        ("Show in folder", "Open the folder with the files", show_folder),
        ("Copy path", shown(f"Copy {path}"), lambda: QGuiApplication.clipboard().setText(_copied(path))),
    )


def _copied(path: Path) -> str:
    """A path as text; its address where a byte of it is not UTF-8, which no text can hold."""
    text = str(path)
    return text if text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text) else path.as_uri()
