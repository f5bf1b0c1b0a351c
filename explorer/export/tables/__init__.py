"""Tables of runs for a notebook or a spreadsheet: CSV and npz files, each with a README of its columns beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord
from explorer.export.files import replacing
from explorer.export.request import ExportRequest
from explorer.export.tables import curves, figures
from explorer.export.tables.arrays import Arrays
from explorer.export.tables.columns import Column, readme, write_csv

__all__ = ["TABLES", "write_table"]

TABLES: Final = ("loss", "accuracy", "units", "comparison", "masks")
"""The items (`request.ITEMS`) that are written as tables."""
_CSV: Final = (
    "CSV: UTF-8, commas, one line of names. Decimals have a point whatever the system's language: a spreadsheet set to "
    "a decimal comma has to be told so when it imports the file. Numbers are written in full: they read back as the "
    "numbers they were. An empty cell means that there is no such figure. A text that a spreadsheet would take for a "
    "formula has an apostrophe in front."
)
_LOSS: Final = "Losses are natural-logarithm cross-entropy (nats a review) and never include the L2 penalty."

_Write = Callable[[IO[bytes]], None]
_Files = list[tuple[Path, tuple[Column, ...], _Write]]


def write_table(
    item: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord], target: Path, report: Report
) -> tuple[Path, ...]:
    """Write an item as a table, with a README beside it.

    `loss` and `accuracy` also write the batches, beside the epochs: `loss.csv`, `loss-batches.csv`, `loss-README.md`.

    Args:
        item: One of `TABLES`.
        request: What is asked for; tables have no choices of their own so far.
        run: The run at hand; units and masks are of this one.
        others: Runs shown beside it, in curves and in the comparison.
        target: The CSV or npz file.
        report: Told what is done.

    Returns:
        All files written.

    Raises:
        ValueError: For an item that is no table, or a run without a batch.
        WriteError: When one cannot be written; no file is replaced then.
        Cancelled: From `report`; no file is replaced then.
    """
    runs = (run, *others)
    if not len(run.history):
        raise ValueError("the run has no batch yet, so there is nothing to write; train a batch first")
    files: _Files
    match item:
        case "loss" | "accuracy":
            figure: curves.Figure = item
            title = f"{item.capitalize()} curves"
            about = [
                "One file has a row an epoch, the other a row a batch.",
                *([_LOSS] if item == "loss" else []),
                _CSV,
            ]
            epochs, batches = curves.epoch_columns(figure), curves.batch_columns(figure)
            files = [
                (target, epochs, lambda file: write_csv(file, epochs, curves.epoch_rows(figure, runs), report)),
                (
                    target.with_name(f"{target.stem}-batches{target.suffix}"),
                    batches,
                    lambda file: write_csv(file, batches, curves.batch_rows(figure, runs), report),
                ),
            ]
        case "units":
            runs = (run,)
            title, about = "Unit statistics", ["A row a unit and hidden layer, over the whole run, in training.", _CSV]
            rows = figures.unit_rows(run, report)
            files = [(target, figures.UNITS, lambda file: write_csv(file, figures.UNITS, rows, report))]
        case "comparison":
            title, about = "Comparison of runs", ["A row a run.", _LOSS, _CSV]
            table = figures.comparison_rows(runs)
            files = [(target, figures.COMPARISON, lambda file: write_csv(file, figures.COMPARISON, table, report))]
        case "masks":
            runs = (run,)
            arrays = Arrays(run)
            title, about = "Masks and activations", _about(arrays)
            files = [(target, arrays.columns(), lambda file: arrays.write(file, report))]
        case _:
            raise ValueError(f"item must be one of {', '.join(TABLES)}, got {item!r}")
    text = readme(title, about, runs, ((path.name, columns) for path, columns, _ in files))
    beside = target.with_name(f"{target.stem}-README.md")
    with ExitStack() as stack:
        # All are open until the last is written, so that either all are replaced or none.
        for path, _, write in files:
            write(stack.enter_context(replacing(path)))
        stack.enter_context(replacing(beside)).write(text)
    return (*(path for path, _, _ in files), beside)


def _about(arrays: Arrays) -> list[str]:
    batches, known = arrays.counted
    return [
        'An npz archive for plain NumPy: `numpy.load(file)["hidden_1/mask"]`. There is no pickle in it. It is laid out '
        "as what `dropout-explorer run --record` writes. That has every activation; this one has every mask, but only "
        f"those activations that the run has kept: of the first {arrays.reviews_shown} reviews of a batch at most, and "
        f"here of {known:,} of {batches:,} batches. The others are nan; `known` tells where.",
        f"It is deflated. All arrays together take {arrays.nbytes / 1e6:,.1f} MB in memory, and each is read when it "
        "is asked for.",
        "`output` is `activation * mask * factor`, recomputed; keras.layers.Dropout divides instead, which may differ "
        "from it in the last place. Only places where dropout stands have arrays.",
    ]
