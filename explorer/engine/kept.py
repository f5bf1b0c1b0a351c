"""The activations that a history keeps: of an epoch's batches in one array, a row each."""

from __future__ import annotations

import math
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from explorer.engine.snapshot import Floats, Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """Activations of the first reviews of a batch, n ≤ `history.REVIEWS_SHOWN`.

    Attributes:
        hidden_1: (n, units); the same in training and at inference.
        hidden_2: (n, units) of the training pass.
        hidden_2_inference: (n, units) of the same batch through the same weights with dropout off.
        logits: (n,) of the training pass.
        logits_inference: (n,) with dropout off.
        weights: Those above hidden layer 1 from before the update, flat as in `UpperWeights`; empty when not told.
    """

    hidden_1: Floats
    hidden_2: Floats
    hidden_2_inference: Floats
    logits: Floats
    logits_inference: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """How the activations of one batch stand in a row of float32.

    In this order: hidden 1 (reviews × units), hidden 2 of the training pass, hidden 2 with dropout off, the logits of
    both passes (reviews each), and the weights above hidden layer 1.

    Attributes:
        reviews: Of how many reviews of a batch activations are kept.
        units: In each hidden layer.
        weights: Numbers in `UpperWeights.flat`; 0 when not told.
    """

    reviews: int
    units: int
    weights: int

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return self.reviews * (3 * self.units + 2) + self.weights

    @property
    def parts(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of each part of a row, in order, named as in `Activations`."""
        cells, logits = (self.reviews, self.units), (self.reviews,)
        parts: dict[str, tuple[int, ...]] = {"hidden_1": cells, "hidden_2": cells, "hidden_2_inference": cells}
        parts |= {"logits": logits, "logits_inference": logits}
        return parts | {"weights": (self.weights,)} if self.weights else parts

    def split(self, rows: Floats) -> dict[str, Floats]:
        """Each part of some rows: (k, width) -> (k, …) by name; views."""
        ends = np.cumsum([math.prod(shape) for shape in self.parts.values()])
        columns = np.split(rows, ends[:-1], axis=1)
        return {
            name: column.reshape(len(rows), *shape)
            for column, (name, shape) in zip(columns, self.parts.items(), strict=True)
        }

    def join(self, parts: Mapping[str, Floats], count: int) -> Floats:
        """The reverse of `split`: (count, width)."""
        flat = [parts[name].reshape(count, math.prod(shape)) for name, shape in self.parts.items()]
        return np.concatenate(flat, axis=1)

    def write(self, row: Floats, snapshot: Snapshot) -> None:
        """Fill a row with what is kept of a batch."""
        n = min(self.reviews, len(snapshot.rows))
        if n < self.reviews:
            row[:] = 0  # a short batch leaves room, and what happened to be there is nobody's business
        parts = self.read(row, n)
        training, inference = snapshot.training, snapshot.inference
        parts.hidden_1[:] = training.place(1).activation[:n]
        parts.hidden_2[:] = training.place(2).activation[:n]
        parts.hidden_2_inference[:] = inference.place(2).activation[:n]
        parts.logits[:] = training.logits[:n]
        parts.logits_inference[:] = inference.logits[:n]
        if snapshot.weights is not None:
            parts.weights[:] = snapshot.weights.flat

    def read(self, row: Floats, n: int) -> Activations:
        """Views of a row, of the first n reviews."""
        square = self.reviews * self.units
        first, second, calm = (row[k * square : (k + 1) * square].reshape(-1, self.units)[:n] for k in range(3))
        rest = row[3 * square :]
        logits, calm_logits = rest[:n], rest[self.reviews : self.reviews + n]
        return Activations(first, second, calm, logits, calm_logits, rest[2 * self.reviews :])


class Kept:
    """The activations of every `stride`-th batch of an epoch, a row each.

    Attributes:
        first: The batch of the first row, counted from 1 over the run.
        stride: Between the batches of two rows.
        rows: (room, width) float32.
        count: Rows filled.
    """

    __slots__ = ("count", "first", "rows", "stride")

    def __init__(self, first: int, stride: int, rows: Floats, count: int):
        self.first, self.stride, self.rows, self.count = first, stride, rows, count

    @classmethod
    def empty(cls, begin: int, end: int, stride: int, width: int) -> Self:
        """Room for the batches from `begin` to `end`; memory is taken as it is filled."""
        first = begin + (1 - begin) % stride
        return cls(first, stride, _room(-(-(end - first + 1) // stride), width), 0)

    @classmethod
    def of(cls, rows: Floats, begin: int, end: int, stride: int) -> Self:
        """Rows that are there, with room for the rest of the batches from `begin` to `end`."""
        kept = cls.empty(begin, end, stride, int(rows.shape[1]))
        if len(rows) == len(kept.rows):
            kept.rows = rows
        else:
            kept.rows[: len(rows)] = rows
        kept.count = len(rows)
        return kept

    def row(self, step: int) -> Floats | None:
        """The row of a batch, counted from 1 over the run; None where it is not kept."""
        k, off = divmod(step - self.first, self.stride)
        return self.rows[k] if off == 0 and 0 <= k < self.count else None

    @property
    def steps(self) -> npt.NDArray[np.int64]:
        """(count,) the batches that are kept, counted from 1 over the run."""
        return self.first + self.stride * np.arange(self.count)

    def thinned(self, stride: int) -> Kept:
        """The same with a larger stride; a new object, because a reader may hold this one."""
        first = self.first + (1 - self.first) % stride
        skip, every = (first - self.first) // self.stride, stride // self.stride
        count = max(0, -(-(self.count - skip) // every))
        rows = _room(-(-(len(self.rows) - skip) // every), self.rows.shape[1])
        rows[:count] = self.rows[skip : self.count : every]
        return Kept(first, stride, rows, count)

    @property
    def nbytes(self) -> int:
        """Bytes filled."""
        return 4 * self.count * int(self.rows.shape[1])


def _room(rows: int, width: int) -> Floats:
    """(rows, width) zeros in pages of their own, which go back to the system with the array.

    The C library keeps what is freed (`backend._keep_freed_memory`), for each thread apart: arrays that come and go in
    the worker as a long run is thinned would cost as much again as those that are held.
    """
    if rows <= 0 or width <= 0:
        return np.zeros((max(rows, 0), width), np.float32)
    return np.frombuffer(mmap.mmap(-1, 4 * rows * width), np.float32).reshape(rows, width)
