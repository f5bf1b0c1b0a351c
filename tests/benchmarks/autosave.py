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

FILE_EPOCHS = 20


def cost(source: str, batch_size: int, epochs: int) -> dict[str, Any]:
    """Time of an epoch with autosave over that of one without.

    Epochs with and without take turns, so that drift cancels out. One with autosave begins with the handing over of
    the epoch before, and the journal writes that while it trains.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        epochs: Of each kind.

    Returns:
        `ratios` of each with to the mean of its neighbours without; `epoch_seconds` without; and `keep_ms`, what the
        handing over takes of the training thread's time.
    """
    trainer = Trainer(Settings(batch_size=batch_size, epochs=10_000, validation=0), load(source, Encoding()))
    snapshots = trainer.run()

    def epoch(journal: store.Journal | None = None) -> float:
        began = time.perf_counter()
        if journal is not None:
            journal.keep(capture(trainer))
            kept.append(time.perf_counter() - began)
        for _ in range(trainer.batches):
            next(snapshots)
        return time.perf_counter() - began

    kept: list[float] = []
    epoch()  # cold
    with tempfile.TemporaryDirectory() as folder:
        journal = store.Journal(RunRecord.of(trainer), Path(folder) / "journal")
        without, times = [epoch()], []
        for _ in range(epochs):
            times.append(epoch(journal))
            journal.settle()
            without.append(epoch())
        assert not journal.trouble
        journal.close()
    neighbours = (np.array(without[:-1]) + np.array(without[1:])) / 2
    return {
        "ratios": list(np.array(times) / neighbours),
        "epoch_seconds": float(np.median(without)),
        "keep_ms": 1000 * float(np.median(kept)),
    }


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
