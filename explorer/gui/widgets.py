"""Small parts that the window is made of."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.presentation.shown_text import shown

Kind = Literal["info", "warning", "error"]


class Readout(QWidget):
    """A line of plain text that changes often.

    A `QLabel` asks for a new layout of the whole window whenever its text changes; at 30 frames a second that costs
    more than the heatmaps. This one has a size of its own, paints plain text (a review's `<b>` stays a `<b>`) and cuts
    what does not fit.
    """

    def __init__(
        self,
        name: str,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        sample: str = "",
        muted: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._text = ""
        self._shorter: Sequence[str] = ()
        self._align = align
        self._sample = sample
        self._muted = muted
        self._ink: str | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str, *, shorter: Sequence[str] = ()) -> None:
        """Say something else.

        Args:
            text: What it says.
            shorter: What it shows where the text does not fit, the longest first; where none fits, the beginning of
                the last, or of the text when there are none.
        """
        text = shown(text, lines=True)
        if (text, *shorter) != (self._text, *self._shorter):
            self._text, self._shorter = text, shorter
            self.setAccessibleDescription(text)
            # A tooltip guesses whether it is HTML; a review must not decide that.
            self.setToolTip("" if self._fits(text) else f"<qt>{html.escape(text)}</qt>")
            self.update()

    def drawn_text(self) -> str:
        """What is drawn at the present width: the text, a shorter one, or the beginning of one with an ellipsis."""
        texts = (self._text, *self._shorter)
        text = next((each for each in texts if self._fits(each)), texts[-1])
        return QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, self.width())

    def _fits(self, text: str) -> bool:
        return QFontMetrics(self.font()).horizontalAdvance(text) <= self.width()

    def set_ink(self, colour: str | None) -> None:
        """A colour of its own, or None for the palette's."""
        if colour != self._ink:
            self._ink = colour
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """The room of the sample text it was made with."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._sample), metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It can be cut to nothing."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the text, cut at the end."""
        painter = QPainter(self)
        role = QPalette.ColorRole.PlaceholderText if self._muted else QPalette.ColorRole.WindowText
        painter.setPen(QColor(self._ink) if self._ink else self.palette().color(role))
        painter.drawText(self.rect(), self._align | Qt.AlignmentFlag.AlignVCenter, self.drawn_text())


class Button(QPushButton):
    """A button that leaves the arrow keys to the window, and the focus where it is when it is clicked."""

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setToolTip(tip)
        self.setAccessibleName(text or tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Qt would move the focus on →, which steps a batch here; Tab moves it already."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)


def plain_label(text: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never reads its text as HTML; `name` is what the style sheet knows it by."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if name:
        label.setObjectName(name)
    return label


def plain_tip(*lines: str) -> str:
    """A tooltip of some lines. Qt guesses whether a tooltip is HTML; the name of a file must not decide that."""
    return f"<qt>{'<br>'.join(map(html.escape, lines))}</qt>"


SCREEN_ONLY: Final = "screenOnly"
"""A property of widgets that say what to do on the screen, and have no place in a picture."""


class Banner(QFrame):
    """A notice across the top of the centre: a sentence, what can be done about it, and a way to close it."""

    closed = Signal()

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", kind)
        self._message = plain_label(wrap=True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        self._details_button = Button("Details", "Show what the program wrote down about it")
        self._details_button.setCheckable(True)
        self._copy_button = Button("Copy", "Copy the message and its details, for a bug report")
        close = QToolButton()
        close.setObjectName("close")
        close.setText("✕")
        close.setToolTip("Close this notice")
        close.setAccessibleName("Close this notice")
        close.clicked.connect(self._close)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(150)
        self._details.setAccessibleName("Details")
        self._details.setTabChangesFocus(True)

        row = QHBoxLayout()
        row.addWidget(self._message, 1)
        row.addLayout(self._buttons)
        row.addWidget(self._details_button)
        row.addWidget(self._copy_button)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 8, 6)
        column.addLayout(row)
        column.addWidget(self._details)
        self._details_button.toggled.connect(self._details.setVisible)
        self._copy_button.clicked.connect(self._copy)
        self.hide()

    def add_button(self, text: str, tip: str, pressed: Callable[[], object]) -> Button:
        """Something that can be done about it."""
        button = Button(text, tip)
        button.clicked.connect(lambda: pressed())
        self._buttons.addWidget(button)
        return button

    def text(self) -> str:
        """The sentence."""
        return self._message.text()

    def details(self) -> str:
        """What stands behind *Details*."""
        return self._details.toPlainText()

    def say(self, message: str, details: str = "") -> None:
        """Show a sentence."""
        self._message.setText(shown(message))
        self._details.setPlainText(shown(details, lines=True))
        self._details.hide()
        self._details_button.setChecked(False)
        self._details_button.setVisible(bool(details))
        self._copy_button.setVisible(bool(details))
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n\n".join([self.text(), self.details()]))

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
