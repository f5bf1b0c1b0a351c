"""Runs held against each other: the figures of each, which of them are best, the same as a table; and a run's twin."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import EpochResult
from explorer.engine.test_result import TestResult

PREDICTION_DECIMALS: Final = 3
NONE_HELD_OUT: Final = "none held out"


def has_dropout(settings: Settings) -> bool:
    """Whether a dropout layer stands anywhere."""
    return any(settings.active(hidden) for hidden in HIDDEN)


def twin_of(settings: Settings) -> Settings:
    """The same without dropout.

    Starting weights, order of reviews and masks draw from streams of their own (`network.stream_seed`), so that the
    twin begins with the same weights and sees the same batches: what differs is dropout, not luck.
    """
    return settings.replace(written_as="none")


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run came to, from the figures of its epochs; every loss is without the L2 penalty.

    Attributes:
        epochs: Epochs done.
        best_loss: The lowest validation loss; None when none is held out, before the first epoch, or when none is
            finite.
        best_loss_epoch: The first epoch that had it, counted from 1.
        end_loss: The validation loss after the last epoch.
        best_accuracy: The highest share of the validation reviews that was right.
        best_accuracy_epoch: The first epoch that had it.
        end_accuracy: The same share after the last epoch.
        gap: Validation loss minus training loss after the last epoch, both with dropout off.
        seconds: Time of computing, pauses and pacing not counted.
        test_loss: The loss of the test reviews at the end of a finished run, with dropout off; None where not known.
        test_accuracy: The share of them that was right.
        prediction: The probability of being positive that it gives one test review.
        prediction_label: The label of that review, 0 or 1.
        prediction_review: Which of the test reviews that is, from 0.
    """

    epochs: int
    best_loss: float | None
    best_loss_epoch: int | None
    end_loss: float | None
    best_accuracy: float | None
    best_accuracy_epoch: int | None
    end_accuracy: float | None
    gap: float | None
    seconds: float
    test_loss: float | None = None
    test_accuracy: float | None = None
    prediction: float | None = None
    prediction_label: int | None = None
    prediction_review: int | None = None


