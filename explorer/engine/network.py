"""`Settings` -> the Keras model: multi-hot → Dense relu → dropout → Dense relu → dropout → Dense 1 (a logit)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.engine.backend import keras, tf
from explorer.engine.dropout import Handout, MaskStream, Tensor, dropout_layer
from explorer.engine.settings import HIDDEN, Settings


def stream_seed(seed: int, stream: str) -> int:
    """The seed of one of a run's separate random streams, in [0, 2**31).

    Weights, order of reviews and masks each have their own, so that two runs with the same seed and different dropout
    start from identical weights and see identical batches.

    Args:
        seed: The run's seed.
        stream: One of the names below.
    """
    streams = (
        "order",
        "weights_1",
        "weights_2",
        "weights_3",
        "masks_1",
        "masks_2",
        "probe_1",
        "probe_2",
        "probe_order",
    )
    state = np.random.SeedSequence(seed, spawn_key=(streams.index(stream),)).generate_state(1, np.uint32)
    return int(state[0] >> 1)


class SparseDense(keras.layers.Dense):  # type: ignore[misc]
    """`keras.layers.Dense` for a sparse input.

    The stock layer takes sparse tensors too, through an embedding look-up that is 2.5 times slower on this data.
    """

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """(B, num_words) sparse or dense -> (B, units)."""
        if isinstance(inputs, tf.SparseTensor):
            product = tf.sparse.sparse_dense_matmul(inputs, tf.convert_to_tensor(self.kernel))
            return self.activation(product + tf.convert_to_tensor(self.bias))
        return super().call(inputs)


@dataclass(frozen=True, slots=True)
class PlaceTensors:
    """The tensors of a `Place`; `mask` and `factor` are None where no dropout stands."""

    activation: Tensor
    mask: Tensor | None
    factor: Tensor | None
    output: Tensor


class Network:
    """The layers of the review model, and a forward pass that hands out what dropout did.

    Attributes:
        hidden: The two hidden Dense layers.
        output: The Dense 1 layer, giving a logit.
        rates: By hidden layer (1, 2), the rate variable of the dropout after it; only where one stands.
        dropouts: By hidden layer, the dropout layer; only where one stands.
        mask_streams: By hidden layer, where its masks come from; only where dropout stands.
        model: All of it as one `keras.Sequential`, for whoever wants plain Keras.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        seeds = {n: stream_seed(settings.seed, f"weights_{n}") for n in (1, 2, 3)}
        first, second = (
            kind(
                settings.units,
                activation="relu",
                kernel_initializer=keras.initializers.GlorotUniform(seed=seeds[n]),
                kernel_regularizer=keras.regularizers.L2(settings.l2) if settings.l2 else None,
                name=f"hidden_{n}",
            )
            for n, kind in zip(HIDDEN, (SparseDense, keras.layers.Dense), strict=True)
        )
        self.hidden = (first, second)
        self.output = keras.layers.Dense(
            1, kernel_initializer=keras.initializers.GlorotUniform(seed=seeds[3]), name="output"
        )
        self._handout = Handout()
        self.rates: dict[int, Any] = {}
        self.dropouts: dict[int, Any] = {}
        for n in HIDDEN:
            if settings.active(n):
                self.rates[n] = keras.Variable(settings.rate(n), dtype="float32", trainable=False, name=f"rate_{n}")
                self.dropouts[n] = dropout_layer(
                    settings.written_as,
                    self.rates[n],
                    settings.scaling,
                    stream_seed(settings.seed, f"masks_{n}"),
                    self._handout,
                    f"dropout_{n}",
                )
        self.mask_streams = {
            n: MaskStream(layer, stream_seed(settings.seed, f"probe_{n}")) for n, layer in self.dropouts.items()
        }
        stack = [first, self.dropouts.get(1), second, self.dropouts.get(2), self.output]
        self.model = keras.Sequential(
            [keras.Input((settings.num_words,), sparse=True), *(layer for layer in stack if layer is not None)]
        )

    @property
    def trainable_variables(self) -> list[Any]:
        """Kernel and bias of hidden 1, hidden 2 and the output, in that order."""
        return [variable for layer in (*self.hidden, self.output) for variable in layer.trainable_variables]

    def set_rate(self, hidden: int, rate: float) -> None:
        """Move the rate after a hidden layer; nothing is retraced. Without dropout there it does nothing."""
        if hidden in self.rates:
            self.rates[hidden].assign(rate)

    def first_activation(self, reviews: Tensor) -> Tensor:
        """(B, num_words) sparse multi-hot rows -> (B, units), the same in training and at inference."""
        return self.hidden[0](reviews)

    def rest(self, first_activation: Tensor, training: bool) -> tuple[PlaceTensors, PlaceTensors, Tensor]:
        """All that comes after hidden layer 1.

        Args:
            first_activation: (B, units), from `first_activation`.
            training: Whether dropout is on.

        Returns:
            The places after hidden layers 1 and 2, and the logits (B,).
        """
        place_1 = self._drop(1, first_activation, training)
        place_2 = self._drop(2, self.hidden[1](place_1.output), training)
        return place_1, place_2, self.output(place_2.output)[:, 0]

    def _drop(self, hidden: int, activation: Tensor, training: bool) -> PlaceTensors:
        layer = self.dropouts.get(hidden)
        if layer is None:
            return PlaceTensors(activation, None, None, activation)
        output = layer(activation, training=training)
        applied = self._handout.pick_up()
        return PlaceTensors(activation, applied.mask, applied.factor, output)

    @contextlib.contextmanager
    def other_masks(self) -> Iterator[None]:
        """Within it masks come from streams of their own, and the run's streams stay where they are.

        So a question asked in the middle of a run changes nothing about the run.
        """
        for stream in self.mask_streams.values():
            stream.switch()
        try:
            yield
        finally:
            for stream in self.mask_streams.values():
                stream.switch()

    @property
    def upper_variables(self) -> list[Any]:
        """Kernel and bias of hidden 2 and of the output, in the order of `UpperWeights`."""
        return [*self.hidden[1].trainable_variables, *self.output.trainable_variables]

    def upper_weights(self) -> Tensor:
        """A flat copy of all weights above hidden layer 1, in the order of `UpperWeights`."""
        return tf.concat([tf.reshape(variable.value, [-1]) for variable in self.upper_variables], axis=0)

    def set_upper_weights(self, flat: npt.NDArray[np.float32]) -> None:
        """Put weights above hidden layer 1 in the place of those that are there."""
        at = 0
        for variable in self.upper_variables:
            size = int(np.prod(variable.shape))
            variable.assign(flat[at : at + size].reshape(variable.shape))
            at += size

    def penalty(self) -> Tensor:
        """The L2 penalty: `l2` times the sum of squared weights of both hidden kernels; a () float32 tensor."""
        squares = tf.add_n([2.0 * tf.nn.l2_loss(tf.convert_to_tensor(layer.kernel)) for layer in self.hidden])
        return self.settings.l2 * squares
