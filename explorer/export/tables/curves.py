"""Loss and accuracy of runs as tables: one row an epoch, and one row a batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult
from explorer.export.tables.columns import RUN, Column, numbered

Figure = Literal["loss", "accuracy"]

_EPOCH: Final = (
    Column("epoch", "epochs", "from 1", "Which pass over the training reviews."),
    Column("step", "batches", "from 1", "The last batch of the epoch, counted over the whole run."),
    Column("seconds", "seconds", "from 0", "Time of computing up to the end of the epoch; pauses are not counted."),
)
_BATCH: Final = (
    Column("step", "batches", "from 1", "The batch, counted over the whole run."),
    Column("epoch", "epochs", "from 1", "The epoch it belongs to."),
    Column("batch", "batches", "from 1", "The batch, counted within the epoch."),
    Column("position", "epochs", "above 0", "Epochs trained at the end of the batch, such as 1.5."),
)
_RATES: Final = tuple(
    Column(f"rate_{n}", "share", "[0, 1)", f"Share dropped after hidden {n} in this batch; 0 where no dropout stands.")
    for n in (1, 2)
)
_PENALTY: Final = Column("penalty", "nats", "from 0", "The L2 penalty, which no loss here includes.")
_UNIT: Final = {"loss": "nats", "accuracy": "share"}
_RANGE: Final = {"loss": "from 0; nan or inf when training has diverged", "accuracy": "[0, 1]"}
_WHAT: Final = {
    "loss": "Mean binary cross-entropy, without the L2 penalty,",
    "accuracy": "Share of the reviews judged right (probability above 0.5 for a good one),",
}


def epoch_columns(figure: Figure) -> tuple[Column, ...]:
    """The columns of `epoch_rows`."""
    unit, span, what = _UNIT[figure], _RANGE[figure], _WHAT[figure]
    columns = (
        *RUN,
        *_EPOCH,
        Column(f"{figure}_as_trained", unit, span, f"{what} batch by batch during the epoch, dropout on."),
        Column(f"{figure}_training", unit, span, f"{what} on the training reviews after the epoch, dropout off."),
        Column(
            f"{figure}_validation",
            unit,
            f"{span}; empty when none are held out",
            f"{what} on the reviews held out, after the epoch, dropout off.",
        ),
    )
    return (*columns, _PENALTY) if figure == "loss" else columns


def epoch_rows(figure: Figure, runs: Sequence[RunRecord]) -> Iterator[tuple[Any, ...]]:
    """A row an epoch, run after run."""
    for number, run in numbered(runs):
        results = run.results
        ends = itertools.accumulate(result.seconds for result in results)
        for result, end in zip(results, ends, strict=True):
            yield (number, run.name, result.epoch, result.step, end, *_figures(figure, result))


def _figures(figure: Figure, result: EpochResult) -> tuple[float | None, ...]:
    if figure == "loss":
        return result.loss, result.train_loss, result.val_loss, result.penalty
    return result.accuracy, result.train_accuracy, result.val_accuracy


def batch_columns(figure: Figure) -> tuple[Column, ...]:
    """The columns of `batch_rows`."""
    told = Column(figure, _UNIT[figure], _RANGE[figure], f"{_WHAT[figure]} of the batch as trained, dropout on.")
    return (*RUN, *_BATCH, told, *([_PENALTY] if figure == "loss" else []), *_RATES)


def batch_rows(figure: Figure, runs: Sequence[RunRecord]) -> Iterator[tuple[Any, ...]]:
    """A row a batch, run after run."""
    for number, run in numbered(runs):
        scalars = run.history.scalars()
        told = (scalars.loss, scalars.penalty) if figure == "loss" else (scalars.accuracy,)
        counts = (scalars.step, scalars.epoch, scalars.batch, scalars.position)
        # Single precision stays so: its shortest text is not that of the same number in double precision.
        for row in zip(*counts, *told, scalars.rate_1, scalars.rate_2, strict=True):
            yield (number, run.name, *row)
