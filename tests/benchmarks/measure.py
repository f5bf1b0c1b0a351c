"""One measurement in this process: `python -m tests.benchmarks.measure KIND ARGUMENTS` (JSON in, JSON out)."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np


def _usual(source: str, batch_size: int, epochs: int) -> dict[str, Any]:
    from explorer.data import load
    from explorer.data.dataset import Encoding
    from tests.benchmarks import usual_program

    seconds = usual_program.train(load(source, Encoding()), batch_size, epochs)[1:]
    return {"seconds": seconds, "evaluation_seconds": [0.0] * len(seconds)}


def _engine(source: str, batch_size: int, epochs: int) -> dict[str, Any]:
    from explorer.data import load
    from explorer.data.dataset import Encoding
    from explorer.engine import Settings, Trainer

    data = load(source, Encoding())
    trainer = Trainer(Settings(batch_size=batch_size, epochs=epochs, validation=0), data)
    ended = []
    for snapshot in trainer.run():
        if snapshot.batch == snapshot.batches:
            ended.append(time.perf_counter())
    evaluations = [epoch.evaluation_seconds for epoch in trainer.history.results]
    assert len(trainer.history) == epochs * trainer.batches
    return {"seconds": list(np.diff(ended)), "evaluation_seconds": evaluations[1:]}


def measure(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What was measured, and peak memory.

    Args:
        kind: "usual", "engine" or "window" for seconds of each warm epoch and those of its evaluation; "drag", "cost",
            "delay" or "film" for those of `looking_back`, `views` and `films`; "autosave" or "files" for those of
            `autosave`; "exports" and "exporting" for those of `exports` and `exporting`.
        arguments: What the measurement takes. `epochs` counts the first, which is cold and left out; `began` is when
            the process was started, as `time.time()` gave it.
    """
    result: dict[str, Any]
    match kind:
        case "usual":
            result = _usual(**arguments)
        case "engine":
            result = _engine(**arguments)
        case "window":
            from tests.benchmarks import window

            result = window.train(**arguments)
        case "drag":
            from tests.benchmarks import looking_back

            result = looking_back.measure(**arguments)
        case "cost" | "delay":
            from tests.benchmarks import views

            result = getattr(views, kind)(**arguments)
        case "autosave":
            from tests.benchmarks import autosave

            result = autosave.cost(**arguments)
        case "files":
            from tests.benchmarks import autosave

            result = autosave.sizes(**arguments)
        case "film":
            from tests.benchmarks import films

            result = films.measure(**arguments)
        case "exporting":
            from tests.benchmarks import exporting

            result = exporting.cost(**arguments)
        case "exports":
            from tests.benchmarks import exports

            result = exports.each(**arguments)
        case _:
            raise ValueError(f"unknown kind {kind!r}")
    from explorer.cli.run import peak_memory_mb

    return {**result, "peak_memory_mb": peak_memory_mb()}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], json.loads(sys.argv[2]))))  # noqa: T201
