"""What a finished run makes of the test reviews."""

from __future__ import annotations

from dataclasses import dataclass


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
