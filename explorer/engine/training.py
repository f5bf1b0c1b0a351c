"""The trainer: one step, one epoch, an evaluation. Single-threaded; it knows of no window and of no thread."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.data.dataset import Dataset, Reviews
from explorer.engine.backend import keras, tf, usual_keras
from explorer.engine.dropout import Tensor
from explorer.engine.graphs import Graphs
from explorer.engine.history import History
from explorer.engine.network import Network, stream_seed
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Changed, EpochResult, Forward, Kind, Place, Snapshot, UpperWeights

_EVALUATED_AT_ONCE = 1024
"""Reviews in one forward pass of an evaluation: with fewer, calls cost more; with more, fresh memory does."""


class DivergedError(ArithmeticError):
    """The loss is no longer a finite number; the text says so and what to do."""


def _optimizer(settings: Settings) -> Any:
    kinds = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
    return kinds[settings.optimizer](settings.learning_rate)


def _array(tensor: Tensor) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = tensor.numpy()
    values.setflags(write=False)
    return values


class Trainer:
    """Trains the model of some settings on a data set, and tells what every batch did.

    Example:
        >>> trainer = Trainer(Settings(epochs=2), load("sample"))
        >>> for snapshot in trainer.run():
        ...     print(snapshot.epoch, snapshot.batch, snapshot.loss, snapshot.training.place(2).mask.mean())

    Attributes:
        settings: Those now in force.
        started_with: Those the run began with.
        dataset: What is trained and tested on.
        network: The model.
        optimizer: What turns gradients into updates.
        history: What happened at every batch so far.
        batches: Batches in an epoch; the last may be short.
        steps: Batches trained so far.
        trained_on: Positions of the training reviews that are trained on.
        held_out: Positions of those held out for validation: the first ones, as the book does.

    Raises:
        ValueError: From the constructor, when no review would be left to train on.

    Args:
        settings: What the run begins with.
        dataset: What is trained and tested on.
        generation: The number that snapshots and changes carry.
        history: Where batches are recorded. Of a run that goes on, what happened until the end of an epoch; who gives
            it also sets the weights and what else there is, see `explorer.engine.resuming.resume`.
    """

    def __init__(self, settings: Settings, dataset: Dataset, *, generation: int = 0, history: History | None = None):
        held_out = settings.validation_count(len(dataset.train))
        if held_out >= len(dataset.train):
            raise ValueError(
                f"validation must leave reviews to train on, got {settings.validation} of {len(dataset.train)}"
            )
        self.settings = self.started_with = settings
        self.dataset = dataset
        self.generation = generation
        with usual_keras():
            self.network = Network(settings)
            self.optimizer = _optimizer(settings)
            self.optimizer.build(self.network.trainable_variables)
        self.held_out = np.arange(held_out)
        self.trained_on = np.arange(held_out, len(dataset.train))
        self.batches = math.ceil(len(self.trained_on) / settings.batch_size)
        self.history = history if history is not None else History(self.batches)
        self.steps = len(self.history)
        self._order = self.order_of(1)
        self._spent = 0.0
        self._sums = np.zeros(4)
        self._labels = dataset.train.labels.astype(np.float32)
        self._graphs = Graphs(settings, self.network, self.optimizer)

    # -- where it is --

    @property
    def traces(self) -> int:
        """How often the training step has been traced; 1 after the first step and for ever after."""
        return self._graphs.traces

    @property
    def epochs_done(self) -> int:
        """Epochs trained and evaluated."""
        return len(self.history.results)

    @property
    def epoch_is_trained(self) -> bool:
        """Whether every batch of the epoch in hand is trained, so that `end_epoch` is due."""
        return self.steps == (self.epochs_done + 1) * self.batches

    @property
    def finished(self) -> bool:
        """Whether all the epochs asked for are done; never in the middle of one."""
        return self.steps == self.epochs_done * self.batches and self.epochs_done >= self.settings.epochs

    # -- what it does --

    def run(self) -> Iterator[Snapshot]:
        """Train what is left of the epochs, handing out a snapshot a batch; `history.results` has the epochs' figures.

        Raises:
            DivergedError: When the loss becomes infinite or not a number.
        """
        while not self.finished:
            snapshot = self.step()
            if self.epoch_is_trained:
                self.end_epoch()
            yield snapshot

    def step(self) -> Snapshot:
        """Train one batch.

        Returns:
            The forward pass that the step made, before its update, and the same batch through the same weights with
            dropout off.

        Raises:
            DivergedError: When the loss is infinite or not a number.
        """
        began = time.perf_counter()
        epoch, index = divmod(self.steps, self.batches)
        if index == 0:
            self._order = self.order_of(epoch + 1)
            self.history.begin_epoch(self._order)
            self._sums = np.zeros(4)
            self._spent = 0.0
        size = self.settings.batch_size
        rows = self._order[index * size : (index + 1) * size]
        labels = self._labels[rows]
        results = self._graphs.step(self.dataset.train.coordinates(rows), labels)
        snapshot = self._snapshot(results, epoch + 1, index + 1, rows, labels, "trained")
        self.steps += 1
        self.history.append(snapshot)
        self._sums += np.array([snapshot.loss, snapshot.penalty, snapshot.accuracy, 1.0]) * len(rows)
        self._spent += time.perf_counter() - began
        if not math.isfinite(snapshot.loss):
            raise DivergedError(
                f"The loss is no longer a finite number at batch {index + 1} of epoch {epoch + 1}. "
                f"Start again with a learning rate below {self.settings.learning_rate:g}."
            )
        return snapshot

    def end_epoch(self) -> EpochResult:
        """Evaluate the epoch just trained, with dropout off, and keep its figures in the history."""
        if not self.epoch_is_trained:
            raise RuntimeError(f"epoch {self.epochs_done + 1} has batches left to train")
        began = time.perf_counter()
        train_loss, train_accuracy = self.evaluate(self.dataset.train, self.trained_on)
        val_loss: float | None = None
        val_accuracy: float | None = None
        if len(self.held_out):
            val_loss, val_accuracy = self.evaluate(self.dataset.train, self.held_out)
        loss, penalty, accuracy = (float(mean) for mean in self._sums[:3] / self._sums[3])
        evaluated = time.perf_counter() - began
        result = EpochResult(
            epoch=self.epochs_done + 1,
            step=self.steps,
            loss=loss,
            penalty=penalty,
            accuracy=accuracy,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=self._spent + evaluated,
            evaluation_seconds=evaluated,
        )
        self.history.end_epoch(result)
        if not math.isfinite(train_loss):
            raise DivergedError(
                f"The loss is no longer a finite number after epoch {result.epoch}. "
                f"Start again with a learning rate below {self.settings.learning_rate:g}."
            )
        return result

    def update(self, settings: Settings) -> Changed | None:
        """Take over live fields; they hold from the next batch on and retrace nothing.

        Returns:
            What changed, also kept in the history; None when nothing did.

        Raises:
            ValueError: When a field differs that needs a restart. Nothing is taken over then.
        """
        fixed = self.settings.needs_restart(settings)
        if fixed:
            raise ValueError(f"{fixed[0].name} cannot change during a run; start a new one")
        differing = self.settings.differences(settings)
        if not differing:
            return None
        changed = Changed(
            generation=self.generation,
            step=self.steps + 1,
            position=self.steps / self.batches,
            changes=tuple((d.name, getattr(self.settings, d.name), getattr(settings, d.name)) for d in differing),
            settings=settings,
        )
        self.put_in_force(settings)
        self.history.change(changed)
        if not self.finished:
            self.history.test = None  # of an end that is none any more
        return changed

    def put_in_force(self, settings: Settings) -> None:
        """Have live fields hold from the next batch on, without a word in the history; the others must be the same."""
        for hidden in HIDDEN:
            self.network.set_rate(hidden, settings.rate(hidden))
        self.optimizer.learning_rate = settings.learning_rate
        self.settings = settings

    def predict(self, reviews: Reviews, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Probabilities (n,) that the reviews at `rows` are positive, with dropout off."""
        parts = [np.empty(0, np.float32)]
        for start in range(0, len(rows), _EVALUATED_AT_ONCE):
            part = rows[start : start + _EVALUATED_AT_ONCE]
            logits = self._graphs.infer(reviews.coordinates(part), len(part))
            parts.append(tf.sigmoid(logits).numpy())
        return np.concatenate(parts)

    def evaluate(
        self,
        reviews: Reviews,
        rows: npt.NDArray[np.int64],
        report: Callable[[float], object] = lambda share: None,
    ) -> tuple[float, float]:
        """Mean cross-entropy without the L2 penalty, and accuracy, with dropout off.

        Args:
            reviews: The part to evaluate on.
            rows: (n,) positions in it, n ≥ 1.
            report: Called with the share that is done, in [0, 1], every thousand reviews.
        """
        loss = right = 0.0
        labels = reviews.labels.astype(np.float32)
        for start in range(0, len(rows), _EVALUATED_AT_ONCE):
            part = rows[start : start + _EVALUATED_AT_ONCE]
            sums = self._graphs.evaluate(reviews.coordinates(part), labels[part]).numpy()
            loss, right = loss + float(sums[0]), right + float(sums[1])
            report(min(start + _EVALUATED_AT_ONCE, len(rows)) / len(rows))
        return loss / len(rows), right / len(rows)

    # -- looked at without training --

    def next_rows(self) -> npt.NDArray[np.int64]:
        """(B,) positions of the reviews that the next step trains on."""
        epoch, index = divmod(self.steps, self.batches)
        order = self.order_of(epoch + 1) if index == 0 else self._order
        return order[index * self.settings.batch_size : (index + 1) * self.settings.batch_size]

    def dense_1(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(B, units) what hidden layer 1 gives before relu, for training reviews and the current weights."""
        return _array(self._graphs.dense_1(self.dataset.train.coordinates(rows), len(rows)))

    def logits(self, pairs: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float32]:
        """(size,) logits of any multi-hot rows with dropout off.

        Args:
            pairs: (nnz, 2) row and word id of the ones, in ascending order.
            size: The number of rows.
        """
        return _array(self._graphs.infer(pairs, size))

    def look(self, rows: npt.NDArray[np.int64]) -> Snapshot:
        """A forward pass of training reviews, in both modes, without an update; nothing is recorded.

        The masks come from the stream in use; `Network.other_masks` keeps the run's own where it is.
        """
        labels = self._labels[rows]
        results = self._graphs.look(self.dataset.train.coordinates(rows), labels)
        return self._snapshot(results, self._shown_epoch(), self._shown_batch(), rows, labels, "forward")

    def look_again(self, snapshot: Snapshot) -> Snapshot:
        """Fresh masks on a batch that has been: the same activations of hidden layer 1, the same weights above it.

        Where the snapshot has no weights the current ones are used.
        """
        network = self.network
        current = network.upper_weights().numpy().copy()
        labels = self._labels[snapshot.rows]
        if snapshot.weights is not None:
            network.set_upper_weights(snapshot.weights.flat)
        try:
            results = self._graphs.look_again(snapshot.training.place(1).activation, labels)
        finally:
            network.set_upper_weights(current)
        kind: Kind = "forward mask" if snapshot.kind.startswith("forward") else "mask"
        fresh = self._snapshot(results, snapshot.epoch, snapshot.batch, snapshot.rows, labels, kind)
        return dataclasses.replace(fresh, step=snapshot.step, penalty=snapshot.penalty, weights=snapshot.weights)

    def _shown_epoch(self) -> int:
        return max(self.steps - 1, 0) // self.batches + 1

    def _shown_batch(self) -> int:
        return max(self.steps - 1, 0) % self.batches + 1

    # -- told --

    def order_of(self, epoch: int) -> npt.NDArray[np.int64]:
        """(n,) positions of the reviews in the order an epoch takes them, counted from 1; the same at every call."""
        generator = np.random.default_rng([stream_seed(self.settings.seed, "order"), epoch])
        return generator.permutation(self.trained_on)

    def _snapshot(
        self,
        results: Any,
        epoch: int,
        batch: int,
        rows: npt.NDArray[np.int64],
        labels: npt.NDArray[np.float32],
        kind: Kind,
    ) -> Snapshot:
        (place_1, place_2, calm_1, calm_2), logits, calm_logits, scalars, upper = results
        loss, penalty, accuracy = (float(value) for value in scalars.numpy())
        rows, kinds = rows.copy(), labels.astype(np.uint8)
        for array in (rows, kinds):
            array.setflags(write=False)
        first, second, calm_second = _array(place_1[0]), _array(place_2[0]), _array(calm_2[0])
        training = (self._place(1, place_1, first), self._place(2, place_2, second))
        inference = (self._place(1, calm_1, first), self._place(2, calm_2, calm_second))
        return Snapshot(
            generation=self.generation,
            step=self.steps + (kind == "trained"),
            epoch=epoch,
            batch=batch,
            batches=self.batches,
            rows=rows,
            labels=kinds,
            training=Forward(training, _array(logits)),
            inference=Forward(inference, _array(calm_logits)),
            loss=loss,
            penalty=penalty,
            accuracy=accuracy,
            settings=self.settings,
            weights=UpperWeights.of(_array(upper), self.settings.units) if upper.shape[0] else None,
            kind=kind,
        )

    def _place(self, hidden: int, told: Any, activation: npt.NDArray[np.float32]) -> Place:
        if len(told) == 1:  # no dropout stands here: one array serves as activation and output
            everything = np.broadcast_to(np.True_, activation.shape)
            return Place(activation, everything, 1.0, 0.0, activation, active=False)
        _, mask, factor, output = told
        rate = float(np.float32(self.settings.rate(hidden)))
        return Place(activation, _array(mask), float(factor.numpy()), rate, _array(output), active=True)
