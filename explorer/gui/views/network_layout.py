"""Where the parts of the picture of the network stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

Points = npt.NDArray[np.float64]

_WIDEST: Final = 15.0
"""The largest radius of a unit, in pixels."""
_COMFORTABLE: Final = 20.0
"""Columns are taken when their units stand at least this far apart; otherwise whatever gives units more room."""
_NAMES: Final = 92.0
_BAR: Final = 12.0
_TOLD: Final = 148.0
_TOP: Final = 26.0


@dataclass(frozen=True, slots=True, eq=False)
class NetworkLayout:
    """Places in pixels.

    Attributes:
        columns: Whether a layer is a column and the pass goes from left to right; else a layer is a row and the pass
            goes from the top down.
        layers: (units, 2) middles of the units of hidden layers 1 and 2.
        output: Middle of the output unit.
        radius: Of a hidden unit.
        output_radius: Of the output unit.
        words: The bar that stands for the review's words.
        names: Where the names of the words, the hidden layers and the output are written.
        told: Where the prediction is written.
    """

    columns: bool
    layers: tuple[Points, Points]
    output: QPointF
    radius: float
    output_radius: float
    words: QRectF
    names: tuple[QRectF, QRectF, QRectF, QRectF]
    told: QRectF

    def middle(self, hidden: int, unit: int) -> QPointF:
        """The middle of a unit."""
        x, y = self.layers[hidden - 1][unit]
        return QPointF(float(x), float(y))

    def unit_at(self, point: QPointF) -> tuple[int, int] | None:
        """Hidden layer and unit at a point. Small units take clicks beside them too, as far as the next one's half."""
        along, across = (1, 0) if self.columns else (0, 1)
        spot = np.array([point.x(), point.y()])
        for hidden, middles in enumerate(self.layers, start=1):
            offsets = np.abs(middles - spot)
            unit = int(offsets[:, along].argmin())
            pitch = abs(middles[1, along] - middles[0, along]) if len(middles) > 1 else 2 * _WIDEST
            reach = max(self.radius + 2.0, min(pitch / 2, self.radius + 6.0))
            if offsets[unit, along] <= reach and offsets[unit, across] <= self.radius + 7.0:
                return hidden, unit
        return None


def lay_out(width: float, height: float, units: int) -> NetworkLayout:
    """Place the parts in a rectangle: in columns where it is high enough for the units, else in rows."""
    column_pitch = (height - _TOP - 8) / units
    row_pitch = (width - _NAMES - 16) / units
    if column_pitch >= min(_COMFORTABLE, row_pitch):
        return _in_columns(width, height, units, column_pitch)
    return _in_rows(width, height, units, row_pitch)


def _radius(pitch: float, room: float) -> float:
    return max(2.0, min(_WIDEST, pitch * 0.4, room * 0.1))


def _in_columns(width: float, height: float, units: int, pitch: float) -> NetworkLayout:
    pitch = min(pitch, 44.0)
    radius = _radius(pitch, width / 3)
    middle = (_TOP + height) / 2
    along = middle + (np.arange(units) - (units - 1) / 2) * pitch
    words = QRectF(40, middle - units * pitch / 2, _BAR, units * pitch)
    right = width - _TOLD
    xs = words.right() + (right - words.right()) * np.array([0.17, 0.6])
    first, second = (np.stack([np.full(units, x), along], axis=1) for x in xs)
    output_radius = max(12.0, min(20.0, radius * 1.6))
    spots = (46.0, float(xs[0]), float(xs[1]), right)
    rooms = (92.0, 130.0, 130.0, 130.0)
    names = [QRectF(x - room / 2, 2, room, 18) for x, room in zip(spots, rooms, strict=True)]
    told = QRectF(right + output_radius + 8, middle - 20, _TOLD - output_radius - 10, 40)
    return NetworkLayout(
        True,
        (first, second),
        QPointF(right, middle),
        radius,
        output_radius,
        words,
        (names[0], names[1], names[2], names[3]),
        told,
    )


def _in_rows(width: float, height: float, units: int, pitch: float) -> NetworkLayout:
    # Rows that are much wider than the room between them make every edge a flat one.
    pitch = min(pitch, 46.0, max(24.0, 0.5 * height))
    radius = _radius(pitch, height)
    output_radius = max(9.0, min(18.0, height * 0.075))
    middle = _NAMES + (width - _NAMES - 8) / 2
    along = middle + (np.arange(units) - (units - 1) / 2) * pitch
    half = units * pitch / 2
    words = QRectF(middle - half, 4, 2 * half, min(_BAR, height * 0.07))
    first_y = words.bottom() + 10 + radius
    output_y = height - output_radius - 2
    second_y = first_y + (output_y - first_y) * 0.58
    first, second = (np.stack([along, np.full(units, y)], axis=1) for y in (first_y, second_y))
    lines = (words.center().y(), first_y, second_y, output_y)
    left = max(0.0, middle - half - _NAMES - 4)
    names = [QRectF(left, y - 9, _NAMES, 18) for y in lines]
    told = QRectF(middle + output_radius + 10, output_y - 11, 330, 22)
    return NetworkLayout(
        False,
        (first, second),
        QPointF(middle, output_y),
        radius,
        output_radius,
        words,
        (names[0], names[1], names[2], names[3]),
        told,
    )
