"""Questions put to the current weights, answered without leaving a trace in the run."""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from explorer.engine.network import stream_seed
from explorer.engine.questions import AboutReview, NewBatch, NewMask, Question, ReviewAnswer, SlowBatch, SlowStep
from explorer.engine.review_probe import about_review
from explorer.engine.snapshot import Refusal, Snapshot, UpperWeights
from explorer.engine.training import Trainer


class Probes:
    """Answers questions about a trainer's network, in the thread that trains it.

    Args:
        trainer: Whose weights, reviews and rates are asked about.
    """

    def __init__(self, trainer: Trainer):
        self._trainer = trainer
        self._generator = np.random.default_rng(stream_seed(trainer.settings.seed, "probe_order"))

    def answer(self, question: Question) -> Snapshot | SlowBatch | ReviewAnswer | Refusal:
        """Answer a question.

        Raises:
            DivergedError: From `SlowStep`, as from `Trainer.step`.
        """
        match question:
            case NewBatch():
                return self._new_batch()
            case NewMask():
                return self._new_mask(question.snapshot)
            case SlowStep():
                return self._slow_step()
            case AboutReview():
                return about_review(self._trainer, question)
            case _:
                assert_never(question)

    def _new_batch(self) -> Snapshot:
        trainer = self._trainer
        size = min(trainer.settings.batch_size, len(trainer.trained_on))
        rows = self._generator.choice(trainer.trained_on, size, replace=False)
        with trainer.network.other_masks():
            return trainer.look(rows)

    def _new_mask(self, snapshot: Snapshot) -> Snapshot | Refusal:
        trainer = self._trainer
        first = snapshot.training.place(1).activation
        if not np.isfinite(first).all():
            return Refusal("The activations of this batch were let go to save memory. Choose a batch that has them.")
        with trainer.network.other_masks():
            return trainer.look_again(snapshot)

    def _slow_step(self) -> SlowBatch | Refusal:
        trainer = self._trainer
        if trainer.finished:
            return Refusal("All epochs are trained. Raise Epochs to train more batches.")
        network = trainer.network
        dense_1 = trainer.dense_1(trainer.next_rows())
        before = [layer.kernel.numpy().copy() for layer in (*network.hidden, network.output)]
        bias_2 = network.hidden[1].bias.numpy().copy()
        snapshot = trainer.step()
        after = [layer.kernel.numpy() for layer in (*network.hidden, network.output)]
        dense_2 = snapshot.training.place(1).output @ before[1] + bias_2
        norms = [(_length(old), _length(new - old)) for old, new in zip(before, after, strict=True)]
        labels = snapshot.labels.astype(np.float32)
        logits = snapshot.training.logits
        losses = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
        weights_after: UpperWeights | None = None
        if snapshot.weights is not None:
            weights_after = UpperWeights.of(network.upper_weights().numpy(), trainer.settings.units)
        return SlowBatch(snapshot, (dense_1, dense_2), losses, (norms[0], norms[1], norms[2]), weights_after)


def _length(array: npt.NDArray[Any]) -> float:
    return float(np.linalg.norm(array))