def run_figures(results: Sequence[EpochResult], test: TestResult | None = None) -> RunFigures:
    """The figures of a run.

    Args:
        results: Its epochs in order; may be empty.
        test: What it made of the test reviews; None where that is not known.
    """
    losses = [(r.val_loss, r.epoch) for r in results if r.val_loss is not None and math.isfinite(r.val_loss)]
    accuracies = [(r.val_accuracy, r.epoch) for r in results if r.val_accuracy is not None]
    best_loss = min(losses, default=(None, None))
    best_accuracy = max(accuracies, key=lambda pair: (pair[0], -pair[1]), default=(None, None))
    last = results[-1] if results else None
    end_loss = None if last is None else last.val_loss
    return RunFigures(
        epochs=len(results),
        best_loss=best_loss[0],
        best_loss_epoch=best_loss[1],
        end_loss=end_loss,
        best_accuracy=best_accuracy[0],
        best_accuracy_epoch=best_accuracy[1],
        end_accuracy=None if last is None else last.val_accuracy,
        gap=None if last is None or end_loss is None else end_loss - last.train_loss,
        seconds=sum(r.seconds for r in results),
        test_loss=None if test is None else test.loss,
        test_accuracy=None if test is None else test.accuracy,
        prediction=None if test is None else test.prediction.probability,
        prediction_label=None if test is None else test.prediction.label,
        prediction_review=None if test is None else test.prediction.index,
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a run in a table.

    Attributes:
        name: The field of `RunFigures`.
        label: The heading; a line break where it may be broken.
        help: What it is, in plain words.
        better: Which end is the good one; None where neither is.
        decimals: How many are shown.
        beside: A second field whose number stands in brackets behind the first.
        at_end: Whether it depends on when a run ended: runs of other lengths are not compared by it.
        of_test: Whether it is a figure of the test reviews, which no validation has part in.
    """

    name: str
    label: str
    help: str
    better: Literal["low", "high"] | None = None
    decimals: int = 4
    beside: str | None = None
    at_end: bool = False
    of_test: bool = False

    def text(self, figures: RunFigures, *, held_out: bool = True) -> str:
        """The figure as a person reads it."""
        value = self.value(figures)
        if value is None:
            return NONE_HELD_OUT if not held_out and self.name == COLUMNS[0].name else "–"
        text = f"{value:.{self.decimals}f}" if abs(value) < 1e4 else f"{value:.3g}"
        text = text.replace("-", "−")
        if self.name == "seconds":
            text += " s"
        return text if self.beside is None else f"{text} ({getattr(figures, self.beside)})"

    def value(self, figures: RunFigures) -> float | None:
        """The bare figure."""
        value: float | None = getattr(figures, self.name)
        return value


COLUMNS: Final = (
    Column(
        "best_loss",
        "Best validation\nloss (epoch)",
        "The lowest loss on the reviews held out, with dropout off, and the epoch that had it. "
        "Training on after that epoch only fits the training reviews better.",
        "low",
        beside="best_loss_epoch",
    ),
    Column(
        "end_loss",
        "Val. loss\nat the end",
        "The loss on the reviews held out after the last epoch so far. How far it has climbed from its best is the "
        "price of training on; dropout slows that climb.",
        "low",
        at_end=True,
    ),
    Column(
        "best_accuracy",
        "Best validation\naccuracy (epoch)",
        "The highest share of the reviews held out that was judged right, and the epoch that had it.",
        "high",
        beside="best_accuracy_epoch",
    ),
    Column(
        "end_accuracy",
        "Val. accuracy\nat the end",
        "The share of the reviews held out that was judged right after the last epoch so far.",
        "high",
        at_end=True,
    ),
    Column(
        "gap",
        "Gap at\nthe end",
        "Validation loss minus training loss after the last epoch so far, both with dropout off. A wide gap means that "
        "the network knows its training reviews by heart; one that has learned little has a narrow gap as well.",
        "low",
        at_end=True,
    ),
    Column(
        "test_loss",
        "Test\nloss",
        "The loss on the test reviews, which the run has never seen, at the end of a finished run, with dropout off.",
        "low",
        at_end=True,
        of_test=True,
    ),
    Column(
        "test_accuracy",
        "Test\naccuracy",
        "The share of the test reviews that a finished run judges right.",
        "high",
        at_end=True,
        of_test=True,
    ),
    Column(
        "prediction",
        "Prediction\n(label)",
        "The probability of being positive that a finished run gives one test review, the first unless another was "
        "chosen, and the label of that review: 1 positive, 0 negative.",
        decimals=PREDICTION_DECIMALS,
        beside="prediction_label",
        of_test=True,
    ),
    Column("seconds", "Computing\ntime", "Seconds of training and evaluating; pauses are not counted.", decimals=1),
    Column("epochs", "Epochs\ndone", "How often the run has gone through its training reviews.", decimals=0),
)
"""The figures that runs are compared by, in the order of the table."""


BEST_AMONG: Final = "the best of the runs on the same reviews; at the end, of those with as many epochs"
"""What it means that a figure is marked by `best_of`."""


def best_of(column: Column, runs: Sequence[tuple[Hashable, RunFigures]]) -> tuple[bool, ...]:
    """Which runs have the best figure of a column among those that can be compared with them.

    Args:
        column: The figure.
        runs: For each run what it was measured on (only equal ones are compared), and its figures.

    Returns:
        One truth value a run. Nothing is best without a second one to compare it with; equal ones share it.
    """
    if column.better is None:
        return (False,) * len(runs)
    comparable = [(measured_on, figures.epochs if column.at_end else None) for measured_on, figures in runs]
    values: dict[Hashable, list[float]] = {}
    for key, (_, figures) in zip(comparable, runs, strict=True):
        value = column.value(figures)
        if value is not None and math.isfinite(value):
            values.setdefault(key, []).append(value)
    choose = min if column.better == "low" else max
    tops = {key: choose(group) for key, group in values.items() if len(group) > 1}
    return tuple(
        column.value(figures) == tops.get(key, math.nan) for key, (_, figures) in zip(comparable, runs, strict=True)
    )


def tab_separated(
    rows: Iterable[tuple[Sequence[str], RunFigures]], headings: Sequence[str], *, point: str = "."
) -> str:
    """A table of runs for a spreadsheet: bare numbers in full, an empty cell where there is none.

    Args:
        rows: For each run its texts, one for each of `headings`, and its figures.
        headings: Of the texts that stand before the figures.
        point: The decimal point of the spreadsheet.
    """
    names = [name for column in COLUMNS for name in (column.name, column.beside) if name]
    lines = [[*headings, *names]]
    for texts, figures in rows:
        values = (getattr(figures, name) for name in names)
        # A tab or a line break inside a cell would be the start of another one.
        numbers = ("" if value is None else repr(value).replace(".", point) for value in values)
        lines.append([*(" ".join(text.split()) for text in texts), *numbers])
    return "".join("\t".join(line) + "\n" for line in lines)
