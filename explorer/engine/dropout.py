"""The ways to write dropout, each as people write it, each handing out the mask that it applied.

All of them compute `output = activation * mask * factor`. They differ in where the mask is drawn (NumPy or TensorFlow),
in what tells them that this is training, and in where the dropped share is made up for:

==========  ====================  ===================
scaling     factor in training    factor at inference
==========  ====================  ===================
inverted    1 / (1 − rate)        1
classic     1                     1 − rate
none        1                     1
==========  ====================  ===================

Source: Srivastava et al., JMLR 15 (2014), whose p is the probability of keeping; `rate` here is the share dropped, as
in Keras. The rate is a variable, so that moving it retraces nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.engine.backend import keras, tf

Tensor = Any
"""A `tf.Tensor`: TensorFlow ships no type information."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a dropout layer did in one call.

    Attributes:
        mask: (B, units) bool tensor, True where kept.
        factor: () float32 tensor, what the kept activations were multiplied by.
    """

    mask: Tensor
    factor: Tensor


StreamState = tuple[int, ...]
"""Where a stream of masks stands: Keras's seed and count, or PCG64's state, increment, has_uint32 and uinteger."""


class Handout:
    """Where a dropout layer leaves what it applied, for the function that is calling it to pick up.

    A layer returns its output and nothing else; the mask is a second result. It may only be picked up in the same
    graph (or eager call) in which the layer ran.
    """

    def __init__(self) -> None:
        self._applied: Applied | None = None

    def leave(self, applied: Applied) -> None:
        """Called by the layer."""
        self._applied = applied

    def pick_up(self) -> Applied:
        """What the latest call left; a second pick-up without a call between is an error."""
        if self._applied is None:
            raise RuntimeError("the dropout layer has not been called")
        applied, self._applied = self._applied, None
        return applied


def factor_for(scaling: str, rate: Tensor, training: bool) -> Tensor:
    """The factor of the table above, as a () float32 tensor.

    Args:
        scaling: "inverted", "classic" or "none".
        rate: () float32, the share dropped, in [0, 1).
        training: Which column.
    """
    if scaling == "inverted" and training:
        return 1.0 / (1.0 - rate)
    if scaling == "classic" and not training:
        return 1.0 - rate
    return tf.ones_like(rate)


def _finish(activation: Tensor, mask: Tensor, factor: Tensor, handout: Handout) -> Tensor:
    handout.leave(Applied(mask, factor))
    return activation * tf.cast(mask, activation.dtype) * factor


def _finish_inference(activation: Tensor, scaling: str, rate: Tensor, handout: Handout) -> Tensor:
    factor = factor_for(scaling, rate, training=False)
    handout.leave(Applied(tf.ones_like(activation, tf.bool), factor))
    return activation * factor if scaling == "classic" else activation


class NumpyDropout(keras.layers.Layer):  # type: ignore[misc]
    """The book's way: `layer_output *= np.random.randint(0, high=2, size=layer_output.shape)`, at any rate.

    `randint(0, high=2)` keeps half; `random(size) >= rate` keeps 1 − rate. NumPy draws while the graph runs, so every
    batch gets a fresh mask; drawn while the graph is traced it would be one constant mask for ever.

    Attributes:
        generator: Anything with NumPy's `random(size, dtype)`.
    """

    def __init__(self, rate: Any, scaling: str, generator: np.random.Generator, handout: Handout, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate, self.scaling, self.generator, self.handout = rate, scaling, generator, handout

    def _draw(self, size: npt.NDArray[np.int32], rate: np.float32) -> npt.NDArray[np.bool_]:
        return np.asarray(self.generator.random(tuple(size), dtype=np.float32) >= rate)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Multiply by a NumPy mask and the factor in training; by the factor alone at inference."""
        rate = tf.convert_to_tensor(self.rate)
        if not training:
            return _finish_inference(inputs, self.scaling, rate, self.handout)
        mask = tf.numpy_function(self._draw, [tf.shape(inputs), rate], tf.bool)
        mask.set_shape(inputs.shape)
        return _finish(inputs, mask, factor_for(self.scaling, rate, training=True), self.handout)


def lambda_dropout(rate: Any, scaling: str, seed: int, handout: Handout, **kwargs: Any) -> Any:
    """The answer's way: a `Lambda` layer whose function masks and scales in the training phase.

    A Keras 3 `Lambda` passes `training` to a function that names it, which replaces `K.in_train_phase` and the copying
    of weights into a second model for testing.
    """
    generator = keras.random.SeedGenerator(seed)

    def drop(activation: Tensor, training: bool = False) -> Tensor:
        share = tf.convert_to_tensor(rate)
        if not training:
            return _finish_inference(activation, scaling, share, handout)
        mask = keras.random.uniform(tf.shape(activation), dtype="float32", seed=generator) >= share
        return _finish(activation, mask, factor_for(scaling, share, training=True), handout)

    layer = keras.layers.Lambda(drop, output_shape=lambda shape: shape, **kwargs)
    layer.seed_generator = generator  # where the other ways have theirs
    return layer


