"""The running export in the status bar: what is made, how far it is, and a way to give it up."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from explorer.gui import theme
from explorer.gui.widgets import Button, Readout

_STEPS: Final = 1000


class ExportStrip(QWidget):
    """Hidden while nothing is exported.

    Attributes:
        cancel_pressed: The button.
    """

    cancel_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = Readout("Export", sample="M" * 34)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setFixedWidth(theme.scaled(120))
        self._bar.setRange(0, _STEPS)
        self._bar.setAccessibleName("Progress of the export")
        self.cancel = Button("Cancel", "Give up this export; files that are done stay")
        self.cancel.setAccessibleName("Cancel the export")
        self.cancel.setProperty("compact", True)
        self.cancel.clicked.connect(self.cancel_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 12, 2)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        self._waiting = 0
        self._message = ""
        self.hide()

    def show_waiting(self, running: bool, waiting: int) -> None:
        """Come and go; say how many exports wait."""
        self._waiting = waiting
        self.setVisible(running)
        self._tell()

    def show_progress(self, message: str, fraction: float | None) -> None:
        """Say what is made; a `fraction` of None is work of unknown length."""
        self._message = message
        if fraction is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(fraction * _STEPS))
        self._tell()

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def value(self) -> float | None:
        """How far the bar is, 0 to 1; None for work of unknown length."""
        return self._bar.value() / _STEPS if self._bar.maximum() else None

    def _tell(self) -> None:
        behind = f" ({self._waiting} more to come)" if self._waiting else ""
        self._text.set_text(f"Export{behind}: {self._message}")
