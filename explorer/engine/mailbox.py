"""What the worker leaves for whoever watches, and what whoever watches may ask of the worker."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from explorer.engine.checkpoint import Continuable
from explorer.engine.questions import Question
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Event, Snapshot


class Mailbox:
    """A queue for events and one slot for the newest snapshot.

    A snapshot that nobody fetched is replaced by the next: a watcher that draws 30 times a second is never behind a
    worker that makes 500 a second. Events are all kept. Neither side ever waits for the other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._snapshot: Snapshot | None = None

    def post(self, event: Event) -> None:
        """Leave an event."""
        with self._lock:
            self._events.append(event)

    def show(self, snapshot: Snapshot) -> None:
        """Leave the newest snapshot in place of the one before."""
        with self._lock:
            self._snapshot = snapshot

    def take(self) -> tuple[list[Event], Snapshot | None]:
        """All events since the last call, in order, and the newest snapshot if there is a new one."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            snapshot, self._snapshot = self._snapshot, None
        return events, snapshot


class Controls(Protocol):
    """What a window may ask of a session. Every call returns at once; what comes of it arrives in the mailbox."""

    @property
    def mailbox(self) -> Mailbox:
        """Where events and snapshots arrive."""

    def load(self, settings: Settings) -> int:
        """Import TensorFlow and read the reviews ahead of a run; returns the generation of what follows."""

    def start(self, settings: Settings, *, paused: bool = False, continue_from: Continuable | None = None) -> int:
        """Begin a new run (loading first what is not loaded); a run in hand is given up. Returns its generation.

        With `paused` the run is built and holds before its first batch, so that `step` can be pressed.

        With `continue_from` it goes on after that run's last complete epoch, with the live fields of `settings` and
        with the reviews that its `data` names; they must be those the run was trained on.

        Raises:
            ValueError: When any other field differs from those of the run to continue.
        """

    def pause(self) -> None:
        """Hold after the batch in hand."""

    def resume(self) -> None:
        """Go on."""

    def step(self) -> None:
        """Train one batch, then hold."""

    def stop(self) -> None:
        """Give up the run, the load or the download in hand; `Stopped` follows."""

    def update(self, settings: Settings) -> None:
        """Take over the live fields of `settings` at the next batch.

        Raises:
            ValueError: When a field differs that needs a restart.
        """

    def ask(self, question: Question) -> int | None:
        """Put a question to the run in hand; `Answered` with the number given back follows between two batches.

        Returns:
            A number; None when there is no run to ask, and then nothing follows.
        """

    def set_speed(self, batches_per_second: float | None) -> None:
        """Pace the run; None is as fast as it goes."""

    def download(self, settings: Settings) -> int:
        """Fetch the IMDB archive into Keras's cache folder, then load it; returns the generation of what follows."""

    def close(self, timeout: float) -> bool:
        """Stop everything and join the worker; whether it ended within `timeout` seconds."""
