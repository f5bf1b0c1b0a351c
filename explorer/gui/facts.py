"""What stands at the right of the status bar: which reviews, how they are split, and how long an epoch takes."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.data.dataset import Dataset
from explorer.engine.snapshot import EpochEnded, Started
from explorer.gui.widgets import Readout


class Facts(QObject):
    """Keeps the line up to date."""

    def __init__(self, line: Readout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._title = self._split = self._seconds = ""

    def show_dataset(self, dataset: Dataset) -> None:
        """These reviews are there."""
        left_out = sum(count for _, count in dataset.notes.left_out)
        self._title = dataset.title + (f", {left_out:,} left out" if left_out else "")
        self._show()

    def begin(self, started: Started) -> None:
        """A run has begun."""
        self._split = f"{started.trained_on:,} trained on, {started.held_out:,} held out"
        self._seconds = ""
        self._show()

    def end_epoch(self, ended: EpochEnded) -> None:
        """An epoch is over."""
        self._seconds = f"{ended.result.seconds:.2f} s an epoch"
        self._show()

    def leave(self) -> None:
        """There is no run any more."""
        self._split = self._seconds = ""
        self._show()

    def _show(self) -> None:
        self._line.set_text(" · ".join(part for part in (self._title, self._split, self._seconds) if part))
