"""Runs of the list that are put on the screen though nobody trains them: from a file, from a crash, or from before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.data.dataset import Dataset
from explorer.engine.checkpoint import Continuable
from explorer.engine.snapshot import Started
from explorer.gui.parts import Parts
from explorer.gui.run_state import RunState
from explorer.gui.runs import Run

if TYPE_CHECKING:
    from explorer.gui.conductor import Conductor


class Shelf(QObject):
    """Puts a run on the screen, and tells it from the one that the session has, which holds meanwhile.

    Attributes:
        run_shown: Another run is on the screen, its `Started`.
        reviews_shown: The `Dataset` of the run on the screen, or of the next one; None when they are not loaded.
        away: Whether the run on the screen is not the session's.
        trained: The number of the run that the session has; None when it has none.
        trained_state: Where that run stands.
        continuing: The number of the run that the session was asked to go on with, until it does.
    """

    run_shown = Signal(object)
    reviews_shown = Signal(object)

    def __init__(self, conductor: Conductor, parts: Parts) -> None:
        super().__init__(conductor)
        self._conductor, self._parts = conductor, parts
        self.away = False
        self.trained: int | None = None
        self.trained_state = RunState.IDLE
        self.continuing: int | None = None

    @property
    def held(self) -> Run | None:
        """The run that the session holds while another one is on the screen."""
        return self._parts.book.run(self.trained) if self.away and self.trained is not None else None

    # -- asked --

    def look_at(self, number: int) -> bool:
        """Put a run of the list on the screen. One that trains holds, and stays in the list.

        Returns:
            False while a run is about to begin, which would take its place at once.
        """
        conductor, parts = self._conductor, self._parts
        if conductor.state is RunState.STARTING:
            parts.transport.show_message("A run is about to begin; look at another one when it has")
            return False
        run = parts.book.run(number)
        if run is parts.book.current:
            return True
        conductor.hold()
        self.away = number != self.trained
        parts.show_run(run, self._dataset_of(run))
        conductor.follow(run.settings)
        self._show_possible(run)
        conductor.show_state(RunState.LOOKING if self.away else self.trained_state)
        self._tell(run)
        return True

    def leave(self) -> None:
        """Back to the run that holds meanwhile, or to the start."""
        if self.held is not None:
            self.look_at(self.held.number)
        else:
            self._conductor.to_the_start()

    def go_on(self, *, paused: bool = False) -> bool:
        """Have the session continue the run on the screen; False when that cannot be.

        Args:
            paused: Whether to hold before its first batch.
        """
        run = self._parts.book.current
        if run is None or self._parts.transport.cannot_continue:
            return False
        settings = self._conductor.wanted or run.settings
        settings = settings.replace(data=self.source_of(run))
        if not self._conductor.start_with(settings, paused=paused, continue_from=continuable(run)):
            return False
        self.continuing = run.number
        return True

    # -- told --

    def begin(self, started: Started, dataset: Dataset) -> None:
        """The session has begun a run, or goes on with one."""
        self._parts.begin(started, dataset, continues=self.continuing if started.continues else None)
        current = self._parts.book.current
        assert current is not None
        self.away, self.continuing = False, None
        self.trained, self.trained_state = current.number, RunState.RUNNING
        self._parts.book.held = self.trained
        self.run_shown.emit(started)
        self.reviews_shown.emit(_as_split(current, dataset))

    def session_says(self, state: RunState) -> bool:
        """The session's run has come to a state; whether it is on the screen."""
        self.trained_state = state
        return not self.away

    def session_lost(self) -> None:
        """The session has no run any more."""
        self.trained = self.continuing = self._parts.book.held = None

    def reviews_arrived(self, dataset: Dataset) -> None:
        """Reviews were loaded while a run of the list is on the screen."""
        run = self._parts.book.current
        matching = dataset if run is None else _as_split(run, dataset) if self._is_of(run, dataset) else None
        self._parts.stage.show_dataset(matching)
        self.reviews_shown.emit(matching)

    # -- told on --

    def _tell(self, run: Run) -> None:
        self.run_shown.emit(run.started)
        self.reviews_shown.emit(self._dataset_of(run))

    def _show_possible(self, run: Run) -> None:
        """Say on the button whether the run can go on, and from where."""
        saved = continuable(run)
        if saved is None or saved.checkpoint is None:
            self._parts.transport.show_continuable("There is no complete epoch with its weights to go on from")
            return
        done, asked = saved.checkpoint.epoch, run.settings.epochs
        tip = f"Go on after epoch {done} of {max(done, asked)} (Space)"
        if done >= asked:
            tip = f"All {done} epochs are done; take this run in hand again, and raise Epochs to train on (Space)"
        self._parts.transport.show_continuable("", tip)

    def _dataset_of(self, run: Run) -> Dataset | None:
        dataset = self._conductor.reviews.dataset
        return _as_split(run, dataset) if dataset is not None and self._is_of(run, dataset) else None

    @staticmethod
    def _is_of(run: Run, dataset: Dataset) -> bool:
        return run.reviews.fingerprint == dataset.fingerprint

    def source_of(self, run: Run) -> str:
        """Where the run's reviews are: those that are loaded, if they are the same, else where they once were."""
        return self._conductor.reviews.wanted if self._dataset_of(run) is not None else run.started.settings.data


def continuable(run: Run) -> Continuable | None:
    """A run as something to go on with; None when nobody keeps more of it than its history."""
    keeper = run.started.keeper
    return keeper if keeper is not None and keeper.checkpoint is not None else None


def _as_split(run: Run, dataset: Dataset) -> Dataset:
    """The reviews of a run, with the rule by which it splits texts into words: that of an older run is another."""
    rule = run.reviews.word_rule
    return dataset if rule == dataset.word_rule else replace(dataset, word_rule=rule)
