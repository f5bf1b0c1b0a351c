"""What the current weights make of one review: its prediction, each word's pull, the spread over many masks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.engine.backend import tf
from explorer.engine.questions import AboutReview, ReviewAnswer
from explorer.engine.training import Trainer


def about_review(trainer: Trainer, question: AboutReview) -> ReviewAnswer:
    """Answer `AboutReview`: one pass with dropout off over the review and its copies that miss a word, one with it on.

    Args:
        trainer: Whose current weights and rates answer. Its streams of masks stay where they are.
        question: The review.
    """
    ids = question.ids.astype(np.int64)
    # Row 0 is the review itself, row k + 1 the same without its k-th word.
    whole = np.tile(ids, (len(ids) + 1, 1))
    left = np.ones(whole.shape, bool)
    left[np.arange(1, len(ids) + 1), np.arange(len(ids))] = False
    calm = trainer.logits(_pairs(whole, left), len(whole))
    same = np.tile(ids, (question.masks, 1))
    with trainer.network.other_masks():
        drawn = trainer.logits(_pairs(same, np.ones(same.shape, bool)), len(same), training=True)
    calm, drawn = tf.sigmoid(calm).numpy(), tf.sigmoid(drawn).numpy()
    return ReviewAnswer(trainer.steps, question.ids, float(calm[0]), calm[1:], drawn)


def _pairs(ids: npt.NDArray[np.int64], there: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """(nnz, 2) row and word id of the ones of a multi-hot matrix."""
    rows, columns = np.nonzero(there)
    return np.stack([rows, ids[rows, columns]], axis=1)
