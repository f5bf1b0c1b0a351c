"""The figures that stand beside the heatmaps, and in exports: the share kept, its bound, the means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.engine.snapshot import Mode, Place, Snapshot

Z_95: Final = 1.96
"""A normal variable stays within this many standard deviations in 95 of 100 draws."""


@dataclass(frozen=True, slots=True)
class PlaceStatistics:
    """What one forward pass did behind one hidden layer, in a few numbers over all cells of the batch.

    Attributes:
        cells: B × units.
        share_kept: Share of the mask's cells that are kept, in [0, 1].
        keep_probability: The share expected: 1 − rate where a mask is drawn, 1 where none is.
        bound: Half the width of the 95 % interval around it, see `binomial_bound`.
        mean_activation: Mean of the activation, dropped cells included.
        mean_output: Mean of the output, dropped cells (zeros) included.
    """

    cells: int
    share_kept: float
    keep_probability: float
    bound: float
    mean_activation: float
    mean_output: float

    @property
    def inside(self) -> bool:
        """Whether the share kept lies within the bound."""
        return abs(self.share_kept - self.keep_probability) <= self.bound


def binomial_bound(keep_probability: float, cells: int) -> float:
    """How far the share kept of `cells` independent draws strays from its expectation, 95 times in 100.

    The normal approximation of the binomial distribution: 1.96 · √(p · (1 − p) / n).

    Args:
        keep_probability: p, in [0, 1].
        cells: n; 0 gives 0.
    """
    if cells == 0:
        return 0.0
    return Z_95 * math.sqrt(keep_probability * (1.0 - keep_probability) / cells)


def place_statistics(place: Place, mode: Mode) -> PlaceStatistics:
    """The figures of one place in one pass.

    Args:
        place: Arrays of shape (B, units).
        mode: The mode of the pass; at inference no mask is drawn and every cell is expected to be kept.
    """
    cells = place.mask.size
    drawn = place.active and mode == "training"
    keep_probability = 1.0 - place.rate if drawn else 1.0
    return PlaceStatistics(
        cells=cells,
        share_kept=np.count_nonzero(place.mask) / cells if cells else 0.0,
        keep_probability=keep_probability,
        bound=binomial_bound(keep_probability, cells),
        mean_activation=_mean(place.activation),
        mean_output=_mean(place.output),
    )


def batch_statistics(snapshot: Snapshot, mode: Mode, hidden: int) -> PlaceStatistics:
    """The figures of one place over the complete batch, also when the snapshot holds only its first reviews.

    Args:
        snapshot: The batch.
        mode: Which of its passes.
        hidden: After hidden layer 1 or 2.
    """
    place = snapshot.forward(mode).place(hidden)
    whole = snapshot.whole
    if whole is None:
        return place_statistics(place, mode)
    cells = whole.size * place.mask.shape[1]
    drawn = place.active and mode == "training"
    keep_probability = 1.0 - place.rate if drawn else 1.0
    k = hidden - 1
    activation = whole.activations[k] if mode == "training" else whole.calm_activations[k]
    return PlaceStatistics(
        cells=cells,
        share_kept=whole.shares_kept[k] if drawn else 1.0,
        keep_probability=keep_probability,
        bound=binomial_bound(keep_probability, cells),
        mean_activation=activation,
        mean_output=whole.outputs[k] if mode == "training" else activation * place.factor,
    )


def _mean(values: np.ndarray) -> float:
    # In float64, so that two million float32 cells do not lose the digits that are shown.
    return float(values.mean(dtype=np.float64)) if values.size else 0.0
