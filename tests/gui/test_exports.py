"""Exports in the background: progress, cancelling, failing, several of them, and the true process."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from explorer.gui.exporting.process import WorkerProcess
from tests.gui.conftest import Driver
from tests.gui.exported import Processes, ScriptedWorker, exports, opened, run


@pytest.fixture
def processes(driver: Driver) -> Processes:
    made = Processes()
    driver.window.exporting.use(made.make)
    return made


def begin(driver: Driver, processes: Processes, folder: Path) -> ScriptedWorker:
    """An export under way, as far as its process."""
    before = len(processes.exporting())
    opened(driver, folder).export.click()
    driver.qtbot.waitUntil(lambda: len(processes.exporting()) == before + 1)
    return processes.exporting()[-1]


def test_an_export_is_handed_over_with_its_run(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    worker = begin(driver, processes, tmp_path / "out")
    (message,) = worker.sent
    assert message["folder"] == str(tmp_path / "out")
    assert message["request"]["step"] == 8  # settled: the run may go on meanwhile
    assert Path(message["runs"][0]).is_file()
    assert driver.window.exporting.dialog is None


def test_progress_stands_in_the_status_bar(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    strip = driver.window.exporting.strip
    assert not strip.isVisible()
    worker = begin(driver, processes, tmp_path)
    assert strip.isVisible()
    assert strip.value() is None
    worker.answer("progress", message="loss.png", fraction=0.25)
    assert strip.text() == "Export: loss.png"
    assert strip.value() == 0.25
    worker.answer("done", files=[str(tmp_path / "loss.png")], left_out=[])
    assert not strip.isVisible()
    assert worker.ended


def test_a_toast_says_what_was_written_and_where(
    driver: Driver, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    run(driver)
    files = [str(tmp_path / name) for name in ("a.png", "b.png", "c.csv")]
    begin(driver, processes, tmp_path).answer("done", files=files, left_out=["MP4: not now."])
    toast = driver.window.toast
    assert toast.isVisible()
    assert toast.text() == f"3 files written to {tmp_path}\nMP4: not now."
    show, copy = toast.buttons()
    show.click()
    assert shown == [QUrl.fromLocalFile(str(tmp_path))]
    assert not toast.isVisible()
    copy.click()
    assert QGuiApplication.clipboard().text() == str(tmp_path)


def test_exports_wait_for_each_other(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    first = begin(driver, processes, tmp_path / "1")
    opened(driver, tmp_path / "2").export.click()
    assert exports(driver).waiting == 1
    assert "1 more to come" in driver.window.exporting.strip.text()
    assert len(processes.exporting()) == 1
    first.answer("done", files=[str(tmp_path / "1" / "a.png")], left_out=[])
    driver.qtbot.waitUntil(lambda: len(processes.exporting()) == 2)
    assert processes.exporting()[1].sent[0]["folder"] == str(tmp_path / "2")


def test_a_failure_is_a_sentence_and_the_next_export_goes_on(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    first = begin(driver, processes, tmp_path)
    opened(driver, tmp_path / "2").export.click()
    first.answer("failed", message="The disk is full. Make room.", detail="Traceback")
    banner = driver.window.notices.failed
    assert banner.text() == "Export: The disk is full. Make room."
    assert banner.details() == "Traceback"
    driver.qtbot.waitUntil(lambda: len(processes.exporting()) == 2)


def test_cancelling_asks_the_process_to_clean_up(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    worker = begin(driver, processes, tmp_path)
    driver.window.exporting.strip.cancel.click()
    assert worker.sent[-1] == {"do": "cancel"}
    worker.answered.emit({"is": "cancelled", "number": worker.sent[0]["number"]})
    assert exports(driver).job is None
    assert "cancelled" in driver.window.toast.text()
    assert worker.ended


def test_a_process_that_does_not_stop_is_ended_and_its_remains_go(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    worker = begin(driver, processes, tmp_path)
    exports(driver)._patience.setInterval(0)
    mine, folder, other = (
        tmp_path / f".a.png.{worker.process_id}.part",
        tmp_path / f".log.x.{worker.process_id}.part",
        tmp_path / ".b.png.1.part",
    )
    mine.write_text("half")
    folder.mkdir()
    other.write_text("somebody else's")
    driver.window.exporting.strip.cancel.click()
    driver.qtbot.waitUntil(lambda: exports(driver).job is None)
    assert worker.ended
    assert list(tmp_path.glob(".*.part")) == [other]


def test_an_answer_after_the_end_changes_nothing(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    worker = begin(driver, processes, tmp_path)
    late = {"is": "done", "number": worker.sent[0]["number"], "files": ["x"], "left_out": []}
    exports(driver).cancelled.connect(lambda: worker.answered.emit(late))  # before Qt removes the worker
    exports(driver)._patience.setInterval(0)
    driver.window.exporting.strip.cancel.click()
    driver.qtbot.waitUntil(lambda: exports(driver).job is None)
    assert "cancelled" in driver.window.toast.text()


def test_a_process_that_dies_is_a_failure_with_its_last_words(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    begin(driver, processes, tmp_path).died.emit("Killed")
    assert "ended before it was done" in driver.window.notices.failed.text()
    assert driver.window.notices.failed.details() == "Killed"


def test_closing_the_window_ends_all_processes_and_removes_what_is_temporary(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    worker = begin(driver, processes, tmp_path)
    packed = Path(worker.sent[0]["runs"][0]).parent
    opened(driver, tmp_path)
    driver.window.close()
    assert all(each.ended for each in processes.all)
    assert not packed.exists()


def test_a_run_that_has_not_grown_is_not_packed_again(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    first = begin(driver, processes, tmp_path)
    first.answer("done", files=["a.png"], left_out=[])
    second = begin(driver, processes, tmp_path)
    assert first.sent[0]["runs"] == second.sent[0]["runs"]


def test_other_runs_that_are_drawn_stand_beside_it(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    run(driver, steps=4)
    assert len(begin(driver, processes, tmp_path).sent[0]["runs"]) == 2
    driver.window.book.set_visible(1, False)
    processes.exporting()[-1].answer("done", files=["a.png"], left_out=[])
    assert len(begin(driver, processes, tmp_path).sent[0]["runs"]) == 1


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_true_process_writes_the_files(driver: Driver, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path / "out")
    dialog._choose(dialog.choices.ticking(frozenset({"code", "loss"})))
    dialog.formats.tick({"py", "csv"})
    dialog._formats_ticked()
    made: list[WorkerProcess] = []

    def make(folder: Path, parent: object) -> WorkerProcess:
        made.append(WorkerProcess(folder, parent))  # type: ignore[arg-type]
        return made[-1]

    exports(driver)._make_worker = make  # type: ignore[assignment]
    dialog.export.click()
    driver.qtbot.waitUntil(lambda: exports(driver).job is None, timeout=60_000)
    assert driver.window.notices.failed.text() == ""
    assert driver.window.toast.text().startswith("5 files written to")
    (worker,) = made
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["imdb_dropout.py", "loss-README.md", "loss-batches.csv", "loss.csv", "words.json"]
    ast.parse((tmp_path / "out" / "imdb_dropout.py").read_text(encoding="utf-8"))
    assert (tmp_path / "out" / "loss.csv").read_text().count("\n") == 3
    assert not alive(worker.process_id)


def test_closing_the_window_leaves_no_process(driver: Driver, tmp_path: Path) -> None:
    run(driver)
    opened(driver, tmp_path)
    worker = driver.window.exporting._previews._worker  # type: ignore[union-attr]
    assert worker is not None
    process_id = worker.process_id
    assert alive(process_id)
    driver.window.close()
    assert not alive(process_id)


def test_a_command_that_is_not_there_is_a_failure(driver: Driver, tmp_path: Path) -> None:
    driver.window.exporting.use(lambda folder, parent: WorkerProcess(folder, parent, ("/no/such/program",)))
    run(driver)
    opened(driver, tmp_path).export.click()
    driver.qtbot.waitUntil(lambda: bool(driver.window.notices.failed.text()))
    assert "ended before it was done" in driver.window.notices.failed.text()
