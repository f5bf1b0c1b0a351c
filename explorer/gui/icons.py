"""The few pictures on buttons, drawn as paths: sharp at every scale and in the theme's colour."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from explorer.resources import resource

Shape = Literal["play", "pause", "step", "reset"]
_SIDE = 16


def icon(shape: Shape, colour: str) -> QIcon:
    """One of the transport's pictures."""
    picture = QIcon()
    for scale in (1, 2, 3):
        pixels = QPixmap(_SIDE * scale, _SIDE * scale)
        pixels.setDevicePixelRatio(scale)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw(painter, shape, QColor(colour))
        painter.end()
        picture.addPixmap(pixels)
    return picture


def _draw(painter: QPainter, shape: Shape, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match shape:
        case "play":
            painter.drawPolygon(QPolygonF([QPointF(3.5, 2), QPointF(14, 8), QPointF(3.5, 14)]))
        case "pause":
            painter.drawRect(QRectF(3, 2, 3.6, 12))
            painter.drawRect(QRectF(9.4, 2, 3.6, 12))
        case "step":
            painter.drawPolygon(QPolygonF([QPointF(2.5, 2.5), QPointF(10.5, 8), QPointF(2.5, 13.5)]))
            painter.drawRect(QRectF(11, 2.5, 2.6, 11))
        case "reset":
            arc = QPainterPath()
            arc.arcMoveTo(QRectF(3, 3, 10, 10), 70)
            arc.arcTo(QRectF(3, 3, 10, 10), 70, -290)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2))
            painter.drawPath(arc)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(8.6, 0.2), QPointF(8.6, 6.4), QPointF(4.0, 3.2)]))


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resource("icons/dropout-explorer.svg")))
