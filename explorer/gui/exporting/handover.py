"""Runs on their way to a process that exports: packed into run files by a thread, while training goes on."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.data.progress import Cancelled, DataError
from explorer.export.files import WriteError
from explorer.gui.runs import Run
from explorer.store import save

_PREFIX: Final = "dropout-explorer-"


class Handover(QObject):
    """Packs runs as they are at that moment. A run that has not changed since is not packed again.

    Attributes:
        ready: A number, and the files of the runs asked for with it, in order.
        failed: A number, and a sentence.
        folder: Where the files are, and what else is temporary; gone after `close`.
    """

    ready = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="handover")
        self._closing = threading.Event()
        self._packed: dict[int, tuple[object, Path]] = {}
        self._files = 0

    def ask(self, number: int, runs: Sequence[Run]) -> None:
        """Have runs packed; `ready` or `failed` follows with the number."""
        if not self._closing.is_set():
            self._thread.submit(self._pack, number, tuple(runs)).add_done_callback(_raise)

    def close(self) -> None:
        """Give up what is being packed, and remove all files. An epoch takes a few hundredths of a second."""
        self._closing.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._temporary.cleanup()

    # -- in the thread --

    def _pack(self, number: int, runs: tuple[Run, ...]) -> None:
        try:
            files = tuple(self._file(run) for run in runs)
        except Cancelled:
            return
        except (WriteError, DataError) as error:
            if not self._closing.is_set():
                self.failed.emit(number, f"The run could not be handed over: {error}.")
        else:
            if not self._closing.is_set():
                self.ready.emit(number, files)

    def _file(self, run: Run) -> Path:
        # Its name is in the file too, and an earlier run is thinned when a new one begins.
        state = (len(run.history), len(run.results), run.full_name, run.history.activation_bytes)
        known = self._packed.get(run.number)
        if known is not None and known[0] == state:
            return known[1]
        self._files += 1
        target = self.folder / f"{self._files}.dropout"
        keeper = run.started.keeper
        if keeper is not None:
            keeper.save(target, name=run.full_name, report=self._may_go_on)
        else:
            save(target, run.record, report=self._may_go_on)
        self._packed[run.number] = (state, target)
        return target

    def _may_go_on(self, message: str, fraction: float | None = None) -> None:
        if self._closing.is_set():
            raise Cancelled


def _raise(done: Future[None]) -> None:
    """A mistake in the thread is not swallowed."""
    if not done.cancelled():
        done.result()
