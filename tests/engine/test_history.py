import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.history import REVIEWS_SHOWN, History
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset


def trained(history: History | None = None, **changes):
    values = {"batch_size": 80, "epochs": 3, "units": 5, "num_words": NUM_WORDS, "validation": 0}
    trainer = Trainer(Settings(**{**values, **changes}), dataset(), history=history)
    snapshots = list(trainer.run())
    return trainer.history, snapshots


@pytest.mark.parametrize("written_as", ["layer", "numpy", "keras"])
def test_every_batch_is_read_back_exactly(written_as):
    history, snapshots = trained(written_as=written_as, rate_1=0.3)
    assert len(history) == len(snapshots) == 9
    for snapshot in snapshots:
        record = history.batch(snapshot.step)
        np.testing.assert_array_equal(record.rows, snapshot.rows)
        for hidden in (1, 2):
            place = snapshot.training.place(hidden)
            np.testing.assert_array_equal(record.masks[hidden - 1], place.mask)
            assert record.masks[hidden - 1].dtype == np.bool_
            assert record.rates[hidden - 1] == place.rate
            assert record.factors[hidden - 1] == place.factor
        kept = record.activations
        assert kept is not None
        np.testing.assert_array_equal(kept.hidden_1, snapshot.training.place(1).activation[:REVIEWS_SHOWN])
        np.testing.assert_array_equal(kept.hidden_2, snapshot.training.place(2).activation[:REVIEWS_SHOWN])
        np.testing.assert_array_equal(kept.hidden_2_inference, snapshot.inference.place(2).activation[:REVIEWS_SHOWN])
        np.testing.assert_array_equal(kept.logits, snapshot.training.logits[:REVIEWS_SHOWN])
        np.testing.assert_array_equal(kept.logits_inference, snapshot.inference.logits[:REVIEWS_SHOWN])


def test_where_no_dropout_stands_the_mask_keeps_everything():
    history, _ = trained(dropout_1=False)
    record = history.batch(3)
    assert record.masks[0].shape == (40, 5)
    assert record.masks[0].all()
    assert not record.masks[1].all()
    assert record.rates == (0.0, 0.5)


def test_scalars_are_those_of_the_snapshots():
    history, snapshots = trained()
    scalars = history.scalars()
    np.testing.assert_array_equal(scalars.step, [s.step for s in snapshots])
    np.testing.assert_array_equal(scalars.epoch, [s.epoch for s in snapshots])
    np.testing.assert_array_equal(scalars.loss, np.float32([s.loss for s in snapshots]))
    np.testing.assert_array_equal(scalars.penalty, np.float32([s.penalty for s in snapshots]))
    np.testing.assert_array_equal(scalars.accuracy, np.float32([s.accuracy for s in snapshots]))
    np.testing.assert_allclose(scalars.position, np.arange(1, 10) / 3)


def test_masks_take_a_bit_each():
    history, snapshots = trained(units=16)
    packed = sum(part.nbytes for epoch in history._epochs for part in epoch.masks if part is not None)
    full = sum(80 for s in snapshots)  # the last batch of an epoch has room for as many
    assert packed == full * 16 * 2 / 8


def test_activations_stay_within_the_budget_and_are_thinned_evenly():
    one_batch = 64 * (3 * 5 + 2) * 4
    history, snapshots = trained(History(3, activation_budget_bytes=10 * one_batch), epochs=20)
    assert 0 < history.activation_bytes <= 10 * one_batch
    kept = [s.step for s in snapshots if history.batch(s.step).activations is not None]
    assert history.stride == 8
    assert kept == list(range(1, 61, 8))
    for first, last in ((1, 60), (2, 60), (9, 9), (10, 16), (30, 99)):
        assert history.kept_steps(first, last).tolist() == [step for step in kept if first <= step <= last]
    for step in range(1, 61):
        nearest = history.nearest_with_activations(step)
        assert abs(nearest - step) == min(abs(k - step) for k in kept)
        assert nearest in kept
    for snapshot in snapshots:  # the masks are all there all the same
        np.testing.assert_array_equal(history.mask(snapshot.step, 2), snapshot.training.place(2).mask)


