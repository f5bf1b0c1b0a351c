"""What the window does when something is pressed, and when the session says something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from explorer.data.dataset import Dataset
from explorer.engine.mailbox import Controls
from explorer.engine.questions import NewBatch, NewMask, Question, SlowBatch, SlowStep
from explorer.engine.settings import DECLARATIONS, Change, Settings
from explorer.engine.snapshot import (
    Answered,
    Changed,
    DataReady,
    EpochEnded,
    Failed,
    Finished,
    Loading,
    Mode,
    Paused,
    Refusal,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)
from explorer.gui.bridge import Bridge
from explorer.gui.controls import SettingsForm
from explorer.gui.notices import Notices
from explorer.gui.remembered import Remembered
from explorer.gui.run_state import RunState
from explorer.gui.runs import RunBook
from explorer.gui.slow_motion import SlowMotion
from explorer.gui.stage import Stage
from explorer.gui.start_page import StartPage
from explorer.gui.steps import StepBar
from explorer.gui.transport import Transport
from explorer.gui.views.base import Follower
from explorer.gui.views.equation import EquationView
from explorer.gui.views.order import ReviewOrder, UnitOrder
from explorer.gui.widgets import Readout

LOADING_SHOWN_MS: Final = 300
"""Loading that takes longer than this takes the place of the last run's picture."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the window that a run is shown in."""

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


