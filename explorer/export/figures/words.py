"""Text in figures: how wide it is, where it is broken, and what is left out where there is no room.

All lengths are in ems, the size of the figure's body text, so that one layout serves every size of figure.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import text_to_path

FAMILY: Final = "DejaVu Sans"
"""Ships with Matplotlib, so that a figure is the same on every machine."""
_OTHER_SCRIPTS: Final = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Source Han Sans",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans",
    "Malgun Gothic",
    "WenQuanYi Zen Hei",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)
"""Looked for on the machine, for the letters of a run's name that DejaVu does not have."""
_MISSING: Final = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS: Final = "…"
_HARD: Final = "\N{NO-BREAK SPACE}"
_UNSEEN: Final = ("Cc", "Cf", "Cs")
"""Control, format and half characters."""


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """The fonts that letters are looked for in, in this order."""
    there = set(fontManager.get_font_names())
    return (FAMILY, *(name for name in _OTHER_SCRIPTS if name in there))


def font_files() -> tuple[str, ...]:
    """The files of `FAMILY`, normal and bold."""
    return tuple(str(findfont(FontProperties(family=FAMILY, weight=weight))) for weight in ("normal", "bold"))


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """A text from elsewhere as it can be drawn: on one line, without control characters, letters no font has marked."""
    plain = "".join(letter for letter in " ".join(text.split()) if unicodedata.category(letter) not in _UNSEEN)
    return "".join(letter if _drawable(letter) else _MISSING for letter in plain)


def width(text: str, size: float = 1.0, *, bold: bool = False) -> float:
    """How wide the widest line of a text is.

    Args:
        text: With line breaks.
        size: Of its letters, 1 being body text.
        bold: Whether it is bold.
    """
    return size * max(_width(line, bold) for line in text.split("\n"))


def shortened(text: str, room: float, size: float = 1.0, *, bold: bool = False) -> str:
    """A line that fits a width: where it is too long it ends in an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + _ELLIPSIS, size, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip(" ·,;:–—") + _ELLIPSIS


def broken(text: str, room: float, size: float = 1.0, *, bold: bool = False, most: int = 2) -> str:
    """A text in lines that fit a width, broken between words, with at most `most` lines; what is too much is left out.

    Args:
        text: Its own line breaks stay.
        room: In ems.
        size: Of its letters.
        bold: Whether it is bold.
        most: Lines.
    """
    lines: list[str] = []
    # A number stays with its sign, and a line never begins with the dot that parts it from the one before.
    for sign in ("%", "·"):
        text = text.replace(f" {sign}", f"{_HARD}{sign}")
    for paragraph in text.replace("± ", f"±{_HARD}").split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if not line or width(longer, size, bold=bold) <= room:
                line = longer
            else:
                lines.append(line)
                line = word
        lines.append(line)
    lines = [line.replace(_HARD, " ") for line in lines]
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return "\n".join(shortened(line, room, size, bold=bold) for line in lines)


@lru_cache(maxsize=4096)
def _width(line: str, bold: bool) -> float:
    face = FontProperties(family=list(families()), weight="bold" if bold else "normal", size=100)
    wide, _, _ = text_to_path.get_text_width_height_descent(line, face, False)
    return float(wide) / 100


@lru_cache(maxsize=4096)
def _drawable(letter: str) -> bool:
    return any(get_font(findfont(name)).get_char_index(ord(letter)) for name in families())
