"""How Matplotlib draws for this program, whatever else it is set to; and the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from explorer.export.figures.page import HAIR
from explorer.export.figures.words import FAMILY, families
from explorer.export.provenance import Provenance, dublin_core, pdf_info, text_chunks

_LOCK: Final = RLock()
"""Matplotlib's settings are the whole process's: two threads must not draw at once."""
_DEFAULTS: Final[dict[Any, Any]] = {
    name: value
    for name, value in matplotlib.rcParamsDefault.items()
    if name not in ("backend", "backend_fallback", "interactive", "toolbar")
}
"""Matplotlib's own, in the place of what a `matplotlibrc` says; but for those that figures do not depend on."""
_OURS: Final[dict[Any, Any]] = {
    # A name may hold a dollar sign; it begins no formula.
    "text.parse_math": False,
    "text.usetex": False,
    # Letters stand where they are measured to stand, at any number of dots per inch.
    "text.hinting": "none",
    "text.antialiased": True,
    # Verdana is as wide as DejaVu Sans: an SVG is read where the latter may not be.
    "font.sans-serif": [FAMILY, "Verdana"],
    "axes.unicode_minus": True,
    "path.simplify": True,
    "path.snap": True,
    "path.effects": [],
    "lines.antialiased": True,
    "patch.antialiased": True,
    "agg.path.chunksize": 0,
    "svg.fonttype": "none",
    "svg.hashsalt": "dropout-explorer",
    "svg.image_inline": True,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "pdf.use14corefonts": False,
    "savefig.pad_inches": 0.0,
    "savefig.bbox": None,
}
_METADATA: Final[dict[str, Callable[[Provenance], dict[str, Any]]]] = {
    "png": text_chunks,
    "svg": dublin_core,
    "pdf": pdf_info,
}


@contextmanager
def settled() -> Iterator[None]:
    """Within it Matplotlib draws the same on every machine, and only for this thread."""
    with _LOCK, matplotlib.rc_context():
        # As Matplotlib does it itself: each of three hundred values is valid, and need not be asked.
        dict.update(matplotlib.rcParams, _DEFAULTS)
        matplotlib.rcParams.update(_OURS | {"font.family": [*families(), "sans-serif"]})
        yield


def written(figure: Figure, form: str, about: Provenance, *, pixels_wide: int | None = None) -> bytes:
    """A figure as a file; the same figure always gives the same bytes.

    Args:
        figure: What to write.
        form: png, svg or pdf.
        about: What its metadata say.
        pixels_wide: How wide a PNG is; as wide as the figure says if not given.
    """
    file = io.BytesIO()
    dpi = figure.dpi if pixels_wide is None else HAIR * pixels_wide / figure.get_figwidth()
    with settled():
        figure.savefig(
            file,
            format=form,
            dpi=dpi,
            facecolor=figure.get_facecolor(),
            metadata=_METADATA[form](about),
        )
    return file.getvalue()


def agg_canvas(figure: Figure) -> FigureCanvasAgg:
    """A canvas of pixels for a figure."""
    return FigureCanvasAgg(figure)


def pixels(canvas: FigureCanvasAgg) -> npt.NDArray[np.uint8]:
    """(height, width, 4) what a canvas of pixels shows, with straight alpha; a view that the next drawing changes."""
    return np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
