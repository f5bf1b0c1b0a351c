"""What a finished run makes of the test reviews: computed once, at its end, and kept in its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.engine.training import Trainer


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network makes of one test review, with dropout off.

    Attributes:
        index: The review's position among the test reviews, from 0.
        probability: That it is good, in [0, 1].
        label: 0 bad, 1 good.
    """

    index: int
    probability: float
    label: int


@dataclass(frozen=True, slots=True)
class TestResult:
    """The figures of the test reviews after a run's last epoch, with dropout off.

    Attributes:
        loss: The mean cross-entropy, without the L2 penalty; not finite where a run diverged.
        accuracy: The share of reviews that are judged rightly, in [0, 1].
        prediction: Of one review.
    """

    loss: float
    accuracy: float
    prediction: Prediction


def evaluate_test(
    trainer: Trainer, index: int = 0, report: Callable[[float], object] = lambda share: None
) -> TestResult | None:
    """The figures of the test reviews with a trainer's current weights, which its history keeps from then on.

    Args:
        trainer: Between two batches.
        index: Of the test review whose prediction is one of the figures.
        report: Called with the share that is done, in [0, 1], every thousand reviews; what it raises ends the work, and
            nothing is kept.

    Returns:
        None when there are no test reviews.

    Raises:
        IndexError: When there is no such review.
    """
    reviews = trainer.dataset.test
    if not len(reviews):
        return None
    if not 0 <= index < len(reviews):
        raise IndexError(f"index must be in [0, {len(reviews)}), got {index}")
    loss, accuracy = trainer.evaluate(reviews, np.arange(len(reviews)), report)
    probability = float(trainer.predict(reviews, np.array([index]))[0])
    trainer.history.test = TestResult(loss, accuracy, Prediction(index, probability, int(reviews.labels[index])))
    return trainer.history.test
