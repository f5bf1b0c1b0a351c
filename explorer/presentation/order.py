"""In which order reviews and units are drawn."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Mode, Snapshot

ReviewOrder = Literal["batch", "label", "prediction"]
UnitOrder = Literal["unit", "activation", "dropped"]
Order = npt.NDArray[np.intp]

REVIEW_ORDERS: Final[dict[ReviewOrder, str]] = {
    "batch": "reviews as is",
    "label": "by label",
    "prediction": "by prediction",
}
UNIT_ORDERS: Final[dict[UnitOrder, str]] = {
    "unit": "units as is",
    "activation": "by activation",
    "dropped": "most dropped",
}
assert tuple(REVIEW_ORDERS) == get_args(ReviewOrder)
assert tuple(UNIT_ORDERS) == get_args(UnitOrder)


def review_order(snapshot: Snapshot, mode: Mode, by: ReviewOrder, count: int | None) -> Order:
    """(n,) rows of the batch in the order they are drawn: always the same first reviews, only moved.

    Args:
        snapshot: The batch.
        mode: The pass whose predictions count.
        by: As in the batch; positive labels first; or the highest prediction first.
        count: How many of the first reviews are drawn; None is all.
    """
    n = len(snapshot.rows) if count is None else min(count, len(snapshot.rows))
    match by:
        case "label":
            return np.argsort(-snapshot.labels[:n].astype(np.int8), kind="stable")
        case "prediction":
            return np.argsort(-snapshot.forward(mode).logits[:n], kind="stable")
        case _:
            return np.arange(n)


def unit_order(snapshot: Snapshot, hidden: int, by: UnitOrder, rows: Order) -> Order:
    """(units,) units in the order they are drawn.

    Args:
        snapshot: The batch.
        hidden: After hidden layer 1 or 2.
        by: By number; the highest mean activation first; or the most often dropped first. Both are figures of the
            training pass, so that the switch to inference moves nothing.
        rows: The reviews that are drawn, over which means and shares are taken.
    """
    place = snapshot.training.place(hidden)
    match by:
        case "activation":
            return np.argsort(-place.activation[rows].mean(axis=0), kind="stable")
        case "dropped":
            return np.argsort(place.mask[rows].mean(axis=0), kind="stable")
        case _:
            return np.arange(place.mask.shape[1])
