"""A run kept while it trains: a folder that grows by two files at each epoch's end.

`begin.zip` holds what a run begins with, `epoch-0001.zip` what an epoch added, and `checkpoint-0001.zip` what going on
after it takes, of the newest epoch only. Their members are those of a run file, not packed. Each is written beside its
name and renamed, so that a process that dies leaves whole files and at most one epoch missing.

Nothing of this happens in the time of the thread that trains: it hands over arrays that no longer change, and a thread
of the journal's own writes them.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from explorer.data.progress import Report, silent
from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import Checkpoint, Continuable, capture
from explorer.engine.environment import Environment, environment
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult, Floats
from explorer.engine.test_result import TestResult
from explorer.store.document import changes_of
from explorer.store.errors import RunFileError
from explorer.store.journal_files import JournalFolder
from explorer.store.layout import Plan
from explorer.store.saved_run import SavedRun
from explorer.store.saving import save

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

_MOST_WAITING: Final = 200
"""Epochs on their way to the disk; each has its weights in memory."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """An epoch on its way to the disk; `checkpoint` is None for one that another file has."""

    block: EpochBlock
    result: EpochResult
    changes: tuple[tuple[int, Mapping[str, Any]], ...]
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class _TestEntry:
    """The figures of the test reviews on their way to the disk."""

    epochs: int
    test: TestResult


class Journal:
    """Keeps a run as it grows, and saves it. Implements `explorer.engine.keeping.Growing`.

    Once nobody trains the run any more, it can be continued from here.

    Args:
        record: The run; the journal reads its history.
        folder: Where; made at the first epoch's end, and removed by `close`. None keeps nothing on the disk: then a
            saved file has the weights of the newest epoch only.
        continued: What the run goes on from. The journal copies what it has, and closes it then.
        troubled: Called once, in any thread, with a sentence when the folder can no longer be written, whatever the
            reason. Training and saving go on without it.

    Attributes:
        record: As given.
        newest: The checkpoint of the newest epoch.
        trouble: Why the folder can no longer be written; empty when it can.
        environments: From which epoch on the run was trained with what.
    """

    def __init__(
        self,
        record: RunRecord,
        folder: Path | None,
        *,
        continued: Continuable | None = None,
        troubled: Callable[[str], object] = lambda sentence: None,
    ):
        self.record = record
        self.newest = None if continued is None else continued.checkpoint
        self.trouble = ""
        self.environments = _environments(continued)
        self._continued, self._troubled = continued, troubled
        self._folder = None if folder is None else JournalFolder(folder, self._give_up)
        self._plan: Plan | None = None
        self._changes_kept = 0
        self._changed = threading.Condition()
        self._queue: deque[_Entry | _TestEntry] = deque()
        self._busy = self._closing = self._left = False
        self._thread: threading.Thread | None = None
        if self.newest is not None:
            for epoch in range(1, self.newest.epoch + 1):
                self._hand_over(epoch, None)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The same as `newest`: what the run can be continued from."""
        return self.newest

    @property
    def folder(self) -> Path | None:
        """Where it is kept."""
        return None if self._folder is None else self._folder.path

    # -- told by who trains --

    def keep(self, trained: Trainer | Checkpoint) -> None:
        """Take what the epoch that has just ended added. Returns at once.

        Args:
            trained: The trainer, between the epoch's last batch and the next one's first; or its checkpoint.
        """
        checkpoint = trained if isinstance(trained, Checkpoint) else capture(trained)
        self.newest = checkpoint
        self._hand_over(checkpoint.epoch, checkpoint)

    def _hand_over(self, epoch: int, checkpoint: Checkpoint | None) -> None:
        """Queue an epoch; what fails here ends the journal, never the training that called."""
        try:
            self._queue_up(epoch, checkpoint)
        except Exception as error:
            self._give_up(error)

    def _queue_up(self, epoch: int, checkpoint: Checkpoint | None) -> None:
        history = self.record.history
        block = history.block(epoch)
        end = epoch * history.batches
        # A change between two epochs belongs to the later one, except that the newest has those made by now.
        changes = changes_of([c for c in history.changes if checkpoint is not None or c.step <= end])
        entry = _Entry(block, history.results[epoch - 1], changes[self._changes_kept :], checkpoint)
        self._changes_kept = len(changes)
        with self._changed:
            self._plan = Plan.of(self.record.started_with, self.record.reviews.train, block.layout)
            if self._folder is None or self.trouble or self._closing:
                return
            waiting = sum(isinstance(each, _Entry) and each.checkpoint is not None for each in self._queue)
            slow = checkpoint is not None and waiting >= _MOST_WAITING
            if not slow:
                self._queue.append(entry)
                self._changed.notify_all()
            if self._thread is None:
                # A daemon: a journal that nobody closed must not keep the process.
                thread = threading.Thread(target=self._work, name="journal", daemon=True)
                thread.start()
                self._thread = thread  # only one that has started can be joined
        if slow:
            self._give_up(OSError("it is slower than the training"))

    def keep_test(self, epochs: int, test: TestResult) -> None:
        """Take the figures of the test reviews at the run's end. Returns at once.

        Args:
            epochs: Done.
            test: The figures.
        """
        with self._changed:
            if self._folder is None or self.trouble or self._closing or self._thread is None:
                return
            self._queue.append(_TestEntry(epochs, test))
            self._changed.notify_all()

    # -- asked by anyone --

    def settle(self) -> None:
        """Wait until all that was handed over is on the disk, or cannot be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue and not self._busy)
        if self._folder is not None:
            self._folder.forced()

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """See `Keeper.weights`.

        Raises:
            RunFileError: When the folder was tampered with.
        """
        newest, plan = self.newest, self._plan
        if newest is not None and newest.epoch == epoch:
            return newest.weights
        if self._folder is not None and plan is not None and epoch in self._folder.epochs:
            return self._folder.weights(epoch, plan)
        return None if self._continued is None else self._continued.weights(epoch)

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        """See `Keeper.save`; the run may go on being trained meanwhile."""
        self.settle()
        record = self.record if name is None else replace(self.record, name=name)
        weights = _Readable(self)
        save(target, record, checkpoint=self.newest, weights=weights, environments=self.environments, report=report)

    def close(self) -> None:
        """End the thread, and remove the folder, unless it was left."""
        self._end()
        if self._folder is not None and not self._left:
            self._folder.remove()
        self._let_go_of_what_was_continued()

    def leave(self, name: str) -> None:
        """End the thread once all is written; the folder stays, see `explorer.store.keeping.unsaved`.

        Args:
            name: The name that a person gave the run; may be empty.
        """
        self.settle()
        self._end()
        if self._folder is not None and self._folder.begun:
            self._left = True
            self._folder.leave(name)
        self._let_go_of_what_was_continued()

    def _end(self) -> None:
        with self._changed:
            self._closing = True
            self._queue.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _let_go_of_what_was_continued(self) -> None:
        if isinstance(self._continued, SavedRun | Journal):
            self._continued.close()

    # -- in the journal's thread --

    def _work(self) -> None:
        try:
            while (taken := self._next()) is not None:
                try:
                    self._write(*taken)
                except Exception as error:  # whatever it is: it is told, and nobody waits for this thread
                    self._give_up(error)
        finally:
            with self._changed:
                self._busy = False
                self._queue.clear()
                self._changed.notify_all()

    def _next(self) -> tuple[_Entry | _TestEntry, bool] | None:
        """Wait for an epoch to write, and whether it is the newest; None at the end."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._queue or self._closing)
            if not self._queue:
                return None
            entry = self._queue.popleft()
            self._busy = True
            return entry, not any(isinstance(each, _Entry) for each in self._queue)

    def _give_up(self, error: Exception) -> None:
        """Keep nothing more, and tell why; once."""
        with self._changed:
            self._queue.clear()
            self._changed.notify_all()
            if self.trouble or self._closing:
                return
            self.trouble = (
                f"This run is no longer kept for the case of a crash: {self.folder} could not be written "
                f"({_reason(error)}); {_advice(error)}save the run to a file"
            )
        self._troubled(self.trouble)

    def _write(self, entry: _Entry | _TestEntry, newest: bool) -> None:
        folder, plan = self._folder, self._plan
        assert folder is not None
        assert plan is not None
        if isinstance(entry, _TestEntry):
            folder.put_test(entry.epochs, entry.test)
            return
        if not folder.begun:
            folder.begin(self.record, self.environments, plan)
        epoch, checkpoint = entry.block.epoch, entry.checkpoint
        weights = self._earlier_weights(epoch) if checkpoint is None else checkpoint.weights
        folder.put_epoch(entry.block, plan, entry.result, entry.changes, weights)
        told = checkpoint if checkpoint is not None else self.newest if self._ends_what_was_continued(epoch) else None
        if told is not None and newest:  # one that is behind would be replaced at once
            folder.put_checkpoint(told, plan)
        if self._ends_what_was_continued(epoch):
            self._let_go_of_what_was_continued()

    def _ends_what_was_continued(self, epoch: int) -> bool:
        checkpoint = None if self._continued is None else self._continued.checkpoint
        return checkpoint is not None and checkpoint.epoch == epoch

    def _earlier_weights(self, epoch: int) -> tuple[Floats, ...] | None:
        try:
            return None if self._continued is None else self._continued.weights(epoch)
        except RunFileError:  # the file is gone; what the history has is kept all the same
            return None


class _Readable:
    """The weights that can still be read: a journal that lost some files still saves the run."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """See `saving.Weights`."""
        try:
            return self._journal.weights(epoch)
        except RunFileError:
            return None


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _advice(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in _FULL:
        return "make room there, and "
    return "make the folder writable, and " if number in _FORBIDDEN else ""


def _environments(continued: Continuable | None) -> tuple[tuple[int, Environment], ...]:
    here = environment()
    if not isinstance(continued, SavedRun | Journal) or continued.checkpoint is None:
        return ((1, here),)
    earlier = continued.environments
    if earlier and earlier[-1][1] == here:
        return earlier
    return (*earlier, (continued.checkpoint.epoch + 1, here))
