"""One review under the glass: its words and what each pulls, its prediction, and the spread over many masks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.data import Dataset
from explorer.engine.questions import AboutReview, ReviewAnswer
from explorer.engine.snapshot import Mode, Refusal, Snapshot
from explorer.gui import theme
from explorer.gui.views.base import Want
from explorer.gui.views.reading import (
    MOST_CHARACTERS,
    Reading,
    about_word,
    label_in_words,
    pulls,
    strongest,
    verdict,
    without_words,
)
from explorer.gui.views.review_source import SOURCES, ReviewSource
from explorer.gui.views.review_text import MOST_WORDS, ReviewText, StrongestWords
from explorer.gui.views.spread import SpreadView
from explorer.gui.widgets import Readout

FOLLOW_S: Final = 1.0
"""The least time between an answer and a question that nobody but the training asked for."""
_LOST_S: Final = 5.0
"""An answer that has not come by then will not come."""
_NOT_READY: Final = "Start a run: predictions come from its weights"
_HINT: Final = "Pull = prediction − prediction without the word, all its occurrences. Point at a word for its numbers."


class InspectorView(QWidget):
    """Asks the weights of the run in hand about one review, and draws the answer.

    Whoever listens to `asked` puts the question and calls `expect` with its number at once, then `answered` with every
    answer that arrives; those with another number are dropped. The weights are always the current ones, also while a
    batch of the past is looked at. A hidden view asks nothing.

    Args:
        clock: Seconds, monotonic.

    Attributes:
        asked: A question to be put, an `AboutReview`.
        choice: Which review.
        text: Its words.
        strongest: Those that pull most.
        spread: The predictions with dropout on.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._dataset: Dataset | None = None
        self._ready = False
        self._reading: Reading | None = None
        self._answer: ReviewAnswer | None = None
        self._number: int | None = None
        self._due = True
        self._asked_at = self._answered_at = -float("inf")
        self._newest = 0
        self._pointed = -1
        self.choice = ReviewSource()
        self.text, self.strongest, self.spread = ReviewText(), StrongestWords(), SpreadView()
        self._title = Readout("Which review", sample="Row 499 of batch 10,000")
        self._big = Readout("Prediction with dropout off", sample="0.000")
        theme.set_font(self._big, 12, bold=True)
        self._big.setToolTip("The probability that the review is positive, as model.predict gives it: no mask is drawn")
        self._verdict = Readout("Prediction in words")
        theme.set_font(self._verdict, bold=True)
        self._label = Readout("Label")
        self._weights = Readout("Which weights answered", align=Qt.AlignmentFlag.AlignRight, muted=True)
        self._hint = Readout("Word pointed at", muted=True)
        self._lay_out()
        self._follow = QTimer(self, singleShot=True)
        self._follow.timeout.connect(self._follow_on)
        self.choice.changed.connect(self._read)
        self.text.pointed.connect(self._point)
        self._write()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(16)
        bar.addWidget(self.choice)
        bar.addWidget(self._weights, 1)
        about = Readout("What the number is", muted=True, sample="p(positive), dropout off ")
        about.set_text("p(positive), dropout off")
        block = QWidget()
        block.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        said = QVBoxLayout(block)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(0)
        for line in (self._title, self._big, about, self._verdict, self._label):
            said.addWidget(line)
        said.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(14)
        body.addWidget(block)
        body.addWidget(self.choice.editor, 2)
        body.addWidget(self.text, 3)
        body.addWidget(self.strongest)
        body.addWidget(self.spread)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 5, 14, 3)
        column.setSpacing(4)
        column.addLayout(bar)
        column.addLayout(body, 1)
        column.addWidget(self._hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def wants(self) -> frozenset[Want]:
        """Answers only."""
        return frozenset({"answers"})

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A dock on a small screen."""
        return QSize(780, 130)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Less than the equation."""
        return QSize(1100, 210)

    # -- told --

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        for part in (self.text, self.strongest, self.spread):
            part.apply_theme(palette)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a run whose weights can be asked."""
        if ready != self._ready:
            self._ready = ready
            self._forget_answer()
            self._ask()

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Where the reviews come from."""
        if dataset is not self._dataset:
            self._dataset = dataset
            self.choice.show_dataset(dataset)
            self._read()

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of the batch that is looked at, whose reviews can be chosen."""
        if self.choice.draw(snapshot):
            self._read()
        self.follow(snapshot.step)

    def follow(self, step: int) -> None:
        """So many batches are trained: ask again while somebody looks, at most once in `FOLLOW_S`."""
        if step > self._newest:
            self._newest = step
            self._write_weights()
            if not self._follow.isActive():
                self._follow_on()

    def show_review(self, row: int) -> None:
        """A row of the batch that is drawn is pointed at: turn to it, if it is the batch's reviews that are inspected.

        Args:
            row: Counted from 0, whatever order the rows are drawn in.
        """
        self.choice.choose_row(row)

    def expect(self, number: int | None) -> None:
        """The number of the question just asked; None when there is no run to ask."""
        self._number = number
        if number is None:
            self._due = True
            self._weights.set_text(_NOT_READY)

    def answered(self, number: int, answer: object) -> None:
        """Draw an answer; one to another question than the latest is dropped."""
        if number != self._number:
            return
        self._number = None
        self._answered_at = self._clock()
        if isinstance(answer, Refusal):
            self._forget_answer()
            self._weights.set_text(answer.message)
        elif isinstance(answer, ReviewAnswer):
            self._answer = answer
            self._newest = max(self._newest, answer.step)
            self._write()
            self._follow_on()

    def clear(self) -> None:
        """Forget the run; the review stays, and the next run is asked about it."""
        self._newest = 0
        self._follow.stop()
        self.choice.clear()
        self._forget_answer()
        self._due = True

    # -- read --

    def figures(self) -> tuple[str, ...]:
        """What stands beside the text: title, number, verdict, label, weights."""
        lines = (self._title, self._big, self._verdict, self._label, self._weights)
        return tuple(line.text() for line in lines)

    def hint(self) -> str:
        """The line at the bottom."""
        return self._hint.text()

    # -- asked --

    def _read(self) -> None:
        """Turn to the review that is chosen."""
        self._reading = None if self._dataset is None else self.choice.reading(self._dataset)
        self._pointed = -1
        self.text.show_reading(self._reading)
        self._forget_answer()
        self._ask()

    def _ask(self) -> None:
        """Put the question, or remember to once somebody looks and there is a run."""
        self._due = True
        if self._ready and self._reading is not None and self.isVisible():
            self._due = False
            self._number = None
            self._asked_at = self._clock()
            self.asked.emit(AboutReview(self._reading.ids))

    def _follow_on(self) -> None:
        """Ask the newest weights, now or when enough time has gone by since the last answer."""
        now = self._clock()
        behind = self._due or self._answer is None or self._answer.step < self._newest
        waiting = self._number is not None and now - self._asked_at < _LOST_S
        if not behind or waiting or not self._ready or not self.isVisible():
            return
        rest = FOLLOW_S - (now - self._answered_at)
        if rest > 0:
            self._follow.start(int(rest * 1000) + 1)
        else:
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What was chosen behind the curtain is asked now."""
        super().showEvent(event)
        if self._due:
            self._ask()
        else:
            self._follow_on()

    # -- written --

    def _forget_answer(self) -> None:
        self._answer, self._number = None, None
        self._write()

    def _write(self) -> None:
        reading, answer = self._reading, self._answer
        self._title.set_text(SOURCES[self.choice.source] if reading is None else reading.title)
        self._label.set_text(label_in_words(reading))
        self._write_weights()
        self.spread.show_answer(answer)
        if reading is None or answer is None:
            self._big.set_text("—")
            self._verdict.set_text("")
            self.text.show_pulls(None)
            self.strongest.show_words((), without_words(reading) if self._ready else _NOT_READY)
        else:
            pull = pulls(reading, answer)
            self._big.set_text(f"{answer.prediction:.3f}")
            self._verdict.set_text(verdict(answer.prediction, reading.label))
            self.text.show_pulls(pull)
            self.strongest.show_words(strongest(reading, pull), without_words(reading))
        self._point(self._pointed)

    def _write_weights(self) -> None:
        answer = self._answer
        if not self._ready:
            self._weights.set_text(_NOT_READY)
        elif answer is None:
            self._weights.set_text("")
        else:
            which = f"weights after batch {answer.step:,}" if answer.step else "weights of the start, not yet trained"
            now = "now" if answer.step >= self._newest else f"batch {self._newest:,} is trained by now"
            self._weights.set_text(f"{which} ({now})")

    def _point(self, k: int) -> None:
        """Write about a word, or about all of them."""
        self._pointed = k
        reading = self._reading
        if reading is None or not reading.words:
            self._hint.set_text(_HINT)
        elif 0 <= k < len(reading.words):
            pull = None if self._answer is None else pulls(reading, self._answer)
            self._hint.set_text(about_word(reading, k, pull, self._answer))
        else:
            count = f"{len(reading.words):,} words, {len(reading.words) - reading.known:,} outside the vocabulary"
            if len(reading.words) > MOST_WORDS:
                count += f" (the first {MOST_WORDS:,} are drawn, all count)"
            if reading.cut:
                count += f"; only the first {MOST_CHARACTERS:,} characters are read"
            self._hint.set_text(f"{count}. {_HINT}")
