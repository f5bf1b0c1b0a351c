"""The runs that this process keeps, and those that earlier ones left: by ending without closing, or unsaved."""

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
from explorer.store.journal_files import BEGIN, CLOSED, JournalMembers, read_name
from explorer.store.layout import RUN
from explorer.store.locks import Lock
from explorer.store.opening import read_run
from explorer.store.saved_run import SavedRun

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

_STALE_SECONDS: Final = 24 * 3600
_MOST_LEFTOVERS: Final = 50
MOST_UNSAVED: Final = 5
MOST_UNSAVED_BYTES: Final = 500_000_000
"""Runs that were not saved stay as long as no more than these came after them."""


class Journals:
    """Begins journals and closes them all at the end. `begin` is an `explorer.engine.keeping.Keeping`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._journals: list[Journal] = []

    def begin(self, record: RunRecord, continued: Continuable | None, troubled: Callable[[str], object]) -> Journal:
        """A journal for a new run."""
        journal = Journal(record, _folder_for(troubled), continued=continued, troubled=troubled)
        with self._lock:
            self._journals.append(journal)
        return journal

    def close(self) -> None:
        """The program ends in an orderly way: nothing has to be offered back. What was left before stays."""
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


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A run that was not saved when its window was closed.

    Attributes:
        folder: Where it is.
        name: That a person gave it; may be empty.
        title: Of the reviews it was trained on.
        settings: Those it began with.
        epochs: Epochs that were kept.
        closed_at: When, in seconds since 1970.
    """

    folder: Path
    name: str
    title: str
    settings: Settings
    epochs: int
    closed_at: float

    def take(self) -> Leftover | None:
        """Hold it for this process; None when another one does, or it is gone."""
        with contextlib.suppress(OSError):
            lock = Lock.take(self.folder)
            return None if lock is None else _leftover(self.folder, lock)
        return None


def leftovers() -> tuple[Leftover, ...]:
    """What processes left that ended without closing, the newest first. Nothing is read but what it is."""
    found = []
    for left in _free_folders():
        if (left.folder / CLOSED).exists():
            left.leave()
        else:
            found.append(left)
    return tuple(found)


def unsaved() -> tuple[Unsaved, ...]:
    """What was not saved when its window was closed, the newest first; none that a process holds."""
    found = []
    for left in _free_folders():
        mark = left.folder / CLOSED
        with contextlib.suppress(OSError, UnicodeDecodeError):
            name, when = read_name(mark), mark.stat().st_mtime
            found.append(Unsaved(left.folder, name, left.title, left.settings, left.epochs, when))
        left.leave()
    return tuple(sorted(found, key=lambda each: each.closed_at, reverse=True))


def forget_unsaved(most: int = 0) -> None:
    """Remove unsaved runs, but for the newest: so many of them, and no more than `MOST_UNSAVED_BYTES`."""
    size = 0
    for k, each in enumerate(unsaved()):
        with contextlib.suppress(OSError):  # another process has removed it
            size += sum(file.stat().st_size for file in each.folder.glob("*") if file.is_file())
        if k >= most or size > MOST_UNSAVED_BYTES:
            left = each.take()
            if left is not None:
                left.discard()


def _free_folders() -> Iterator[Leftover]:
    """Runs that no process holds, the newest first; whoever takes one lets it go."""
    with contextlib.suppress(OSError):  # no folder, no leftovers
        for folder in sorted(runs_folder().iterdir(), reverse=True)[:_MOST_LEFTOVERS]:
            with contextlib.suppress(OSError):
                lock = Lock.take(folder) if folder.is_dir() else None
                left = None if lock is None else _leftover(folder, lock)
                if left is not None:
                    yield left


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


def _folder_for(troubled: Callable[[str], object]) -> Path | None:
    """A new folder for a run; None, and a sentence to `troubled`, where there is no place for any."""
    try:
        return new_folder()
    except OSError as error:
        troubled(f"This run is not kept for the case of a crash: {error}")
        return None


@contextmanager
def keeping(
    trainer: Trainer,
    name: str = "",
    *,
    folder: Path | None = None,
    continued: Continuable | None = None,
    troubled: Callable[[str], object] = lambda sentence: None,
) -> Iterator[Journal]:
    """A journal of a run for as long as the block lasts, in a folder of its own among those of autosaved runs.

    When the block ends with an exception the run is left there, see `unsaved`.

    Args:
        trainer: Who trains the run; at each epoch's end its thread calls `journal.keep(trainer)`.
        name: What the run is called.
        folder: Another folder; it must not exist.
        continued: What the run goes on from; as of `Journal`.
        troubled: As of `Journal`.
    """
    record = RunRecord.of(trainer, name)
    folder = _folder_for(troubled) if folder is None else folder
    journal = Journal(record, folder, continued=continued, troubled=troubled)
    try:
        yield journal
    except BaseException:
        journal.leave(name)
        raise
    finally:
        journal.close()
