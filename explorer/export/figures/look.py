"""How a figure looks: the window's palette, made for paper, a projector, or no ground at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

import matplotlib
import numpy as np

from explorer.export.figures.cividis import CIVIDIS
from explorer.export.request import ExportRequest
from explorer.presentation.palette import DARK, LIGHT, ColourMap, Lut, Palette, mask_lut, value_lut

PAPER: Final = "#ffffff"
"""The ground of a light figure: that of a sheet, not the window's grey."""
_FINE: Final = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Colours of one figure.

    Attributes:
        palette: Inks and colours of curves.
        ground: What is behind everything, `#rrggbb`; None for nothing at all.
        values: (256, 4) colours of a value, see `palette.value_lut`.
        mask: (256, 4) colours of a mask.
    """

    palette: Palette
    ground: str | None
    values: Lut
    mask: Lut

    @property
    def fill(self) -> str:
        """What a hollow shape is filled with, where lines must not show through."""
        return self.ground or PAPER

    @classmethod
    def of(cls, request: ExportRequest) -> Look:
        """The look that a request asks for. What is transparent is drawn in the inks of paper."""
        base = DARK if request.mode == "dark" else LIGHT
        palette = replace(base, colour_map=cast(ColourMap, request.colour_map))
        ground = None if request.theme == "transparent" else palette.window if request.mode == "dark" else PAPER
        return cls(palette, ground, value_lut(palette, fine_map(palette.colour_map)), mask_lut(palette))


def fine_map(name: ColourMap) -> Lut:
    """(2048, 4) a whole colour map, the 256 colours it is made of and those between; as the window has it."""
    if name == "cividis":
        colours = np.frombuffer(CIVIDIS, np.uint8).reshape(-1, 3).astype(float)
    else:
        colours = np.rint(np.asarray(matplotlib.colormaps[name](np.arange(256)))[:, :3] * 255)
    places = np.linspace(0, len(colours) - 1, _FINE)
    channels = [np.interp(places, np.arange(len(colours)), colours[:, k]) for k in range(3)]
    return np.stack([*channels, np.full(_FINE, 255.0)], axis=1).astype(np.uint8)
