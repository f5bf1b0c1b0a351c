"""Which batches of a range are filmed, and what to say where that is not all of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.history import History
from explorer.export.request import ExportRequest

MOST_FRAMES: Final = 1000
"""A film of a long run would take an hour and gigabytes, and nobody watches it."""


def film_steps(request: ExportRequest, history: History) -> npt.NDArray[np.int64]:
    """The batches of a film, one a frame, ascending.

    Those whose activations are kept, where any are: between them the maps would be grey. Of more than `MOST_FRAMES` as
    many as that, evenly spread, the first and the last among them.

    Args:
        request: From which batch to which; 0 is the last one there is.
        history: Of the run.

    Raises:
        ValueError: With a sentence, when there are no such batches.
    """
    steps = _with_pictures(request, history)
    if len(steps) <= MOST_FRAMES:
        return steps
    return steps[np.linspace(0, len(steps) - 1, MOST_FRAMES).round().astype(np.int64)]


def film_note(request: ExportRequest, history: History) -> str:
    """What a film leaves out, and what it does not show, in sentences; empty where it shows every batch in full."""
    first, last = _range(request, history)
    kept, shown = len(_with_pictures(request, history)), len(film_steps(request, history))
    whole = last - first + 1
    grey = ""
    if not len(history.kept_steps(first, last)):
        nearest = history.nearest_with_activations(last)
        there = f"; the nearest batch that has them is {nearest:,}" if history.has_activations(nearest) else ""
        grey = f"Film: of batches {first:,} to {last:,} no activations are kept, so its cells are grey{there}."
    if shown == whole:
        return grey
    why = []
    if kept < whole:
        why.append("of the others the activations were let go, to save memory")
    if shown < kept:
        why.append(f"a film has {MOST_FRAMES:,} frames at most, evenly spread")
    return f"{grey} Film: {shown:,} of {whole:,} batches; {', and '.join(why)}.".lstrip()


def _range(request: ExportRequest, history: History) -> tuple[int, int]:
    length = len(history)
    if not length:
        raise ValueError("the run has no batch yet, so there is nothing to film; train a batch first")
    first, last = request.first, request.last or length
    if not first <= last <= length:
        raise ValueError(
            f"a film from batch {first:,} to {last:,} is not to be had of a run of {length:,} batches; choose others"
        )
    return first, last


def _with_pictures(request: ExportRequest, history: History) -> npt.NDArray[np.int64]:
    first, last = _range(request, history)
    kept = history.kept_steps(first, last)
    return kept if len(kept) else np.arange(first, last + 1, dtype=np.int64)
