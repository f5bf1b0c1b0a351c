"""Questions put to the weights of a run: what they answer, and that they leave no trace in it."""

import functools

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.history import History
from explorer.engine.probes import Probes
from explorer.engine.questions import AboutReview, NewBatch, NewMask, ReviewAnswer, SlowBatch, SlowStep
from explorer.engine.recall import recall, settings_at
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Forward, Refusal, Snapshot
from explorer.engine.statistics import batch_statistics, place_statistics
from explorer.engine.training import Trainer
from explorer.presentation import arithmetic, network_pass
from tests.builders import NUM_WORDS, dataset, dense

WAYS = ("none", "numpy", "lambda", "layer", "keras")
DATA = dataset()
CLASSIC = {"written_as": "layer", "scaling": "classic", "rate_1": 0.2, "rate_2": 0.2}
NEVER_SEEN = np.array([1, 5, 40], np.uint16)


def settings(**changes) -> Settings:
    """Two batches an epoch, of 70 and 50 reviews: more than the history shows, and fewer."""
    return Settings(num_words=NUM_WORDS).replace(
        **{"batch_size": 70, "epochs": 3, "units": 8, "learning_rate": 0.01, **changes}
    )


@functools.cache
def trained(**changes) -> tuple[Trainer, list[Snapshot]]:
    """A run to its end. Tests share it and must only ask it questions, which leave no trace: that is tested first."""
    trainer = Trainer(settings(**changes), DATA)
    return trainer, list(trainer.run())


def ids_of(row: int) -> np.ndarray:
    return DATA.test.ids[DATA.test.offsets[row] : DATA.test.offsets[row + 1]]


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def weights_of(trainer: Trainer) -> list[np.ndarray]:
    return [weight.numpy().copy() for weight in trainer.network.trainable_variables]


def assert_same_pass(mine: Forward, theirs: Forward) -> None:
    np.testing.assert_array_equal(mine.logits, theirs.logits)
    for hidden in HIDDEN:
        for array in ("activation", "mask", "output"):
            np.testing.assert_array_equal(getattr(mine.place(hidden), array), getattr(theirs.place(hidden), array))
        assert mine.place(hidden).factor == theirs.place(hidden).factor


def assert_same_batch(mine: Snapshot, theirs: Snapshot) -> None:
    assert (mine.step, mine.loss, mine.penalty, mine.accuracy) == (
        theirs.step,
        theirs.loss,
        theirs.penalty,
        theirs.accuracy,
    )
    np.testing.assert_array_equal(mine.rows, theirs.rows)
    assert_same_pass(mine.training, theirs.training)
    assert_same_pass(mine.inference, theirs.inference)


# -- no trace --


@pytest.mark.parametrize("way", WAYS)
def test_questions_at_any_time_change_nothing_about_the_run(way):
    plain, expected = trained(written_as=way)
    asked = Trainer(settings(written_as=way), DATA)
    probes = Probes(asked)
    probes.answer(AboutReview(NEVER_SEEN, masks=7))
    probes.answer(NewBatch())
    for k, theirs in enumerate(expected):
        if k in (1, 4):  # one that ends an epoch, and one that does not
            slow = probes.answer(SlowStep())
            assert isinstance(slow, SlowBatch)
            mine = slow.snapshot
        else:
            mine = asked.step()
        assert_same_batch(mine, theirs)
        question = (NewBatch(), NewMask(mine), AboutReview(NEVER_SEEN, masks=7))[k % 3]
        assert not isinstance(probes.answer(question), Refusal)
        if asked.epoch_is_trained:
            asked.end_epoch()
    assert asked.traces == 1
    assert len(asked.history) == len(expected)
    for mine_result, their_result in zip(asked.history.results, plain.history.results, strict=True):
        assert (mine_result.loss, mine_result.val_loss) == (their_result.loss, their_result.val_loss)


# -- slow motion --


