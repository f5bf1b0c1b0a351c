"""The runs of this window: which there were, what each is called, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from explorer.data.dataset import Dataset, Vocabulary
from explorer.engine.recall import settings_at
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochResult, Started
from explorer.presentation.series import descriptions

if TYPE_CHECKING:
    from explorer.engine.history import History

EARLIER_BUDGET_BYTES: Final = 20_000_000
"""A run that is over keeps this much of its activations, so that many runs can stay; its masks and figures all stay."""

_UNKNOWN: Final = ReviewFacts("", False, "", 0, 0)
_NO_LABELS: Final = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run as it is listed. It only changes by being replaced, in the book.

    Attributes:
        number: Counted from 1 since the window was opened.
        started: What it began with.
        settings: Those in force now, or at its end.
        title: Of the reviews; empty when not known.
        look: Which of the looks for runs it is drawn with.
        visible: Whether it is drawn.
        differs: What sets it apart from the other runs.
        own_name: The name a person gave it; empty where none did.
        reviews: What is known of the reviews.
        labels: (train,) uint8 of all training reviews.
        vocabulary: The words that it was trained with; None where they are not known.
        path: The file it was opened from, or saved to last; None where there is none.
    """

    number: int
    started: Started
    settings: Settings
    title: str
    look: int
    visible: bool = True
    differs: str = ""
    own_name: str = ""
    reviews: ReviewFacts = _UNKNOWN
    labels: npt.NDArray[np.uint8] = field(default_factory=lambda: _NO_LABELS)
    vocabulary: Vocabulary | None = None
    path: Path | None = None

    @property
    def record(self) -> RunRecord:
        """The run for whoever looks back on it; it grows with the run."""
        started = self.started
        return RunRecord(
            self.full_name,
            started.settings,
            self.reviews,
            self.labels,
            started.trained_on,
            started.held_out,
            started.history,
            vocabulary=self.vocabulary,
        )

    @property
    def history(self) -> History:
        """What happened in it."""
        return self.started.history

    @property
    def results(self) -> tuple[EpochResult, ...]:
        """The figures of its epochs so far."""
        return self.started.history.results

    @property
    def name(self) -> str:
        """What it is called in a list."""
        return self.own_name or f"Run {self.number}"

    @property
    def full_name(self) -> str:
        """What it is called where it stands alone: the name it was given, or what sets it apart."""
        return self.own_name or f"Run {self.number}: {self.differs}"

    @property
    def measured_on(self) -> tuple[str, int, int]:
        """Figures of runs in which this is equal can be compared: the reviews, and how they were split."""
        return self.title, self.started.trained_on, self.started.held_out


