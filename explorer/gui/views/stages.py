"""One training step in numbered stages, in words, with the batch's own numbers."""

from __future__ import annotations

from typing import Final

import numpy as np

from explorer.engine.questions import SlowBatch
from explorer.engine.statistics import place_statistics
from explorer.gui.focus import Cell
from explorer.gui.views.equation_row import ACTIVATION, FACTOR, MASK, OUTPUT
from explorer.presentation import arithmetic

NAMES: Final = ("dense", "activation", "mask", "factor", "output", "next layer", "loss", "update")
LIT: Final = (ACTIVATION, ACTIVATION, MASK, FACTOR, OUTPUT, OUTPUT, None, None)
"""Which part of the equation each stage is about, or takes; the last two come after all of it."""
_NEAR_THE_TOP: Final = 16
DENSE: Final = 0
"""The stage that shows what comes before relu."""


def example(batch: SlowBatch, hidden: int) -> Cell:
    """The cell that the captions follow: the largest output of the first reviews."""
    place = batch.snapshot.training.place(hidden)
    row, unit = np.unravel_index(place.output[:_NEAR_THE_TOP].argmax(), place.output[:_NEAR_THE_TOP].shape)
    return Cell(hidden, int(row), int(unit))


def captions(batch: SlowBatch, hidden: int) -> tuple[str, ...]:
    """A sentence or two for each stage.

    Args:
        batch: The step.
        hidden: The hidden layer on the screen.
    """
    snapshot = batch.snapshot
    place, settings = snapshot.training.place(hidden), snapshot.settings
    figures = place_statistics(place, "training")
    at = example(batch, hidden)
    cell = f"review {at.review} · unit {at.unit}"
    dense = float(batch.dense[hidden - 1][at.review, at.unit])
    activation = arithmetic.number(float(place.activation[at.review, at.unit]))
    inputs = "its words" if hidden == 1 else "the outputs of hidden 1"
    zero = np.mean(place.activation == 0)
    factor = arithmetic.factor(place, "training", settings)
    optimizer = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}[settings.optimizer]
    moved = " · ".join(
        f"{name} by {100 * change / max(length, 1e-12):.2g} %"
        for name, (length, change) in zip(("hidden 1", "hidden 2", "output"), batch.norms, strict=True)
    )
    return (
        f"Each review's sum over {inputs} × weights, plus a bias. {cell}: {dense:.2f}. Below zero is drawn in grey.",
        f"relu keeps what is above zero: {cell} stays {activation}. {zero:.0%} of all cells become 0.",
        (
            f"One draw for each review and unit, new in every batch: {arithmetic.kept(figures, place, 'training')}."
            if place.active
            else "No dropout stands here, so nothing is dropped."
        ),
        (
            f"What is kept is multiplied by {factor.formula if factor.term != '1' else '1'} = {place.factor:.2f}"
            f"{', so that the mean stays what it was' if factor.term != '1' else ''}."
            if place.active
            else "Without dropout there is nothing to make up for: × 1."
        ),
        f"{arithmetic.cell(place, at.review, at.unit)}. Mean of all cells: {figures.mean_activation:.3f} →"
        f" {figures.mean_output:.3f}.",
        _next_layer(batch, hidden, at),
        f"Review {at.review} is {'positive' if snapshot.labels[at.review] else 'negative'}: cross-entropy"
        f" {batch.losses[at.review]:.3f}. Mean of the {len(batch.losses)} reviews: {snapshot.loss:.3f}"
        f"{f', and L2 adds {snapshot.penalty:.3f}' if settings.l2 else ''}.",
        f"{optimizer} moves every weight against its gradient: {moved} of their length. A dropped cell passed none on.",
    )


def _next_layer(batch: SlowBatch, hidden: int, at: Cell) -> str:
    if hidden == 1:
        below = np.mean(batch.dense[1][at.review] <= 0)
        above = f"relu then leaves {1 - below:.0%} of its units above 0"
        return f"Hidden 2 takes these outputs. For review {at.review} {above}."
    logit = float(batch.snapshot.training.logits[at.review])
    probability = 1 / (1 + np.exp(-logit))
    return (
        f"The output unit adds up outputs × weights: review {at.review} gets {logit:.2f}, and the sigmoid makes it"
        f" {probability:.2f} for “positive”."
    )
