"""What happened at every batch of a run, compact: what the timeline and the exports read.

Written by the worker, read by anyone: a reader sees what was complete when it asked. Masks are kept exactly, eight to
a byte. Activations are a hundred times larger, so they are kept for the first reviews of a batch only, and within a
budget: when it is full every second kept batch is let go, so that those left are spread evenly over the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Changed, EpochResult, Floats, Mask, Snapshot, Whole

ACTIVATION_BUDGET_BYTES: Final = 200_000_000
REVIEWS_SHOWN: Final = 64

_SCALARS: Final = np.dtype(
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
class Activations:
    """Activations of the first reviews of a batch, n ≤ `REVIEWS_SHOWN`.

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

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        arrays = (self.hidden_1, self.hidden_2, self.hidden_2_inference, self.logits, self.logits_inference)
        return sum(array.nbytes for array in arrays) + self.weights.nbytes


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


class History:
    """Everything that happened in a run.

    Attributes:
        batches: Batches in an epoch.
        results: The figures of the epochs that are done.
        changes: The live changes of settings.
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
        self.stride = 1
        self._reviews_shown = reviews_shown
        self._budget = activation_budget_bytes
        self._activation_bytes = 0
        self._units = 0
        self._orders: list[npt.NDArray[np.int64]] = []
        self._spans: list[tuple[int, int]] = []
        self._masks: dict[int, list[bytes | None]] = {hidden: [] for hidden in HIDDEN}
        self._activations: dict[int, Activations] = {}
        self._table = np.zeros(1024, _SCALARS)
        self._length = 0

    def __len__(self) -> int:
        """Batches recorded."""
        return self._length

    # -- written by the worker --

    def begin_epoch(self, order: npt.NDArray[np.int64]) -> None:
        """Note the order in which the coming epoch takes the reviews."""
        self._orders.append(order)

    def append(self, snapshot: Snapshot) -> None:
        """Record a batch; batches come in order."""
        size, self._units = snapshot.training.place(1).activation.shape
        start = 0 if snapshot.batch == 1 else self._spans[-1][1]
        self._spans.append((start, start + size))
        for hidden in HIDDEN:
            place = snapshot.training.place(hidden)
            self._masks[hidden].append(np.packbits(place.mask).tobytes() if place.active else None)
        if (snapshot.step - 1) % self.stride == 0:
            self._keep_activations(snapshot)
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

    def _keep_activations(self, snapshot: Snapshot) -> None:
        n = self._reviews_shown
        # Copies: a view would keep the whole batch alive.
        hidden_1, hidden_2, calm_2, logits, calm_logits = (
            array[:n].copy()
            for array in (
                snapshot.training.place(1).activation,
                snapshot.training.place(2).activation,
                snapshot.inference.place(2).activation,
                snapshot.training.logits,
                snapshot.inference.logits,
            )
        )
        weights = np.empty(0, np.float32) if snapshot.weights is None else snapshot.weights.flat
        kept = Activations(hidden_1, hidden_2, calm_2, logits, calm_logits, weights)
        while self._activation_bytes + kept.nbytes > self._budget and self._activations:
            self._thin()
            if (snapshot.step - 1) % self.stride:
                return
        if kept.nbytes <= self._budget:
            self._activations[snapshot.step] = kept
            self._activation_bytes += kept.nbytes

    def shrink(self, activation_budget_bytes: int) -> None:
        """Let activations go until the rest fits a smaller budget. Only for a run that is over.

        Args:
            activation_budget_bytes: The new budget; masks and figures all stay.
        """
        self._budget = activation_budget_bytes
        while self._activation_bytes > self._budget:
            self._thin()

    def _thin(self) -> None:
        """Let every second of the kept batches go."""
        self.stride *= 2
        # A new dictionary: a reader may be walking the old one.
        kept = {s: a for s, a in self._activations.items() if (s - 1) % self.stride == 0}
        if len(kept) == len(self._activations):
            kept = {}
        self._activations = kept
        self._activation_bytes = sum(a.nbytes for a in kept.values())

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
        start, end = self._spans[step - 1]
        return self._orders[(step - 1) // self.batches][start:end]

    def mask(self, step: int, hidden: int) -> Mask:
        """(B, units) the mask of a batch after hidden layer 1 or 2, exactly as it was applied."""
        self._check(step)
        start, end = self._spans[step - 1]
        packed = self._masks[hidden][step - 1]
        shape = (end - start, self._units)
        if packed is None:
            return np.broadcast_to(np.True_, shape)
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=shape[0] * shape[1])
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
            activations=self._activations.get(step),
        )

    def nearest_with_activations(self, step: int) -> int:
        """The batch nearest to `step` whose activations are kept."""
        self._check(step)
        below = (step - 1) // self.stride * self.stride + 1
        above = below + self.stride
        return above if above - step < step - below and above in self._activations else below

    def has_activations(self, step: int) -> bool:
        """Whether the activations of a batch are kept."""
        return step in self._activations

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
