"""What is saved or opened, in the status bar: how far it is, a way to give it up, and what came of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer

from explorer.gui.runfiles.jobs import Job, Jobs
from explorer.gui.work_strip import WorkStrip

SHOWN_AFTER_MS: Final = 200
"""What takes less is done before it could be read."""
SAID_MS: Final = 8_000


class FilesStrip(WorkStrip):
    """Hidden while there is nothing to say.

    Args:
        jobs: What it tells of.
    """

    def __init__(self, jobs: Jobs) -> None:
        super().__init__("Run files", 24, "Give this up; no file is changed by it")
        self._soon, self._later = QTimer(self), QTimer(self)
        for timer, after in ((self._soon, SHOWN_AFTER_MS), (self._later, SAID_MS)):
            timer.setSingleShot(True)
            timer.setInterval(after)
        self._soon.timeout.connect(self.show)
        self._later.timeout.connect(self.hide)
        jobs.begun.connect(self._begin)
        jobs.told.connect(self._tell)
        jobs.ended.connect(self._end)

    def say(self, text: str) -> None:
        """Say what came of it, for a while."""
        self._soon.stop()
        self.show_working(False)
        self.set_text(text)
        self.show()
        self._later.start()

    def _begin(self, job: Job[object]) -> None:
        self._later.stop()
        self.show_working(True)
        self._tell(job.name, None)
        if not self.isVisible():
            self._soon.start()

    def _tell(self, message: str, fraction: float | None) -> None:
        self.set_text(message)
        self.set_value(fraction)

    def _end(self) -> None:
        self._soon.stop()
        self.hide()