def test_a_run_that_is_over_can_be_shrunk_and_keeps_all_masks():
    history, snapshots = trained(epochs=20)
    before = history.activation_bytes
    history.shrink(before // 3)
    assert 0 < history.activation_bytes <= before // 3
    for snapshot in snapshots:
        np.testing.assert_array_equal(history.mask(snapshot.step, 1), snapshot.training.place(1).mask)
    history.shrink(0)
    assert history.activation_bytes == 0
    assert history.nearest_with_activations(7) == 7  # none is nearer


def test_the_weights_and_the_means_of_every_batch_are_kept():
    history, snapshots = trained()
    for snapshot in snapshots:
        record = history.batch(snapshot.step)
        assert record.activations is not None
        assert snapshot.weights is not None
        np.testing.assert_array_equal(record.activations.weights, snapshot.weights.flat)
        for hidden in (1, 2):
            place, calm = snapshot.training.place(hidden), snapshot.inference.place(hidden)
            whole = record.whole
            assert whole.size == len(snapshot.rows)
            assert whole.shares_kept[hidden - 1] == place.mask.mean()
            assert whole.activations[hidden - 1] == pytest.approx(place.activation.mean(), rel=1e-5)
            assert whole.outputs[hidden - 1] == pytest.approx(place.output.mean(), rel=1e-5)
            assert whole.calm_activations[hidden - 1] == pytest.approx(calm.activation.mean(), rel=1e-5)


def test_a_budget_too_small_for_one_batch_keeps_none():
    history, _ = trained(History(3, activation_budget_bytes=10))
    assert history.activation_bytes == 0
    assert history.batch(1).activations is None


@pytest.mark.parametrize("step", [0, 10, -1])
def test_a_batch_that_has_not_been_is_refused(step):
    history, _ = trained()
    with pytest.raises(IndexError, match=rf"step must be in \[1, 9\], got {step}"):
        history.batch(step)


@pytest.mark.parametrize("changes", [{}, {"dropout_1": False}, {"written_as": "none"}])
def test_epochs_that_were_handed_out_make_the_same_history(changes):
    history, _ = trained(**changes)
    again = History.restored(3, [history.block(epoch) for epoch in (1, 2, 3)], history.results, history.changes)
    assert len(again) == 9
    assert again.results == history.results
    assert again.activation_bytes == history.activation_bytes
    for step in range(1, 10):
        one, other = history.batch(step), again.batch(step)
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.masks[1], other.masks[1])
        np.testing.assert_array_equal(one.activations.logits, other.activations.logits)
        assert (one.whole.size, one.whole.outputs) == (other.whole.size, other.whole.outputs)
    np.testing.assert_array_equal(history.scalars().accuracy, again.scalars().accuracy)


def test_a_restored_history_is_written_on_in_the_middle_of_an_epoch():
    history, snapshots = trained()
    blocks = [history.block(1), history.block(2)]
    cut = History(3)
    cut.begin_epoch(history.block(1).order.astype(np.int64))
    for snapshot in snapshots[:2]:
        cut.append(snapshot)
    again = History.restored(3, [cut.block(1)])
    again.append(snapshots[2])
    assert len(again) == 3
    np.testing.assert_array_equal(again.mask(3, 1), history.mask(3, 1))
    np.testing.assert_array_equal(again.batch(3).activations.hidden_2, history.batch(3).activations.hidden_2)
    whole = History.restored(3, blocks, history.results[:2])
    whole.begin_epoch(history.block(3).order.astype(np.int64))
    for snapshot in snapshots[6:]:
        whole.append(snapshot)
    np.testing.assert_array_equal(whole.scalars().loss, history.scalars().loss)
    np.testing.assert_array_equal(history.batch(4).activations.weights, whole.batch(4).activations.weights)


def test_a_thinned_history_is_restored_as_it_was():
    one_batch = 64 * (3 * 5 + 2) * 4
    history, _ = trained(History(3, activation_budget_bytes=10 * one_batch), epochs=20)
    again = History.restored(3, [history.block(epoch) for epoch in range(1, 21)])
    assert again.stride == history.stride == 8
    assert again.kept_steps(1, 60).tolist() == history.kept_steps(1, 60).tolist()
    assert history.block(1).thinned(16).steps.tolist() == [1]
    assert history.block(1).thinned(0).steps.tolist() == []


@pytest.mark.parametrize("epoch", [0, 4])
def test_an_epoch_that_has_not_been_is_refused(epoch):
    history, _ = trained()
    with pytest.raises(IndexError, match=rf"epoch must be in \[1, 3\], got {epoch}"):
        history.block(epoch)
