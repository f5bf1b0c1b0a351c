"""What the window does when something is pressed, and when the session says something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, assert_never

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.mailbox import Controls
from explorer.engine.questions import NewBatch, NewMask, Question, SlowStep
from explorer.engine.settings import DECLARATIONS, Change, Settings
from explorer.engine.snapshot import (
    ColumnsNeeded,
    DataReady,
    Failed,
    Finished,
    Loading,
    Mode,
    Paused,
    Snapshot,
    Started,
)
from explorer.gui.bridge import Bridge
from explorer.gui.facts import Facts
from explorer.gui.looks import Looks
from explorer.gui.parts import Parts
from explorer.gui.remembered import Remembered
from explorer.gui.reviews import Reviews
from explorer.gui.run_state import RunState

__all__ = ["LOADING_SHOWN_MS", "Conductor", "Parts"]

LOADING_SHOWN_MS: Final = 300
"""Loading that takes longer than this takes the place of the last run's picture."""


class Conductor(QObject):
    """Knows where the run stands; passes commands one way and what comes of them the other.

    Attributes:
        state: Where the run stands.
        reviews: Which reviews are there, and which are on their way.
        dataset_ready: The reviews are there, a `Dataset`.
        columns_needed: Somebody has to say which columns to read, a `ColumnsNeeded`; and whether a run was to start.
        answered: An answer came, an `Answered` event.
    """

    dataset_ready = Signal(object)
    columns_needed = Signal(object, bool)
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
        self.reviews = Reviews(session, bridge, remembered, parts.form, parts.notices, self)
        self._start_after_download = False
        self._facts = Facts(parts.facts, self)
        self._looks = Looks(session, parts, self)
        self._loading_timer = QTimer(self)
        self._loading_timer.setSingleShot(True)
        self._loading_timer.setInterval(LOADING_SHOWN_MS)
        self._loading_timer.timeout.connect(parts.show_start_page)
        self._connect()
        parts.restore(remembered)
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
        parts.start_page.cancel_pressed.connect(self.cancel)
        parts.notices.restart_pressed.connect(self._start)
        parts.notices.download_pressed.connect(self.download)
        parts.notices.again_pressed.connect(self.try_again)
        parts.form.edited.connect(self._edited)
        bridge.snapshot.connect(self._on_snapshot)
        bridge.loading.connect(self._on_loading)
        bridge.data_ready.connect(self._on_data_ready)
        bridge.columns_needed.connect(self._on_columns_needed)
        bridge.started.connect(self._on_started)
        bridge.changed.connect(parts.show_changed)
        bridge.epoch_ended.connect(self._facts.end_epoch)
        bridge.paused.connect(self._on_paused)
        bridge.resumed.connect(lambda resumed: self._set_state(RunState.RUNNING))
        bridge.finished.connect(self._on_finished)
        bridge.stopped.connect(lambda stopped: self._to_the_start())
        bridge.failed.connect(self._on_failed)
        bridge.answered.connect(self._looks.take)
        self._looks.answered.connect(self.answered)
        self._looks.walking.connect(lambda: self.show_mode("training"))

    # -- pressed --

    def begin(self) -> None:
        """Have everything loaded ahead of the first run."""
        self._session.set_speed(self._remembered.speed)
        self.reviews.load()

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
        self.reviews.cancel()
        self._to_the_start()
        if self.reviews.dataset is not None and self._parts.form.settings.data != self.reviews.wanted:
            self.reviews.load()  # opened during the run, and waiting for its end

    def cancel(self) -> None:
        """Give up the load or the download; what was on the screen before is there again."""
        self._session.stop()
        self._bridge.forget()
        self.reviews.cancel()
        self._settle(self._readiness())

    def forward_only(self) -> None:
        """A new batch through the same weights, without an update; a run that trains holds first."""
        if self.state.has_run:
            self._hold()
            self._looks.ask(NewBatch())

    def new_mask(self) -> None:
        """Fresh masks on the batch on the screen; a run that trains holds first."""
        drawn = self._parts.stage.looking.drawn
        if self.state.has_run and drawn is not None:
            self._hold()
            self._looks.ask(NewMask(drawn))

    def slow_motion(self) -> None:
        """Train the next batch in slow motion; a run that trains holds first, and without a run one begins."""
        if self.state is RunState.IDLE:
            if not self._start(paused=True):
                return
        elif self.state not in (RunState.RUNNING, RunState.PAUSED):
            return
        self._hold()
        self._parts.stage.looking.go_live()
        self._looks.ask(SlowStep())

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
        self._parts.show_mode(mode)

    def download(self) -> None:
        """Fetch the real reviews, unless a run is in hand."""
        if self.is_free:
            self._parts.notices.failed.hide()
            self._leave_session_to(self.reviews.download)

    def open_data(self, source: str, *, start: bool = False) -> None:
        """Turn to other reviews: at once, or with a run in hand when it is restarted.

        Args:
            source: As for `explorer.data.load`.
            start: Whether to begin a run with them.
        """
        if self.reviews.downloading:
            self._parts.notices.refuse(
                "The real reviews are being downloaded. Open others when they are there, or cancel the download."
            )
            return
        self._parts.notices.failed.hide()
        self.reviews.choose(source)
        if start:
            self._start()
        elif self.is_free:
            self._leave_session_to(self.reviews.load)
        else:
            self._show_waiting()

    def try_again(self) -> None:
        """Ask once more for the reviews that could not be had."""
        if self.reviews.refused is None:
            self.download()
        else:
            self.open_data(self.reviews.refused)

    @property
    def is_free(self) -> bool:
        """Whether nothing is under way that other reviews would cost: no run that trains or holds, no download."""
        return self.state in (RunState.IDLE, RunState.FINISHED) and not self.reviews.downloading

    def _leave_session_to(self, job: Callable[[], None]) -> None:
        """A run that is over is let go by the session; it can still be looked at."""
        job()
        self._in_force = None
        self._show_waiting()
        self._set_state(self.state)

    def _start(self, *, paused: bool = False) -> bool:
        """Ask for a new run; False when it has to wait for a download."""
        if self.reviews.downloading:
            # A new job takes the place of the download; the run has to wait for it.
            self._start_after_download = True
            self._set_state(RunState.STARTING)
            self._parts.start_page.show_starting(True)
            return False
        settings = self._parts.form.settings
        self.reviews.ask_for(settings)
        self._parts.notices.failed.hide()
        self._in_force = settings
        self._show_waiting()
        self._parts.start_page.show_starting(True)
        self._set_state(RunState.STARTING)
        self._bridge.expect(self._session.start(settings, paused=paused))
        return True

    def _edited(self, settings: Settings) -> None:
        self._remembered.settings = settings
        if self._in_force is None:
            if settings.data != self.reviews.wanted and self.state is RunState.IDLE and self.is_free:
                self.reviews.load()
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

    # -- said by the session --

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self.state is RunState.IDLE:
            return  # of a run that was just given up
        self._loading_timer.stop()
        self._parts.draw(snapshot)

    def _on_loading(self, loading: Loading) -> None:
        self._parts.start_page.show_loading(loading)
        self._parts.transport.show_message(loading.message, loading.fraction)
        if self._parts.picture_shown() and not self._loading_timer.isActive():
            self._loading_timer.start()

    def _on_data_ready(self, ready: DataReady) -> None:
        self.reviews.arrived(ready.dataset)
        self._facts.show_dataset(ready.dataset)
        if self.state is not RunState.STARTING:
            self._to_the_start()  # only now: reviews that are refused cost nothing that was on the screen
        self.dataset_ready.emit(ready.dataset)
        self._parts.start_page.show_ready()
        self._parts.transport.show_message("Ready")
        if self._start_after_download:
            self._start_after_download = False
            self._start()
        elif self.state is RunState.STARTING:
            self._parts.start_page.show_starting(True)

    def _on_started(self, started: Started) -> None:
        self._loading_timer.stop()
        self._facts.begin(started)
        dataset = self.reviews.dataset
        assert dataset is not None  # the session says that it is ready before it starts
        self._parts.begin(started, dataset)
        self._set_state(RunState.RUNNING)

    def _on_paused(self, paused: Paused) -> None:
        self._set_state(RunState.PAUSED)
        self._parts.refresh()

    def _on_finished(self, finished: Finished) -> None:
        self._set_state(RunState.FINISHED)
        self._parts.refresh()
        if finished.step == 0:
            self._parts.show_start_page()
            self._parts.transport.show_message("0 epochs: nothing to train. Raise Epochs and start again")

    def _on_failed(self, failed: Failed) -> None:
        if not failed.refused:
            self.reviews.give_up()
            self._parts.notices.show_failed(failed)
            self._settle("Stopped by an error")
            return
        others = self.reviews.refuse(failed)
        self._settle("Ready")
        if others:
            self.reviews.load()

    def _on_columns_needed(self, needed: ColumnsNeeded) -> None:
        starting = self.state is RunState.STARTING
        others = self.reviews.go_back()
        self._settle("Ready")
        if others:
            self.reviews.load()
        self.columns_needed.emit(needed, starting)

    # -- shown --

    def _settle(self, message: str) -> None:
        """Nothing is under way: the last batch drawn is on the screen again, or the start page."""
        self._loading_timer.stop()
        self._start_after_download = False
        self._in_force = None
        self._show_waiting()
        self._set_state(RunState.FINISHED if self._parts.show_what_is_drawn() else RunState.IDLE)
        self._parts.transport.show_message(message)

    def _to_the_start(self) -> None:
        self._loading_timer.stop()
        self._facts.leave()
        self._start_after_download = False
        self.reviews.give_up()
        self._in_force = None
        self._set_state(RunState.IDLE)
        self._show_waiting()
        self._parts.leave()
        self._parts.transport.show_message(self._readiness())

    def _readiness(self) -> str:
        return "Ready" if self.reviews.dataset is not None else "Start loads what is missing"

    def _set_state(self, state: RunState) -> None:
        self.state = state
        self._parts.show_state(state)
        self.state_changed.emit(state)
        # The worker does one thing at a time, and a click must not cost a run.
        self._parts.notices.allow_download(self.is_free)

    def _show_waiting(self) -> None:
        """Mark what the run does not follow, and offer the restart."""
        waiting = () if self._in_force is None else self._in_force.needs_restart(self._parts.form.settings)
        self._parts.form.mark_restart(each.name for each in waiting)
        self._parts.notices.show_restart(waiting)
