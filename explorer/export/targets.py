"""What an export will write, and where, before it is written: names to show, and what stands in the way."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.engine.history import History
from explorer.engine.snapshot import MOST_UNITS_DRAWN
from explorer.export.request import FILM_FORMATS, TABLE_FORMATS, ExportRequest, Item
from explorer.presentation.network_pass import too_many_units

NO_RUN: Final = "There is no batch to export yet. Start a run first"
NO_WEIGHTS: Final = "The weights after an epoch are needed. Let the run finish its first epoch"
NO_MP4: Final = "MP4 needs imageio-ffmpeg. Install it with: pip install imageio-ffmpeg"
NO_FFMPEG: Final = "MP4 needs the program ffmpeg, which is not there. Install ffmpeg, or imageio-ffmpeg again"
NO_WEBP: Final = "This Pillow cannot write WebP. Install another: pip install --force-reinstall pillow"
_NAMES: Final = {"code": "imdb_dropout", "tensorboard": "tensorboard log"}
"""A file `code.py` would hide a module of Python's from its neighbours."""
LOADING_PROGRAM: Final = "load_model.py"
WORDS: Final = "words.json"
"""What code reads beside itself, see `explorer.export.code.origin`."""
_WEIGHTS: Final = {"film": 30.0, "tensorboard": 5.0, "report": 8.0, "model": 4.0, "masks": 4.0}
"""How much longer than a figure something takes, roughly: for the progress of an export of several."""


