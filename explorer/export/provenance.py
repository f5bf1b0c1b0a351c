"""Provenance: what a file was made of and how, for the metadata of every format that has a place for it.

It depends on the run and the request alone: the same export gives the same bytes at any time, on any machine. Who made
it, when, and in which folder the reviews lay stays out of it: figures are published.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from explorer import __version__
from explorer.data.source_options import NAMES, split_source, with_options
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from explorer.export.request import ITEMS, ExportRequest
from explorer.presentation.captions import run_line

PROGRAM: Final = "Dropout Explorer"
SOFTWARE: Final = f"{PROGRAM} {__version__}"
_LABELS: Final = {item.name: item.label for item in ITEMS}
_MATTERS: Final = {item.name: item.matters for item in ITEMS}
_NEEDS_BATCH: Final = {item.name for item in ITEMS if item.needs_batch}
_FOLDERS: Final = re.compile(r".*[/\\]", re.DOTALL)
"""A run may have been trained on Windows and be exported elsewhere: both signs part folders."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the metadata of a file say, in the words that the formats have places for.

    Attributes:
        title: What the file shows.
        description: Reviews, settings, seed and batch in a line, of each run.
        record: The same in full: a JSON object in ASCII, see `provenance`.
    """

    title: str
    description: str
    record: str


def provenance(item: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord] = ()) -> Provenance:
    """The provenance of an exported file.

    Its `record` is a JSON object with

    * `program`, `version`: what made the file;
    * `shows`: the name of the item, and `look`: the choices of the request that it depends on;
    * `batch`: `step`, `epoch` and `batch` of the batch that is shown (`first_step` and `last_step` for a film), null
      for what shows the whole run;
    * `runs`: for each run, the one that is shown first, its `name`, the `version` it was trained with, `settings`,
      `changes` made while it went on, `seed`, the `reviews` with their `fingerprint`, `batches` and `epochs` trained.

    Args:
        item: The name of one of `request.ITEMS`.
        request: Settled, see `explorer.export.targets.settled`.
        run: What is shown.
        others: The runs that stand beside it.
    """
    runs = (run, *others)
    batch = _batch(item, request, run)
    matters = _MATTERS[item]
    look = {name: value for name, value in request.to_dict().items() if name in matters}
    record = {
        "program": PROGRAM,
        "version": __version__,
        "shows": item,
        "look": look,
        "batch": batch,
        "runs": [_run(each) for each in runs],
    }
    lines = [f"{_plain(each.name)}: {_plain(run_line(each))}; {_length(each)}" for each in runs]
    if batch is not None:
        lines.append(_told(batch))
    return Provenance(
        title=_LABELS[item],
        description="; ".join((*lines, f"made by {SOFTWARE}")),
        record=json.dumps(_finite(record), ensure_ascii=True, allow_nan=False),
    )


def _batch(item: str, request: ExportRequest, run: RunRecord) -> dict[str, int] | None:
    steps, batches = len(run.history), run.history.batches
    if item == "film":
        return {"first_step": request.first, "last_step": request.last or steps}
    step = request.step or steps
    if (item not in _NEEDS_BATCH and item != "report") or not steps:
        return None
    return {"step": step, "epoch": (step - 1) // batches + 1, "batch": (step - 1) % batches + 1}


def _told(batch: dict[str, int]) -> str:
    if "first_step" in batch:
        return f"batches {batch['first_step']:,} to {batch['last_step']:,} of the run"
    return f"batch {batch['step']:,} of the run (epoch {batch['epoch']}, batch {batch['batch']})"


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "name": run.name,
        "version": run.environments[-1][1].get("program", __version__) if run.environments else __version__,
        "settings": _settings(run.started_with),
        "changes": [
            {"before_step": change.step, **{name: after for name, _, after in change.changes}}
            for change in run.history.changes
        ],
        "seed": run.started_with.seed,
        "reviews": {
            "title": _without_folder(run.reviews.title),
            "fingerprint": run.reviews.fingerprint,
            "generated": run.reviews.generated,
            "train": run.reviews.train,
            "trained_on": run.trained_on,
            "held_out": run.held_out,
        },
        "batches": len(run.history),
        "epochs": len(run.results),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    return settings.to_dict() | {"data": source_without_folder(settings.data)}


def source_without_folder(source: str) -> str:
    """A source with the name of its file or folder alone, and what is said behind it."""
    if source in NAMES:
        return source
    path, _ = split_source(source)
    options = source[len(path) :]
    name = _without_folder(path)
    return f"{name}{options}" if options else with_options(name)


def _without_folder(path: str) -> str:
    return _FOLDERS.sub("", path.rstrip("/\\"))


def _length(run: RunRecord) -> str:
    epochs, batches = len(run.results), len(run.history)
    return (
        f"{epochs:,} epoch{'s' * (epochs != 1)}, {batches:,} batch{'es' * (batches != 1)} trained, "
        f"fingerprint of the reviews {run.reviews.fingerprint}"
    )


def _plain(text: str) -> str:
    """A text in one line of characters that every format can hold: no control characters, no half of a pair."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split()))


def _finite(value: Any) -> Any:
    """The same with null for what is not finite, which JSON has no word for."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def text_chunks(about: Provenance) -> dict[str, str]:
    """The keywords of a PNG's text chunks, as its specification names them."""
    return {
        "Title": about.title,
        "Description": about.description,
        "Software": SOFTWARE,
        "Comment": about.record,
    }


def pdf_info(about: Provenance) -> dict[str, Any]:
    """The entries of a PDF's information dictionary; None where Matplotlib would put one of its own."""
    return {
        "Title": about.title,
        "Subject": about.description,
        "Keywords": about.record,
        "Creator": SOFTWARE,
        "CreationDate": None,
        "Producer": None,
    }


def dublin_core(about: Provenance) -> dict[str, Any]:
    """The Dublin Core elements of an SVG's metadata; the record stands as what the picture was made of."""
    return {
        "Title": about.title,
        "Description": about.description,
        "Source": about.record,
        "Creator": SOFTWARE,
        "Date": None,
    }


def meta_tags(about: Provenance) -> Iterator[tuple[str, str]]:
    """Name and content of the `meta` elements of a page."""
    yield "generator", SOFTWARE
    yield "description", about.description
    yield "dropout-explorer", about.record
