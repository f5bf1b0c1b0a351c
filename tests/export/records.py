"""Runs to look back on, without TensorFlow: the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.engine.history import History
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Changed, EpochResult
from tests.gui.scripted import make_history, make_result, make_snapshot

BATCHES = 10
"""In an epoch."""


def record(
    epochs: int = 3,
    settings: Settings | None = None,
    *,
    name: str = "Run 1",
    held_out: int = 10_000,
    more_batches: int = 0,
    reviews: int = 8,
) -> RunRecord:
    """A run of so many epochs of ten batches, and perhaps some batches more.

    Args:
        epochs: Done.
        settings: What it began with.
        name: What it is called.
        held_out: 0 for no validation.
        more_batches: Of an epoch that is not done.
        reviews: In a batch.
    """
    settings = settings or Settings()
    steps = epochs * BATCHES + more_batches
    if reviews == 8:
        history = make_history(steps, settings, batches=BATCHES)
    else:
        history = History(BATCHES)
        for step in range(1, steps + 1):
            if step % BATCHES == 1:
                history.begin_epoch(np.resize(np.arange(40, dtype=np.int64), reviews * BATCHES))
            history.append(make_snapshot(settings, step=step, batch=reviews, batches=BATCHES))
            if step % BATCHES == 0:
                history.end_epoch(make_result(step // BATCHES, batches=BATCHES))
    history.results = tuple(_scattered(result, name, held_out > 0) for result in history.results)
    return RunRecord(
        name,
        settings,
        ReviewFacts("Made-up reviews", True, "0" * 64, 25_000, 25_000),
        (np.arange(25_000) % 2).astype(np.uint8),
        15_000,
        held_out,
        history,
    )


def change(run: RunRecord, step: int, **values: object) -> None:
    """Settings changed during a run, from a batch on."""
    before = run.settings
    changes = tuple((name, getattr(before, name), value) for name, value in values.items())
    after = before.replace(**values)
    run.history.change(Changed(1, step, (step - 1) / BATCHES, changes, after))


def _scattered(result: EpochResult, name: str, held_out: bool) -> EpochResult:
    """Runs of other names come to other figures."""
    shift = (sum(name.encode()) % 17) / 400
    return replace(
        result,
        loss=result.loss + shift,
        val_loss=result.val_loss + shift if held_out and result.val_loss is not None else None,
        val_accuracy=result.val_accuracy - shift / 4 if held_out and result.val_accuracy is not None else None,
        seconds=0.5,
        evaluation_seconds=0.1,
    )
