"""Bytes of a text file to text: by byte order mark, as UTF-8, or as the person said behind `#encoding=`."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Final

from explorer.data.encoding_guess import likely_encodings, unmarked_wide_encoding
from explorer.data.progress import DataError
from explorer.data.questions import Answer, DataQuestion
from explorer.data.source_options import source_of, with_options

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_FAMILIES: Final = ("utf-8", "utf-16", "utf-32")
# Python's codecs that are no encodings of files; some of them take quadratic time.
_NO_FILES: Final = frozenset(
    ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "unicode_escape")
)
_CHUNK_BYTES: Final = 2**20
_SNIPPET_BYTES: Final = 24
_SAVE: Final = "Save it as UTF-8 and open it again"


class TextFile:
    """The text of a file, decoded line by line, so that no second copy of a large file is made.

    Every byte is checked first, so that reading cannot fail later.

    Attributes:
        name: What to call the file in a sentence: its path.
        source: What was to be loaded, with the options it carried.
        encoding: Python's name of the encoding.

    Args:
        data: What the file holds.
        name: As the attribute.
        encoding: What the person said; by byte order mark, or else UTF-8, when None.
        source: As the attribute; made of `name` when None.

    Raises:
        DataQuestion: When the bytes are in another encoding; each answer names one that reads all of them.
        DataError: When the file is empty, holds a NUL, or `encoding` does not fit.
    """

    def __init__(self, data: bytes, name: str, encoding: str | None = None, source: str | None = None) -> None:
        self.name = name
        self.source = source_of(name) if source is None else source
        self._data = data
        said = None if encoding is None else _known(encoding, name)
        mark, marked = next(((mark, marked) for mark, marked in _MARKS if data.startswith(mark)), (b"", None))
        if said is not None and marked is not None and _family(said) != _family(marked):
            raise DataError(
                f"{name} begins with the byte order mark of {_family(marked).upper()}, so it cannot be read as "
                f"{encoding}. Leave #encoding= out."
            )
        self._start = len(mark)
        self.encoding = marked or said or "utf-8"
        self._stream = io.BytesIO(data)
        if not data[self._start : self._start + 4096].strip() and not data[self._start :].strip():
            raise DataError(f"{name} is empty. Choose another file.")
        self._check(chosen=said is not None or marked is not None)

    @property
    def share(self) -> float:
        """How much of the file the latest `lines` has gone through, in [0, 1]."""
        return 1.0 if self._stream.closed else self._stream.tell() / len(self._data)

    def lines(self, newline: str = "") -> Iterator[str]:
        """The lines with their ends, from the beginning.

        Args:
            newline: `""` for lines that end with LF, CR LF or CR; a line feed for lines that end with one.
        """
        self._stream = io.BytesIO(self._data)
        self._stream.seek(self._start)
        return iter(io.TextIOWrapper(self._stream, self.encoding, newline=newline))

    def beginning(self, characters: int) -> str:
        """The first characters of the text, at most so many."""
        # Four bytes at most for each; what is cut off at the end is ignored.
        part = self._data[self._start : self._start + 4 * characters]
        return codecs.getincrementaldecoder(self.encoding)().decode(part)[:characters]

    def text(self) -> str:
        """The whole text."""
        return self._data[self._start :].decode(self.encoding)

    def holds(self, characters: str) -> bool:
        """Whether some ASCII characters stand anywhere in the text."""
        return self._data.find(characters.encode(self.encoding)) >= 0

    def _check(self, chosen: bool) -> None:
        at = _nul(self._data, self._start, "\0".encode(self.encoding))
        if at >= 0:
            wide = None if chosen else unmarked_wide_encoding(self._data)
            if wide is not None:
                raise self._question(
                    f"{self.name} seems to be written in {wide.upper()}, without the byte order mark that would say so",
                    [wide],
                )
            line = _line_of(self._data[self._start : at].decode(self.encoding, "replace"))
            raise DataError(
                f"{self.name}, line {line}: byte {at} is NUL, which no text holds. Remove it, or choose another file."
            )
        wrong = _undecodable(self._data, self._start, self.encoding)
        if wrong is None:
            return
        line = _line_of(self._data[self._start : wrong].decode(self.encoding, "replace"))
        value = self._data[wrong]
        sentence = f"{self.name}, line {line}: byte {wrong} (0x{value:02x}) is not {_called(self.encoding)}"
        around = self._data[max(self._start, wrong - 2**15) : wrong + 2**16]
        firsts = {byte: first for byte in range(128, 256) if (first := self._data.find(byte)) >= 0}
        found = [
            encoding
            for encoding in likely_encodings(around, bytes(firsts))
            if encoding != self.encoding and _undecodable(self._data, 0, encoding) is None
        ]
        if "cp1252" not in found and "latin-1" not in found and self.encoding != "latin-1":
            found.append("latin-1")  # reads any byte
        if self._data.startswith(tuple(mark for mark, _ in _MARKS)):
            raise DataError(f"{sentence}. {_SAVE}.")
        # Shown where most of them differ, since a person chooses by what is shown.
        telling = max(
            [wrong, *sorted(firsts.values())], key=lambda at: len({self._excerpt(encoding, at) for encoding in found})
        )
        raise self._question(sentence, found, telling)

    def _question(self, sentence: str, encodings: list[str], at: int = 0) -> DataQuestion:
        excerpts: dict[str, str] = {}
        for encoding in encodings:
            excerpts.setdefault(self._excerpt(encoding, at), encoding)
        answers = [
            Answer(f"{encoding}: “{excerpt}”", with_options(self.source, encoding=encoding))
            for excerpt, encoding in excerpts.items()
        ]
        return DataQuestion(
            f'{sentence}. {_SAVE}, or name its encoding behind the path, as in "{answers[0].source}".',
            self.name,
            answers,
            question=f"{sentence}. Choose how it reads right, or {_SAVE[0].lower()}{_SAVE[1:]}.",
        )

    def _excerpt(self, encoding: str, at: int) -> str:
        """Some of the text around a byte, on one line."""
        part = self._data[max(0, at - _SNIPPET_BYTES) : at + _SNIPPET_BYTES]
        return " ".join(part.decode(encoding, "ignore").split())


def decoded(data: bytes, name: str, encoding: str | None = None, source: str | None = None) -> str:
    """The text of a small file; arguments and errors as for `TextFile`."""
    return TextFile(data, name, encoding, source).text()


def _known(encoding: str, name: str) -> str:
    """Python's name of an encoding that the person named."""
    try:
        found = codecs.lookup(encoding).name
        if found in _NO_FILES:
            raise LookupError(encoding)
        "\0".encode(found)  # fails for codecs from bytes to bytes, such as base64
    except (LookupError, ValueError) as error:
        raise DataError(
            f"There is no encoding {encoding!r:.60} to read {name} by. Name one that Python knows, as in "
            "#encoding=cp1252, or leave it out for UTF-8."
        ) from error
    # Without a mark, Python would take the order of bytes of this computer; Windows, which writes such files, has this.
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
    return plain.get(found, found)


def _family(encoding: str) -> str:
    return next((family for family in _FAMILIES if encoding.startswith(family)), encoding)


def _called(encoding: str) -> str:
    family = _family(encoding)
    return family.upper() if family in _FAMILIES else encoding


def _nul(data: bytes, start: int, nul: bytes) -> int:
    """Where the first NUL character is, or -1."""
    at = data.find(nul, start)
    while at >= 0 and (at - start) % len(nul):
        at = data.find(nul, at + 1)
    return at


def _undecodable(data: bytes, start: int, encoding: str) -> int | None:
    """Position of the first byte that an encoding cannot read, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    for first in range(start, max(len(data), start + 1), _CHUNK_BYTES):
        end = min(first + _CHUNK_BYTES, len(data))
        try:
            decoder.decode(view[first:end].tobytes(), end == len(data))
        except UnicodeDecodeError as error:
            # Bytes that the piece before left over come first in what was decoded.
            return end - len(error.object) + error.start
    return None


def _line_of(before: str) -> int:
    """The number of the line behind some text, from 1."""
    return len(re.findall(r"\r\n|\n|\r", before)) + 1
