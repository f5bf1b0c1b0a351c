"""What a finished run makes of the test reviews: computed once, at its end, and gone as soon as the run goes on."""

import itertools

import numpy as np
import pytest

from explorer.data.progress import Cancelled
from explorer.engine import Settings
from explorer.engine.checkpoint import capture
from explorer.engine.inbox import Closing, Inbox
from explorer.engine.mailbox import Mailbox
from explorer.engine.resuming import resume
from explorer.engine.run import Run
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochEnded, Finished, Resumed, Snapshot, Started, Tested, Testing
from explorer.engine.test_result import evaluate_test
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset
from tests.engine.test_session import DATA, SMALL, watched

__all__ = ["watched"]


def finished(settings: Settings = SMALL) -> Trainer:
    trainer = Trainer(settings, DATA)
    for _ in trainer.run():
        pass
    return trainer


def test_it_is_what_the_trainer_evaluates_and_predicts():
    trainer = finished()
    result = evaluate_test(trainer, 3)
    assert result is trainer.history.test is RunRecord.of(trainer).test
    assert (result.loss, result.accuracy) == trainer.evaluate(DATA.test, np.arange(len(DATA.test)))
    assert result.prediction.probability == trainer.predict(DATA.test, np.array([3]))[0]
    assert (result.prediction.index, result.prediction.label) == (3, DATA.test.labels[3])
    with pytest.raises(IndexError, match=r"index must be in \[0, "):
        evaluate_test(trainer, len(DATA.test))


def test_it_goes_away_when_more_epochs_are_asked_for_and_when_a_batch_is_trained():
    trainer = finished()
    evaluate_test(trainer)
    trainer.update(trainer.settings.replace(epochs=3))
    assert trainer.history.test is None
    evaluate_test(trainer)  # of a run that holds
    trainer.step()
    assert trainer.history.test is None


def test_what_is_given_up_leaves_nothing():
    trainer = finished()

    def report(share: float) -> None:
        assert 0 < share <= 1
        raise Cancelled

    with pytest.raises(Cancelled):
        evaluate_test(trainer, report=report)
    assert trainer.history.test is None


class Saved:
    """Stands for a file. Implements `Continuable`."""

    def __init__(self, trainer: Trainer) -> None:
        self.record, self.checkpoint = RunRecord.of(trainer), capture(trainer)

    def weights(self, epoch: int) -> None:
        return None


def test_a_run_that_is_taken_up_at_its_end_still_has_it_and_loses_it_with_more_epochs():
    trainer = finished()
    result = evaluate_test(trainer)
    again = resume(Saved(trainer), DATA)
    assert again.history.test is result
    again.update(again.settings.replace(epochs=3))
    assert again.history.test is None
    assert trainer.history.test is result


def test_a_run_in_the_worker_computes_it_once_at_its_end(watched):
    generation = watched.session.start(SMALL)
    tested = watched.wait(Tested)
    kinds = [type(event) for event in watched.events if type(event) in (EpochEnded, Finished, Tested)]
    assert kinds == [EpochEnded, EpochEnded, Finished, Tested]
    history = watched.wait(Started).history
    assert (tested.generation, tested.result) == (generation, history.test)
    direct = evaluate_test(finished())
    assert tested.result == direct


def test_a_run_that_goes_on_with_more_epochs_is_tested_again(watched):
    watched.session.start(SMALL)
    first = watched.wait(Tested)
    watched.session.update(SMALL.replace(epochs=3))
    watched.wait(Resumed)
    second = watched.wait(Tested, 2)
    assert watched.wait(Finished, 2).epochs == 3
    assert second.result != first.result
    assert watched.wait(Started).history.test is second.result
    assert second.result == evaluate_test(finished(SMALL.replace(epochs=3)))


def test_a_run_that_was_stopped_before_its_end_has_none(watched):
    watched.session.set_speed(1000)
    watched.session.start(SMALL.replace(epochs=10_000))
    watched.wait_for_snapshots(8)
    watched.session.stop()
    assert watched.wait(Started).history.test is None
    assert watched.of(Tested) == []


def test_what_takes_longer_than_a_moment_says_how_far_it_is_and_makes_way_for_more_epochs():
    data = dataset(test=2500)
    trainer = Trainer(Settings(num_words=NUM_WORDS, units=4, batch_size=40, epochs=1), data)
    inbox, events = Inbox(), []
    seconds = itertools.count()

    class Box(Mailbox):
        def post(self, event):
            events.append(event)
            if isinstance(event, Testing) and len(of(Testing)) == 2 and not of(Resumed):
                with inbox.changed:
                    inbox.live = trainer.settings.replace(epochs=2)
            if isinstance(event, Tested):
                with inbox.changed:
                    inbox.closing = True

        def show(self, snapshot: Snapshot) -> None:
            assert trainer.history.test is None

    def of(kind):
        return [event for event in events if isinstance(event, kind)]

    with pytest.raises(Closing):
        Run(trainer, inbox, Box(), clock=lambda: float(next(seconds))).train()
    assert [event.epochs for event in of(Finished)] == [1, 2]
    assert len(of(Tested)) == 1
    assert [event.share for event in of(Testing)][-1] == 1.0
    assert trainer.history.test == of(Tested)[0].result
