"""A forward pass whose masks are chosen by hand: everything above hidden layer 1, in NumPy.

Hidden layer 1's activation depends on the review alone, so that two small products give the rest of the pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.engine.snapshot import Floats, Mask, UpperWeights


@dataclass(frozen=True, slots=True, eq=False)
class HandPass:
    """One review's way through the network, each place told as `output == activation * mask * factor`.

    Attributes:
        activations: (units,) after relu, of hidden layers 1 and 2.
        masks: (units,) True where kept.
        factors: What the kept activations are multiplied by.
        outputs: (units,) what the next layer gets.
        logit: Before the sigmoid.
    """

    activations: tuple[Floats, Floats]
    masks: tuple[Mask, Mask]
    factors: tuple[float, float]
    outputs: tuple[Floats, Floats]
    logit: float

    @property
    def probability(self) -> float:
        """That the review is positive, in [0, 1]."""
        return probability(self.logit)


def probability(logit: float) -> float:
    """The sigmoid of a logit, in [0, 1]; NaN stays NaN."""
    return 0.5 * (1.0 + math.tanh(0.5 * logit))


def forward_by_hand(
    activation_1: Floats, masks: tuple[Mask, Mask], factors: tuple[float, float], weights: UpperWeights
) -> HandPass:
    """The pass that the network would make of a review with these masks.

    In float32, in the order the network computes in; with the model's own masks and factors it gives the model's own
    numbers but for the rounding of sums. A run that diverged may give infinities and NaN; they are passed on.

    Args:
        activation_1: (units,) hidden layer 1 after relu.
        masks: (units,) each, True where kept, after hidden layers 1 and 2.
        factors: What kept activations are multiplied by there.
        weights: Those above hidden layer 1.

    Raises:
        ValueError: When the activation or a mask is not of the weights' size.
    """
    units = weights.bias_2.shape
    for name, array in (("activation_1", activation_1), ("masks[0]", masks[0]), ("masks[1]", masks[1])):
        if array.shape != units:
            raise ValueError(f"{name} must have the shape {units}, got {array.shape}")
    with np.errstate(invalid="ignore", over="ignore"):
        output_1 = _drop(activation_1, masks[0], factors[0])
        activation_2 = np.maximum(output_1 @ weights.kernel_2 + weights.bias_2, np.float32(0))
        output_2 = _drop(activation_2, masks[1], factors[1])
        logit = float(output_2 @ weights.kernel_3 + np.float32(weights.bias_3))
    return HandPass((activation_1, activation_2), masks, factors, (output_1, output_2), logit)


def contributions(passed: HandPass, weights: UpperWeights) -> tuple[Floats, Floats]:
    """What each connection brings to the unit it leads to: output × weight.

    A unit's sum over its incoming contributions, plus its bias, is what its relu, or the sigmoid, gets. Nothing is
    told of connections to dropped units: their activation is computed, and then multiplied by 0.

    Returns:
        (units, units) from hidden layer 1 (rows) to 2 (columns), and (units,) from hidden layer 2 to the output; 0
        wherever a dropped unit stands at either end.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        upper = np.where(passed.masks[1], passed.outputs[0][:, None] * weights.kernel_2, np.float32(0))
        return upper, passed.outputs[1] * weights.kernel_3


def _drop(activation: Floats, mask: Mask, factor: float) -> Floats:
    # Not `activation * mask`: a dropped unit gives 0 also where the activation is not finite.
    return np.where(mask, activation * np.float32(factor), np.float32(0))
