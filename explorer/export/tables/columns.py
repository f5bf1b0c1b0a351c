"""Columns of a table, each with its unit, range and meaning; the README beside a table is made of them."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np

from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord

_ROWS_AT_ONCE: Final = 4096
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that begins with one of these is a formula to a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or one array of an archive.

    Attributes:
        name: As it stands in the file.
        unit: What it is counted in; for an array its shape and type as well.
        range: Which values occur, and what stands where there is none.
        meaning: In plain words.
    """

    name: str
    unit: str
    range: str
    meaning: str


RUN: Final = (
    Column("run", "number", "from 1", "Which run, in the order in which they are shown."),
    Column("name", "text", "", "What the run is called."),
)
"""The columns that say which run a row is of."""


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], report: Report) -> None:
    """Write a table: UTF-8, commas, one line of names, full precision, an empty cell where there is nothing.

    Args:
        file: Where to.
        columns: Their names are the first line.
        rows: A cell a column; None for an empty one.
        report: Told now and then.

    Raises:
        Cancelled: From `report`.
    """
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        cells = (tuple(map(_cell, row)) for row in rows)
        while part := tuple(itertools.islice(cells, _ROWS_AT_ONCE)):
            writer.writerows(part)
            report("Writing a table")
    finally:
        text.detach()


def _cell(value: Any) -> str:
    """The shortest text that reads back as the same number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULAS) else value
    if isinstance(value, bool):
        return str(int(value))
    return str(value)


def readme(title: str, about: Sequence[str], runs: Sequence[RunRecord], tables: Iterable[tuple[str, Any]]) -> bytes:
    """What stands in the files beside it, as Markdown in UTF-8.

    Args:
        title: The heading.
        about: Paragraphs.
        runs: The runs, in the order of their numbers.
        tables: For each file its name and its columns.
    """
    lines = [f"# {title}", ""]
    for paragraph in about:
        lines += [paragraph, ""]
    lines += ["## Runs", ""]
    for number, run in numbered(runs):
        held_out = f"{run.held_out:,} held out" if run.held_out else "none held out"
        lines.append(
            f"{number}. {_escaped(run.name)}: {_escaped(run.reviews.title)}, trained on {run.trained_on:,} reviews, "
            f"{held_out}; {len(run.history):,} batches, {len(run.results)} whole epochs"
        )
    for name, columns in tables:
        lines += ["", f"## {name}", "", "| column | unit | range | meaning |", "| --- | --- | --- | --- |"]
        for column in columns:
            cells = (f"`{column.name}`", column.unit, column.range, column.meaning)
            lines.append("| " + " | ".join(_escaped(cell) for cell in cells) + " |")
    return ("\n".join(lines) + "\n").encode()


def numbered(runs: Sequence[RunRecord]) -> Iterator[tuple[int, RunRecord]]:
    """Each run with the number it has in the tables."""
    return enumerate(runs, start=1)


def single(value: Any) -> str:
    """The shortest text that reads back as the same float32."""
    return str(np.float32(value))


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