def test_a_slow_step_tells_what_the_step_did():
    trainer = Trainer(settings(rate_1=0.3), DATA)
    probes = Probes(trainer)
    trainer.step()
    before = weights_of(trainer)
    answer = probes.answer(SlowStep())
    after = weights_of(trainer)
    assert isinstance(answer, SlowBatch)
    snapshot = answer.snapshot
    assert (snapshot.kind, snapshot.step, trainer.steps) == ("trained", 2, 2)
    np.testing.assert_array_equal(np.maximum(answer.dense[0], 0), snapshot.training.place(1).activation)
    np.testing.assert_allclose(
        np.maximum(answer.dense[1], 0), snapshot.training.place(2).activation, rtol=1e-5, atol=1e-6
    )
    assert (answer.dense[0] < 0).any()
    assert answer.losses.shape == (len(snapshot.rows),)
    assert answer.losses.mean() == pytest.approx(snapshot.loss, rel=1e-6)
    for (length, change), old, new in zip(answer.norms, before[::2], after[::2], strict=True):
        assert length == pytest.approx(np.linalg.norm(old), rel=1e-5)
        assert change == pytest.approx(np.linalg.norm(new - old), rel=1e-4)
        assert change > 0
    assert snapshot.weights is not None
    assert answer.weights_after is not None
    np.testing.assert_array_equal(snapshot.weights.kernel_2, before[2])
    np.testing.assert_array_equal(answer.weights_after.kernel_2, after[2])
    np.testing.assert_array_equal(answer.weights_after.kernel_3, after[4][:, 0])


def test_when_all_epochs_are_trained_a_slow_step_is_refused():
    trainer, _ = trained(written_as="keras")
    refusal = Probes(trainer).answer(SlowStep())
    assert isinstance(refusal, Refusal)
    assert "Raise Epochs" in refusal.message
    assert trainer.steps == 3 * trainer.batches


# -- forward only --


