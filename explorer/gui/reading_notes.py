"""Notes on how the reviews were read: what was left out, which labels are good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.gui.stars_dialog import StarsDialog, limits_in

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow


class ReadingNotes(QObject):
    """Shows the notes on the reviews of the run on the screen, and without a run those of the loaded ones."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._conductor = window, window.conductor
        self._limits: tuple[float, float] | None = None
        window.notices.stars_pressed.connect(self.ask_for_stars)
        self._conductor.dataset_ready.connect(self._show)
        self._conductor.state_changed.connect(self._show)
        self._conductor.shelf.run_shown.connect(self._show)
        window.book.changed.connect(self._show)

    def ask_for_stars(self) -> None:
        """Ask from which label on a review is good, and read the reviews so."""
        if self._limits is None:
            return
        dialog = StarsDialog(self._conductor.reviews.source, self._limits, self._window)
        dialog.chosen.connect(self._conductor.sources.open)
        dialog.open()

    def _show(self, *_: object) -> None:
        run, dataset = self._window.book.current, self._conductor.reviews.dataset
        if run is not None:
            title, sentences, fingerprint = run.reviews.title, run.reviews.notes, run.reviews.fingerprint
        elif dataset is not None:
            title, sentences, fingerprint = dataset.title, dataset.notes.sentences(), dataset.fingerprint
        else:
            title, sentences, fingerprint = "", (), ""
        # Reviews that are not loaded cannot be read in another way: the file may be anywhere.
        there = dataset is not None and dataset.fingerprint == fingerprint
        self._limits = limits_in(sentences) if there else None
        self._window.notices.show_notes(title, sentences, stars=self._limits is not None)
