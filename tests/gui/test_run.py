"""Buttons, keys and events: what the window asks of the session and shows of what it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.engine.settings import Settings
from explorer.engine.snapshot import (
    Changed,
    EpochEnded,
    Failed,
    Finished,
    Loading,
    Paused,
    Resumed,
    Stopped,
    Tested,
    Testing,
)
from explorer.engine.test_result import Prediction, TestResult
from explorer.gui.help import KeysDialog
from explorer.gui.main_window import CLOSING_SECONDS
from explorer.gui.run_state import RunState
from explorer.gui.widgets import Readout
from tests.gui.conftest import Driver
from tests.gui.scripted import ScriptedSession, make_history, make_result, make_snapshot, ready, started

WindowMaker = Callable[[ScriptedSession], Driver]


def test_an_empty_window_explains_itself_and_loads_ahead(driver: Driver) -> None:
    window = driver.window
    assert window.start_page.isVisible()
    assert window.start_page.start.text() == "Start training"
    assert driver.session.names() == ["speed", "load"]
    assert driver.session.last("speed") == 5.0


def test_loading_shows_a_message_and_can_be_cancelled(driver: Driver) -> None:
    driver.session.say(Loading(driver.session.generation, "Reading the reviews", 0.25))
    driver.poll()
    page = driver.window.start_page
    assert page.message() == "Reading the reviews"
    assert page.loading_shown()
    page.cancel.click()
    assert driver.session.names()[-1] == "stop"
    driver.session.say(Stopped(driver.session.generation))
    driver.poll()
    assert not page.loading_shown()
    assert page.start.isEnabled()


def test_start_before_loading_is_done_queues_in_the_session(driver: Driver) -> None:
    driver.window.start_page.start.click()
    assert driver.session.names()[-1] == "start"
    assert driver.window.conductor.state is RunState.STARTING
    assert not driver.window.start_page.start.isEnabled()
    driver.ready()
    assert driver.session.names()[-1] == "start", "the session goes on by itself"
    assert not driver.window.start_page.start.isEnabled()


def test_space_starts_pauses_and_goes_on(driver: Driver) -> None:
    window, session = driver.window, driver.session
    driver.ready()
    driver.qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.last("start") == Settings()
    session.say(started(session.generation))
    driver.show(1)
    assert window.equation.isVisible()
    assert window.transport.play.text() == "Pause"
    driver.qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.names()[-1] == "pause"
    session.say(Paused(session.generation, 1))
    driver.poll()
    assert window.transport.play.text() == "Resume"
    driver.qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.names()[-1] == "resume"
    session.say(Resumed(session.generation))
    driver.poll()
    assert window.transport.play.text() == "Pause"


def test_keys_reach_the_window_from_buttons_and_spin_boxes_but_not_from_a_slider(driver: Driver) -> None:
    driver.run()
    form, session = driver.window.form, driver.session
    slider, box = form.field("rate_1").controls()
    driver.qtbot.keyClick(box, Qt.Key.Key_Space)
    assert session.names()[-1] == "pause"
    driver.qtbot.keyClick(driver.window.steps.batch, Qt.Key.Key_Right)
    assert session.names()[-1] == "step"
    driver.qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert session.names()[-1] == "update"
    assert form.settings.rate_1 == 0.51


def test_step_without_a_run_begins_one_that_holds(driver: Driver) -> None:
    driver.ready()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Right)
    assert driver.session.names()[-2:] == ["start paused", "step"]


def test_step_during_a_run_trains_one_batch(driver: Driver) -> None:
    driver.run()
    driver.window.steps.batch.click()
    assert driver.session.names()[-1] == "step"
    assert driver.window.transport.play.text() == "Resume"


def test_reset_goes_back_to_the_start_and_ignores_what_still_arrives(driver: Driver) -> None:
    driver.run()
    driver.window.transport.reset.click()
    assert driver.session.names()[-1] == "stop"
    driver.show(2)
    assert driver.window.start_page.isVisible()
    assert driver.window.equation.drawn is None
    driver.session.say(Stopped(driver.session.generation))
    driver.poll()
    assert driver.window.transport.play.text() == "Start"
    assert not driver.window.transport.reset.isEnabled()


def test_progress_names_epoch_batch_loss_and_accuracy(driver: Driver) -> None:
    driver.run()
    driver.show(57)
    shown = make_snapshot(step=57)
    assert driver.window.transport.progress_text() == (
        f"Epoch 2 of 20 · batch 27 of 30 · loss {shown.loss:.3f} · accuracy {shown.accuracy:.3f}"
    )


def test_speed_is_handed_on(driver: Driver) -> None:
    combo = driver.window.transport.speed
    driver.qtbot.keyClick(combo, Qt.Key.Key_End)
    assert driver.session.last("speed") is None
    driver.qtbot.keyClick(combo, Qt.Key.Key_Home)
    assert driver.session.last("speed") == 1.0


def test_live_change_updates_the_run(driver: Driver) -> None:
    driver.run()
    _, box = driver.window.form.field("rate_2").controls()
    driver.qtbot.keyClick(box, Qt.Key.Key_Up)
    assert driver.session.last("update") == Settings(rate_2=0.55)
    assert not driver.window.notices.restart.isVisible()


def test_restart_is_offered_for_what_cannot_change_and_live_fields_act_all_the_same(driver: Driver) -> None:
    driver.run()
    window, session = driver.window, driver.session
    (units,) = window.form.field("units").controls()
    driver.qtbot.keyClick(units, Qt.Key.Key_Up)
    assert "update" not in session.names()
    assert window.form.marked() == ("units",)
    assert window.notices.restart.isVisible()
    assert "units" in window.notices.restart.text()
    (epochs,) = window.form.field("epochs").controls()
    driver.qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert session.last("update") == Settings(epochs=21), "without the units that wait"
    driver.qtbot.mouseClick(window.notices.restart_button, Qt.MouseButton.LeftButton)
    assert session.last("start") == Settings(epochs=21, units=17)
    assert window.form.marked() == ()
    assert not window.notices.restart.isVisible()


def test_taking_the_change_back_takes_the_offer_back(driver: Driver) -> None:
    driver.run()
    (units,) = driver.window.form.field("units").controls()
    driver.qtbot.keyClick(units, Qt.Key.Key_Up)
    driver.qtbot.keyClick(units, Qt.Key.Key_Down)
    assert driver.window.form.marked() == ()
    assert not driver.window.notices.restart.isVisible()


def test_stale_generation_is_dropped(driver: Driver) -> None:
    driver.run()
    old = driver.session.generation
    driver.window.conductor.reset()
    driver.window.transport.play.click()
    driver.session.say(Failed(old, "from the run before"), Finished(old, 3, 1))
    driver.session.mailbox.show(make_snapshot(generation=old, step=9))
    driver.poll()
    assert not driver.window.notices.failed.isVisible()
    assert driver.window.conductor.state is RunState.STARTING
    assert driver.window.equation.drawn is None


def test_failure_is_a_sentence_in_a_banner_and_start_begins_anew(driver: Driver) -> None:
    driver.run()
    sentence = "The loss became NaN at batch 31. Lower the learning rate and start again."
    driver.session.say(Failed(driver.session.generation, sentence, "Traceback …"))
    driver.poll()
    banner = driver.window.notices.failed
    assert banner.isVisible()
    assert banner.text() == sentence
    assert banner.details() == "Traceback …"
    assert driver.window.equation.isVisible(), "the last batch stays"
    driver.window.transport.play.click()
    assert driver.session.names()[-1] == "start"
    assert not banner.isVisible()


def test_failure_before_any_batch_leaves_the_start_page(driver: Driver) -> None:
    driver.session.say(Failed(driver.session.generation, "The archive is damaged. Choose another one."))
    driver.poll()
    assert driver.window.start_page.isVisible()
    assert driver.window.start_page.start.isEnabled()


def test_finished_can_go_on_with_more_epochs(driver: Driver) -> None:
    driver.run()
    driver.session.say(Finished(driver.session.generation, 600, 20))
    driver.poll()
    assert driver.window.transport.play.text() == "Start again"
    (epochs,) = driver.window.form.field("epochs").controls()
    driver.qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert driver.session.last("update") == Settings(epochs=21)
    driver.session.say(Resumed(driver.session.generation))
    driver.poll()
    assert driver.window.transport.play.text() == "Pause"


def test_what_the_test_gave_is_said_at_the_end_and_goes_when_the_run_goes_on(driver: Driver) -> None:
    driver.run()
    window, generation = driver.window, driver.session.generation
    history = window.book.current.history
    history.begin_epoch(np.arange(240))
    history.append(make_snapshot(step=1, batch=8))
    driver.session.say(Finished(generation, 600, 20), Testing(generation, 0.5))
    driver.poll()
    assert window.transport.progress_text() == "Evaluating the test reviews"
    history.test = TestResult(0.34327, 0.88268, Prediction(0, 0.6833, 1))
    driver.session.say(Tested(generation, history.test))
    driver.poll()
    said = "test loss 0.3433, test accuracy 0.8827 · model prediction is 0.683, label is 1"
    assert window.transport.progress_text().endswith(f" · {said}")
    window.resize(1280, 720)
    (line,) = [each for each in window.transport.findChildren(Readout) if each.accessibleName() == "Progress"]
    assert line.drawn_text().endswith("model prediction is 0.683, label is 1")
    model = window.compare.model
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert {"0.3433", "0.8827", "0.683 (1)"} <= set(row)
    history.test = None
    driver.session.say(Resumed(generation))
    driver.poll()
    window.compare.refresh()
    assert "0.3433" not in [model.index(0, column).data() for column in range(model.columnCount())]


def test_sample_says_so_and_offers_the_real_reviews(driver: Driver) -> None:
    driver.ready(generated=True)
    notices = driver.window.notices
    assert notices.sample.isVisible()
    assert "generated sample" in notices.sample.text()
    notices.download_button.click()
    assert driver.session.names()[-1] == "download"
    driver.window.start_page.start.click()
    assert driver.session.names()[-1] == "download", "a start must not take the download's place"
    driver.ready()
    assert driver.session.names()[-1] == "start"
    assert not notices.sample.isVisible()


def test_a_download_that_fails_leaves_the_sample_and_the_offer(driver: Driver) -> None:
    driver.ready(generated=True)
    driver.window.notices.download_button.click()
    assert not driver.window.notices.sample.isVisible()
    driver.session.say(Failed(driver.session.generation, "There is no network. Try again later."))
    driver.poll()
    assert driver.window.notices.sample.isVisible()
    assert driver.window.start_page.start.isEnabled()


def test_a_download_costs_no_run(driver: Driver) -> None:
    driver.ready(generated=True)
    driver.run()
    button = driver.window.notices.download_button
    assert not button.isEnabled(), "while it runs"
    driver.session.say(Finished(driver.session.generation, 1, 1))
    driver.poll()
    button.click()
    drawn = driver.window.equation.drawn
    assert drawn is not None, "the picture stays until the reviews are there"
    driver.session.say(Failed(driver.session.generation, "There is no network. Try again later."))
    driver.poll()
    assert driver.window.equation.drawn is drawn
    assert driver.window.equation.isVisible()


def test_a_run_of_no_epochs_says_so(driver: Driver) -> None:
    driver.run()
    driver.window.conductor.reset()
    driver.window.conductor.play()
    generation = driver.session.generation
    driver.session.say(started(generation), Finished(generation, 0, 0))
    driver.poll()
    assert driver.window.start_page.isVisible()
    assert "0 epochs: nothing to train" in driver.window.transport.progress_text()


def test_the_window_has_an_icon(driver: Driver) -> None:
    assert not driver.window.windowIcon().pixmap(64).isNull()


def test_f1_lists_the_keys(driver: Driver) -> None:
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_F1)
    assert [dialog.isVisible() for dialog in driver.window.findChildren(KeysDialog)] == [True]


def test_ctrl_q_quits(driver: Driver) -> None:
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not driver.window.isVisible()
    assert driver.session.closed


def test_another_source_is_loaded_at_once_while_there_is_no_run(driver: Driver) -> None:
    driver.ready()
    (combo,) = driver.window.form.field("data").controls()
    driver.qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert driver.session.last("load") == Settings(data="sample")


def test_loading_takes_the_picture_away_only_when_it_is_slow(driver: Driver) -> None:
    driver.run()
    driver.window.conductor.reset()
    driver.run()
    window = driver.window
    driver.session.say(Loading(driver.session.generation, "Building the model"))
    driver.poll()
    assert window.equation.isVisible()
    driver.qtbot.waitUntil(window.start_page.isVisible, timeout=2000)


def test_curves_follow_epochs_changes_and_earlier_runs(driver: Driver) -> None:
    history = make_history(65)
    driver.run(Settings(epochs=20), step=65, history=history)
    generation = driver.session.generation
    changed = Changed(generation, 40, 1.3, (("rate_1", 0.5, 0.3),), Settings(rate_1=0.3))
    history.change(changed)
    driver.session.say(changed, EpochEnded(generation, make_result(2)))
    driver.poll()
    curves = driver.window.curves
    assert curves.loss.marker_texts() == ("rate 1: 0.50 → 0.30",)
    assert curves.loss.data("validation")[1] == pytest.approx([make_result(1).val_loss, make_result(2).val_loss])
    assert curves.legend_texts()[:3] == ("training, dropout on", "training, dropout off", "validation, dropout off")
    assert "0.10 s an epoch" in driver.window.facts_text()
    driver.window.form.show_settings(Settings(written_as="none"))
    driver.window.transport.reset.click()
    driver.window.transport.play.click()
    driver.session.say(started(driver.session.generation, Settings(written_as="none")))
    driver.poll()
    assert curves.legend_texts()[-1].startswith("Run 1: dropout 0.50 → 0.30 after hidden 1")


def test_closing_stops_the_session(driver: Driver) -> None:
    driver.window.close()
    assert driver.session.last("close") == CLOSING_SECONDS


def test_what_was_chosen_is_there_at_the_next_start(make_window: WindowMaker) -> None:
    first = make_window(ScriptedSession())
    (units,) = first.window.form.field("units").controls()
    first.qtbot.keyClick(units, Qt.Key.Key_Up)
    first.qtbot.keyClick(first.window.transport.speed, Qt.Key.Key_End)
    first.qtbot.keyClick(first.window, Qt.Key.Key_T)
    first.qtbot.keyClick(first.window.equation.layer, Qt.Key.Key_Home)
    first.qtbot.keyClick(first.window.equation.shown, Qt.Key.Key_Home)
    first.window.choose_theme("light")
    first.window.resize(1300, 700)
    first.window.close()
    second = make_window(ScriptedSession()).window
    assert second.form.settings == Settings(units=17)
    assert second.transport.speed.currentText() == "as fast as it goes"
    assert second.transport.inference.isChecked()
    assert second.equation.layer.currentText() == "After hidden 1"
    assert second.equation.shown.currentText() == "16 reviews"
    assert second.remembered.theme == "light"
    assert second.height() == 700, "the width is cut to the small screen of the offscreen platform"


def test_ready_of_an_older_load_is_dropped(driver: Driver) -> None:
    old = driver.session.generation
    driver.window.start_page.start.click()
    driver.session.say(ready(old, generated=True))
    driver.poll()
    assert not driver.window.notices.sample.isVisible()


def test_without_held_out_reviews_no_validation_line_is_drawn_and_nothing_warns(driver: Driver) -> None:
    history = make_history(3)
    history.end_epoch(make_result(1, held_out=False))
    driver.run(history=history)
    driver.window.curves.refresh()
    assert not driver.window.curves.grab().isNull()  # a warning of the painting would fail this test
