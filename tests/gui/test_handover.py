"""Runs that are packed for a process: not oftener than is needed, and no longer than somebody waits."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.data.progress import Report, silent
from explorer.export.request import ITEMS, ExportRequest
from explorer.gui.exporting.handover import Handover, remove_left_behind
from explorer.gui.exporting.previews import Previews, Wanted
from explorer.gui.runs import Run
from tests.gui.exported import SETTINGS, Processes, record
from tests.gui.scripted import make_snapshot, started


class Keeper:
    """Writes a file when it is let; each of a run that trains on meanwhile."""

    def __init__(self) -> None:
        self.saved: list[Path] = []
        self.let = threading.Event()
        self.let.set()

    def weights(self, epoch: int) -> None:
        return None

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        self.saved.append(target)
        assert self.let.wait(20)
        report("Saving the run", 0.5)
        target.write_bytes(b"a run")

    def close(self) -> None:
        pass


class Training:
    """A run that trains."""

    def __init__(self) -> None:
        self.keeper = Keeper()
        self.history = record(4).history
        begun = replace(started(1, SETTINGS, self.history), keeper=self.keeper)
        self.run = Run(1, begun, SETTINGS, "IMDB reviews", 0)

    def train(self) -> None:
        step = len(self.history) + 1
        self.history.append(make_snapshot(SETTINGS, step=step, batch=8, batches=3))

    def wanted(self, name: str = "loss", step: int = 1) -> Wanted:
        item = next(each for each in ITEMS if each.name == name)
        return Wanted(item, ExportRequest(what=name, step=step), (self.run,), 320)


@pytest.fixture
def training() -> Training:
    return Training()


@pytest.fixture
def handover(qapp: object, training: Training) -> Iterator[Handover]:
    handover = Handover()
    yield handover
    training.keeper.let.set()
    handover.close()


@pytest.fixture
def previews(handover: Handover) -> Iterator[tuple[Previews, Processes]]:
    processes = Processes()
    previews = Previews(handover, make_worker=processes.make)
    previews._timer.setInterval(0)
    previews.open()
    yield previews, processes
    previews.close()


def packed(qtbot: QtBot, handover: Handover, training: Training, number: int, steps: int | None = None) -> Path:
    with qtbot.waitSignal(handover.ready) as ready:
        handover.ask(number, (training.run,), steps=steps)
    assert ready.args is not None
    assert ready.args[0] == number
    (path,) = ready.args[1]
    return path


def test_what_is_exported_is_the_run_as_it_is_now(qtbot: QtBot, handover: Handover, training: Training) -> None:
    first = packed(qtbot, handover, training, 1)
    training.train()
    assert packed(qtbot, handover, training, 2) != first


def test_a_look_at_a_batch_takes_a_file_that_has_it(qtbot: QtBot, handover: Handover, training: Training) -> None:
    first = packed(qtbot, handover, training, 1, 4)
    training.train()
    assert packed(qtbot, handover, training, 2, 4) == first
    assert packed(qtbot, handover, training, 3, 5) != first


def test_a_new_look_begins_with_the_run_as_it_is(qtbot: QtBot, handover: Handover, training: Training) -> None:
    first = packed(qtbot, handover, training, 1, 1)
    training.train()
    handover.look_anew()
    assert packed(qtbot, handover, training, 2, 1) != first


def test_files_stay_while_somebody_has_them(qtbot: QtBot, handover: Handover, training: Training) -> None:
    first = packed(qtbot, handover, training, 1)
    training.train()
    second = packed(qtbot, handover, training, 2)
    assert first.exists()
    handover.drop(1)
    handover.drop(2)
    assert list(handover.folder.glob("*.dropout")) == [second]  # the newest may be wanted again


def test_what_is_dropped_is_not_packed(qtbot: QtBot, handover: Handover, training: Training) -> None:
    training.keeper.let.clear()
    handover.ask(1, (training.run,))
    handover.ask(2, (training.run,))
    qtbot.waitUntil(lambda: len(training.keeper.saved) == 1)
    handover.drop(1)  # in the middle of it
    handover.drop(2)  # before
    training.train()
    training.keeper.let.set()
    third = packed(qtbot, handover, training, 3)
    assert training.keeper.saved[1:] == [third]
    assert list(handover.folder.glob("*.dropout")) == [third]


def test_choices_that_change_meanwhile_do_not_queue(
    qtbot: QtBot, training: Training, previews: tuple[Previews, Processes]
) -> None:
    shown, processes = previews
    training.keeper.let.clear()
    shown.show(training.wanted("loss"))
    qtbot.waitUntil(lambda: len(training.keeper.saved) == 1)
    for name in ("accuracy", "loss", "accuracy", "units"):
        training.train()
        shown.show(training.wanted(name))
        shown._timer.stop()
        shown._timer.timeout.emit()
    training.keeper.let.set()
    (worker,) = processes.all
    qtbot.waitUntil(lambda: bool(worker.sent))
    assert [message["item"] for message in worker.sent] == ["units"]
    assert len(training.keeper.saved) == 1


def test_closing_a_look_gives_up_packing(
    qtbot: QtBot, handover: Handover, training: Training, previews: tuple[Previews, Processes]
) -> None:
    shown, processes = previews
    training.keeper.let.clear()
    shown.show(training.wanted())
    qtbot.waitUntil(lambda: len(training.keeper.saved) == 1)
    shown.close()
    training.keeper.let.set()
    packed(qtbot, handover, training, -1)
    assert len(training.keeper.saved) == 2
    assert not processes.all[0].sent


def test_the_folder_of_a_killed_window_goes_and_that_of_a_living_one_stays(qapp: object) -> None:
    program = (
        "import sys; from PySide6.QtCore import QCoreApplication; QCoreApplication([]);"
        "from explorer.gui.exporting.handover import Handover; handover = Handover();"
        "(handover.folder / '1.dropout').write_text('a run'); print(handover.folder, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": tempfile.gettempdir()},
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        remove_left_behind()
        assert (left / "1.dropout").exists()
        process.kill()
        process.wait(10)
        assert (left / "1.dropout").exists()
        remove_left_behind()
    assert not left.exists()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "there is not enough memory"),
        (ValueError("I/O operation on closed file"), "I/O operation on closed file"),
        (RuntimeError(), "RuntimeError"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "surrogates not allowed"),
    ],
)
def test_whatever_stops_the_packing_is_told_to_who_waits_for_the_files(
    training: Training, handover: Handover, qtbot: QtBot, error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(target: Path, **options: object) -> None:
        raise error

    monkeypatch.setattr(training.keeper, "save", fail)
    monkeypatch.setattr("explorer.gui.exporting.handover._raise", lambda done: done.exception())
    with qtbot.waitSignal(handover.failed, timeout=5000) as failed:
        handover.ask(1, [training.run])
    number, sentence = failed.args
    assert number == 1
    assert sentence.startswith("The run could not be handed over: ")
    assert told in sentence


def test_a_thread_that_cannot_be_started_is_told_to_who_waits_for_the_files(
    training: Training, handover: Handover, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch, qtbot.waitSignal(handover.failed, timeout=5000) as failed:
        patch.setattr(threading.Thread, "start", refuse)
        handover.ask(1, [training.run])
    assert failed.args == [
        1,
        "The run could not be handed over: can't start new thread; close other programs and try again.",
    ]
