"""`dropout-explorer show`: what a run file holds, in plain text or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from explorer.cli.arguments import add_files
from explorer.cli.piped import run_files
from explorer.cli.run_json import KEYS, SCHEMA, dumped, run_json
from explorer.cli.show_test import complete
from explorer.cli.terminal import ended, go_on, tell
from explorer.engine.comparison import BEST_AMONG, COLUMNS
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import declaration
from explorer.export.code import describe
from explorer.presentation.run_table import BEST, Row, epochs_shown, heading, number, run_rows
from explorer.presentation.series import markers
from explorer.presentation.settings_text import settings_told
from explorer.presentation.test_words import classic_line, test_line, whose_prediction
from explorer.store import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `show` takes."""
    parser.description = "Print settings and results of a run file; of several, side by side."
    add_files(parser, "a run, as run --save and the window write it")
    parser.add_argument(
        "--test",
        action="store_true",
        help="compute the figures of the test reviews for older run files, where the reviews are found",
    )
    parser.add_argument(
        "--json", action="store_true", help=f"for a program: an object with schema ({SCHEMA}) and runs, each {KEYS}"
    )


def main(arguments: argparse.Namespace) -> int:
    """Print settings and results of run files.

    Returns:
        The exit code, see `terminal.ended`.
    """
    return ended("show", lambda _: _show(arguments))


def _show(arguments: argparse.Namespace) -> None:
    with run_files(arguments.files) as files:
        saved = [open_run(path, go_on) for path in files]
        if arguments.test:
            for each in saved:
                complete(each)
    runs = [each.record for each in saved]
    if arguments.json:
        tell(dumped({"schema": SCHEMA, "runs": [run_json(run) for run in runs]}))
        return
    for line in text(runs):
        tell(line)


def text(runs: Sequence[RunRecord]) -> Iterator[str]:
    """The lines that are printed of some runs: settings side by side, results a row a run, and every run's epochs."""
    rows = run_rows(runs)
    for run, row in zip(runs, rows, strict=True):
        yield f"{row.name}: {describe(run.settings)}"
    yield from _settings(runs, rows)
    yield ""
    if len(runs) == 1:
        yield "Results"
        pairs = zip(COLUMNS, rows[0].texts, strict=True)
        yield from aligned([[f"  {heading(column)}", told] for column, told in pairs], "<<")
        if runs[0].test is not None:
            yield f"  {test_line(runs[0].test)}"
            yield f"  {classic_line(runs[0].test)} ({whose_prediction(runs[0].test)})"
    else:
        # Each heading has one place where it may be broken, or none.
        halves = [column.label.split("\n") if "\n" in column.label else ["", column.label] for column in COLUMNS]
        head = [["", *(above for above, _ in halves)], ["Results", *(below for _, below in halves)]]
        lines = [[f"  {row.name}", *_marked(row)] for row in rows]
        yield from aligned([*head, *lines], "<" + ">" * len(COLUMNS))
        yield f"  {BEST} {BEST_AMONG}"
    for run, row in zip(runs, rows, strict=True):
        if run.results:
            yield ""
            yield from _epochs(run, row, several=len(runs) > 1)


def _marked(row: Row) -> list[str]:
    return [f"{BEST} {told}" if best else told for told, best in zip(row.texts, row.best, strict=True)]


def _settings(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Iterator[str]:
    table: list[list[str]] = []
    if len(runs) > 1:
        table.append(["", *(row.name for row in rows)])
    for group in settings_told(runs):
        table.append([group.title])
        table += [[f"  {told.label}", *told.values] for told in group.settings]
        if group.title == declaration("data").group:
            table.append(["  Fingerprint", *_fingerprints(runs)])
    yield ""
    yield from aligned(table, "<" * (1 + len(runs)))
    for run, row in zip(runs, rows, strict=True):
        for mark in markers(run.history.changes):
            whose = f"{row.name}, after" if len(runs) > 1 else "After"
            yield f"  {whose} {mark.position:.2f} epochs: {mark.text}"


def _fingerprints(runs: Sequence[RunRecord]) -> list[str]:
    """In full for one run; beside another, as much as tells whether the reviews are the same."""
    told = [run.reviews.fingerprint for run in runs]
    return told if len(told) == 1 else [f"{each[:16]}…" for each in told]


def _epochs(run: RunRecord, row: Row, *, several: bool) -> Iterator[str]:
    best = row.figures.best_loss_epoch
    held_out = run.held_out > 0
    kinds = ["dropout on", "dropout off", *(["validation"] if held_out else [])]
    table = [
        ["", *(what for what in ("loss", "accuracy") for _ in kinds), ""],
        ["Epoch", *kinds, *kinds, "seconds"],
    ]
    shown = epochs_shown(run.results, best)
    for result in shown:
        figures = [result.loss, result.train_loss, *([result.val_loss] if held_out else [])]
        figures += [result.accuracy, result.train_accuracy, *([result.val_accuracy] if held_out else [])]
        mark = f"{BEST} " if result.epoch == best else ""
        table.append([f"{mark}{result.epoch}", *(number(figure) for figure in figures), f"{result.seconds:.2f}"])
    if several:
        yield row.name
    yield from aligned(table, ">" * len(table[0]))
    if best is not None:
        yield f"  {BEST} lowest validation loss"
    if len(shown) < len(run.results):
        yield f"  {len(shown)} of {len(run.results):,} epochs; --json has them all"


def aligned(table: Sequence[Sequence[str]], sides: str) -> Iterator[str]:
    """A table as lines, columns two spaces apart.

    Args:
        table: Rows of cells; a row with one cell spans the table.
        sides: For each column `<` or `>`, where its cells are set.
    """
    full = [row for row in table if len(row) > 1]
    widths = [max((len(row[k]) for row in full if k < len(row)), default=0) for k in range(len(sides))]
    for row in table:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=False))
        yield "  ".join(cells).rstrip()
