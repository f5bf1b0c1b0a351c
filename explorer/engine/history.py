"""What happened at every batch of a run, compact: what the timeline and the exports read.

Written by the worker, read by anyone: a reader sees what was complete when it asked. Masks are kept exactly, eight to
a byte. Activations are a hundred times larger, so they are kept for the first reviews of a batch only, and within a
budget: when it is full every second kept batch is let go, so that those left are spread evenly over the run.

What belongs to an epoch stands in a few arrays of that epoch: a run of 100 epochs of small batches has 78,200 batches,
and an object for each would weigh as much as what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from explorer.engine.blocks import TABLE, BatchRecord, EpochBlock, Packed, Scalars
from explorer.engine.kept import Activations, Kept, Layout
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Changed, EpochResult, Floats, Mask, Snapshot, Whole
from explorer.engine.test_result import TestResult

__all__ = ["ACTIVATION_BUDGET_BYTES", "REVIEWS_SHOWN", "BatchRecord", "EpochBlock", "History", "Scalars"]

ACTIVATION_BUDGET_BYTES: Final = 100_000_000
REVIEWS_SHOWN: Final = 64


class _Epoch:
    """What is kept of one epoch; `masks` are packed, a row a batch, None where no dropout stands."""

    __slots__ = ("kept", "masks", "order")

    def __init__(self, order: npt.NDArray[np.int32]):
        self.order = order
        self.masks: tuple[Packed | None, Packed | None] = (None, None)
        self.kept: Kept | None = None


class History:
    """Everything that happened in a run.

    Attributes:
        batches: Batches in an epoch.
        results: The figures of the epochs that are done.
        changes: The live changes of settings.
        test: The figures of the test reviews after the last epoch; None where they are not known, and as soon as the
            run goes on.
        stride: Activations are kept of every `stride`-th batch; 1 until the budget is full.
    """

    def __init__(
        self,
        batches: int,
        *,
        reviews_shown: int = REVIEWS_SHOWN,
        activation_budget_bytes: int = ACTIVATION_BUDGET_BYTES,
    ):
        self.batches = batches
        self.results: tuple[EpochResult, ...] = ()
        self.changes: tuple[Changed, ...] = ()
        self.test: TestResult | None = None
        self.stride = 1
        self._reviews_shown = reviews_shown
        self._budget = activation_budget_bytes
        self._activation_bytes = 0
        self._size = 0  # of a full batch
        self._layout = Layout(0, 0, 0)
        self._epochs: list[_Epoch] = []
        self._table = np.zeros(1024, TABLE)
        self._length = 0

    def __len__(self) -> int:
        """Batches recorded."""
        return self._length

    # -- written by the worker --

    def begin_epoch(self, order: npt.NDArray[np.int64]) -> None:
        """Note the order in which the coming epoch takes the reviews."""
        self.test = None  # of weights that are about to change
        self._epochs.append(_Epoch(order.astype(np.int32)))

    def append(self, snapshot: Snapshot) -> None:
        """Record a batch; batches come in order."""
        epoch = self._epochs[-1]
        if not self._length:
            self._size, units = snapshot.training.place(1).activation.shape
            weights = 0 if snapshot.weights is None else snapshot.weights.flat.size
            self._layout = Layout(min(self._reviews_shown, self._size), units, weights)
        if snapshot.batch == 1:
            self._make_room(epoch, snapshot)
        for hidden, packed in zip(HIDDEN, epoch.masks, strict=True):
            if packed is not None:
                bits = np.packbits(snapshot.training.place(hidden).mask)
                packed[snapshot.batch - 1, : len(bits)] = bits
        if (snapshot.step - 1) % self.stride == 0:
            self._keep_activations(epoch, snapshot)
        if self._length == len(self._table):
            # Readers hold the old table, whose rows stay as they were.
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        first, second = snapshot.training.hidden
        self._table[self._length] = (
            snapshot.epoch,
            snapshot.batch,
            snapshot.loss,
            snapshot.penalty,
            snapshot.accuracy,
            first.rate,
            second.rate,
            first.factor,
            second.factor,
            _mean(first.activation),
            _mean(second.activation),
            _mean(snapshot.inference.place(2).activation),
            _mean(first.output),
            _mean(second.output),
        )
        self._length += 1

    def end_epoch(self, result: EpochResult) -> None:
        """Record an epoch's figures."""
        self.results = (*self.results, result)

    def change(self, changed: Changed) -> None:
        """Record a live change of settings."""
        self.changes = (*self.changes, changed)

    def _make_room(self, epoch: _Epoch, snapshot: Snapshot) -> None:
        row = -(-self._size * self._layout.units // 8)
        first, second = (
            np.zeros((self.batches, row), np.uint8) if place.active else None for place in snapshot.training.hidden
        )
        epoch.masks = (first, second)
        begin = self._length + 1
        epoch.kept = Kept.empty(begin, begin + self.batches - 1, self.stride, self._layout.width)

    def _keep_activations(self, epoch: _Epoch, snapshot: Snapshot) -> None:
        needed = 4 * self._layout.width
        while self._activation_bytes + needed > self._budget and self._activation_bytes:
            self._thin()
            if (snapshot.step - 1) % self.stride:
                return
        kept = epoch.kept
        if needed <= self._budget and kept is not None:
            self._layout.write(kept.rows[kept.count], snapshot)
            kept.count += 1
            self._activation_bytes += needed

    def shrink(self, activation_budget_bytes: int) -> None:
        """Let activations go until the rest fits a smaller budget. Only for a run that is over.

        Args:
            activation_budget_bytes: The new budget; masks and figures all stay.
        """
        self._budget = activation_budget_bytes
        while self._activation_bytes > self._budget:
            self._thin()

    def _thin(self) -> None:
        """Let every second of the kept batches go; all of them where that would let none go."""
        self.stride *= 2
        held = 0
        for epoch in self._epochs:  # one after the other, so that old and new are not held at once
            if epoch.kept is not None:
                epoch.kept = epoch.kept.thinned(self.stride)
                held += epoch.kept.nbytes
        if held == self._activation_bytes:
            for epoch in self._epochs:
                epoch.kept = None
            held = 0
        self._activation_bytes = held

    # -- handed out and taken back, an epoch at a time --

    @property
    def epochs_begun(self) -> int:
        """Epochs of which there is at least one batch."""
        return -(-self._length // self.batches)

    def block(self, epoch: int) -> EpochBlock:
        """What is kept of an epoch; of the one in hand, what there is so far.

        Args:
            epoch: Counted from 1, at most `epochs_begun`.
        """
        if not 1 <= epoch <= self.epochs_begun:
            raise IndexError(f"epoch must be in [1, {self.epochs_begun}], got {epoch}")
        begin, end = (epoch - 1) * self.batches, min(epoch * self.batches, self._length)
        kept = self._epochs[epoch - 1].kept  # before anything else: the worker may put another in its place
        stride = 0 if kept is None else kept.stride
        steps = np.arange(0) if kept is None else kept.steps
        steps = steps[steps <= end]
        first, second = self._epochs[epoch - 1].masks
        return EpochBlock(
            epoch=epoch,
            size=self._size,
            order=self._epochs[epoch - 1].order,
            masks=(
                None if first is None else first[: end - begin],
                None if second is None else second[: end - begin],
            ),
            table=self._table[begin:end].copy(),
            stride=stride,
            steps=steps,
            activations=np.empty((0, self._layout.width), np.float32) if kept is None else kept.rows[: len(steps)],
            layout=self._layout,
        )

    @classmethod
    def restored(
        cls,
        batches: int,
        blocks: Sequence[EpochBlock],
        results: Sequence[EpochResult] = (),
        changes: Sequence[Changed] = (),
    ) -> Self:
        """A history of epochs that were handed out; it can be written on.

        Args:
            batches: Batches in an epoch.
            blocks: In order from the first epoch on, all of one stride; only the last may be short of batches.
            results: The figures of the epochs that are done.
            changes: The live changes of settings.
        """
        if not blocks:
            return cls(batches)
        history = cls(batches)
        history.results, history.changes = tuple(results), tuple(changes)
        stride = blocks[0].stride
        history.stride, history._layout, history._size = max(stride, 1), blocks[0].layout, blocks[0].size
        history._reviews_shown = blocks[0].layout.reviews
        history._length = sum(len(block.table) for block in blocks)
        history._table = np.zeros(max(1024, history._length), TABLE)
        history._table[: history._length] = np.concatenate([block.table for block in blocks])
        for block in blocks:
            epoch = _Epoch(block.order)
            first, second = (None if packed is None else _with_room(packed, batches) for packed in block.masks)
            epoch.masks = (first, second)
            if stride:
                begin = (block.epoch - 1) * batches + 1
                epoch.kept = Kept.of(block.activations, begin, begin + batches - 1, stride)
                history._activation_bytes += epoch.kept.nbytes
            history._epochs.append(epoch)
        return history

    # -- read by anyone --

    @property
    def reviews_shown(self) -> int:
        """Of how many of a batch's reviews activations are kept."""
        return self._reviews_shown

    @property
    def activation_bytes(self) -> int:
        """Bytes of activations held, at most the budget."""
        return self._activation_bytes

    def scalars(self) -> Scalars:
        """The figures of every batch so far."""
        n = self._length
        table = self._table[:n]
        table.setflags(write=False)
        step = np.arange(1, n + 1)
        return Scalars(
            step=step,
            epoch=table["epoch"],
            batch=table["batch"],
            position=step / self.batches,
            loss=table["loss"],
            penalty=table["penalty"],
            accuracy=table["accuracy"],
            rate_1=table["rate_1"],
            rate_2=table["rate_2"],
        )

    def rows(self, step: int) -> npt.NDArray[np.int64]:
        """(B,) positions of the reviews of a batch.

        Args:
            step: Counted from 1, at most `len(self)`.
        """
        self._check(step)
        return self._taken(step).astype(np.int64)

    def mask(self, step: int, hidden: int) -> Mask:
        """(B, units) the mask of a batch after hidden layer 1 or 2, exactly as it was applied."""
        self._check(step)
        packed = self._epoch(step).masks[hidden - 1]
        shape = (len(self._taken(step)), self._layout.units)
        if packed is None:
            return np.broadcast_to(np.True_, shape)
        bits = np.unpackbits(packed[(step - 1) % self.batches], count=shape[0] * shape[1])
        return bits.reshape(shape).view(np.bool_)

    def batch(self, step: int) -> BatchRecord:
        """All that is kept of a batch.

        Args:
            step: Counted from 1, at most `len(self)`.

        Raises:
            IndexError: For a step that has not been.
        """
        row = self._row(step)
        rows, masks = self.rows(step), (self.mask(step, 1), self.mask(step, 2))
        cells = max(masks[0].size, 1)
        return BatchRecord(
            step=step,
            epoch=int(row["epoch"]),
            batch=int(row["batch"]),
            loss=float(row["loss"]),
            penalty=float(row["penalty"]),
            accuracy=float(row["accuracy"]),
            rows=rows,
            masks=masks,
            whole=Whole(
                size=len(rows),
                shares_kept=(np.count_nonzero(masks[0]) / cells, np.count_nonzero(masks[1]) / cells),
                activations=(float(row["activation_1"]), float(row["activation_2"])),
                outputs=(float(row["output_1"]), float(row["output_2"])),
                calm_activations=(float(row["activation_1"]), float(row["calm_activation_2"])),
            ),
            factors=(float(row["factor_1"]), float(row["factor_2"])),
            rates=(float(row["rate_1"]), float(row["rate_2"])),
            activations=self.activations(step),
        )

    def nearest_with_activations(self, step: int) -> int:
        """The batch nearest to `step` whose activations are kept, the earlier one of two; `step` where none are."""
        self._check(step)
        if self.has_activations(step):
            return step
        kept = self.kept_steps(1, self._length)
        return int(kept[np.abs(kept - step).argmin()]) if len(kept) else step

    def has_activations(self, step: int) -> bool:
        """Whether the activations of a batch are kept."""
        if not 1 <= step <= self._length:
            return False
        kept = self._epoch(step).kept
        return kept is not None and kept.row(step) is not None

    def activations(self, step: int) -> Activations | None:
        """The activations of the first reviews of a batch; None when they were let go."""
        kept = self._epoch(step).kept
        row = None if kept is None else kept.row(step)
        if row is None:
            return None
        row.setflags(write=False)
        return self._layout.read(row, min(self._layout.reviews, len(self._taken(step))))

    def kept_steps(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """The batches of a window, both ends included, whose activations are kept; ascending."""
        last = min(last, self._length)
        begun = self._epochs[(first - 1) // self.batches : (last - 1) // self.batches + 1]
        steps = [kept.steps for kept in (epoch.kept for epoch in begun) if kept is not None]
        every = np.concatenate(steps) if steps else np.empty(0, np.int64)
        return every[(every >= first) & (every <= last)]

    def factor(self, step: int, hidden: int) -> float:
        """What the kept activations of a batch were multiplied by in training, after hidden layer 1 or 2."""
        return float(self._row(step)[f"factor_{hidden}"])

    def _epoch(self, step: int) -> _Epoch:
        return self._epochs[(step - 1) // self.batches]

    def _taken(self, step: int) -> npt.NDArray[np.int32]:
        """The positions of a batch's reviews as they are kept."""
        start = (step - 1) % self.batches * self._size
        return self._epoch(step).order[start : start + self._size]

    def _row(self, step: int) -> np.void:
        self._check(step)
        row: np.void = self._table[step - 1]
        return row

    def _check(self, step: int) -> None:
        if not 1 <= step <= self._length:
            raise IndexError(f"step must be in [1, {self._length}], got {step}")


def _mean(values: Floats) -> float:
    # `values.mean()` takes three times as long on arrays of this size; pairwise summing keeps float32's digits.
    return float(np.add.reduce(values, axis=None)) / max(values.size, 1)


def _with_room(rows: npt.NDArray[Any], room: int) -> npt.NDArray[Any]:
    if len(rows) == room:
        return rows
    roomy = np.zeros((room, rows.shape[1]), rows.dtype)
    roomy[: len(rows)] = rows
    return roomy
