"""Questions asked of a session: answered between two batches, or not at all. Tests wait for events, never for time."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.questions import AboutReview, NewBatch, Question, ReviewAnswer, SlowBatch, SlowStep
from explorer.engine.session import Session
from explorer.engine.snapshot import Answered, Finished, Paused, Refusal, Started, Stopped
from tests.builders import NUM_WORDS, dataset

DATA = dataset()
SMALL = Settings(num_words=NUM_WORDS, units=4, batch_size=40, epochs=2)  # 3 batches an epoch
NEVER_SEEN = np.array([1, 5, 40], np.uint16)


class Asked:
    """A session and all that it said; waits for events, never for time."""

    def __init__(self) -> None:
        self.session = Session(loader=lambda source, encoding, report: DATA)
        self.events: list[object] = []
        self._arrived = threading.Condition()
        post = self.session.mailbox.post

        def note(event: object) -> None:
            post(event)
            with self._arrived:
                self.events.append(event)
                self._arrived.notify_all()

        self.session.mailbox.post = note

    def wait(self, kind: type) -> object:
        """The latest event of a kind."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.of(kind), timeout=60), self.events
            return self.of(kind)[-1]

    def answer_to(self, question: Question) -> object:
        number = self.session.ask(question)
        assert number is not None
        with self._arrived:
            assert self._arrived.wait_for(lambda: number in self.answers(), timeout=60), self.events
            return self.answers()[number]

    def answers(self) -> dict[int, object]:
        return {event.number: event.answer for event in self.of(Answered)}

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def asked() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    assert asked.session.close(timeout=30)


def test_questions_are_answered_while_training_paused_and_finished(asked):
    session = asked.session
    assert session.ask(NewBatch()) is None, "there is no run"
    session.start(SMALL.replace(epochs=10_000))
    asked.wait(Started)
    assert isinstance(asked.answer_to(AboutReview(NEVER_SEEN, 9)), ReviewAnswer)
    session.pause()
    held = asked.wait(Paused).step
    answer = asked.answer_to(AboutReview(NEVER_SEEN, 9))
    assert answer.step == held
    assert answer.sampled.shape == (9,)
    np.testing.assert_array_equal(answer.ids, NEVER_SEEN)
    slow = asked.answer_to(SlowStep())
    assert isinstance(slow, SlowBatch)
    assert slow.snapshot.step == held + 1
    assert isinstance(asked.answer_to(AboutReview(np.array([60_000], np.uint16))), Refusal)
    assert asked.answer_to(NewBatch()).kind == "forward"
    session.start(SMALL)
    finished = asked.wait(Finished)
    assert asked.answer_to(AboutReview(NEVER_SEEN)).step == finished.step
    assert isinstance(asked.answer_to(SlowStep()), Refusal)
    assert {event.generation for event in asked.of(Answered)} == {1, 2}
    assert len(asked.answers()) == len(asked.of(Answered)), "every number is answered once"


def test_nothing_is_answered_once_the_run_is_given_up(asked):
    session = asked.session
    session.start(SMALL, paused=True)
    asked.wait(Paused)
    with session._inbox.changed:  # so that the worker cannot answer in between
        number = session.ask(AboutReview(NEVER_SEEN))
        session.stop()
    assert number is not None
    asked.wait(Stopped)
    session.start(SMALL)
    asked.wait(Finished)
    assert asked.answers() == {}
    session.stop()
    assert session.ask(NewBatch()) is None
