"""How activations are spread: the picture of sparsity, of two runs in the same bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats, Mode

if TYPE_CHECKING:
    from explorer.engine.history import History

MOST_BINS: Final = 40
MOST_CELLS: Final = 65_536
"""About this many cells are counted; a longer window is read at batches spread evenly over it."""
LEAST_BATCHES: Final = 4
_IN_VIEW: Final = 99.5
"""The bins reach up to this percentile of the activations above zero; the last one has what lies beyond as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Activations of a window of batches.

    Attributes:
        cells: (n,) all units of all reviews that were read.
        batches: How many batches were read.
        kept: Of how many batches in the window activations are kept.
        last: The last batch of the window.
    """

    cells: Floats
    batches: int
    kept: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How the activations of one run are spread.

    Attributes:
        edges: (bins + 1,) ascending from 0.
        shares: (bins,) share of the cells above zero and within the edges; the last bin has all above as well.
        zero: Share of the cells that are exactly zero; `shares` and it add up to 1.
        mean: Of all cells.
        cells: How many finite cells there are.
    """

    edges: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    zero: float
    mean: float
    cells: int


def sample_activations(
    history: History, hidden: int, mode: Mode, first: int, last: int, *, most_cells: int = MOST_CELLS
) -> Sample:
    """Read activations of a window, at evenly spread batches if there are many.

    Args:
        history: The run. A window that reaches beyond its end is moved to end there.
        hidden: After hidden layer 1 or 2.
        mode: Of the training pass, or of the same batch with dropout off.
        first: The first batch, counted from 1.
        last: The last one.
        most_cells: About how many cells to read at most.
    """
    beyond = max(last - len(history), 0)
    first, last = max(first - beyond, 1), last - beyond
    steps = history.kept_steps(first, last).tolist()
    if not steps:
        return Sample(np.empty(0, np.float32), 0, 0, last)
    read = [_cells(history, steps[-1], hidden, mode)]
    most = max(LEAST_BATCHES, most_cells // max(read[0].size, 1))
    # The last batch is among them, and no batch is read twice.
    chosen = np.linspace(len(steps) - 1, 0, min(most, len(steps))).round().astype(np.int64)
    read += [_cells(history, steps[k], hidden, mode) for k in chosen[1:]]
    # A batch may have been let go since the look at what there is.
    read = [cells for cells in read if cells.size]
    return Sample(np.concatenate(read) if read else np.empty(0, np.float32), len(read), len(steps), last)


def histograms(samples: Sequence[Sample]) -> tuple[Histogram, ...]:
    """Sort the activations of one run or of several into the same bins.

    The zeros, which relu makes, are counted apart. After fig. 8 of Srivastava et al.,
    JMLR 15 (2014): with dropout fewer activations are high, and most are at zero.
    """
    found = [sample.cells[np.isfinite(sample.cells)] for sample in samples]
    above = [cells[cells > 0] for cells in found]
    top = max((float(np.percentile(cells, _IN_VIEW)) for cells in above if cells.size), default=1.0)
    width = _round_width(top / MOST_BINS)
    bins = min(max(math.ceil(top / width), 1), MOST_BINS)
    edges = np.arange(bins + 1, dtype=np.float64) * width
    told = []
    for cells, high in zip(found, above, strict=True):
        n = max(cells.size, 1)
        index = np.minimum(high / width, bins - 1).astype(np.int64)
        told.append(
            Histogram(
                edges=edges,
                shares=np.bincount(index, minlength=bins) / n,
                zero=(cells.size - high.size) / n,
                mean=float(cells.mean(dtype=np.float64)) if cells.size else math.nan,
                cells=cells.size,
            )
        )
    return tuple(told)


def _round_width(least: float) -> float:
    """A width of 1, 2 or 5 times a power of ten: bins that stay where they are while the activations grow."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(lead * power for lead in (1.0, 2.0, 5.0, 10.0) if lead * power >= least * (1 - 1e-9))


def _cells(history: History, step: int, hidden: int, mode: Mode) -> Floats:
    kept = history.activations(step)
    if kept is None:
        return np.empty(0, np.float32)
    if hidden == 1:
        return kept.hidden_1.reshape(-1)
    return (kept.hidden_2 if mode == "training" else kept.hidden_2_inference).reshape(-1)
