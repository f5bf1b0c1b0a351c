"""What is saved is what is opened, and what is opened goes on as what was saved."""

import json
import zipfile

import numpy as np
import pytest

from explorer import store
from explorer.engine import Settings
from explorer.engine.checkpoint import capture
from explorer.engine.resuming import resume
from explorer.engine.run_record import RunRecord
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset
from tests.engine.test_checkpoint import assert_same_run, train

DATA = dataset()
SMALL = Settings(num_words=NUM_WORDS, units=5, batch_size=48, epochs=4)  # 3 batches an epoch, the last one short


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
    trainer = trained(6)
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
