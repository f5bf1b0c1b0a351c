"""Films of 500 batches at 1280 × 720, as each format writes them."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.data.progress import silent
from explorer.engine import Settings, Trainer
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.export.film import write_film
from explorer.export.request import ExportRequest


def measure(source: str, batch_size: int, frames: int, form: str) -> dict[str, Any]:
    """Seconds a film takes, and its size.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        frames: Of the film: the first batches of a run.
        form: gif, webp or mp4.

    Returns:
        `film_seconds` and `film_mb`.
    """
    data = load(source, Encoding())
    settings = Settings(data=source, batch_size=batch_size, epochs=10_000, validation=0)
    trainer = Trainer(settings, data)
    for snapshot in trainer.run():
        if snapshot.step >= frames and snapshot.batch == snapshot.batches:
            break
    run = RunRecord("film", settings, ReviewFacts.of(data), data.train.labels, len(data.train), 0, trainer.history)
    request = ExportRequest(
        what="film", formats=form, size="custom", width=1280, height=720, dpi=96, last=frames, frames_per_second=30
    )
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"film.{form}"
        began = time.perf_counter()
        write_film(target, request, run, silent)
        return {"film_seconds": time.perf_counter() - began, "film_mb": target.stat().st_size / 1e6}