def test_a_new_batch_shows_other_reviews_and_updates_nothing():
    trainer, _ = trained(written_as="keras")
    before, probes = weights_of(trainer), Probes(trainer)
    first, second = (probes.answer(NewBatch()) for _ in range(2))
    assert isinstance(first, Snapshot)
    assert isinstance(second, Snapshot)
    assert (first.kind, first.step, len(first.rows)) == ("forward", 6, 70)
    assert not np.array_equal(first.rows, second.rows)
    assert len(set(first.rows.tolist())) == 70
    assert np.isin(first.rows, trainer.trained_on).all()
    for mine, theirs in zip(weights_of(trainer), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    expected = np.maximum(dense(DATA.train)[first.rows] @ before[0] + before[1], 0)
    np.testing.assert_allclose(first.training.place(1).activation, expected, rtol=1e-4, atol=1e-6)
    assert (trainer.steps, len(trainer.history)) == (6, 6)


def test_a_new_mask_on_a_new_batch_is_still_no_batch_of_the_run():
    trainer, _ = trained()
    probes = Probes(trainer)
    forward = probes.answer(NewBatch())
    fresh = probes.answer(NewMask(forward))
    assert fresh.kind == probes.answer(NewMask(fresh)).kind == "forward mask"
    np.testing.assert_array_equal(fresh.rows, forward.rows)
    assert arithmetic.which_batch(fresh) == "forward only after batch 6, with a new mask"
    assert network_pass.which_batch(fresh, "training") == "fresh masks · forward only · training"


# -- fresh masks --


def one_ulp(way: str) -> float:
    return float(np.finfo(np.float32).eps) if way == "keras" else 0.0


@pytest.mark.parametrize("way", ["numpy", "lambda", "layer", "keras"])
@pytest.mark.parametrize("recalled", [False, True], ids=["live", "recalled"])
def test_new_masks_keep_the_activations_and_the_weights_of_the_batch(way, recalled):
    trainer, snapshots = trained(written_as=way)
    snapshot = read_back(trainer, 1) if recalled else snapshots[0]
    weights = snapshot.weights
    assert weights is not None
    assert not np.allclose(weights.kernel_2, weights_of(trainer)[2]), "the current weights are others by now"
    probes = Probes(trainer)
    fresh, again = (probes.answer(NewMask(snapshot)) for _ in range(2))
    assert isinstance(fresh, Snapshot)
    assert isinstance(again, Snapshot)
    assert (fresh.kind, fresh.step, fresh.epoch, fresh.batch) == ("mask", 1, 1, 1)
    np.testing.assert_array_equal(fresh.rows, snapshot.rows)
    np.testing.assert_array_equal(fresh.training.place(1).activation, snapshot.training.place(1).activation)
    masks = [each.training.place(1).mask for each in (snapshot, fresh, again)]
    assert not any(np.array_equal(one, other) for one, other in zip(masks, masks[1:] + masks[:1], strict=True))
    for hidden in HIDDEN:
        place = fresh.training.place(hidden)
        product = place.activation * place.mask * np.float32(place.factor)
        np.testing.assert_allclose(place.output, product, rtol=one_ulp(way), atol=0)
    below = fresh.training.place(1).output @ weights.kernel_2 + weights.bias_2
    np.testing.assert_allclose(fresh.training.place(2).activation, np.maximum(below, 0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fresh.inference.logits, snapshot.inference.logits, rtol=1e-5, atol=1e-6)


def test_new_masks_have_the_current_rate():
    trainer = Trainer(settings(written_as="layer"), DATA)
    snapshot = trainer.step()
    trainer.update(trainer.settings.replace(rate_2=0.1))
    fresh = Probes(trainer).answer(NewMask(snapshot))
    assert isinstance(fresh, Snapshot)
    assert (fresh.training.place(1).rate, fresh.training.place(2).rate) == (0.5, np.float32(0.1))
    assert fresh.training.place(2).mask.mean() > 0.8


def test_new_masks_on_activations_that_were_let_go_are_refused():
    trainer = Trainer(settings(), DATA, history=History(2, activation_budget_bytes=1))
    list(trainer.run())
    gone = next(step for step in range(1, len(trainer.history) + 1) if not trainer.history.has_activations(step))
    refusal = Probes(trainer).answer(NewMask(read_back(trainer, gone)))
    assert isinstance(refusal, Refusal)
    assert "Choose a batch that has them" in refusal.message


# -- about a review --


def answer_about(trainer: Trainer, ids: np.ndarray, masks: int = 200) -> ReviewAnswer:
    answer = Probes(trainer).answer(AboutReview(ids, masks))
    assert isinstance(answer, ReviewAnswer)
    return answer


@pytest.mark.parametrize("changes", [{"written_as": "keras"}, {"written_as": "none"}, CLASSIC], ids=str)
def test_the_prediction_is_the_one_that_predicting_gives(changes):
    trainer, _ = trained(**changes)
    predicted = trainer.predict(DATA.test, np.arange(5))
    assert np.ptp(predicted) > 0.05
    for row in range(5):
        answer = answer_about(trainer, ids_of(row))
        assert answer.step == trainer.steps
        assert answer.prediction == pytest.approx(predicted[row], abs=1e-6)


def test_leaving_a_word_out_is_predicting_the_review_without_it():
    trainer, _ = trained(written_as="keras")
    ids = ids_of(3)
    answer = answer_about(trainer, ids)
    rest = [np.delete(ids, k) for k in range(len(ids))]
    pairs = np.array([(k, int(each)) for k, some in enumerate(rest) for each in some], np.int64)
    expected = sigmoid(trainer.logits(pairs, len(ids)))
    np.testing.assert_allclose(answer.without, expected, rtol=0, atol=1e-6)
    assert np.ptp(answer.without) > 1e-3


@pytest.mark.parametrize("changes", [CLASSIC, {**CLASSIC, "scaling": "inverted"}], ids=["classic", "inverted"])
def test_the_sampled_predictions_scatter_round_the_one_with_dropout_off(changes):
    trainer = Trainer(settings(**changes), DATA)
    answer = answer_about(trainer, ids_of(0), masks=4000)
    assert answer.sampled.shape == (4000,)
    deviation = float(answer.sampled.std())
    assert deviation > 1e-3
    assert ((answer.sampled > 0) & (answer.sampled < 1)).all()
    # Near, not equal: the network is no linear function of its masks.
    centre = answer.prediction
    assert float(answer.sampled.mean()) == pytest.approx(centre, abs=0.25 * deviation)


def test_asking_twice_draws_other_masks():
    probes = Probes(trained(written_as="keras")[0])
    first, second = (probes.answer(AboutReview(ids_of(0))) for _ in range(2))
    assert isinstance(first, ReviewAnswer)
    assert isinstance(second, ReviewAnswer)
    assert not np.array_equal(first.sampled, second.sampled)
    assert first.prediction == second.prediction


@pytest.mark.parametrize("changes", [{"rate_1": 0.0, "rate_2": 0.0}, {"written_as": "none"}], ids=str)
def test_without_anything_dropped_every_sample_is_the_prediction(changes):
    trainer = Trainer(settings(**changes), DATA)
    answer = answer_about(trainer, ids_of(0))
    np.testing.assert_allclose(answer.sampled, answer.prediction, rtol=0, atol=1e-6)


def test_a_review_of_every_word_is_is_answered_in_blocks(monkeypatch):
    trainer, _ = trained(written_as="keras")
    ids = np.arange(NUM_WORDS, dtype=np.uint16)
    at_once = answer_about(trainer, ids, masks=50)
    monkeypatch.setattr("explorer.engine.review_probe._CELLS_AT_ONCE", 7 * 8)
    in_blocks = answer_about(trainer, ids, masks=50)
    assert in_blocks.sampled.shape == (50,)
    assert in_blocks.prediction == pytest.approx(at_once.prediction, abs=1e-6)
    np.testing.assert_allclose(in_blocks.without, at_once.without, rtol=0, atol=1e-6)


def test_a_review_without_words_is_the_start_token_or_nothing_at_all():
    trainer, _ = trained(written_as="keras")
    for ids in (np.array([1], np.uint16), np.empty(0, np.uint16)):
        answer = answer_about(trainer, ids)
        pairs = np.array([(0, int(each)) for each in ids], np.int64).reshape(-1, 2)
        assert answer.prediction == pytest.approx(sigmoid(trainer.logits(pairs, 1))[0], abs=1e-6)
        assert answer.without.shape == ids.shape


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (AboutReview(np.array([NUM_WORDS], np.uint16)), r"ids must be in \[0, 60\), got 60 to 60"),
        (AboutReview(NEVER_SEEN, masks=-1), "masks must be at least 0, got -1"),
    ],
)
def test_what_cannot_be_asked_is_named(question, sentence):
    with pytest.raises(ValueError, match=sentence):
        Probes(trained(written_as="keras")[0]).answer(question)


