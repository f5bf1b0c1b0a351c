"""Reviews as people write them, for the tests that read tables and folders."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

Review = tuple[str, int]
"""A text and its label."""


def reviews(count: int = 120, start: int = 0) -> list[Review]:
    """Short reviews, sorted by label as files often are; each has a word of its own."""
    made = [
        (f"A {'fine' if label else 'dull'} film, <br />it's number{k}!", label)
        for label in (0, 1)
        for k in range(start + label, start + count, 2)
    ]
    return made


def table(
    rows: Sequence[Review],
    header: Sequence[str] | None = ("review", "sentiment"),
    names: Sequence[str] = ("negative", "positive"),
    delimiter: str = ",",
) -> bytes:
    """The reviews as a CSV file in UTF-8."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    if header is not None:
        writer.writerow(header)
    writer.writerows((text, names[label]) for text, label in rows)
    return stream.getvalue().encode()


def write_folder(folder: Path, rows: Sequence[Review]) -> Path:
    """The reviews as `pos` and `neg` in a folder."""
    for kind in ("neg", "pos"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for number, (text, label) in enumerate(rows):
        name = f"{number}_{9 if label else 2}.txt"
        (folder / ("pos" if label else "neg") / name).write_text(text, encoding="utf-8")
    return folder
