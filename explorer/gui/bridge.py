"""The one object that knows both sides: it empties the session's mailbox into Qt signals."""

from __future__ import annotations

from typing import Final, assert_never

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.engine.mailbox import Mailbox
from explorer.engine.snapshot import (
    Answered,
    AnswerNeeded,
    Changed,
    DataReady,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Loading,
    Paused,
    Resumed,
    Started,
    Stopped,
    Tested,
    Testing,
    Unkept,
)

FRAME_MS: Final = 33
"""Between two looks into the mailbox: 30 a second."""


class Bridge(QObject):
    """Turns what a session says into signals of the window's thread.

    The window pulls; the worker never signals per batch, which would flood the window's queue. What belongs to a
    generation older than the newest that this object was told of is dropped.
    """

    snapshot = Signal(object)
    loading = Signal(object)
    data_ready = Signal(object)
    answer_needed = Signal(object)
    started = Signal(object)
    changed = Signal(object)
    epoch_ended = Signal(object)
    unkept = Signal(object)
    paused = Signal(object)
    resumed = Signal(object)
    finished = Signal(object)
    testing = Signal(object)
    tested = Signal(object)
    stopped = Signal(object)
    failed = Signal(object)
    answered = Signal(object)

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._generation = -1
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Begin to look into the mailbox."""
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def expect(self, generation: int) -> None:
        """From here on drop everything of an older generation."""
        self._generation = max(self._generation, generation)

    def forget(self) -> None:
        """From here on drop everything that was asked for until now."""
        self._generation += 1

    def poll(self) -> None:
        """Empty the mailbox now. Events come before the snapshot, which is newer than any of them."""
        events, snapshot = self._mailbox.take()
        for event in events:
            # Looked at one by one: what a receiver does may raise the generation.
            if event.generation >= self._generation:
                self._pass_on(event)
        if snapshot is not None and snapshot.generation >= self._generation:
            self.snapshot.emit(snapshot)

    def _pass_on(self, event: Event) -> None:
        match event:
            case Loading():
                self.loading.emit(event)
            case DataReady():
                self.data_ready.emit(event)
            case AnswerNeeded():
                self.answer_needed.emit(event)
            case Started():
                self.started.emit(event)
            case Changed():
                self.changed.emit(event)
            case EpochEnded():
                self.epoch_ended.emit(event)
            case Unkept():
                self.unkept.emit(event)
            case Paused():
                self.paused.emit(event)
            case Resumed():
                self.resumed.emit(event)
            case Finished():
                self.finished.emit(event)
            case Testing():
                self.testing.emit(event)
            case Tested():
                self.tested.emit(event)
            case Stopped():
                self.stopped.emit(event)
            case Failed():
                self.failed.emit(event)
            case Answered():
                self.answered.emit(event)
            case _:
                assert_never(event)
