"""The inspector with somebody who numbers its questions, and answers to them that can be worked out in the head."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from pytestqt.qtbot import QtBot

from explorer.engine.questions import AboutReview, ReviewAnswer
from explorer.gui import theme
from explorer.gui.views.inspector import InspectorView
from tests.builders import dataset

DATA = dataset(train=600)
OUTSIDE = "word70"  # rank 70; ids from 60 on are cut


def answer_to(question: AboutReview, *, step: int = 3, prediction: float = 0.75) -> ReviewAnswer:
    """Without its k-th id the prediction is k hundredths lower; odd ids pull the other way."""
    sign = np.where(question.ids % 2, -1.0, 1.0)
    without = prediction - sign * 0.01 * np.arange(len(question.ids))
    sampled = np.linspace(prediction - 0.2, prediction + 0.2, question.masks)
    return ReviewAnswer(step, question.ids, prediction, without.astype(np.float32), sampled.astype(np.float32))


class Glass:
    """The view with a window that numbers its questions, and a clock that stands still."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.now = 100.0
        self.questions: list[AboutReview] = []
        self.view = InspectorView(clock=lambda: self.now)
        qtbot.addWidget(self.view)
        self.view.asked.connect(self._ask)
        self.view.apply_theme(theme.DARK)
        self.view.resize(1100, 230)

    def _ask(self, question: AboutReview) -> None:
        self.questions.append(question)
        self.view.expect(len(self.questions))

    def begin(self) -> None:
        self.view.show_dataset(DATA)
        self.view.set_ready(True)
        with self.qtbot.waitExposed(self.view):
            self.view.show()

    def answer(self, **changes: float) -> ReviewAnswer:
        """Answer the latest question."""
        answer = answer_to(self.questions[-1], **changes)
        self.view.answered(len(self.questions), answer)
        return answer

    def choose(self, source: str) -> None:
        kind = self.view.choice.kind
        self.view.choice.kind.setFocus()
        index = [kind.itemData(k) for k in range(kind.count())].index(source)
        while kind.currentIndex() != index:
            key = Qt.Key.Key_Down if kind.currentIndex() < index else Qt.Key.Key_Up
            self.qtbot.keyClick(kind, key)

    def write(self, text: str) -> None:
        self.choose("own")
        self.view.choice.editor.setPlainText(text)
        self.qtbot.keyClick(self.view.choice.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def shown(self, word: str) -> QTextCharFormat:
        """How the first occurrence of a word is drawn, as the layout has it."""
        text = self.view.text
        place = text.start_of(text.toPlainText().split(" ").index(word))
        ranges = text.document().firstBlock().layout().formats()
        # A copy: what the range holds goes with it.
        return next(QTextCharFormat(part.format) for part in ranges if part.start == place)
