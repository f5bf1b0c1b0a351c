"""Which columns of a table of reviews hold the text and the label: guessed, asked for, or written into the source.

A source is one string, so that settings can keep it: the path, and behind it what somebody answered when the columns
were not clear, as in `reviews.csv#text=the%20review&label=verdict`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from explorer.data.progress import DataError

NAMES: Final = ("auto", "sample", "imdb")
"""Sources that are no path."""
_CHOICE: Final = re.compile(r"(?P<path>.*)#text=(?P<text>[^&#]+)&label=(?P<label>[^&#]+)", re.DOTALL)
_TEXTS: Final = frozenset(
    ("review", "reviews", "reviewtext", "reviewbody", "text", "texts", "comment", "comments", "content", "body")
) | {"sentence", "message", "tweet", "document", "phrase"}
_LABELS: Final = frozenset(("sentiment", "sentiments", "label", "labels", "class", "target", "polarity", "y"))
_PREVIEW_CHARACTERS: Final = 200


class Columns(NamedTuple):
    """The columns that hold the text and the label, each by its name or its number (from 1) as a string."""

    text: str
    label: str


class ColumnsUnclear(DataError):  # noqa: N818 - a question, not an error
    """It cannot be told which columns hold the text and the label; ask, and load `with_columns(source, …)`.

    Attributes:
        path: The file, as a string.
        columns: A name for each column, no two alike: from the header, or its number (from 1) where there is none.
            Each may be given to `with_columns`.
        rows: The first few rows without the header, a cell for each column or fewer; long texts are cut.
        has_header: Whether the file's first row names the columns.
    """

    def __init__(self, path: str, columns: Sequence[str], rows: Sequence[Sequence[str]], has_header: bool) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.rows = tuple(tuple(cell[:_PREVIEW_CHARACTERS] for cell in row) for row in rows)
        self.has_header = has_header
        what = f"it has the columns {', '.join(self.columns)}" if has_header else "its first row names no columns"
        super().__init__(
            f"It is not clear which columns of {path} hold the text and the label: {what}. "
            f'Name them behind the path, as in "{with_columns(path, self.columns[0], self.columns[1])}".'
        )


def with_columns(source: str, text: str, label: str) -> str:
    """The source of a table whose columns are known, so that nobody is asked for them again.

    Args:
        source: A path; columns that it already carries are replaced.
        text: The column of the reviews: its name, or its number (from 1).
        label: The column of the labels, likewise.

    Returns:
        `path#text=…&label=…`, the names percent-encoded.

    Raises:
        ValueError: When a column is the empty string.
    """
    if not (text and label):
        raise ValueError(f"text and label must each name a column, got {text!r} and {label!r}")
    return f"{split_source(source)[0]}#text={quote(text, safe='')}&label={quote(label, safe='')}"


def split_source(source: str) -> tuple[str, Columns | None]:
    """The path of a source, and the columns that were written behind it, if any."""
    match = _CHOICE.fullmatch(source)
    if match is None:
        return source, None
    return match["path"], Columns(unquote(match["text"]), unquote(match["label"]))


def absolute(source: str) -> str:
    """A source that means the same file wherever the program is started next; a name or what is no file stays."""
    path, columns = split_source(source)
    if source in NAMES or not Path(path).exists():
        return source
    whole = str(Path(path).absolute())
    return whole if columns is None else with_columns(whole, *columns)


def named(header: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: what the header calls it, or its number where that is empty or not its alone."""
    plain = [_plain(cell) for cell in header]
    return tuple(cell if cell and plain.count(cell) == 1 else str(number) for number, cell in enumerate(plain, start=1))


def guessed(names: Sequence[str]) -> tuple[int, int] | None:
    """Positions of the text and the label column, when the header leaves no doubt; else None.

    There is no doubt when exactly one name is a usual one for a text and exactly one for a label, or when there are
    two columns and one of them is known.
    """
    keys = [re.sub(r"[\W_]", "", name.lower()) for name in names]
    texts = [k for k, key in enumerate(keys) if key in _TEXTS]
    labels = [k for k, key in enumerate(keys) if key in _LABELS]
    if len(names) == 2 and len(texts) + len(labels) == 1:
        return (texts[0], 1 - texts[0]) if texts else (1 - labels[0], labels[0])
    return (texts[0], labels[0]) if len(texts) == len(labels) == 1 else None


def position(column: str, names: Sequence[str], path: str) -> int:
    """Where the column of a name or a number stands, from 0.

    Raises:
        DataError: When there is no such column.
    """
    wanted = _plain(column)
    if wanted in names:
        return list(names).index(wanted)
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise DataError(
        f"{path} has no column {column!r:.80}: its columns are {', '.join(names)}. Open the file again and choose "
        "others."
    )


def _plain(cell: str) -> str:
    return cell.strip().strip("\"'").strip()