# -- read back --


def read_back(trainer: Trainer, step: int, started_with: Settings | None = None) -> Snapshot:
    return recall(
        trainer.history,
        step,
        labels=DATA.train.labels,
        started_with=started_with or trainer.settings,
        generation=trainer.generation,
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_batch_read_back_is_the_batch_that_was(way):
    trainer, live = trained(written_as=way)
    for snapshot in live:
        back = read_back(trainer, snapshot.step)
        shown = len(back.rows)
        assert shown == min(64, len(snapshot.rows))
        assert back.size == snapshot.size
        np.testing.assert_array_equal(back.rows, snapshot.rows[:shown])
        np.testing.assert_array_equal(back.labels, snapshot.labels[:shown])
        for mode in ("training", "inference"):
            mine, theirs = back.forward(mode), snapshot.forward(mode)
            np.testing.assert_array_equal(mine.logits, theirs.logits[:shown])
            for hidden in HIDDEN:
                place, other = mine.place(hidden), theirs.place(hidden)
                np.testing.assert_array_equal(place.activation, other.activation[:shown])
                np.testing.assert_array_equal(place.mask, other.mask[:shown])
                np.testing.assert_allclose(place.output, other.output[:shown], rtol=one_ulp(way), atol=0)
                assert (place.factor, place.rate, place.active) == (other.factor, other.rate, other.active)
                whole, counted = batch_statistics(back, mode, hidden), place_statistics(other, mode)
                assert (whole.cells, whole.keep_probability) == (counted.cells, counted.keep_probability)
                assert whole.share_kept == pytest.approx(counted.share_kept, rel=1e-6)
                assert whole.mean_activation == pytest.approx(counted.mean_activation, rel=1e-5)
                assert whole.mean_output == pytest.approx(counted.mean_output, rel=1e-5)
        assert back.weights is not None
        assert snapshot.weights is not None
        np.testing.assert_array_equal(back.weights.flat, snapshot.weights.flat)
        assert (back.loss, back.accuracy) == pytest.approx((snapshot.loss, snapshot.accuracy), rel=1e-6)


def test_a_batch_read_back_knows_the_settings_it_was_trained_with():
    trainer = Trainer(settings(written_as="layer"), DATA)
    before, began = trainer.step(), trainer.settings
    trainer.update(began.replace(rate_1=0.25))
    trainer.step()
    trainer.end_epoch()
    trainer.update(trainer.settings.replace(learning_rate=0.001))
    trainer.step()
    at = [settings_at(trainer.history, began, step) for step in (1, 2, 3)]
    assert [each.rate_1 for each in at] == [0.5, 0.25, 0.25]
    assert [each.learning_rate for each in at] == [0.01, 0.01, 0.001]
    assert read_back(trainer, 1, began).settings == before.settings
    assert read_back(trainer, 2, began).training.place(1).rate == 0.25
