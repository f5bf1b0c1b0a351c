"""What has been asked of the worker and is not yet done: the mailbox's counterpart in the other direction."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from explorer.data.progress import Cancelled
from explorer.engine.checkpoint import Continuable
from explorer.engine.questions import Question
from explorer.engine.settings import Settings


class Closing(Exception):  # noqa: N818 - an ending, not an error
    """Raised in the worker to leave its thread: the session is being closed."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that takes long; a newer job takes the place of an older one.

    Attributes:
        generation: The number that all its events and snapshots carry.
        settings: What to load or train.
        train: Whether a run follows the loading.
        download: Whether the IMDB archive is fetched first.
        continued: The run to go on with; None for a new one.
    """

    generation: int
    settings: Settings
    train: bool = False
    download: bool = False
    continued: Continuable | None = None


class Inbox:
    """Requests, guarded by one condition. The asking side never waits for the worker.

    Attributes:
        changed: Notified at every request. Attributes below are read and written while it is held.
        job: The next job; None when there is none.
        stopping: The generation to give up; None when none is.
        closing: Whether the worker is to end.
        holding: Whether the run holds between batches.
        steps: Single batches to train all the same.
        live: Settings whose live fields the run is to take over; only the newest matter.
        questions: Number and question, in the order they were asked.
        seconds_per_batch: The pace; 0 is as fast as it goes.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.job: Job | None = None
        self.stopping: int | None = None
        self.closing = False
        self.holding = False
        self.steps = 0
        self.live: Settings | None = None
        self.questions: deque[tuple[int, Question]] = deque()
        self.seconds_per_batch = 0.0

    def ask(self, job: Job, *, holding: bool = False) -> None:
        """Put a job in the place of all that was asked before. The caller holds `changed`."""
        self.job, self.stopping, self.live = job, None, None
        self.questions.clear()
        self.holding, self.steps = holding, 0
        self.changed.notify_all()

    def give_up(self, generation: int) -> None:
        """Drop the job in hand and whatever waits. The caller holds `changed`."""
        self.job, self.stopping, self.live = None, generation, None
        self.questions.clear()
        self.changed.notify_all()

    def next(self) -> Job | int:
        """Wait for something to do: a job, or the generation of one that was given up before it began.

        Raises:
            Closing: When the session is being closed.
        """
        with self.changed:
            self.changed.wait_for(lambda: self.closing or self.job is not None or self.stopping is not None)
            if self.closing:
                raise Closing
            if self.job is not None:
                job, self.job = self.job, None
                return job
            return self.take_stop() or 0

    def take_stop(self) -> int | None:
        """The generation to give up, if any, which is then answered for. The caller holds `changed`."""
        generation, self.stopping = self.stopping, None
        return generation

    def check(self) -> None:
        """Leave the job in hand if it is no longer wanted. The caller holds `changed`.

        Raises:
            Cancelled: When there is a newer job, or it was given up.
            Closing: When the session is being closed.
        """
        if self.closing:
            raise Closing
        if self.job is not None or self.stopping is not None:
            raise Cancelled
