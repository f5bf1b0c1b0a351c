"""Files of any name: opened, dropped, remembered, saved, shown."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QSettings, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

import explorer.gui.toast as toast
from explorer.data.source_options import source_of, split_source
from explorer.engine.settings import Settings
from explorer.gui.drop import local_path
from explorer.gui.exporting.choices import Choices
from explorer.gui.open_data import FILTERS
from explorer.gui.remembered import Remembered
from explorer.gui.runfiles.run_files import _file_name
from explorer.presentation.shown_text import shown
from tests.gui.conftest import Driver
from tests.gui.exported import run as run_it
from tests.gui.test_drop import drag, drop

NAMES = (
    "no-break\N{NO-BREAK SPACE}space.csv",
    "\N{IDEOGRAPHIC SPACE}映画\N{IDEOGRAPHIC SPACE}.csv",
    "👩\N{ZERO WIDTH JOINER}🚀 & more.csv",
    "<b>50 %41<br>#text=a&label=b",
    "question?mark;semi,colon.csv",
    "two\nlines.csv",
    os.fsdecode(b"caf\xe9 \xff\xfe.csv"),
    "e\N{COMBINING ACUTE ACCENT}.csv",
)


@pytest.fixture(params=NAMES, ids=ascii)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: Path = tmp_path / request.param
    made.write_text("text,label\n")
    return made


def dropped(path: Path) -> QMimeData:
    """What a file manager hands over: bytes of addresses."""
    data = QMimeData()
    data.setData("text/uri-list", path.as_uri().encode() + b"\r\n")
    return data


def test_a_dropped_file_is_loaded_under_its_own_name(driver: Driver, path: Path) -> None:
    driver.ready()
    data = dropped(path)
    assert [local_path(url) for url in data.urls()] == [str(path)]
    assert drag(driver, data)
    assert driver.window.overlay.text() == "Drop to open these reviews"
    drop(driver, data)
    settings = driver.session.last("load")
    assert isinstance(settings, Settings)
    assert split_source(settings.data)[0] == str(path)
    assert driver.window.remembered.settings.data == settings.data == source_of(path)
    (combo,) = driver.window.form.field("data").controls()
    assert combo.currentText() == shown(path.name)
    assert combo.toolTip().startswith(shown(str(path)))


def test_choosing_what_is_shown_again_changes_nothing(driver: Driver, path: Path) -> None:
    driver.ready()
    driver.window.conductor.sources.open(source_of(path))
    loads = driver.session.names().count("load")
    (combo,) = driver.window.form.field("data").controls()
    combo.activated.emit(combo.currentIndex())
    assert driver.window.form.settings.data == source_of(path)
    assert driver.session.names().count("load") == loads


def test_a_name_survives_the_memory_between_two_starts(store: QSettings, tmp_path: Path, path: Path) -> None:
    Remembered(store).settings = Settings(data=source_of(path))
    Remembered(store).add_recent_run(str(path))
    store.sync()
    again = Remembered(QSettings(str(tmp_path / "remembered.ini"), QSettings.Format.IniFormat))
    assert again.settings.data == source_of(path)
    assert again.recent_runs == (str(path),)


def test_a_recent_run_is_listed_readably_and_opened_by_its_own_name(driver: Driver, path: Path) -> None:
    driver.ready()
    driver.window.remembered.add_recent_run(str(path))
    menu = QMenu(driver.window)
    driver.window.run_files.fill_recent(menu)
    action: QAction = menu.actions()[0]
    assert action.text() == shown(str(path)).replace("&", "&&")
    action.trigger()
    driver.qtbot.waitUntil(driver.window.notices.failed.isVisible)
    assert driver.window.notices.failed.text().startswith(f"{shown(str(path))} cannot be opened")


def test_a_run_is_saved_under_any_name_and_opened_again(driver: Driver, path: Path) -> None:
    run_it(driver)
    target = path.with_name(path.name + ".dropout")
    driver.window.run_files.save(driver.window.book.runs[0], target)
    driver.qtbot.waitUntil(target.exists)
    driver.qtbot.waitUntil(lambda: driver.window.toast.text().startswith(shown(target.name)))
    data = dropped(target)
    assert drag(driver, data)
    assert driver.window.overlay.text() == "Drop to open this run"
    drop(driver, data)
    driver.qtbot.waitUntil(lambda: len(driver.window.book.runs) == 2)
    assert driver.window.book.runs[-1].path == target
    assert driver.window.remembered.recent_runs[0] == str(target)
    assert driver.window.notices.failed.isHidden()


def test_a_run_chosen_where_reviews_are_opened_opens_as_a_run(driver: Driver, tmp_path: Path) -> None:
    run_it(driver)
    loads = driver.session.names().count("load")
    target = tmp_path / "a run.dropout"
    driver.window.run_files.save(driver.window.book.runs[0], target)
    driver.qtbot.waitUntil(lambda: driver.window.toast.text().startswith("a run.dropout saved"))
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [each for each in driver.window.findChildren(QFileDialog) if each.isVisible()]
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    driver.qtbot.waitUntil(lambda: len(driver.window.book.runs) == 2)
    assert driver.session.names().count("load") == loads
    assert driver.window.form.settings.data != str(target)


def test_the_folder_of_a_file_is_shown_and_its_path_copied(
    qapp: QApplication, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    (_, _, show), (_, tip, copy) = toast.file_actions(path, path)
    show()
    assert [local_path(url) for url in opened] == [str(path)]
    copy()
    text = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    assert text == str(path) if str(path).encode(errors="ignore").decode() == str(path) else text == path.as_uri()
    assert shown(str(path)) in tip


@pytest.mark.parametrize(
    "name", ["out\N{IDEOGRAPHIC SPACE}", "\N{NO-BREAK SPACE}out", "👩\N{ZERO WIDTH JOINER}🚀", " x "]
)
def test_an_export_folder_keeps_every_character_of_its_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert Choices(folder=str(folder)).path == folder
    assert Choices.from_dict(Choices(folder=str(folder)).to_dict()).path == folder
    assert Choices(folder=f" {tmp_path}/new ").path == tmp_path / "new"


def test_a_suggested_name_keeps_its_letters_and_fits_into_a_folder(driver: Driver, tmp_path: Path) -> None:
    run_it(driver)
    run = dataclasses.replace(driver.window.book.runs[0], own_name="a\N{NO-BREAK SPACE}👩\N{ZERO WIDTH JOINER}🚀: b\n")
    assert _file_name(run) == "a\N{NO-BREAK SPACE}👩\N{ZERO WIDTH JOINER}🚀- b-.dropout"
    long = _file_name(dataclasses.replace(run, own_name="🚀" * 200))
    (tmp_path / long).write_bytes(b"")
    assert long.startswith("🚀" * 40)


def test_every_kind_that_is_read_is_offered_and_all_files(driver: Driver) -> None:
    driver.ready()
    driver.window.opening.open_file()
    (dialog,) = [each for each in driver.window.findChildren(QFileDialog) if each.isVisible()]
    assert dialog.nameFilters() == list(FILTERS)
    dialog.reject()
    endings = ".npz .csv .tsv .tab .txt .jsonl .ndjson .json .zip .gz .bz2 .xz .tar .tgz .dropout"
    assert all(f"*{ending}" in FILTERS[0] for ending in endings.split())
    assert FILTERS[-1] == "All files (*)"