class RunBook(QObject):
    """The list of runs. Those that are over stay until they are deleted.

    Attributes:
        changed: There are other runs, or one is called or drawn in another way; not sent for what a run trains.
        removed: A run is gone for good, the `Run`.
        deleted: A person took a run out of the list, the `Run`; until the next one it can be brought back.
        held: The number of the run that is trained, or holds; it may not be the one on the screen.
    """

    changed = Signal()
    removed = Signal(object)
    deleted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[Run, ...] = ()
        self._current: int | None = None
        self._begun = 0
        self.held: int | None = None
        self._deleted: Run | None = None

    @property
    def runs(self) -> tuple[Run, ...]:
        """All of them, the oldest first."""
        return self._runs

    @property
    def current(self) -> Run | None:
        """The one that is on the screen: it runs, holds, or has come to its end."""
        return next((run for run in self._runs if run.number == self._current), None)

    @property
    def earlier(self) -> tuple[Run, ...]:
        """All but the one on the screen."""
        return tuple(run for run in self._runs if run.number != self._current)

    def run(self, number: int) -> Run:
        """One of them.

        Raises:
            KeyError: When there is none of that number.
        """
        for run in self._runs:
            if run.number == number:
                return run
        raise KeyError(f"there is no run {number}")

    # -- told by what runs --

    def begin(self, started: Started, dataset: Dataset | None = None, *, continues: int | None = None) -> None:
        """A new run takes the place of the one on the screen.

        Args:
            started: The run.
            dataset: Its reviews.
            continues: The number of the run that it goes on with, whose place, look and name it takes.
        """
        earlier = next((run for run in self._runs if run.number == continues), None)
        self._runs = tuple(run for run in self._runs if run.number != continues)
        self._drop_fruitless()
        for run in self._runs:
            # Only now: until another run has begun the worker may still be writing to this history.
            run.history.shrink(EARLIER_BUDGET_BYTES)
        title = "" if dataset is None else dataset.title
        if earlier is None:
            run = self._new(started, started.settings, title)
        else:
            settings = settings_at(started.history, started.settings, len(started.history) + 1)
            run = replace(earlier, started=started, settings=settings, title=title)
        if dataset is not None:
            run = replace(
                run,
                reviews=started.reviews or ReviewFacts.of(dataset),
                labels=dataset.train.labels,
                vocabulary=dataset.vocabulary,
            )
        self._current = run.number
        self._put(tuple(sorted((*self._runs, run), key=lambda each: each.number)))

    def add(self, started: Started, record: RunRecord, *, name: str = "", path: Path | None = None) -> Run:
        """Take in a run that was read from a file; the one on the screen stays there.

        Args:
            started: What it began with.
            record: The run.
            name: What a person called it.
            path: The file.
        """
        run = replace(
            self._new(started, record.settings, record.reviews.title),
            reviews=record.reviews,
            labels=record.labels,
            vocabulary=record.vocabulary,
            own_name=name,
            path=path,
        )
        self._put((*self._runs, run))
        return self.run(run.number)

    def show(self, number: int) -> None:
        """Put a run of the list on the screen."""
        self._current = self.run(number).number
        self._put(self._runs)

    def _new(self, started: Started, settings: Settings, title: str) -> Run:
        self._begun += 1
        taken = {run.look for run in self._runs}
        look = next(look for look in range(len(taken) + 1) if look not in taken)
        return Run(self._begun, started, settings, title, look)

    def settings_changed(self, settings: Settings) -> None:
        """Live settings took effect in the run on the screen."""
        if self._current is not None:
            self._replace(self._current, settings=settings)

    def leave(self) -> None:
        """The run on the screen is given up; what it reached stays."""
        if self._current is not None:
            self._drop_fruitless()
            self._current = None
            self._put(self._runs)

    # -- told by a person --

    def rename(self, number: int, name: str) -> None:
        """Call a run by a name; an empty one gives it back its own."""
        name = " ".join(name.split())
        if name != self.run(number).own_name:
            self._replace(number, own_name=name)

    def set_visible(self, number: int, visible: bool) -> None:
        """Draw a run, or leave it out."""
        self._show({number: visible})

    def show_all(self) -> None:
        """Draw every run."""
        self._show({run.number: True for run in self._runs})

    def show_only(self, number: int) -> None:
        """Draw one run and no other."""
        self._show({run.number: run.number == number for run in self._runs})

    def next_look(self, number: int) -> None:
        """Draw a run in the next look that no other run has."""
        own = self.run(number).look
        taken = {run.look for run in self._runs}
        self._replace(number, look=next(look for look in range(own + 1, own + 2 + len(taken)) if look not in taken))

    def can_delete(self, number: int) -> bool:
        """Whether a run may go: the one on the screen may not, nor the one that holds meanwhile."""
        return number not in (self._current, self.held)

    def delete(self, number: int) -> None:
        """Take a run out of the list; the one that was deleted before it is gone for good.

        Raises:
            ValueError: For the run on the screen.
        """
        gone = self.run(number)
        if not self.can_delete(number):
            raise ValueError(f"run {number} is on the screen or holds; reset it first")
        before, self._deleted = self._deleted, gone
        self._put(tuple(run for run in self._runs if run is not gone))
        if before is not None:
            self.removed.emit(before)
        self.deleted.emit(gone)

    def bring_back(self) -> None:
        """Put the run that was deleted last into the list again."""
        if self._deleted is not None:
            back, self._deleted = self._deleted, None
            taken = {run.look for run in self._runs}
            if back.look in taken:
                back = replace(back, look=next(look for look in range(len(taken) + 1) if look not in taken))
            self._put(tuple(sorted((*self._runs, back), key=lambda each: each.number)))

    def forget(self, number: int) -> None:
        """Take a run out of the list, wherever it is."""
        gone = self.run(number)
        if number == self._current:
            self._current = None
        self._put(tuple(run for run in self._runs if run.number != number))
        self.removed.emit(gone)

    def saved(self, number: int, path: Path) -> None:
        """A run was saved to a file."""
        self._replace(number, path=path)

    # -- kept --

    def _drop_fruitless(self) -> None:
        """A run without an epoch leaves nothing, unless it is in a file. One that holds off the screen goes later."""
        for run in self._runs[::-1]:
            fruitless = not run.results and run.path is None
            if fruitless and (run.number == self._current or run.number != self.held):
                self._runs = tuple(other for other in self._runs if other is not run)
                if run.number == self._begun:
                    self._begun -= 1  # nobody has seen its number
                self.removed.emit(run)

    def _show(self, visible: dict[int, bool]) -> None:
        runs = tuple(replace(run, visible=visible.get(run.number, run.visible)) for run in self._runs)
        if any(new.visible != old.visible for new, old in zip(runs, self._runs, strict=True)):
            self._put(runs)

    def _replace(self, number: int, **values: object) -> None:
        self._put(tuple(replace(run, **values) if run.number == number else run for run in self._runs))  # type: ignore[arg-type]

    def _put(self, runs: tuple[Run, ...]) -> None:
        told = descriptions([(run.started.settings, run.settings) for run in runs], [run.title for run in runs])
        self._runs = tuple(
            run if run.differs == text else replace(run, differs=text) for run, text in zip(runs, told, strict=True)
        )
        self.changed.emit()
