"""What the window does when something is pressed, and when the session says something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, assert_never

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.checkpoint import Continuable
from explorer.engine.mailbox import Controls
from explorer.engine.settings import DECLARATIONS, Change, Settings
from explorer.engine.snapshot import (
    AnswerNeeded,
    Changed,
    DataReady,
    Failed,
    Finished,
    Loading,
    Mode,
    Paused,
    Snapshot,
    Started,
    Stopped,
    Tested,
    Testing,
)
from explorer.gui.bridge import Bridge
from explorer.gui.facts import Facts
from explorer.gui.looks import Looks
from explorer.gui.parts import Parts
from explorer.gui.remembered import Remembered
from explorer.gui.reviews import Reviews
from explorer.gui.run_state import RunState
from explorer.gui.shelf import Shelf
from explorer.gui.sources import Sources

__all__ = ["LOADING_SHOWN_MS", "Conductor", "Parts"]

LOADING_SHOWN_MS: Final = 300
"""Loading that takes longer than this takes the place of the last run's picture."""


class Conductor(QObject):
    """Knows where the run stands; passes commands one way and what comes of them the other.

    Attributes:
        state: Where the run stands.
        reviews: Which reviews are there, and which are on their way.
        shelf: Runs on the screen that nobody trains.
        sources: The way to other reviews.
        wanted: What the run on the screen follows, or is to be continued with; None when there is none to follow.
        dataset_ready: The reviews are there, a `Dataset`.
        answer_needed: A question about how to read a source, a `DataQuestion`; and whether a run was to start.
        looks: Looks between two batches.
    """

    dataset_ready = Signal(object)
    answer_needed = Signal(object, bool)
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
        self.wanted: Settings | None = None
        self.reviews = Reviews(session, bridge, remembered, parts.form, parts.notices, self)
        self._start_after_download = False
        self._facts = Facts(parts.facts, self)
        self.looks = Looks(session, self, parts)
        self.shelf = Shelf(self, parts)
        self.sources = Sources(self, parts)
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
        parts.steps.forward_pressed.connect(self.looks.forward_only)
        parts.steps.mask_pressed.connect(self.looks.new_mask)
        parts.steps.slow_pressed.connect(self.looks.slow_motion)
        parts.slow.wanted.connect(self.looks.slow_motion)
        parts.transport.reset_pressed.connect(self.reset)
        parts.transport.speed_chosen.connect(self._speed_chosen)
        parts.transport.mode_chosen.connect(self.show_mode)
        parts.start_page.start_pressed.connect(self.play)
        parts.start_page.cancel_pressed.connect(self.cancel)
        parts.notices.restart_pressed.connect(self.start)
        parts.notices.download_pressed.connect(self.sources.download)
        parts.notices.again_pressed.connect(self.sources.try_again)
        parts.form.edited.connect(self._edited)
        bridge.snapshot.connect(self._on_snapshot)
        bridge.loading.connect(self._on_loading)
        bridge.data_ready.connect(self._on_data_ready)
        bridge.answer_needed.connect(self._on_answer_needed)
        bridge.started.connect(self._on_started)
        bridge.changed.connect(self._on_changed)
        bridge.epoch_ended.connect(self._facts.end_epoch)
        bridge.paused.connect(self._on_paused)
        bridge.resumed.connect(lambda resumed: self._on_state(RunState.RUNNING))
        bridge.finished.connect(self._on_finished)
        bridge.testing.connect(self._on_testing)
        bridge.tested.connect(self._on_tested)
        bridge.stopped.connect(self._on_stopped)
        bridge.failed.connect(self._on_failed)
        bridge.answered.connect(self.looks.take)
        self.looks.walking.connect(lambda: self.show_mode("training"))

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
                self.start()
            case RunState.RUNNING:
                self._session.pause()
                self.show_state(RunState.PAUSED)
            case RunState.PAUSED:
                self._session.resume()
                self.show_state(RunState.RUNNING)
            case RunState.LOOKING:
                self.shelf.go_on()
            case RunState.STARTING:
                pass
            case _:
                assert_never(self.state)

    def step(self) -> None:
        """Train one batch, then hold; without a run, the first one of a new run."""
        match self.state:
            case RunState.IDLE:
                if self.start(paused=True):
                    self._session.step()
            case RunState.RUNNING | RunState.PAUSED:
                self._parts.slow.end()
                self._session.step()
                self.show_state(RunState.PAUSED)
            case RunState.LOOKING:
                if self.shelf.go_on(paused=True):
                    self._session.step()
            case RunState.STARTING | RunState.FINISHED:
                pass
            case _:
                assert_never(self.state)

    def reset(self) -> None:
        """Give up the run, the load or the download, and go back to the start; leave a run that is looked at."""
        if self.state is RunState.LOOKING:
            self.shelf.leave()
            return
        self._session.stop()
        self.reviews.cancel()
        self.to_the_start()
        if self.reviews.dataset is not None and self._parts.form.settings.data != self.reviews.wanted:
            self.reviews.load()  # opened during the run, and waiting for its end

    def cancel(self) -> None:
        """Give up the load or the download; what was on the screen before is there again."""
        self._session.stop()
        self._bridge.forget()
        self.reviews.cancel()
        self._settle(self._readiness())

    def run_with(self, settings: Settings) -> None:
        """Begin a new run with other settings; a run in hand makes way and stays in the list."""
        self._parts.form.show_settings(settings)
        self._remembered.settings = settings
        self.start()

    def hold(self) -> None:
        """Have the run on the screen hold, if it trains."""
        if self.state is RunState.RUNNING:
            self._session.pause()
            self.show_state(RunState.PAUSED)

    def switch_mode(self) -> None:
        """The other pass of the batch on the screen."""
        self.show_mode("inference" if self._parts.stage.mode == "training" else "training")

    def show_mode(self, mode: Mode) -> None:
        """Show the batch on the screen in one mode."""
        self._remembered.mode = mode
        self._parts.show_mode(mode)

    def leave_session_to(self, job: Callable[[], None]) -> None:
        """A run that is over is let go by the session; it can still be looked at."""
        job()
        self.shelf.session_lost()
        if not self.shelf.away:
            self.wanted = None
        self.show_waiting()
        self.show_state(self.state)

    def start(self, *, paused: bool = False) -> bool:
        """Ask for a new run; False when it has to wait for a download."""
        if self.reviews.downloading:
            # A new job takes the place of the download; the run has to wait for it.
            self._start_after_download = True
            self.show_state(RunState.STARTING)
            self._parts.start_page.show_starting(True)
            return False
        return self.start_with(self._parts.form.settings, paused=paused)

    def start_with(self, settings: Settings, *, paused: bool = False, continue_from: Continuable | None = None) -> bool:
        """Ask for a run with some settings; False while a download is in the way."""
        if self.reviews.downloading:
            return False
        self.shelf.session_lost()
        self.reviews.ask_for(settings)
        self._parts.notices.failed.hide()
        self.wanted = settings
        self.show_waiting()
        self._parts.start_page.show_starting(True)
        self.show_state(RunState.STARTING)
        self._bridge.expect(self._session.start(settings, paused=paused, continue_from=continue_from))
        return True

    def follow(self, settings: Settings) -> None:
        """Have the form show the settings of the run on the screen; its edits are for that run from here on."""
        self._loading_timer.stop()
        form = self._parts.form
        self.wanted = settings.replace(data=form.settings.data)
        form.show_settings(self.wanted)
        self.show_waiting()

    def _edited(self, settings: Settings) -> None:
        self._remembered.settings = settings
        if self.wanted is None:
            if settings.data != self.reviews.wanted and self.state is RunState.IDLE and self.sources.free:
                self.reviews.load()
            return
        live = {d.name: getattr(settings, d.name) for d in DECLARATIONS if d.change is Change.LIVE}
        wanted = self.wanted.replace(**live)
        if wanted != self.wanted:
            self.wanted = wanted
            if not self.shelf.away:
                self._session.update(wanted)
        self.show_waiting()

    def _speed_chosen(self, speed: float | None) -> None:
        self._remembered.speed = speed
        self._session.set_speed(speed)

    # -- said by the session --

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self.state is RunState.IDLE or self.shelf.away:
            return  # of a run that was just given up, or that holds behind another
        self._loading_timer.stop()
        self._parts.draw(snapshot)

    def _on_loading(self, loading: Loading) -> None:
        self._parts.start_page.show_loading(loading)
        self._parts.transport.show_message(loading.message, loading.fraction)
        looked_at = self.state is RunState.LOOKING  # nobody waits for what is loaded then
        if self._parts.picture_shown() and not looked_at and not self._loading_timer.isActive():
            self._loading_timer.start()

    def _on_data_ready(self, ready: DataReady) -> None:
        self.reviews.arrived(ready.dataset)
        self._facts.show_dataset(ready.dataset)
        if self.state is not RunState.STARTING and not self.shelf.away:
            self.to_the_start()  # only now: reviews that are refused cost nothing that was on the screen
        self.dataset_ready.emit(ready.dataset)
        self.shelf.reviews_arrived(ready.dataset)
        self._parts.start_page.show_ready()
        self._parts.transport.show_message("Ready")
        if self.state is RunState.LOOKING:
            self._parts.show_progress()
        if self._start_after_download:
            self._start_after_download = False
            self.start()
        elif self.state is RunState.STARTING:
            self._parts.start_page.show_starting(True)

    def _on_started(self, started: Started) -> None:
        self._loading_timer.stop()
        self._facts.begin(started)
        dataset = self.reviews.dataset
        assert dataset is not None  # the session says that it is ready before it starts
        self.shelf.begin(started, dataset)
        self.show_state(RunState.RUNNING)

    def _on_changed(self, changed: Changed) -> None:
        if not self.shelf.away:
            self._parts.show_changed(changed)

    def _on_state(self, state: RunState) -> None:
        if self.shelf.session_says(state):
            self.show_state(state)
        self._parts.refresh()

    def _on_paused(self, paused: Paused) -> None:
        self._on_state(RunState.PAUSED)

    def _on_finished(self, finished: Finished) -> None:
        self._on_state(RunState.FINISHED)
        if finished.step == 0 and not self.shelf.away:
            self._parts.show_start_page()
            self._parts.transport.show_message("0 epochs: nothing to train. Raise Epochs and start again")

    def _on_testing(self, testing: Testing) -> None:
        if not self.shelf.away:
            self._parts.transport.show_message("Evaluating the test reviews", testing.share)

    def _on_tested(self, tested: Tested) -> None:
        self._parts.refresh()
        if not self.shelf.away:
            self._parts.show_progress()

    def _on_stopped(self, stopped: Stopped) -> None:
        if not self.shelf.away:
            self.to_the_start()

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

    def _on_answer_needed(self, needed: AnswerNeeded) -> None:
        starting = self.state is RunState.STARTING
        others = self.reviews.go_back()
        self._settle("Ready")
        if others:
            self.reviews.load()
        self.answer_needed.emit(needed.question, starting)

    # -- shown --

    def _settle(self, message: str) -> None:
        """Nothing is under way: the last batch drawn is on the screen again, or the start page."""
        self._loading_timer.stop()
        self._start_after_download = False
        self.shelf.session_lost()
        if not self.shelf.away:
            self.wanted = None
        self.show_waiting()
        over = RunState.LOOKING if self.shelf.away else RunState.FINISHED
        self.show_state(over if self._parts.show_what_is_drawn() else RunState.IDLE)
        self._parts.transport.show_message(message)

    def to_the_start(self) -> None:
        """No run is on the screen, and the session has none."""
        self.shelf.session_lost()
        self.shelf.away = False
        self._loading_timer.stop()
        self._facts.leave()
        self._start_after_download = False
        self.reviews.give_up()
        self.wanted = None
        self.show_state(RunState.IDLE)
        self.show_waiting()
        self._parts.leave()
        self._parts.transport.show_message(self._readiness())

    def _readiness(self) -> str:
        return "Ready" if self.reviews.dataset is not None else "Start loads what is missing"

    def show_state(self, state: RunState) -> None:
        """Where the run on the screen stands."""
        self.state = state
        if not self.shelf.away:
            self.shelf.trained_state = state
        self._parts.show_state(state)
        self.state_changed.emit(state)
        # The worker does one thing at a time, and a click must not cost a run.
        self._parts.notices.allow_download(self.sources.free)

    def show_waiting(self) -> None:
        """Mark what the run does not follow, and offer the restart."""
        shown = self._parts.form.settings
        if self.wanted is not None and self.shelf.away:
            shown = shown.replace(data=self.wanted.data)  # other reviews are no change of a run that nobody trains
        waiting = () if self.wanted is None else self.wanted.needs_restart(shown)
        self._parts.form.mark_restart(each.name for each in waiting)
        self._parts.notices.show_restart(waiting)
