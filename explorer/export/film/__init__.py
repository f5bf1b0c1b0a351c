"""The masks of a range of batches as a film, one batch a frame, with the loss curve growing below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord
from explorer.export.figures import EquationFigure
from explorer.export.figures.look import Look
from explorer.export.files import replacing, writable
from explorer.export.film.frames import Film, Pixels
from explorer.export.film.gif import write_gif
from explorer.export.film.mp4 import require_ffmpeg, write_mp4
from explorer.export.film.steps import film_note, film_steps
from explorer.export.film.webp import require_webp, write_webp
from explorer.export.provenance import provenance
from explorer.export.request import FILM_FORMATS, ExportRequest

__all__ = ["film_note", "film_of", "film_steps", "write_film"]

_WRITERS: Final[dict[str, Callable[[IO[bytes], Film], None]]] = {
    "gif": write_gif,
    "webp": write_webp,
    "mp4": write_mp4,
}


def write_film(target: Path, request: ExportRequest, run: RunRecord, report: Report) -> None:
    """Write the film of some batches: `film_steps`, `frames_per_second` of them a second.

    Frames go into the file as they are drawn, so that a long film takes no more memory than a short one. There is no
    transparent film: it is drawn on white.

    Args:
        target: Its ending says which format: .gif, .webp or .mp4.
        request: What is shown, how large and how fast.
        run: Of which run.
        report: Told of every frame.

    Raises:
        ValueError: With a sentence: for another ending, for batches that there are not, and where what writes the
            format is not installed.
        WriteError: When the file cannot be written. What was there before is untouched.
        Cancelled: From `report`; likewise.
    """
    form = target.suffix.lower().removeprefix(".")
    if form not in FILM_FORMATS:
        raise ValueError(f"a film ends in .gif, .webp or .mp4, got {target.name!r}; choose another name")
    if form == "mp4":
        require_ffmpeg()
    if form == "webp":
        require_webp()
    writable(target)
    film = film_of(request, run, report)
    with replacing(target) as file:
        _WRITERS[form](file, film)


def film_of(request: ExportRequest, run: RunRecord, report: Report) -> Film:
    """The film, no frame of which is drawn yet.

    Raises:
        ValueError: With a sentence, when there are no such batches.
    """
    steps = film_steps(request, run.history).tolist()
    if request.theme == "transparent":
        request = request.replace(theme="light")
    figure = EquationFigure(request, run, run.snapshot(_model(steps, run)), progress=(steps[0], steps[-1]), item="film")
    height, width = figure.rgba().shape[:2]

    def pictures() -> Iterator[Pixels]:
        for k, step in enumerate(steps):
            report(f"Drawing batch {step:,}", k / len(steps))
            figure.update(run.snapshot(step))
            yield _opaque(figure.rgba())
        report("Finishing the film", 1.0)

    look, about = Look.of(request), provenance("film", request, run)
    return Film(width, height, len(steps), request.frames_per_second, look, about, pictures)


def _model(steps: Sequence[int], run: RunRecord) -> int:
    """The batch that the figure is laid out for: a whole one, with all that has to be explained about any of them."""
    history = run.history
    whole = [step for step in steps if step % history.batches] or list(steps)
    return next((step for step in whole if not history.has_activations(step)), whole[0])


def _opaque(rgba: npt.NDArray[np.uint8]) -> Pixels:
    return np.ascontiguousarray(rgba[:, :, :3])
