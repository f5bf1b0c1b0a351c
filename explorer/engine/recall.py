"""A batch of the past as a snapshot, so that every view draws it as it draws a live one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.engine.history import BatchRecord, History
from explorer.engine.kept import Activations
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Floats, Forward, Place, Snapshot, UpperWeights


def settings_at(history: History, started_with: Settings, step: int) -> Settings:
    """The settings that were in force at a step.

    Args:
        history: The run.
        started_with: What the run began with.
        step: Counted from 1.
    """
    changed = [change.settings for change in history.changes if change.step <= step]
    return changed[-1] if changed else started_with


def recall(
    history: History,
    step: int,
    *,
    labels: npt.NDArray[np.uint8],
    started_with: Settings,
    generation: int,
) -> Snapshot:
    """A batch of the past.

    Its masks are those that were applied and its activations those that were computed, of the first
    `history.reviews_shown` reviews; `whole` has the figures of all of them. Where the history let the activations go
    they are NaN, and with them every output that is not dropped.

    Args:
        history: The run.
        step: Counted from 1, at most `len(history)`.
        labels: (n,) of all training reviews.
        started_with: What the run began with.
        generation: The number of the run.

    Raises:
        IndexError: For a step that has not been.
    """
    record = history.batch(step)
    settings = settings_at(history, started_with, step)
    kept = record.activations
    shown = min(history.reviews_shown, len(record.rows))
    units = record.masks[0].shape[1]
    if kept is None:
        kept = _unknown(shown, units)
    training = Forward(
        (
            _drawn(record, 1, kept.hidden_1, settings),
            _drawn(record, 2, kept.hidden_2, settings),
        ),
        kept.logits,
    )
    inference = Forward(
        (
            _calm(record, 1, kept.hidden_1, settings),
            _calm(record, 2, kept.hidden_2_inference, settings),
        ),
        kept.logits_inference,
    )
    rows = record.rows[:shown]
    return Snapshot(
        generation=generation,
        step=step,
        epoch=record.epoch,
        batch=record.batch,
        batches=history.batches,
        rows=rows,
        labels=labels[rows],
        training=training,
        inference=inference,
        loss=record.loss,
        penalty=record.penalty,
        accuracy=record.accuracy,
        settings=settings,
        weights=UpperWeights.of(kept.weights, units) if kept.weights.size else None,
        whole=record.whole,
    )


def _unknown(shown: int, units: int) -> Activations:
    cells = np.full((shown, units), np.nan, np.float32)
    logits = np.full(shown, np.nan, np.float32)
    return Activations(cells, cells, cells, logits, logits, np.empty(0, np.float32))


def _drawn(record: BatchRecord, hidden: int, activation: Floats, settings: Settings) -> Place:
    k = hidden - 1
    if not settings.active(hidden):
        return _without(activation)
    mask, factor = record.masks[k][: len(activation)], record.factors[k]
    # Not `activation * mask * factor`: a dropped cell is 0 also where the activation is not known. The built-in layer
    # divides by 1 − rate instead, which can differ from this in the last place.
    output = np.where(mask, activation * np.float32(factor), np.float32(0))
    return Place(activation, mask, factor, record.rates[k], output, active=True)


def _calm(record: BatchRecord, hidden: int, activation: Floats, settings: Settings) -> Place:
    if not settings.active(hidden):
        return _without(activation)
    rate = record.rates[hidden - 1]
    factor = float(np.float32(1) - np.float32(rate)) if settings.scaling == "classic" else 1.0
    everything = np.broadcast_to(np.True_, activation.shape)
    return Place(activation, everything, factor, rate, activation * np.float32(factor), active=True)


def _without(activation: Floats) -> Place:
    everything = np.broadcast_to(np.True_, activation.shape)
    return Place(activation, everything, 1.0, 0.0, activation, active=False)
