"""The table of results of several runs."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from explorer.engine.comparison import BEST_AMONG, COLUMNS, Column, best_of, run_figures
from explorer.engine.run_record import RunRecord
from explorer.export.figures.page import Page
from explorer.export.figures.table import Row, Table
from explorer.export.figures.words import clean
from explorer.export.request import ExportRequest
from explorer.presentation.captions import held_out_line
from explorer.presentation.curves import BEST
from explorer.presentation.series import descriptions


def comparison_figure(request: ExportRequest, run: RunRecord, others: Sequence[RunRecord]) -> Figure:
    """What every run came to; the best figure of a column, among runs on the same reviews, is bold and has a star.

    Where a page is too narrow for all columns letters become smaller, and then the columns stand in several tables
    below each other; where there are more runs than have room, a line says how many. The figures of the test reviews
    have columns where at least one run has them.

    Args:
        request: How it is to look.
        run: The first line.
        others: The other lines.
    """
    page = Page("comparison", request)
    runs = (run, *others)
    reviews = ", ".join(clean(title) for title in dict.fromkeys(each.reviews.title for each in runs))
    page.heading("Comparison of runs", f"{len(runs)} runs · {reviews}" if others else reviews)
    page.caption(_caption(runs))
    known = any(each.test is not None for each in runs)
    columns = tuple(column for column in COLUMNS if known or not column.of_test)
    Table(page, columns, rows_of(runs, columns)).draw()
    return page.figure


def rows_of(runs: Sequence[RunRecord], columns: Sequence[Column]) -> tuple[Row, ...]:
    """The lines of the table."""
    figures = [run_figures(run.results, run.test) for run in runs]
    measured = [
        ((run.reviews.title, run.reviews.fingerprint, run.trained_on, run.held_out), each)
        for run, each in zip(runs, figures, strict=True)
    ]
    best = [best_of(column, measured) for column in columns]
    differs = descriptions([(run.started_with, run.settings) for run in runs], [run.reviews.title for run in runs])
    return tuple(
        Row(
            clean(run.name),
            clean(differs[k]),
            tuple(column.text(figures[k], held_out=run.held_out > 0) for column in columns),
            tuple(each[k] for each in best),
        )
        for k, run in enumerate(runs)
    )


def _caption(runs: Sequence[RunRecord]) -> str:
    parts = ["losses without the L2 penalty; training and validation with dropout off"]
    if len(runs) > 1:
        parts.insert(0, f"{BEST.strip()} {BEST_AMONG}")
    if len({(run.trained_on, run.held_out) for run in runs}) == 1:
        parts.append(held_out_line(runs[0]))
    return " · ".join(parts)
