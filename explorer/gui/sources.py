"""The way to other reviews: chosen by a person, downloaded, or asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.data.progress import DataError
from explorer.gui.parts import Parts
from explorer.gui.run_state import RunState

if TYPE_CHECKING:
    from explorer.gui.conductor import Conductor


class Sources(QObject):
    """Turns to other reviews when that costs nothing, and else when the run in hand is restarted."""

    def __init__(self, conductor: Conductor, parts: Parts) -> None:
        super().__init__(conductor)
        self._conductor, self._parts = conductor, parts

    @property
    def free(self) -> bool:
        """Whether nothing is under way that other reviews would cost: no run that trains or holds, no download."""
        shelf, conductor = self._conductor.shelf, self._conductor
        state = shelf.trained_state if shelf.held is not None else conductor.state
        idle = state in (RunState.IDLE, RunState.FINISHED, RunState.LOOKING)
        return idle and not conductor.reviews.downloading

    def open(self, source: str, *, start: bool = False) -> None:
        """Turn to other reviews: at once, or with a run in hand when it is restarted.

        Args:
            source: As for `explorer.data.load`.
            start: Whether to begin a run with them.
        """
        conductor = self._conductor
        if conductor.reviews.downloading:
            self._parts.notices.refuse(
                "The real reviews are being downloaded. Open others when they are there, or cancel the download."
            )
            return
        self._parts.notices.failed.hide()
        if not self.free and not self._there(source):
            return
        conductor.reviews.choose(source)
        if start:
            conductor.start()
        elif self.free:
            conductor.leave_session_to(conductor.reviews.load)
        else:
            conductor.show_waiting()

    def _there(self, source: str) -> bool:
        """Whether there is anything of the kind: reviews for the next run are read only when it begins."""
        from explorer.data.sources import find

        try:
            find(source)
        except DataError as error:
            self._parts.notices.refuse(str(error))
            return False
        return True

    def download(self) -> None:
        """Fetch the real reviews, unless a run is in hand."""
        if self.free:
            self._parts.notices.failed.hide()
            self._conductor.leave_session_to(self._conductor.reviews.download)

    def try_again(self) -> None:
        """Ask once more for the reviews that could not be had."""
        refused = self._conductor.reviews.refused
        if refused is None:
            self.download()
        else:
            self.open(refused)
