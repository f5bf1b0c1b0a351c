"""Which encodings a file may be written in that is not UTF-8, the likeliest first; only proposed, never taken."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_SINGLE: Final = ("cp1252", "mac-roman", "cp1250", "cp1251", "koi8-r", "cp1253", "cp1254", "cp850", "latin-1")
_MULTIPLE: Final = ("cp932", "gb18030", "big5", "cp949")
_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_PROPOSED: Final = 3
_TELLING: Final = 4
"""Characters beyond ASCII from which on they tell something of the encoding."""
_LETTERS_WITHIN_WORDS: Final = "'’-‐"


def unmarked_wide_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32 of a text that has no byte order mark, or None for what is neither.

    Args:
        data: Bytes with a NUL among them.
    """
    best, most = None, 0.5
    part = data[: 4096 // 4 * 4]
    for encoding in _WIDE:
        try:
            text = part[: len(part) // 4 * 4].decode(encoding)
        except UnicodeDecodeError:
            continue
        # Read in the wrong order, spaces and line ends become characters far from ASCII.
        usual = sum(character.isprintable() or character in "\t\r\n" for character in text) / max(len(text), 1)
        spaces = sum(character in " \t\r\n,;" for character in text)
        if usual > 0.98 and spaces and usual > most:
            best, most = encoding, usual
    if best is None or not best.startswith("utf-16"):
        return best
    # Both orders of UTF-16 may give characters that exist: the one with more of ASCII's is meant.
    return max(("utf-16-le", "utf-16-be"), key=lambda encoding: _ascii_share(part, encoding))


def likely_encodings(data: bytes, beyond_ascii: bytes) -> list[str]:
    """Encodings that may be meant, the likeliest first, no two of which read the file alike; cp1252 if it reads it.

    Args:
        data: Some of the file, around a byte that is not UTF-8.
        beyond_ascii: Each byte of 128 and more that stands in the file, once.
    """
    lines = [line for line in re.split(rb"[\r\n]", data)[1:-1] if not line.isascii()] or [data]
    sample = b"\n".join(lines)
    costs: dict[str, float] = {}
    for encoding in (*_SINGLE, *_MULTIPLE):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        others = sum(not character.isascii() for character in text)
        costs[encoding] = _oddities(text) / max(1, others)
        if encoding == "cp1252":
            # What Windows writes in the West is the commonest by far, and a few characters prove little.
            costs[encoding] -= 0.15 if others >= _TELLING else 1
    order = sorted(costs, key=lambda encoding: (round(costs[encoding], 2), (*_SINGLE, *_MULTIPLE).index(encoding)))
    order = _different(order, beyond_ascii)
    first = order[:_PROPOSED]
    if "cp1252" in order and "cp1252" not in first:
        first[-1] = "cp1252"
    return first


def _different(encodings: list[str], beyond_ascii: bytes) -> list[str]:
    """Encodings without those that cannot read the file, or read it as one before them does."""
    different: dict[str, str] = {}
    for encoding in encodings:
        try:
            reading = encoding if encoding in _MULTIPLE else beyond_ascii.decode(encoding)
        except UnicodeDecodeError:
            continue
        different.setdefault(reading, encoding)
    return list(different.values())


def _ascii_share(data: bytes, encoding: str) -> float:
    text = data[: len(data) // 4 * 4].decode(encoding, "replace")
    return sum(character.isascii() for character in text) / max(len(text), 1)


def _oddities(text: str) -> float:
    """How much of a text looks wrongly decoded: what no word of a language looks like."""
    odd = 0.0
    for first, second in pairwise(f" {text} "):
        if first.isascii() and second.isascii():
            continue
        if second.isalpha() and first.isalpha():
            if _script(first) != _script(second) or (first.islower() and second.isupper()):
                odd += 1
            elif _script(first) == "Latin" and not first.isascii() and not second.isascii():
                odd += 0.7  # two accented letters in a row are rare in languages that have few of them
        elif not second.isascii() and 0x80 <= ord(second) < 0xA0:
            odd += 2
        elif not second.isascii() and not second.isalpha() and first.isalpha() and second not in _LETTERS_WITHIN_WORDS:
            odd += 0.3
        if 0xE000 <= ord(second) < 0xF900:
            odd += 2  # private use
        if 0xFF61 <= ord(second) < 0xFFA0:
            odd += 1  # half-width katakana: what cp932 makes of Western letters
    return odd


def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "Latin"
    if 0x370 <= code < 0x400:
        return "Greek"
    if 0x400 <= code < 0x530:
        return "Cyrillic"
    return "East Asian" if code >= 0x2E80 else "other"
