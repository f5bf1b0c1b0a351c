"""What a person says about how a source is to be read, written behind its path as in `reviews.csv#text=2&label=4`.

A source is one string, so that settings, command lines and run files can keep it: a name or a path, and behind it the
answers to the questions that the file left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

NAMES: Final = ("auto", "sample", "imdb")
"""Sources that are no path."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Answers to what a file leaves open; None where nothing was said.

    Attributes:
        text: The column of a table, or the key of a JSON object, that holds the text: its name or its number (from 1).
        label: The column or key of the labels, likewise.
        encoding: How the bytes of a text file are decoded, by Python's name, such as `cp1252`; UTF-8 or what a byte
            order mark says when None.
        positive: Which of two unknown labels is the good one.
        good: Stars from which on a review is positive, where labels are stars.
        bad: Stars up to which a review is negative, likewise; those between are left out.
        ids: How an archive numbers its words: `raw`, as `imdb.npz` does (1 is the commonest word), or `keras`, as
            `keras.datasets.imdb.load_data` returns them (1 begins a review, the commonest word is 4).
        member: The file in an archive that holds several.
        faulty: `skip` to leave out rows that cannot be read, however many there are.
    """

    text: str | None = None
    label: str | None = None
    encoding: str | None = None
    positive: str | None = None
    good: str | None = None
    bad: str | None = None
    ids: str | None = None
    member: str | None = None
    faulty: str | None = None

    def unread(self, *read: str) -> str:
        """The first option that was given and is none of those that a source reads; empty when there is none."""
        given = (field.name for field in fields(self) if getattr(self, field.name) is not None)
        return next((name for name in given if name not in read), "")

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return self != _NOTHING


_NOTHING: Final = SourceOptions()
_KEYS: Final = tuple(field.name for field in fields(SourceOptions))
_ITEM: Final = rf"(?:{'|'.join(_KEYS)})=[^&#]+"
_WRITTEN: Final = re.compile(rf"(?P<path>.*)#(?P<options>(?:{_ITEM}(?:&{_ITEM})*)?)", re.DOTALL)


def split_source(source: str) -> tuple[str, SourceOptions]:
    """The path of a source, and what was said behind it.

    A `#` at the end says that nothing was: the path before it may itself look as if it carried options.

    Args:
        source: As for `explorer.data.load`.
    """
    match = _WRITTEN.fullmatch(source)
    if match is None:
        return source, _NOTHING
    items = (item.partition("=") for item in match["options"].split("&") if item)
    return match["path"], SourceOptions(**{key: _unquoted(value) for key, _, value in items})


def with_options(source: str, **changes: str | None) -> str:
    """The source with some options set to other values, and the rest as they were.

    Args:
        source: A path, with or without options behind it.
        changes: Fields of `SourceOptions` by name; None takes one away.

    Returns:
        `path#key=value&…`, values percent-encoded.

    Raises:
        ValueError: For the empty string as a value.
    """
    if empty := [key for key, value in changes.items() if value == ""]:
        raise ValueError(f"{empty[0]} must not be empty")
    path, options = split_source(source)
    return _joined(path, replace(options, **changes))


def source_of(path: str | Path) -> str:
    """The source that is exactly this path, whatever its name looks like."""
    return _joined(str(path), _NOTHING)


def absolute(source: str) -> str:
    """A source that means the same file wherever the program is started next; a name or what is no file stays."""
    path, options = split_source(source)
    if source in NAMES or not Path(path).exists():
        return source
    return _joined(str(Path(path).absolute()), options)


def _unquoted(value: str) -> str:
    """A value as `_joined` wrote it, or as a person did, in whatever encoding."""
    try:
        return unquote(value, errors="surrogatepass")
    except UnicodeDecodeError:
        return unquote(value, errors="surrogateescape")


def _joined(path: str, options: SourceOptions) -> str:
    said = [(key, getattr(options, key)) for key in _KEYS]
    items = [f"{key}={quote(value, safe='', errors='surrogatepass')}" for key, value in said if value is not None]
    if items:
        return f"{path}#{'&'.join(items)}"
    return path if split_source(path) == (path, _NOTHING) else f"{path}#"
