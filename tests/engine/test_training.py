import math

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.backend import keras, tf
from explorer.engine.network import Network, stream_seed
from explorer.engine.settings import HIDDEN
from explorer.engine.training import DivergedError, Trainer
from tests.builders import NUM_WORDS, dataset, dense

WAYS = ("none", "numpy", "lambda", "layer", "keras")


def settings(**changes) -> Settings:
    return Settings(num_words=NUM_WORDS).replace(**{"batch_size": 32, "epochs": 2, "units": 8, **changes})


def weights_of(network: Network) -> list[np.ndarray]:
    return [weight.numpy() for weight in network.trainable_variables]


def forward_by_numpy(weights, rows):
    """The plain network, written out."""
    first = np.maximum(rows @ weights[0] + weights[1], 0)
    second = np.maximum(first @ weights[2] + weights[3], 0)
    return first, second, (second @ weights[4] + weights[5])[:, 0]


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam", "sgd"])
def test_training_without_dropout_is_what_keras_itself_computes(optimizer):
    data = dataset()
    trainer = Trainer(settings(written_as="none", validation=0, optimizer=optimizer, l2=0.01), data)
    reference = keras.Sequential(
        [
            keras.Input((NUM_WORDS,)),
            keras.layers.Dense(8, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            keras.layers.Dense(8, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            keras.layers.Dense(1),
        ]
    )
    reference.set_weights(weights_of(trainer.network))
    reference.compile(
        {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[optimizer](
            0.001
        ),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    matrix = dense(data.train)
    for snapshot in trainer.run():
        total = reference.train_on_batch(matrix[snapshot.rows], snapshot.labels.astype(np.float32)[:, None])
        assert snapshot.loss + snapshot.penalty == pytest.approx(float(total), rel=1e-4)
    for mine, theirs in zip(weights_of(trainer.network), reference.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_at_inference_every_way_equals_the_plain_network_with_the_same_weights(way):
    data = dataset()
    trainer = Trainer(settings(written_as=way), data)
    matrix = dense(data.train)
    for _ in range(3):
        weights = weights_of(trainer.network)
        snapshot = trainer.step()
        first, second, logits = forward_by_numpy(weights, matrix[snapshot.rows])
        np.testing.assert_allclose(snapshot.inference.place(1).output, first, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(snapshot.inference.place(2).output, second, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(snapshot.inference.logits, logits, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("way", ["numpy", "lambda", "layer"])
def test_classic_scaling_shrinks_at_inference_and_only_there(way):
    data = dataset()
    trainer = Trainer(settings(written_as=way, scaling="classic", rate_1=0.3, rate_2=0.6), data)
    weights = weights_of(trainer.network)
    snapshot = trainer.step()
    matrix = dense(data.train)[snapshot.rows]
    first = np.maximum(matrix @ weights[0] + weights[1], 0)
    np.testing.assert_allclose(snapshot.inference.place(1).output, first * 0.7, rtol=1e-4, atol=1e-6)
    second = np.maximum(first * 0.7 @ weights[2] + weights[3], 0)
    np.testing.assert_allclose(snapshot.inference.place(2).output, second * 0.4, rtol=1e-4, atol=1e-6)
    assert snapshot.training.place(1).factor == 1.0


def test_the_snapshot_is_the_pass_from_before_the_update():
    data = dataset()
    trainer = Trainer(settings(learning_rate=1.0), data)
    matrix = dense(data.train)
    for _ in range(4):
        before = weights_of(trainer.network)
        snapshot = trainer.step()
        place_1, place_2 = snapshot.training.hidden
        first = np.maximum(matrix[snapshot.rows] @ before[0] + before[1], 0)
        np.testing.assert_allclose(place_1.activation, first, rtol=1e-4, atol=1e-5)
        second = np.maximum(place_1.output @ before[2] + before[3], 0)
        np.testing.assert_allclose(place_2.activation, second, rtol=1e-4, atol=1e-5)
        logits = (place_2.output @ before[4] + before[5])[:, 0]
        np.testing.assert_allclose(snapshot.training.logits, logits, rtol=1e-4, atol=1e-5)
        labels = snapshot.labels.astype(float)
        losses = np.logaddexp(0, logits) - labels * logits
        assert snapshot.loss == pytest.approx(losses.mean(), rel=1e-4)
        assert snapshot.penalty == pytest.approx(0.001 * ((before[0] ** 2).sum() + (before[2] ** 2).sum()), rel=1e-4)
        assert snapshot.accuracy == pytest.approx(((logits > 0) == (labels > 0.5)).mean())
        assert not np.allclose(before[0], weights_of(trainer.network)[0])


def test_a_snapshot_cannot_be_written_to():
    snapshot = Trainer(settings(), dataset()).step()
    arrays = [snapshot.rows, snapshot.labels, snapshot.training.logits, snapshot.inference.logits]
    for forward in (snapshot.training, snapshot.inference):
        for place in forward.hidden:
            arrays += [place.activation, place.mask, place.output]
    assert not any(array.flags.writeable for array in arrays)


def test_the_streams_are_separate():
    runs = {
        way: list(Trainer(settings(written_as=way, seed=5), dataset()).run())
        for way in ("none", "keras", "numpy", "layer")
    }
    starts = [weights_of(Network(settings(written_as=way, seed=5))) for way in WAYS]
    for start in starts[1:]:
        for mine, theirs in zip(start, starts[0], strict=True):
            np.testing.assert_array_equal(mine, theirs)
    for snapshots in runs.values():
        for mine, theirs in zip(snapshots, runs["none"], strict=True):
            np.testing.assert_array_equal(mine.rows, theirs.rows)
    assert len({stream_seed(5, name) for name in ("order", "weights_1", "weights_2", "masks_1", "masks_2")}) == 5


@pytest.mark.parametrize("way", WAYS)
def test_the_same_settings_and_seed_give_the_same_run(way):
    first, second = (list(Trainer(settings(written_as=way), dataset()).run()) for _ in range(2))
    for mine, theirs in zip(first, second, strict=True):
        assert (mine.loss, mine.penalty, mine.accuracy) == (theirs.loss, theirs.penalty, theirs.accuracy)
        for hidden in HIDDEN:
            np.testing.assert_array_equal(mine.training.place(hidden).mask, theirs.training.place(hidden).mask)
    other = next(Trainer(settings(written_as=way, seed=8), dataset()).run())
    assert not np.array_equal(other.rows, first[0].rows)


def test_an_epoch_shows_every_review_that_is_trained_on_once():
    trainer = Trainer(settings(validation=10_000), dataset(train=210))
    held_out = settings().validation_count(210)
    assert held_out == 84
    snapshots = list(trainer.run())
    for epoch in (1, 2):
        rows = np.concatenate([s.rows for s in snapshots if s.epoch == epoch])
        np.testing.assert_array_equal(np.sort(rows), np.arange(84, 210))
    assert [s.batch for s in snapshots] == [1, 2, 3, 4] * 2
    assert [s.step for s in snapshots] == list(range(1, 9))
    assert not np.array_equal(snapshots[0].rows, snapshots[4].rows)


def test_an_epochs_figures_are_those_of_its_batches_and_of_numpy():
    data = dataset()
    trainer = Trainer(settings(epochs=1, rate_1=0.8), data)
    snapshots = list(trainer.run())
    result = trainer.history.results[0]
    sizes = [len(s.rows) for s in snapshots]
    assert result.loss == pytest.approx(np.average([s.loss for s in snapshots], weights=sizes))
    assert result.penalty == pytest.approx(np.average([s.penalty for s in snapshots], weights=sizes))
    assert result.accuracy == pytest.approx(np.average([s.accuracy for s in snapshots], weights=sizes))
    _, _, logits = forward_by_numpy(weights_of(trainer.network), dense(data.train))
    labels = data.train.labels
    losses, right = np.logaddexp(0, logits) - labels * logits, (logits > 0) == (labels == 1)
    assert result.val_loss == pytest.approx(losses[:80].mean(), rel=1e-4)
    assert result.train_loss == pytest.approx(losses[80:].mean(), rel=1e-4)
    assert result.val_accuracy == pytest.approx(right[:80].mean())
    assert result.train_accuracy == pytest.approx(right[80:].mean())
    assert result.seconds > 0


def test_nothing_held_out_gives_no_validation_figures():
    trainer = Trainer(settings(validation=0, epochs=1), dataset())
    list(trainer.run())
    assert (trainer.history.results[0].val_loss, trainer.history.results[0].val_accuracy) == (None, None)


def test_predictions_are_probabilities_with_dropout_off():
    data = dataset()
    trainer = Trainer(settings(), data)
    list(trainer.run())
    _, _, logits = forward_by_numpy(weights_of(trainer.network), dense(data.test))
    rows = np.array([3, 0, 49])
    np.testing.assert_allclose(trainer.predict(data.test, rows), 1 / (1 + np.exp(-logits[rows])), rtol=1e-4)


def test_live_fields_act_at_the_next_batch():
    trainer = Trainer(settings(), dataset())
    assert trainer.step().training.place(1).rate == 0.5
    changed = trainer.update(trainer.settings.replace(rate_1=0.25, learning_rate=0.0))
    assert changed is not None
    assert changed.changes == (("rate_1", 0.5, 0.25), ("learning_rate", 0.001, 0.0))
    assert (changed.step, changed.position) == (2, 1 / trainer.batches)
    assert trainer.history.changes == (changed,)
    before = weights_of(trainer.network)
    snapshot = trainer.step()
    assert (snapshot.training.place(1).rate, snapshot.training.place(2).rate) == (0.25, 0.5)
    assert snapshot.training.place(1).factor == np.float32(1) / np.float32(0.75)
    for mine, theirs in zip(weights_of(trainer.network), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert trainer.update(trainer.settings) is None


def test_what_needs_a_restart_is_refused_and_nothing_is_taken_over():
    trainer = Trainer(settings(), dataset())
    with pytest.raises(ValueError, match="units cannot change during a run; start a new one"):
        trainer.update(trainer.settings.replace(units=9, rate_1=0.1))
    assert trainer.step().training.place(1).rate == 0.5


def test_epochs_can_be_raised_and_lowered():
    trainer = Trainer(settings(epochs=2), dataset())
    run = trainer.run()
    for _ in range(trainer.batches + 1):
        next(run)
    trainer.update(trainer.settings.replace(epochs=1))
    assert len(list(run)) == trainer.batches - 1  # it ends at the end of the epoch in hand
    assert trainer.epochs_done == 2
    trainer.update(trainer.settings.replace(epochs=3))
    assert len(list(trainer.run())) == trainer.batches
    assert trainer.finished


def test_no_epochs_is_no_batch():
    trainer = Trainer(settings(epochs=0), dataset())
    assert list(trainer.run()) == []


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence():
    trainer = Trainer(settings(learning_rate=10.0, optimizer="sgd", l2=1.0, epochs=50), dataset())
    with pytest.raises(DivergedError, match=r"no longer a finite number .* Start again with a learning rate below 10"):
        list(trainer.run())
    assert not math.isfinite(trainer.history.scalars().loss[-1])


def test_holding_out_everything_is_refused():
    with pytest.raises(ValueError, match="validation must leave reviews to train on"):
        Trainer(settings(validation=24_000), dataset(train=5))


def test_the_keras_model_is_the_network():
    data = dataset()
    trainer = Trainer(settings(), data)
    trainer.step()
    pairs = data.test.coordinates(np.arange(20))
    sparse = tf.SparseTensor(pairs, np.ones(len(pairs), np.float32), (20, NUM_WORDS))
    _, _, logits = forward_by_numpy(weights_of(trainer.network), dense(data.test)[:20])
    np.testing.assert_allclose(trainer.network.model(sparse, training=False)[:, 0], logits, rtol=1e-4, atol=1e-6)
