"""Dropout by oracle (NumPy) and by statistics, for every way of writing it."""

import numpy as np
import pytest

from explorer.engine.backend import keras, tf
from explorer.engine.dropout import Handout, dropout_layer
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Forward
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset

HAND_WRITTEN = ("numpy", "lambda", "layer")
WAYS_AND_SCALINGS = [
    *((way, scaling) for way in HAND_WRITTEN for scaling in ("inverted", "classic", "none")),
    ("keras", "inverted"),
]
RATES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.95)
SHAPE = (64, 16)


def make(way: str, scaling: str, rate: float, seed: int = 3):
    handout = Handout()
    variable = keras.Variable(rate, dtype="float32", trainable=False)
    return dropout_layer(way, variable, scaling, seed, handout, f"dropout_{way}"), handout, variable


def expected_factor(scaling: str, rate: float, training: bool) -> np.float32:
    one = np.float32(1)
    if scaling == "inverted" and training:
        return one / (one - np.float32(rate))
    if scaling == "classic" and not training:
        return one - np.float32(rate)
    return one


def activation(seed: int = 0) -> np.ndarray:
    """Like a hidden layer's after relu: about half zeros."""
    return np.maximum(np.random.default_rng(seed).normal(size=SHAPE), 0).astype(np.float32)


def assert_equation(forward: Forward, way: str, scaling: str, rates: tuple[float, float], training: bool) -> None:
    for place, rate in zip(forward.hidden, rates, strict=True):
        factor = expected_factor(scaling, rate, training)
        assert np.float32(place.factor) == factor
        product = place.activation * place.mask * factor
        if way == "keras":
            # Keras divides by 1 − rate instead.
            np.testing.assert_array_max_ulp(place.output, product, maxulp=1)
        else:
            np.testing.assert_array_equal(place.output, product)
        if not training:
            assert place.mask.all()


@pytest.mark.parametrize(("way", "scaling"), WAYS_AND_SCALINGS)
def test_the_mask_shown_is_the_mask_applied_in_both_modes_at_every_rate(way, scaling):
    settings = Settings(written_as=way, scaling=scaling, num_words=NUM_WORDS, batch_size=64, epochs=100)
    trainer = Trainer(settings, dataset())
    masks = []
    for rate in RATES:
        trainer.update(settings.replace(rate_1=rate, rate_2=1 - rate if rate else 0.99))
        rates = (trainer.settings.rate_1, trainer.settings.rate_2)
        snapshot = trainer.step()
        assert_equation(snapshot.training, way, scaling, rates, training=True)
        assert_equation(snapshot.inference, way, scaling, rates, training=False)
        masks.append(snapshot.training.place(1).mask)
        assert masks[-1].all() == (rate == 0.0)
    assert not np.array_equal(masks[2], masks[3])


@pytest.mark.parametrize(("way", "scaling"), WAYS_AND_SCALINGS)
def test_changing_the_rate_traces_nothing_again(way, scaling):
    settings = Settings(written_as=way, scaling=scaling, num_words=NUM_WORDS, batch_size=64, epochs=9)
    trainer = Trainer(settings, dataset())
    for rate in RATES:
        trainer.update(settings.replace(rate_1=rate, rate_2=rate, learning_rate=0.001 + rate))
        trainer.step()
    assert trainer.traces == 1


@pytest.mark.parametrize("rate", RATES)
def test_given_one_mask_all_ways_give_the_same_output_and_gradient(rate):
    values = activation()
    weights = np.random.default_rng(5).normal(size=SHAPE).astype(np.float32)
    results = {}
    mask = None
    for way in ("keras", "layer", "lambda", "numpy"):  # one seed: the three TensorFlow ways draw one mask
        layer, handout, _ = make(way, "inverted", rate)
        if way == "numpy":
            layer.generator = FixedDraw(mask)
        inputs = tf.constant(values)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = layer(inputs, training=True)
            total = tf.reduce_sum(output * weights)
        applied = handout.pick_up()
        if mask is None:
            mask = applied.mask.numpy()
        np.testing.assert_array_equal(applied.mask.numpy(), mask)
        results[way] = output.numpy(), tape.gradient(total, inputs).numpy()
    oracle = values * mask * expected_factor("inverted", rate, True)
    np.testing.assert_array_equal(results["layer"][0], oracle)
    for way in ("lambda", "numpy"):
        for mine, theirs in zip(results[way], results["layer"], strict=True):
            np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_max_ulp(results["keras"][0], results["layer"][0], maxulp=1)
    np.testing.assert_allclose(results["keras"][1], results["layer"][1], rtol=3e-7)


