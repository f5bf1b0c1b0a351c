"""Which batch is looked at: the newest, or one of the past, or the one that a finger is on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from explorer.engine.history import History
from explorer.engine.recall import recall
from explorer.engine.snapshot import Snapshot, Started
from explorer.presentation.arithmetic import activations_known


class Looking(QObject):
    """Decides what the views of a batch draw.

    Attributes:
        shown: The batch to draw, a `Snapshot`.
        moved: The batch looked at, the number of batches, or whether it is the newest has changed.
    """

    shown = Signal(object)
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._started: Started | None = None
        self._labels: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self._newest: Snapshot | None = None
        self._drawn: Snapshot | None = None
        self._stand_in: Snapshot | None = None
        self._step: int | None = None
        self._holders: frozenset[str] = frozenset()

    # -- where it is --

    @property
    def live(self) -> bool:
        """Whether the newest batch is followed."""
        return self._step is None

    @property
    def held(self) -> bool:
        """Whether somebody holds the picture."""
        return bool(self._holders)

    @property
    def behind(self) -> bool:
        """Whether training has gone on behind a held picture."""
        drawn, newest = self._drawn, self._newest
        if not self.live or newest is None or drawn is newest:
            return False
        # A look between two batches is no older than the batch before it.
        return drawn is None or drawn.kind == "trained" or newest.step > drawn.step

    @property
    def drawn(self) -> Snapshot | None:
        """The batch on the screen."""
        return self._drawn

    @property
    def step(self) -> int:
        """The batch looked at, counted from 1; 0 when there is none."""
        if self._step is not None:
            return self._step
        return self._drawn.step if self._drawn is not None else 0

    @property
    def steps(self) -> int:
        """Batches there are."""
        return 0 if self._history is None else len(self._history)

    @property
    def history(self) -> History | None:
        """The run's history."""
        return self._history

    # -- told --

    def begin(self, started: Started, labels: npt.NDArray[np.uint8]) -> None:
        """Turn to a new run.

        Args:
            started: The run.
            labels: (n,) of all training reviews.
        """
        self.clear()
        self._started, self._history, self._labels = started, started.history, labels
        self.moved.emit()

    def clear(self) -> None:
        """Forget the run."""
        self._history = self._started = self._newest = self._drawn = self._step = self._stand_in = None
        self._holders = frozenset()
        self.moved.emit()

    def follow(self, snapshot: Snapshot) -> None:
        """Take notice of the newest batch; it is drawn unless another one is looked at or the picture is held."""
        self._newest = snapshot
        if self.live and not self.held:
            self._draw(snapshot)
        self.moved.emit()

    def show(self, snapshot: Snapshot) -> None:
        """Draw a pass that is no part of the run: forward only, or fresh masks."""
        self._draw(snapshot)
        self.moved.emit()

    # -- asked --

    def last(self) -> Snapshot | None:
        """The last batch of the run as its history has it; None before the first."""
        return self._read(self.steps) if self.steps else None

    def follow_last(self) -> None:
        """Take the last batch that the history has for the newest, or the nearest to it whose activations are kept."""
        last = self.last()
        if last is None or self._history is None:
            return
        if not activations_known(last):
            nearest = self._history.nearest_with_activations(last.step)
            if nearest != last.step:
                last = self._stand_in = self._read(nearest)
        self.follow(last)

    @property
    def stands_for_last(self) -> bool:
        """Whether the batch on the screen is there because the activations of the run's last one are not kept."""
        return self.live and self._stand_in is not None and self._drawn is self._stand_in

    def look_at(self, step: int) -> None:
        """Look at a batch of the past; a step beyond either end is taken for that end."""
        if self._history is None or not self.steps:
            return
        step = min(max(step, 1), self.steps)
        if step != self._step or (self._drawn is not None and self._drawn.kind != "trained"):
            self._step = step
            self._draw(self._read(step))
        self.moved.emit()

    def by(self, batches: int) -> None:
        """Look so many batches on, or back where negative; going on from the newest follows it again."""
        if not self.steps:
            return
        wanted = self.step + batches
        if batches > 0 and wanted >= self.steps:
            self.go_live()
        else:
            self.look_at(wanted)

    def go_live(self) -> None:
        """Follow the newest batch again."""
        self._step = None
        if self._newest is not None and self._newest is not self._drawn and not self.held:
            self._draw(self._newest)
        self.moved.emit()

    def hold(self, who: str, holds: bool) -> None:
        """Keep the picture while `who` holds it; training goes on behind it."""
        before = self._holders
        self._holders = before | {who} if holds else before - {who}
        # What is no part of the run was asked for, and stays until something else is.
        in_the_run = self._drawn is not None and self._drawn.kind == "trained"
        if before and not self._holders and self._newest is not None and self.behind and in_the_run:
            self._draw(self._newest)
            self.moved.emit()

    def _read(self, step: int) -> Snapshot:
        # The newest batch is here as a whole, and the history has the first reviews of it.
        if self._newest is not None and self._newest.step == step:
            return self._newest
        assert self._history is not None
        assert self._started is not None
        return recall(
            self._history,
            step,
            labels=self._labels,
            started_with=self._started.settings,
            generation=self._started.generation,
        )

    def _draw(self, snapshot: Snapshot) -> None:
        self._drawn = snapshot
        self.shown.emit(snapshot)
