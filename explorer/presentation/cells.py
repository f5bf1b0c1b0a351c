"""From numbers to pictures: arrays of table entries, one byte a cell."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats, Mask
from explorer.presentation.palette import BELOW, DROPPED, KEPT, UNKNOWN

Cells = npt.NDArray[np.uint8]
FAR: Final = 200
"""From so many batches on a `Level` does not follow slowly but begins anew."""


def value_cells(values: Floats, level: float, mask: Mask | None = None) -> Cells:
    """Entries of `palette.value_lut` for values.

    Entry 0 is kept for exact zeros: what relu made zero never looks like a small activation.

    Args:
        values: (rows, units), none negative; NaN where not known.
        level: The value that gets the brightest colour; those above get it too.
        mask: True where kept; the rest is drawn as dropped.
    """
    scaled = np.ceil(values * np.float32(KEPT / level))
    # fmin and fmax take NaN for the bound, so that it can be cast; it is drawn as what is not known.
    entries: Cells = np.fmax(np.fmin(scaled, KEPT), 0).astype(np.uint8)
    unknown = np.isnan(scaled)
    if unknown.any():
        entries[unknown] = UNKNOWN
    if mask is not None:
        entries[~mask] = DROPPED
    return entries


def signed_cells(values: Floats, level: float) -> Cells:
    """Entries of `palette.signed_lut` for values of either sign.

    Args:
        values: (rows, units)
        level: The value that gets the brightest colour; its negative gets the strongest of those below zero.
    """
    share = np.clip(values / np.float32(level), -1, 1)
    below = np.ceil((1 + share) * (BELOW - 1))
    above = BELOW + np.ceil(share * (KEPT - BELOW))
    cells: Cells = np.where(share < 0, np.minimum(below, BELOW - 1), above).astype(np.uint8)
    return cells


def mask_cells(mask: Mask) -> Cells:
    """Entries of `palette.mask_lut` for a mask."""
    return np.where(mask, np.uint8(KEPT), np.uint8(DROPPED))


class Level:
    """The value that gets the brightest colour. It follows the activations slowly, so that colours do not flicker."""

    SHARE = 98.5
    """The percentile of the cells that it follows."""
    PACE = 0.08
    """How much of the way (of the logarithm) it goes in a frame."""
    _SAMPLE = 16_384

    def __init__(self) -> None:
        self.value = 1.0
        self._set = False

    def follow(self, *values: Floats) -> None:
        """Take a step towards what these arrays need; the first time, and when far off, all of it."""
        target = max(self._percentile(each) for each in values)
        if not np.isfinite(target) or target <= 0:
            return
        ratio = target / self.value
        if not self._set or not 0.4 < ratio < 2.5:
            self.value = target
        else:
            self.value *= ratio**self.PACE
        self._set = True

    def reset(self) -> None:
        """Take the next arrays as they are."""
        self._set = False

    def _percentile(self, values: Floats) -> float:
        flat = values.reshape(-1)
        if flat.size == 0:
            return 0.0
        part = flat[:: flat.size // self._SAMPLE + 1]
        part = part[~np.isnan(part)]
        if part.size == 0:
            return 0.0
        place = min(int(part.size * self.SHARE / 100), part.size - 1)
        return float(np.partition(part, place)[place])
