"""Looks between two batches: a new batch without an update, fresh masks, one step in slow motion."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.engine.mailbox import Controls
from explorer.engine.questions import Question, SlowBatch
from explorer.engine.snapshot import Answered, Refusal
from explorer.gui.parts import Parts


class Looks(QObject):
    """Asks for looks and shows them; other answers are passed on.

    Attributes:
        answered: An answer to somebody else's question came, an `Answered` event.
        walking: A step is shown in slow motion, which shows the training pass.
    """

    answered = Signal(object)
    walking = Signal()

    def __init__(self, session: Controls, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._parts = session, parts
        self._asked: set[int] = set()

    def ask(self, question: Question) -> None:
        """Ask for a look."""
        number = self._session.ask(question)
        if number is None:
            self._parts.transport.show_message("This run is over and was let go: start again for another look")
        else:
            self._asked.add(number)

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
