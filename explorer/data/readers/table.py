"""Reviews in a table: a text file with a review and its label in each row, separated by commas, tabs or the like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.data.corpus import Corpus
from explorer.data.progress import Report, silent
from explorer.data.readers.delimited import Dialect, fitted, names_row_numbers, records
from explorer.data.readers.dialect import find_dialect
from explorer.data.records import Row, Rows, read_rows
from explorer.data.source_options import SourceOptions
from explorer.data.text_decoding import TextFile

SUFFIXES: Final = (".csv", ".tsv", ".tab", ".txt")
"""How the names of such files end."""
MAX_BYTES: Final = 512 * 2**20

_NOTHING_SAID: Final = SourceOptions()


def read_table(
    data: bytes,
    name: str,
    options: SourceOptions = _NOTHING_SAID,
    report: Report = silent,
    *,
    source: str | None = None,
) -> Corpus:
    """The reviews of a table.

    The separator, the quoting and whether the first row is a header are found out.

    Args:
        data: What the file holds: text in UTF-8, in UTF-16 or UTF-32 with a byte order mark, or in the encoding of
            `options`.
        name: What to call it in an error: its path.
        options: What was said of the file; columns that are not named are found by what stands in them.
        report: Told of the progress.
        source: What was asked for, which a question repeats; made of `name` when None.

    Raises:
        DataQuestion: When it must be asked how to read it.
        DataError: When the file cannot be used, with the row, the reason and what to do.
        Cancelled: When `report` says so.
    """
    report("Opening the table", 0.0)
    text = TextFile(data, name, options.encoding, source)
    dialect = find_dialect(text, report)
    rows = Rows(name, text.source, None, lambda: _rows(text, dialect), lambda: text.share)
    return read_rows(rows, options, report)


def _rows(text: TextFile, dialect: Dialect) -> Iterator[Row]:
    """The rows with a cell for each column; what R's `write.table` writes has one less in its header."""
    first = True
    for number, line, cells, fault in records(text.lines(dialect.newline), dialect):
        # A spreadsheet counts rows, an editor lines; they differ once a text has a line break in it.
        place = f"row {number}" if number == line else f"row {number} (line {line})"
        if fault:
            yield Row(place, (), fault)
            continue
        whole = fitted(cells, dialect.columns, dialect.shortest)
        if whole is None and first and names_row_numbers(cells, dialect.columns):
            whole = ["", *cells]
        if whole is None:
            yield Row(
                place, (), f"has {len(cells)} {'cell' if len(cells) == 1 else 'cells'} instead of {dialect.columns}"
            )
            continue
        first = False
        yield Row(place, whole)
