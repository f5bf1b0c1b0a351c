"""Every colour, pen, font and colour map of the window, dark and light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication, QComboBox, QGraphicsItem, QSizePolicy, QWidget

Choice = Literal["system", "dark", "light"]
ColourMap = Literal["viridis", "cividis", "plasma"]
Lut = npt.NDArray[np.uint8]

DROPPED: Final = 255
"""The entry of a lookup table that stands for a dropped cell."""
UNKNOWN: Final = 254
"""The entry of a value that is not known; the colour map takes the 254 before it."""
KEPT: Final = 253
"""The entry of the mask's table that stands for a kept cell, and the brightest one of the colour map."""
_LEAST_COMBO: Final = 56
_POINTS: Final = "dropoutFont"
_SCALE: Final = "dropoutTextScale"
_SIZE: Final = "dropoutAxisSize"
BELOW: Final = 100
"""In the table of signed values, the entries before this one stand for what is below zero."""
TEXT_SCALES: Final = (100, 115, 130, 145, 160)
"""Sizes of all text, in per cent."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One look of the whole program.

    Attributes:
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
    dropped="#ffffff",
    dropped_mark="#97a0ab",
    unknown="#cbced2",
    below=("#e4e7eb", "#bfc3c8"),
    tones=(15.0, 23.0, 68.0),
    validation="#0b6fb3",
    earlier=("#7d3c98", "#15803d", "#8a6d00", "#b83253", "#4b6178"),
    grid_alpha=0.14,
)


def value_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a value: 0 is zero, 1 the smallest above it, `KEPT` the largest; `UNKNOWN` and `DROPPED`."""
    return _value_lut(palette.colour_map, palette.tones, palette.unknown, palette.dropped)


@lru_cache
def _value_lut(name: ColourMap, tones: tuple[float, float, float], unknown: str, dropped: str) -> Lut:
    fine = pg.colormap.get(name).getLookupTable(0.0, 1.0, nPts=2048, alpha=True)
    # These maps grow ever lighter, but for the rounding to whole numbers.
    lightnesses = np.maximum.accumulate(lightness(fine))
    zero, low, high = np.interp(tones, lightnesses, np.arange(len(fine)))
    places = np.concatenate([[zero], np.linspace(low, high, KEPT)]).round().astype(int)
    return np.vstack([fine[places], _rgba(unknown), _rgba(dropped)]).astype(np.uint8)


def signed_lut(palette: Palette) -> Lut:
    """(256, 4) colours of a value of either sign: from `BELOW` on as `value_lut`, before it what is below zero."""
    table = value_lut(palette).copy()
    table[BELOW : KEPT + 1] = table[np.linspace(0, KEPT, KEPT + 1 - BELOW).round().astype(int)]
    near, far = (_rgba(colour).astype(float) for colour in palette.below)
    share = np.linspace(1, 0, BELOW)[:, None]
    table[:BELOW] = (near + (far - near) * share).round()
    return table


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


def lightness(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """How light colours (…, 3 or 4) of 0 to 255 look, 0 to 100: L* of CIE 1976, the white of sRGB being 100."""
    light = _luminance(rgba)
    return np.where(light > 216 / 24389, 116 * np.cbrt(light) - 16, light * 24389 / 27)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it; text wants at least 4.5."""
    bright, dark = sorted((float(_luminance(_rgba(each))[0]) for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(rgba: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    shares = rgba[..., :3] / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float64)


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


COLOUR_MAPS: Final[tuple[ColourMap, ...]] = get_args(ColourMap)
