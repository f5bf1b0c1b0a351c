"""What each unit did, and what each run came to, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.data.progress import Report
from explorer.engine.comparison import run_figures
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import DECLARATIONS, HIDDEN, Declaration
from explorer.engine.unit_statistics import UnitTable
from explorer.engine.unit_window import COLUMNS as UNIT_COLUMNS
from explorer.export.tables.columns import RUN, Column, numbered

_PIECE_S: Final = 0.1
"""So long is counted between two reports."""

UNITS: Final = (
    Column("hidden", "number", "1 or 2", "After which hidden layer."),
    Column("unit", "number", "from 0", "The unit."),
    Column("first", "batches", "from 1", "The first batch counted."),
    Column("last", "batches", "from 1", "The last batch counted."),
    Column("reviews", "reviews", "from 1", "Draws of the unit's mask: the reviews of all batches counted."),
    Column(
        "reviews_with_activations",
        "reviews",
        "from 0",
        "How many of them activations and outputs are counted over: the first of a batch, in a long run not of every "
        "batch.",
    ),
    Column("keep_probability", "share", "(0, 1]", "The share expected to be kept: the mean of 1 − rate."),
    Column("bound", "share", "[0, 1]", "Half the width of the 95 % interval around it."),
    Column("share_kept", "share", "[0, 1]", "Share of the reviews for which the unit was kept."),
    Column("mean_activation", "activation", "from 0, or nan", "Mean activation after relu, dropped or not."),
    Column("sd_activation", "activation", "from 0, or nan", "Its standard deviation over the reviews (divisor n)."),
    Column("mean_output", "activation", "from 0, or nan", "Mean output of the dropout, 0 where dropped."),
    Column("sd_output", "activation", "from 0, or nan", "Its standard deviation."),
    Column("share_zero", "share", "[0, 1], or nan", "Share of the activations that are exactly 0 by relu alone."),
    Column(
        "longest_run",
        "batches",
        "from 0",
        "Most batches in a row in which it was dropped for the batch's first review.",
    ),
    Column("longest_run_whole", "batches", "from 0", "Most batches in a row in which it was dropped for every review."),
)


def unit_rows(run: RunRecord, report: Report) -> Iterator[tuple[Any, ...]]:
    """A row a unit of hidden 1, then of hidden 2, counted over all batches of a run.

    Raises:
        Cancelled: From `report`.
    """
    last = len(run.history)
    for hidden in HIDDEN:
        table = UnitTable(run.history, hidden)
        while table.filled < last:
            table.extend(_PIECE_S)
            report(f"Counting the units of hidden {hidden}", (hidden - 1 + min(table.filled / last, 1.0)) / 2)
        window = table.window(1, last)
        told = [getattr(window, name) for _, name in UNIT_COLUMNS]
        shared = (1, last, window.reviews, window.counted_reviews, window.keep_probability, window.bound)
        for unit in range(window.units):
            yield (hidden, unit, *shared, *(column[unit] for column in told))


_FIGURES: Final = (
    Column("best_loss", "nats", "from 0", "Lowest loss on the reviews held out, dropout off, without the L2 penalty."),
    Column("best_loss_epoch", "epochs", "from 1", "The first epoch that had it."),
    Column("end_loss", "nats", "from 0", "The same loss after the last whole epoch."),
    Column("best_accuracy", "share", "[0, 1]", "Highest share of the reviews held out that was judged right."),
    Column("best_accuracy_epoch", "epochs", "from 1", "The first epoch that had it."),
    Column("end_accuracy", "share", "[0, 1]", "The same share after the last whole epoch."),
    Column("gap", "nats", "any", "Validation loss minus training loss after the last whole epoch, dropout off."),
    Column("test_loss", "nats", "from 0", "Loss on the test reviews at the end of a finished run, dropout off."),
    Column("test_accuracy", "share", "[0, 1]", "Share of the test reviews that was judged right then."),
    Column("prediction", "share", "[0, 1]", "Probability of being positive that it gave one test review."),
    Column("prediction_label", "label", "0 or 1", "The label of that review; 1 is positive."),
    Column("prediction_review", "number", "from 0", "Which of the test reviews that is."),
    Column("seconds", "seconds", "from 0", "Time of training and evaluating; pauses are not counted."),
    Column("epochs_done", "epochs", "from 0", "Whole epochs done."),
)
_REVIEWS: Final = (
    Column("reviews", "text", "", "What the run was trained on."),
    Column("fingerprint", "hexadecimal", "64 digits", "SHA-256 of the reviews and how they are encoded."),
    Column("trained_on", "reviews", "from 1", "How many it trains on."),
    Column("held_out", "reviews", "from 0", "How many are held out for validation."),
)
# Where the reviews lie is nobody else's business, and the columns before say more.
_SETTINGS: Final = tuple(declared for declared in DECLARATIONS if declared.name != "data")


def _range(declared: Declaration) -> str:
    if declared.choices:
        return " or ".join(value for value, _ in declared.choices)
    if declared.kind is bool:
        return "0 or 1"
    return f"[{declared.low}, {declared.high}{')' if declared.high_open else ']'}"


COMPARISON: Final = (
    *RUN,
    *_REVIEWS,
    *(
        Column(
            each.name,
            each.unit,
            each.range if each.name == "epochs_done" else f"{each.range}; may be empty",
            each.meaning,
        )
        for each in _FIGURES
    ),
    Column("live_changes", "changes", "from 0", "How often a setting was changed while it trained."),
    *(
        Column(declared.name, "setting", _range(declared), f"At the end of the run. {declared.help}")
        for declared in _SETTINGS
    ),
)


def comparison_rows(runs: Sequence[RunRecord]) -> Iterator[tuple[Any, ...]]:
    """A row a run."""
    for number, run in numbered(runs):
        figures, settings = run_figures(run.results, run.test), run.settings
        yield (
            number,
            run.name,
            run.reviews.title,
            run.reviews.fingerprint,
            run.trained_on,
            run.held_out,
            figures.best_loss,
            figures.best_loss_epoch,
            figures.end_loss,
            figures.best_accuracy,
            figures.best_accuracy_epoch,
            figures.end_accuracy,
            figures.gap,
            figures.test_loss,
            figures.test_accuracy,
            figures.prediction,
            figures.prediction_label,
            figures.prediction_review,
            figures.seconds,
            figures.epochs,
            len(run.history.changes),
            *(getattr(settings, declared.name) for declared in _SETTINGS),
        )
