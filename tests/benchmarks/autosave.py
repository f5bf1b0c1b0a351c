"""What autosaving costs the training, how large a run file is, and how long saving and opening take."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from explorer import store
from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.engine import Settings, Trainer
from explorer.engine.checkpoint import capture
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import preset

SPELLS = 12
FILE_EPOCHS = 20


def cost(source: str, batch_size: int, epochs: int) -> dict[str, Any]:
    """Time of training with autosave over that without.

    Spells with and without take turns, and each with is compared with the mean of its neighbours: drift cancels out.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        epochs: In each spell.

    Returns:
        `ratios`, `epoch_seconds` without, and `keep_ms`: what one epoch's end takes of the training thread's time.
    """
    trainer = Trainer(Settings(batch_size=batch_size, epochs=10_000, validation=0), load(source, Encoding()))
    snapshots = trainer.run()

    def epoch() -> None:
        for _ in range(trainer.batches):
            next(snapshots)

    epoch()  # cold
    ratios, without, kept = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        journal = store.Journal(RunRecord.of(trainer), Path(folder) / "journal")
        times = []
        for spell in range(2 * SPELLS + 1):
            began = time.perf_counter()
            for _ in range(epochs):
                epoch()
                if spell % 2:
                    at = time.perf_counter()
                    journal.keep(capture(trainer))
                    kept.append(time.perf_counter() - at)
            times.append((time.perf_counter() - began) / epochs)
            journal.settle()
        assert not journal.trouble
        journal.close()
    for k in range(1, 2 * SPELLS, 2):
        ratios.append(times[k] / ((times[k - 1] + times[k + 1]) / 2))
        without.append(times[k - 1])
    return {"ratios": ratios, "epoch_seconds": float(np.median(without)), "keep_ms": 1000 * float(np.median(kept))}


def sizes(source: str) -> dict[str, Any]:
    """The file of a run of 20 epochs on all training reviews, for each way of running.

    Returns:
        By name: `mb` (10⁶ bytes), `save_seconds`, `open_seconds`.
    """
    data = load(source, Encoding())
    ways = {name: preset(name).replace(validation=0, epochs=FILE_EPOCHS) for name in ("explore", "plain", "lambda")}
    ways["explore, Adam"] = ways["explore"].replace(optimizer="adam")
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "run.dropout"
        for name, settings in ways.items():
            trainer = Trainer(settings, data)
            with store.keeping(trainer, folder=Path(folder) / "journal") as journal:
                for snapshot in trainer.run():
                    if snapshot.batch == snapshot.batches:
                        journal.keep(trainer)
                began = time.perf_counter()
                journal.save(target)
                saved = time.perf_counter()
            at = time.perf_counter()
            store.open_run(target)
            result[f"{name}, batch {settings.batch_size}"] = {
                "mb": target.stat().st_size / 1e6,
                "save_seconds": saved - began,
                "open_seconds": time.perf_counter() - at,
            }
    return {"files": result}
