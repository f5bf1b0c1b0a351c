"""The compiled functions of a run: training step, evaluation, and passes that only look."""

from __future__ import annotations

from typing import Any

from explorer.engine.backend import tf
from explorer.engine.dropout import Tensor
from explorer.engine.network import Network, PlaceTensors
from explorer.engine.settings import Settings
from explorer.engine.snapshot import MOST_UNITS_DRAWN


class Graphs:
    """Each function is traced at its first call, and never again.

    Reviews come as pairs of row and word id, (nnz, 2) int64; labels as (B,) float32. What tells a pass is the places
    after hidden 1 and 2 in training and with dropout off (each as a tuple, see `_told`), the logits (B,) of both, the
    loss, the penalty and the accuracy of the training pass, and the weights above hidden layer 1.

    Attributes:
        traces: How often the training step has been traced.
        step: Pairs and labels -> the pass, and an update of the weights after it.
        look: Pairs and labels -> the pass.
        look_again: Hidden layer 1's activation (B, units) and labels -> the pass.
        dense_1: Pairs and B -> (B, units), hidden layer 1 before relu.
        infer: Pairs and B -> logits (B,) with dropout off.
        evaluate: Pairs and labels -> summed cross-entropy and number of right predictions, with dropout off.
    """

    def __init__(self, settings: Settings, network: Network, optimizer: Any):
        self.traces = 0
        weights = network.trainable_variables
        num_words = settings.num_words
        coordinates = tf.TensorSpec((None, 2), tf.int64)
        activations = tf.TensorSpec((None, settings.units), tf.float32)
        reviews_labels = tf.TensorSpec((None,), tf.float32)
        count = tf.TensorSpec((), tf.int32)
        tell_weights = settings.units <= MOST_UNITS_DRAWN

        def multi_hot(pairs: Tensor, size: Tensor) -> Tensor:
            shape = tf.stack([tf.cast(size, tf.int64), tf.constant(num_words, tf.int64)])
            return tf.SparseTensor(pairs, tf.ones(tf.shape(pairs)[:1]), shape)

        # Most of a small step is the optimizer walking 160,000 weights once for every one of its operations. Compiled,
        # Keras's own update is one pass; the gradient of the L2 penalty, 2 · l2 · w, rides along.
        @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
        def apply(gradients: list[Tensor]) -> None:
            kernels = {id(layer.kernel): layer for layer in network.hidden}
            pulled = [
                gradient + 2.0 * settings.l2 * tf.convert_to_tensor(weight) if id(weight) in kernels else gradient
                for gradient, weight in zip(gradients, weights, strict=True)
            ]
            optimizer.apply(pulled, weights)

        def forward(first: Tensor, labels: Tensor) -> tuple[Tensor, Any]:
            place_1, place_2, logits = network.rest(first, training=True)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
            return tf.reduce_mean(losses), (place_1, place_2, logits)

        def tell(first: Tensor, labels: Tensor, loss: Tensor, penalty: Tensor, drawn: Any) -> Any:
            place_1, place_2, logits = drawn
            calm_1, calm_2, calm_logits = network.rest(first, training=False)
            right = tf.reduce_mean(tf.cast((logits > 0.0) == (labels > 0.5), tf.float32))
            scalars = tf.stack([loss, penalty, right])
            upper = network.upper_weights() if tell_weights else tf.zeros([0])
            places = [_told(place) for place in (place_1, place_2, calm_1, calm_2)]
            return places, logits, calm_logits, scalars, upper

        @tf.function(input_signature=[coordinates, reviews_labels], autograph=False)  # type: ignore[untyped-decorator]
        def step(pairs: Tensor, labels: Tensor) -> Any:
            self.traces += 1
            penalty = network.penalty()
            with tf.GradientTape() as tape:
                first = network.first_activation(multi_hot(pairs, tf.size(labels)))
                loss, drawn = forward(first, labels)
            told = tell(first, labels, loss, penalty, drawn)
            gradients = tape.gradient(loss, [weight.value for weight in weights])
            # What is handed out is the pass made with the weights from before the update.
            with tf.control_dependencies(tf.nest.flatten(told[1:])):
                apply(gradients)
            return told

        @tf.function(input_signature=[coordinates, reviews_labels], autograph=False)  # type: ignore[untyped-decorator]
        def look(pairs: Tensor, labels: Tensor) -> Any:
            first = network.first_activation(multi_hot(pairs, tf.size(labels)))
            loss, drawn = forward(first, labels)
            return tell(first, labels, loss, network.penalty(), drawn)

        @tf.function(input_signature=[activations, reviews_labels], autograph=False)  # type: ignore[untyped-decorator]
        def look_again(first: Tensor, labels: Tensor) -> Any:
            loss, drawn = forward(first, labels)
            return tell(first, labels, loss, network.penalty(), drawn)

        @tf.function(input_signature=[coordinates, count], autograph=False)  # type: ignore[untyped-decorator]
        def dense_1(pairs: Tensor, size: Tensor) -> Tensor:
            layer = network.hidden[0]
            product = tf.sparse.sparse_dense_matmul(multi_hot(pairs, size), tf.convert_to_tensor(layer.kernel))
            return product + tf.convert_to_tensor(layer.bias)

        @tf.function(input_signature=[coordinates, count], autograph=False)  # type: ignore[untyped-decorator]
        def infer(pairs: Tensor, size: Tensor) -> Tensor:
            first = network.first_activation(multi_hot(pairs, size))
            return network.rest(first, training=False)[2]

        @tf.function(input_signature=[coordinates, reviews_labels], autograph=False)  # type: ignore[untyped-decorator]
        def evaluate(pairs: Tensor, labels: Tensor) -> Tensor:
            logits = infer(pairs, tf.size(labels))
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
            right = tf.cast((logits > 0.0) == (labels > 0.5), tf.float32)
            return tf.stack([tf.reduce_sum(losses), tf.reduce_sum(right)])

        self.step, self.look, self.look_again = step, look, look_again
        self.dense_1, self.infer, self.evaluate = dense_1, infer, evaluate


def _told(place: PlaceTensors) -> tuple[Tensor, ...]:
    """Activation, mask, factor and output; the activation alone where no dropout stands."""
    if place.mask is None:
        return (place.activation,)
    return place.activation, place.mask, place.factor, place.output
