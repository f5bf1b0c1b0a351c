"""Exports that wait, the one that is being made, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from explorer import temporaries
from explorer.export.request import ExportRequest
from explorer.gui.exporting.handover import Handover
from explorer.gui.exporting.process import MakeWorker, Message, Worker, WorkerProcess
from explorer.gui.runs import Run

CANCEL_MS: Final = 2000
"""How long a process may take to clean up by itself; drawing a figure cannot be interrupted."""
_DIED: Final = "The export ended before it was done. Close other programs if memory is short, and try again."


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """An export as it was asked for.

    Attributes:
        request: What, and how it looks.
        runs: The run that is shown, and those beside it.
        folder: Where the files go.
    """

    request: ExportRequest
    runs: tuple[Run, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Done:
    """What an export came to.

    Attributes:
        folder: Where.
        files: Written, in order; a TensorBoard log is a folder.
        left_out: A sentence for everything that could not be exported now.
    """

    folder: Path
    files: tuple[Path, ...]
    left_out: tuple[str, ...]


class Exports(QObject):
    """Makes one export after the other, each in a process of its own.

    Attributes:
        progressed: What is being made, and how much of it is done: 0 to 1, or None.
        changed: Another export is being made, or none; or another number of them waits.
        done: An export is done, a `Done`.
        failed: An export failed: a sentence, and what a bug report needs.
        cancelled: An export was given up.
    """

    progressed = Signal(str, object)
    changed = Signal()
    done = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(
        self, handover: Handover, parent: QObject | None = None, *, make_worker: MakeWorker = WorkerProcess
    ) -> None:
        super().__init__(parent)
        self._handover, self._make_worker = handover, make_worker
        self._waiting: list[Job] = []
        self._job: Job | None = None
        self._worker: Worker | None = None
        self._number = 0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(CANCEL_MS)
        self._patience.timeout.connect(self._give_up)
        handover.ready.connect(self._handed_over)
        handover.failed.connect(self._not_handed_over)

    @property
    def job(self) -> Job | None:
        """The export that is being made."""
        return self._job

    @property
    def waiting(self) -> int:
        """How many wait behind it."""
        return len(self._waiting)

    def add(self, job: Job) -> None:
        """Make an export, when those before it are done."""
        self._waiting.append(job)
        if self._job is None:
            self._next()
        else:
            self.changed.emit()

    def cancel(self) -> None:
        """Give up the export in hand. Files that are done stay; what is half written goes, and old files are whole."""
        if self._job is None or self._patience.isActive():
            return
        if self._worker is None:
            self._end(self.cancelled.emit)
            return
        self._worker.send({"do": "cancel"})
        self._patience.start()
        self.progressed.emit("Cancelling…", None)

    def close(self) -> None:
        """Give up everything at once."""
        self._waiting.clear()
        self._patience.stop()
        job = self._job
        self._job = None
        if job is not None:
            self._let_worker_go(job)

    # -- one export --

    def _next(self) -> None:
        if self._waiting:
            self._job = self._waiting.pop(0)
            self._number -= 1  # negative: previews count the other way
            self.changed.emit()
            self.progressed.emit("Preparing", None)
            self._handover.ask(self._number, self._job.runs)
        else:
            self.changed.emit()

    def _handed_over(self, number: int, files: Sequence[Path]) -> None:
        if number != self._number or self._job is None:
            return
        job = self._job
        self._worker = self._make_worker(self._handover.folder, self)
        self._worker.answered.connect(self._answered)
        self._worker.died.connect(self._died)
        self._worker.send(
            {
                "do": "export",
                "number": number,
                "runs": [str(path) for path in files],
                "request": job.request.to_dict(),
                "folder": str(job.folder),
            }
        )

    def _not_handed_over(self, number: int, sentence: str) -> None:
        if number == self._number and self._job is not None:
            self._end(lambda: self.failed.emit(sentence, ""))

    def _answered(self, answer: Message) -> None:
        if self._job is None or answer["number"] != self._number:
            return
        folder = self._job.folder
        match answer["is"]:
            case "progress" if not self._patience.isActive():
                self.progressed.emit(answer["message"], answer["fraction"])
            case "done":
                files = tuple(Path(each) for each in answer["files"])
                done = Done(folder, files, tuple(answer["left_out"]))
                self._end(lambda: self.done.emit(done))
            case "failed":
                self._end(lambda: self.failed.emit(answer["message"], answer["detail"]))
            case "cancelled":
                self._end(self.cancelled.emit)

    def _died(self, last_words: str) -> None:
        if self._job is not None:
            self._end(lambda: self.failed.emit(_DIED, last_words))

    def _give_up(self) -> None:
        if self._job is not None:
            self._end(self.cancelled.emit)

    def _end(self, tell: Callable[[], object]) -> None:
        job = self._job
        assert job is not None
        self._job = None
        self._patience.stop()
        self._let_worker_go(job)
        tell()
        if self._job is None:  # whoever was told may have asked for another one
            self._next()

    def _let_worker_go(self, job: Job) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()
        self._handover.drop(self._number)
        if worker is None:
            return
        if isinstance(worker, QObject):
            worker.deleteLater()
        temporaries.remove_of(job.folder, worker.process_id)
