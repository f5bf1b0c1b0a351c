"""Looks between two batches: a new batch without an update, fresh masks, one step in slow motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.mailbox import Controls
from explorer.engine.questions import NewBatch, NewMask, Question, SlowBatch, SlowStep
from explorer.engine.snapshot import Answered, Refusal
from explorer.gui.parts import Parts
from explorer.gui.run_state import RunState

if TYPE_CHECKING:
    from explorer.gui.conductor import Conductor


class Looks(QObject):
    """Asks for looks and shows them; other answers are passed on.

    Attributes:
        answered: An answer to somebody else's question came, an `Answered` event.
        walking: A step is shown in slow motion, which shows the training pass.
    """

    answered = Signal(object)
    walking = Signal()

    def __init__(self, session: Controls, conductor: Conductor, parts: Parts) -> None:
        super().__init__(conductor)
        self._session, self._conductor, self._parts = session, conductor, parts
        self._asked: set[int] = set()

    # -- pressed --

    def forward_only(self) -> None:
        """A new batch through the same weights, without an update; a run that trains holds first."""
        if self._conductor.state.has_run:
            self._conductor.hold()
            self._parts.slow.end()
            self._look(NewBatch())

    def new_mask(self) -> None:
        """Fresh masks on the batch on the screen; a run that trains holds first."""
        drawn = self._parts.stage.looking.drawn
        if self._conductor.state.has_run and drawn is not None:
            self._conductor.hold()
            self._parts.slow.end()
            self._look(NewMask(drawn))

    def slow_motion(self) -> None:
        """Train the next batch in slow motion; a run that trains holds first, and without a run one begins."""
        state = self._conductor.state
        if state is RunState.IDLE:
            if not self._conductor.start(paused=True):
                return
        elif state not in (RunState.RUNNING, RunState.PAUSED):
            return
        self._conductor.hold()
        self._parts.stage.looking.go_live()
        self._look(SlowStep())

    def ask(self, question: Question) -> int | None:
        """Put a question to the weights; `answered` follows. None when there is no run to ask."""
        return self._session.ask(question)

    def _look(self, question: Question) -> None:
        number = self._session.ask(question)
        if number is None:
            self._parts.transport.show_message("This run is over and was let go: start again for another look")
        else:
            self._asked.add(number)

    # -- answered --

    def take(self, answered: Answered) -> None:
        """Show what was answered."""
        if answered.number not in self._asked:
            self.answered.emit(answered)
            return
        self._asked.discard(answered.number)
        if isinstance(answered.answer, Refusal):
            self._parts.transport.show_message(answered.answer.message)
        elif isinstance(answered.answer, SlowBatch):
            self.walking.emit()
            self._parts.walk_through(answered.answer)
        else:
            self._parts.stage.looking.show(answered.answer)
