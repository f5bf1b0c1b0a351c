"""How a program is coloured, in the window and in a page."""

from __future__ import annotations

from typing import Final

from explorer.presentation.palette import Palette

STYLES: Final = {"dark": "native", "light": "xcode"}
"""The Pygments style that goes with each palette: the two whose every colour can be read on a marked line as well."""
_MARKED: Final = 0.14
"""How much of the accent is in the background of a marked line."""


def marked_background(palette: Palette) -> str:
    """The colour behind a line of the dropout, as #rrggbb."""
    field, accent = (bytes.fromhex(colour[1:]) for colour in (palette.field, palette.accent))
    parts = (round(one + (other - one) * _MARKED) for one, other in zip(field, accent, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
