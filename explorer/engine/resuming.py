"""A run that was interrupted goes on: a trainer is made of its record and its checkpoint."""

from __future__ import annotations

import dataclasses

import numpy as np

from explorer.data.dataset import Dataset
from explorer.data.progress import DataError
from explorer.engine.checkpoint import SLOTS, Continuable, slot_of, slot_variables
from explorer.engine.history import History
from explorer.engine.recall import settings_at
from explorer.engine.settings import HIDDEN
from explorer.engine.training import Trainer


def resume(saved: Continuable, dataset: Dataset, *, generation: int = 0, data: str | None = None) -> Trainer:
    """A trainer that goes on after a run's last complete epoch, as that run would have.

    Args:
        saved: The run.
        dataset: The reviews that it was trained on.
        generation: The number of the new run.
        data: Where the reviews were read from this time, for its settings; where they once were when None.

    Raises:
        DataError: When there is nothing to go on from, the reviews are others, or this version of NumPy draws another
            order of reviews from the seed.
    """
    record, checkpoint = saved.record, saved.checkpoint
    if checkpoint is None:
        raise DataError(f"{record.name} has no complete epoch to continue from; start a new run with its settings")
    if dataset.fingerprint != record.reviews.fingerprint or len(dataset.train) != record.reviews.train:
        if dataset.word_rule != record.reviews.word_rule and dataset.title == record.reviews.title:
            raise DataError(
                f"{record.name} was trained on {record.reviews.title}, whose words an earlier version of this program "
                "split by another rule; start a new run with its settings"
            )
        raise DataError(
            f"{record.name} was trained on other reviews ({record.reviews.title}, {record.reviews.train:,} for "
            f"training); open those reviews to continue it"
        )
    # The numbers of the reviews are the same; texts typed at this run are split as before too.
    dataset = dataclasses.replace(dataset, word_rule=record.reviews.word_rule)
    data = record.started_with.data if data is None else data
    history = history_until(record.history, checkpoint.epoch, generation=generation, data=data)
    started_with = record.started_with.replace(data=data)
    trainer = Trainer(started_with, dataset, generation=generation, history=history)
    if len(history) == len(record.history):
        history.test = record.test
    if not np.array_equal(trainer.order_of(checkpoint.epoch), history.block(checkpoint.epoch).order):
        raise DataError(
            f"{record.name} cannot be continued with NumPy {np.__version__}, which draws another order of reviews from "
            "its seed; continue it with the version it was made with"
        )
    trainer.put_in_force(settings_at(history, started_with, len(history) + 1))
    for variable, weight in zip(trainer.network.trainable_variables, checkpoint.weights, strict=True):
        variable.assign(weight)
    slots = SLOTS[trainer.settings.optimizer]
    left = {slot: list(arrays) for slot, arrays in zip(slots, checkpoint.slots, strict=True)}
    for variable in slot_variables(trainer):
        variable.assign(left[slot_of(variable)].pop(0))
    trainer.optimizer.iterations.assign(trainer.steps)
    for hidden, state in zip(HIDDEN, checkpoint.streams, strict=True):
        if state is not None:
            trainer.network.mask_streams[hidden].state = state
    return trainer


def history_until(history: History, epoch: int, *, generation: int, data: str) -> History:
    """The part of a history up to the end of an epoch, to be written on; what it holds is shared, not copied.

    A change of settings between that epoch and the next is part of it.
    """
    end = epoch * history.batches
    changes = [change for change in history.changes if change.step <= end + 1]
    return History.restored(
        history.batches,
        [history.block(each) for each in range(1, epoch + 1)],
        history.results[:epoch],
        [
            dataclasses.replace(change, generation=generation, settings=change.settings.replace(data=data))
            for change in changes
        ],
    )
