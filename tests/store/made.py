"""Runs that the tests of the store share."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from explorer import store
from explorer.engine import Settings
from explorer.engine.checkpoint import capture
from explorer.engine.run_record import RunRecord
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset
from tests.engine.test_checkpoint import train

DATA = dataset(train=60, test=8)
SMALL = Settings(num_words=NUM_WORDS, units=3, batch_size=20, epochs=4, validation=5000)  # 20, 20 and 8 reviews


def small_run(batches: int = 7, **changes: Any) -> tuple[Trainer, Any]:
    """A trainer after some batches, and the checkpoint of its last complete epoch."""
    trainer = Trainer(SMALL.replace(**changes), DATA)
    whole = batches // trainer.batches * trainer.batches
    train(trainer, whole)
    checkpoint = capture(trainer) if whole else None
    train(trainer, batches - whole)
    return trainer, checkpoint


def saved_file(folder: Path, batches: int = 7, **changes: Any) -> Path:
    """A file of such a run."""
    trainer, checkpoint = small_run(batches, **changes)
    store.save(folder / "run.dropout", RunRecord.of(trainer, "a run"), checkpoint=checkpoint)
    return folder / "run.dropout"


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """A copy whose members, by name, were changed."""
    with zipfile.ZipFile(source) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def with_document(members: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> None:
    """Change `run.json`."""
    values = json.loads(members["run.json"])
    change(values)
    members["run.json"] = json.dumps(values).encode()


def with_array(members: dict[str, bytes], name: str, change: Callable[[np.ndarray], Any]) -> None:
    """Change an array, in place or by returning another."""
    array = np.load(io.BytesIO(members[name]))
    changed = change(array)
    file = io.BytesIO()
    np.save(file, array if changed is None else changed)
    members[name] = file.getvalue()
