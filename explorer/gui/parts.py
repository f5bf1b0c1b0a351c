"""The parts of the window that a run is shown in, and what they do together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QStackedWidget

from explorer.data.dataset import Dataset
from explorer.engine.questions import SlowBatch
from explorer.engine.snapshot import Changed, Mode, Snapshot, Started
from explorer.engine.test_result import TestResult
from explorer.gui.controls import SettingsForm
from explorer.gui.notices import Notices
from explorer.gui.remembered import Remembered
from explorer.gui.run_state import RunState
from explorer.gui.runs import Run, RunBook
from explorer.gui.slow_motion import SlowMotion
from explorer.gui.stage import Stage
from explorer.gui.start_page import StartPage
from explorer.gui.steps import StepBar
from explorer.gui.transport import Transport
from explorer.gui.views.base import Follower
from explorer.gui.views.equation import EquationView
from explorer.gui.widgets import Readout
from explorer.presentation.order import ReviewOrder, UnitOrder

_START: Final = 0
_PICTURE: Final = 1


@dataclass(frozen=True, slots=True, weakref_slot=True)  # Qt holds whose methods it calls by a weak reference
class Parts:
    """The parts. None of them knows the others."""

    transport: Transport
    form: SettingsForm
    notices: Notices
    start_page: StartPage
    stage: Stage
    equation: EquationView
    steps: StepBar
    book: RunBook
    followers: tuple[Follower, ...]
    slow: SlowMotion
    stack: QStackedWidget
    facts: Readout

    def begin(self, started: Started, dataset: Dataset, *, continues: int | None = None) -> None:
        """Turn to a new run, or to one that goes on with another."""
        self.start_page.show_ready()
        self.stage.begin(started, dataset.train.labels, dataset)
        self.book.begin(started, dataset, continues=continues)
        self.transport.show_message(f"{started.trained_on:,} reviews to train on · {started.held_out:,} held out")
        if started.continues:
            self._show_last()

    def show_run(self, run: Run, dataset: Dataset | None) -> None:
        """Turn to a run that was trained before; without its reviews there are no texts to show."""
        self.start_page.show_ready()
        self.stage.begin(run.started, run.labels, dataset)
        self.book.show(run.number)
        self._show_last()

    def _show_last(self) -> None:
        """Draw the last batch of a run as if it had just been trained."""
        self.stage.show_changes()
        last = self.stage.looking.last()
        if last is None:
            self.show_start_page()
        else:
            self.show_picture()
            self.transport.show_progress(last, self._test())
            self.stage.looking.follow_last()
        self.refresh()

    def leave(self) -> None:
        """Forget the batch on the screen; what the run reached stays in the list."""
        self.stage.clear()
        self.book.leave()
        self.refresh()
        self.start_page.show_ready()
        self.show_start_page()

    def restore(self, remembered: Remembered) -> None:
        """Look as the last time, and remember what is chosen from now on."""

        def keep_place(hidden: int, shown: int | None) -> None:
            remembered.hidden, remembered.shown = hidden, shown

        def keep_order(reviews: ReviewOrder, units: UnitOrder) -> None:
            remembered.order = (reviews, units)

        self.transport.show_speed(remembered.speed)
        self.equation.show_place(remembered.hidden, remembered.shown)
        self.equation.show_order(*remembered.order)
        self.equation.place_chosen.connect(keep_place)
        self.equation.order_chosen.connect(keep_order)

    def show_changed(self, changed: Changed) -> None:
        """Live settings took effect."""
        self.book.settings_changed(changed.settings)
        self.stage.show_changes()

    def show_state(self, state: RunState) -> None:
        """Say on the buttons what pressing them does now."""
        if state not in (RunState.PAUSED, RunState.FINISHED):
            self.slow.end()
        self.transport.show_state(state)
        self.steps.show_state(state)

    def show_mode(self, mode: Mode) -> None:
        """Show the batch on the screen in one mode."""
        self.transport.show_mode(mode)
        self.stage.show_mode(mode)

    def draw(self, snapshot: Snapshot) -> None:
        """Draw a batch that was just trained."""
        self._look_at(snapshot)
        for view in self.followers:
            if view.isVisible():
                view.draw(snapshot, self.stage.mode)

    def walk_through(self, batch: SlowBatch) -> None:
        """Begin slow motion."""
        self.show_mode("training")
        self.slow.end()
        self._look_at(batch.snapshot)
        self.refresh()
        self.slow.begin(batch)

    def _look_at(self, snapshot: Snapshot) -> None:
        self.show_picture()
        self.transport.show_progress(snapshot, self._test())
        self.stage.looking.follow(snapshot)

    def _test(self) -> TestResult | None:
        """What the run on the screen made of the test reviews; None where that is not known, and while it goes on."""
        current = self.book.current
        return None if current is None else current.history.test

    def refresh(self) -> None:
        """Draw what the history holds by now."""
        for view in self.followers:
            view.refresh()

    def show_progress(self) -> None:
        """How far the run on the screen is, after something else stood there."""
        last = self.stage.looking.last()
        if last is not None:
            self.transport.show_progress(last, self._test())

    def picture_shown(self) -> bool:
        """Whether the centre is the equation rather than the start page."""
        return self.stack.currentIndex() != _START

    def show_start_page(self) -> None:
        """The start page in the centre."""
        self.stack.setCurrentIndex(_START)

    def show_picture(self) -> None:
        """The equation in the centre."""
        self.stack.setCurrentIndex(_PICTURE)

    def show_what_is_drawn(self) -> bool:
        """The equation if a batch is drawn in it, else the start page; whether one is."""
        drawn = self.stage.looking.drawn is not None
        self.stack.setCurrentIndex(_PICTURE if drawn else _START)
        self.start_page.show_ready()
        self.refresh()
        return drawn
