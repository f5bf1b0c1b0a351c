"""A run kept while it trains: a folder that grows by two files at each epoch's end.

`begin.zip` holds what a run begins with, `epoch-0001.zip` what an epoch added, and `checkpoint-0001.zip` what going on
after it takes, of the newest epoch only. Their members are those of a run file, not packed. Each is written beside its
name, forced to the disk and renamed, so that a process that dies leaves whole files and at most one epoch missing.

Nothing of this happens in the time of the thread that trains: it hands over arrays that no longer change, and a thread
of the journal's own writes them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from explorer.data.progress import Report, silent
from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import Checkpoint, capture
from explorer.engine.environment import Environment, environment
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult, Floats
from explorer.store import npy
from explorer.store.container import ZipMembers, read_array
from explorer.store.document import (
    Document,
    EpochEntry,
    change_json,
    changes_of,
    checkpoint_json,
    dumped,
    entry_json,
)
from explorer.store.folders import new_folder
from explorer.store.layout import LABELS, README, RUN, Plan, epoch_arrays, slot_arrays, weight_arrays
from explorer.store.locks import Lock
from explorer.store.saving import readme, save

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

BEGIN: Final = "begin.zip"
EPOCH: Final = "epoch.json"
CHECKPOINT: Final = "checkpoint.json"


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """An epoch on its way to the disk."""

    block: EpochBlock
    result: EpochResult
    changes: tuple[tuple[int, Mapping[str, Any]], ...]
    checkpoint: Checkpoint


class Journal:
    """Keeps a run as it grows, and saves it.

    Args:
        record: The run; the journal reads its history.
        folder: Where; made by the journal, and removed by `close`. None keeps nothing on the disk: then a saved file
            has the weights of the newest epoch only.
        troubled: Called once, in the journal's thread, with a sentence when the folder cannot be written. Training
            and saving go on without it.

    Attributes:
        record: As given.
        folder: As given.
        newest: The checkpoint of the newest epoch.
        trouble: Why the folder can no longer be written; empty when it can.
    """

    def __init__(
        self, record: RunRecord, folder: Path | None, *, troubled: Callable[[str], object] = lambda sentence: None
    ):
        self.record, self.folder = record, folder
        self.newest: Checkpoint | None = None
        self.trouble = ""
        self.environments: tuple[tuple[int, Environment], ...] = ((1, environment()),)
        self._troubled = troubled
        self._plan: Plan | None = None
        self._changes_kept = 0
        self._lock: Lock | None = None
        self._changed = threading.Condition()
        self._queue: deque[_Entry] = deque()
        self._busy = self._closing = False
        self._on_disk: set[int] = set()
        self._begun = False
        self._thread: threading.Thread | None = None

    # -- told by who trains --

    def keep(self, trained: Trainer | Checkpoint) -> None:
        """Take what the epoch that has just ended added. Returns at once.

        Args:
            trained: The trainer, between the epoch's last batch and the next one's first; or its checkpoint.
        """
        checkpoint = trained if isinstance(trained, Checkpoint) else capture(trained)
        history, epoch = self.record.history, checkpoint.epoch
        block = history.block(epoch)
        changes = changes_of(history.changes)
        entry = _Entry(block, history.results[epoch - 1], changes[self._changes_kept :], checkpoint)
        self._changes_kept = len(changes)
        with self._changed:
            self.newest = checkpoint
            self._plan = Plan.of(self.record.started_with, self.record.reviews.train, block.layout)
            if self.folder is None or self.trouble:
                return
            self._queue.append(entry)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
                self._thread.start()

    # -- asked by anyone --

    def settle(self) -> None:
        """Wait until all that was handed over is on the disk, or cannot be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue and not self._busy)

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """The weights after an epoch; None when they are not known.

        Raises:
            RunFileError: When the folder was tampered with.
        """
        newest, plan = self.newest, self._plan
        if newest is not None and newest.epoch == epoch:
            return newest.weights
        if self.folder is None or plan is None or epoch not in self._on_disk:
            return None
        with ZipMembers(self.folder / epoch_file(epoch)) as members:
            return tuple(read_array(members, name, expected) for name, expected in plan.weights(epoch).items())

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        """Write the run to a file, as `explorer.store.save` does; it may go on being trained meanwhile.

        Args:
            target: The file.
            name: What the run is called now; the record's name when None.
            report: Told how far it is; may cancel.
        """
        self.settle()
        record = self.record if name is None else replace(self.record, name=name)
        save(target, record, checkpoint=self.newest, weights=self, environments=self.environments, report=report)

    def close(self, *, remove: bool = True) -> None:
        """Write what is left, end the thread, and remove the folder.

        Args:
            remove: Whether the folder goes; nothing is written then that would go at once.
        """
        with self._changed:
            self._closing = True
            if remove:
                self._queue.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._lock is not None:
            self._lock.release()  # some systems do not remove what is open
            self._lock = None
        if remove and self.folder is not None and self._begun:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- in the journal's thread --

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    return
                entry = self._queue.popleft()
                newest = not self._queue
                self._busy = True
            try:
                self._write(entry, newest)
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        with self._changed:
            self.trouble = (
                f"This run is no longer kept for the case of a crash: {self.folder} could not be written "
                f"({error.strerror or error}). Make room there, and save the run to a file."
            )
            self._queue.clear()
        self._troubled(self.trouble)

    def _write(self, entry: _Entry, newest: bool) -> None:
        assert self.folder is not None
        if not self._begun:
            self._begin(self.folder)
        block, checkpoint = entry.block, entry.checkpoint
        told = {
            **entry_json(EpochEntry(len(block.table), block.stride, True, entry.result)),
            "changes": [change_json(step, values) for step, values in entry.changes],
        }
        arrays = {**epoch_arrays(block), **weight_arrays(block.epoch, checkpoint.weights)}
        _write_zip(self.folder / epoch_file(block.epoch), EPOCH, told, arrays)
        self._on_disk.add(block.epoch)
        if newest:  # one that is behind would be replaced at once
            told = checkpoint_json(checkpoint.epoch, checkpoint.streams)
            slots = slot_arrays(self.record.started_with.optimizer, checkpoint.slots)
            _write_zip(self.folder / checkpoint_file(checkpoint.epoch), CHECKPOINT, told, slots)
            for old in self.folder.glob("checkpoint-*.zip"):
                if old.name != checkpoint_file(checkpoint.epoch):
                    old.unlink()
        _sync(self.folder)

    def _begin(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._begun = True
        self._lock = Lock.take(folder)
        record, plan = self.record, self._plan
        assert plan is not None
        document = Document(
            name=record.name,
            settings=record.started_with,
            reviews=record.reviews,
            environments=self.environments,
            reviews_kept=plan.reviews_kept,
            upper_weights=plan.upper_weights,
        )
        _write_zip(folder / BEGIN, RUN, document.to_json(), {LABELS: record.labels}, {README: readme()})


def epoch_file(epoch: int) -> str:
    """The name of the file of an epoch."""
    return f"epoch-{epoch:04}.zip"


def checkpoint_file(epoch: int) -> str:
    """The name of the file of a checkpoint."""
    return f"checkpoint-{epoch:04}.zip"


@contextmanager
def keeping(trainer: Trainer, name: str = "", *, folder: Path | None = None) -> Iterator[Journal]:
    """A journal of a run for as long as the block lasts, in a folder of its own among those of autosaved runs.

    Args:
        trainer: Who trains the run; its thread calls `Journal.keep` at each epoch's end.
        name: What the run is called.
        folder: Another folder; it must not exist.
    """
    journal = Journal(RunRecord.of(trainer, name), new_folder() if folder is None else folder)
    try:
        yield journal
    finally:
        journal.close()


def _write_zip(
    target: Path,
    name: str,
    told: object,
    arrays: Mapping[str, Any],
    more: Mapping[str, bytes] | None = None,
) -> None:
    """Write members as they are, force them to the disk, and give the file its name."""
    unfinished = target.with_name(f"{target.name}.part")
    with open(unfinished, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo(name), told if isinstance(told, bytes) else dumped(told))
            for member, data in (more or {}).items():
                archive.writestr(zipfile.ZipInfo(member), data)
            for member, array in arrays.items():
                archive.writestr(zipfile.ZipInfo(member), npy.to_bytes(array))
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, target)


def _sync(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
