"""Reading a run file: everything is checked before anything is used, and what fails is refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.data.progress import Report, silent
from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import SLOTS, WEIGHTS, Checkpoint
from explorer.engine.environment import Environment
from explorer.engine.history import History
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import DECLARATIONS, HIDDEN, Change, Settings
from explorer.engine.snapshot import Changed, Floats
from explorer.store.container import MOST_JSON_BYTES, Members, ZipMembers, read_array
from explorer.store.document import KIND, VERSION, Document, DocumentError, document, parsed
from explorer.store.errors import RunFileError, refusal
from explorer.store.layout import LABELS, README, RUN, Plan, epoch_folder
from explorer.store.saving import ACTIVATION_BUDGET_BYTES, common_stride

_LIVE = {d.name: d for d in DECLARATIONS if d.change is Change.LIVE}


@dataclass(frozen=True, slots=True, eq=False)
class SavedRun:
    """A run read from a file. It can be looked at as any other, and continued where it has a checkpoint.

    Attributes:
        path: The file, from which weights are read when they are asked for.
        record: What it began with and what happened.
        checkpoint: The end of its last complete epoch; None when it cannot be continued.
        environments: From which epoch on it was trained with what.
    """

    path: Path
    record: RunRecord
    checkpoint: Checkpoint | None
    environments: tuple[tuple[int, Environment], ...]
    _plan: Plan
    _checksums: Mapping[str, int]

    @property
    def epochs_with_weights(self) -> tuple[int, ...]:
        """The epochs whose weights are in the file, counted from 1."""
        begun = range(1, self.record.history.epochs_begun + 1)
        return tuple(epoch for epoch in begun if f"{epoch_folder(epoch)}{WEIGHTS[0]}.npy" in self._checksums)

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """The weights after an epoch, counted from 1: six float32 arrays, in the order of `checkpoint.WEIGHTS`.

        That is the order of `Network.trainable_variables`: kernels and biases of hidden 1, hidden 2 and the output.

        Returns:
            Read-only arrays; None when the file has none of that epoch.

        Raises:
            RunFileError: When the file is gone, or another since it was opened.
        """
        if self.checkpoint is not None and epoch == self.checkpoint.epoch:
            return self.checkpoint.weights
        if epoch not in self.epochs_with_weights:
            return None
        with ZipMembers(self.path) as members:
            return tuple(self._weight(members, name, expected) for name, expected in self._plan.weights(epoch).items())

    def _weight(self, members: Members, name: str, expected: Any) -> Floats:
        if members.checksum(name) != self._checksums[name]:
            raise refusal(self.path, "it has changed since it was opened", "open it again")
        return read_array(members, name, expected)


def open_run(path: Path, report: Report = silent) -> SavedRun:
    """Read a run file, whole, and check it.

    Raises:
        RunFileError: With a sentence, when it cannot be used. Nothing else has happened then.
    """
    try:
        with ZipMembers(path) as members:
            return read_run(members, report)
    except MemoryError as error:
        raise refusal(path, "there is not enough memory for it", "close other programs and try again") from error


def read_run(members: Members, report: Report = silent) -> SavedRun:
    """Read a run from its members; see `open_run`."""
    return _Reader(members, report).run()


class _Reader:
    def __init__(self, members: Members, report: Report):
        self._members, self._report, self._path = members, report, members.path

    def run(self) -> SavedRun:
        told = self._document()
        plan = Plan(told.settings, told.reviews.train, told.reviews_kept, told.upper_weights)
        self._check_names(told, plan)
        labels = self._array(LABELS, plan.labels()[LABELS])
        if labels.max(initial=0) > 1:
            raise self._refuse(f"{LABELS} holds a label that is neither 0 nor 1")
        changes = self._changes(told, plan)
        blocks = []
        for epoch in range(1, len(told.epochs) + 1):
            self._report("Opening the run", (epoch - 1) / len(told.epochs))
            blocks.append(self._block(told, plan, epoch))
            self._check_table(blocks[-1], plan, changes)
            self._check_weights(told, plan, epoch)
        stride = common_stride(blocks, ACTIVATION_BUDGET_BYTES) if blocks else 1
        results = [entry.result for entry in told.epochs if entry.result is not None]
        history = History.restored(plan.batches, [b.thinned(stride) for b in blocks], results, changes)
        record = RunRecord(
            told.name,
            told.settings,
            told.reviews,
            labels,
            plan.trained_on,
            plan.held_out,
            history,
            told.environments,
        )
        checksums = {
            name: self._members.checksum(name)
            for epoch, entry in enumerate(told.epochs, start=1)
            if entry.weights
            for name in plan.weights(epoch)
        }
        return SavedRun(self._path, record, self._checkpoint(told, plan), told.environments, plan, checksums)

    def _refuse(self, reason: str) -> RunFileError:
        return refusal(self._path, reason)

    def _array(self, name: str, expected: Any) -> npt.NDArray[Any]:
        return read_array(self._members, name, expected)

    def _document(self) -> Document:
        try:
            values = parsed(self._members.read(RUN, MOST_JSON_BYTES))
            if isinstance(values, dict) and values.get("kind") == KIND:
                version = values.get("version")
                if not isinstance(version, int) or version < 1:
                    raise DocumentError("has no version")
                if version > VERSION:
                    raise refusal(
                        self._path,
                        f"it is a run file of version {version}, made by a newer Dropout Explorer",
                        "update this one (pip install --upgrade dropout-explorer)",
                    )
            return document(values)
        except DocumentError as error:
            raise self._refuse(f"{RUN} {error}") from error

    def _check_names(self, told: Document, plan: Plan) -> None:
        """Nothing is missing, and nothing is there that does not belong."""
        if plan.trained_on < 1:
            raise self._refuse(f"{RUN} has no review to train on")
        if plan.reviews_kept > plan.size:
            raise self._refuse(f"{RUN} keeps activations of {plan.reviews_kept} reviews of batches of {plan.size}")
        expected = {README, RUN, LABELS}
        for epoch, entry in enumerate(told.epochs, start=1):
            last = epoch == len(told.epochs)
            if entry.batches != plan.batches and not (last and entry.result is None and entry.batches < plan.batches):
                raise self._refuse(f"{RUN} has {entry.batches} batches in epoch {epoch} where {plan.batches} are due")
            if entry.result is None and not last:
                raise self._refuse(f"{RUN} has no figures of epoch {epoch}")
            expected |= plan.epoch(epoch, entry.batches, entry.stride).keys()
            if entry.weights:
                expected |= plan.weights(epoch).keys()
        if told.checkpoint is not None:
            epoch = told.checkpoint[0]
            if epoch > len(told.epochs) or told.epochs[epoch - 1].result is None or not told.epochs[epoch - 1].weights:
                raise self._refuse(f"{RUN} has a checkpoint of epoch {epoch}, which is not in the file")
            expected |= plan.slots().keys()
        for name in sorted(self._members.names - expected):
            raise self._refuse(f"its member {name!r} does not belong into a run file")
        for name in sorted(expected - self._members.names - {README}):
            raise self._refuse(f"its member {name} is missing")

    def _changes(self, told: Document, plan: Plan) -> list[Changed]:
        settings, changes, before = told.settings, [], 0
        most = sum(entry.batches for entry in told.epochs) + 1
        for step, values in told.changes:
            if not before <= step <= most:
                raise self._refuse(f"{RUN} has a change of settings before batch {step}, out of order")
            if not values or not values.keys() <= _LIVE.keys():
                raise self._refuse(f"{RUN} has a change before batch {step} of what cannot change during a run")
            try:
                changed = settings.replace(**values)
            except (TypeError, ValueError) as error:
                raise self._refuse(f"{RUN} has a change before batch {step} that cannot be: {error}") from error
            named = tuple((name, getattr(settings, name), getattr(changed, name)) for name in _LIVE if name in values)
            changes.append(Changed(0, step, (step - 1) / plan.batches, named, changed))
            settings, before = changed, step
        return changes

    def _block(self, told: Document, plan: Plan, epoch: int) -> EpochBlock:
        entry = told.epochs[epoch - 1]
        arrays = {
            name.removeprefix(epoch_folder(epoch)).removesuffix(".npy"): self._array(name, expected)
            for name, expected in plan.epoch(epoch, entry.batches, entry.stride).items()
        }
        order = arrays["order"]
        seen = np.zeros(plan.train, np.bool_)
        inside = (order >= plan.held_out) & (order < plan.train)
        seen[order[inside]] = True
        if np.count_nonzero(seen) != plan.trained_on:
            raise self._refuse(f"epoch {epoch} does not take every review once")
        return EpochBlock(
            epoch=epoch,
            size=plan.size,
            order=order,
            masks=(arrays.get("masks_1"), arrays.get("masks_2")),
            table=arrays["table"],
            stride=entry.stride,
            steps=plan.kept_steps(epoch, entry.batches, entry.stride),
            activations=arrays["activations"],
            layout=plan.layout,
        )

    def _check_table(self, block: EpochBlock, plan: Plan, changes: list[Changed]) -> None:
        table, n = block.table, len(block.table)
        where = f"the table of epoch {block.epoch}"
        if (table["epoch"] != block.epoch).any() or (table["batch"] != np.arange(1, n + 1)).any():
            raise self._refuse(f"{where} has batches out of order")
        if not ((table["accuracy"] >= 0) & (table["accuracy"] <= 1)).all():
            raise self._refuse(f"{where} has an accuracy that is no share")
        for hidden in HIDDEN:
            rate, factor = table[f"rate_{hidden}"], table[f"factor_{hidden}"]
            steps = (block.epoch - 1) * plan.batches + np.arange(1, n + 1)
            expected = np.float32([_rate_at(plan.settings, changes, hidden, step) for step in steps])
            if (rate != expected).any():
                raise self._refuse(f"{where} has rates after hidden {hidden} that the settings do not have")
            inverted = plan.settings.scaling == "inverted" and plan.settings.active(hidden)
            due = 1 / (1 - expected) if inverted else np.ones(n, np.float32)
            if not np.isclose(factor, due, rtol=1e-5).all():
                raise self._refuse(f"{where} has factors after hidden {hidden} that the rates do not give")

    def _check_weights(self, told: Document, plan: Plan, epoch: int) -> None:
        if told.epochs[epoch - 1].weights:
            for name, expected in plan.weights(epoch).items():
                self._array(name, expected)

    def _checkpoint(self, told: Document, plan: Plan) -> Checkpoint | None:
        if told.checkpoint is None:
            return None
        epoch, streams = told.checkpoint
        slots = [self._array(name, expected) for name, expected in plan.slots().items()]
        each = len(WEIGHTS)
        return Checkpoint(
            epoch=epoch,
            weights=tuple(self._array(name, expected) for name, expected in plan.weights(epoch).items()),
            slots=tuple(tuple(slots[k * each : (k + 1) * each]) for k in range(len(SLOTS[plan.settings.optimizer]))),
            streams=(streams[0], streams[1]),
        )


def _rate_at(started: Settings, changes: list[Changed], hidden: int, step: int) -> float:
    if not started.active(hidden):
        return 0.0
    settings = started
    for change in changes:
        if change.step > step:
            break
        settings = change.settings
    return settings.rate(hidden)
