"""A run that was interrupted at an epoch's end goes on exactly as the uninterrupted one does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from explorer.data.progress import DataError
from explorer.engine import Settings
from explorer.engine.checkpoint import Checkpoint, capture
from explorer.engine.history import History
from explorer.engine.probes import Probes
from explorer.engine.questions import AboutReview, NewBatch, NewMask
from explorer.engine.resuming import resume
from explorer.engine.run_record import RunRecord
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset

DATA = dataset()
SMALL = Settings(num_words=NUM_WORDS, units=5, batch_size=48, epochs=4)  # 3 batches an epoch, the last one short


@dataclass
class Stopped:
    """Stands for a run from a file."""

    record: RunRecord
    checkpoint: Checkpoint | None

    def weights(self, epoch: int) -> None:
        return None


def train(trainer: Trainer, batches: int) -> None:
    for _ in range(batches):
        trainer.step()
        if trainer.epoch_is_trained:
            trainer.end_epoch()


def assert_same_run(one: Trainer, other: Trainer) -> None:
    for mine, theirs in zip(one.network.trainable_variables, other.network.trainable_variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    a, b = one.history, other.history
    assert len(a) == len(b)
    assert [(r.loss, r.train_loss, r.val_loss, r.accuracy) for r in a.results] == [
        (r.loss, r.train_loss, r.val_loss, r.accuracy) for r in b.results
    ]
    assert [(c.step, c.changes, c.settings) for c in a.changes] == [(c.step, c.changes, c.settings) for c in b.changes]
    np.testing.assert_array_equal(a.scalars().loss, b.scalars().loss)
    for step in range(1, len(a) + 1):
        mine, theirs = a.batch(step), b.batch(step)
        np.testing.assert_array_equal(mine.rows, theirs.rows)
        for k in (0, 1):
            np.testing.assert_array_equal(mine.masks[k], theirs.masks[k])
        np.testing.assert_array_equal(mine.activations.hidden_2, theirs.activations.hidden_2)
        np.testing.assert_array_equal(mine.activations.weights, theirs.activations.weights)


def test_two_epochs_and_two_more_are_four():
    settings = SMALL.replace(
        optimizer="adam"
    )  # every other way of writing it, and optimizer: tests/store/test_round_trip.py
    whole = Trainer(settings, DATA)
    train(whole, 12)
    first = Trainer(settings, DATA)
    train(first, 6)
    second = resume(Stopped(RunRecord.of(first), capture(first)), DATA)
    train(second, 6)
    assert second.finished
    assert_same_run(whole, second)


def test_live_changes_hold_after_the_interruption_too():
    changes = [SMALL.replace(rate_1=0.2), SMALL.replace(rate_1=0.2, learning_rate=0.01, rate_2=0.75)]
    runs = []
    for stop in (False, True):
        trainer = Trainer(SMALL, DATA)
        train(trainer, 2)
        trainer.update(changes[0])
        train(trainer, 4)
        if stop:
            checkpoint = capture(trainer)
            trainer.update(changes[1])  # after the checkpoint, before the next batch
            trainer = resume(Stopped(RunRecord.of(trainer), checkpoint), DATA)
        else:
            trainer.update(changes[1])
        train(trainer, 6)
        runs.append(trainer)
    assert_same_run(*runs)


def test_a_run_in_the_middle_of_an_epoch_goes_on_from_its_last_complete_one():
    whole = Trainer(SMALL, DATA)
    train(whole, 12)
    first = Trainer(SMALL, DATA)
    train(first, 3)
    checkpoint = capture(first)
    train(first, 1)
    first.update(SMALL.replace(rate_1=0.9))  # in the epoch that is begun again
    train(first, 1)
    second = resume(Stopped(RunRecord.of(first), checkpoint), DATA, generation=7)
    assert len(second.history) == 3
    assert second.settings == SMALL
    train(second, 9)
    assert_same_run(whole, second)
    assert len(first.history) == 5


def test_questions_leave_no_trace_in_a_checkpoint():
    settings = SMALL.replace(written_as="numpy")
    whole = Trainer(settings, DATA)
    train(whole, 12)
    first = Trainer(settings, DATA)
    train(first, 3)
    probes = Probes(first)
    shown = probes.answer(NewBatch())
    probes.answer(NewMask(shown))
    probes.answer(AboutReview(np.array([1, 5, 9], np.uint16), masks=20))
    second = resume(Stopped(RunRecord.of(first), capture(first)), DATA)
    Probes(second).answer(NewBatch())
    train(second, 9)
    assert_same_run(whole, second)


def test_a_checkpoint_is_taken_at_the_end_of_an_epoch():
    trainer = Trainer(SMALL, DATA)
    for batches in (0, 1, 1):
        train(trainer, batches)
        with pytest.raises(RuntimeError, match="at the end of an epoch"):
            capture(trainer)
    train(trainer, 1)
    kept = capture(trainer)
    before = [weight.copy() for weight in kept.weights]
    train(trainer, 3)
    for mine, theirs in zip(kept.weights, before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(ValueError, match="read-only"):
        kept.weights[0][:] = 0


def test_other_reviews_are_refused():
    trainer = Trainer(SMALL, DATA)
    train(trainer, 3)
    stopped = Stopped(RunRecord.of(trainer, "first try"), capture(trainer))
    with pytest.raises(DataError, match=r"^first try was trained on other reviews \(Test reviews, 200 for training\)"):
        resume(stopped, dataset(train=240))
    with pytest.raises(DataError, match="no complete epoch to continue from"):
        resume(Stopped(stopped.record, None), DATA)


def test_reviews_whose_words_an_earlier_version_split_otherwise_are_refused_for_that_reason():
    trainer = Trainer(SMALL, replace(DATA, word_rule=1))
    train(trainer, 3)
    stopped = Stopped(RunRecord.of(trainer, "first try"), capture(trainer))
    reason = (
        "^first try was trained on Test reviews, whose words an earlier version of this program split by another rule"
    )
    with pytest.raises(DataError, match=reason):
        resume(stopped, replace(DATA, fingerprint="by the rule of today"))


def test_a_run_that_goes_on_keeps_its_rule_for_words():
    trainer = Trainer(SMALL, replace(DATA, word_rule=1))
    train(trainer, 3)
    again = resume(Stopped(RunRecord.of(trainer), capture(trainer)), DATA)
    assert RunRecord.of(again).reviews.word_rule == again.dataset.word_rule == 1


def test_an_order_that_this_numpy_does_not_draw_is_refused():
    trainer = Trainer(SMALL, DATA)
    train(trainer, 6)
    record, checkpoint = RunRecord.of(trainer), capture(trainer)
    first, second = (record.history.block(epoch) for epoch in (1, 2))
    drawn_otherwise = replace(second, order=second.order[::-1].copy())  # as another generator would have it
    history = History.restored(record.history.batches, [first, drawn_otherwise], record.results)
    with pytest.raises(DataError, match=rf"cannot be continued with NumPy {np.__version__}, which draws another order"):
        resume(Stopped(replace(record, history=history), checkpoint), DATA)
    resume(Stopped(record, checkpoint), DATA)
