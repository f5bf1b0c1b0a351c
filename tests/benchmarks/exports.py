"""What leaves the program: the time of each export, the size of a run file, and what autosave costs the training."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from explorer import store
from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.engine import Settings, Trainer

BLOCK_SECONDS = 1.5
"""How long a block of epochs is, about."""


def autosave(source: str, batch_size: int, blocks: int) -> dict[str, Any]:
    """Training time with a journal that keeps every epoch, over that without.

    Two trainers take turns, a block of epochs each: drift cancels out. A block with a journal begins with an epoch
    handed over, so that as many are written in it as are trained, beside the training, as in the window.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        blocks: How many of either kind; each gives a ratio.

    Returns:
        `ratios`; `epoch_seconds` without; `epochs_a_block`.
    """
    dataset = load(source, Encoding())
    settings = Settings(data=source, batch_size=batch_size, epochs=10_000, validation=0)
    plain, kept = Trainer(settings, dataset), Trainer(settings, dataset)
    ratios, seconds = [], []
    with tempfile.TemporaryDirectory() as folder, store.keeping(kept, folder=Path(folder) / "kept") as journal:
        for trainer in (plain, kept):  # the first epoch is cold
            _epoch(trainer)
        epochs = max(2, round(BLOCK_SECONDS / _timed_epochs(plain, 1)))
        for _ in range(blocks):
            before = _timed_epochs(plain, epochs)
            journal.keep(kept)
            during = _timed_epochs(kept, epochs, journal)
            journal.settle()
            after = _timed_epochs(plain, epochs)
            ratios.append(during / ((before + after) / 2))
            seconds += [before / epochs, after / epochs]
        if journal.trouble:
            raise RuntimeError(journal.trouble)
    return {"ratios": ratios, "epoch_seconds": statistics.median(seconds), "epochs_a_block": epochs}


def _timed_epochs(trainer: Trainer, epochs: int, journal: store.Journal | None = None) -> float:
    began = time.perf_counter()
    for epoch in range(epochs):
        _epoch(trainer)
        if journal is not None and epoch + 1 < epochs:
            journal.keep(trainer)
    return time.perf_counter() - began


def _epoch(trainer: Trainer) -> None:
    for _ in range(trainer.batches):
        trainer.step()
    trainer.end_epoch()