class ExportError(ValueError):
    """Something that cannot be exported now; its text is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write, or a folder in the case of a TensorBoard log.

    Attributes:
        item: What.
        format: In which of its formats.
        path: Where.
    """

    item: Item
    format: str
    path: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file and those that come along: what `write_table` puts beside a table, and what loads a model."""
        along = []
        if self.format in (*TABLE_FORMATS, "npz"):
            along.append(self.path.with_name(f"{self.path.stem}-README.md"))
            if self.item.name in ("loss", "accuracy"):
                along.append(self.path.with_name(f"{self.path.stem}-batches{self.path.suffix}"))
        if self.format == "keras":
            along += [self.path.with_name(LOADING_PROGRAM), self.path.with_name(WORDS)]
        if self.item.name == "code":
            along.append(self.path.with_name(WORDS))
        return (self.path, *along)

    @property
    def weight(self) -> float:
        """How long it takes, a figure being 1."""
        return _WEIGHTS.get(self.item.name, 1.0)


def settled(request: ExportRequest, history: History) -> ExportRequest:
    """The request with *the last batch* replaced by a number, so that a run that goes on does not move it.

    For what shows one batch that is the last one whose activations are kept: see `batch_note` for what to say then.

    Args:
        request: What is asked for.
        history: Of the run.

    Raises:
        ExportError: When a batch is asked for that has not been, or there is none at all.
    """
    steps = len(history)
    if not steps:
        raise ExportError(NO_RUN)
    for step in (request.step, request.first, request.last):
        if step > steps and (step == request.step or any(item.name == "film" for item in request.items)):
            raise ExportError(f"Batch {step:,} has not been: this run has {steps:,}. Choose one up to that")
    step = request.step or history.nearest_with_activations(steps)
    settled = request.replace(step=step, last=request.last or steps)
    if settled.first > settled.last and any(item.name == "film" for item in request.items):
        raise ExportError(f"The film begins at batch {settled.first:,} and ends before, at {settled.last:,}. Swap them")
    return settled


def batch_note(request: ExportRequest, history: History, *, instead_of: int = 0) -> str:
    """What is not as one expects of the batch that a request shows, in a sentence; empty where nothing is.

    A long run keeps the activations of some batches only. A batch that was not chosen gives way to the nearest one
    that has them; one that was chosen is drawn without.

    Args:
        request: What is asked for, not settled.
        history: Of the run, with at least one batch.
        instead_of: The batch that the request's batch stands for, where a default was chosen before; 0 for none.
    """
    shown = [item for item, _ in request.pairs() if item.needs_batch or item.name == "report"]
    step = request.step or len(history)
    if not shown or step > len(history):
        return ""
    nearest = history.nearest_with_activations(step)
    if not history.has_activations(nearest):
        return "This run keeps no activations, to save memory: its cells are grey. The masks are exact."
    if instead_of not in (0, step) and history.has_activations(step) and not history.has_activations(instead_of):
        return f"Batch {step:,} is shown: the nearest to batch {instead_of:,} whose activations are kept."
    if nearest == step:
        return ""
    if not request.step:
        return f"Batch {nearest:,} is shown: the nearest to the last, batch {step:,}, whose activations are kept."
    chosen = [item for item in shown if item.needs_batch]
    sentences = []
    if chosen:
        drawn = "the network has no values" if all(item.name == "network" for item in chosen) else "its cells are grey"
        sentences.append(
            f"The activations of batch {step:,} are no longer kept, to save memory, so {drawn}; "
            f"the nearest batch that has them is {nearest:,}."
        )
    if len(chosen) < len(shown):
        sentences.append(
            f"The report shows batch {nearest:,}: the nearest to batch {step:,} whose activations are kept."
        )
    return " ".join(sentences)


def targets(request: ExportRequest, folder: Path) -> tuple[Target, ...]:
    """Everything that a settled request writes, in order; no two have one path.

    Names say what the look of a file depends on besides its run, so that two exports meet only in the same thing.
    """
    return tuple(Target(item, name, folder / _file_name(item, name, request)) for item, name in request.pairs())


def _file_name(item: Item, name: str, request: ExportRequest) -> str:
    parts = [_NAMES.get(item.name, item.name)]
    drawn = name not in TABLE_FORMATS  # a table of units has both layers
    if item.name.startswith("equation-") or item.name == "film" or (item.name == "units" and drawn):
        parts.append(f"hidden {request.hidden}")
    if item.name == "film":
        parts.append(f"batches {request.first}-{request.last}")
    if item.needs_batch:
        parts.append(f"batch {request.step}")
    if item.name == "network":
        parts.append(f"review {request.review}")
    stem = " ".join(parts + _look(item, name, request))
    return stem if name == "tensorboard" else f"{stem}.{name}"


def _look(item: Item, name: str, request: ExportRequest) -> list[str]:
    """What sets a picture apart from the same one as it is drawn unless told otherwise."""
    if name in (*TABLE_FORMATS, "npz") or "size" not in item.matters:
        return []
    size = f"{request.width}x{request.height}" if request.size == "custom" else request.size
    theme = request.mode if name in FILM_FORMATS else request.theme  # there is no transparent film
    return [part for part in (size, theme) if part not in ("slide", "light")]


def obstacle(item: Item, name: str, *, steps: int, weights: bool, units: int) -> str:
    """Why an item cannot be exported in a format now, and what to do, in a sentence; empty when it can.

    Args:
        item: What.
        name: Of the format.
        steps: Batches there are.
        weights: Whether weights were kept.
        units: In each hidden layer.
    """
    if not steps:
        return NO_RUN
    if item.name == "network" and units > MOST_UNITS_DRAWN:
        return too_many_units(units).removesuffix(".")
    if item.name == "model" and not weights:
        return NO_WEIGHTS
    if name == "mp4":
        return _without_ffmpeg()
    if name == "webp":
        from PIL import features

        return "" if features.check("webp") else NO_WEBP
    return ""


def _without_ffmpeg() -> str:
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        return NO_MP4
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        program = get_ffmpeg_exe()
    except RuntimeError:  # a package without the program, on a computer that has none either
        return NO_FFMPEG
    return "" if shutil.which(program) else NO_FFMPEG


def obstacles(request: ExportRequest, *, steps: int, weights: bool, units: int) -> Iterator[tuple[Item, str, str]]:
    """All that is asked for and cannot be exported now: the item, the format, and the sentence."""
    for item, name in request.pairs():
        sentence = obstacle(item, name, steps=steps, weights=weights, units=units)
        if sentence:
            yield item, name, sentence


def missing_of(request: ExportRequest, *, steps: int, weights: bool, units: int) -> tuple[str, ...]:
    """The same as sentences, one for each item and format."""
    found = obstacles(request, steps=steps, weights=weights, units=units)
    return tuple(f"{item.label} ({name}): {sentence}." for item, name, sentence in found)
