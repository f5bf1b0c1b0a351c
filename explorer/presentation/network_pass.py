"""One review's way through the network, in numbers and words: the model's own, and by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.engine.by_hand import HandPass, contributions, forward_by_hand, probability
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import MOST_UNITS_DRAWN, Floats, Mode, Snapshot
from explorer.presentation import arithmetic
from explorer.presentation.arithmetic import number

Changes = Mapping[tuple[int, int], bool]
"""By (hidden layer, unit): whether it is kept by hand. Only units whose mask differs from the model's."""
_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, eq=False)
class NetworkPass:
    """What the picture of the network shows.

    Attributes:
        own: The pass as the model made it.
        shown: The pass that is drawn: `own`, or the one with the changes made by hand.
        changes: What was changed by hand.
        edges: `contributions` of the pass that is drawn; None where the weights are not known, and then nothing can
            be changed by hand.
        scales: The strongest contribution of the model's own pass, to hidden layer 2 and to the output. It stays while
            units are changed by hand, so that an edge that grows thicker has grown.
        known: Whether the activations are known; a batch of the past may have kept only its masks.
        difference: By how much the probability moved by hand.
    """

    own: HandPass
    shown: HandPass
    changes: Changes
    edges: tuple[Floats, Floats] | None
    scales: tuple[float, float]
    known: bool
    difference: float = 0.0

    @property
    def units(self) -> int:
        """Units in each hidden layer."""
        return len(self.own.masks[0])

    def toggled(self, hidden: int, unit: int) -> dict[tuple[int, int], bool]:
        """The changes with one more unit dropped or kept by hand; changing it back takes its entry away."""
        changes = dict(self.changes)
        if changes.pop((hidden, unit), None) is None:
            changes[hidden, unit] = not self.own.masks[hidden - 1][unit]
        return changes

    def told(self, hidden: int, unit: int) -> str:
        """A unit in words: `hidden 2 · unit 5: activation 0.83, kept, × 2.00 = 1.66`."""
        k = hidden - 1
        kept = bool(self.shown.masks[k][unit])
        by_hand = (hidden, unit) in self.changes
        state = ("kept" if kept else "dropped") + (" by hand" if by_hand else "")
        head = f"hidden {hidden} · unit {unit}: "
        if not self.known:
            return f"{head}{state}, its activation was let go"
        activation = float(self.shown.activations[k][unit])
        relu = " (zero by relu)" if activation == 0 else ""
        text, product = number(activation), "× 0 = 0"
        if kept:
            text, factor, output = arithmetic.product(
                activation, self.shown.factors[k], float(self.shown.outputs[k][unit])
            )
            product = f"× {factor} = {output}"
        model = f" — the model {'dropped' if kept else 'kept'} it" if by_hand else ""
        return f"{head}activation {text}{relu}, {state}, {product}{model}"


def network_pass(snapshot: Snapshot, mode: Mode, row: int, changes: Changes) -> NetworkPass:
    """One review of a batch.

    Args:
        snapshot: The batch.
        mode: Which of its passes.
        row: The review's row in the batch.
        changes: What is changed by hand; nothing where the snapshot has no weights.
    """
    forward = snapshot.forward(mode)
    first, second = forward.hidden
    own = HandPass(
        activations=(first.activation[row], second.activation[row]),
        masks=(first.mask[row], second.mask[row]),
        factors=(first.factor, second.factor),
        outputs=(first.output[row], second.output[row]),
        logit=float(forward.logits[row]),
    )
    weights = snapshot.weights
    if weights is None:
        known = not np.isnan(own.activations[0]).all()
        return NetworkPass(own, own, {}, None, (1.0, 1.0), known)
    shown, difference = own, 0.0
    if changes:
        masks = (own.masks[0].copy(), own.masks[1].copy())
        for (hidden, unit), kept in changes.items():
            masks[hidden - 1][unit] = kept
        shown = forward_by_hand(own.activations[0], masks, own.factors, weights)
        # Against the same sums with the model's masks: TensorFlow adds in another order, and the last digit of that
        # is no movement.
        again = forward_by_hand(own.activations[0], own.masks, own.factors, weights)
        difference = shown.probability - again.probability
    first_top, second_top = (_strongest(each) for each in contributions(own, weights))
    edges = contributions(shown, weights)
    return NetworkPass(own, shown, changes, edges, (first_top, second_top), True, difference)


def too_many_units(units: int) -> str:
    """Why a network of so many units is not drawn, and what to do."""
    return (
        f"The network is drawn with up to {MOST_UNITS_DRAWN} units a layer, and this run has {units}: their "
        f"edges could not be told apart. To see it, start a run with {MOST_UNITS_DRAWN} units or fewer."
    )


def verdict(chance: float) -> str:
    """A prediction in words: `0.831 → positive`."""
    if np.isnan(chance):
        return "not known"
    return f"{chance:.3f} → {'positive' if chance > 0.5 else 'negative'}"


def moved(difference: float) -> str:
    """A difference of probabilities with its sign: `+0.120`, `−0.045`, and `±0` for none."""
    if difference == 0:
        return "±0"
    rounded = f"{abs(difference):.3f}" if abs(difference) >= 0.0005 else f"{abs(difference):.0e}"
    return f"{'+' if difference > 0 else _MINUS}{rounded}"


def which_batch(snapshot: Snapshot, mode: Mode) -> str:
    """Where a picture comes from."""
    fresh = "fresh masks · " if snapshot.kind.endswith("mask") else ""
    if snapshot.kind.startswith("forward"):
        return f"{fresh}forward only · {mode}"
    return f"{fresh}epoch {snapshot.epoch} batch {snapshot.batch} · {mode}"


def overall(passed: NetworkPass) -> str:
    """The whole picture in a sentence, for who cannot see it."""
    kept = [int(np.count_nonzero(mask)) for mask in passed.shown.masks]
    layers = ", ".join(f"hidden {hidden}: {kept[hidden - 1]} of {passed.units} units kept" for hidden in HIDDEN)
    by_hand = f", {len(passed.changes)} changed by hand" if passed.changes else ""
    return f"{layers}{by_hand}; output {verdict(probability(passed.shown.logit))}"


def _strongest(values: Floats) -> float:
    finite = np.abs(values[np.isfinite(values)])
    top = float(finite.max(initial=0.0))
    return top if top > 0 else 1.0
