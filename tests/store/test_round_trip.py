"""What is saved is what is opened, and what is opened goes on as what was saved."""

import functools
import json
import sys
import zipfile

import numpy as np
import pytest

from explorer import store
from explorer.data.progress import Cancelled
from explorer.engine import Settings
from explorer.engine.checkpoint import capture
from explorer.engine.environment import environment
from explorer.engine.history import History
from explorer.engine.resuming import resume
from explorer.engine.run_record import RunRecord
from explorer.engine.training import DivergedError, Trainer
from explorer.export.files import WriteError
from explorer.store import saving
from tests.builders import NUM_WORDS, dataset
from tests.engine.test_checkpoint import assert_same_run, train

DATA = dataset()
SMALL = Settings(num_words=NUM_WORDS, units=5, batch_size=48, epochs=4)  # 3 batches an epoch, the last one short


@functools.cache
def finished(batches: int, **changes) -> Trainer:
    """The same trainer for all tests that only look at it."""
    return trained(batches, **changes)


def trained(batches=6, **changes) -> Trainer:
    trainer = Trainer(SMALL.replace(**changes), DATA)
    train(trainer, batches)
    return trainer


@pytest.mark.parametrize(
    ("written_as", "optimizer"),
    [("none", "rmsprop"), ("numpy", "rmsprop"), ("lambda", "adam"), ("layer", "sgd"), ("keras", "rmsprop")],
)
def test_saved_opened_and_continued_is_the_uninterrupted_run(written_as, optimizer, tmp_path):
    target = tmp_path / "a run.dropout"
    first = Trainer(SMALL.replace(written_as=written_as, optimizer=optimizer), DATA)
    weights = []
    with store.keeping(first, "my run") as journal:
        for epoch in (1, 2):
            train(first, 2)
            first.update(first.settings.replace(rate_1=0.1 * epoch))
            train(first, 1)
            journal.keep(first)
            weights.append([w.numpy().copy() for w in first.network.trainable_variables])
        journal.save(target)
    saved = store.open_run(target)
    assert saved.record.name == "my run"
    assert saved.epochs_with_weights == (1, 2)
    for epoch in (1, 2):
        for mine, theirs in zip(saved.weights(epoch), weights[epoch - 1], strict=True):
            np.testing.assert_array_equal(mine, theirs)
    second = resume(saved, DATA)
    assert_same_run(first, second)
    for each in (first, second):
        train(each, 6)
    assert_same_run(first, second)


def test_a_run_in_the_middle_of_an_epoch_is_saved_to_its_last_batch(tmp_path):
    trainer = trained(3)
    checkpoint = capture(trainer)
    train(trainer, 2)
    store.save(tmp_path / "r.dropout", RunRecord.of(trainer), checkpoint=checkpoint)
    saved = store.open_run(tmp_path / "r.dropout")
    assert len(saved.record.history) == 5
    assert len(saved.record.results) == 1
    for step in range(1, 6):
        for hidden in (1, 2):
            np.testing.assert_array_equal(saved.record.history.mask(step, hidden), trainer.history.mask(step, hidden))
    second = resume(saved, DATA)
    assert len(second.history) == 3
    train(second, 2)
    np.testing.assert_array_equal(second.history.scalars().loss, trainer.history.scalars().loss)


def test_the_file_is_json_and_npy_for_anybody(tmp_path):
    trainer = finished(6)
    store.save(tmp_path / "r.dropout", RunRecord.of(trainer, "plain"), checkpoint=capture(trainer))
    with np.load(tmp_path / "r.dropout", allow_pickle=False) as arrays:
        packed = arrays["epochs/0002/masks_1"]
        mask = np.unpackbits(packed[0], count=48 * 5).reshape(48, 5)
        np.testing.assert_array_equal(mask, trainer.history.mask(4, 1))
    with zipfile.ZipFile(tmp_path / "r.dropout") as archive:
        told = json.loads(archive.read("run.json"))
        assert b"numpy.load" in archive.read("README.txt")
    assert told["name"] == "plain"
    assert told["settings"] == SMALL.to_dict()
    assert {"python", "tensorflow", "keras", "numpy", "onednn", "threads"} <= told["environments"][0].keys()


