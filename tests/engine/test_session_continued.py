"""Runs that go on after they were saved, through the worker."""

from collections.abc import Iterator

import numpy as np
import pytest

from explorer import store
from explorer.engine.session import Session
from explorer.engine.snapshot import Changed, EpochEnded, Failed, Finished, Loading, Started, Unkept
from explorer.store.folders import runs_folder
from tests.builders import NUM_WORDS, dataset
from tests.engine.test_session import DATA, SMALL, Watched

SETTINGS = SMALL.replace(data="sample")


@pytest.fixture
def watched() -> Iterator[Watched]:
    journals = store.Journals()
    session = Session(loader=lambda source, encoding, report: DATA, keeping=journals.begin)
    yield Watched(session)
    assert session.close(timeout=30)
    journals.close()
    assert not runs_folder().exists() or not list(runs_folder().iterdir())


def finished_run(watched, path, settings=SETTINGS):
    watched.session.start(settings)
    watched.wait(Finished)
    started = watched.wait(Started)
    started.keeper.save(path, name="two epochs")
    return started


def test_a_saved_run_goes_on_with_more_epochs(watched, tmp_path):
    first = finished_run(watched, tmp_path / "run.dropout")
    saved = store.open_run(tmp_path / "run.dropout")
    more = saved.record.settings.replace(epochs=4, data="auto")
    generation = watched.session.start(more, continue_from=saved)
    watched.wait(Finished, 2)
    second = watched.wait(Started, 2)
    assert second.continues
    assert not first.continues
    assert second.settings == SETTINGS.replace(data="auto")
    assert second.reviews.fingerprint == DATA.fingerprint
    assert [event.result.epoch for event in watched.of(EpochEnded)] == [1, 2, 3, 4]
    (changed,) = watched.of(Changed)
    assert (changed.step, changed.changes, changed.generation) == (7, (("epochs", 2, 4),), generation)
    whole = Session(loader=lambda source, encoding, report: DATA)
    other = Watched(whole)
    whole.start(SETTINGS.replace(epochs=4))
    other.wait(Finished)
    history = other.wait(Started).history
    np.testing.assert_array_equal(history.scalars().loss, second.history.scalars().loss)
    assert whole.close(30)
    second.keeper.save(tmp_path / "run.dropout")
    assert store.open_run(tmp_path / "run.dropout").epochs_with_weights == (1, 2, 3, 4)


def test_a_continued_run_can_hold_before_its_first_batch_and_be_changed(watched, tmp_path):
    finished_run(watched, tmp_path / "run.dropout")
    saved = store.open_run(tmp_path / "run.dropout")
    watched.session.start(saved.record.settings.replace(epochs=3), paused=True, continue_from=saved)
    watched.wait(Started, 2)
    watched.session.update(SETTINGS.replace(epochs=3, rate_1=0.25))
    assert watched.wait(Changed, 2).changes == (("rate_1", 0.5, 0.25),)
    watched.session.step()
    assert watched.wait_for_snapshots(7).training.place(1).rate == 0.25


def test_other_settings_are_refused_at_once(watched, tmp_path):
    finished_run(watched, tmp_path / "run.dropout")
    saved = store.open_run(tmp_path / "run.dropout")
    with pytest.raises(ValueError, match="units cannot change when a run is continued"):
        watched.session.start(SETTINGS.replace(units=5), continue_from=saved)


def test_other_reviews_are_refused_with_a_sentence(watched, tmp_path):
    finished_run(watched, tmp_path / "run.dropout")
    saved = store.open_run(tmp_path / "run.dropout")
    other = Watched(Session(loader=lambda source, encoding, report: dataset(train=240, num_words=NUM_WORDS)))
    other.session.start(saved.record.settings, continue_from=saved)
    failed = other.wait(Failed)
    assert failed.message == (
        "two epochs was trained on other reviews (Test reviews, 200 for training); open those reviews to continue it"
    )
    assert failed.detail == ""
    other.session.start(SETTINGS)
    other.wait(Finished)
    assert other.session.close(30)


def test_an_autosave_that_fails_is_told_once_and_the_run_ends_well(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DROPOUT_EXPLORER_RUNS", str(tmp_path / "file"))
    journals = store.Journals()
    watched = Watched(Session(loader=lambda source, encoding, report: DATA, keeping=journals.begin))
    generation = watched.session.start(SETTINGS.replace(epochs=5))
    watched.wait(Finished)
    unkept = watched.wait(Unkept)
    assert unkept.generation == generation
    assert "no longer kept for the case of a crash" in unkept.message
    assert watched.session.close(30)
    journals.close()
    assert len(watched.of(Unkept)) == 1
    assert watched.of(Failed) == []


def test_without_a_keeper_a_run_is_trained_as_ever():
    watched = Watched(Session(loader=lambda source, encoding, report: DATA))
    watched.session.start(SETTINGS)
    watched.wait(Finished)
    assert watched.wait(Started).keeper is None
    kinds = {type(event) for event in watched.events if not isinstance(event, Loading)}
    assert Unkept not in kinds
    assert watched.session.close(30)
