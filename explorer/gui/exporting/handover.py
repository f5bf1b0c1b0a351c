"""Runs on their way to a process that exports: packed into run files by a thread, while training goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.data.progress import Cancelled, DataError, Report
from explorer.export.files import WriteError
from explorer.gui.runs import Run
from explorer.store import save
from explorer.store.locks import Lock

_PREFIX: Final = "dropout-explorer-export-"


@dataclass(frozen=True, slots=True)
class _Packed:
    """A run as it was when it was packed.

    Attributes:
        path: The file.
        index: Counts the files of a `Handover`.
        name: What the run was called.
        steps: Batches that it had, at least.
        state: The same as long as nothing that is in the file has changed.
    """

    path: Path
    index: int
    name: str
    steps: int
    state: object


class Handover(QObject):
    """Packs runs as they are at that moment. A run that has not changed since is not packed again.

    Packing a run takes seconds, and so does every one that nobody waits for any more: whoever has asked says when it
    no longer needs the files.

    Attributes:
        ready: A number, and the files of the runs asked for with it, in order.
        failed: A number, and a sentence.
        folder: Where the files are, and what else is temporary; gone after `close`.
    """

    ready = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        remove_left_behind()
        self._temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._held = Lock.take(self.folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="handover")
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._asked: dict[int, tuple[Path, ...]] = {}
        self._packed: dict[int, _Packed] = {}
        self._files = self._looked_at_from = 0

    def ask(self, number: int, runs: Sequence[Run], *, steps: int | None = None) -> None:
        """Have runs packed; `ready` or `failed` follows with the number, unless it is dropped before.

        Args:
            number: Not in use.
            runs: To pack.
            steps: A file from since `look_anew` is good enough when it has so many batches of the first run, though
                more have been trained since. None packs them as they are.
        """
        if not self._closing.is_set():
            with self._lock:
                self._asked[number] = ()
            try:
                self._thread.submit(self._pack, number, tuple(runs), steps).add_done_callback(_raise)
            except RuntimeError as error:  # the system gives no thread; told later, as what comes from one
                reason = f"{error}; close other programs and try again"
                QTimer.singleShot(0, self, lambda: self._fail(number, reason))

    def drop(self, number: int) -> None:
        """What was asked for with a number is not needed any more: it is not packed, or its files may go."""
        with self._lock:
            self._asked.pop(number, None)
            self._tidy()

    def look_anew(self) -> None:
        """From now on files that are there already are too old for whoever asks with `steps`."""
        self._looked_at_from = self._files

    def close(self) -> None:
        """Give up what is being packed, and remove all files. An epoch takes a few hundredths of a second."""
        self._closing.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._held is not None:
            self._held.release()  # some systems do not remove what is open
        self._temporary.cleanup()

    # -- in the thread --

    def _pack(self, number: int, runs: tuple[Run, ...], steps: int | None) -> None:
        def may_go_on(message: str = "", fraction: float | None = None) -> None:
            if self._closing.is_set() or number not in self._asked:
                raise Cancelled

        try:
            files = []
            for k, run in enumerate(runs):
                may_go_on()
                files.append(self._file(run, may_go_on, steps if k == 0 or steps is None else 1))
            with self._lock:
                may_go_on()
                self._asked[number] = tuple(files)
        except Cancelled:
            return
        except (WriteError, DataError) as error:
            self._fail(number, str(error))
        except MemoryError:
            self._fail(number, "there is not enough memory; close other programs and try again")
        except Exception as error:  # told to who waits for the files, and then raised: a mistake is not swallowed
            self._fail(number, f"{str(error) or type(error).__name__}; try again, and if it comes back, report it")
            raise
        else:
            self.ready.emit(number, tuple(files))

    def _fail(self, number: int, reason: str) -> None:
        if not self._closing.is_set():
            self.failed.emit(number, f"The run could not be handed over: {reason}.")

    def _file(self, run: Run, report: Report, steps: int | None) -> Path:
        # Its name is in the file too, and an earlier run is thinned when a new one begins.
        length, name = len(run.history), run.full_name
        state = (length, len(run.results), name, run.history.activation_bytes)
        known = self._packed.get(run.number)
        if known is not None:
            enough = steps is not None and known.index > self._looked_at_from and known.steps >= steps
            if known.state == state or (enough and known.name == name):
                return known.path
        self._files += 1
        packed = _Packed(self.folder / f"{self._files}.dropout", self._files, name, length, state)
        keeper = run.started.keeper
        if keeper is not None:
            keeper.save(packed.path, name=name, report=report)
        else:
            save(packed.path, run.record, report=report)
        with self._lock:
            self._packed[run.number] = packed
            self._tidy()
        return packed.path

    def _tidy(self) -> None:
        """Remove the files that are neither the newest of a run nor in anyone's hands: each has megabytes."""
        needed = {path for files in self._asked.values() for path in files}
        needed |= {packed.path for packed in self._packed.values()}
        for path in set(self.folder.glob("*.dropout")) - needed:
            with contextlib.suppress(OSError):  # on Windows one that is being read stays until `close`
                path.unlink(missing_ok=True)


def remove_left_behind() -> None:
    """Remove the folders of windows that were killed: each has megabytes."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if not _ours(folder) or not (folder / "lock").is_file():
                continue  # somebody else's, or not locked yet
            lock = Lock.take(folder)
            if lock is not None:
                lock.release()
                shutil.rmtree(folder, ignore_errors=True)


def _ours(folder: Path) -> bool:
    """Whether it is a folder of this person's; in a shared one anybody can put a link of any name."""
    told = folder.lstat()
    return folder.is_dir() and not folder.is_symlink() and (not hasattr(os, "getuid") or told.st_uid == os.getuid())


def _raise(done: Future[None]) -> None:
    """A mistake in the thread is not swallowed."""
    if not done.cancelled():
        done.result()
