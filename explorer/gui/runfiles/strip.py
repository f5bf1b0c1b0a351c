"""What is saved or opened, in the status bar: how far it is, a way to give it up, and what came of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from explorer.gui import theme
from explorer.gui.runfiles.jobs import Job, Jobs
from explorer.gui.widgets import Button, Readout

SHOWN_AFTER_MS: Final = 200
"""What takes less is done before it could be read."""
SAID_MS: Final = 8_000
_STEPS: Final = 1000


class FilesStrip(QWidget):
    """Hidden while there is nothing to say."""

    cancel_pressed = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._text = Readout("Run files", sample="M" * 24)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setFixedWidth(theme.scaled(120))
        self._bar.setAccessibleName("Progress of saving or opening")
        self.cancel = Button("Cancel", "Give this up; no file is changed by it")
        self.cancel.setProperty("compact", True)
        self.cancel.clicked.connect(self.cancel_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 12, 2)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        self._soon, self._later = QTimer(self), QTimer(self)
        for timer, after in ((self._soon, SHOWN_AFTER_MS), (self._later, SAID_MS)):
            timer.setSingleShot(True)
            timer.setInterval(after)
        self._soon.timeout.connect(self.show)
        self._later.timeout.connect(self.hide)
        jobs.begun.connect(self._begin)
        jobs.told.connect(self._tell)
        jobs.ended.connect(self._end)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Say what came of it, for a while."""
        self._soon.stop()
        self._show_working(False)
        self._text.set_text(text)
        self.show()
        self._later.start()

    def _begin(self, job: Job[object]) -> None:
        self._later.stop()
        self._show_working(True)
        self._tell(job.name, None)
        if not self.isVisible():
            self._soon.start()

    def _tell(self, message: str, fraction: float | None) -> None:
        self._text.set_text(message)
        self._bar.setRange(0, 0 if fraction is None else _STEPS)
        if fraction is not None:
            self._bar.setValue(round(fraction * _STEPS))

    def _end(self) -> None:
        self._soon.stop()
        self.hide()

    def _show_working(self, working: bool) -> None:
        self._bar.setVisible(working)
        self.cancel.setVisible(working)
