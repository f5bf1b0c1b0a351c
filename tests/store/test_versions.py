"""Files of earlier versions open, and go on."""

from pathlib import Path

import numpy as np
import pytest

from explorer import store
from explorer.engine.resuming import resume
from explorer.engine.training import Trainer
from tests.engine.test_checkpoint import assert_same_run, train
from tests.store.made import DATA, SMALL

EARLIER = [Path(__file__).parent / "files" / f"version-{version}.dropout" for version in (1, 2)]
"""Written by the program when its files were of these: `SMALL`, rate 0.25 after hidden 2 from batch 3 on."""


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.stem)
def test_a_file_of_an_earlier_version_opens(path):
    saved = store.open_run(path)
    assert saved.record.name == "An early run"
    assert saved.record.started_with == SMALL
    assert saved.epochs_with_weights == (1, 2)
    again = Trainer(SMALL, DATA)
    train(again, 2)
    again.update(SMALL.replace(rate_2=0.25))
    train(again, 5)
    for step in range(1, 8):
        mine, theirs = saved.record.history.batch(step), again.history.batch(step)
        np.testing.assert_array_equal(mine.rows, theirs.rows)
        np.testing.assert_array_equal(mine.masks[0], theirs.masks[0])
        np.testing.assert_array_equal(mine.masks[1], theirs.masks[1])
        # Another processor may sum in another order.
        np.testing.assert_allclose(mine.activations.hidden_2, theirs.activations.hidden_2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.stem)
def test_what_it_does_not_say_is_not_known_and_its_words_are_those_of_the_first_rule(path, tmp_path):
    first = store.open_run(path)
    store.save(tmp_path / "new.dropout", first.record, checkpoint=first.checkpoint, weights=first)
    for saved in (first, store.open_run(tmp_path / "new.dropout")):
        assert saved.record.vocabulary is None
        assert saved.record.test is None
        assert saved.record.reviews.word_rule == 1
        assert saved.record.reviews.notes == ()


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.stem)
def test_it_goes_on_and_is_saved_as_what_is_written_now(path, tmp_path):
    first = store.open_run(path)
    journal = store.Journal(first.record, None)
    store.save(tmp_path / "new.dropout", first.record, checkpoint=first.checkpoint, weights=first)
    journal.close()
    second = store.open_run(tmp_path / "new.dropout")
    assert second.epochs_with_weights == (1, 2)
    for epoch in (1, 2):
        for mine, theirs in zip(first.weights(epoch), second.weights(epoch), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    runs = [resume(saved, DATA) for saved in (first, second)]
    for trainer in runs:
        train(trainer, 3)
    assert_same_run(*runs)
