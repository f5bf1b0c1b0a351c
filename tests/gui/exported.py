"""A run that can be exported, in a window whose processes are scripted."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QObject, Signal
from PySide6.QtGui import QColor, QImage

from explorer.engine.history import History
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.gui.exporting.dialog import ExportDialog
from explorer.gui.exporting.exports import Exports
from explorer.gui.exporting.process import Message
from tests.gui.conftest import Driver
from tests.gui.scripted import make_result, make_snapshot, started

BATCHES = 3
SETTINGS = Settings(batch_size=8)
"""Of the forty reviews 24 are trained on: three batches an epoch."""


def _history(steps: int) -> History:
    """As of a run on those reviews: each epoch takes every one of them once."""
    history = History(BATCHES)
    train(history, steps)
    return history


def train(history: History, steps: int) -> None:
    """Let a run go on to a batch."""
    order = np.arange(16, 40, dtype=np.int64)
    for step in range(len(history) + 1, steps + 1):
        snapshot = make_snapshot(SETTINGS, step=step, batch=8, batches=BATCHES)
        first = 8 * (snapshot.batch - 1)
        if snapshot.batch == 1:
            history.begin_epoch(order)
        history.append(replace(snapshot, rows=order[first : first + 8]))
        if snapshot.batch == BATCHES:
            history.end_epoch(make_result(snapshot.epoch, batches=BATCHES))


class ScriptedWorker(QObject):
    """Implements `Worker`: writes down what it is sent, and says what a test tells it to say."""

    answered = Signal(object)
    died = Signal(str)
    process_id = 4711

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.sent: list[Message] = []
        self.ended = False

    def send(self, message: Message) -> None:
        self.sent.append(message)

    def end(self) -> None:
        self.ended = True

    def answer(self, kind: str, **told: object) -> None:
        """Answer the newest request."""
        self.answered.emit({"is": kind, "number": self.sent[-1].get("number", self.sent[0].get("number"))} | told)


class Processes:
    """Starts scripted workers and keeps them: the first one of a dialog draws, the others export."""

    def __init__(self) -> None:
        self.all: list[ScriptedWorker] = []

    def make(self, folder: Path, parent: QObject) -> ScriptedWorker:
        worker = ScriptedWorker(folder, parent)
        self.all.append(worker)
        return worker

    def exporting(self) -> list[ScriptedWorker]:
        """Those that were asked to export."""
        return [each for each in self.all if each.sent and each.sent[0]["do"] == "export"]


def record(steps: int = 6) -> RunRecord:
    """The same run as others than a window see it."""
    labels = np.arange(40, dtype=np.uint8) % 2
    return RunRecord(
        "Run 1", SETTINGS, ReviewFacts("IMDB reviews", False, "0" * 64, 40, 40), labels, 24, 16, _history(steps)
    )


def run(driver: Driver, steps: int = 8, history: History | None = None) -> None:
    """A run of so many batches, the last one on the screen."""
    history = _history(steps) if history is None else history
    driver.window.form.show_settings(SETTINGS)
    driver.ready()
    driver.window.transport.play.click()
    begun = started(driver.session.generation, SETTINGS, history)
    driver.session.say(replace(begun, batches=BATCHES, trained_on=24, held_out=16))
    snapshot = make_snapshot(SETTINGS, generation=driver.session.generation, step=steps, batch=8, batches=BATCHES)
    driver.session.mailbox.show(snapshot)
    driver.poll()


def opened(driver: Driver, folder: Path) -> ExportDialog:
    """The dialog, with a folder to write to."""
    driver.window.exporting.open()
    dialog = driver.window.exporting.dialog
    assert dialog is not None
    dialog.folder.setText(str(folder))
    return dialog


def exports(driver: Driver) -> Exports:
    found = driver.window.exporting.exports
    assert found is not None
    return found


def png(colour: str = "red", width: int = 160, height: int = 90) -> str:
    """A picture as a worker sends it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return base64.b64encode(buffer.data().data()).decode()
