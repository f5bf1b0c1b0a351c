"""Every colour, without Qt: what the window's theme and the exported figures share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

ColourMap = Literal["viridis", "cividis", "plasma"]
COLOUR_MAPS: Final[tuple[ColourMap, ...]] = get_args(ColourMap)
Lut = npt.NDArray[np.uint8]

DROPPED: Final = 255
"""The entry of a lookup table that stands for a dropped cell."""
UNKNOWN: Final = 254
"""The entry of a value that is not known; the colour map takes the 254 before it."""
KEPT: Final = 253
"""The entry of the mask's table that stands for a kept cell, and the brightest one of the colour map."""
BELOW: Final = 100
"""In the table of signed values, the entries before this one stand for what is below zero."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One look of the whole program.

    Attributes:
        refused: The frame around a field whose text was refused.
        dropped: The flat colour of a dropped cell, in the mask and in the output.
        dropped_mark: The stroke across a dropped cell, where cells are large enough for one.
        unknown: The flat colour of a value that is not known.
        frame: Colours and widths of the two frames around a cell that is pointed at: seen on every colour.
        below: Values below zero, before relu: just below and far below. Outside of the map in lightness, too.
        colour_map: The name of the map of values.
        tones: The lightness, CIE L*, of zero, of the smallest value above it and of the largest, in every map. Maps
            are cut so that `dropped` and `unknown` lie outside in lightness as well, and that zero has a step of its
            own: a colour-blind reader and a greyscale print tell them apart.
        accent: Kept cells of the mask, the factor, the switch.
        accent_ink: The accent as small text on the window.
    """

    name: Literal["dark", "light"]
    window: str
    panel: str
    field: str
    raised: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_ink: str
    on_accent: str
    go: str
    on_go: str
    info: str
    warning: str
    error: str
    refused: str
    dropped: str
    dropped_mark: str
    unknown: str
    below: tuple[str, str]
    tones: tuple[float, float, float]
    validation: str
    earlier: tuple[str, ...]
    grid_alpha: float
    colour_map: ColourMap = "viridis"
    frame: tuple[tuple[str, float], tuple[str, float]] = (("#000000", 4.0), ("#ffffff", 2.0))


DARK: Final = Palette(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    field="#20252d",
    raised="#2a303a",
    border="#39414d",
    text="#eceff4",
    muted="#a8b1be",
    disabled="#79828f",
    accent="#f2903c",
    accent_ink="#f6a35c",
    on_accent="#1a0e04",
    go="#2f9e6b",
    on_go="#04120b",
    info="#1d3550",
    warning="#4a3413",
    error="#54222a",
    refused="#ff7a85",
    dropped="#050609",
    dropped_mark="#5d6672",
    unknown="#32363b",
    below=("#202327", "#42474d"),
    tones=(36.0, 44.0, 91.0),
    validation="#5bb3ea",
    earlier=("#c39bd3", "#7fd1ae", "#e3c567", "#e58b9d", "#9fb3c8"),
    grid_alpha=0.10,
)
LIGHT: Final = Palette(
    name="light",
    window="#f1f3f6",
    panel="#f9fafb",
    field="#ffffff",
    raised="#ffffff",
    border="#bcc4ce",
    text="#171b21",
    muted="#535c69",
    disabled="#767f8b",
    accent="#e8751a",
    accent_ink="#a34a05",
    on_accent="#1a0e04",
    go="#1f8a58",
    on_go="#ffffff",
    info="#dbeafb",
    warning="#fdeccb",
    error="#fbdcdf",
    refused="#c8283c",
    dropped="#ffffff",
    dropped_mark="#97a0ab",
    unknown="#cbced2",
    below=("#e4e7eb", "#bfc3c8"),
    tones=(15.0, 23.0, 68.0),
    validation="#0b6fb3",
    earlier=("#7d3c98", "#15803d", "#8a6d00", "#b83253", "#4b6178"),
    grid_alpha=0.14,
)


def value_lut(palette: Palette, fine: Lut) -> Lut:
    """(256, 4) colours of a value: 0 is zero, 1 the smallest above it, `KEPT` the largest; `UNKNOWN` and `DROPPED`.

    Args:
        palette: Which cut of the map, and the two tones outside of it.
        fine: (n, 4) the whole colour map, ever lighter; from whichever library draws.
    """
    # These maps grow ever lighter, but for the rounding to whole numbers.
    lightnesses = np.maximum.accumulate(lightness(fine))
    zero, low, high = np.interp(palette.tones, lightnesses, np.arange(len(fine)))
    places = np.concatenate([[zero], np.linspace(low, high, KEPT)]).round().astype(int)
    return np.vstack([fine[places], rgba(palette.unknown), rgba(palette.dropped)]).astype(np.uint8)


def signed_lut(palette: Palette, values: Lut) -> Lut:
    """(256, 4) colours of a value of either sign: from `BELOW` on as `values`, before it what is below zero."""
    table = values.copy()
    table[BELOW : KEPT + 1] = table[np.linspace(0, KEPT, KEPT + 1 - BELOW).round().astype(int)]
    near, far = (rgba(colour).astype(float) for colour in palette.below)
    share = np.linspace(1, 0, BELOW)[:, None]
    table[:BELOW] = (near + (far - near) * share).round()
    return table


def mask_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a mask: `KEPT` and `DROPPED` are the only entries used."""
    table = np.repeat(rgba(palette.accent), 256, axis=0)
    table[DROPPED] = rgba(palette.dropped)
    return table


def rgba(colour: str) -> Lut:
    """(1, 4) red, green, blue and alpha of `#rrggbb`."""
    return np.array([[*bytes.fromhex(colour[1:]), 255]], np.uint8)


def grey(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """What a greyscale print makes of colours (…, 3 or 4), 0 to 255 (ITU-R BT.601)."""
    return np.asarray(rgba[..., :3] @ np.array([0.299, 0.587, 0.114]), np.float64)


def lightness(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """How light colours (…, 3 or 4) of 0 to 255 look, 0 to 100: L* of CIE 1976, the white of sRGB being 100."""
    light = _luminance(rgba)
    return np.where(light > 216 / 24389, 116 * np.cbrt(light) - 16, light * 24389 / 27)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it; text wants at least 4.5."""
    bright, dark = sorted((float(_luminance(rgba(each))[0]) for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    shares = rgba[..., :3] / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float64)
