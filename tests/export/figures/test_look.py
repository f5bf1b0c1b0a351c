from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.export.figures.look import Look
from explorer.export.request import ExportRequest
from explorer.gui import theme
from explorer.presentation.palette import COLOUR_MAPS, DARK, LIGHT, contrast


@pytest.mark.parametrize("colour_map", COLOUR_MAPS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_values_have_the_very_colours_of_the_window(colour_map: str, name: str) -> None:
    look = Look.of(ExportRequest(theme=name, colour_map=colour_map))
    palette = replace(DARK if name == "dark" else LIGHT, colour_map=colour_map)
    assert np.array_equal(look.values, theme.value_lut(palette))
    assert np.array_equal(look.mask, theme.mask_lut(palette))


def test_inks_are_read_on_the_ground_of_every_theme() -> None:
    for name in ("light", "dark", "transparent"):
        look = Look.of(ExportRequest(theme=name))
        ground = look.ground or "#ffffff"
        palette = look.palette
        for ink in (palette.text, palette.muted, palette.accent_ink, palette.validation):
            assert contrast(ink, ground) >= 4.5, (name, ink)
        for ink in (palette.accent, *palette.earlier):  # lines, not letters
            assert contrast(ink, ground) >= 2.8, (name, ink)
