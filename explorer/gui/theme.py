"""Every colour, pen, font and colour map of the window, dark and light."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication, QComboBox, QGraphicsItem, QSizePolicy, QWidget

from explorer.presentation import palette as colours
from explorer.presentation.palette import (
    BELOW,
    COLOUR_MAPS,
    DARK,
    DROPPED,
    KEPT,
    LIGHT,
    UNKNOWN,
    ColourMap,
    Lut,
    Palette,
    contrast,
    grey,
    lightness,
    mask_lut,
)

__all__ = [
    "BELOW",
    "COLOUR_MAPS",
    "DARK",
    "DROPPED",
    "KEPT",
    "LIGHT",
    "UNKNOWN",
    "Choice",
    "ColourMap",
    "Lut",
    "Palette",
    "Theme",
    "contrast",
    "grey",
    "lightness",
    "mask_lut",
    "signed_lut",
    "value_lut",
]

Choice = Literal["system", "dark", "light"]

_LEAST_COMBO: Final = 56
_POINTS: Final = "dropoutFont"
_SCALE: Final = "dropoutTextScale"
_SIZE: Final = "dropoutAxisSize"
TEXT_SCALES: Final = (100, 115, 130, 145, 160)
"""Sizes of all text, in per cent."""


@lru_cache
def value_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a value, see `explorer.presentation.palette.value_lut`."""
    fine = pg.colormap.get(palette.colour_map).getLookupTable(0.0, 1.0, nPts=2048, alpha=True)
    return colours.value_lut(palette, fine)


def signed_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a value of either sign, see `explorer.presentation.palette.signed_lut`."""
    return colours.signed_lut(palette, value_lut(palette))


def pen(colour: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine, alpha: float = 1.0) -> QPen:
    """A pen whose width is in pixels whatever the zoom."""
    ink = QColor(colour)
    ink.setAlphaF(alpha)
    # Qt counts the width of a cosmetic pen in the screen's own pixels.
    screen = QGuiApplication.primaryScreen()
    line = QPen(ink, width * (screen.devicePixelRatio() if screen is not None else 1.0), style)
    line.setCosmetic(True)
    line.setCapStyle(Qt.PenCapStyle.FlatCap)
    return line


def font(points: float = 0.0, *, bold: bool = False) -> QFont:
    """The program's font, larger by some points than the body."""
    face = QFont(QApplication.font())
    face.setPointSizeF(face.pointSizeF() + points)
    if bold:
        face.setWeight(QFont.Weight.DemiBold)
    return face


def set_font(widget: QWidget, points: float = 0.0, *, bold: bool = False) -> None:
    """Give a widget a font that follows the size of all text."""
    widget.setProperty(_POINTS, (points, bold))
    widget.setFont(font(points, bold=bold))


def scaled(pixels: float) -> int:
    """A length that holds text, in pixels, in the size that all text has now; `pixels` is that of 100 %."""
    app = QApplication.instance()
    scale = app.property(_SCALE) if app is not None else None
    return round(pixels * (scale or 100) / 100)


def hug(combo: QComboBox) -> None:
    """Make a combo box as wide as its longest choice in any size of text; where there is no room it is cut."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    combo.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    combo.setMinimumWidth(_LEAST_COMBO)


def style_plot(plot: Any, palette: Palette) -> None:
    """Give a pyqtgraph `PlotWidget` the look; axes of a fixed size follow the size of all text."""
    plot.setBackground(QColor(palette.window))
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pen(palette.border))
        axis.setTextPen(QColor(palette.muted))
        axis.setTickFont(font(-0.5))
        axis.label.setFont(font(-0.5))
        axis.label.setDefaultTextColor(QColor(palette.muted))
        axis.setStyle(tickLength=4, tickTextOffset=5)
        across, resize = (axis.fixedWidth, axis.setWidth) if side == "left" else (axis.fixedHeight, axis.setHeight)
        if axis.property(_SIZE) is None and across is not None:
            axis.setProperty(_SIZE, across)  # as it was made, for text of 100 %
        if axis.property(_SIZE) is not None:
            resize(scaled(axis.property(_SIZE)))


def cache_axes(plot: Any) -> None:
    """Have Qt keep the picture of a plot's axes, so that a new frame between them does not draw them in Python."""
    for side in ("left", "bottom"):
        plot.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


