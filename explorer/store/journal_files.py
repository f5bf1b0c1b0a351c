"""The files of a journal: written one by one, each under its name when it is whole; read back as one run's members.

Forcing them to the disk comes after, in a thread of its own. A process that is killed loses nothing that was written,
and a disk may be slower than an epoch. After a power cut a file may be there and not be whole: its checksums tell.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import Checkpoint
from explorer.engine.environment import Environment
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult, Floats
from explorer.engine.test_result import TestResult
from explorer.store import npy
from explorer.store.container import MOST_JSON_BYTES, ZipMembers, read_array
from explorer.store.document import (
    Document,
    DocumentError,
    EpochEntry,
    change_json,
    checkpoint_json,
    dumped,
    entry_json,
    parsed,
    test_json,
    words_json,
)
from explorer.store.errors import RunFileError, refusal
from explorer.store.layout import LABELS, README, RUN, WORDS, Plan, epoch_arrays, slot_arrays, weight_arrays
from explorer.store.locks import Lock
from explorer.store.saving import ACTIVATION_BUDGET_BYTES, readme, words_of

BEGIN: Final = "begin.zip"
CLOSED: Final = "closed"
"""Stands in a folder that was left in an orderly way; holds the name that a person gave the run."""
_EPOCH: Final = "epoch.json"
_CHECKPOINT: Final = "checkpoint.json"
_TEST: Final = "test.json"


class JournalFolder:
    """A journal that this process writes.

    Args:
        path: The folder; it must not exist.
        troubled: Called in the thread that forces files to the disk, with the reason when one cannot be.

    Attributes:
        path: As given.
        begun: Whether the folder was made.
        epochs: The epochs that are on the disk with their weights.
    """

    def __init__(self, path: Path, troubled: Callable[[Exception], object] = lambda error: None):
        self.path, self.begun = path, False
        self._troubled = troubled
        self.epochs: set[int] = set()
        self._lock: Lock | None = None
        self._forcing = ThreadPoolExecutor(1, thread_name_prefix="journal-disk")
        self._trouble: Exception | None = None

    def begin(self, record: RunRecord, environments: Sequence[tuple[int, Environment]], plan: Plan) -> None:
        """Make the folder, lock it, and write what the run begins with.

        Raises:
            OSError: Here and below, when there is no room or no right to write.
        """
        self.path.mkdir(parents=True)
        self.begun = True
        self._lock = Lock.take(self.path)
        words = words_of(record)
        document = Document(
            name=record.name,
            settings=record.started_with,
            reviews=record.reviews,
            environments=tuple(environments),
            reviews_kept=plan.reviews_kept,
            upper_weights=plan.upper_weights,
            words=None if words is None else len(words),
        )
        texts = {README: readme(), RUN: document.to_json()}
        if words is not None:
            texts[WORDS] = words_json(words)
        self._put(self.path / BEGIN, texts, {LABELS: record.labels})

    def put_epoch(
        self,
        block: EpochBlock,
        plan: Plan,
        result: EpochResult,
        changes: Sequence[tuple[int, Mapping[str, Any]]],
        weights: tuple[Floats, ...] | None,
    ) -> None:
        """Write an epoch."""
        block = block.thinned(_stride(block, plan))
        told = {
            **entry_json(EpochEntry(len(block.table), block.stride, weights is not None, result)),
            "changes": [change_json(step, values) for step, values in changes],
        }
        arrays = dict(epoch_arrays(block, plan.train))
        if weights is not None:
            arrays |= weight_arrays(block.epoch, weights)
        self._put(self.path / epoch_file(block.epoch), {_EPOCH: dumped(told)}, arrays)
        if weights is not None:
            self.epochs.add(block.epoch)

    def put_checkpoint(self, checkpoint: Checkpoint, plan: Plan) -> None:
        """Write a checkpoint in the place of an earlier one. Its epoch is written before it."""
        told = checkpoint_json(checkpoint.epoch, checkpoint.streams)
        target = self.path / f"checkpoint-{checkpoint.epoch:04}.zip"
        self._put(target, {_CHECKPOINT: dumped(told)}, slot_arrays(plan.settings.optimizer, checkpoint.slots))
        # Behind the forcing of the new one: a power cut leaves one of them whole.
        self._forcing.submit(self._attempt, self._remove_checkpoints_before, target)

    def put_test(self, epochs: int, test: TestResult) -> None:
        """Write the figures of the test reviews after so many epochs."""
        self._put(self.path / test_file(epochs), {_TEST: dumped(test_json(test))}, {})

    def weights(self, epoch: int, plan: Plan) -> tuple[Floats, ...]:
        """The weights of an epoch that is on the disk.

        Raises:
            RunFileError: When they no longer are.
        """
        with ZipMembers(self.path / epoch_file(epoch)) as members:
            return tuple(read_array(members, name, expected) for name, expected in plan.weights(epoch).items())

    def _put(self, target: Path, texts: Mapping[str, bytes], arrays: Mapping[str, Any]) -> None:
        if self._trouble is not None:
            raise self._trouble
        _write(target, texts, arrays)
        self._forcing.submit(self._attempt, force_to_disk, target)

    def _attempt(self, work: Callable[[Path], object], target: Path) -> None:
        """Do something with a file in the thread that forces; its outcome is never fetched, so a failure is told."""
        if self._trouble is not None:
            return
        try:
            work(target)
        except FileNotFoundError:
            pass  # a checkpoint whose place a newer one took
        except Exception as error:
            self._trouble = error
            self._troubled(error)

    def _remove_checkpoints_before(self, newest: Path) -> None:
        for old in self.path.glob("checkpoint-*.zip"):
            if _epoch_of(old) < _epoch_of(newest):
                old.unlink(missing_ok=True)

    def forced(self) -> None:
        """Wait until what was written is on the disk, or cannot be."""
        with contextlib.suppress(RuntimeError, CancelledError):  # being removed: it need not be there
            self._forcing.submit(lambda: None).result()

    def leave(self, name: str) -> None:
        """Let the folder be, for a later start."""
        self._forcing.shutdown(wait=True)
        with contextlib.suppress(OSError, ValueError, MemoryError, RuntimeError):  # then it looks like after a crash
            write_name(self.path / CLOSED, name)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def remove(self) -> None:
        """Let the folder go, with all that is in it."""
        self._forcing.shutdown(wait=True, cancel_futures=True)
        if self._lock is not None:
            self._lock.release()  # some systems do not remove what is open
            self._lock = None
        if self.begun:
            shutil.rmtree(self.path, ignore_errors=True)


class JournalMembers:
    """What a journal holds, as the members of one run file. Implements `container.Members`.

    Files that are not whole end the run before them: the process died, or the power went, while they were written.

    Args:
        path: The folder.

    Raises:
        RunFileError: When not even the beginning is whole, or no epoch.
    """

    def __init__(self, path: Path):
        self.path = path
        self._open: ZipMembers | None = None
        self._files: dict[str, Path] = {}
        begin = path / BEGIN
        try:
            values = parsed(self._index(begin, RUN))
            if not isinstance(values, dict):
                raise DocumentError("is no object")
        except DocumentError as error:
            raise refusal(begin, f"{RUN} {error}") from error
        values.update(epochs=[], changes=[], checkpoint=None)
        self._epochs = 0
        while (told := self._part(path / epoch_file(self._epochs + 1), _EPOCH)) is not None:
            values["changes"] += told.pop("changes", [])
            values["epochs"].append(told)
            self._epochs += 1
        for file in sorted(path.glob("checkpoint-*.zip"), key=_epoch_of, reverse=True):
            told = self._part(file, _CHECKPOINT, most=self._epochs)
            if told is not None:
                values["checkpoint"] = told
                break
        values["test"] = self._part(path / test_file(self._epochs), _TEST)
        self._run = json.dumps(values).encode()
        self.close()
        if not self._epochs:
            raise refusal(path, "no epoch of it is whole")

    @property
    def names(self) -> frozenset[str]:
        """See `Members.names`."""
        return frozenset(self._files)

    def read(self, name: str, most: int) -> bytes:
        """See `Members.read`."""
        return self._run if name == RUN else self._of(name).read(name, most)

    def checksum(self, name: str) -> int:
        """See `Members.checksum`."""
        return self._of(name).checksum(name)

    def close(self) -> None:
        """Let the file that was read last go."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def __enter__(self) -> Self:
        """The members themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the file that was read last go."""
        self.close()

    def _of(self, name: str) -> ZipMembers:
        if name not in self._files:
            raise refusal(self.path, f"its member {name} is missing")
        return self._zip(self._files[name])

    def _zip(self, file: Path) -> ZipMembers:
        # One at a time: a system lets a process open about a thousand files.
        if self._open is None or self._open.path != file:
            self.close()
            self._open = ZipMembers(file)
        return self._open

    def _index(self, file: Path, text: str) -> bytes:
        """Note a file's members, after a look at every byte of them; gives the content of the one that is JSON."""
        members = self._zip(file)
        members.check()
        content = members.read(text, MOST_JSON_BYTES)
        self._files |= {name: file for name in members.names if name != text or text == RUN}
        return content

    def _part(self, file: Path, text: str, most: int | None = None) -> dict[str, Any] | None:
        """What a file says; None when it is not whole, or of an epoch beyond `most`."""
        if not file.exists():
            return None
        before = dict(self._files)
        with contextlib.suppress(RunFileError, DocumentError):
            told = parsed(self._index(file, text))
            if isinstance(told, dict) and (most is None or told.get("epoch", most) <= most):
                return told
        self._files = before
        return None


