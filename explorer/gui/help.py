"""The keys and what the mouse does, in a small window of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.widgets import Button, plain_label

_ARROWS: Final = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "-": "−"}


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the list.

    Attributes:
        name: What the program calls it.
        keys: As `QKeySequence` reads them; any of them will do. Empty where it is done with the mouse.
        meaning: What it does.
        mouse: What is done with the mouse.
    """

    name: str
    keys: tuple[str, ...]
    meaning: str
    mouse: str = ""

    def shown(self) -> tuple[str, ...]:
        """The keys as they are called on this computer, or what is done with the mouse."""
        return tuple(map(shown, self.keys)) or (self.mouse,)


def shown(keys: str) -> str:
    """A combination as it is called on this computer, arrows as arrows: `Shift+Left` is `Shift+←`."""
    native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    *held, last = native.rsplit("+", 1) if not native.endswith("+") else (native[:-2], "+")
    return "+".join([*filter(None, held), _ARROWS.get(last, last)])


KEYS: Final[dict[str, tuple[Key, ...]]] = {
    "Run": (
        Key("play", ("Space",), "start, pause, go on"),
        Key("step", ("Right",), "train one batch; looking back, the next one"),
        Key("forward", ("F",), "forward only: a new batch, the weights stay"),
        Key("mask", ("M",), "a new mask: same reviews, same weights"),
        Key("slow", ("S",), "one batch in slow motion"),
        Key("mode", ("T",), "training or inference, of the same batch"),
    ),
    "Looking back": (
        Key("back", ("Left",), "the batch before"),
        Key("epochs", ("Shift+Left", "Shift+Right"), "an epoch back or on"),
        Key("first", ("Home",), "the first batch of the run"),
        Key("live", ("End", "L"), "live: the newest batch"),
        Key("curve", (), "look at the batch of that point", "Click a curve"),
    ),
    "Pointing": (
        Key("hover", (), "its arithmetic; the picture holds still", "Point at a cell"),
        Key("pin", (), "keep it; another click lets go", "Click a cell"),
        Key("let_go", ("Esc",), "let go of the cell"),
        Key("toggle", (), "drop or keep it by hand (network)", "Click a unit"),
    ),
    "Zoom": (
        Key("zoom", (), "zoom all three maps at once", "Wheel"),
        Key("pan", (), "move what is shown", "Drag"),
        Key("fit", (), "show all again", "Double click"),
    ),
    "Compare runs": (
        Key("rename", ("F2",), "name the chosen run"),
        Key("delete", ("Del",), "forget the chosen run"),
        Key("copy", ("Ctrl+C",), "copy the table"),
    ),
    "Window": (
        Key("open", ("Ctrl+O",), "open reviews of your own"),
        Key("export", ("Ctrl+E",), "figures, films, tables as files"),
        Key("copy_plot", (), "copy a plot or its numbers", "Right click"),
        Key("save", ("Ctrl+S",), "save the run on the screen"),
        Key("open_run", ("Ctrl+Shift+O",), "open a run"),
        Key("text_size", ("Ctrl++", "Ctrl+-"), "larger or smaller text"),
        Key("text_reset", ("Ctrl+0",), "text as large as at first"),
        Key("tab", ("Tab",), "the next control; arrows change it"),
        Key("help", ("F1",), "show or hide this list"),
        Key("quit", ("Ctrl+Q",), "quit"),
    ),
}
"""All keys, in groups; the one list of them."""
_RIGHT: Final = ("Zoom", "Compare runs", "Window")
"""The groups of the second column."""


def key(name: str) -> Key:
    """A line of the list, by its name.

    Raises:
        KeyError: For a name that is none.
    """
    for each in (line for group in KEYS.values() for line in group):
        if each.name == name:
            return each
    raise KeyError(name)


class KeysDialog(QDialog):
    """Lists the keys. F1 and Esc close it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setWindowTitle("Keys and mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(32)
        for groups in ([name for name in KEYS if name not in _RIGHT], list(_RIGHT)):
            column = QVBoxLayout()
            column.addLayout(self._column(groups))
            column.addStretch(1)
            columns.addLayout(column)
        area = QScrollArea()  # for large text on a small screen
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setAccessibleName("Keys and mouse")
        close = Button("Close", "Close this list (Esc, F1)")
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(area, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self._area, self._columns, self._below = area, columns, close.sizeHint().height() + 100

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Take the room that the list needs: how much that is is known once the style sheet has reached its parts."""
        super().showEvent(event)
        room = self.screen().availableGeometry().size()
        self._columns.invalidate()
        wanted = self._columns.totalSizeHint()
        bar = self._area.verticalScrollBar().sizeHint().width()  # where the list is higher than the screen
        self._area.setMinimumSize(
            min(wanted.width() + bar + 4, room.width() - 60), min(wanted.height() + 4, room.height() - self._below)
        )
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """F1 closes what F1 opened."""
        if event.key() == Qt.Key.Key_F1:
            self.close()
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _column(groups: list[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        row = 0
        for group in groups:
            if row:
                grid.setRowMinimumHeight(row, 8)
                row += 1
            title = plain_label(group, "mark")
            title.setFont(theme.font(1, bold=True))
            grid.addWidget(title, row, 0, 1, 2)
            row += 1
            for line in KEYS[group]:
                grid.addWidget(_caps(line), row, 0)
                grid.addWidget(plain_label(line.meaning), row, 1)
                row += 1
        return grid


def _caps(line: Key) -> QWidget:
    """The keys, each as on a keyboard, in one line."""
    holder = QWidget()
    holder.setAccessibleName(" or ".join(line.shown()))
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    for text in line.shown():
        cap = plain_label(text, "key" if line.keys else "mouse")
        cap.setFont(theme.font(0, bold=True))
        row.addWidget(cap)
    row.addStretch(1)
    return holder


def toggle_keys(parent: QWidget) -> KeysDialog | None:
    """Show the list, or close it where it is shown; returns it when it is shown."""
    shown_ones = [dialog for dialog in parent.findChildren(KeysDialog) if dialog.isVisible()]
    if shown_ones:
        shown_ones[0].close()
        return None
    dialog = KeysDialog(parent)
    dialog.show()
    return dialog
