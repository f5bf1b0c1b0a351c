"""What a history hands out: the figures of all batches, one batch, one epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.kept import Activations, Layout
from explorer.engine.snapshot import Floats, Mask, Whole

Packed = npt.NDArray[np.uint8]

TABLE: Final = np.dtype(
    [
        ("epoch", np.int32),
        ("batch", np.int32),
        ("loss", np.float32),
        ("penalty", np.float32),
        ("accuracy", np.float32),
        ("rate_1", np.float32),
        ("rate_2", np.float32),
        ("factor_1", np.float32),
        ("factor_2", np.float32),
        ("activation_1", np.float32),
        ("activation_2", np.float32),
        ("calm_activation_2", np.float32),
        ("output_1", np.float32),
        ("output_2", np.float32),
    ]
)
"""A row of the figures of one batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """A column a figure, a row a batch; all arrays are (n,) and read-only.

    Attributes:
        step: Counted from 1.
        epoch: Counted from 1.
        batch: Within the epoch, counted from 1.
        position: Epochs trained at the end of the batch, such as 1.5; the horizontal axis of the curves.
        loss: Cross-entropy of the training pass, without the L2 penalty.
        penalty: The L2 penalty.
        accuracy: Of the training pass.
        rate_1: The share dropped after hidden layer 1; 0 where no dropout stands.
        rate_2: Likewise after hidden layer 2.
    """

    step: npt.NDArray[np.int64]
    epoch: npt.NDArray[np.int32]
    batch: npt.NDArray[np.int32]
    position: npt.NDArray[np.float64]
    loss: Floats
    penalty: Floats
    accuracy: Floats
    rate_1: Floats
    rate_2: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BatchRecord:
    """One batch read back.

    Attributes:
        step: Counted from 1.
        epoch: Counted from 1.
        batch: Within the epoch, counted from 1.
        loss: Cross-entropy of the training pass, without the L2 penalty.
        penalty: The L2 penalty.
        accuracy: Of the training pass.
        rows: (B,) positions of the reviews in the training part.
        masks: (B, units) after hidden layers 1 and 2, exactly as applied; all True where no dropout stands.
        factors: What the kept activations were multiplied by in training, after hidden layers 1 and 2.
        rates: The shares dropped, after hidden layers 1 and 2; 0 where no dropout stands.
        whole: Figures over all B reviews.
        activations: Of the first reviews; None when they were let go to stay within the budget.
    """

    step: int
    epoch: int
    batch: int
    loss: float
    penalty: float
    accuracy: float
    rows: npt.NDArray[np.int64]
    masks: tuple[Mask, Mask]
    factors: tuple[float, float]
    rates: tuple[float, float]
    whole: Whole
    activations: Activations | None


@dataclass(frozen=True, slots=True, eq=False)
class EpochBlock:
    """What is kept of one epoch, as it stands in memory; of an epoch that is over nothing in it changes any more.

    Attributes:
        epoch: Counted from 1.
        size: Reviews in a batch; the last of the epoch may have fewer.
        order: (n,) int32 positions of the reviews, in the order the epoch takes them.
        masks: After hidden layers 1 and 2: (batches trained, bytes) uint8, a row a batch, eight units' bits to a byte
            review by review, the first in the highest bit; zero where a short batch ends; None where no dropout stands.
        table: (batches trained,) of `TABLE`.
        stride: Activations are kept of every `stride`-th batch of the run, the first one included; 0 when of none.
        steps: (k,) int64 the batches whose activations are kept, counted from 1 over the run.
        activations: (k, width) float32, see `layout`.
        layout: How a row of `activations` is made up.
    """

    epoch: int
    size: int
    order: npt.NDArray[np.int32]
    masks: tuple[Packed | None, Packed | None]
    table: npt.NDArray[np.void]
    stride: int
    steps: npt.NDArray[np.int64]
    activations: Floats
    layout: Layout

    def thinned(self, stride: int) -> EpochBlock:
        """The same with the activations of fewer batches.

        Args:
            stride: A multiple of the present one; 0 keeps none.
        """
        if stride == self.stride:
            return self
        left = (self.steps - 1) % stride == 0 if stride else np.zeros(len(self.steps), np.bool_)
        return replace(self, stride=stride, steps=self.steps[left], activations=self.activations[left])
