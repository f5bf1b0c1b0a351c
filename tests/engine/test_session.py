"""The worker thread, with the real trainer on small data. Tests wait for events, never for time."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer.data.progress import DataError
from explorer.engine import Settings
from explorer.engine.session import Session
from explorer.engine.snapshot import (
    Changed,
    DataReady,
    EpochEnded,
    Failed,
    Finished,
    Loading,
    Paused,
    Resumed,
    Snapshot,
    Started,
    Stopped,
    Tested,
    Testing,
)
from tests.builders import NUM_WORDS, dataset

SMALL = Settings(num_words=NUM_WORDS, units=4, batch_size=40, epochs=2)  # 3 batches an epoch
DATA = dataset()


class Watched:
    """A session whose mailbox tells when something arrives, and keeps all of it."""

    def __init__(self, session: Session):
        self.session = session
        self.events: list[Any] = []
        self.snapshots: list[Snapshot] = []
        self._arrived = threading.Condition()
        post, show = session.mailbox.post, session.mailbox.show

        def noted(keep: Callable[[Any], None], pass_on: Callable[[Any], None]) -> Callable[[Any], None]:
            def note(item: Any) -> None:
                pass_on(item)
                with self._arrived:
                    keep(item)
                    self._arrived.notify_all()

            return note

        session.mailbox.post = noted(self.events.append, post)  # type: ignore[method-assign]
        session.mailbox.show = noted(self.snapshots.append, show)  # type: ignore[method-assign]

    def wait(self, kind: type, count: int = 1) -> Any:
        """The count-th event of a kind."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.of(kind)) >= count, timeout=60), self.events
            return self.of(kind)[count - 1]

    def wait_for_snapshots(self, count: int) -> Snapshot:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.snapshots) >= count, timeout=60), self.events
            return self.snapshots[count - 1]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def watched() -> Iterator[Watched]:
    session = Session(loader=lambda source, encoding, report: DATA)
    yield Watched(session)
    assert session.close(timeout=30)


def test_a_run_from_start_to_end(watched):
    generation = watched.session.start(SMALL)
    watched.wait(Tested)
    kinds = [type(event) for event in watched.events if not isinstance(event, Loading | Testing)]
    assert kinds == [DataReady, Started, EpochEnded, EpochEnded, Finished, Tested]
    assert {event.generation for event in watched.events} == {generation}
    started = watched.wait(Started)
    assert (started.trained_on, started.held_out, started.batches) == (120, 80, 3)
    assert [s.step for s in watched.snapshots] == [1, 2, 3, 4, 5, 6]
    assert len(started.history) == 6
    assert started.history.results == tuple(event.result for event in watched.of(EpochEnded))


def test_loading_alone_trains_nothing(watched):
    watched.session.load(SMALL)
    ready = watched.wait(DataReady)
    assert ready.dataset is DATA
    watched.session.start(SMALL)
    watched.wait(Finished)
    assert len(watched.of(DataReady)) == 2


def test_pause_holds_and_resume_goes_on(watched):
    watched.session.set_speed(1000)
    watched.session.start(SMALL.replace(epochs=10_000))
    watched.wait_for_snapshots(2)
    watched.session.pause()
    paused = watched.wait(Paused)
    assert paused.step == len(watched.snapshots)
    assert watched.snapshots[-1].step == paused.step
    watched.session.resume()
    watched.wait(Resumed)
    watched.wait_for_snapshots(paused.step + 2)


def test_steps_one_by_one(watched):
    watched.session.start(SMALL, paused=True)
    assert watched.wait(Paused).step == 0
    for step in range(1, 5):
        watched.session.step()
        assert watched.wait(Paused, step + 1).step == step
        assert len(watched.snapshots) == step
    assert len(watched.of(EpochEnded)) == 1
    watched.session.resume()
    watched.wait(Finished)
    assert len(watched.snapshots) == 6


def test_a_step_in_a_running_run_holds_after_it(watched):
    watched.session.set_speed(2)
    watched.session.start(SMALL.replace(epochs=100))
    watched.wait_for_snapshots(1)
    watched.session.step()
    assert watched.wait(Paused).step == len(watched.snapshots)


def test_live_settings_act_while_paused_and_are_told(watched):
    watched.session.start(SMALL, paused=True)
    watched.wait(Paused)
    watched.session.update(SMALL.replace(rate_1=0.25))
    changed = watched.wait(Changed)
    assert (changed.step, changed.position) == (1, 0.0)
    assert changed.changes == (("rate_1", 0.5, 0.25),)
    watched.session.step()
    assert watched.wait_for_snapshots(1).training.place(1).rate == 0.25


def test_an_update_that_needs_a_restart_is_refused(watched):
    watched.session.start(SMALL, paused=True)
    with pytest.raises(ValueError, match="units cannot change during a run"):
        watched.session.update(SMALL.replace(units=5))
    watched.wait(Paused)
    watched.session.step()
    assert watched.wait_for_snapshots(1).training.place(1).activation.shape == (40, 4)


def test_an_update_without_a_run_is_nothing(watched):
    watched.session.update(SMALL)
    assert watched.events == []


def test_more_epochs_after_the_end_let_the_run_go_on(watched):
    watched.session.start(SMALL)
    watched.wait(Finished)
    watched.session.update(SMALL.replace(epochs=3))
    assert watched.wait(Finished, 2).epochs == 3
    assert len(watched.of(Resumed)) == 1
    assert [s.step for s in watched.snapshots] == list(range(1, 10))


