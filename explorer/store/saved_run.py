"""A run that was read from a file or a journal. Implements `Continuable` and `Keeper`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.data.progress import Report, silent
from explorer.engine.checkpoint import WEIGHTS, Checkpoint
from explorer.engine.environment import Environment, environment
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import Floats
from explorer.store.container import Members, read_array
from explorer.store.errors import refusal
from explorer.store.layout import Plan, epoch_folder
from explorer.store.saving import save


def _nothing() -> None:
    """A file that a person saved stays."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedRun:
    """A run read from a file. It can be looked at as any other, and continued where it has a checkpoint.

    Attributes:
        path: The file or the journal, from which weights are read when they are asked for.
        record: What it began with and what happened.
        checkpoint: The end of its last complete epoch; None when it cannot be continued.
        environments: From which epoch on it was trained with what.
        plan: What its file holds.
        checksums: Of the members with weights, from when it was opened.
        members: Opens the file again.
        let_go: What `close` does.
    """

    path: Path
    record: RunRecord
    checkpoint: Checkpoint | None
    environments: tuple[tuple[int, Environment], ...]
    plan: Plan
    checksums: Mapping[str, int]
    members: Callable[[], AbstractContextManager[Members]]
    let_go: Callable[[], None] = _nothing

    @property
    def epochs_with_weights(self) -> tuple[int, ...]:
        """The epochs whose weights are in the file, counted from 1."""
        begun = range(1, self.record.history.epochs_begun + 1)
        return tuple(epoch for epoch in begun if f"{epoch_folder(epoch)}{WEIGHTS[0]}.npy" in self.checksums)

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
        expected = self.plan.weights(epoch)
        with self.members() as members:
            for name in expected:
                if members.checksum(name) != self.checksums[name]:
                    raise refusal(self.path, "it has changed since it was opened", "open it again")
            return tuple(read_array(members, name, each) for name, each in expected.items())

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        """See `explorer.engine.keeping.Keeper.save`; also onto its own file."""
        record = self.record if name is None else replace(self.record, name=name)
        save(target, record, checkpoint=self.checkpoint, weights=self, environments=self.environments, report=report)

    def close(self) -> None:
        """The run is no longer wanted: what was left by a crash goes, a file that a person saved stays."""
        self.let_go()

    @property
    def differences(self) -> tuple[str, ...]:
        """The versions and flags in which this computer differs from the one it was trained on, in words.

        Where there are any, continuing may give other last digits than the uninterrupted run.
        """
        here, there = environment(), self.environments[-1][1] if self.environments else {}
        names = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "onednn": "oneDNN", "system": "system"}
        return tuple(
            f"{label} {there[name]}, here {here[name]}"
            for name, label in names.items()
            if "unknown" not in (there.get(name, "unknown"), here[name]) and there[name] != here[name]
        )
