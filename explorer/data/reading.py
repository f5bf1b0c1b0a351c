"""From the bytes of a file to its reviews, by what the bytes are."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from explorer.data.corpus import Corpus
from explorer.data.foreign import RUN, Foreign
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import DataQuestion
from explorer.data.readers import imdb, table
from explorer.data.readers.json_rows import read_json
from explorer.data.readers.packed import is_one_class, one_class, read_packed
from explorer.data.recognise import Kind, recognise
from explorer.data.source_options import SourceOptions, source_of
from explorer.data.unpack import Budget

_NOTHING_SAID: Final = SourceOptions()
_RUN_SUFFIX: Final = ".dropout"


def read(
    data: bytes,
    name: str,
    options: SourceOptions = _NOTHING_SAID,
    report: Report = silent,
    *,
    source: str | None = None,
    path: str | None = None,
    word_index: bytes | None = None,
    budget: Budget | None = None,
    depth: int = 0,
) -> Corpus:
    """The reviews of a file: of a table, JSON, an npz, or an archive that holds one of these or a folder.

    Args:
        data: What the file holds.
        name: What to call it in a sentence.
        options: What was said of it.
        report: Called with the progress.
        source: What was asked for, which a question repeats; made of `name` when None.
        path: The file itself, where `name` says more than that.
        word_index: The `imdb_word_index.json` that stands beside an npz.
        budget: What may be unpacked, shared by archives within each other.
        depth: How many archives the file stands in.

    Raises:
        DataQuestion: When it must be asked how to read it.
        DataError: When it cannot be used, with the reason and what to do.
        Cancelled: When `report` says so.
    """
    path = name if path is None else path
    source = source_of(name) if source is None else source
    kind = recognise(data)
    if isinstance(kind, Foreign) and options.encoding is not None:
        kind = Kind.TABLE  # somebody knows better
    if path.lower().endswith(_RUN_SUFFIX) and kind in (Kind.ZIP, Kind.NPZ):
        kind = RUN  # a damaged one
    if PurePath(path).name == imdb.ARCHIVE and kind is not Kind.NPZ:
        return _named_npz(data, kind, name, options, report, source)
    match kind:
        case Foreign():
            raise DataError(f"{name} is {kind.what}. {kind.advice(path)}")
        case Kind.NPZ:
            return imdb.read_archive(
                data, name, options=options, source=source, word_index=word_index, word_index_name=name, report=report
            )
        case Kind.TABLE | Kind.JSON:
            return _read_text(data, kind, name, path, options, report, source)
        case _:
            budget = Budget(path, report) if budget is None else budget
            return read_packed(data, kind, name, path, options, source, budget, depth, read)


def _read_text(
    data: bytes, kind: Kind, name: str, path: str, options: SourceOptions, report: Report, source: str
) -> Corpus:
    if kind is Kind.JSON:
        return read_json(data, name, options, report, source=source)
    try:
        return table.read_table(data, name, options, report, source=source)
    except DataQuestion:
        raise
    except DataError as error:
        if is_one_class(path) and data.strip():
            raise DataError(one_class(name)) from error
        raise


def _named_npz(
    data: bytes, kind: Kind | Foreign, name: str, options: SourceOptions, report: Report, source: str
) -> Corpus:
    """What has the name of the IMDB archive and is none: another kind under its name, or what a download left."""
    if isinstance(kind, Foreign):
        raise DataError(f"{name} is {kind.what}, and not a whole .npz archive. {imdb.what_to_do(name)}")
    try:
        if kind in (Kind.TABLE, Kind.JSON):
            return _read_text(data, kind, name, name, options, report, source)
        return read_packed(data, kind, name, name, options, source, Budget(name, report), 0, read)
    except DataQuestion:
        raise
    except DataError as error:
        raise DataError(f"{name} is not a whole .npz archive. {imdb.what_to_do(name)}") from error
