"""What the current weights make of one review: its prediction, each word's pull, the spread over many masks."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.engine.backend import tf
from explorer.engine.questions import AboutReview, ReviewAnswer
from explorer.engine.snapshot import Floats
from explorer.engine.training import Trainer

_CELLS_AT_ONCE: Final = 2**18
"""Rows × units in one pass: a megabyte an array, however long the review is."""


def about_review(trainer: Trainer, question: AboutReview) -> ReviewAnswer:
    """Answer `AboutReview`.

    Before relu, hidden layer 1 gives the sum of the kernel rows of the review's words, plus the bias: without a word it
    gives the same less that word's row. So k reviews that each miss a word cost k subtractions and not k² ones of a
    multi-hot matrix; all that comes after is a pass through the network's own layers.

    Args:
        trainer: Whose current weights and rates answer. Its streams of masks stay where they are.
        question: The review.

    Raises:
        ValueError: For a number of masks below 0, or a word id that the vocabulary does not have.
    """
    ids = question.ids.astype(np.int64)
    if question.masks < 0:
        raise ValueError(f"masks must be at least 0, got {question.masks}")
    if ids.size and not 0 <= ids.min() <= ids.max() < trainer.settings.num_words:
        raise ValueError(f"ids must be in [0, {trainer.settings.num_words}), got {ids.min()} to {ids.max()}")
    network = trainer.network
    rows = max(1, _CELLS_AT_ONCE // trainer.settings.units)
    parts = [ids[start : start + rows] for start in range(0, len(ids), rows)]
    # In float64, so that what a subtraction leaves over is right to the last float32 digit.
    total = network.hidden[0].bias.numpy().astype(np.float64)
    for part in parts:
        total += _kernel(trainer, part).sum(axis=0)
    whole = _first(trainer, total[None])
    prediction = _predictions(trainer, whole)
    without = [_predictions(trainer, _first(trainer, total - _kernel(trainer, part))) for part in parts]
    with network.other_masks():
        drawn = [
            _predictions(trainer, tf.repeat(whole, min(rows, question.masks - start), axis=0), training=True)
            for start in range(0, question.masks, rows)
        ]
    return ReviewAnswer(trainer.steps, question.ids, float(prediction[0]), _joined(without), _joined(drawn))


def _kernel(trainer: Trainer, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """(k, units) hidden layer 1's rows of some words."""
    rows: Floats = tf.gather(tf.convert_to_tensor(trainer.network.hidden[0].kernel), ids).numpy()
    return rows.astype(np.float64)


def _first(trainer: Trainer, dense: npt.NDArray[np.float64]) -> Any:
    """(k, units) tensor: hidden layer 1's activation."""
    return trainer.network.hidden[0].activation(tf.constant(dense, tf.float32))


def _predictions(trainer: Trainer, first: Any, *, training: bool = False) -> Floats:
    """(k,) probabilities from hidden layer 1's activation on."""
    predictions: Floats = tf.sigmoid(trainer.network.rest(first, training=training)[2]).numpy()
    return predictions


def _joined(parts: list[Floats]) -> Floats:
    joined = np.concatenate([np.empty(0, np.float32), *parts])
    joined.setflags(write=False)
    return joined
