"""The pictures that figures are held to.

`python -m tests.export.figures.golden` makes them anew. Look at every one before it is committed: they are what the
tests call right.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from explorer.export.figures import render
from explorer.export.request import ExportRequest
from tests.export.figures.drawn import Pixels, opened
from tests.export.records import change, record

FOLDER: Final = Path(__file__).with_name("golden")
_SIZE: Final = {"size": "custom", "width": 512, "height": 288}
CASES: Final[dict[str, tuple[str, ExportRequest]]] = {
    "equation-training": ("equation-training", ExportRequest(**_SIZE, theme="dark")),
    "equation-both": ("equation-both", ExportRequest(**_SIZE, reviews=12, colour_map="cividis")),
    "loss": ("loss", ExportRequest(**_SIZE, smoothing="light")),
    "accuracy": ("accuracy", ExportRequest(**_SIZE, axis="seconds", theme="dark")),
    "units": ("units", ExportRequest(**_SIZE)),
    "network": ("network", ExportRequest(**_SIZE, review=3, theme="dark")),
    "comparison": ("comparison", ExportRequest(**_SIZE)),
}
"""File name -> item and request."""


def drawn(case: str) -> Pixels:
    """(288, 512, 4) a case as it is drawn now."""
    item, request = CASES[case]
    run = record(6, name="Run 3", more_batches=4, reviews=24)
    change(run, 21, rate_1=0.8)
    change(run, 41, learning_rate=0.0005)
    others: list[RunRecord] = [
        record(4, Settings(written_as="none"), name="Run 1"),
        record(5, Settings(units=8, scaling="classic"), name="Run 2", held_out=0),
    ]
    return opened(render(item, "png", request, run, others))


def kept(case: str) -> Pixels:
    """(288, 512, 4) a case as it was when it was last looked at."""
    return opened((FOLDER / f"{case}.png").read_bytes())


def _make() -> None:
    FOLDER.mkdir(exist_ok=True)
    for case in CASES:
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(drawn(case)[..., :3])).save(file, "PNG", optimize=True)
        (FOLDER / f"{case}.png").write_bytes(file.getvalue())


if __name__ == "__main__":
    _make()
