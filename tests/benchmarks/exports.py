"""How long each export takes, of a run of 20 epochs; films have a part of their own."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.engine import Settings, Trainer
from explorer.engine.checkpoint import capture
from explorer.engine.run_record import RunRecord
from explorer.export.make import export
from explorer.export.request import ITEMS, ExportRequest
from explorer.export.targets import obstacle

EPOCHS = 20


def each(source: str) -> dict[str, Any]:
    """Every item in every format, by itself.

    What is imported for the first of a kind is in its time, as for who exports one thing with a command.

    Args:
        source: As `explorer.data.load` takes it.

    Returns:
        By "item.format": `seconds`, and `mb` (10⁶ bytes) of what was written. What cannot be made on this computer is
        left out.
    """
    data = load(source, Encoding())
    usual = Settings(data=source, epochs=EPOCHS)
    trainers = [Trainer(settings, data) for settings in (usual, usual.replace(written_as="none"))]
    for trainer in trainers:
        for _ in trainer.run():
            pass
    run, other = (RunRecord.of(trainer) for trainer in trainers)
    weights = capture(trainers[0]).weights
    result = {}
    for item in ITEMS:
        for name in item.formats:
            if item.name == "film" or obstacle(
                item, name, steps=len(run.history), weights=True, units=run.settings.units
            ):
                continue
            request = ExportRequest(what=item.name, formats=name)
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                export(request, run, [other], Path(folder), weights=weights)
                seconds = time.perf_counter() - began
                size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
            result[f"{item.name}.{name}"] = {"seconds": seconds, "mb": size / 1e6}
    return {"exports": result}
