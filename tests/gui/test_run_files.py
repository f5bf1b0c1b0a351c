"""Saving and opening runs from the window, with real files and no TensorFlow."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QDateTime, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer import store
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Unkept
from explorer.gui.run_state import RunState
from explorer.gui.runfiles.jobs import Job
from explorer.store.folders import runs_folder
from explorer.store.locks import Lock
from tests.gui.conftest import Driver
from tests.gui.scripted import make_history
from tests.gui.test_drop import drag, drop, mime

FIRST = Path(__file__).parents[1] / "store" / "files" / "version-1.dropout"
SETTINGS = Settings(batch_size=8, validation=0)


def settled(driver: Driver) -> None:
    """Until what was asked of the disk is done."""
    driver.qtbot.waitUntil(lambda: not driver.window.run_files.jobs.busy, timeout=20_000)


def opened(driver: Driver, path: Path = FIRST) -> None:
    driver.window.run_files.open(path)
    settled(driver)


def dialog(driver: Driver) -> QFileDialog:
    (found,) = [each for each in driver.window.findChildren(QFileDialog) if each.isVisible()]
    return found


def test_an_opened_run_is_on_the_screen_with_its_masks(driver: Driver) -> None:
    driver.ready()
    opened(driver)
    window = driver.window
    assert window.conductor.state is RunState.LOOKING
    (run,) = window.book.runs
    assert run.full_name == "An early run"
    assert run.path == FIRST
    saved = store.open_run(FIRST)
    assert window.stage.looking.steps == 7
    window.stage.looking.look_at(2)
    place = window.stage.looking.drawn.training.place(2)
    np.testing.assert_array_equal(place.mask, saved.record.history.mask(2, 2))
    assert "Opened: An early run, 2 epochs" in window.run_files.strip.text()
    assert window.remembered.recent_runs == (str(FIRST),)


def test_a_damaged_file_is_a_sentence_and_changes_nothing(driver: Driver, tmp_path: Path) -> None:
    driver.run()
    bad = tmp_path / "bad.dropout"
    bad.write_bytes(FIRST.read_bytes()[:3000])
    opened(driver, bad)
    assert f"{bad} cannot be opened: it is not a whole run file" in driver.window.notices.failed.text()
    assert driver.window.conductor.state is RunState.RUNNING
    assert "pause" not in driver.session.names()
    assert len(driver.window.book.runs) == 1
    assert driver.window.remembered.recent_runs == ()


class Keeper:
    """Writes what it is asked to call the run."""

    checkpoint = None

    def save(self, path: Path, *, name: str, report: store.Report) -> None:
        report("Saving the run", 0.5)
        path.write_text(name)

    def close(self) -> None:
        pass


def test_a_run_that_trains_is_saved_where_the_dialog_says(driver: Driver, tmp_path: Path) -> None:
    driver.run(SETTINGS, history=make_history(40, SETTINGS))
    window = driver.window
    window.book._replace(1, started=replace(window.book.runs[0].started, keeper=Keeper()))
    window.run_files.ask_where_to_save()
    asked = dialog(driver)
    assert asked.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert asked.selectedFiles()[0].endswith("dropout 0.50 after both.dropout")
    asked.fileSelected.emit(str(tmp_path / "mine.dropout"))
    asked.close()
    settled(driver)
    assert (tmp_path / "mine.dropout").read_text() == "mine", "a run without a name is called as its file"
    assert window.book.runs[0].path == tmp_path / "mine.dropout"
    assert window.toast.text() == f"mine.dropout saved to {tmp_path}"
    assert [button.text() for button in window.toast.buttons()] == ["Show in folder", "Copy path"]
    assert window.remembered.recent_runs == (str(tmp_path / "mine.dropout"),)
    assert window.conductor.state is RunState.RUNNING


def test_an_opened_run_is_saved_elsewhere_and_onto_itself(driver: Driver, tmp_path: Path) -> None:
    source = Path(shutil.copy(FIRST, tmp_path / "first.dropout"))
    opened(driver, source)
    window = driver.window
    window.book.rename(1, "renamed")
    for target in (tmp_path / "second.dropout", source):
        window.run_files.save(window.book.runs[0], target)
        settled(driver)
        again = store.open_run(target)
        assert again.record.name == "renamed"
        assert again.epochs_with_weights == (1, 2)
    assert sorted(path.name for path in tmp_path.glob("*.dropout*")) == ["first.dropout", "second.dropout"]


def test_a_place_that_cannot_be_written_is_a_sentence(driver: Driver, tmp_path: Path) -> None:
    opened(driver)
    window = driver.window
    window.run_files.save(window.book.runs[0], tmp_path / "missing" / "run.dropout")
    settled(driver)
    assert "could not be written: its folder does not exist" in window.notices.failed.text()
    assert window.book.runs[0].path == FIRST


def test_nothing_can_be_saved_before_there_is_a_run(driver: Driver) -> None:
    window = driver.window
    action = window.run_files._save_action
    assert action is not None
    assert not action.isEnabled()
    window.run_files.ask_where_to_save()
    assert not [each for each in window.findChildren(QFileDialog) if each.isVisible()]
    opened(driver)
    assert action.isEnabled()


def test_a_dropped_run_is_opened(driver: Driver, tmp_path: Path) -> None:
    driver.ready()
    odd = Path(shutil.copy(FIRST, tmp_path / "run from a mail.zip"))
    for path in (FIRST, odd):
        data = mime(QUrl.fromLocalFile(str(path)).toString())
        assert drag(driver, data)
        assert driver.window.overlay.text() == "Drop to open this run"
        drop(driver, data)
        settled(driver)
    assert len(driver.window.book.runs) == 2
    assert driver.session.names().count("load") == 1


def test_recent_runs_are_in_the_menu_and_can_be_forgotten(driver: Driver, tmp_path: Path) -> None:
    paths = [Path(shutil.copy(FIRST, tmp_path / f"{k} & co.dropout")) for k in range(12)]
    window = driver.window
    for path in paths:
        window.remembered.add_recent_run(str(path))
    menu = QMenu(window)
    window.run_files.fill_recent(menu)
    texts = [action.text() for action in menu.actions()]
    assert texts[0] == str(paths[-1]).replace("&", "&&")
    assert len([text for text in texts if "dropout" in text]) == 10
    menu.actions()[0].trigger()
    settled(driver)
    assert window.book.current.path == paths[-1]
    menu.actions()[-1].trigger()
    window.run_files.fill_recent(menu)
    assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [
        ("No run was saved or opened yet", False)
    ]


@pytest.fixture
def left() -> Path:
    """A run that a dead process left: the parts of a real file, as a journal has them."""
    saved = store.open_run(FIRST)
    folder = runs_folder() / "20260101-000000-1-abcd"
    journal = store.Journal(saved.record, folder, continued=saved)
    journal.settle()
    journal._folder._lock.release()
    journal._folder.begun = False  # as if the process had died: nobody removes it
    journal.close()
    return folder


def begin(driver: Driver) -> None:
    driver.window.run_files.offer_leftovers()


def test_what_a_crash_left_is_offered_and_opened(driver: Driver, left: Path) -> None:
    begin(driver)
    window = driver.window
    banner = window.run_files.notices.leftover
    assert banner.isVisible()
    assert banner.text() == (
        "The last session ended without closing. Its run (dropout 0.50 after both, Test reviews; epoch 2 of 4) "
        "can be opened."
    )
    window.run_files.notices.open.click()
    settled(driver)
    assert not banner.isVisible()
    assert window.conductor.state is RunState.LOOKING
    (run,) = window.book.runs
    assert len(run.results) == 2
    np.testing.assert_array_equal(run.history.mask(3, 1), store.open_run(FIRST).record.history.mask(3, 1))
    window.close()
    assert left.exists(), "it is in no file yet"
    Lock.take(left).release()


def recent(driver: Driver) -> list[QAction]:
    menu = QMenu(driver.window)
    driver.window.run_files.fill_recent(menu)
    return menu.actions()


def test_what_was_not_saved_is_in_the_menu_and_not_in_the_way(driver: Driver, left: Path) -> None:
    mark = left / "closed"
    mark.write_text("")
    os.utime(mark, (0, 0))
    begin(driver)
    window = driver.window
    assert not window.run_files.notices.leftover.isVisible()
    heading, entry, _, _ = recent(driver)[-4:]
    assert (heading.text(), heading.isEnabled()) == ("Not saved when the window was closed:", False)
    assert entry.text().startswith("dropout 0.50 after both, 2 epochs, ")
    assert entry.text().endswith(f"{QDateTime.fromSecsSinceEpoch(0).date().year()}, {datetime.fromtimestamp(0):%H:%M}")
    entry.trigger()
    settled(driver)
    (run,) = window.book.runs
    np.testing.assert_array_equal(run.history.mask(3, 1), store.open_run(FIRST).record.history.mask(3, 1))
    entry.trigger()
    assert "it is open in another window, or gone" in window.notices.failed.text()
    window.close()
    assert [each.folder for each in store.unsaved()] == [left], "it is in no file yet"


def test_what_was_not_saved_can_be_forgotten(driver: Driver, left: Path) -> None:
    (left / "closed").write_text("mine")
    assert any(action.text().startswith("mine, 2 epochs") for action in recent(driver))
    recent(driver)[-1].trigger()
    driver.qtbot.waitUntil(lambda: not left.exists())
    assert [action.text() for action in recent(driver)] == ["No run was saved or opened yet"]


@pytest.mark.parametrize("epochs_in_file", [None, 1, 2])
def test_at_the_end_runs_stay_unless_a_file_has_all_of_them(
    driver: Driver, tmp_path: Path, epochs_in_file: int | None
) -> None:
    saved = store.open_run(FIRST)
    journal = store.Journal(saved.record, runs_folder() / "20260101-000000-1-abcd", continued=saved)
    history = saved.record.history
    driver.run(SETTINGS, history=history)
    window = driver.window
    window.book._replace(1, started=replace(window.book.runs[0].started, keeper=journal))
    window.book.rename(1, "mine")
    if epochs_in_file is not None:
        window.run_files.save(window.book.runs[0], tmp_path / "mine.dropout")
        settled(driver)
        window.run_files._epochs_in_files[1] = epochs_in_file  # the second was trained after that
    window.close()
    journal.close()
    assert [each.name for each in store.unsaved()] == ([] if epochs_in_file == 2 else ["mine"])


def test_that_the_reviews_are_a_sample_makes_way_for_what_a_crash_left(driver: Driver, left: Path) -> None:
    begin(driver)
    driver.ready(generated=True)
    sample = driver.window.notices.sample
    assert sample.isHidden()
    driver.window.run_files.notices.later_pressed.emit()
    assert sample.isVisible()


def test_what_a_crash_left_goes_once_it_is_saved(driver: Driver, left: Path, tmp_path: Path) -> None:
    begin(driver)
    driver.window.run_files.notices.open.click()
    settled(driver)
    driver.window.run_files.save(driver.window.book.runs[0], tmp_path / "rescued.dropout")
    settled(driver)
    driver.window.close()
    assert not left.exists()
    assert store.open_run(tmp_path / "rescued.dropout").epochs_with_weights == (1, 2)


def test_what_a_crash_left_is_discarded_or_left_for_later(driver: Driver, left: Path) -> None:
    begin(driver)
    banner = driver.window.run_files.notices.leftover
    driver.window.run_files.notices.later_pressed.emit()
    assert left.exists()
    assert not banner.isVisible()
    begin(driver)
    driver.window.run_files.notices.discard.click()
    driver.qtbot.waitUntil(lambda: not left.exists())
    assert not banner.isVisible()


def test_several_are_offered_one_after_the_other(driver: Driver, left: Path) -> None:
    shutil.copytree(left, left.with_name("20260101-000001-1-abcd"))
    begin(driver)
    notices = driver.window.run_files.notices
    notices.discard.click()
    assert notices.leftover.isVisible()
    notices.open.click()
    settled(driver)
    assert not notices.leftover.isVisible()


def test_one_that_cannot_be_read_says_why_and_can_be_discarded(driver: Driver, left: Path) -> None:
    for path in left.glob("epoch-*"):
        path.write_bytes(b"")
    begin(driver)
    notices = driver.window.run_files.notices
    notices.open.click()
    settled(driver)
    assert "no epoch of it is whole" in driver.window.notices.failed.text()
    assert notices.leftover.isVisible()
    notices.discard.click()
    driver.qtbot.waitUntil(lambda: not left.exists())


def test_a_run_that_is_no_longer_kept_is_told_once(driver: Driver) -> None:
    driver.run()
    driver.session.say(Unkept(driver.session.generation, "This run is no longer kept: no room; make room"))
    driver.poll()
    assert driver.window.run_files.notices.unkept.text() == "This run is no longer kept: no room; make room."
    assert driver.window.conductor.state is RunState.RUNNING


def test_closing_waits_for_a_file_that_is_being_written(driver: Driver, tmp_path: Path) -> None:
    opened(driver)
    window = driver.window
    window.run_files.save(window.book.runs[0], tmp_path / "last.dropout")
    window.close()
    assert store.open_run(tmp_path / "last.dropout").record.name == "An early run"


def test_a_job_can_be_given_up(driver: Driver) -> None:
    files = driver.window.run_files
    told: list[object] = []

    def work(report: store.Report) -> None:
        while True:
            report("Working", 0.5)

    files.jobs.do(Job("Working", work, told.append, told.append))
    driver.qtbot.waitUntil(files.strip.isVisible)
    assert files.strip.text() == "Working"
    files.strip.cancel.click()
    settled(driver)
    assert told == []
    driver.qtbot.waitUntil(lambda: not files.strip.isVisible())
