"""Work with files that takes long: in a thread, one after the other, told to the window as it goes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from explorer.data.progress import Cancelled, DataError, Report
from explorer.export.files import WriteError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Job(Generic[Result]):
    """Something to do.

    Attributes:
        name: For a person, such as "Saving".
        work: Does it, in the thread; told whom to report to.
        then: Takes what came of it, in the window's thread.
        refused: Takes a sentence, in the window's thread, when it could not be done.
        must_end: Whether closing the window waits for it rather than giving it up.
    """

    name: str
    work: Callable[[Report], Result]
    then: Callable[[Result], object]
    refused: Callable[[str], object]
    must_end: bool = False


class Jobs(QObject):
    """Does jobs in a thread of its own.

    Attributes:
        begun: A job was begun, the `Job`.
        told: What is being done, and how much of it is done: a text, and a float or None.
        ended: No job is under way any more.
    """

    begun = Signal(object)
    told = Signal(str, object)
    ended = Signal()
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="run-files")
        self._stop = threading.Event()
        self._closing = False
        self._current: Job[Any] | None = None
        self._waiting = 0
        self._done.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a job is under way or waits."""
        return self._waiting > 0

    def do(self, job: Job[Any]) -> None:
        """Do something after what was asked for before."""
        if self._closing:
            return
        try:
            done = self._thread.submit(self._run, job)
        except RuntimeError as error:  # the system gives no thread
            job.refused(f"{job.name} could not begin: {error}. Close other programs and try again.")
            return
        self._waiting += 1
        done.add_done_callback(_raise)

    def cancel(self) -> None:
        """Give up the job that is under way."""
        self._stop.set()

    def close(self) -> None:
        """Give up what need not end, and wait for what must."""
        self._closing = True
        if self._current is None or not self._current.must_end:
            self._stop.set()
        self._thread.shutdown(wait=True)

    # -- in the thread --

    def _run(self, job: Job[Any]) -> None:
        if self._closing and not job.must_end:
            return
        self._stop.clear()
        self._current = job
        self._tell(self.begun, job)
        outcome: object
        try:
            outcome = job.work(self._report)
        except (Cancelled, WriteError, DataError, MemoryError) as error:
            outcome = error
        except Exception as error:  # told in the window, and then raised: a mistake is not swallowed
            self._tell(self._done, job, error)
            raise
        self._current = None
        self._tell(self._done, job, outcome)

    def _report(self, message: str, fraction: float | None = None) -> None:
        if self._stop.is_set():
            raise Cancelled
        self._tell(self.told, message, fraction)

    def _tell(self, signal: Any, *values: object) -> None:
        if not self._closing:  # afterwards there may be nobody to tell
            signal.emit(*values)

    # -- in the window's thread --

    def _take(self, job: Job[Any], outcome: object) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.ended.emit()
        match outcome:
            case Cancelled():
                pass
            case MemoryError():
                job.refused("There is not enough memory for this. Close other programs and try again.")
            case WriteError() | DataError():
                job.refused(f"{outcome}.")
            case Exception():
                job.refused(f"{job.name} ended with an error: {outcome}. Try again; if it comes back, report it.")
            case _:
                job.then(outcome)


def _raise(done: Future[None]) -> None:
    if not done.cancelled():
        done.result()
