"""A film as its writers see it: pictures one after the other, and how long each is shown."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.export.figures.look import Look
from explorer.export.provenance import Provenance

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Film:
    """A film that can be drawn once or several times.

    Attributes:
        width: In pixels.
        height: In pixels.
        frames: How many.
        per_second: How many a second.
        look: Its colours.
        about: What the metadata of its file say.
        pictures: Draws it: (height, width, 3) uint8 a frame, each an array of its own.
    """

    width: int
    height: int
    frames: int
    per_second: int
    look: Look
    about: Provenance
    pictures: Callable[[], Iterator[Pixels]]

    def durations(self, units_a_second: int) -> list[int]:
        """How long each frame is shown, in whole units: now one more, now one less, so that the film keeps time."""
        ends = [round(units_a_second * k / self.per_second) for k in range(self.frames + 1)]
        return [end - begin for begin, end in itertools.pairwise(ends)]