class HandWrittenDropout(keras.layers.Layer):  # type: ignore[misc]
    """A layer of one's own, as a textbook would write it."""

    def __init__(self, rate: Any, scaling: str, seed: int, handout: Handout, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate, self.scaling, self.handout = rate, scaling, handout
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Draw, compare, multiply; at inference only what the scaling asks for."""
        rate = tf.convert_to_tensor(self.rate)
        if not training:
            return _finish_inference(inputs, self.scaling, rate, self.handout)
        mask = keras.random.uniform(tf.shape(inputs), dtype="float32", seed=self.seed_generator) >= rate
        return _finish(inputs, mask, factor_for(self.scaling, rate, training=True), self.handout)


class KerasDropout(keras.layers.Dropout):  # type: ignore[misc]
    """`keras.layers.Dropout` with a rate that can move and a mask that can be seen.

    The stock layer reads its rate as a Python number when a step is traced, and keeps its mask to itself. This one
    makes the call that the stock layer makes on TensorFlow, with the rate as a tensor, and makes it once more on ones
    from the same seed state: what comes out non-zero is the mask (`output != 0` is not: relu makes zeros too). Its
    arithmetic is TensorFlow's, a division by 1 − rate, which can differ from activation × mask × factor in the last
    place.
    """

    def __init__(self, rate: Any, seed: int, handout: Handout, **kwargs: Any):
        # The stock layer makes its seed generator only when the rate it is built with is above 0.
        super().__init__(0.5, seed=seed, **kwargs)
        self.handout = handout
        # Behind a function, because the stock layer is closed to new variables once it is built.
        self._read_rate: Callable[[], Tensor] = lambda: tf.convert_to_tensor(rate)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """What the stock layer does, with the live rate."""
        rate = self._read_rate()
        if not training:
            return _finish_inference(inputs, "inverted", rate, self.handout)
        state = tf.cast(self.seed_generator.next(), tf.int32)
        mask = tf.nn.experimental.stateless_dropout(tf.ones_like(inputs), rate=rate, seed=state) != 0.0
        self.handout.leave(Applied(mask, factor_for("inverted", rate, training=True)))
        return tf.nn.experimental.stateless_dropout(inputs, rate=rate, seed=state)


class MaskStream:
    """Where a dropout layer's masks come from, and another stream that can take its place for a while.

    Args:
        layer: From `dropout_layer`.
        seed: Where the other stream begins.
    """

    def __init__(self, layer: Any, seed: int):
        self._layer = layer
        if isinstance(layer, NumpyDropout):
            self._other: Any = np.random.default_rng(seed)
        else:
            self._other = keras.random.SeedGenerator(seed).state.numpy()

    def switch(self) -> None:
        """Put the other stream in the place of the one in use; the second time, back."""
        if isinstance(self._layer, NumpyDropout):
            self._layer.generator, self._other = self._other, self._layer.generator
            return
        # A copy: what `numpy()` gives may be the memory of the variable that is assigned next.
        used = self._layer.seed_generator.state.numpy().copy()
        self._layer.seed_generator.state.assign(self._other)
        self._other = used

    @property
    def state(self) -> StreamState:
        """Where the stream in use stands."""
        if not isinstance(self._layer, NumpyDropout):
            seed, drawn = (int(number) for number in self._layer.seed_generator.state.numpy())
            return seed, drawn
        state: Any = self._layer.generator.bit_generator.state
        return state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"]

    @state.setter
    def state(self, numbers: StreamState) -> None:
        if not isinstance(self._layer, NumpyDropout):
            self._layer.seed_generator.state.assign(numbers)
            return
        state, increment, has_uint32, uinteger = numbers
        self._layer.generator.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": state, "inc": increment},
            "has_uint32": has_uint32,
            "uinteger": uinteger,
        }


def dropout_layer(written_as: str, rate: Any, scaling: str, seed: int, handout: Handout, name: str) -> Any:
    """A dropout layer in one of the ways of writing it.

    Args:
        written_as: "numpy", "lambda", "layer" or "keras".
        rate: A scalar float32 `keras.Variable`, the share dropped, in [0, 1).
        scaling: "inverted", "classic" or "none"; `keras` knows only "inverted".
        seed: Where the stream of masks begins. The three TensorFlow ways draw the same masks from the same seed.
        handout: Where the layer leaves each call's mask and factor.
        name: The layer's name in the model.

    Raises:
        ValueError: For an unknown way, or a scaling that the way does not have.
    """
    ways: dict[str, Callable[[], Any]] = {
        "numpy": lambda: NumpyDropout(rate, scaling, np.random.default_rng(seed), handout, name=name),
        "lambda": lambda: lambda_dropout(rate, scaling, seed, handout, name=name),
        "layer": lambda: HandWrittenDropout(rate, scaling, seed, handout, name=name),
        "keras": lambda: KerasDropout(rate, seed, handout, name=name),
    }
    if written_as not in ways:
        raise ValueError(f"written_as must be one of {', '.join(ways)}, got {written_as!r}")
    if written_as == "keras" and scaling != "inverted":
        raise ValueError(f"scaling must be inverted with written_as keras, got {scaling!r}")
    return ways[written_as]()