def test_a_finished_run_is_not_marked_with_what_it_never_trained_with(watched):
    watched.session.start(SMALL)
    watched.wait(Finished)
    watched.session.update(SMALL.replace(rate_1=0.8))
    watched.session.update(SMALL.replace(rate_1=0.8, epochs=1))
    watched.session.update(SMALL.replace(rate_1=0.7, epochs=3))
    watched.wait(Finished, 2)
    (changed,) = watched.of(Changed)
    assert (changed.step, {name: new for name, _, new in changed.changes}) == (7, {"rate_1": 0.7, "epochs": 3})


def test_fewer_epochs_end_the_run_with_the_epoch_in_hand(watched):
    watched.session.start(SMALL.replace(epochs=1000), paused=True)
    watched.wait(Paused)
    for _ in range(4):  # into epoch 2
        watched.session.step()
    watched.wait_for_snapshots(4)
    watched.session.update(SMALL.replace(epochs=1))
    watched.session.resume()
    assert watched.wait(Finished).epochs == 2
    assert len(watched.snapshots) == 6


def test_the_speed_paces_the_run(watched):
    watched.session.set_speed(0.001)  # the second batch is due after a quarter of an hour
    watched.session.start(SMALL)
    watched.wait_for_snapshots(1)
    watched.session.set_speed(None)
    watched.wait(Finished)
    with pytest.raises(ValueError, match="batches_per_second must be above 0, got 0"):
        watched.session.set_speed(0)


def test_stop_gives_up_the_run_and_another_can_start(watched):
    watched.session.start(SMALL.replace(epochs=10_000))
    watched.wait_for_snapshots(1)
    watched.session.stop()
    watched.wait(Stopped)
    done = len(watched.snapshots)
    second = watched.session.start(SMALL)
    assert watched.wait(Finished).generation == second
    assert [s.generation for s in watched.snapshots[done:]] == [second] * 6


def test_stop_without_a_run_is_answered_too(watched):
    watched.session.load(SMALL)
    watched.wait(DataReady)
    watched.session.stop()
    watched.wait(Stopped)


def test_a_new_start_takes_the_place_of_the_run_in_hand(watched):
    first = watched.session.start(SMALL.replace(epochs=10_000))
    watched.wait_for_snapshots(1)
    second = watched.session.start(SMALL)
    assert second > first
    assert watched.wait(Finished).generation == second
    assert watched.of(Stopped) == []


def test_a_diverging_run_fails_with_a_sentence_and_the_worker_lives(watched):
    watched.session.start(SMALL.replace(learning_rate=10.0, optimizer="sgd", l2=1.0, epochs=1000))
    failed = watched.wait(Failed)
    assert "no longer a finite number" in failed.message
    assert failed.detail == ""
    watched.session.start(SMALL)
    watched.wait(Finished)


def with_loader(loader: Callable[..., Any]) -> Watched:
    return Watched(Session(loader=loader))


def test_bad_data_is_told_in_its_own_words():
    def loader(source, encoding, report):
        raise DataError("reviews.npz holds no reviews; choose another file")

    watched = with_loader(loader)
    watched.session.start(SMALL)
    assert watched.wait(Failed).message == "reviews.npz holds no reviews; choose another file"
    assert watched.session.close(30)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "There is not enough memory for this."),
        (ImportError("no module"), r"TensorFlow could not be loaded (no module). Install it again"),
        (RuntimeError("odd"), "The run ended with an error: odd. Start a new one"),
    ],
)
def test_nothing_that_goes_wrong_is_swallowed(error, sentence):
    def loader(source, encoding, report):
        raise error

    watched = with_loader(loader)
    watched.session.load(SMALL)
    failed = watched.wait(Failed)
    assert sentence in failed.message
    assert ("Traceback" in failed.detail) == (not isinstance(error, MemoryError))
    assert watched.session.close(30)


def test_loading_can_be_given_up():
    reached, go_on = threading.Event(), threading.Event()

    def loader(source, encoding, report):
        reached.set()
        assert go_on.wait(30)
        report("Reading", 0.5)
        raise AssertionError("the report should have ended the work")

    watched = with_loader(loader)
    generation = watched.session.load(SMALL)
    assert reached.wait(30)
    watched.session.stop()
    go_on.set()
    assert watched.wait(Stopped).generation == generation
    assert watched.of(Failed) == []
    assert watched.session.close(30)


def test_closing_ends_a_load_a_pause_and_a_run():
    for holding in (False, True):
        watched = with_loader(lambda source, encoding, report: DATA)
        watched.session.start(SMALL.replace(epochs=10_000), paused=holding)
        watched.wait(Paused if holding else Started)
        assert watched.session.close(30)
        with pytest.raises(RuntimeError, match="closed"):
            watched.session.start(SMALL)
    assert Session().close(0)


def test_a_download_is_followed_by_loading():
    asked = []
    watched = Watched(
        Session(
            loader=lambda source, encoding, report: DATA, fetcher=lambda report: asked.append(report("Fetching", 0.1))
        )
    )
    watched.session.download(SMALL)
    watched.wait(DataReady)
    assert len(asked) == 1
    assert watched.of(Loading)[0].message == "Fetching"
    assert watched.session.close(30)


def test_a_watcher_that_is_slow_gets_the_newest_snapshot_and_every_event(watched):
    watched.session.start(SMALL)
    watched.wait(Finished)
    events, snapshot = watched.session.mailbox.take()
    assert snapshot is watched.snapshots[-1]
    assert events == watched.events
    assert watched.session.mailbox.take() == ([], None)
