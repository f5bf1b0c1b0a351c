"""Run files of earlier versions, and how they differ from what is written now.

Version 1 had an epoch's order of reviews as int32 whatever their number, and the kept activations of a batch in one row
of `activations.npy`, in the order of `kept.Layout`, without `steps.npy`.

Versions 1 and 2 had no `words.json`, and `run.json` said neither by which rule texts were split into words (it was rule
1 of `explorer.data.words`), nor what was left out of the reviews, nor what the test gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats
from explorer.store.document import VERSION
from explorer.store.layout import ACTIVATIONS, Expected, Plan, epoch_folder


class FirstPlan(Plan):
    """What a file of version 1 holds."""

    __slots__ = ()

    def epoch(self, epoch: int, batches: int, stride: int) -> dict[str, Expected]:
        """See `Plan.epoch`."""
        folder = epoch_folder(epoch)
        later = {f"{folder}{name}.npy" for name in (*ACTIVATIONS.values(), "steps")}
        expected = {name: each for name, each in super().epoch(epoch, batches, stride).items() if name not in later}
        expected[f"{folder}order.npy"] = Expected(np.int32, (self.trained_on,))
        kept = len(self.kept_steps(epoch, batches, stride))
        expected[f"{folder}activations.npy"] = Expected(np.float32, (kept, self.layout.width))
        return expected

    def rows(self, arrays: Mapping[str, npt.NDArray[Any]], count: int) -> Floats:
        """See `Plan.rows`."""
        rows: Floats = arrays["activations"]
        return rows


PLANS: Final[dict[int, type[Plan]]] = {1: FirstPlan, 2: Plan, VERSION: Plan}
"""By the version of a file, what it holds."""
