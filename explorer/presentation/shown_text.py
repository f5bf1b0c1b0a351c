"""Text of files and their names as it is shown: what has no glyph is written as an escape, all else stays."""

from __future__ import annotations

import shlex
import unicodedata
from typing import Final

_BYTES: Final = "surrogateescape"
_WITHOUT_GLYPH: Final = {"Cc", "Cs", "Zl", "Zp"}
"""Control characters, surrogates, and line and paragraph separators. Spaces and joiners of emoji are text."""


def shown(text: str, *, lines: bool = False) -> str:
    r"""A text that can be shown and is not mistaken for another.

    A byte of a file's name that is not UTF-8 is a lone surrogate in Python, which Qt drops without a word: two names
    would look alike. It is shown as `\xff`, a line break as `\n`.

    Args:
        text: A name, a path or a sentence with one.
        lines: Whether line breaks and tabs stay: in a text of several lines.
    """
    if text.isprintable():
        return text
    return "".join(_escaped(character, lines) for character in text)


def shell_word(text: str) -> str:
    r"""A word as it is typed in a shell, and as it can be shown; `$'\xff'` where it has what is not shown.

    Args:
        text: An argument of a command line, such as the path of a file.
    """
    if shown(text) == text:
        return shlex.quote(text)
    letters = (rf"\{letter}" if letter in "\\'" else _shell_escape(letter) for letter in text)
    return f"$'{''.join(letters)}'"


def _shell_escape(letter: str) -> str:
    if unicodedata.category(letter) not in _WITHOUT_GLYPH:
        return letter
    return "".join(rf"\x{byte:02x}" for byte in letter.encode("utf-8", _BYTES if _is_byte(letter) else "surrogatepass"))


def _is_byte(letter: str) -> bool:
    """Whether it stands for a byte that is not UTF-8."""
    return "\udc80" <= letter <= "\udcff"


def _escaped(character: str, lines: bool) -> str:
    if unicodedata.category(character) not in _WITHOUT_GLYPH or (lines and character in "\n\t"):
        return character
    if _is_byte(character):
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