class Conductor(QObject):
    """Knows where the run stands; passes commands one way and what comes of them the other.

    Attributes:
        state: Where the run stands.
        dataset_ready: The reviews are there, a `Dataset`.
        answered: An answer came, an `Answered` event.
    """

    dataset_ready = Signal(object)
    answered = Signal(object)
    state_changed = Signal(object)

    def __init__(
        self, session: Controls, bridge: Bridge, remembered: Remembered, parts: Parts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._remembered = remembered
        self._parts = parts
        self.state = RunState.IDLE
        self._in_force: Settings | None = None
        self._wanted_data = parts.form.settings.data
        self._dataset: Dataset | None = None
        self._downloading = False
        self._start_after_download = False
        self._epoch_seconds: float | None = None
        self._reviews: tuple[int, int] | None = None
        self._looks: set[int | None] = set()
        self._loading_timer = QTimer(self)
        self._loading_timer.setSingleShot(True)
        self._loading_timer.setInterval(LOADING_SHOWN_MS)
        self._loading_timer.timeout.connect(lambda: parts.stack.setCurrentIndex(0))
        self._connect()
        parts.transport.show_speed(remembered.speed)
        parts.equation.show_place(remembered.hidden, remembered.shown)
        parts.equation.show_order(*remembered.order)
        self.show_mode(remembered.mode)

    def _connect(self) -> None:
        parts, bridge = self._parts, self._bridge
        parts.transport.play_pressed.connect(self.play)
        parts.steps.batch_pressed.connect(self.step)
        parts.steps.forward_pressed.connect(self.forward_only)
        parts.steps.mask_pressed.connect(self.new_mask)
        parts.steps.slow_pressed.connect(self.slow_motion)
        parts.slow.wanted.connect(self.slow_motion)
        parts.transport.reset_pressed.connect(self.reset)
        parts.transport.speed_chosen.connect(self._speed_chosen)
        parts.transport.mode_chosen.connect(self.show_mode)
        parts.start_page.start_pressed.connect(self.play)
        parts.start_page.cancel_pressed.connect(self.reset)
        parts.notices.restart_pressed.connect(self._start)
        parts.notices.download_pressed.connect(self.download)
        parts.form.edited.connect(self._edited)
        parts.equation.place_chosen.connect(self._place_chosen)
        parts.equation.order_chosen.connect(self._order_chosen)
        bridge.snapshot.connect(self._on_snapshot)
        bridge.loading.connect(self._on_loading)
        bridge.data_ready.connect(self._on_data_ready)
        bridge.started.connect(self._on_started)
        bridge.changed.connect(self._on_changed)
        bridge.epoch_ended.connect(self._on_epoch_ended)
        bridge.paused.connect(self._on_paused)
        bridge.resumed.connect(self._on_resumed)
        bridge.finished.connect(self._on_finished)
        bridge.stopped.connect(self._on_stopped)
        bridge.failed.connect(self._on_failed)
        bridge.answered.connect(self._on_answered)

    # -- pressed --

    def begin(self) -> None:
        """Have everything loaded ahead of the first run."""
        self._session.set_speed(self._remembered.speed)
        self._load()

    def end(self) -> None:
        """Stop what still runs by itself."""
        self._loading_timer.stop()

    def play(self) -> None:
        """Start, pause or go on, whichever is next."""
        match self.state:
            case RunState.IDLE | RunState.FINISHED:
                self._start()
            case RunState.RUNNING:
                self._session.pause()
                self._set_state(RunState.PAUSED)
            case RunState.PAUSED:
                self._session.resume()
                self._set_state(RunState.RUNNING)
            case RunState.STARTING:
                pass
            case _:
                assert_never(self.state)

    def step(self) -> None:
        """Train one batch, then hold; without a run, the first one of a new run."""
        match self.state:
            case RunState.IDLE:
                if self._start(paused=True):
                    self._session.step()
            case RunState.RUNNING | RunState.PAUSED:
                self._parts.slow.end()
                self._session.step()
                self._set_state(RunState.PAUSED)
            case RunState.STARTING | RunState.FINISHED:
                pass
            case _:
                assert_never(self.state)

    def reset(self) -> None:
        """Give up the run, the load or the download, and go back to the start."""
        self._session.stop()
        self._to_the_start()

    def forward_only(self) -> None:
        """A new batch through the same weights, without an update; a run that trains holds first."""
        if self.state.has_run:
            self._hold()
            self._looks.add(self._session.ask(NewBatch()))

    def new_mask(self) -> None:
        """Fresh masks on the batch on the screen; a run that trains holds first."""
        drawn = self._parts.stage.looking.drawn
        if self.state.has_run and drawn is not None:
            self._hold()
            self._looks.add(self._session.ask(NewMask(drawn)))

    def slow_motion(self) -> None:
        """Train the next batch in slow motion; a run that trains holds first, and without a run one begins."""
        if self.state is RunState.IDLE:
            if not self._start(paused=True):
                return
        elif self.state not in (RunState.RUNNING, RunState.PAUSED):
            return
        self._hold()
        self._parts.stage.looking.go_live()
        self._looks.add(self._session.ask(SlowStep()))

    def run_with(self, settings: Settings) -> None:
        """Begin a new run with other settings; a run in hand makes way and stays in the list."""
        self._parts.form.show_settings(settings)
        self._remembered.settings = settings
        self._start()

    def ask(self, question: Question) -> int | None:
        """Put a question to the weights; `answered` follows. None when there is no run to ask."""
        return self._session.ask(question)

    def _hold(self) -> None:
        if self.state is RunState.RUNNING:
            self._session.pause()
            self._set_state(RunState.PAUSED)

    def switch_mode(self) -> None:
        """The other pass of the batch on the screen."""
        self.show_mode("inference" if self._parts.stage.mode == "training" else "training")

    def show_mode(self, mode: Mode) -> None:
        """Show the batch on the screen in one mode."""
        self._remembered.mode = mode
        self._parts.transport.show_mode(mode)
        self._parts.stage.show_mode(mode)

    def download(self) -> None:
        """Fetch the real reviews; a run in hand is given up."""
        settings = self._parts.form.settings
        if settings.data != "auto":
            settings = settings.replace(data="auto")  # which takes the real ones once they are there
            self._parts.form.show_settings(settings)
            self._remembered.settings = settings
        self._wanted_data = settings.data
        self._in_force = None
        self._show_waiting()
        self._downloading = True
        self._parts.notices.sample.hide()
        self._bridge.expect(self._session.download(settings))

    def _start(self, *, paused: bool = False) -> bool:
        """Ask for a new run; False when it has to wait for a download."""
        if self._downloading:
            # A new job takes the place of the download; the run has to wait for it.
            self._start_after_download = True
            self._set_state(RunState.STARTING)
            self._parts.start_page.show_starting(True)
            return False
        settings = self._parts.form.settings
        self._wanted_data = settings.data
        self._in_force = settings
        self._parts.notices.failed.hide()
        self._show_waiting()
        self._parts.start_page.show_starting(True)
        self._set_state(RunState.STARTING)
        self._bridge.expect(self._session.start(settings, paused=paused))
        return True

    def _load(self) -> None:
        settings = self._parts.form.settings
        self._wanted_data = settings.data
        self._bridge.expect(self._session.load(settings))

    def _edited(self, settings: Settings) -> None:
        self._remembered.settings = settings
        if self._in_force is None:
            if settings.data != self._wanted_data and self.state is RunState.IDLE and not self._downloading:
                self._load()
            return
        live = {d.name: getattr(settings, d.name) for d in DECLARATIONS if d.change is Change.LIVE}
        wanted = self._in_force.replace(**live)
        if wanted != self._in_force:
            self._in_force = wanted
            self._session.update(wanted)
        self._show_waiting()

    def _speed_chosen(self, speed: float | None) -> None:
        self._remembered.speed = speed
        self._session.set_speed(speed)

    def _place_chosen(self, hidden: int, shown: int | None) -> None:
        self._remembered.hidden, self._remembered.shown = hidden, shown

    def _order_chosen(self, reviews: ReviewOrder, units: UnitOrder) -> None:
        self._remembered.order = (reviews, units)

    # -- said by the session --

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self.state is RunState.IDLE:
            return  # of a run that was just given up
        self._loading_timer.stop()
        self._parts.stack.setCurrentIndex(1)
        self._parts.transport.show_progress(snapshot)
        self._parts.stage.looking.follow(snapshot)
        for view in self._parts.followers:
            if view.isVisible():
                view.draw(snapshot, self._parts.stage.mode)

    def _on_answered(self, answered: Answered) -> None:
        if answered.number not in self._looks:
            self.answered.emit(answered)
            return
        self._looks.discard(answered.number)
        if isinstance(answered.answer, Refusal):
            self._parts.transport.show_message(answered.answer.message)
        elif isinstance(answered.answer, SlowBatch):
            self.show_mode("training")
            self._parts.slow.end()
            self._parts.transport.show_progress(answered.answer.snapshot)
            self._parts.stack.setCurrentIndex(1)
            self._parts.stage.looking.follow(answered.answer.snapshot)
            self._refresh()
            self._parts.slow.begin(answered.answer)
        else:
            self._parts.stage.looking.show(answered.answer)

    def _on_loading(self, loading: Loading) -> None:
        self._parts.start_page.show_loading(loading)
        self._parts.transport.show_message(loading.message, loading.fraction)
        if self._parts.stack.currentIndex() != 0 and not self._loading_timer.isActive():
            self._loading_timer.start()

    def _on_data_ready(self, ready: DataReady) -> None:
        if self._downloading and not self._start_after_download:
            self._to_the_start()  # only now: a download that fails costs nothing that was on the screen
        self._downloading = False
        self._dataset = ready.dataset
        self.dataset_ready.emit(ready.dataset)
        self._show_sample()
        self._parts.start_page.show_ready()
        self._parts.transport.show_message("Ready")
        self._show_facts()
        if self._start_after_download:
            self._start_after_download = False
            self._start()
        elif self.state is RunState.STARTING:
            self._parts.start_page.show_starting(True)

    def _on_started(self, started: Started) -> None:
        self._loading_timer.stop()
        self._epoch_seconds = None
        self._reviews = (started.trained_on, started.held_out)
        self._parts.start_page.show_ready()
        self._looks.clear()
        assert self._dataset is not None  # the session says that it is ready before it starts
        self._parts.stage.begin(started, self._dataset)
        self._parts.book.begin(started, self._dataset)
        self._parts.transport.show_message(
            f"{started.trained_on:,} reviews to train on · {started.held_out:,} held out"
        )
        self._show_facts()
        self._set_state(RunState.RUNNING)

    def _on_changed(self, changed: Changed) -> None:
        self._parts.book.settings_changed(changed.settings)
        self._parts.stage.show_changes()

    def _on_epoch_ended(self, ended: EpochEnded) -> None:
        # The curves follow with the next batches: at full speed epochs end many times a second.
        self._epoch_seconds = ended.result.seconds
        self._show_facts()

    def _on_paused(self, paused: Paused) -> None:
        self._set_state(RunState.PAUSED)
        self._refresh()

    def _on_resumed(self, resumed: Resumed) -> None:
        self._set_state(RunState.RUNNING)

    def _on_finished(self, finished: Finished) -> None:
        self._set_state(RunState.FINISHED)
        self._refresh()
        if finished.step == 0:
            self._parts.stack.setCurrentIndex(0)
            self._parts.transport.show_message("0 epochs: nothing to train. Raise Epochs and start again")

    def _on_stopped(self, stopped: Stopped) -> None:
        self._to_the_start()

    def _on_failed(self, failed: Failed) -> None:
        self._loading_timer.stop()
        self._downloading = self._start_after_download = False
        self._in_force = None
        self._show_waiting()
        self._parts.notices.show_failed(failed)
        self._show_sample()
        self._parts.start_page.show_ready()
        drawn = self._parts.stage.looking.drawn is not None
        self._parts.stack.setCurrentIndex(1 if drawn else 0)
        self._set_state(RunState.FINISHED if drawn else RunState.IDLE)
        self._parts.transport.show_message("Stopped by an error")
        self._refresh()

    # -- shown --

    def _refresh(self) -> None:
        """Draw what the history holds by now."""
        for view in self._parts.followers:
            view.refresh()

    def _to_the_start(self) -> None:
        self._loading_timer.stop()
        self._epoch_seconds = self._reviews = None
        self._show_facts()
        self._downloading = self._start_after_download = False
        self._in_force = None
        self._set_state(RunState.IDLE)
        self._show_waiting()
        self._show_sample()
        self._parts.stage.clear()
        self._parts.book.leave()
        self._refresh()
        self._parts.start_page.show_ready()
        self._parts.stack.setCurrentIndex(0)
        self._parts.transport.show_message("Ready" if self._dataset is not None else "Start loads what is missing")

    def _set_state(self, state: RunState) -> None:
        self.state = state
        if state not in (RunState.PAUSED, RunState.FINISHED):
            self._parts.slow.end()
        self._parts.transport.show_state(state)
        self._parts.steps.show_state(state)
        self.state_changed.emit(state)
        # The worker does one thing at a time, and a click must not cost a run.
        free = state in (RunState.IDLE, RunState.FINISHED)
        self._parts.notices.download_button.setEnabled(free)
        self._parts.notices.download_button.setToolTip(
            "Download the IMDB reviews to Keras's folder" if free else "Reset this run, or let it end, to download"
        )

    def _show_waiting(self) -> None:
        """Mark what the run does not follow, and offer the restart."""
        waiting = () if self._in_force is None else self._in_force.needs_restart(self._parts.form.settings)
        self._parts.form.mark_restart(each.name for each in waiting)
        self._parts.notices.show_restart(waiting)

    def _show_sample(self) -> None:
        """Say that the reviews are a sample, and offer the real ones."""
        self._parts.notices.show_sample(self._dataset is not None and self._dataset.generated)

    def _show_facts(self) -> None:
        parts = [] if self._dataset is None else [self._dataset.title]
        if self._reviews is not None:
            parts.append("{:,} trained on, {:,} held out".format(*self._reviews))
        if self._epoch_seconds is not None:
            parts.append(f"{self._epoch_seconds:.2f} s of computing an epoch")
        self._parts.facts.set_text(" · ".join(parts))