@pytest.mark.parametrize("scaling", ["classic", "none"])
def test_given_one_mask_the_hand_written_ways_agree_in_the_other_scalings(scaling):
    values = tf.constant(activation())
    outputs = []
    mask = None
    for way in ("layer", "lambda", "numpy"):
        layer, handout, _ = make(way, scaling, 0.3)
        if way == "numpy":
            layer.generator = FixedDraw(mask)
        outputs.append(layer(values, training=True).numpy())
        mask = handout.pick_up().mask.numpy()
    np.testing.assert_array_equal(outputs[0], activation() * mask)
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])


class FixedDraw:
    """A NumPy generator that was lucky enough to draw this mask."""

    def __init__(self, mask):
        self._mask = mask

    def random(self, size, dtype):
        assert tuple(size) == self._mask.shape
        return np.where(self._mask, 1, -1).astype(dtype)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.8])
def test_the_keras_way_is_the_stock_layer(rate):
    stock = keras.layers.Dropout(rate, seed=11)
    mine, handout, _ = make("keras", "inverted", rate, seed=11)
    ones = np.ones(SHAPE, np.float32)
    for _ in range(3):
        theirs = stock(ones, training=True).numpy()
        np.testing.assert_array_max_ulp(mine(ones, training=True).numpy(), theirs, maxulp=1)
        np.testing.assert_array_equal(handout.pick_up().mask.numpy(), theirs != 0)
    np.testing.assert_array_equal(mine(ones, training=False), stock(ones, training=False))


def test_relu_zeros_are_not_taken_for_dropped():
    values = np.zeros(SHAPE, np.float32)
    for way in (*HAND_WRITTEN, "keras"):
        layer, handout, _ = make(way, "inverted", 0.5)
        layer(values, training=True)
        assert 0.3 < handout.pick_up().mask.numpy().mean() < 0.7


@pytest.mark.parametrize("way", [*HAND_WRITTEN, "keras"])
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_the_share_kept_is_within_the_binomial_bound_for_the_batch_and_every_unit(way, rate):
    layer, handout, _ = make(way, "inverted", rate)
    ones = np.ones((4000, 16), np.float32)
    output = layer(ones, training=True).numpy()
    mask = handout.pick_up().mask.numpy()
    keep = 1 - rate
    deviation = np.sqrt(rate * keep / mask.size)
    assert abs(mask.mean() - keep) < 5 * deviation
    assert np.all(np.abs(mask.mean(axis=0) - keep) < 5 * np.sqrt(rate * keep / len(mask)))
    # Survivors are scaled so that the expectation stays: mean 1, variance rate / keep.
    assert abs(output.mean() - 1) < 5 * np.sqrt(rate / keep / mask.size)
    assert output.var() == pytest.approx(rate / keep, rel=0.1)


@pytest.mark.parametrize("way", [*HAND_WRITTEN, "keras"])
def test_every_review_and_every_call_has_a_mask_of_its_own(way):
    layer, handout, _ = make(way, "inverted", 0.5)
    calls = tf.function(lambda values: (layer(values, training=True), handout.pick_up().mask))
    ones = tf.ones((50, 32))
    first, second = calls(ones)[1].numpy(), calls(ones)[1].numpy()
    assert not np.array_equal(first, second)
    assert len(np.unique(first, axis=0)) == 50


def test_the_mask_of_a_call_can_be_picked_up_once():
    layer, handout, _ = make("layer", "inverted", 0.5)
    layer(tf.ones((2, 3)), training=True)
    handout.pick_up()
    with pytest.raises(RuntimeError, match="has not been called"):
        handout.pick_up()


def test_unknown_ways_and_scalings_that_a_way_lacks_are_refused():
    with pytest.raises(ValueError, match=r"written_as must be one of numpy, lambda, layer, keras, got 'magic'"):
        make("magic", "inverted", 0.5)
    with pytest.raises(ValueError, match="scaling must be inverted with written_as keras"):
        make("keras", "classic", 0.5)
