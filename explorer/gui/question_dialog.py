"""Dialog of a question about how to read a source: a sentence, and a button for each answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.data.questions import DataQuestion
from explorer.data.source_options import split_source
from explorer.gui.stars_dialog import StarsDialog, limits_of
from explorer.gui.widgets import plain_label, plain_tip
from explorer.presentation.shown_text import shown
from explorer.presentation.source_text import in_words

_WIDTH: Final = 560
_LONGEST_NAME: Final = 60
_BEFORE_SCROLLING: Final = 8
"""More answers than these are scrolled."""


class QuestionDialog(QDialog):
    """Asks a question; Enter gives the likeliest answer where there is one, Escape none.

    Attributes:
        chosen: The source to load instead; it carries the answer.
        answers: A button for each answer, the likeliest first.
        others: A button that asks for other limits of good and bad, where the answers are limits.
    """

    chosen = Signal(object)

    def __init__(self, question: DataQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name, answers = _file_name(question.path), question.answers
        self.setWindowTitle(f"How to read {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sentence = question.question.replace(question.path, Path(question.path).name or question.path)
        self.sentence = plain_label(shown(sentence, lines=True), wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setMinimumWidth(_WIDTH)
        self.path = ElidedPath(_whole(question.path))
        self.setAccessibleName(self.windowTitle())
        self.setAccessibleDescription(self.sentence.text())
        self.answers = [self._button(label, source) for label, source in answers]
        self.others = [self._other_limits(limits, source) for _, source in answers[:1] if (limits := limits_of(source))]
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setToolTip("Do not open this file (Esc)")
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(self.sentence)
        column.addWidget(self.path)
        column.addWidget(self._stacked())
        column.addSpacing(4)
        column.addWidget(self.buttons)
        first = self.answers[0]
        if len({split_source(source)[1].positive for _, source in answers}) > 1:
            first = self.cancel  # neither label is the likelier good one: Enter must not turn the reviews round
        first.setDefault(True)
        first.setFocus()

    def _button(self, label: str, source: str) -> QPushButton:
        label = shown(label)
        button = AnswerButton(label)
        told = in_words(split_source(source)[1])
        button.setAccessibleName(label)
        button.setAccessibleDescription(" ".join(told))
        button.setToolTip(plain_tip(label, *map(shown, told)))
        button.clicked.connect(lambda: self._answer(source))
        return button

    def _other_limits(self, limits: tuple[float, float], source: str) -> QPushButton:
        button = AnswerButton("Other limits…")
        button.setAccessibleName("Other limits")
        button.setToolTip("Choose from which number on a review is good")

        def ask() -> None:
            dialog = StarsDialog(source, limits, self)
            dialog.chosen.connect(self._answer)
            dialog.open()

        button.clicked.connect(ask)
        return button

    def _stacked(self) -> QWidget:
        holder = QWidget()
        stack = QVBoxLayout(holder)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(6)
        for button in (*self.answers, *self.others):
            stack.addWidget(button)
        if len(self.answers) <= _BEFORE_SCROLLING:
            return holder
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(_BEFORE_SCROLLING * self.answers[0].sizeHint().height())
        return area

    def _answer(self, source: str) -> None:
        self.accept()
        self.chosen.emit(source)


class AnswerButton(QPushButton):
    """A button as wide as the dialog, whose text is cut in the middle where it is longer."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self.setMinimumWidth(120)
        self.setAutoDefault(True)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show as much of the answer as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width(), _WIDTH) - 32
        text = self.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideMiddle, room)
        self.setText(text.replace("&", "&&"))  # an ampersand in a label is no shortcut


class ElidedPath(QLabel):
    """A path on one line, cut in the middle; the tooltip shows it whole."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._path = shown(path)
        self.setMinimumWidth(120)
        self.setAccessibleName(self._path)
        self.setToolTip(plain_tip(self._path))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show as much of the path as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width(), _WIDTH)
        self.setText(self.fontMetrics().elidedText(self._path, Qt.TextElideMode.ElideMiddle, room))


def _whole(path: str) -> str:
    """A path from the root on, without `..` and double slashes, where it is one of this computer; else as it is."""
    return os.path.abspath(path) if os.path.lexists(path) else path


def _file_name(path: str) -> str:
    name = shown(Path(path).name or path)
    return name if len(name) <= _LONGEST_NAME else f"{name[:30]}…{name[-25:]}"
