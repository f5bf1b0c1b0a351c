"""Reviews in a table: a text file with a review and its label in each row, separated by commas, tabs or the like."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from explorer.data.columns import guessed, named, position
from explorer.data.corpus import Corpus
from explorer.data.gather import Gathering
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import ColumnsUnclear
from explorer.data.source_options import SourceOptions, source_of
from explorer.data.utf8 import not_utf8, text_start

SUFFIXES: Final = (".csv", ".tsv", ".tab", ".txt")
"""How the names of such files end."""
MAX_BYTES: Final = 512 * 2**20
LABELS: Final = {"negative": 0, "neg": 0, "0": 0, "positive": 1, "pos": 1, "1": 1}

_DELIMITERS: Final = ",\t;|"
_SNIFFED_ROWS: Final = 20
_SNIFFED_CHARACTERS: Final = 2**18
_PREVIEW_ROWS: Final = 5
_ROWS_A_REPORT: Final = 256
_NOTHING_SAID: Final = SourceOptions()
_MESSAGE: Final = "Reading the reviews"
_CORRECT: Final = "Correct the file or remove the row, and open it again."


def label_of(cell: str) -> int | None:
    """What a cell says: 0 for negative, neg and 0, 1 for positive, pos and 1, in any case and quotes; else None."""
    return LABELS.get(cell.strip().strip("\"'").strip().lower())


def read_table(
    data: bytes,
    name: str,
    options: SourceOptions = _NOTHING_SAID,
    report: Report = silent,
    *,
    source: str | None = None,
) -> Corpus:
    """The reviews of a table.

    The separator is found out. The first row is a header unless one of its cells reads as a label.

    Args:
        data: What the file holds, in UTF-8.
        name: What to call it in an error: its path.
        options: What was said of the file; columns that are not named are guessed from the header.
        report: Told of the progress.
        source: What was asked for, which a question repeats; made of `name` when None.

    Raises:
        DataQuestion: When it must be asked how to read it.
        DataError: When the file cannot be used, with the row, the reason and what to do.
        Cancelled: When `report` says so.
    """
    report(_MESSAGE, 0.0)
    start = text_start(data, name)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # as spreadsheets for the Macintosh wrote it, and some still do
    dialect = _dialect(data, start, name)
    lines = _Lines(data, start, name)
    records = _records(lines, dialect, name)
    first = next(records, None)
    assert first is not None, "a separator was found, so there is a row"
    _, cells = first
    has_header = not any(label_of(cell) is not None for cell in cells) or cells == [str(k) for k in range(len(cells))]
    names = named(cells) if has_header else tuple(str(k) for k in range(1, len(cells) + 1))
    if options.text is not None and options.label is not None:
        text_at, label_at = (position(column, names, name) for column in (options.text, options.label))
        if text_at == label_at:
            raise DataError(
                f"{name}: text and label cannot both be column {options.text}. Open it again and choose two."
            )
    else:
        guess = guessed(names) if has_header else None
        if guess is None:
            shown = [row for _, row in islice(records, _PREVIEW_ROWS)]
            rows_shown = shown if has_header else [cells, *shown][:_PREVIEW_ROWS]
            source = source_of(name) if source is None else source
            raise ColumnsUnclear(source, name, names, rows_shown, has_header, [(names[0], names[1])])
        text_at, label_at = guess
    gathering = Gathering(name)
    rows = records if has_header else _with_first(first, records)
    for number, (place, row) in enumerate(rows):
        if number % _ROWS_A_REPORT == 0:
            report(_MESSAGE, lines.read / len(data))
        if len(row) != len(names):
            raise DataError(
                f"{name}, {place} must have {len(names)} columns, got {len(row)}; a text with the separator or a line "
                f"break in it must stand in quotes. {_CORRECT}"
            )
        label = label_of(row[label_at])
        if label is None:
            raise DataError(
                f"{name}, {place}: the label must be positive or negative, pos or neg, 1 or 0, "
                f"got {row[label_at]!r:.40} in column {names[label_at]}. {_CORRECT}"
            )
        gathering.add(row[text_at], label, f"{name}, {place}")
    return gathering.corpus(report)


def _with_first(first: tuple[str, list[str]], rest: Iterator[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    yield first
    yield from rest


class _Lines:
    """The lines of a file, decoded one by one, so that no second copy of a large file is made.

    Attributes:
        read: How many bytes have been handed out.
    """

    def __init__(self, data: bytes, start: int, name: str) -> None:
        self.read = start
        self._name, self._number = name, 0
        self._stream = io.BytesIO(data)
        self._stream.seek(start)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = next(self._stream)
        self._number += 1
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(self._name, self._number, self.read + error.start, raw[error.start]) from None
        self.read += len(raw)
        return line


def _records(lines: _Lines, dialect: dict[str, Any], name: str) -> Iterator[tuple[str, list[str]]]:
    """Each row that is not blank, and where it stands."""
    reader = csv.reader(lines, strict=True, **dialect)
    number = 0
    while True:
        number += 1
        line = reader.line_num + 1
        # A spreadsheet counts rows, an editor lines; they differ once a text has a line break in it.
        place = f"row {number}" if number == line else f"row {number} (line {line})"
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _not_a_row(name, place, str(error)) from error
        if any(cell.strip() for cell in row):
            yield place, row


def _not_a_row(name: str, place: str, reason: str) -> DataError:
    if "field limit" in reason or "end of data" in reason:
        reason = "the quotation mark that opens a text is never closed"
    elif "expected after" in reason:
        reason = "a quotation mark within a quoted text must be doubled"
    elif "new-line character" in reason:
        reason = "a lone carriage return stands outside quotes"
    return DataError(f"{name}, {place} cannot be read: {reason}. {_CORRECT}")


def _dialect(data: bytes, start: int, name: str) -> dict[str, Any]:
    """How the file separates its columns, and whether its quotation marks mean anything.

    Not `csv.Sniffer`: it takes the punctuation of prose for separators.
    """
    sample: list[str] = []
    lines = _Lines(data, start, name)
    for line in lines:
        sample.append(line)
        if lines.read - start > _SNIFFED_CHARACTERS:
            break
    best, separator = 0.0, ""
    for delimiter in _DELIMITERS:
        counts = _counts(sample, delimiter)
        if counts and counts[0] > 1:
            agreeing = counts.count(counts[0]) / len(counts)
            if agreeing > best:
                best, separator = agreeing, delimiter
    if not separator:
        raise DataError(
            f"{name} has one column only, and a text and a label are needed. Separate them with commas, tabs, "
            "semicolons or bars, or choose another file."
        )
    if separator == "\t" and _tabs_agree(data, start):
        # Written without quoting, as Kaggle's labeledTrainData.tsv: a quotation mark is a character like any other.
        return {"delimiter": separator, "quoting": csv.QUOTE_NONE}
    return {"delimiter": separator}


def _counts(sample: list[str], delimiter: str) -> list[int]:
    """How many columns each of the first rows has, as far as they can be read."""
    counts = []
    try:
        for row in csv.reader(sample, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                counts.append(len(row))
            if len(counts) == _SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # reported with its place by the reading that follows
    return counts


def _tabs_agree(data: bytes, start: int) -> bool:
    stream = io.BytesIO(data)
    stream.seek(start)
    return len({line.count(b"\t") for line in stream if line.strip()}) == 1
