"""Reading a run file: everything is checked before anything is used, and what fails is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.dataset import Vocabulary
from explorer.data.progress import Report, silent
from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import SLOTS, WEIGHTS, Checkpoint
from explorer.engine.history import History
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import DECLARATIONS, Change
from explorer.engine.snapshot import Changed
from explorer.store import checks
from explorer.store.container import MOST_HELD_BYTES, MOST_JSON_BYTES, Members, ZipMembers, read_array
from explorer.store.document import KIND, VERSION, Document, DocumentError, document, parsed, words_of
from explorer.store.earlier import PLANS
from explorer.store.errors import refusal
from explorer.store.layout import LABELS, README, RUN, WORDS, Expected, epoch_folder
from explorer.store.saved_run import SavedRun
from explorer.store.saving import ACTIVATION_BUDGET_BYTES, common_stride

_LIVE: Final = frozenset(declared.name for declared in DECLARATIONS if declared.change is Change.LIVE)


def open_run(path: Path, report: Report = silent) -> SavedRun:
    """Read a run file, whole, and check it.

    Args:
        path: The file, of this version or an earlier one.
        report: Told how far it is; may cancel.

    Raises:
        RunFileError: With a sentence, when it cannot be used. Nothing else has happened then.
    """
    return read_run(partial(ZipMembers, path.absolute()), path, report)


def read_run(members: Callable[[], AbstractContextManager[Members]], path: Path, report: Report = silent) -> SavedRun:
    """Read a run from whatever holds its members; see `open_run`."""
    try:
        with members() as opened:
            return _Reader(opened, report).run(members)
    except MemoryError as error:
        raise refusal(path, "there is not enough memory for it", "close other programs and try again") from error


class _Reader:
    """Reads and checks one run."""

    def __init__(self, members: Members, report: Report):
        self._members, self._report = members, report
        version, self._told = self._document()
        told = self._told
        self._plan = PLANS[version](told.settings, told.reviews.train, told.reviews_kept, told.upper_weights)

    def run(self, members: Callable[[], AbstractContextManager[Members]]) -> SavedRun:
        told, plan = self._told, self._plan
        self._check_names()
        labels = self._array(LABELS, plan.labels()[LABELS])
        self._hold(f"{LABELS} holds a label that is neither 0 nor 1" if labels.max() > 1 else None)
        changes = self._changes()
        results = [entry.result for entry in told.epochs if entry.result is not None]
        epochs = range(1, len(told.epochs) + 1)
        blocks = []
        for epoch in epochs:
            self._report("Opening the run", 0.5 * (epoch - 1) / len(epochs))
            blocks.append(self._block(epoch))
            self._hold(checks.order(blocks[-1], plan))
            self._hold(checks.table(blocks[-1], plan, changes))
        self._hold(checks.losses(blocks, results))
        overflowed = checks.overflowed(blocks, results)
        checkpoint = self._checkpoint(overflowed)
        for block in blocks:
            self._report("Opening the run", 0.5 + 0.5 * (block.epoch - 1) / len(epochs))
            # Weights are looked at now and let go: those of a hundred epochs are not held in memory.
            weights = self._arrays(plan.weights(block.epoch)) if told.epochs[block.epoch - 1].weights else {}
            if block.epoch not in overflowed:
                self._hold(checks.finite([*weights.items(), (f"epoch {block.epoch}", block.activations)]))
        stride = common_stride(blocks, ACTIVATION_BUDGET_BYTES)
        history = History.restored(plan.batches, [block.thinned(stride) for block in blocks], results, changes)
        record = RunRecord(
            told.name,
            told.settings,
            told.reviews,
            labels,
            plan.trained_on,
            plan.held_out,
            history,
            told.environments,
            self._vocabulary(),
        )
        if record.finished:
            history.test = told.test  # a process that died may have left one of an earlier end
        with_weights = [epoch for epoch in epochs if told.epochs[epoch - 1].weights]
        return SavedRun(
            path=self._members.path,
            record=record,
            checkpoint=checkpoint,
            environments=told.environments,
            plan=plan,
            checksums={name: self._members.checksum(name) for epoch in with_weights for name in plan.weights(epoch)},
            members=members,
        )

    def _hold(self, reason: str | None) -> None:
        """Refuse the file for a reason, if there is one."""
        if reason is not None:
            raise refusal(self._members.path, reason)

    def _array(self, name: str, expected: Expected) -> npt.NDArray[Any]:
        return read_array(self._members, name, expected)

    def _arrays(self, expected: dict[str, Expected]) -> dict[str, npt.NDArray[Any]]:
        return {name: self._array(name, each) for name, each in expected.items()}

    def _document(self) -> tuple[int, Document]:
        path = self._members.path
        try:
            values = parsed(self._members.read(RUN, MOST_JSON_BYTES))
            version = values.get("version") if isinstance(values, dict) and values.get("kind") == KIND else VERSION
            if not isinstance(version, int) or isinstance(version, bool):
                raise DocumentError(f"has a version that is no number: {str(version)[:40]}")
            if version > VERSION:
                newer = f"it is a run file of version {version}, made by a newer Dropout Explorer than this"
                raise refusal(path, newer, "update this one (pip install --upgrade dropout-explorer)")
            if version not in PLANS:
                raise DocumentError(f"has a version that never was: {str(version)[:40]}")
            return version, document(values)
        except DocumentError as error:
            raise refusal(path, f"{RUN} {error}") from error

    def _vocabulary(self) -> Vocabulary | None:
        if self._told.words is None:
            return None
        try:
            return Vocabulary(words_of(parsed(self._members.read(WORDS, MOST_JSON_BYTES)), self._told.words))
        except DocumentError as error:
            raise refusal(self._members.path, f"{WORDS} {error}") from error

    def _check_names(self) -> None:
        """Nothing is missing, and nothing is there that does not belong."""
        told, plan = self._told, self._plan
        if plan.trained_on < 1:
            self._hold(f"{RUN} leaves no review to train on")
        if plan.reviews_kept > plan.size:
            self._hold(f"{RUN} keeps activations of {plan.reviews_kept} reviews of batches of {plan.size}")
        if not told.epochs:
            self._hold(f"{RUN} has no epoch")
        held: dict[str, Expected] = {}
        expected = {README, RUN, LABELS} if told.words is None else {README, RUN, LABELS, WORDS}
        for epoch, entry in enumerate(told.epochs, start=1):
            last = epoch == len(told.epochs)
            short = last and entry.result is None and not entry.weights and entry.batches <= plan.batches
            if entry.batches != plan.batches and not short:
                self._hold(f"{RUN} has {entry.batches} batches in epoch {epoch} where {plan.batches} are due")
            if entry.result is None and not short:
                self._hold(f"{RUN} has no figures of epoch {epoch}")
            if entry.result is not None and entry.result.step != epoch * plan.batches:
                self._hold(f"{RUN} ends epoch {epoch} at batch {entry.result.step}")
            if entry.result is not None and (entry.result.val_loss is None) != (plan.held_out == 0):
                self._hold(f"{RUN} has validation figures of epoch {epoch} that do not go with its settings")
            held |= plan.epoch(epoch, entry.batches, entry.stride)
            if entry.weights:
                expected |= plan.weights(epoch).keys()
        if told.checkpoint is not None:
            epoch = told.checkpoint[0]
            if epoch > len(told.epochs) or not told.epochs[epoch - 1].weights:
                self._hold(f"{RUN} has a checkpoint of epoch {epoch}, whose weights are not in the file")
            expected |= plan.slots().keys()
        size = sum(each.nbytes for each in held.values())
        if size > MOST_HELD_BYTES:
            self._hold(f"it would take {size / 1e9:.0f} GB of memory")
        expected |= held.keys()
        for name in sorted(self._members.names - expected):
            self._hold(f"its member {name!r} does not belong into a run file")
        for name in sorted(expected - self._members.names - {README}):
            self._hold(f"its member {name} is missing")

    def _changes(self) -> list[Changed]:
        settings, before = self._told.settings, 1
        changes: list[Changed] = []
        last = sum(entry.batches for entry in self._told.epochs) + 1
        for step, values in self._told.changes:
            if not before <= step <= last:
                self._hold(f"{RUN} has a change of settings before batch {step}, out of order")
            if not values or not values.keys() <= _LIVE:
                self._hold(f"{RUN} has a change before batch {step} of what cannot change during a run")
            try:
                changed = settings.replace(**values)
            except ValueError as error:
                raise refusal(self._members.path, f"{RUN} has a change that cannot be: {error}") from error
            named = tuple((name, getattr(settings, name), value) for name, value in values.items())
            changes.append(Changed(0, step, (step - 1) / self._plan.batches, named, changed))
            settings, before = changed, step
        return changes

    def _block(self, epoch: int) -> EpochBlock:
        entry, plan = self._told.epochs[epoch - 1], self._plan
        arrays = {
            name.removeprefix(epoch_folder(epoch)).removesuffix(".npy"): array
            for name, array in self._arrays(plan.epoch(epoch, entry.batches, entry.stride)).items()
        }
        steps = plan.kept_steps(epoch, entry.batches, entry.stride)
        if not np.array_equal(arrays.get("steps", steps), steps):
            self._hold(f"the steps of epoch {epoch} are not every {entry.stride}th batch")
        return EpochBlock(
            epoch=epoch,
            size=plan.size,
            order=arrays["order"].astype(np.int32),
            masks=(arrays.get("masks_1"), arrays.get("masks_2")),
            table=arrays["table"],
            stride=entry.stride,
            steps=steps,
            activations=plan.rows(arrays, len(steps)),
            layout=plan.layout,
        )

    def _checkpoint(self, overflowed: frozenset[int]) -> Checkpoint | None:
        told, plan = self._told, self._plan
        if told.checkpoint is None:
            return None
        epoch, (first, second) = told.checkpoint
        named = self._arrays(plan.slots())
        self._hold(checks.slots(named.items()))
        if epoch not in overflowed:
            self._hold(checks.finite(named.items()))
        slots = list(named.values())
        each = len(WEIGHTS)
        return Checkpoint(
            epoch=epoch,
            weights=tuple(self._arrays(plan.weights(epoch)).values()),
            slots=tuple(tuple(slots[k * each : (k + 1) * each]) for k in range(len(SLOTS[plan.settings.optimizer]))),
            streams=(first, second),
        )
