"""The pass by hand is the network's own pass, and then what the person makes of it."""

import math

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.by_hand import contributions, forward_by_hand, probability
from explorer.engine.snapshot import UpperWeights
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset

WAYS = [("none", "inverted"), ("keras", "inverted")] + [
    (way, scaling) for way in ("numpy", "lambda", "layer") for scaling in ("inverted", "classic", "none")
]
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


def own_pass(snapshot, mode, row):
    first, second = snapshot.forward(mode).hidden
    return forward_by_hand(
        first.activation[row], (first.mask[row], second.mask[row]), (first.factor, second.factor), snapshot.weights
    )


def small_weights():
    """Two units: kernel_2 [[1, 2], [3, −4]], bias_2 [0.5, 0.25], kernel_3 [1, −1], bias_3 0.125."""
    return UpperWeights.of(np.array([1, 2, 3, -4, 0.5, 0.25, 1, -1, 0.125], np.float32), 2)


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize(("way", "scaling"), WAYS)
def test_with_the_models_own_masks_it_is_what_the_network_did(way, scaling, mode):
    settings = Settings(num_words=NUM_WORDS).replace(
        written_as=way, scaling=scaling, rate_1=0.3, rate_2=0.6, units=8, batch_size=32, epochs=1, learning_rate=0.05
    )
    trainer = Trainer(settings, dataset())
    for _ in range(3):  # other weights each time: those from before the update, not after
        snapshot = trainer.step()
        forward = snapshot.forward(mode)
        for row in range(len(snapshot.rows)):
            passed = own_pass(snapshot, mode, row)
            for place, activation, output in zip(forward.hidden, passed.activations, passed.outputs, strict=True):
                np.testing.assert_allclose(activation, place.activation[row], **TOLERANCE)
                np.testing.assert_allclose(output, place.output[row], **TOLERANCE)
            assert passed.logit == pytest.approx(float(forward.logits[row]), rel=1e-5, abs=1e-5)


def test_dropping_and_keeping_a_unit_is_the_arithmetic_on_paper():
    weights = small_weights()
    activation = np.array([2.0, 0.5], np.float32)
    everything = np.ones(2, bool)
    passed = forward_by_hand(activation, (everything, everything), (1.0, 1.0), weights)
    assert passed.activations[1].tolist() == [4.0, 2.25]  # 2·1 + 0.5·3 + 0.5 and 2·2 − 0.5·4 + 0.25
    assert passed.logit == 1.875  # 4 − 2.25 + 0.125
    without = forward_by_hand(activation, (np.array([True, False]), everything), (2.0, 1.0), weights)
    assert without.outputs[0].tolist() == [4.0, 0.0]
    assert without.activations[1].tolist() == [4.5, 8.25]
    assert without.logit == -3.625
    second = forward_by_hand(activation, (everything, np.array([False, True])), (1.0, 2.0), weights)
    assert second.outputs[1].tolist() == [0.0, 4.5]
    assert second.logit == -4.375


def test_contributions_add_up_to_what_the_next_layer_gets():
    random = np.random.default_rng(0)
    weights = UpperWeights.of(random.normal(size=36 + 12 + 1).astype(np.float32), 6)
    masks = (random.random(6) < 0.6, np.array([True, True, False, True, False, True]))
    passed = forward_by_hand(np.abs(random.normal(size=6)).astype(np.float32), masks, (2.0, 2.0), weights)
    to_second, to_output = contributions(passed, weights)
    kept = masks[1]
    sums = np.maximum(to_second.sum(axis=0) + weights.bias_2, 0)
    np.testing.assert_allclose(sums[kept], passed.activations[1][kept], rtol=1e-5, atol=1e-6)
    assert to_output.sum() + weights.bias_3 == pytest.approx(passed.logit, abs=1e-5)
    assert not to_second[:, ~kept].any(), "no connection leads to a dropped unit"
    assert not to_second[~masks[0]].any(), "and none from one"
    assert not to_output[~kept].any()


def test_a_dropped_unit_gives_zero_also_in_a_run_that_diverged():
    weights = small_weights()
    activation = np.array([np.inf, 0.5], np.float32)
    masks = (np.array([False, True]), np.ones(2, bool))
    assert math.isfinite(forward_by_hand(activation, masks, (1.0, 1.0), weights).logit)
    assert not math.isfinite(forward_by_hand(activation, (~masks[0], masks[1]), (1.0, 1.0), weights).logit)


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_another_size_is_refused(wrong):
    parts = [np.ones(2, np.float32), np.ones(2, bool), np.ones(2, bool)]
    parts[wrong] = parts[wrong][:1]
    with pytest.raises(ValueError, match=r"must have the shape \(2,\), got \(1,\)"):
        forward_by_hand(parts[0], (parts[1], parts[2]), (1.0, 1.0), small_weights())


@pytest.mark.parametrize(("logit", "expected"), [(0.0, 0.5), (2.0, 0.8807970780), (-800.0, 0.0), (800.0, 1.0)])
def test_probability_is_the_sigmoid_and_never_overflows(logit, expected):
    assert probability(logit) == pytest.approx(expected)
    assert math.isnan(probability(math.nan))