def epoch_file(epoch: int) -> str:
    """The name of the file of an epoch."""
    return f"epoch-{epoch:04}.zip"


def test_file(epochs: int) -> str:
    """The name of the file of the test's figures after so many epochs."""
    return f"test-{epochs:04}.zip"


def _epoch_of(checkpoint: Path) -> int:
    number = checkpoint.stem.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _stride(block: EpochBlock, plan: Plan) -> int:
    """The stride at which the activations of all epochs up to this one would fit a file.

    Without it a run of small batches would leave a hundred megabytes that no file takes over.
    """
    stride = block.stride
    whole = 4 * plan.layout.width * plan.batches * block.epoch
    while stride and whole / stride > ACTIVATION_BUDGET_BYTES and stride < plan.batches * block.epoch:
        stride *= 2
    return stride


def _write(target: Path, texts: Mapping[str, bytes], arrays: Mapping[str, Any]) -> None:
    """Write members as they are, and give the file its name."""
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with open(unfinished, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, data in texts.items():
                archive.writestr(zipfile.ZipInfo(name), data)
            for name, array in arrays.items():
                archive.writestr(zipfile.ZipInfo(name), npy.to_bytes(array))
        os.replace(unfinished, target)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()  # on a full disk every byte counts
        raise


def write_name(mark: Path, name: str) -> None:
    """Write the name that a person gave a run, whatever characters it has.

    Raises:
        OSError: When it cannot be written.
    """
    mark.write_bytes(name.encode("utf-8", "surrogatepass"))


def read_name(mark: Path) -> str:
    """What `write_name` wrote.

    Raises:
        OSError: When it cannot be read.
        UnicodeDecodeError: When something else wrote it.
    """
    return mark.read_bytes().decode("utf-8", "surrogatepass")


def force_to_disk(target: Path) -> None:
    """Wait until a file and its name are on the disk.

    Raises:
        OSError: When they cannot be.
    """
    with open(target, "r+b") as file:  # some systems force only what may be written
        os.fsync(file.fileno())
    with contextlib.suppress(OSError):  # where a folder can be opened, its names are forced to the disk too
        descriptor = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
