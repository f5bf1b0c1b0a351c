"""Runs of the real trainer on small data, that tests of exports share."""

from __future__ import annotations

import functools

from explorer.engine import Settings
from explorer.engine.history import History
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.snapshot import Snapshot
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset


@functools.cache
def trained(name: str = "dropout 0.5 after both", **changes) -> tuple[RunRecord, tuple[Snapshot, ...], Trainer]:
    """The run of `train`; tests share it, and leave it as it is."""
    return train(name=name, **changes)


def train(
    history: History | None = None, name: str = "dropout 0.5 after both", **changes
) -> tuple[RunRecord, tuple[Snapshot, ...], Trainer]:
    """A run over 200 reviews, 50 of them held out: 3 batches an epoch, the last of them short."""
    values = {"batch_size": 64, "epochs": 2, "units": 5, "num_words": NUM_WORDS, "validation": 6250}
    data = dataset()
    settings = Settings(**{**values, **changes})
    trainer = Trainer(settings, data, history=history)
    snapshots = tuple(trainer.run())
    held_out = settings.validation_count(len(data.train))
    run = RunRecord(
        name,
        settings,
        ReviewFacts.of(data),
        data.train.labels,
        len(data.train) - held_out,
        held_out,
        trainer.history,
        vocabulary=data.vocabulary,
    )
    return run, snapshots, trainer
