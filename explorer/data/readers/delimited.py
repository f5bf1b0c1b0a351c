"""Rows of cells in a text, by the dialect that they are written in."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

MAX_TEXT_CHARACTERS: Final = 10_000_000
"""No cell may be longer; a book has a tenth of it."""
FIRST_WORD: Final = re.compile(r"(\S{1,40})[ \t]+(?=\S)")
"""The label at the beginning of a line that has no separator but a space."""
PAIR: Final = re.compile(r"\\(\r\n|.)", re.DOTALL)
"""A backslash and what it makes part of a cell."""
SPACES: Final = frozenset("tnrbfv0Z")
"""Letters that stand for a character without a picture behind a backslash."""
LONE_CR: Final = re.compile(r"\r(?!\n)")
"""A carriage return without a line feed."""
_END_OF_COPY: Final = "\\."
_END_OF_FILE: Final = "\x1a"  # of DOS
_MAX_REPLAYED: Final = 200_000
"""Lines that are read again behind rows that cannot be read; bounds the time that a hostile file can take."""


class Quoting(Enum):
    """What quotation marks and backslashes mean."""

    DOUBLED = "quotation marks around a cell, doubled within it"
    ESCAPED = "quotation marks around a cell, behind a backslash within it"
    LENIENT = "quotation marks around a cell, as they are within it"
    PLAIN = "characters like any other"
    PLAIN_ESCAPED = "quotation marks are plain, a backslash makes the next character part of the cell"


ESCAPED: Final = frozenset((Quoting.ESCAPED, Quoting.PLAIN_ESCAPED))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    Attributes:
        separator: The character between cells; empty when a row is its first word and the rest.
        quoting: What quotation marks and backslashes mean.
        newline: A line feed when a lone carriage return is part of a cell; empty when it ends a row.
        skipped: Lines before the first row: the one that names the separator.
        columns: How many cells a row has.
        shortest: How many a row has at least, where a spreadsheet leaves out empty cells at the end; 0 for as many.
    """

    separator: str
    quoting: Quoting = Quoting.DOUBLED
    newline: str = ""
    skipped: int = 0
    columns: int = 0
    shortest: int = 0


class Record(NamedTuple):
    """A row as it is written.

    Attributes:
        number: Its number from 1, as a spreadsheet counts; blank ones count.
        line: The line that it begins on, from 1, as an editor counts.
        cells: What stands in it.
        fault: Why it cannot be read; else empty.
    """

    number: int
    line: int
    cells: list[str]
    fault: str


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """The rows that are not blank.

    Behind a row that cannot be read, reading goes on with the line after its first, so that a quotation mark that is
    never closed costs one row.

    Args:
        lines: With their ends.
        dialect: How they are written; the number of columns is not heeded.
    """
    source = _Replay(_unescaped(lines, dialect), dialect.skipped)
    if not dialect.separator:
        yield from _first_words(source)
        return
    reader = csv.reader(source, **_format(dialect))
    number = 0
    with _field_limit():
        while True:
            number += 1
            source.forget()
            line = source.number + 1
            again = source.again
            fault = ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                cells, fault = [], _reason(str(error))
                source.replay()
            if fault and again:
                continue  # a line of the row before, already counted with it
            if fault or any(cell and not cell.isspace() and cell != _END_OF_FILE for cell in cells):
                yield Record(number, line, cells, fault)


def fitted(cells: list[str], columns: int, shortest: int = 0) -> list[str] | None:
    """The cells of a row, one for each column; empty ones are cut off or added at the end, None for any other row."""
    if len(cells) == columns:
        return cells
    if len(cells) > columns and not any(cell.strip() for cell in cells[columns:]):
        return cells[:columns]
    if 0 < shortest <= len(cells) < columns:
        return cells + [""] * (columns - len(cells))
    return None


def names_row_numbers(cells: list[str], columns: int) -> bool:
    """Whether the first row may be the header of R's `write.table`, which has no name for the row numbers before it."""
    return len(cells) == columns - 1 > 1


class _Replay:
    """Lines that can be handed out again, all but the first of those that were handed out last.

    Attributes:
        number: How many lines were handed out.
        again: Whether the next line is handed out again.
    """

    def __init__(self, lines: Iterator[str], skipped: int) -> None:
        self._lines = lines
        self._recent: list[str] = []
        self._waiting: list[str] = []
        self._budget = _MAX_REPLAYED
        self.number = 0
        for _ in range(skipped):
            next(self._lines, None)
            self.number += 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else next(self._lines)
        self._recent.append(line)
        self.number += 1
        return line

    @property
    def again(self) -> bool:
        return bool(self._waiting)

    def forget(self) -> None:
        self._recent.clear()

    def replay(self) -> None:
        lines = self._recent[1:]
        if len(lines) <= self._budget:
            self._budget -= len(lines)
            self._waiting.extend(reversed(lines))
            self.number -= len(lines)
        self._recent = []


def _format(dialect: Dialect) -> dict[str, Any]:
    """The arguments of `csv.reader`."""
    escaped = dialect.quoting in ESCAPED
    found = {"delimiter": dialect.separator, "escapechar": "\\" if escaped else None, "strict": True}
    if dialect.quoting in (Quoting.PLAIN, Quoting.PLAIN_ESCAPED):
        return found | {"quoting": csv.QUOTE_NONE, "quotechar": None}
    return found | {"strict": dialect.quoting is not Quoting.LENIENT}


@contextlib.contextmanager
def _field_limit() -> Iterator[None]:
    """Python's limit of a cell, which holds for the whole process, at ours while rows are read."""
    before = csv.field_size_limit(MAX_TEXT_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _reason(error: str) -> str:
    if "field limit" in error:
        return (
            f"holds more than {MAX_TEXT_CHARACTERS:,} characters in a cell, which is the limit (a quotation mark that "
            "is never closed does that too)"
        )
    if "end of data" in error:
        return "opens a quotation mark that is never closed"
    if "expected after" in error:
        return "holds a quotation mark within a quoted cell that is not doubled"
    if "new-line character" in error:
        return "holds a lone carriage return outside quotation marks"
    return f"cannot be read ({error})"


def _unescaped(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    """Lines as `csv` reads them: lone carriage returns that are part of a cell, and escapes, made plain."""
    escaped = dialect.quoting in ESCAPED
    for line in lines:
        if dialect.newline and "\r" in line:
            line = LONE_CR.sub(" ", line)
        if escaped and "\\" in line:
            if line.rstrip("\r\n") == _END_OF_COPY:
                return
            line = PAIR.sub(_plain, line)
        yield line


def _plain(match: re.Match[str]) -> str:
    character = match[1]
    if character in SPACES:
        return " "
    if character == "N":
        return r"\\N"  # the sign of no value must not become the letter
    return "\\\n" if character == "\r\n" else match[0]


def _first_words(lines: _Replay) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = FIRST_WORD.match(line)
        if match is None:
            yield Record(number, lines.number, [], "holds one word only")
        else:
            yield Record(number, lines.number, [match[1], line[match.end() :].strip()], "")
        lines.forget()
