"""Bytes that should be text in UTF-8, and the sentences for those that are not."""

from __future__ import annotations

import codecs
from typing import Final

from explorer.data.progress import DataError

_OTHERS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE: Final = "Save it as UTF-8 and open it again."


def text_start(data: bytes, name: str) -> int:
    """Where the text of a file begins, behind a byte order mark if there is one.

    Raises:
        DataError: When the file is empty, holds a NUL byte, or says itself that it is not UTF-8.
    """
    for mark, encoding in _OTHERS:
        if data.startswith(mark):
            raise DataError(f"{name} is written in {encoding} instead of UTF-8. {_SAVE}")
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    if not data[start : start + 4096].strip() and not data[start:].strip():
        raise DataError(f"{name} is empty. Choose another file.")
    nul = data.find(b"\0")
    if nul >= 0:
        raise DataError(f"{name}, line {line_of(data, nul)}: byte {nul} is NUL, which no text in UTF-8 holds. {_SAVE}")
    return start


def not_utf8(name: str, line: int, byte: int, value: int) -> DataError:
    """The sentence for a byte that is not UTF-8.

    Args:
        name: The file.
        line: The line that it stands in, from 1.
        byte: Its position in the file, from 0.
        value: What it is.
    """
    return DataError(f"{name}, line {line}: byte {byte} (0x{value:02x}) is not UTF-8. {_SAVE}")


def decoded(data: bytes, name: str) -> str:
    """The text of a small file.

    Raises:
        DataError: When it is not UTF-8, with the place.
    """
    start = text_start(data, name)
    try:
        return data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        at = start + error.start
        raise not_utf8(name, line_of(data, at), at, data[at]) from None


def line_of(data: bytes, at: int) -> int:
    """The line that a byte stands in, from 1."""
    return data.count(b"\n", 0, at) + 1
