"""One run in the worker: it trains when it may, holds when it should, and paces itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal

from explorer.engine.checkpoint import capture
from explorer.engine.inbox import Inbox
from explorer.engine.keeping import Growing
from explorer.engine.mailbox import Mailbox
from explorer.engine.probes import Probes
from explorer.engine.questions import Question
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Answered, EpochEnded, Finished, Paused, Refusal, Resumed, Tested, Testing
from explorer.engine.test_result import evaluate_test
from explorer.engine.training import Trainer

_SHOWN_AFTER_S: Final = 0.2
"""Work that takes longer says how far it is."""


class _GoesOnError(Exception):
    """More epochs were asked for, so that there is nothing to evaluate yet."""


class Run:
    """Drives a trainer as the inbox asks, and posts what happens.

    Args:
        trainer: What is driven.
        inbox: Looked at between batches.
        mailbox: Where events and snapshots go.
        keeper: Gets a checkpoint at each epoch's end.
        clock: Seconds, monotonic; what the pace is kept by.
    """

    def __init__(
        self,
        trainer: Trainer,
        inbox: Inbox,
        mailbox: Mailbox,
        keeper: Growing | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._trainer, self._inbox, self._mailbox, self._clock = trainer, inbox, mailbox, clock
        self._keeper = keeper
        self._generation = trainer.generation
        self._last_began = -float("inf")
        self._held_at: int | None = None
        self._finished = False
        self._probes: Probes | None = None

    def train(self) -> None:
        """Train for as long as the run is wanted, also past the end: more epochs may be asked for.

        Raises:
            Cancelled: When the run is given up.
            Closing: When the session is being closed.
            DivergedError: When the loss becomes infinite or not a number.
        """
        while True:
            match self._wait_for_work():
                case "batch":
                    self._mailbox.show(self._trainer.step())
                case "test":
                    self._test()
                case number, question:
                    self._answer(number, question)
            if self._trainer.epoch_is_trained:
                result = self._trainer.end_epoch()
                if self._keeper is not None:
                    self._keeper.keep(capture(self._trainer))
                self._mailbox.post(EpochEnded(self._generation, result))

    def _answer(self, number: int, question: Question) -> None:
        if self._probes is None:
            self._probes = Probes(self._trainer)
        answer: object
        try:
            answer = self._probes.answer(question)
        except (MemoryError, ValueError, IndexError) as error:
            # A question must not cost the run.
            answer = Refusal(f"This could not be worked out: {error or 'there is not enough memory'}.")
        self._mailbox.post(Answered(self._generation, number, answer))

    def _test(self) -> None:
        """Evaluate the test reviews, unless something else is asked for meanwhile."""
        began = self._clock()

        def report(share: float) -> None:
            with self._inbox.changed:
                self._inbox.check()
                if self._inbox.live is not None and self._can_still_act(self._inbox.live):
                    raise _GoesOnError
            if self._clock() - began > _SHOWN_AFTER_S:
                self._mailbox.post(Testing(self._generation, share))

        try:
            result = evaluate_test(self._trainer, report=report)
        except _GoesOnError:
            return
        if result is not None:
            if self._keeper is not None:
                self._keeper.keep_test(self._trainer.epochs_done, result)
            self._mailbox.post(Tested(self._generation, result))

    def _test_is_due(self) -> bool:
        """Whether the run is at its end and its test reviews are not evaluated yet."""
        trainer = self._trainer
        return trainer.epochs_done > 0 and trainer.history.test is None and len(trainer.dataset.test) > 0

    def _wait_for_work(self) -> Literal["batch", "test"] | tuple[int, Question]:
        """Wait until a batch is to be trained, the test reviews evaluated, or a question answered."""
        inbox = self._inbox
        with inbox.changed:
            while True:
                inbox.check()
                if inbox.live is not None and self._can_still_act(inbox.live):
                    changed = self._trainer.update(inbox.live)
                    inbox.live = None
                    if changed is not None:
                        self._mailbox.post(changed)
                if inbox.questions:
                    return inbox.questions.popleft()
                at_the_end = self._at_the_end()
                if at_the_end and self._test_is_due():
                    return "test"
                if at_the_end or self._holds():
                    inbox.changed.wait()
                    continue
                if inbox.steps:
                    inbox.steps -= 1
                    self._held_at = None
                    break
                wait = self._last_began + inbox.seconds_per_batch - self._clock()
                if inbox.seconds_per_batch == 0 or wait <= 0:
                    break
                inbox.changed.wait(wait)
            self._last_began = self._clock()
        return "batch"

    def _can_still_act(self, settings: Settings) -> bool:
        """Whether a batch will follow: a finished run must not be marked with rates it never trained with."""
        return not self._trainer.finished or settings.epochs > self._trainer.epochs_done

    def _at_the_end(self) -> bool:
        """Whether all epochs are done; says so once, and says when more have been asked for."""
        if self._trainer.finished:
            if not self._finished:
                self._mailbox.post(Finished(self._generation, self._trainer.steps, self._trainer.epochs_done))
            self._finished, self._held_at = True, None
            self._inbox.steps, self._inbox.holding = 0, False
            return True
        if self._finished:
            self._finished = False
            self._mailbox.post(Resumed(self._generation))
        return False

    def _holds(self) -> bool:
        """Whether the run holds; says so once for every batch it holds after, and says when it goes on."""
        if self._inbox.holding:
            if self._inbox.steps:
                return False
            if self._held_at != self._trainer.steps:
                self._held_at = self._trainer.steps
                self._mailbox.post(Paused(self._generation, self._trainer.steps))
            return True
        if self._held_at is not None:
            self._held_at = None
            self._mailbox.post(Resumed(self._generation))
        return False
