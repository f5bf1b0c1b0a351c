"""`dropout-explorer run --continue`: which run goes on, from where, and what may be different from there on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.data.dataset import Dataset
from explorer.data.progress import DataError, Report
from explorer.data.source_options import absolute, split_source, with_options
from explorer.engine.settings import HIDDEN, Change, Settings, declaration
from explorer.engine.snapshot import Changed
from explorer.options import SINGLE, option, rates_from, typed
from explorer.store import SavedRun, open_run

if TYPE_CHECKING:
    from explorer.engine.training import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class Continuation:
    """A run that goes on after its last complete epoch.

    Attributes:
        saved: The run.
        settings: Those at its end, with what was asked for.
        asked: The live settings that options ask for, by name.
        pending: What was changed after the last complete epoch. That epoch is trained again, with the same changes.
    """

    saved: SavedRun
    settings: Settings
    asked: Mapping[str, Any]
    pending: tuple[Changed, ...]

    @classmethod
    def of(cls, arguments: argparse.Namespace, report: Report) -> Continuation:
        """Open the run that `--continue` names, and check the options against it.

        Raises:
            RunFileError: When the file cannot be used.
            DataError: When there is nothing to go on from.
            ValueError: For an option that cannot be given, with a sentence.
        """
        path: Path = arguments.continued
        _refuse_what_is_fixed(arguments)
        saved = open_run(path, report)
        if saved.checkpoint is None:
            raise DataError(f"{path} has no complete epoch to continue from; start a new run with its settings")
        done, record = saved.checkpoint.epoch, saved.record
        asked = _asked(arguments, record.started_with, path)
        settings = record.settings.replace(**asked, data=_source(arguments, saved))
        if arguments.epochs is not None and arguments.epochs <= done:
            raise ValueError(
                f"--epochs must be above {done}, the epochs that {path} has done (it counts those too), "
                f"got {arguments.epochs}"
            )
        if settings.epochs <= done:
            raise ValueError(
                f"{path} has done {done} epochs and was to do {settings.epochs}; give --epochs with a number above "
                f"{done} to go on"
            )
        if arguments.imdb_url is not None and settings.data != "imdb":
            raise ValueError(f"--imdb-url has no effect with the reviews of {path} ({record.reviews.title})")
        end = done * record.history.batches
        return cls(saved, settings, asked, tuple(each for each in record.history.changes if each.step > end + 1))

    def trainer(self, dataset: Dataset) -> Trainer:
        """The trainer that goes on; what was asked for is in force, and recorded as a live change.

        Raises:
            DataError: When the reviews are others than the run's.
        """
        from explorer.engine.resuming import resume

        reviews = self.saved.record.reviews
        if dataset.fingerprint != reviews.fingerprint:
            raise DataError(
                f"{self.saved.path} was trained on other reviews than {self.settings.data} gives: on {reviews.title}, "
                f"{reviews.train:,} for training, with the fingerprint {reviews.fingerprint[:16]}…, got "
                f"{dataset.fingerprint[:16]}…; give its own reviews with --data"
            )
        trainer = resume(self.saved, dataset, data=self.settings.data)
        trainer.update(trainer.settings.replace(**self.asked))
        return trainer

    def before_step(self, trainer: Trainer) -> None:
        """Change what the run itself changed before the batch that comes next, unless an option asks for another."""
        for change in self.pending:
            if change.step == trainer.steps + 1:
                values = {name: after for name, _, after in change.changes if name not in self.asked}
                trainer.update(trainer.settings.replace(**values))

    def missing(self, error: DataError) -> DataError:
        """Why the reviews cannot be read, with the option that says where they are."""
        return DataError(f"The reviews of {self.saved.path} are needed to continue it. {error} --data says where.")

    @property
    def note(self) -> str:
        """What may make the last digits differ from those of the uninterrupted run; empty when nothing does."""
        told = "; ".join(self.saved.differences)
        return f"{self.saved.path} was trained with {told}: the last digits may differ for that" if told else ""


def _refuse_what_is_fixed(arguments: argparse.Namespace) -> None:
    fixed = [name for name in SINGLE if declaration(name).change is Change.RESTART and typed(arguments, name)]
    if arguments.preset is not None:
        fixed.insert(0, "preset")
    if fixed:
        raise ValueError(
            f"{option(fixed[0])} cannot change when a run is continued; leave it out, or start a new run without "
            "--continue"
        )
    for name in ("json", "record"):
        target = getattr(arguments, name)
        if target is not None and target.resolve() == arguments.continued.resolve():
            raise ValueError(f"--continue and {option(name)} must be two files, got one")


def _asked(arguments: argparse.Namespace, began: Settings, path: Path) -> dict[str, Any]:
    asked = {
        name: getattr(arguments, name)
        for name in SINGLE
        if declaration(name).change is Change.LIVE and typed(arguments, name)
    }
    rates = rates_from(arguments)
    there = [hidden for hidden in HIDDEN if began.active(hidden)]
    for hidden, rate in zip(HIDDEN, rates, strict=True):
        if rate is None:
            continue
        if hidden in there:
            asked[f"rate_{hidden}"] = rate
        elif not there:
            name = typed(arguments, "rate_1").split()[0]
            raise ValueError(f"{name} has no effect with --continue {path}, which has no dropout")
        elif rate:
            pair = ",".join(f"{rates[n - 1]:g}" if n in there else "0" for n in HIDDEN)
            raise ValueError(
                f"{typed(arguments, 'rate_1')} has no effect after hidden {hidden}, where {path} has no dropout; "
                f"give --rates {pair}"
            )
    return asked


def _source(arguments: argparse.Namespace, saved: SavedRun) -> str:
    """Where the reviews are: where the run read them, unless `--data` says otherwise."""
    record = saved.record
    before = record.started_with.data
    if arguments.data is None:
        if before == "auto":
            return "sample" if record.reviews.generated else "imdb"
        return before
    source: str = arguments.data
    _, said = split_source(source)
    _, options = split_source(before)
    # The same file in another place is read the same way.
    return absolute(source if said or not options else with_options(source, **asdict(options)))
