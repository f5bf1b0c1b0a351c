"""Which columns of a table of reviews hold the text and the label, as far as their names tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from explorer.data.progress import DataError

_TEXTS: Final = frozenset(
    ("review", "reviews", "reviewtext", "reviewbody", "text", "texts", "comment", "comments", "content", "body")
) | {"sentence", "message", "tweet", "document", "phrase"}
_LABELS: Final = frozenset(("sentiment", "sentiments", "label", "labels", "class", "target", "polarity", "y"))


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
