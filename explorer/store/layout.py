"""Which arrays a run file holds: names, types and shapes all follow from the settings and the number of reviews.

A run file is a zip of `run.json` (`document.py`), of arrays as NPY, and of `readme.txt`, which describes each of them
for people and travels in every file. A journal (`journal.py`) has the same members in several zips. What earlier
versions had instead is in `earlier.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from explorer.engine.blocks import TABLE, EpochBlock
from explorer.engine.checkpoint import SLOTS, WEIGHTS
from explorer.engine.kept import Layout
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Floats

README: Final = "README.txt"
RUN: Final = "run.json"
LABELS: Final = "labels.npy"
WORDS: Final = "words.json"
ACTIVATIONS: Final = {
    "hidden_1": "activation_1",
    "hidden_2": "activation_2",
    "hidden_2_inference": "inference_2",
    "logits": "logits",
    "logits_inference": "logits_inference",
    "weights": "upper_weights",
}
"""What is kept of a batch, as `kept.Activations` and as the file call it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an array has to be."""

    dtype: npt.DTypeLike
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of its numbers."""
        return np.dtype(self.dtype).itemsize * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of some settings keeps.

    Attributes:
        settings: Those it began with.
        train: The number of training reviews, those held out included.
        reviews_kept: Of how many reviews of a batch activations are kept.
        upper_weights: Whether the weights above hidden layer 1 stand with them.
    """

    settings: Settings
    train: int
    reviews_kept: int
    upper_weights: bool

    @classmethod
    def of(cls, settings: Settings, train: int, layout: Layout) -> Self:
        """The plan of a run whose history has this layout."""
        return cls(settings, train, layout.reviews, layout.weights > 0)

    @property
    def held_out(self) -> int:
        """Reviews held out for validation."""
        return self.settings.validation_count(self.train)

    @property
    def trained_on(self) -> int:
        """Reviews trained on."""
        return self.train - self.held_out

    @property
    def batches(self) -> int:
        """Batches in an epoch."""
        return math.ceil(self.trained_on / self.settings.batch_size)

    @property
    def size(self) -> int:
        """Reviews in a batch."""
        return min(self.settings.batch_size, self.trained_on)

    @property
    def layout(self) -> Layout:
        """How kept activations stand in a row."""
        units = self.settings.units
        return Layout(self.reviews_kept, units, units * units + 2 * units + 1 if self.upper_weights else 0)

    def labels(self) -> dict[str, Expected]:
        """The array of all labels."""
        return {LABELS: Expected(np.uint8, (self.train,))}

    def epoch(self, epoch: int, batches: int, stride: int) -> dict[str, Expected]:
        """The arrays of an epoch without its weights.

        Args:
            epoch: Counted from 1.
            batches: How many of its batches are trained.
            stride: Activations are kept of every `stride`-th batch of the run.
        """
        folder = epoch_folder(epoch)
        row = -(-self.size * self.settings.units // 8)
        expected = {f"{folder}order.npy": Expected(position_type(self.train), (self.trained_on,))}
        for hidden in HIDDEN:
            if self.settings.active(hidden):
                expected[f"{folder}masks_{hidden}.npy"] = Expected(np.uint8, (batches, row))
        expected[f"{folder}table.npy"] = Expected(TABLE, (batches,))
        kept = len(self.kept_steps(epoch, batches, stride))
        expected[f"{folder}steps.npy"] = Expected(np.int64, (kept,))
        for part, shape in self.layout.parts.items():
            expected[f"{folder}{ACTIVATIONS[part]}.npy"] = Expected(np.float32, (kept, *shape))
        return expected

    def rows(self, arrays: Mapping[str, npt.NDArray[Any]], count: int) -> Floats:
        """(count, width) kept activations, from an epoch's arrays by name without folder."""
        return self.layout.join({part: arrays[name] for part, name in ACTIVATIONS.items() if name in arrays}, count)

    def kept_steps(self, epoch: int, batches: int, stride: int) -> npt.NDArray[np.int64]:
        """The batches of an epoch whose activations are kept, counted from 1 over the run; stride 0 is none."""
        steps = (epoch - 1) * self.batches + np.arange(1, batches + 1)
        return steps[(steps - 1) % stride == 0] if stride else steps[:0]

    def weights(self, epoch: int) -> dict[str, Expected]:
        """The weights after an epoch."""
        return {f"{epoch_folder(epoch)}{name}.npy": each for name, each in self._each_weight().items()}

    def slots(self) -> dict[str, Expected]:
        """What the optimizer remembers at the last complete epoch's end."""
        return {
            f"checkpoint/{slot}_{name}.npy": each
            for slot in SLOTS[self.settings.optimizer]
            for name, each in self._each_weight().items()
        }

    def _each_weight(self) -> dict[str, Expected]:
        words, units = self.settings.num_words, self.settings.units
        shapes = ((words, units), (units,), (units, units), (units,), (units, 1), (1,))
        return {name: Expected(np.float32, shape) for name, shape in zip(WEIGHTS, shapes, strict=True)}


def epoch_folder(epoch: int) -> str:
    """Where an epoch's arrays stand."""
    return f"epochs/{epoch:04}/"


def position_type(reviews: int) -> npt.DTypeLike:
    """The smallest type of ours that holds the position of a review among so many."""
    return np.uint16 if reviews <= 2**16 else np.int32


def epoch_arrays(block: EpochBlock, train: int) -> Mapping[str, npt.NDArray[np.generic]]:
    """The arrays of an epoch by name, as `Plan.epoch` expects them, for so many training reviews."""
    folder = epoch_folder(block.epoch)
    arrays: dict[str, npt.NDArray[np.generic]] = {f"{folder}order.npy": block.order.astype(position_type(train))}
    for hidden, packed in zip(HIDDEN, block.masks, strict=True):
        if packed is not None:
            arrays[f"{folder}masks_{hidden}.npy"] = packed
    arrays[f"{folder}table.npy"] = block.table
    arrays[f"{folder}steps.npy"] = block.steps
    for part, array in block.layout.split(block.activations).items():
        arrays[f"{folder}{ACTIVATIONS[part]}.npy"] = array
    return arrays


def weight_arrays(epoch: int, weights: tuple[Floats, ...]) -> dict[str, npt.NDArray[np.generic]]:
    """Weights by name, as `Plan.weights` expects them."""
    return {f"{epoch_folder(epoch)}{name}.npy": array for name, array in zip(WEIGHTS, weights, strict=True)}


def slot_arrays(optimizer: str, slots: tuple[tuple[Floats, ...], ...]) -> dict[str, npt.NDArray[np.generic]]:
    """An optimizer's slots by name, as `Plan.slots` expects them."""
    return {
        f"checkpoint/{slot}_{name}.npy": array
        for slot, arrays in zip(SLOTS[optimizer], slots, strict=True)
        for name, array in zip(WEIGHTS, arrays, strict=True)
    }