def test_a_run_that_diverged_is_saved_with_the_loss_it_ended_with(tmp_path):
    trainer = Trainer(SMALL.replace(optimizer="sgd", learning_rate=1.0, l2=0.0, epochs=50), DATA)
    with store.keeping(trainer) as journal:
        train(trainer, 6)
        journal.keep(trainer)
        trainer.update(trainer.settings.replace(learning_rate=10.0))
        trainer.network.hidden[0].kernel.assign(trainer.network.hidden[0].kernel.numpy() * 1e30)
        with pytest.raises(DivergedError):
            train(trainer, 300)
        journal.save(tmp_path / "run.dropout")
    saved = store.open_run(tmp_path / "run.dropout")
    losses = saved.record.history.scalars().loss
    assert len(losses) == trainer.steps
    np.testing.assert_array_equal(losses, trainer.history.scalars().loss)
    assert not np.isfinite(losses[-1])
    assert len(resume(saved, DATA).history) == 6, "it can go on from before"
    saved.save(tmp_path / "again.dropout")
    assert len(store.open_run(tmp_path / "again.dropout").record.history) == trainer.steps


def test_activations_are_thinned_to_what_a_file_may_hold(tmp_path, monkeypatch):
    trainer = finished(12)
    row = trainer.history.block(1).layout.width * 4
    monkeypatch.setattr(saving, "ACTIVATION_BUDGET_BYTES", 7 * row)
    store.save(tmp_path / "run.dropout", RunRecord.of(trainer), checkpoint=capture(trainer))
    history = store.open_run(tmp_path / "run.dropout").record.history
    assert history.stride == 2
    assert [step for step in range(1, 13) if history.has_activations(step)] == [1, 3, 5, 7, 9, 11]
    for step in range(1, 13):
        np.testing.assert_array_equal(history.mask(step, 1), trainer.history.mask(step, 1))
    assert trainer.history.stride == 1


def test_a_run_that_keeps_no_activations_at_all_is_saved(tmp_path):
    trainer = Trainer(SMALL, DATA, history=History(3, activation_budget_bytes=10))
    train(trainer, 6)
    store.save(tmp_path / "run.dropout", RunRecord.of(trainer), checkpoint=capture(trainer))
    saved = store.open_run(tmp_path / "run.dropout")
    assert saved.record.history.activation_bytes == 0
    second = resume(saved, DATA)
    train(second, 3)
    train(trainer, 3)
    np.testing.assert_array_equal(second.history.scalars().loss, trainer.history.scalars().loss)


def test_wide_layers_have_no_upper_weights(tmp_path):
    trainer = trained(3, units=70)
    store.save(tmp_path / "run.dropout", RunRecord.of(trainer), checkpoint=capture(trainer))
    record = store.open_run(tmp_path / "run.dropout").record
    assert record.snapshot(2).weights is None
    np.testing.assert_array_equal(record.snapshot(2).training.place(2).mask, trainer.history.mask(2, 2))


def test_there_is_nothing_to_save_before_the_first_batch(tmp_path):
    with pytest.raises(store.RunFileError, match="nothing to save yet; train a batch first"):
        store.save(tmp_path / "run.dropout", RunRecord.of(finished(0)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to lower")
def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    import resource

    target = tmp_path / "run.dropout"
    store.save(target, RunRecord.of(finished(6), "the old one"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        with pytest.raises(WriteError, match=r"run\.dropout could not be written: File too large; choose"):
            store.save(target, RunRecord.of(finished(6), "the new one"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["run.dropout"]
    assert store.open_run(target).record.name == "the old one"


def test_saving_can_be_given_up(tmp_path):
    def stop(message: str, fraction: float | None = None) -> None:
        if fraction:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.save(tmp_path / "run.dropout", RunRecord.of(finished(6)), report=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_same_run_gives_the_same_file(tmp_path):
    trainer = finished(6)
    for name in ("a", "b"):
        store.save(tmp_path / name, RunRecord.of(trainer))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_was_trained_elsewhere_says_so(tmp_path):
    here = environment()
    trainer = finished(6)
    told = ((1, {**here, "tensorflow": "2.99.0", "onednn": "1", "keras": "unknown"}),)
    store.save(tmp_path / "run.dropout", RunRecord.of(trainer), checkpoint=capture(trainer), environments=told)
    saved = store.open_run(tmp_path / "run.dropout")
    assert saved.differences == (f"TensorFlow 2.99.0, here {here['tensorflow']}", "oneDNN 1, here 0")
    journal = store.Journal(RunRecord.of(resume(saved, DATA)), None, continued=saved)
    assert [epoch for epoch, _ in journal.environments] == [1, 3]
    journal.close()


def test_a_stride_longer_than_an_epoch_leaves_epochs_without_activations(tmp_path, monkeypatch):
    trainer = finished(12)
    monkeypatch.setattr(saving, "ACTIVATION_BUDGET_BYTES", 3 * trainer.history.block(1).layout.width * 4)
    store.save(tmp_path / "run.dropout", RunRecord.of(trainer), checkpoint=capture(trainer))
    history = store.open_run(tmp_path / "run.dropout").record.history
    assert [step for step in range(1, 13) if history.has_activations(step)] == [1, 5, 9]
    assert history.nearest_with_activations(11) == 9
