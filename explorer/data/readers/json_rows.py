"""Reviews in JSON: an object per line (JSON Lines), an array of objects, or a table as pandas writes it."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from explorer.data.corpus import Corpus
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import DataQuestion
from explorer.data.records import Row, Rows, read_rows
from explorer.data.source_options import SourceOptions
from explorer.data.text_decoding import TextFile
from explorer.presentation.shown_text import shown

_NOTHING_SAID: Final = SourceOptions()
_SAMPLED_LINES: Final = 20
_MAX_KEYS: Final = 2000
_LINES_PER_REPORT: Final = 2000
_MESSAGE: Final = "Reading JSON"
_CORRECT: Final = "Correct the file, or choose another one."
_OTHER: Final = " Choose another file."
_SHOWN_NAMES: Final = 6
_WANTED: Final = 'an array of objects such as [{"text": "…", "label": 1}, …], or one such object per line'

_Records = Callable[[], Iterator[tuple[str, Any, str]]]
"""Goes through the file: place, value, and why it is none (else empty)."""


def read_json(
    data: bytes,
    name: str,
    options: SourceOptions = _NOTHING_SAID,
    report: Report = silent,
    *,
    source: str | None = None,
) -> Corpus:
    """The reviews of a JSON file; keys are columns, a key that is missing or null is an empty cell.

    Args:
        data: What the file holds: text in UTF-8, in UTF-16 or UTF-32 with a byte order mark, or in the encoding of
            `options`.
        name: What to call it in an error: its path.
        options: What was said of the file.
        report: Called with the progress.
        source: What was asked for, which a question repeats; made of `name` when None.

    Raises:
        DataQuestion: When it must be asked how to read it.
        DataError: When the file cannot be used, with the place, the reason and what to do.
        Cancelled: When `report` says so.
    """
    report(_MESSAGE, 0.0)
    text = TextFile(data, name, options.encoding, source)
    if _is_lines(text):
        return _rows_of(lambda: _lines(text), lambda: text.share, text, options, report)
    whole = text.text()
    report(_MESSAGE, None)
    try:
        document = json.loads(whole)
    except RecursionError as error:
        raise DataError(f"{name} is JSON with values too deep within each other. {_CORRECT}") from error
    except json.JSONDecodeError as error:
        raise DataError(f"{name}, line {error.lineno} is not JSON ({_reason(error)}). {_CORRECT}") from error
    except ValueError as error:  # a number of more digits than Python takes
        raise DataError(f"{name} is JSON that cannot be read ({error}). {_CORRECT}") from error
    del whole
    report(_MESSAGE, None)
    items, names = _items(document, name)
    del document

    def read() -> Iterator[tuple[str, Any, str]]:
        for number, item in enumerate(items, start=1):
            yield f"record {number}", item, ""

    return _rows_of(read, lambda: 0.5, text, options, report, names)


def _is_lines(text: TextFile) -> bool:
    """Whether most of the first lines are an object or an array each by itself; some may be faulty."""
    lines = list(itertools.islice((line for line in text.lines("\n") if line.strip()), _SAMPLED_LINES))
    whole = sum(isinstance(_parsed(line)[0], (dict, list)) for line in lines)
    return len(lines) > 1 and whole > len(lines) / 2


def _lines(text: TextFile) -> Iterator[tuple[str, Any, str]]:
    for number, line in enumerate(text.lines("\n"), start=1):
        if line.strip():
            value, fault = _parsed(line)
            yield f"line {number}", value, fault


def _parsed(line: str) -> tuple[Any, str]:
    try:
        return json.loads(line), ""
    except RecursionError:
        return None, "holds values too deep within each other"
    except json.JSONDecodeError as error:
        return None, f"is not JSON ({_reason(error)})"
    except ValueError as error:
        return None, f"cannot be read ({error})"


def _reason(error: json.JSONDecodeError) -> str:
    return f"{error.msg.removesuffix(' at')} at character {error.colno}"


def _items(document: Any, name: str) -> tuple[list[Any], list[str] | None]:
    """The records of a document, and the names of their values where they are lists."""
    if isinstance(document, list):
        return document, None
    if not isinstance(document, dict) or "nbformat" in document:
        what = "a Jupyter notebook" if isinstance(document, dict) else f"JSON with one {type(document).__name__}"
        raise DataError(f"{name} is {what} and holds no list of reviews. Choose a table, or {_WANTED}.")
    columns, data = document.get("columns"), document.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return data, [_cell(column) for column in columns]
    lists = {key: value for key, value in document.items() if isinstance(value, list)}
    objects = [value for value in lists.values() if value and all(isinstance(item, dict) for item in value)]
    # pandas' orient="table" has a list of fields besides its data.
    if (len(objects) == 1 and len(lists) == 1) or (isinstance(data, list) and data in objects):
        return (data if data in objects else objects[0]), None
    if len(lists) == len(document) > 1 and len({len(value) for value in lists.values()}) == 1:
        return [list(row) for row in zip(*lists.values(), strict=True)], list(document)
    inner = list(document.values())
    if inner and all(isinstance(value, dict) for value in inner):
        if len(inner) > len(inner[0]):
            return inner, None
        keys = list(dict.fromkeys(key for value in inner for key in value))
        return [[value.get(key) for value in inner] for key in keys], list(document)
    listed = ", ".join(repr(key)[:40] for key in list(document)[:8]) or "nothing"
    raise DataError(f"{name} is a JSON object with {listed}, and no list of reviews. Choose {_WANTED}.")


def _rows_of(
    read: _Records,
    done: Callable[[], float],
    text: TextFile,
    options: SourceOptions,
    report: Report,
    names: list[str] | None = None,
) -> Corpus:
    keys: dict[str, None] = dict.fromkeys(names or ())
    width = len(names or ())
    objects = lists = 0
    nesting: Counter[str | int] = Counter()
    for number, (_, value, _) in enumerate(read()):
        if number % _LINES_PER_REPORT == 0:
            report(_MESSAGE, done())
        if isinstance(value, dict):
            objects += 1
            keys.update(dict.fromkeys(map(_cell, value)))
            _count_nested(value.items(), nesting)
        elif isinstance(value, list):
            lists += 1
            width = max(width, len(value))
            _count_nested(enumerate(value), nesting)
        if max(len(keys), width) > _MAX_KEYS:
            raise DataError(f"{text.name} has more than {_MAX_KEYS:,} different keys. {_CORRECT}")
    if not objects and not lists:
        raise DataError(f"{text.name} is JSON, and holds no objects with a text and a label. Choose {_WANTED}.")
    by_place = lists > objects
    if by_place and names is None:
        keys = dict.fromkeys(str(k) for k in range(1, width + 1))
    columns = list(keys)
    has_names = not by_place or names is not None
    is_nested = [has_names and nesting[at if by_place else column] > 0 for at, column in enumerate(columns)]
    nested = tuple(itertools.compress(columns, is_nested))
    flat = [at for at, inside in enumerate(is_nested) if not inside]
    if nested and not flat:
        raise DataError(f"No key of {text.name} holds a text or a label. {_flatten(nested)}")

    def rows() -> Iterator[Row]:
        for place, value, fault in read():
            if fault:
                yield Row(place, (), fault)
            elif isinstance(value, list) and by_place:
                if len(value) == len(columns):
                    yield Row(place, [_cell(value[at]) for at in flat])
                else:
                    yield Row(place, (), f"has {len(value)} values instead of {len(columns)}")
            elif isinstance(value, dict) and not by_place:
                yield Row(place, [_cell(value.get(columns[at])) for at in flat])
            else:
                yield Row(place, (), f"is {_called(value)} instead of {'a list' if by_place else 'an object'}")

    flat_names = tuple(columns[at] for at in flat) if has_names else None
    remarks = (f"Nested objects are not read: {_shown(nested)}.",) if nested else ()
    try:
        return read_rows(Rows(text.name, text.source, flat_names, rows, done, remarks), options, report)
    except DataQuestion:
        raise
    except DataError as error:
        if not nested:
            raise
        # What is missed is likely there.
        raise DataError(f"{str(error).removesuffix(_OTHER)} {_flatten(nested)}") from error


def _count_nested(values: Iterable[tuple[str | int, Any]], nesting: Counter[str | int]) -> None:
    """Count by column how many more values are objects, or lists of them, than are not; null is neither."""
    for column, value in values:
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            nesting[column] += 1
        elif value is not None:
            nesting[column] -= 1


def _flatten(nested: Sequence[str]) -> str:
    return (
        f"Nested objects are not read, and there are some in {_shown(nested)}. Flatten them, for example with "
        "pandas.json_normalize, or choose another file."
    )


def _shown(names: Sequence[str]) -> str:
    listed = ", ".join(shown(name)[:40] for name in names[:_SHOWN_NAMES])
    return f"{listed} and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else listed


def _called(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
