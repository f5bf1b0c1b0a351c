"""Work in the background as the status bar shows it: what it is, how far it is, and a way to give it up."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from explorer.gui import theme
from explorer.gui.widgets import Button, Readout

_STEPS: Final = 1000


class WorkStrip(QWidget):
    """Hidden while there is nothing to say.

    Attributes:
        cancel_pressed: The button.
        cancel: The button itself.

    Args:
        name: Of the work, for who cannot see it.
        room: Characters that the text has room for.
        tip: What *Cancel* does.
    """

    cancel_pressed = Signal()

    def __init__(self, name: str, room: int, tip: str) -> None:
        super().__init__()
        self._text = Readout(name, sample="M" * room)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setFixedWidth(theme.scaled(120))
        self._bar.setRange(0, _STEPS)
        self._bar.setAccessibleName(f"{name}: progress")
        self.cancel = Button("Cancel", tip)
        self.cancel.setAccessibleName(f"{name}: cancel")
        self.cancel.setProperty("compact", True)
        self.cancel.clicked.connect(self.cancel_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 12, 2)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def value(self) -> float | None:
        """How far the bar is, 0 to 1; None for work of unknown length."""
        return self._bar.value() / _STEPS if self._bar.maximum() else None

    def set_text(self, text: str) -> None:
        """Say something."""
        self._text.set_text(text)

    def set_value(self, fraction: float | None) -> None:
        """Say how far the work is; None is work of unknown length."""
        if fraction is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(fraction * _STEPS))

    def show_working(self, working: bool) -> None:
        """Whether there is anything to wait for, and to give up."""
        self._bar.setVisible(working)
        self.cancel.setVisible(working)
