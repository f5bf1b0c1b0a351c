"""Small runs to report on."""

from __future__ import annotations

from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset

SMALL = Settings(num_words=NUM_WORDS, batch_size=50, units=6, epochs=3, data="sample")


def recorded(name: str, settings: Settings = SMALL, changes: dict[int, dict[str, object]] | None = None) -> RunRecord:
    """A run with live changes before some batches, counted from 1."""
    data = dataset()
    trainer = Trainer(settings, data)
    while not trainer.finished:
        if changes and trainer.steps + 1 in changes:
            trainer.update(trainer.settings.replace(**changes[trainer.steps + 1]))
        trainer.step()
        if trainer.epoch_is_trained:
            trainer.end_epoch()
    return RunRecord(
        name=name,
        started_with=settings,
        reviews=ReviewFacts.of(data),
        labels=data.train.labels,
        trained_on=len(trainer.trained_on),
        held_out=len(trainer.held_out),
        history=trainer.history,
    )