def _qt_palette(palette: Palette) -> QPalette:
    look = QPalette()
    role = QPalette.ColorRole
    for colour, roles in (
        (palette.window, (role.Window,)),
        (palette.field, (role.Base, role.ToolTipBase)),
        (palette.panel, (role.AlternateBase,)),
        (palette.raised, (role.Button,)),
        (palette.text, (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText)),
        (palette.muted, (role.PlaceholderText,)),
        (palette.accent, (role.Highlight, role.Accent)),
        (palette.on_accent, (role.HighlightedText,)),
        (palette.accent_ink, (role.Link, role.LinkVisited)),
    ):
        for each in roles:
            look.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        look.setColor(QPalette.ColorGroup.Disabled, each, QColor(palette.disabled))
    look.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(palette.border))
    look.setColor(QPalette.ColorGroup.Disabled, role.Accent, QColor(palette.border))
    return look


class Theme(QObject):
    """How all of it looks: which palette, which colour map, and how large the text is.

    Attributes:
        choice: The palette chosen, or the system's.
        colour_map: The map of values.
        text_scale: In per cent, one of `TEXT_SCALES`.
        changed: Anything of it has changed.
    """

    changed = Signal()

    def __init__(
        self,
        choice: Choice = "system",
        parent: QObject | None = None,
        *,
        colour_map: ColourMap = "viridis",
        text_scale: int = 100,
    ) -> None:
        super().__init__(parent)
        self.choice: Choice = choice
        self.colour_map: ColourMap = colour_map
        self.text_scale = 100
        self._points = QApplication.font().pointSizeF()
        hints = QGuiApplication.styleHints()
        self._scheme = hints.colorScheme()
        hints.colorSchemeChanged.connect(self._system_changed)
        self._apply()
        self._scale(text_scale)

    @property
    def palette(self) -> Palette:
        """The palette in use. A system that names no scheme gets the dark one, made for the heatmaps."""
        light = self._scheme is Qt.ColorScheme.Light if self.choice == "system" else self.choice == "light"
        return replace(LIGHT if light else DARK, colour_map=self.colour_map)

    def choose(self, choice: Choice) -> None:
        """Use one palette, or follow the system."""
        self.choice = choice
        self._apply()
        self.changed.emit()

    def choose_colour_map(self, name: ColourMap) -> None:
        """Draw values in another map."""
        self.colour_map = name
        self.changed.emit()

    def resize_text(self, steps: int) -> None:
        """Make all text larger by so many steps of `TEXT_SCALES`, smaller where negative; 0 makes it 100 %."""
        at = TEXT_SCALES.index(self.text_scale) + steps if steps else 0
        self._scale(TEXT_SCALES[min(max(at, 0), len(TEXT_SCALES) - 1)])
        self.changed.emit()

    def reset_text(self) -> None:
        """Give the program's font back the size it had; for when the window is closed."""
        self._scale(100)

    def _scale(self, scale: int) -> None:
        if scale == self.text_scale:
            return
        self.text_scale = scale
        if (app := QApplication.instance()) is not None:
            app.setProperty(_SCALE, scale)
        face = QFont(QApplication.font())
        face.setPointSizeF(self._points * scale / 100)
        QApplication.setFont(face)
        for widget in QApplication.allWidgets():
            own = widget.property(_POINTS)
            if own is not None:
                widget.setFont(font(own[0], bold=own[1]))

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        if self.choice == "system":
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        if QApplication.style().name().lower() != "fusion":
            QApplication.setStyle("Fusion")  # the one style that follows a palette on every system
        QApplication.setPalette(_qt_palette(self.palette))
