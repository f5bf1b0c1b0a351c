"""A process that exports, as the window sees it: messages go in, answers come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, SignalInstance

from explorer.surroundings import child_command

Message = dict[str, Any]
_STARTING_MS: Final = 5000
_ENDING_MS: Final = 2000
_LAST_WORDS: Final = 4000


class Worker(Protocol):
    """Whoever answers messages, see `explorer.export.worker`.

    Attributes:
        answered: An answer, a dict.
        died: It ended by itself, with what it last wrote about it.
    """

    @property
    def answered(self) -> SignalInstance: ...  # noqa: D102

    @property
    def died(self) -> SignalInstance: ...  # noqa: D102

    @property
    def process_id(self) -> int:
        """Its number, also after its end; half-written files carry it."""

    def send(self, message: Message) -> None:
        """Hand over a message."""

    def end(self) -> None:
        """End it at once. It says nothing more."""


MakeWorker = Callable[[Path, QObject], Worker]
"""Starts a worker whose temporary files go into a folder; ended with its parent."""


class WorkerProcess(QObject):
    """The true one. Implements `Worker`.

    Args:
        folder: For its temporary files; also where it works.
        parent: As of any `QObject`.
        command: What is started; `explorer.export.worker` with the modules of this process when None.
    """

    answered = Signal(object)
    died = Signal(str)

    def __init__(self, folder: Path, parent: QObject, command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        command = child_command("explorer.export.worker") if command is None else command
        self._process = QProcess(self)
        self._said = b""
        self._rest = b""
        self._ending = False
        environment = QProcessEnvironment.systemEnvironment()
        for name in ("TMPDIR", "TEMP", "TMP"):
            environment.insert(name, str(folder))
        self._process.setProcessEnvironment(environment)
        self._process.setWorkingDirectory(str(folder))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._listen)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._process.start(command[0], list(command[1:]))
        self.process_id = int(self._process.processId())

    def send(self, message: Message) -> None:
        """Hand over a message; one that comes before the process stands is kept for it."""
        self._process.write(json.dumps(message).encode() + b"\n")

    def end(self) -> None:
        """Kill it: its files are written beside their targets, so nothing is half done but what carries its number."""
        self._ending = True  # an end that was asked for is no death
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.waitForStarted(_STARTING_MS)
            self._process.kill()
            self._process.waitForFinished(_ENDING_MS)

    def _read(self) -> None:
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines if not self._ending else ():
            self.answered.emit(json.loads(line))

    def _listen(self) -> None:
        self._said = (self._said + self._process.readAllStandardError().data())[-_LAST_WORDS:]

    def _finished(self) -> None:
        self._listen()
        if not self._ending:
            self.died.emit(self._said.decode(errors="replace").strip())

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and not self._ending:  # of any other kind `finished` tells
            self.died.emit(self._process.errorString())
