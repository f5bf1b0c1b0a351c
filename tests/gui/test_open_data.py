"""Other reviews: files, folders, drops, columns that are asked for, the download, and the way back from all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QWidget

from explorer.data import ColumnsUnclear, with_columns
from explorer.engine.questions import Question
from explorer.engine.settings import Settings
from explorer.engine.snapshot import AnswerNeeded, Failed, Finished, Loading, Stopped
from explorer.gui.columns_dialog import ColumnsDialog
from explorer.gui.remembered import Remembered
from explorer.gui.run_state import RunState
from tests.gui.conftest import Driver
from tests.gui.scripted import ScriptedSession, ready

WindowMaker = Callable[[ScriptedSession], Driver]
ROWS = (("1", "a <b>warm</b> film", "pos"), ("2", "dull,\nand long", "neg"))
REFUSAL = "bad.csv, row 3: the label must be positive or negative, got 'meh'. Correct the file."


def dialog_of(driver: Driver, kind: type) -> list[QWidget]:
    """The dialogs of a kind that can be seen; Qt deletes those that were closed when it has time."""
    return [each for each in driver.window.findChildren(kind) if each.isVisible()]


def menu_action(driver: Driver, text: str) -> QAction:
    return next(each for each in driver.window.findChildren(QAction) if each.text().replace("&", "") == text)


def finished(driver: Driver) -> None:
    driver.run()
    driver.session.say(Finished(driver.session.generation, 1, 1))
    driver.poll()


def fail(driver: Driver, sentence: str = REFUSAL) -> None:
    driver.session.say(Failed(driver.session.generation, sentence, refused=True))
    driver.poll()


def ask_for_columns(driver: Driver, path: str = "/data/reviews.csv") -> ColumnsDialog:
    columns = ("id", "the review", "verdict")
    question = ColumnsUnclear(path, path, columns, ROWS, True, [("the review", "verdict")])
    driver.session.say(AnswerNeeded(driver.session.generation, question))
    driver.poll()
    (dialog,) = dialog_of(driver, ColumnsDialog)
    assert isinstance(dialog, ColumnsDialog)
    return dialog


# -- opening --


def test_ctrl_o_asks_for_a_file_and_loads_it_at_once(driver: Driver, tmp_path: Path) -> None:
    driver.ready()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = dialog_of(driver, QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert "*.csv" in dialog.nameFilters()[0]
    path = str(tmp_path / "my reviews.csv")
    dialog.fileSelected.emit(path)
    dialog.reject()
    assert driver.session.last("load") == Settings(data=path)
    (combo,) = driver.window.form.field("data").controls()
    assert combo.currentText() == "my reviews.csv"
    assert combo.toolTip().startswith(path)
    assert driver.window.remembered.settings.data == path


def test_open_folder_asks_for_a_folder(driver: Driver) -> None:
    driver.ready()
    menu_action(driver, "Open folder…").trigger()
    (dialog,) = dialog_of(driver, QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit("/data/aclImdb")
    dialog.reject()
    assert driver.session.last("load") == Settings(data="/data/aclImdb")


def test_the_form_offers_the_same(driver: Driver) -> None:
    driver.ready()
    (combo,) = driver.window.form.field("data").controls()
    driver.qtbot.keyClick(combo, Qt.Key.Key_End)
    (dialog,) = dialog_of(driver, QFileDialog)
    dialog.reject()
    assert combo.currentText() == "Automatic"
    assert driver.session.names().count("load") == 1


def test_columns_written_behind_a_path_are_told_in_words(driver: Driver) -> None:
    field = driver.window.form.field("data")
    field.show_value(with_columns("/data/reviews.csv", "the review", "verdict"))
    (combo,) = field.controls()
    assert combo.currentText() == "reviews.csv"
    assert combo.toolTip().splitlines()[:2] == [
        "/data/reviews.csv",
        "Text in column the review, label in column verdict.",
    ]
    field.show_value("sample")
    assert "/data" not in combo.toolTip()


def test_reviews_opened_after_a_run_take_the_place_of_its_picture_once_they_are_there(driver: Driver) -> None:
    finished(driver)
    drawn = driver.window.equation.drawn
    driver.window.conductor.sources.open("/data/reviews.csv")
    assert driver.session.last("load") == Settings(data="/data/reviews.csv")
    assert driver.window.equation.drawn is drawn
    driver.ready()
    assert driver.window.equation.drawn is None
    assert driver.window.start_page.isVisible()
    assert driver.window.conductor.state is RunState.IDLE


@pytest.mark.parametrize("pause", [False, True])
def test_a_run_in_hand_goes_on_and_a_restart_is_offered(driver: Driver, pause: bool) -> None:
    driver.run()
    if pause:
        driver.window.transport.play.click()
    before = driver.session.names()
    driver.window.opening.use_sample()
    assert driver.session.names() == before, "neither loaded nor updated"
    assert driver.window.form.marked() == ("data",)
    assert driver.window.notices.restart.isVisible()
    driver.window.notices.restart_button.click()
    assert driver.session.last("start") == Settings(data="sample")


def test_reviews_opened_during_a_run_are_loaded_when_it_is_reset(driver: Driver) -> None:
    driver.run()
    driver.window.opening.use_sample()
    driver.window.transport.reset.click()
    assert driver.session.names()[-2:] == ["stop", "load"]
    assert driver.session.last("load") == Settings(data="sample")
    driver.ready(generated=True)
    assert driver.window.facts_text() == "Bundled sample"


def test_a_restart_with_refused_reviews_goes_back_to_the_reviews_and_the_picture_before(driver: Driver) -> None:
    driver.run()
    drawn = driver.window.equation.drawn
    driver.window.conductor.sources.open("bad.csv")
    driver.window.notices.restart_button.click()
    fail(driver)
    assert driver.window.form.settings.data == "auto"
    assert driver.window.equation.drawn is drawn
    assert driver.window.conductor.state is RunState.FINISHED
    driver.window.transport.play.click()
    assert driver.session.last("start") == Settings()


# -- the way back --


def test_refused_reviews_leave_those_loaded_before(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open("bad.csv")
    loads = driver.session.names().count("load")
    fail(driver)
    assert driver.window.notices.failed.text() == f"{REFUSAL} The reviews loaded before stay."
    assert driver.window.form.settings == Settings()
    assert driver.window.remembered.settings.data == "auto"
    assert driver.session.names().count("load") == loads, "nothing is read again"
    assert driver.window.facts_text() == "IMDB reviews"
    driver.window.start_page.start.click()
    assert driver.session.last("start") == Settings()
    assert not driver.window.notices.failed.isVisible()


def test_refused_reviews_leave_the_picture_of_a_finished_run(driver: Driver) -> None:
    finished(driver)
    drawn = driver.window.equation.drawn
    driver.window.conductor.sources.open("bad.csv")
    fail(driver)
    assert driver.window.equation.drawn is drawn
    assert driver.window.equation.isVisible()


def test_refused_reviews_can_be_tried_again(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open("bad.csv")
    fail(driver)
    driver.window.notices.again_button.click()
    assert driver.session.last("load") == Settings(data="bad.csv")
    assert driver.window.form.settings.data == "bad.csv"
    assert not driver.window.notices.failed.isVisible()
    driver.ready()
    assert driver.window.form.settings.data == "bad.csv"


def test_an_error_of_a_run_has_nothing_to_try_again(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open("bad.csv")
    fail(driver)
    driver.run()
    driver.session.say(Failed(driver.session.generation, "The loss is no longer a finite number."))
    driver.poll()
    assert driver.window.notices.failed.isVisible()
    assert not driver.window.notices.again_button.isVisible()


def test_cancel_goes_back_to_the_reviews_and_the_picture_before(driver: Driver) -> None:
    finished(driver)
    drawn = driver.window.equation.drawn
    driver.window.conductor.sources.open("/data/large.csv")
    generation = driver.session.generation
    driver.session.say(Loading(generation, "Reading the reviews", 0.25))
    driver.poll()
    assert driver.window.start_page.share() == "25 %"
    driver.qtbot.waitUntil(driver.window.start_page.cancel.isVisible, timeout=2000)
    driver.window.start_page.cancel.click()
    assert driver.session.names()[-1] == "stop"
    # What was under way when Cancel was pressed still arrives.
    driver.session.say(Loading(generation, "Reading the reviews", 0.5), ready(generation), Stopped(generation))
    driver.poll()
    assert driver.window.form.settings.data == driver.window.remembered.settings.data == "auto"
    assert driver.window.equation.drawn is drawn
    assert driver.window.equation.isVisible()
    driver.window.conductor.sources.open("/data/large.csv")
    driver.ready()
    assert driver.window.start_page.isVisible(), "what comes after the cancelled load is heard"


def test_reviews_refused_at_the_start_give_way_to_the_usual_ones(make_window: WindowMaker, store: QSettings) -> None:
    Remembered(store).settings = Settings(data="/gone/reviews.csv", units=8)
    driver = make_window(ScriptedSession())
    fail(driver, "There is no file or folder /gone/reviews.csv.")
    assert driver.session.last("load") == Settings(units=8)
    assert driver.window.notices.failed.isVisible()
    assert driver.window.notices.failed.text().endswith("Meanwhile the usual reviews are loaded.")
    driver.ready()
    assert driver.window.notices.failed.isVisible(), "the sentence can still be read"
    assert driver.window.remembered.settings == Settings(units=8)


def test_when_even_the_usual_reviews_are_refused_the_sample_is_loaded_and_then_nothing(driver: Driver) -> None:
    fail(driver, "imdb.npz is damaged.")
    assert driver.session.last("load") == Settings(data="sample")
    loads = driver.session.names().count("load")
    fail(driver, "The sample is damaged.")
    assert driver.session.names().count("load") == loads, "no endless round"
    assert driver.window.notices.failed.text() == "The sample is damaged."
    assert driver.window.start_page.start.isEnabled()


def test_reviews_of_the_command_line_that_are_refused_are_not_remembered(driver: Driver) -> None:
    window = driver.window
    window.form.show_settings(window.form.settings.replace(data="/typo.csv"))
    window.begin()
    window.bridge.stop()
    fail(driver, "There is no file or folder /typo.csv.")
    assert driver.session.last("load") == Settings()
    assert window.remembered.settings.data == "auto"


# -- columns --


def test_unclear_columns_are_asked_for_and_the_answer_is_loaded(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open("/data/reviews.csv")
    dialog = ask_for_columns(driver)
    assert (dialog.text.currentText(), dialog.label.currentText()) == ("the review", "verdict")
    assert dialog.table.item(0, 1).text() == "a <b>warm</b> film"
    assert dialog.table.item(1, 1).text() == "dull, and long"
    assert driver.window.form.settings.data == "auto", "until there is an answer"
    driver.qtbot.keyClick(dialog.text, Qt.Key.Key_Return)
    source = with_columns("/data/reviews.csv", "the review", "verdict")
    assert driver.session.last("load") == Settings(data=source)
    assert driver.window.remembered.settings.data == source


def test_no_answer_leaves_the_reviews_before(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open("/data/reviews.csv")
    loads = driver.session.names().count("load")
    driver.qtbot.keyClick(ask_for_columns(driver), Qt.Key.Key_Escape)
    assert driver.window.form.settings == driver.window.remembered.settings == Settings()
    assert driver.session.names().count("load") == loads
    assert driver.window.start_page.start.isEnabled()


def test_a_run_that_had_to_ask_for_columns_begins_after_the_answer(driver: Driver) -> None:
    driver.run()
    driver.window.conductor.sources.open("/data/reviews.csv")
    driver.window.notices.restart_button.click()
    dialog = ask_for_columns(driver)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert driver.session.last("start") == Settings(data=with_columns("/data/reviews.csv", "the review", "verdict"))


def test_the_dialog_objects_to_one_column_for_both(driver: Driver) -> None:
    dialog = ask_for_columns(driver)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert dialog.note.text() == ""
    dialog.label.setCurrentIndex(1)
    assert not ok.isEnabled()
    assert "both" in dialog.note.text()
    dialog.label.setCurrentIndex(0)
    assert ok.isEnabled()
    assert dialog.note.text() == ""
    assert dialog.table.horizontalHeaderItem(0).text() == "id  → label"


# -- the real reviews --


def test_the_menu_gets_the_real_reviews_and_says_why_it_cannot(driver: Driver) -> None:
    driver.ready(generated=True)
    action = menu_action(driver, "Get the real reviews…")
    driver.run()
    assert not action.isEnabled()
    assert action.toolTip() == "Reset this run, or let it end, to download"
    driver.window.transport.reset.click()
    assert action.isEnabled()
    action.trigger()
    assert driver.session.names()[-1] == "download"
    assert not action.isEnabled()
    assert action.toolTip() == "They are being downloaded"
    driver.ready()
    assert action.isEnabled()


def test_a_download_can_be_cancelled_and_leaves_all_as_it_was(driver: Driver) -> None:
    driver.ready(generated=True)
    driver.window.conductor.sources.open("sample")
    driver.ready(generated=True)
    driver.window.conductor.sources.download()
    assert driver.session.last("download") == Settings(data="auto")
    driver.session.say(Loading(driver.session.generation, "Downloading imdb.npz: 3.2 of 17.5 MB", 0.183))
    driver.poll()
    page = driver.window.start_page
    assert (page.message(), page.share()) == ("Downloading imdb.npz: 3.2 of 17.5 MB", "18 %")
    page.cancel.click()
    assert driver.session.names()[-1] == "stop"
    assert not page.loading_shown()
    assert driver.window.form.settings.data == driver.window.remembered.settings.data == "sample"
    assert driver.window.notices.sample.isVisible()
    assert driver.window.notices.download_button.isEnabled()


def test_a_download_that_fails_can_be_tried_again(driver: Driver) -> None:
    driver.ready(generated=True)
    driver.window.conductor.sources.download()
    fail(driver, "There is no network.")
    assert driver.window.notices.failed.text() == "There is no network. The reviews loaded before stay."
    driver.window.notices.again_button.click()
    assert driver.session.names()[-1] == "download"
    assert not driver.window.notices.failed.isVisible()


def test_a_file_opened_during_a_download_waits(driver: Driver) -> None:
    driver.ready(generated=True)
    driver.window.conductor.sources.download()
    driver.window.conductor.sources.open("/data/reviews.csv")
    assert driver.session.names()[-1] == "download"
    assert "being downloaded" in driver.window.notices.failed.text()
    assert driver.window.form.settings.data == "auto"


class Forgetful(ScriptedSession):
    """As the real one after it has left a run."""

    def ask(self, question: Question) -> int | None:
        return None


def test_a_look_at_a_run_that_was_let_go_says_so(make_window: WindowMaker) -> None:
    driver = make_window(Forgetful())
    finished(driver)
    driver.window.conductor.looks.forward_only()
    assert "start again" in driver.window.transport.progress_text()


def test_what_is_not_there_is_refused_at_once_while_a_run_goes_on(driver: Driver, tmp_path: Path) -> None:
    driver.run()
    driver.window.conductor.sources.open(str(tmp_path / "gone.npz"))
    assert "There is no file or folder" in driver.window.notices.failed.text()
    driver.window.conductor.sources.open(str(tmp_path))
    assert "holds no imdb.npz" in driver.window.notices.failed.text()
    assert driver.window.form.settings.data == "auto"
    assert driver.window.notices.restart.isHidden()
    assert driver.window.conductor.state is RunState.RUNNING
