"""What may be asked of the run in hand besides training; answered by the worker between two batches.

No TensorFlow here: the window makes the questions. Who answers them is `explorer.engine.probes`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats, Snapshot, UpperWeights


@dataclass(frozen=True, slots=True, eq=False)
class NewBatch:
    """Forward only: another batch through the current weights, without an update.

    The answer is a `Snapshot` of kind `forward`. The run's own order of reviews and stream of masks stay untouched.
    """


@dataclass(frozen=True, slots=True, eq=False)
class NewMask:
    """Fresh masks on the same reviews and the same weights; the rates are the current ones.

    The answer is a `Snapshot` of kind `mask`.

    Attributes:
        snapshot: The batch, live or read back.
    """

    snapshot: Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class SlowStep:
    """Train the next batch, and tell all that happens on the way. The answer is a `SlowBatch`."""


@dataclass(frozen=True, slots=True, eq=False)
class SlowBatch:
    """One training step in all its stages.

    Attributes:
        snapshot: The step as every step is told: activations, masks, factors, outputs.
        dense: (B, units) what hidden layers 1 and 2 give before relu, in the training pass.
        losses: (B,) cross-entropy of each review, without the L2 penalty.
        norms: For hidden 1, hidden 2 and the output: the length of the kernel before the update, and of its change.
        weights_after: Those above hidden layer 1 after the update; None where the snapshot has none.
    """

    snapshot: Snapshot
    dense: tuple[Floats, Floats]
    losses: npt.NDArray[np.float32]
    norms: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    weights_after: UpperWeights | None


@dataclass(frozen=True, slots=True, eq=False)
class AboutReview:
    """What the current weights make of one review. The answer is a `ReviewAnswer`.

    Attributes:
        ids: (k,) its distinct word ids, ascending, start token included: the ones of its multi-hot row.
        masks: How many predictions are made with dropout on, each with masks of its own.
    """

    ids: npt.NDArray[np.uint16]
    masks: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class ReviewAnswer:
    """What the current weights make of one review; probabilities that it is positive, in [0, 1].

    Attributes:
        step: Batches trained so far: whose weights answered.
        ids: (k,) as asked.
        prediction: With dropout off.
        without: (k,) with dropout off and one of the ids left out: the prediction of the review without that word.
        sampled: (masks,) with dropout on.
    """

    step: int
    ids: npt.NDArray[np.uint16]
    prediction: float
    without: npt.NDArray[np.float32]
    sampled: npt.NDArray[np.float32]


Question = NewBatch | NewMask | SlowStep | AboutReview
"""Everything that can be asked. A question that cannot be answered gets a `Refusal`."""
