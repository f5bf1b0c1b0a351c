"""The runs that this process keeps, and those that a process left that ended without closing."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from explorer.data.progress import Report, silent
from explorer.engine.checkpoint import Continuable
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from explorer.store.container import MOST_JSON_BYTES, ZipMembers
from explorer.store.document import DocumentError, document, parsed
from explorer.store.errors import RunFileError
from explorer.store.folders import new_folder, runs_folder
from explorer.store.journal import Journal
from explorer.store.journal_files import BEGIN, JournalMembers
from explorer.store.layout import RUN
from explorer.store.locks import Lock
from explorer.store.opening import read_run
from explorer.store.saved_run import SavedRun

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

_STALE_SECONDS: Final = 24 * 3600
_MOST_LEFTOVERS: Final = 50


class Journals:
    """Begins journals and closes them all at the end. `begin` is an `explorer.engine.keeping.Keeping`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._journals: list[Journal] = []

    def begin(self, record: RunRecord, continued: Continuable | None, troubled: Callable[[str], object]) -> Journal:
        """A journal for a new run."""
        journal = Journal(record, new_folder(), continued=continued, troubled=troubled)
        with self._lock:
            self._journals.append(journal)
        return journal

    def close(self) -> None:
        """The program ends in an orderly way: nothing has to be offered back."""
        with self._lock:
            journals, self._journals = self._journals, []
        for journal in journals:
            journal.close()


@dataclass(frozen=True, slots=True, eq=False)
class Leftover:
    """A run that a process left that ended without closing. This process holds it until it is opened or let go.

    Attributes:
        folder: Where it is.
        name: What it is called.
        title: Of the reviews it was trained on.
        settings: Those it began with.
        epochs: Epochs that were kept.
    """

    folder: Path
    name: str
    title: str
    settings: Settings
    epochs: int
    _lock: Lock

    def open(self, report: Report = silent) -> SavedRun:
        """Read it. It stays where it is until `SavedRun.close`.

        Raises:
            RunFileError: With a sentence, when nothing of it can be used.
        """
        saved = read_run(partial(JournalMembers, self.folder), self.folder, report)
        return replace(saved, let_go=self.discard)

    def discard(self) -> None:
        """Remove it."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Let it be; the next start finds it again."""
        self._lock.release()


def leftovers() -> tuple[Leftover, ...]:
    """What processes left that ended without closing, the newest first. Nothing is read but what it is."""
    found = []
    with contextlib.suppress(OSError):  # no folder, no leftovers
        for folder in sorted(runs_folder().iterdir(), reverse=True)[:_MOST_LEFTOVERS]:
            with contextlib.suppress(OSError):
                lock = Lock.take(folder) if folder.is_dir() else None
                if lock is not None:
                    left = _leftover(folder, lock)
                    if left is not None:
                        found.append(left)
    return tuple(found)


def _leftover(folder: Path, lock: Lock) -> Leftover | None:
    epochs = len(list(folder.glob("epoch-*.zip")))
    try:
        if epochs:
            with ZipMembers(folder / BEGIN) as members:
                told = document(parsed(members.read(RUN, MOST_JSON_BYTES)))
            return Leftover(folder, told.name, told.reviews.title, told.settings, epochs, lock)
    except (RunFileError, DocumentError):
        epochs = 0
    # Nothing in it can be had. A young one may belong to a process that has only just made it.
    old = time.time() - folder.stat().st_mtime > _STALE_SECONDS
    lock.release()
    if old:
        shutil.rmtree(folder, ignore_errors=True)
    return None


@contextmanager
def keeping(trainer: Trainer, name: str = "", *, folder: Path | None = None) -> Iterator[Journal]:
    """A journal of a run for as long as the block lasts, in a folder of its own among those of autosaved runs.

    Args:
        trainer: Who trains the run; at each epoch's end its thread calls `journal.keep(trainer)`.
        name: What the run is called.
        folder: Another folder; it must not exist.
    """
    journal = Journal(RunRecord.of(trainer, name), new_folder() if folder is None else folder)
    try:
        yield journal
    finally:
        journal.close()
