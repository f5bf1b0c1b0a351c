"""Painting of the network: edges in a few strokes of many lines, units over them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from explorer.engine.snapshot import Floats
from explorer.gui import theme
from explorer.gui.views.network_layout import NetworkLayout, Points
from explorer.presentation.cells import value_cells
from explorer.presentation.network_edges import downward, drawn_edges, strokes, strongest_first, upward
from explorer.presentation.network_pass import NetworkPass, verdict

FINER: Final = 2
"""Edges are drawn that much larger, without smoothing, and then made smaller: smoothing hundreds of lines one
by one takes Qt longer."""
_ROOMY: Final = 12.0
"""From this radius of a unit on, edges have their full width; between smaller units they are thinner."""
_DASH: Final = (6.0, 4.0)
_UNBROKEN: Final = (24.0, 0.001)
"""Pieces without a gap that could be seen: Qt fills many short pieces up to ten times faster than a long line."""


def sign_pen(palette: theme.Palette, width: float, alpha: float, *, positive: bool) -> QPen:
    """The pen of an edge: solid for a positive contribution, dashed for a negative one."""
    line = theme.pen(upward(palette) if positive else downward(palette), width, alpha=alpha)
    line.setCosmetic(False)  # as wide as here also in a picture that is drawn larger
    line.setDashPattern([length / line.widthF() for length in (_UNBROKEN if positive else _DASH)])
    return line


def dropped_pen(palette: theme.Palette) -> QPen:
    """The outline of a dropped unit."""
    line = theme.pen(palette.muted, 1.2)
    line.setDashPattern([2.2, 1.8])
    return line


def kept_pen(palette: theme.Palette) -> QPen:
    """The outline of a kept unit."""
    return theme.pen(palette.text, 1.0, alpha=0.65)


def paint_edges(
    painter: QPainter,
    layout: NetworkLayout,
    passed: NetworkPass,
    palette: theme.Palette,
    only: tuple[int, int] | None = None,
) -> None:
    """The edges, or those of one unit; of that one also the faint ones that the whole picture leaves out."""
    if passed.edges is None:
        return
    units = passed.units
    chosen = drawn_edges(passed)
    if only is not None:
        hidden, unit = only
        both = [strongest_first(each, top) for each, top in zip(passed.edges, passed.scales, strict=True)]
        of_unit = both[0] // units == unit if hidden == 1 else both[0] % units == unit
        leaving = both[1] == unit if hidden == 2 else np.zeros(both[1].shape, bool)
        chosen = both[0][of_unit][::-1], both[1][leaving][::-1]
    output = np.array([[layout.output.x(), layout.output.y()]])
    first, second = layout.layers
    lines = np.hstack([first[chosen[0] // units], second[chosen[0] % units]])
    thin = min(1.0, max(0.5, layout.radius / _ROOMY))
    _paint_lines(painter, palette, lines, passed.edges[0].reshape(-1)[chosen[0]] / passed.scales[0], thin)
    lines = np.hstack([second[chosen[1]], np.repeat(output, len(chosen[1]), axis=0)])
    _paint_lines(painter, palette, lines, passed.edges[1][chosen[1]] / passed.scales[1], thin)


def paint_units(
    painter: QPainter, layout: NetworkLayout, passed: NetworkPass, palette: theme.Palette, level: float
) -> None:
    """All units: dropped ones hollow and dashed, kept ones in the colour of their activation."""
    table = theme.value_lut(palette)
    radius = layout.radius
    hollow, rim = dropped_pen(palette), kept_pen(palette)
    for k, middles in enumerate(layout.layers):
        colours = table[value_cells(passed.shown.activations[k], level)].tolist()
        for (x, y), colour, kept in zip(middles.tolist(), colours, passed.shown.masks[k].tolist(), strict=True):
            if not kept:
                painter.setPen(hollow)
                painter.setBrush(QColor(palette.window))
            else:
                painter.setPen(rim)
                painter.setBrush(QColor(*colour) if passed.known else _unknown(palette))
            painter.drawEllipse(QPointF(x, y), radius, radius)
    for hidden, unit in passed.changes:
        frame_by_hand(painter, layout.middle(hidden, unit), radius, palette)
    _paint_output(painter, layout, passed, palette)


def frame_by_hand(painter: QPainter, middle: QPointF, radius: float, palette: theme.Palette) -> None:
    """The mark of a unit that was changed by hand: a square around it."""
    side = 2 * radius + 5
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.pen(palette.accent_ink, 2.0))
    painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))


def paint_words(
    painter: QPainter, layout: NetworkLayout, palette: theme.Palette, words: npt.NDArray[np.float64] | None
) -> None:
    """The bar of the vocabulary; a line for each word of the review, the commonest words first.

    Args:
        painter: Where.
        layout: Where.
        palette: In which colours.
        words: (k,) places of the review's words in the vocabulary, in [0, 1); None when they are not known.
    """
    bar = layout.words
    painter.fillRect(bar, QColor(palette.field))
    if words is not None:
        if layout.columns:
            lines = [QLineF(bar.left(), y, bar.right(), y) for y in (bar.top() + words * bar.height()).tolist()]
        else:
            lines = [QLineF(x, bar.top(), x, bar.bottom()) for x in (bar.left() + words * bar.width()).tolist()]
        painter.setPen(theme.pen(palette.text, 1.0, alpha=0.6))
        painter.drawLines(lines)
    painter.setPen(theme.pen(palette.border))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def paint_names(painter: QPainter, layout: NetworkLayout, palette: theme.Palette, num_words: int) -> None:
    """What the parts are called."""
    names = (f"{num_words:,} words", "hidden 1", "hidden 2", "output")
    align = Qt.AlignmentFlag.AlignCenter if layout.columns else Qt.AlignmentFlag.AlignRight
    painter.setPen(QColor(palette.muted))
    painter.setFont(theme.font(-0.5))
    for place, name in zip(layout.names, names, strict=True):
        painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, name)


def _paint_output(painter: QPainter, layout: NetworkLayout, passed: NetworkPass, palette: theme.Palette) -> None:
    chance = passed.shown.probability
    radius = layout.output_radius
    disc = QRectF(layout.output.x() - radius, layout.output.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(theme.pen(palette.text, 1.2))
    if np.isnan(chance):
        painter.setBrush(_unknown(palette))
        painter.drawEllipse(disc)
    else:
        # Filled from below, as high as the prediction is sure of *positive*.
        painter.setBrush(QColor(palette.window))
        painter.drawEllipse(disc)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(upward(palette)))
        height = np.clip(chance, 0.0, 1.0)
        half = float(np.degrees(np.arccos(1.0 - 2.0 * height)))
        painter.drawChord(disc, round((270.0 - half) * 16), round(2 * half * 16))
        painter.setPen(theme.pen(palette.text, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc)
    painter.setPen(QColor(palette.text))
    painter.setFont(theme.font(1.5, bold=True))
    text = verdict(chance)
    if layout.columns:
        text = text.replace(" → ", "\n→ ")
    painter.drawText(layout.told, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_lines(painter: QPainter, palette: theme.Palette, lines: Points, strengths: Floats, thin: float) -> None:
    """Lines in a few strokes: by sign and by steps of their strength, weak ones below."""
    for stroke in strokes(strengths):
        painter.setPen(sign_pen(palette, max(0.8, stroke.width * thin), stroke.alpha, positive=stroke.positive))
        painter.drawLines([QLineF(*ends) for ends in lines[stroke.edges].tolist()])


def _unknown(palette: theme.Palette) -> QBrush:
    return QBrush(QColor(palette.muted), Qt.BrushStyle.Dense6Pattern)
