"""What the signs in the picture of the network mean."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import theme
from explorer.gui.views import network_paint
from explorer.presentation.network_edges import FAINTEST, MOST_EDGES

_RADIUS = 5.5
_GAP = 6
_BETWEEN = 8
_BAR = 34
_EDGE = 20
Sign = Callable[[QPainter, float, float], float]
"""Draws a sign at x around a middle height; returns its width."""


class NetworkLegend(QWidget):
    """One line: the colours of activations, the states of a unit, the signs and widths of edges."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._top = "1"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend of the network")
        self.setToolTip(
            "An edge's width is the size of weight × output, what it brings to the unit it leads to, beside the"
            " strongest edge of its layer. Where many are drawn, only the strongest "
            f"{MOST_EDGES} are, and none below {FAINTEST:.0%} of the strongest;"
            " pointing at a unit draws its own ones."
        )
        self._describe()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def show_level(self, level: float) -> None:
        """The activation of the brightest colour; in two digits, so that it stands still."""
        top = f"{level:.2g}"
        if top != self._top:
            self._top = top
            self._describe()
            self.update()

    def meanings(self) -> tuple[str, ...]:
        """The words of the legend, in order."""
        return (
            f"activation 0–{self._top}",
            "zero by relu",
            "dropped",
            "by hand",
            "pushes up",
            "pulls down",
            "width: |weight × output|",
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line."""
        return QSize(700, QFontMetrics(theme.font(-0.5)).height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It may be cut at the right."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the signs and their meanings in one line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(-0.5))
        metrics = painter.fontMetrics()
        signs: tuple[Sign | None, ...] = (
            self._bar,
            self._zero,
            self._dropped,
            self._by_hand,
            self._positive,
            self._negative,
            None,
        )
        x, middle = 2.0, self.height() / 2
        for sign, meaning in zip(signs, self.meanings(), strict=True):
            if sign is not None:
                x += sign(painter, x, middle) + _GAP
            painter.setPen(QColor(self._palette.muted))
            width = metrics.horizontalAdvance(meaning)
            place = QRectF(x, 0, width + 2, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, meaning)
            x += width + _BETWEEN

    def _bar(self, painter: QPainter, x: float, middle: float) -> float:
        table = np.ascontiguousarray(theme.value_lut(self._palette)[None, : theme.KEPT + 1])
        image = QImage(table.data, table.shape[1], 1, table.shape[1] * 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(x, middle - 5, _BAR, 10), image)
        return _BAR

    def _disc(self, painter: QPainter, x: float, middle: float) -> QPointF:
        centre = QPointF(x + _RADIUS + 3, middle)
        painter.drawEllipse(centre, _RADIUS, _RADIUS)
        return centre

    def _zero(self, painter: QPainter, x: float, middle: float) -> float:
        painter.setPen(network_paint.kept_pen(self._palette))
        painter.setBrush(QColor(*theme.value_lut(self._palette)[0].tolist()))
        self._disc(painter, x, middle)
        return 2 * _RADIUS + 4

    def _dropped(self, painter: QPainter, x: float, middle: float) -> float:
        painter.setPen(network_paint.dropped_pen(self._palette))
        painter.setBrush(QColor(self._palette.window))
        self._disc(painter, x, middle)
        return 2 * _RADIUS + 4

    def _by_hand(self, painter: QPainter, x: float, middle: float) -> float:
        centre = QPointF(x + _RADIUS + 3, middle)
        network_paint.frame_by_hand(painter, centre, _RADIUS - 2, self._palette)
        return 2 * _RADIUS + 4

    def _positive(self, painter: QPainter, x: float, middle: float) -> float:
        return self._edge(painter, x, middle, positive=True)

    def _negative(self, painter: QPainter, x: float, middle: float) -> float:
        return self._edge(painter, x, middle, positive=False)

    def _edge(self, painter: QPainter, x: float, middle: float, *, positive: bool) -> float:
        painter.setPen(network_paint.sign_pen(self._palette, 2.0, 1.0, positive=positive))
        painter.drawLine(QLineF(x, middle, x + _EDGE, middle))
        return _EDGE

    def _describe(self) -> None:
        self.setAccessibleDescription("; ".join(self.meanings()))
