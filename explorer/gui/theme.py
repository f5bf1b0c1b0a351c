"""Every colour, pen, font and colour map of the window, dark and light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication, QGraphicsItem

Choice = Literal["system", "dark", "light"]
Lut = npt.NDArray[np.uint8]

DROPPED: Final = 255
"""The entry of a lookup table that stands for a dropped cell; the colour map takes the 255 before it."""
KEPT: Final = 254
"""The entry of the mask's table that stands for a kept cell, and the brightest one of the colour map."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One look of the whole program.

    Attributes:
        viridis: The part of viridis in use. Its ends are cut so that `dropped` lies outside of it in lightness as
            well: a colour-blind reader and a greyscale print tell a dropped cell from one that relu made zero.
        dropped: The flat colour of a dropped cell, in the mask and in the output.
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
    dropped: str
    viridis: tuple[float, float]
    validation: str
    earlier: tuple[str, ...]
    grid_alpha: float


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
    dropped="#050609",
    viridis=(0.25, 1.0),
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
    dropped="#ffffff",
    viridis=(0.0, 0.8),
    validation="#0b6fb3",
    earlier=("#7d3c98", "#15803d", "#8a6d00", "#b83253", "#4b6178"),
    grid_alpha=0.14,
)


def value_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a value: 0 is zero, `KEPT` the brightest, `DROPPED` a dropped cell."""
    return _value_lut(palette.viridis, palette.dropped)


@lru_cache
def _value_lut(part: tuple[float, float], dropped: str) -> Lut:
    colours: Lut = pg.colormap.get("viridis").getLookupTable(*part, nPts=KEPT + 1, alpha=True)
    return np.vstack([colours, _rgba(dropped)]).astype(np.uint8)


def mask_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a mask: `KEPT` and `DROPPED` are the only entries used."""
    table = np.repeat(_rgba(palette.accent), 256, axis=0)
    table[DROPPED] = _rgba(palette.dropped)
    return table


def _rgba(colour: str) -> Lut:
    ink = QColor(colour)
    return np.array([[ink.red(), ink.green(), ink.blue(), ink.alpha()]], np.uint8)


def grey(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """What a greyscale print makes of colours (…, 3 or 4), 0 to 255 (ITU-R BT.601)."""
    return np.asarray(rgba[..., :3] @ np.array([0.299, 0.587, 0.114]), np.float64)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it; text wants at least 4.5."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    ink = QColor(colour)
    shares = np.array([ink.redF(), ink.greenF(), ink.blueF()])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def pen(colour: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine, alpha: float = 1.0) -> QPen:
    """A pen whose width is in pixels whatever the zoom."""
    ink = QColor(colour)
    ink.setAlphaF(alpha)
    line = QPen(ink, width, style)
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


def style_plot(plot: Any, palette: Palette) -> None:
    """Give a pyqtgraph `PlotWidget` the look."""
    plot.setBackground(QColor(palette.window))
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pen(palette.border))
        axis.setTextPen(QColor(palette.muted))
        axis.setTickFont(font(-0.5))
        axis.setStyle(tickLength=4, tickTextOffset=5)


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
    """Which palette is in use: the one chosen, or the system's."""

    changed = Signal()

    def __init__(self, choice: Choice = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice: Choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def palette(self) -> Palette:
        """The palette in use. A system that names no scheme gets the dark one, made for the heatmaps."""
        if self.choice == "system":
            light = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if self.choice == "light" else DARK

    def choose(self, choice: Choice) -> None:
        """Use one palette, or follow the system."""
        self.choice = choice
        self._apply()
        self.changed.emit()

    def _system_changed(self) -> None:
        if self.choice == "system":
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        if QApplication.style().name().lower() != "fusion":
            QApplication.setStyle("Fusion")  # the one style that follows a palette on every system
        QApplication.setPalette(_qt_palette(self.palette))
