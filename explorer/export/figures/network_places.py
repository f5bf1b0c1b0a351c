"""Where the parts of the network stand in a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.export.figures.page import SMALL, Box
from explorer.export.figures.words import width
from explorer.presentation.series import Points

_WIDEST: Final = 1.1
"""The largest radius of a unit."""
_COMFORTABLE: Final = 1.5
"""Columns are taken when their units stand this far apart; otherwise whatever gives units more room."""
_BAR: Final = 0.9
_TOLD: Final = width("→ negative", 1.1, bold=True) + 0.3
_LONGEST: Final = width("0.000 → negative", 1.1, bold=True) + 0.3
_HIDDEN: Final = width("hidden 1", SMALL)
_NAME: Final = width("65,535 words", SMALL)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkPlaces:
    """Places in ems.

    Attributes:
        layers: (units, 2) middles of the units of hidden layers 1 and 2.
        output: Middle of the output unit.
        radius: Of a hidden unit.
        output_radius: Of the output unit.
        words: The bar that stands for the review's words.
        names: Where the names of the words, the hidden layers and the output are written, and with which end there.
        told: Where the prediction is written: its left end, its middle height, and how wide it may be.
    """

    layers: tuple[Points, Points]
    output: tuple[float, float]
    radius: float
    output_radius: float
    words: Box
    names: tuple[tuple[float, float, str], ...]
    told: tuple[float, float, float]


def place(box: Box, units: int, *, named: bool) -> NetworkPlaces:
    """Place the parts: layers as columns where a box is high enough for the units, else as rows.

    Args:
        box: Where.
        units: In each hidden layer.
        named: Whether there must be room for names.
    """
    top = 1.5 if named else 0.2
    column_pitch = (box.height - top - 0.4) / units
    row_pitch = (box.width - (_NAME + 0.8 if named else 0.4)) / units
    if column_pitch >= min(_COMFORTABLE, row_pitch):
        return _in_columns(box, units, min(column_pitch, 3.2), top)
    return _in_rows(box, units, min(row_pitch, 3.2, max(1.8, 0.5 * box.height)), named)


def _in_columns(box: Box, units: int, pitch: float, top: float) -> NetworkPlaces:
    radius = max(0.08, min(_WIDEST, pitch * 0.4))
    middle = (box.top + top + box.bottom) / 2
    along = middle + (np.arange(units) - (units - 1) / 2) * pitch
    left = box.left + _NAME / 2
    words = Box(left - _BAR / 2, middle - units * pitch / 2, _BAR, units * pitch)
    output_radius = max(0.8, min(1.5, radius * 1.6))
    right = box.right - _TOLD - output_radius - 0.6
    xs = words.right + (right - words.right) * np.array([0.17, 0.6])
    xs[0] = max(xs[0], left + (_NAME + _HIDDEN) / 2 + 0.6)  # the names must not meet
    first, second = (np.stack([np.full(units, x), along], axis=1) for x in xs)
    names = tuple((float(x), box.top + 0.6, "center") for x in (left, xs[0], xs[1], right))
    told = (right + output_radius + 0.5, middle, _TOLD)
    return NetworkPlaces((first, second), (right, middle), radius, output_radius, words, names, told)


def _in_rows(box: Box, units: int, pitch: float, named: bool) -> NetworkPlaces:
    radius = max(0.08, min(_WIDEST, pitch * 0.4, box.height * 0.1))
    output_radius = max(0.7, min(1.4, box.height * 0.075))
    left = box.left + (_NAME + 0.6 if named else 0.0)
    middle = (left + box.right) / 2
    along = middle + (np.arange(units) - (units - 1) / 2) * pitch
    half = units * pitch / 2
    words = Box(middle - half, box.top + 0.2, 2 * half, min(_BAR, box.height * 0.07))
    first_y = words.bottom + 0.7 + radius
    output_y = box.bottom - output_radius - 0.2
    second_y = first_y + (output_y - first_y) * 0.58
    first, second = (np.stack([along, np.full(units, y)], axis=1) for y in (first_y, second_y))
    lines = (words.top + words.height / 2, first_y, second_y, output_y)
    edge = max(box.left + _NAME, middle - half - 0.5)
    names = tuple((edge, float(y), "right") for y in lines)
    told = (middle + output_radius + 0.6, output_y, min(_LONGEST, box.right - middle - output_radius - 0.6))
    return NetworkPlaces((first, second), (middle, output_y), radius, output_radius, words, names, told)
