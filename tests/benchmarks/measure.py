"""One measurement in this process: `python -m tests.benchmarks.measure KIND SOURCE BATCH EPOCHS BEGAN` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np


def measure(kind: str, source: str, batch_size: int, epochs: int, began: float) -> dict[str, Any]:
    """Seconds of each warm epoch, those of its evaluation, and peak memory; for the window also what its loop felt.

    Args:
        kind: "usual", "engine" or "window".
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        epochs: How many; the first is cold and left out.
        began: When the process was started, as `time.time()` gave it.
    """
    result: dict[str, Any]
    if kind == "window":
        from tests.benchmarks import window

        result = window.train(source, batch_size, epochs, began)
    else:
        from explorer.data import load
        from explorer.data.dataset import Encoding

        data = load(source, Encoding())
        if kind == "usual":
            from tests.benchmarks import usual_program

            seconds = usual_program.train(data, batch_size, epochs)[1:]
            result = {"seconds": seconds, "evaluation_seconds": [0.0] * len(seconds)}
        else:
            from explorer.engine import Settings, Trainer

            trainer = Trainer(Settings(batch_size=batch_size, epochs=epochs, validation=0), data)
            ended = []
            for snapshot in trainer.run():
                if snapshot.batch == snapshot.batches:
                    ended.append(time.perf_counter())
            evaluations = [epoch.evaluation_seconds for epoch in trainer.history.results]
            result = {"seconds": list(np.diff(ended)), "evaluation_seconds": evaluations[1:]}
            assert len(trainer.history) == epochs * trainer.batches
    from explorer.batch import peak_memory_mb

    return {**result, "peak_memory_mb": peak_memory_mb()}


if __name__ == "__main__":
    kind, source, batch_size, epochs, began = sys.argv[1:]
    print(json.dumps(measure(kind, source, int(batch_size), int(epochs), float(began))))  # noqa: T201
