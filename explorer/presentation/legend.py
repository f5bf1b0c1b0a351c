"""What the flat colours of the equation mean: in the window's legend and in a figure's."""

from __future__ import annotations

from explorer.presentation.palette import Lut, Palette


def hexadecimal(lut: Lut, entry: int) -> str:
    """A colour of a table as `#rrggbb`."""
    red, green, blue = lut[entry, :3].tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def flat_colours(palette: Palette, values: Lut, *, unknown: bool) -> tuple[tuple[str, str], ...]:
    """Colour and meaning of every cell that is no ordinary value.

    Args:
        palette: In which colours.
        values: The table of values.
        unknown: Whether there are values that are not known.
    """
    usual = (
        (hexadecimal(values, 0), "kept, but zero: relu made it so"),
        (palette.dropped, "dropped"),
        (palette.accent, "kept, in the mask"),
    )
    return (*usual, (palette.unknown, "not kept in memory")) if unknown else usual


def brightest(level: float) -> str:
    """The value of the brightest colour; in two digits, so that it stands still."""
    return f"≥ {level:.2g}"
