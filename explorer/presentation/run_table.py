"""Runs as rows of a table: what each is called, what sets it apart, its figures in words, and which are the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.engine.comparison import COLUMNS, Column, RunFigures, best_of, run_figures
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult
from explorer.presentation.series import descriptions

BEST: Final = "★"
MOST_EPOCHS: Final = 60
"""Epochs in a table; of a longer run every second, fifth, … is told: 10,000 rows would be a book."""


@dataclass(frozen=True, slots=True)
class Row:
    """A run in the table of results.

    Attributes:
        name: What it is called; no two rows are called the same.
        differs: What sets it apart from the others.
        figures: The bare figures.
        texts: Each of `comparison.COLUMNS` as a person reads it.
        best: Which of them are the best of the runs that can be compared with it.
    """

    name: str
    differs: str
    figures: RunFigures
    texts: tuple[str, ...]
    best: tuple[bool, ...]


def run_rows(runs: Sequence[RunRecord]) -> tuple[Row, ...]:
    """A row a run, in the order given."""
    figures = [run_figures(run.results, run.test) for run in runs]
    measured = [
        ((run.reviews.fingerprint, run.trained_on, run.held_out), each) for run, each in zip(runs, figures, strict=True)
    ]
    best = list(zip(*(best_of(column, measured) for column in COLUMNS), strict=True))
    differs = descriptions([(run.started_with, run.settings) for run in runs], [run.reviews.title for run in runs])
    return tuple(
        Row(
            name,
            differs[k],
            figures[k],
            tuple(column.text(figures[k], held_out=runs[k].held_out > 0) for column in COLUMNS),
            best[k],
        )
        for k, name in enumerate(names(runs))
    )


def names(runs: Sequence[RunRecord]) -> tuple[str, ...]:
    """What runs are called; those of one name are numbered, in brackets behind it."""
    called = [" ".join(run.name.split()) or "Run" for run in runs]
    return tuple(
        f"{name} ({called[: k + 1].count(name)})" if called.count(name) > 1 else name for k, name in enumerate(called)
    )


def heading(column: Column) -> str:
    """A column's heading on one line."""
    return column.label.replace("\n", " ")


def epochs_shown(results: Sequence[EpochResult], best: int | None) -> tuple[EpochResult, ...]:
    """At most about `MOST_EPOCHS` of them: evenly spread round numbers, the first, the best and the last."""
    last = len(results)
    steps = (factor * 10**power for power in range(5) for factor in (1, 2, 5))
    step = next(step for step in steps if last <= MOST_EPOCHS * step)
    return tuple(r for r in results if r.epoch % step == 0 or r.epoch in (1, best, last))


def number(figure: float | None) -> str:
    """A loss or an accuracy, with four decimals."""
    if figure is None or not math.isfinite(figure):
        return "–"
    return f"{figure:.4f}" if abs(figure) < 1e4 else f"{figure:.3g}"
