"""The notices across the top of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.settings import Declaration
from explorer.engine.snapshot import Failed
from explorer.gui.widgets import Banner
from explorer.presentation.series import short_name

DOWNLOAD_TIP: Final = "Download the IMDB reviews to Keras's folder"
NO_DOWNLOAD_TIP: Final = "Reset this run, or let it end, to download"
_SAMPLE = "These reviews are a generated sample, written by a program. What they teach about dropout is real."


class Notices(QWidget):
    """What failed, what waits for a restart, how the reviews were read, and that they are a sample."""

    restart_pressed = Signal()
    download_pressed = Signal()
    again_pressed = Signal()
    stars_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.failed = Banner("error")
        self.restart = Banner("warning")
        self.sample = Banner("info")
        self.notes = Banner("info")
        self._notes_shown = ""
        self._notes_closed: set[str] = set()
        self._sample_closed = self._generated = self._crowded = False
        self.again_button = self.failed.add_button(
            "Try again", "Ask for the same reviews again", self.again_pressed.emit
        )
        self.restart_button = self.restart.add_button(
            "Restart with these settings", "Begin a new run with what the form shows", self.restart_pressed.emit
        )
        self.download_button = self.sample.add_button(
            "Get the real reviews (17 MB)", DOWNLOAD_TIP, self.download_pressed.emit
        )
        self.stars_button = self.notes.add_button(
            "Change…", "Choose from which label on a review is good", self.stars_pressed.emit
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 0, 14, 0)
        column.setSpacing(6)
        for banner in (self.failed, self.restart, self.notes, self.sample):
            column.addWidget(banner)
        self.sample.closed.connect(self._close_sample)
        self.notes.closed.connect(lambda: self._notes_closed.add(self._notes_shown))

    def show_failed(self, failed: Failed, *, again: bool = False) -> None:
        """Say what went wrong and what to do; with `again` there is a button to try it again."""
        self.again_button.setVisible(again)
        self.failed.say(failed.message, failed.detail)

    def refuse(self, sentence: str, details: str = "") -> None:
        """Say why something that was asked for is not done."""
        self.again_button.hide()
        self.failed.say(sentence, details)

    def allow_download(self, free: bool) -> None:
        """Whether the worker has time for a download; otherwise its button says what is in the way."""
        self.download_button.setEnabled(free)
        self.download_button.setToolTip(DOWNLOAD_TIP if free else NO_DOWNLOAD_TIP)

    def show_restart(self, waiting: Sequence[Declaration]) -> None:
        """Say which changed settings the run does not follow."""
        if not waiting:
            self.restart.hide()
            return
        names = [short_name(each) for each in waiting]
        if len(names) == 1:
            self.restart.say(f"Changed: {names[0]}. This takes effect in a new run.")
        else:
            self.restart.say(f"Changed: {', '.join(names[:-1])} and {names[-1]}. These take effect in a new run.")

    def show_sample(self, generated: bool) -> None:
        """Say that the reviews are a sample, unless that was read and closed."""
        self._generated = generated
        if generated and not self._sample_closed and not self._crowded:
            self.sample.say(_SAMPLE)
        else:
            self.sample.hide()

    def show_notes(self, title: str, sentences: Sequence[str], *, stars: bool) -> None:
        """Say how reviews were read, unless that was read and closed; nothing when there is nothing to say.

        Args:
            title: Of the reviews.
            sentences: What was left out, and what else is worth knowing.
            stars: Whether a button offers other limits of good and bad.
        """
        self._notes_shown = f"{title}: {' '.join(sentences)}" if sentences else ""
        self.stars_button.setVisible(stars)
        if not self._notes_shown or self._notes_shown in self._notes_closed:
            self.notes.hide()
        elif self.notes.isHidden() or self.notes.text() != self._notes_shown:
            self.notes.say(self._notes_shown)

    def make_way(self, crowded: bool) -> None:
        """Leave out that the reviews are a sample while more is to be said: on a low screen there is room for one."""
        self._crowded = crowded
        self.show_sample(self._generated)

    def _close_sample(self) -> None:
        self._sample_closed = True
