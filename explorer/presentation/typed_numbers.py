"""Grammar of typed numbers: the same in every locale, and never a guess.

Qt reads a number by the locale, and there a separator of thousands may stand anywhere: in a German session `0.01` is
its 1. Here a point is always the decimal point, and what can be read in two ways is refused.
"""

from __future__ import annotations

import re
from typing import Final

_GROUPS: Final = ",. \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
_WHOLE: Final = re.compile(rf"[+-]?(?:\d+|[1-9]\d{{0,2}}(?P<mark>[{_GROUPS}])\d{{3}}(?:(?P=mark)\d{{3}})*)", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST: Final = 400
"""Characters; more are no number that a person typed, and Python refuses whole numbers of thousands of digits."""


def whole_number(text: str) -> int | None:
    """The whole number that a text says; None when it says none.

    A comma, a point or a space may separate groups of three digits, the same throughout: `10,000`, `1.000.000` and
    `10 000`. A first group of zeros is none: `0.001` is no way to write 1.
    """
    text = text.strip()
    if len(text) > _LONGEST or _WHOLE.fullmatch(text) is None:
        return None
    return int(re.sub(rf"[{_GROUPS}]", "", text))


def decimal_number(text: str) -> float | None:
    """The number that a text says; None when it says none.

    One comma is taken for the decimal point: `0,5`. So `1,000` is 1, as where commas are decimal; `1,000.5` and
    `1.000,5` are refused.

    Returns:
        A number, infinite when it is beyond what a double holds.
    """
    text = text.strip()
    if len(text) > _LONGEST or _DECIMAL.fullmatch(text) is None:
        return None
    return float(text.replace(",", "."))


def written(value: float, least_decimals: int = 0) -> str:
    """A number with a point, in the digits that tell it from all others; at most 12 decimals."""
    text = f"{value:.12f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    decimals = decimals.ljust(least_decimals, "0")
    return f"{whole}.{decimals}" if decimals else whole
