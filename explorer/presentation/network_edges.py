"""Which edges of the network are drawn and how: in the window and in figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats, Mask
from explorer.presentation.network_pass import NetworkPass
from explorer.presentation.palette import Palette

FAINTEST: Final = 0.02
"""Edges below this share of the strongest one are not drawn."""
MOST_EDGES: Final = 256
"""Between the hidden layers at most so many edges are drawn, the strongest: all that 16 units have. Of the 4096 that 64
units have nothing could be told apart, and drawing them would take long."""
_STEPS: Final = (0.12, 0.3, 0.6, 1.01)
_WIDTHS: Final = (0.8, 1.2, 2.0, 3.4)
_ALPHAS: Final = (0.4, 0.7, 0.85, 1.0)
Selection = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Edges that look alike.

    Attributes:
        width: In pixels of the screen, between units that have room.
        alpha: How opaque, in (0, 1].
        positive: Whether they push upward; the others are dashed.
        edges: (n,) which of the edges.
    """

    width: float
    alpha: float
    positive: bool
    edges: Mask


def upward(palette: Palette) -> str:
    """The colour of what pushes upward: a positive contribution, and the share of *positive* in the output."""
    return palette.validation


def downward(palette: Palette) -> str:
    """The colour of what pulls down; such edges are dashed as well."""
    return palette.accent


def drawn_edges(passed: NetworkPass) -> tuple[Selection, Selection]:
    """Which edges are drawn: flat positions in `passed.edges`, the weakest first."""
    if passed.edges is None:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    first, second = (strongest_first(e, top) for e, top in zip(passed.edges, passed.scales, strict=True))
    return first[:MOST_EDGES][::-1], second[::-1]


def strokes(strengths: Floats) -> Iterator[Stroke]:
    """Edges by sign and by steps of their strength, the weak ones first.

    Args:
        strengths: (n,) contributions as shares of the strongest one.
    """
    sizes = np.abs(strengths)
    low = 0.0
    for step, width, alpha in zip(_STEPS, _WIDTHS, _ALPHAS, strict=True):
        # Changed by hand, an edge may be stronger than the model's strongest.
        inside = (sizes >= low) & ((sizes < step) | (step > 1))
        for positive in (False, True):
            chosen = inside & ((strengths > 0) == positive)
            if chosen.any():
                yield Stroke(width, alpha, positive, chosen)
        low = step


def strongest_first(edges: Floats, top: float) -> Selection:
    """Flat positions of all edges that are drawn at all.

    Args:
        edges: Contributions.
        top: The strongest one, in whose shares the others are told.
    """
    sizes = np.nan_to_num(np.abs(edges.reshape(-1)), nan=0.0, posinf=0.0)
    order = np.argsort(sizes)[::-1]
    chosen: Selection = order[: int(np.count_nonzero(sizes >= FAINTEST * top))]
    return chosen
