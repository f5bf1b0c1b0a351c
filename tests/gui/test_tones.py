"""The colours as they are rendered: told apart in greyscale and by a colour-blind reader, in every look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.gui import theme
from explorer.gui.views.heatmap import Heatmap
from explorer.presentation.cells import mask_cells, signed_cells, value_cells

Colours = npt.NDArray[np.float64]

LOOKS = [
    pytest.param(replace(palette, colour_map=name), id=f"{palette.name}-{name}")
    for palette in (theme.DARK, theme.LIGHT)
    for name in theme.COLOUR_MAPS
]
APART = 10.0
"""How far apart kinds of cells are at least, in CIELAB. Two patches of 1/6° that differ by 9.6 L* look different to
half of the viewers on ordinary screens, those of 1/3° at 7.3 (Stone, Szafir and Setlur 2014, An Engineering Model for
Color Difference as a Function of Size: ΔL = p (10.16 + 1.50 / size), p the share of viewers)."""
STEP = 7.3
"""The same for zero and the smallest value above it, neighbours on one scale, at 1/3°."""
# Machado, Oliveira and Fernandes 2009, A Physiologically-based Model for Simulation of Color Vision Deficiency, table
# of deuteranomaly, severity 1.0; for linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
# IEC 61966-2-1: linear RGB to XYZ, and the white of sRGB.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ.sum(axis=1)

KEPT = np.array([[True, True, True, True], [False, False, False, False]])


def lab(rgb: Colours, *, deuteranope: bool) -> Colours:
    """CIELAB of colours of 0 to 255, as most people see them or as a deuteranope does."""
    shares = rgb / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    if deuteranope:
        linear = np.clip(linear @ DEUTERANOPIA.T, 0, 1)
    xyz = linear @ XYZ.T / WHITE
    x, y, z = np.moveaxis(np.where(xyz > 216 / 24389, np.cbrt(xyz), (xyz * 24389 / 27 + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def least(ones: Colours, others: Colours) -> tuple[float, float]:
    """The smallest difference between two sets of colours: in lightness, and to a deuteranope."""
    grey = lab(ones, deuteranope=False)[:, None, 0] - lab(others, deuteranope=False)[None, :, 0]
    seen = lab(ones, deuteranope=True)[:, None] - lab(others, deuteranope=True)[None]
    return float(np.abs(grey).min()), float(np.linalg.norm(seen, axis=-1).min())


def rendered(qtbot: QtBot, palette: theme.Palette, cells: npt.NDArray[np.uint8], lut: theme.Lut) -> Colours:
    """(rows, units, 3) the colours that most of each cell has on the screen."""
    heatmap = Heatmap("Heatmap", review_axis=False)
    qtbot.addWidget(heatmap)
    heatmap.apply_theme(palette, lut)
    heatmap.show_cells(cells)
    heatmap.resize(900, 300)
    with qtbot.waitExposed(heatmap):
        heatmap.show()
    picture = heatmap.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    pixels = pixels[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3)
    colours = np.empty((*cells.shape, 3))
    for row, unit in np.ndindex(*cells.shape):
        _, middle = heatmap.cell_position(row, unit)
        part = pixels[middle.y() - 3 : middle.y() + 4, middle.x() - 8 : middle.x() + 9].reshape(-1, 3)
        tones, counts = np.unique(part, axis=0, return_counts=True)
        colours[row, unit] = tones[counts.argmax()]
    return colours


@pytest.mark.parametrize("palette", LOOKS)
def test_kinds_of_cells_are_told_apart(qtbot: QtBot, palette: theme.Palette) -> None:
    ramp = np.linspace(0, 1, 40, dtype=np.float32)[None]
    values = np.vstack([ramp, np.zeros_like(ramp), np.full_like(ramp, np.nan), np.full_like(ramp, np.nan)])
    kept = np.ones(values.shape, bool)
    kept[3] = False
    picture = rendered(qtbot, palette, value_cells(values, 1.0, kept), theme.value_lut(palette))
    kinds = {"value": picture[0, 1:], "zero": picture[1, :1], "unknown": picture[2, :1], "dropped": picture[3, :1]}
    assert len(np.unique(kinds["value"], axis=0)) > 30
    for one, other in (
        ("value", "unknown"),
        ("value", "dropped"),
        ("zero", "unknown"),
        ("zero", "dropped"),
        ("unknown", "dropped"),
    ):
        assert min(least(kinds[one], kinds[other])) >= APART, f"{one} and {other}"
    assert min(least(kinds["value"], kinds["zero"])) >= STEP, "the smallest activation is not a zero of relu's"


@pytest.mark.parametrize("palette", LOOKS)
def test_values_grow_lighter_in_greyscale_and_to_the_colour_blind(qtbot: QtBot, palette: theme.Palette) -> None:
    ramp = np.linspace(0, 1, 40, dtype=np.float32)[None]
    picture = rendered(qtbot, palette, value_cells(ramp, 1.0), theme.value_lut(palette))[0]
    for deuteranope in (False, True):
        assert (np.diff(lab(picture, deuteranope=deuteranope)[:, 0]) > 0).all()


@pytest.mark.parametrize("palette", LOOKS)
def test_mask_is_told_apart(qtbot: QtBot, palette: theme.Palette) -> None:
    picture = rendered(qtbot, palette, mask_cells(KEPT), theme.mask_lut(palette))
    assert min(least(picture[0], picture[1])) >= 30


@pytest.mark.parametrize("palette", LOOKS)
def test_below_zero_is_told_from_zero_and_above(qtbot: QtBot, palette: theme.Palette) -> None:
    values = np.array([np.linspace(-1, -0.01, 8), np.linspace(0, 1, 8)], np.float32)
    picture = rendered(qtbot, palette, signed_cells(values, 1.0), theme.signed_lut(palette))
    assert min(least(picture[0], picture[1])) >= 5
    assert len(np.unique(picture[0], axis=0)) > 5


@pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)
def test_a_whole_map_of_the_unknown_does_not_glare(qtbot: QtBot, palette: theme.Palette) -> None:
    unknown = np.full((2, 4), np.nan, np.float32)
    picture = rendered(qtbot, palette, value_cells(unknown, 1.0), theme.value_lut(palette))
    window = theme.lightness(np.array([int(palette.window[k : k + 2], 16) for k in (1, 3, 5)]))
    assert np.abs(lab(picture, deuteranope=False)[..., 0] - window).max() < 20
