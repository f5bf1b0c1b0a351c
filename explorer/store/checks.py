"""What must be true of the numbers of a run, whoever wrote them. Each check gives a reason, or nothing.

A run that diverges has a loss that is no finite number; it ends there. So only the last batch may have one. Weights and
activations may overflow in the epoch before it too, and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from explorer.engine.blocks import EpochBlock
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Changed, EpochResult
from explorer.store.layout import Plan

_MEANS = ("penalty", "activation_1", "activation_2", "calm_activation_2", "output_1", "output_2")


def order(block: EpochBlock, plan: Plan) -> str | None:
    """Every review that is trained on is taken once."""
    inside = (block.order >= plan.held_out) & (block.order < plan.train)
    seen = np.zeros(plan.train, np.bool_)
    seen[block.order[inside]] = True
    if np.count_nonzero(seen) == plan.trained_on:
        return None
    return f"the order of epoch {block.epoch} does not take every review once"


def table(block: EpochBlock, plan: Plan, changes: Sequence[Changed]) -> str | None:
    """Batches are in order; accuracies are shares; rates are those of the settings, and factors those of the rates."""
    rows, n = block.table, len(block.table)
    where = f"the table of epoch {block.epoch}"
    if (rows["epoch"] != block.epoch).any() or (rows["batch"] != np.arange(1, n + 1)).any():
        return f"{where} has batches out of order"
    if not ((rows["accuracy"] >= 0) & (rows["accuracy"] <= 1)).all():
        return f"{where} has an accuracy that is no share"
    first = (block.epoch - 1) * plan.batches + 1
    for hidden in HIDDEN:
        due = np.array(_rates(plan.settings, changes, hidden, first, n), np.float32)
        if (rows[f"rate_{hidden}"] != due).any():
            return f"{where} has a rate after hidden layer {hidden} that the settings do not have"
        inverted = plan.settings.scaling == "inverted" and plan.settings.active(hidden)
        factors = 1 / (1 - due) if inverted else np.ones(n, np.float32)
        if not np.isclose(rows[f"factor_{hidden}"], factors, rtol=1e-5).all():
            return f"{where} has a factor after hidden layer {hidden} that its rate does not give"
    return None


def losses(blocks: Sequence[EpochBlock], results: Sequence[EpochResult]) -> str | None:
    """Losses are finite and not negative, but for the one that a run ended with."""
    for block in blocks:
        loss = block.table["loss"]
        good = np.isfinite(loss) & (loss >= 0)
        if block is blocks[-1]:
            good[-1] = True
        if not good.all():
            return f"the table of epoch {block.epoch} has a loss that is no finite number before the run's end"
    for result in results:
        figures = (result.loss, result.penalty, result.train_loss, result.val_loss or 0.0)
        if result is not results[-1] and not all(map(math.isfinite, figures)):
            return f"epoch {result.epoch} has a loss that is no finite number before the run's end"
        if any(figure < 0 for figure in figures):
            return f"epoch {result.epoch} has a loss below zero"
        shares = (result.accuracy, result.train_accuracy, result.val_accuracy or 0.0)
        if not all(0 <= share <= 1 for share in shares):
            return f"epoch {result.epoch} has an accuracy that is no share"
    return None


def overflowed(blocks: Sequence[EpochBlock], results: Sequence[EpochResult]) -> frozenset[int]:
    """The epochs whose weights and activations need not be finite: a figure of theirs or of the next is not."""
    told = set()
    for block in blocks:
        if not all(np.isfinite(block.table[name]).all() for name in ("loss", *_MEANS)):
            told |= {block.epoch - 1, block.epoch}
    for result in results:
        if not all(map(math.isfinite, (result.loss, result.penalty, result.train_loss, result.val_loss or 0.0))):
            told.add(result.epoch)
    return frozenset(told)


def finite(arrays: Iterable[tuple[str, npt.NDArray[np.float32]]]) -> str | None:
    """No array has an infinity or a NaN in it."""
    for name, array in arrays:
        if not np.isfinite(array).all():
            return f"{name} has numbers that are not finite, in a run that did not diverge there"
    return None


def slots(arrays: Iterable[tuple[str, npt.NDArray[np.float32]]]) -> str | None:
    """What an optimizer remembers: velocities are means of squares."""
    for name, array in arrays:
        if "velocity" in name and (array < 0).any():
            return f"{name} has a negative mean of squares"
    return None


def _rates(started: Settings, changes: Sequence[Changed], hidden: int, first: int, count: int) -> list[float]:
    """The rate after a hidden layer at each of some batches."""
    if not started.active(hidden):
        return [0.0] * count
    return list(_each_rate(started, changes, hidden, first, count))


def _each_rate(started: Settings, changes: Sequence[Changed], hidden: int, first: int, count: int) -> Iterator[float]:
    rate, coming = started.rate(hidden), 0
    for step in range(first, first + count):
        while coming < len(changes) and changes[coming].step <= step:
            rate = changes[coming].settings.rate(hidden)
            coming += 1
        yield rate
