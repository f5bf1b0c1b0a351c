"""The keys, in a small window of their own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.widgets import Button, plain_label

KEYS: Final = (
    ("Space", "start, pause, go on"),
    ("→", "train one batch, then hold"),
    ("T", "training or inference: the same batch, the same weights"),
    ("Tab", "the next control; arrow keys change it"),
    ("F1", "this list"),
    ("Ctrl+Q", "quit"),
    ("Mouse on a cell", "its arithmetic and its review; the picture holds still"),
    ("Wheel, drag", "zoom and move all three maps; double click shows all"),
)


class KeysDialog(QDialog):
    """Lists the keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, (key, meaning) in enumerate(KEYS):
            name = plain_label(key)
            name.setFont(theme.font(0, bold=True))
            grid.addWidget(name, row, 0)
            grid.addWidget(plain_label(meaning), row, 1)
        close = Button("Close", "Close this list (Esc)")
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addLayout(grid)
        column.addSpacing(12)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
