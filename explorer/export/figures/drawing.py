"""Any of the program's figures, as a Matplotlib figure, as a file, or as a preview of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from matplotlib.figure import Figure

from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import Mode, Snapshot
from explorer.export.figures.comparison import comparison_figure
from explorer.export.figures.curves import curves_figure
from explorer.export.figures.equation import EquationFigure
from explorer.export.figures.network import network_figure
from explorer.export.figures.page import figure_size
from explorer.export.figures.settled import settled, written
from explorer.export.figures.units import units_figure
from explorer.export.provenance import provenance
from explorer.export.request import FIGURE_FORMATS, ITEMS, ExportRequest

_MODES: Final[dict[str, tuple[Mode, ...]]] = {
    "equation-training": ("training",),
    "equation-inference": ("inference",),
    "equation-both": ("training", "inference"),
}
_WITHOUT_BATCH: Final[dict[str, Callable[[ExportRequest, RunRecord, Sequence[RunRecord]], Figure]]] = {
    "loss": lambda request, run, others: curves_figure("loss", request, run, others),
    "accuracy": lambda request, run, others: curves_figure("accuracy", request, run, others),
    "units": units_figure,
    "comparison": comparison_figure,
}
_LABELS: Final = {item.name: item.label for item in ITEMS}
FIGURES: Final = (*_MODES, *_WITHOUT_BATCH, "network")
"""The items that are figures."""


def draw(item: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord] = ()) -> Figure:
    """A figure of a run.

    Args:
        item: One of `FIGURES`.
        request: How it is to look, and of which batch.
        run: What is drawn.
        others: What is drawn beside it, where there is room for others.

    Raises:
        ValueError: With a sentence: for an item that is no figure, and for a batch that there is not.
    """
    if item not in FIGURES:
        raise ValueError(f"item must be one of {', '.join(FIGURES)}, got {item!r}")
    with settled():
        if item in _WITHOUT_BATCH:
            return _WITHOUT_BATCH[item](request, run, others)
        snapshot = _batch(item, request, run)
        if item == "network":
            return network_figure(request, run, snapshot)
        return EquationFigure(request, run, snapshot, modes=_MODES[item], item=item).figure


def render(item: str, format: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord] = ()) -> bytes:
    """A figure as a file. The same request of the same run gives the same bytes.

    Args:
        item: As in `draw`.
        format: png, svg or pdf.
        request: As in `draw`.
        run: As in `draw`.
        others: As in `draw`.

    Raises:
        ValueError: With a sentence, as `draw`, and for another format.
    """
    if format not in FIGURE_FORMATS:
        raise ValueError(f"format must be one of {', '.join(FIGURE_FORMATS)}, got {format!r}")
    return written(draw(item, request, run, others), format, provenance(item, request, run, others))


def preview(
    item: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord] = (), *, width: int
) -> bytes:
    """The very figure that `render` writes, as a PNG of another width: the same layout and the same proportions.

    Args:
        item: As in `draw`.
        request: As in `draw`.
        run: As in `draw`.
        others: As in `draw`.
        width: In pixels, 1 or more.

    Raises:
        ValueError: As `draw`.
    """
    if width < 1:
        raise ValueError(f"width must be 1 or more, got {width}")
    figure = draw(item, request, run, others)
    return written(figure, "png", provenance(item, request, run, others), pixels_wide=width)


def figure_pixels(item: str, request: ExportRequest) -> tuple[int, int]:
    """Width and height of a figure as a PNG; those of a paper may be higher than the request's own size."""
    return figure_size(item, request).pixels


def _batch(item: str, request: ExportRequest, run: RunRecord) -> Snapshot:
    steps = len(run.history)
    if not steps:
        raise ValueError(f"{_LABELS[item]} shows a batch, and {run.name} has none yet; train it first")
    if request.step > steps:
        raise ValueError(f"{run.name} has {steps:,} batches, there is no batch {request.step:,}; choose one of them")
    return run.snapshot(request.step or steps)
