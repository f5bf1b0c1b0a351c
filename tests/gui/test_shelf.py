"""Runs on the screen that nobody trains: opened, looked at, continued; and the one that holds meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.data.dataset import Dataset
from explorer.data.progress import Report, silent
from explorer.engine.checkpoint import Checkpoint
from explorer.engine.history import History
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Changed, Failed, Finished, Loading, Paused, Started, Stopped
from explorer.gui.run_state import RunState
from explorer.gui.runs import Run
from explorer.gui.widgets import Readout
from explorer.presentation.arithmetic import activations_known
from tests.gui.conftest import Driver
from tests.gui.scripted import make_dataset, make_history, ready

SMALL = Settings(batch_size=8, epochs=5)


class Kept:
    """Stands for a file or a journal. Implements `Keeper`."""

    def __init__(self, record: RunRecord, epoch: int | None) -> None:
        self.record, self.saved, self.closed = record, [], False
        self.checkpoint = None if epoch is None else Checkpoint(epoch, (), (), (None, None))

    def weights(self, epoch: int) -> None:
        return None

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        self.saved.append((target, name))

    def close(self) -> None:
        self.closed = True


def kept_run(
    driver: Driver,
    *,
    steps: int = 70,
    settings: Settings = SMALL,
    epoch: int | None = 2,
    name: str = "",
    **facts: object,
) -> Run:
    """A run in the list, as from a file: 2 epochs of 30 batches and 10 batches more."""
    history, data = make_history(steps, settings), make_dataset()
    reviews = replace(ReviewFacts.of(data), **facts)  # type: ignore[arg-type]
    record = RunRecord(name, settings, reviews, data.train.labels, 30, 10, history)
    started = Started(0, settings, history, 30, 30, 10, reviews=reviews, keeper=Kept(record, epoch))
    return driver.window.book.add(started, record, name=name)


def look_at(driver: Driver, run: Run) -> None:
    assert driver.window.conductor.shelf.look_at(run.number)


def test_a_run_whose_last_batch_has_no_activations_shows_the_nearest_that_has_them(driver: Driver) -> None:
    driver.ready()
    window = driver.window
    run = kept_run(driver)
    run.history.shrink(20_000)
    nearest = run.history.nearest_with_activations(70)
    assert not run.history.has_activations(70)
    look_at(driver, run)
    looking = window.stage.looking
    assert (looking.live, looking.drawn.step, looking.steps) == (True, nearest, 70)
    assert activations_known(looking.drawn)
    said = f"The activations of the last batch are not kept: this is batch {nearest}, the nearest whose are"
    assert window.equation.standing_in() == said
    assert window.timeline.text() == f"batch {nearest} of 70 · epoch {(nearest - 1) // 30 + 1}"
    looking.look_at(70)
    assert not activations_known(looking.drawn)
    window.timeline.live.click()
    assert looking.drawn.step == nearest
    assert window.equation.standing_in() == said
    looking.look_at(1)
    assert window.equation.standing_in() == ""


def test_that_another_batch_is_drawn_than_the_last_is_said_in_full_also_while_a_cell_is_pointed_at(
    driver: Driver,
) -> None:
    driver.ready()
    window = driver.window
    run = kept_run(driver)
    run.history.shrink(20_000)
    window.resize(1280, 720)
    look_at(driver, run)
    driver.qtbot.waitUntil(lambda: window.equation.row.isVisible())
    (line,) = [each for each in window.equation.findChildren(Readout) if each.accessibleName() == "Why this batch"]
    assert line.isVisible()
    assert line.drawn_text() == window.equation.standing_in()
    before = window.equation.row.geometry()
    window.equation.row.hovered.emit(2, 3)
    assert window.equation.hint() == "Held while you point"
    assert line.drawn_text() == window.equation.standing_in() != ""
    assert window.equation.row.geometry() == before


def test_a_run_is_put_on_the_screen_and_can_be_looked_back_on(driver: Driver) -> None:
    driver.ready()
    window = driver.window
    run = kept_run(driver)
    look_at(driver, run)
    assert window.conductor.state is RunState.LOOKING
    assert window.equation.isVisible()
    assert window.stage.looking.drawn.step == 70
    assert window.transport.progress_text().startswith("Epoch 3 of 5 · batch 10 of 30")
    driver.qtbot.keyClick(window, Qt.Key.Key_Home)
    drawn = window.stage.looking.drawn
    assert drawn.step == 1
    np.testing.assert_array_equal(drawn.training.place(2).mask, run.history.mask(1, 2))
    driver.qtbot.keyClick(window, Qt.Key.Key_T)
    assert window.stage.mode == "inference"
    driver.qtbot.keyClick(window, Qt.Key.Key_End)
    assert window.stage.looking.live
    assert driver.session.names() == ["speed", "load"], "nobody was asked for anything"


def test_every_view_shows_it(driver: Driver) -> None:
    driver.ready()
    window = driver.window
    run = kept_run(driver, name="from last week")
    look_at(driver, run)
    assert window.form.settings == SMALL
    window.panels["units"].raise_()
    window.panels["compare"].raise_()
    assert [each.full_name for each in window.book.runs] == ["from last week"]
    assert window.compare.chosen.number == run.number
    window.panels["curves"].raise_()
    assert window.book.current.number == run.number


def test_a_text_typed_at_an_older_run_is_split_by_its_rule(driver: Driver) -> None:
    driver.ready()
    shown: list[Dataset] = []
    driver.window.conductor.shelf.reviews_shown.connect(shown.append)
    look_at(driver, kept_run(driver, word_rule=1))
    look_at(driver, kept_run(driver))
    assert [dataset.word_rule for dataset in shown] == [1, 2]


def test_continue_asks_the_session_and_takes_the_runs_place(driver: Driver) -> None:
    driver.ready()
    window, session = driver.window, driver.session
    run = kept_run(driver, name="mine")
    look_at(driver, run)
    assert window.transport.play.text() == "Continue"
    assert window.transport.play.toolTip() == "Go on after epoch 2 of 5 (Space)"
    driver.qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.last("continue from") is run.started.keeper
    assert session.last("start") == SMALL.replace(data="auto")
    assert window.conductor.state is RunState.STARTING
    going_on = make_history(60, SMALL)
    session.say(ready(session.generation))
    session.say(Started(session.generation, SMALL, going_on, 30, 30, 10, continues=True))
    driver.poll()
    assert window.conductor.state is RunState.RUNNING
    (only,) = window.book.runs
    assert (only.number, only.full_name, only.look) == (run.number, "mine", run.look)
    assert only.history is going_on
    assert window.stage.looking.drawn.step == 60
    driver.show(61, SMALL)
    assert window.stage.looking.drawn.step == 61


def test_live_settings_edited_before_are_continued_with(driver: Driver) -> None:
    driver.ready()
    window, session = driver.window, driver.session
    look_at(driver, kept_run(driver))
    window.form.show_settings(window.form.settings.replace(epochs=9, rate_1=0.2))
    window.form.edited.emit(window.form.settings)
    assert "update" not in session.names()
    window.transport.play.click()
    assert session.last("start") == SMALL.replace(epochs=9, rate_1=0.2)


def test_what_cannot_change_says_so_and_is_not_continued_with(driver: Driver) -> None:
    driver.ready()
    window, session = driver.window, driver.session
    look_at(driver, kept_run(driver))
    window.form.show_settings(window.form.settings.replace(units=7))
    window.form.edited.emit(window.form.settings)
    assert "Changed: units" in window.notices.restart.text()
    window.transport.play.click()
    assert session.last("start").units == SMALL.units


def test_one_batch_continues_and_holds(driver: Driver) -> None:
    driver.ready()
    look_at(driver, kept_run(driver))
    driver.window.steps.batch.click()
    assert driver.session.names()[-3:] == ["continue from", "start paused", "step"]


@pytest.mark.parametrize("keeper", [True, False])
def test_a_run_without_weights_says_why_it_cannot_go_on(keeper: bool, driver: Driver) -> None:
    driver.ready()
    run = kept_run(driver, epoch=None)
    if not keeper:
        driver.window.book._replace(run.number, started=replace(run.started, keeper=None))
    look_at(driver, run)
    play = driver.window.transport.play
    assert not play.isEnabled()
    assert "no complete epoch" in play.toolTip()
    before = driver.session.names()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    driver.window.steps.batch.click()
    assert driver.session.names() == before


def test_a_finished_run_says_that_more_epochs_are_needed(driver: Driver) -> None:
    driver.ready()
    look_at(driver, kept_run(driver, steps=60, settings=SMALL.replace(epochs=2)))
    assert driver.window.transport.play.toolTip().startswith("All 2 epochs are done; take this run in hand again")


def test_the_run_that_trains_holds_meanwhile_and_comes_back(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    window, session = driver.window, driver.session
    other = kept_run(driver, name="other")
    look_at(driver, other)
    assert session.names()[-1] == "pause"
    assert window.conductor.state is RunState.LOOKING
    assert window.run_files.notices.held.isVisible()
    assert window.run_files.notices.held.text() == "Run 1 holds meanwhile, and stays in the list."
    session.say(Paused(session.generation, 41))
    driver.show(41, SMALL)
    assert window.conductor.state is RunState.LOOKING
    assert window.stage.looking.drawn.step == 70, "what still comes of the other run is not drawn"
    assert not window.book.can_delete(1)
    window.run_files.notices.back.click()
    assert window.conductor.state is RunState.PAUSED
    assert window.book.current.number == 1
    assert window.stage.looking.drawn.step == 40
    assert not window.run_files.notices.held.isVisible()
    window.transport.play.click()
    assert session.names()[-1] == "resume"
    assert [run.number for run in window.book.runs] == [1, 2]


def test_leave_goes_back_to_the_run_that_holds_or_to_the_start(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    window = driver.window
    look_at(driver, kept_run(driver))
    assert window.transport.reset.text() == "Leave"
    window.transport.reset.click()
    assert window.conductor.state is RunState.PAUSED
    assert "stop" not in driver.session.names()
    window.transport.reset.click()
    driver.session.say(Stopped(driver.session.generation))
    driver.poll()
    look_at(driver, window.book.runs[-1])
    window.transport.reset.click()
    assert window.conductor.state is RunState.IDLE
    assert window.start_page.isVisible()
    assert len(window.book.runs) == 2


def test_a_stop_that_is_answered_late_does_not_take_the_picture_away(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    driver.window.transport.reset.click()
    look_at(driver, kept_run(driver))
    driver.session.say(Stopped(driver.session.generation))
    driver.poll()
    assert driver.window.stage.looking.drawn is not None
    assert driver.window.conductor.state is RunState.LOOKING


def test_continuing_another_run_lets_the_held_one_stay_in_the_list(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    window, session = driver.window, driver.session
    look_at(driver, kept_run(driver))
    window.transport.play.click()
    session.say(ready(session.generation))
    session.say(Started(session.generation, SMALL, make_history(60, SMALL), 30, 30, 10, continues=True))
    driver.poll()
    assert [run.number for run in window.book.runs] == [1, 2]
    assert window.book.can_delete(1)
    assert not window.run_files.notices.held.isVisible()


def test_a_finished_run_of_this_window_comes_back_with_its_questions(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(60, SMALL))
    driver.session.say(Finished(driver.session.generation, 60, 2))
    driver.poll()
    look_at(driver, kept_run(driver))
    assert not driver.window.steps.forward.isEnabled()
    driver.window.transport.reset.click()
    assert driver.window.conductor.state is RunState.FINISHED
    assert driver.window.steps.forward.isEnabled()


def test_changes_of_the_run_behind_are_not_taken_for_the_one_on_the_screen(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    run = kept_run(driver)
    look_at(driver, run)
    other = SMALL.replace(rate_1=0.9)
    driver.session.say(Changed(driver.session.generation, 41, 1.3, (("rate_1", 0.5, 0.9),), other))
    driver.poll()
    assert driver.window.book.run(run.number).settings == SMALL


def test_a_refused_continuation_leaves_the_run_on_the_screen(driver: Driver) -> None:
    driver.ready()
    window, session = driver.window, driver.session
    look_at(driver, kept_run(driver, name="mine", fingerprint="other"))
    window.transport.play.click()
    session.say(ready(session.generation))
    session.say(Failed(session.generation, "mine was trained on other reviews; open those reviews to continue it"))
    driver.poll()
    assert window.conductor.state is RunState.LOOKING
    assert "trained on other reviews" in window.notices.failed.text()
    assert window.equation.isVisible()
    assert window.transport.play.text() == "Continue"
    window.transport.play.click()
    assert session.names()[-2:] == ["continue from", "start"]


def test_reviews_that_are_not_the_runs_own_are_not_shown_beside_it(driver: Driver) -> None:
    driver.ready()
    window = driver.window
    look_at(driver, kept_run(driver, fingerprint="other"))
    assert window.network._dataset is None
    assert window.inspector._dataset is None
    other = kept_run(driver)
    look_at(driver, other)
    assert window.network._dataset is not None


def test_reviews_that_arrive_later_leave_the_run_on_the_screen(driver: Driver) -> None:
    window = driver.window
    look_at(driver, kept_run(driver))
    assert window.network._dataset is None
    driver.session.say(Loading(driver.session.generation, "Loading TensorFlow"))
    driver.poll()
    assert not window.conductor._loading_timer.isActive(), "or the start page would come over the picture"
    driver.ready()
    assert window.conductor.state is RunState.LOOKING
    assert window.transport.progress_text().startswith("Epoch 3 of 5")
    assert window.stage.looking.drawn is not None
    assert window.network._dataset is not None
    window.conductor.sources.open("/data/reviews.csv")
    assert driver.session.names()[-1] == "load"
    assert not window.notices.restart.isVisible(), "other reviews are no change of this run"


def test_a_run_about_to_begin_is_not_looked_away_from(driver: Driver) -> None:
    driver.ready()
    driver.window.transport.play.click()
    run = kept_run(driver)
    assert not driver.window.conductor.shelf.look_at(run.number)
    assert "about to begin" in driver.window.transport.progress_text()
    assert run in driver.window.book.runs


def test_a_new_run_takes_the_screen_from_one_that_is_looked_at(driver: Driver) -> None:
    driver.ready()
    look_at(driver, kept_run(driver))
    driver.window.conductor.run_with(SMALL.replace(units=9))
    driver.session.say(ready(driver.session.generation))
    driver.session.say(Started(driver.session.generation, SMALL.replace(units=9), History(30), 30, 30, 10))
    driver.show(1, SMALL.replace(units=9))
    assert driver.window.conductor.state is RunState.RUNNING
    assert [run.settings.units for run in driver.window.book.runs] == [16, 9]


def test_a_fruitless_run_that_holds_is_dropped_only_when_it_is_given_up(driver: Driver) -> None:
    driver.run(SMALL)
    removed: list[Run] = []
    driver.window.book.removed.connect(removed.append)
    look_at(driver, kept_run(driver))
    assert len(driver.window.book.runs) == 2
    driver.window.transport.reset.click()
    driver.window.transport.reset.click()
    assert [run.number for run in removed] == [1]


def test_look_at_in_the_table(driver: Driver) -> None:
    driver.run(SMALL, history=make_history(40, SMALL))
    window = driver.window
    run = kept_run(driver)
    window.panels["compare"].raise_()
    window.compare.choose(run.number)
    window.compare.look_at.click()
    assert window.book.current.number == run.number
    assert not window.compare.look_at.isEnabled()


@pytest.mark.parametrize(("fingerprint", "source"), [(None, "auto"), ("f" * 64, "/gone/imdb.npz")])
def test_a_twin_of_a_run_from_a_file_is_trained_on_the_reviews_that_are_loaded(
    driver: Driver, fingerprint: str | None, source: str
) -> None:
    driver.ready()
    facts = {} if fingerprint is None else {"fingerprint": fingerprint}
    run = kept_run(driver, settings=SMALL.replace(data="/gone/imdb.npz"), **facts)
    driver.window.panels["compare"].raise_()
    driver.window.compare.choose(run.number)
    driver.window.compare.twin.click()
    (started,) = [call for call in driver.session.calls if call[0] == "start"]
    assert (started[1].data, started[1].written_as) == (source, "none")
