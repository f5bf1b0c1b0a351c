"""The words of a review, tinted by what they pull, and the strongest of them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from explorer.gui import theme
from explorer.gui.views.reading import Pulled, Reading, signed

MOST_WORDS: Final = 5_000
"""As many words are drawn; all of them count."""
LEVELS: Final = 8
"""Strengths of tint in each direction."""
WEAKEST_SCALE: Final = 0.01
"""The full tint stands for at least this pull, so that nothing is made of nothing."""
_LINED: Final = 3
"""From this level on a word has a line above (towards positive) or below it (towards negative)."""
_MOST_ALPHA: Final = 0.5
_BARS: Final = 80
"""Pixels for the bars of the strongest words and the gaps beside them."""
_NUMBER: Final = "+0.000"
# A line end inside a word would begin a new paragraph, and shift every place behind it.
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\ufdd0\ufdd1", "·"))


def tint_levels(pull: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """(n,) −`LEVELS` (towards negative) to `LEVELS` (towards positive); the strongest pull gets the full tint."""
    pull = np.nan_to_num(pull)  # of a run that has diverged
    scale = max(float(np.max(np.abs(pull), initial=0.0)), WEAKEST_SCALE)
    return np.rint(LEVELS * pull / scale).astype(np.int64)


def towards(palette: theme.Palette, pull: float) -> str:
    """The colour of a direction: blue and orange, which colour-blind readers tell apart."""
    return palette.validation if pull > 0 else palette.accent


class ReviewText(QTextEdit):
    """A review in flowing text that cannot be edited. Words are plain text whatever they look like.

    Attributes:
        pointed: The word under the mouse or the caret, counted from 0; −1 when there is none.
    """

    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._reading: Reading | None = None
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._levels: npt.NDArray[np.int64] | None = None
        self._formats: dict[int, QTextCharFormat] = {}
        self._outside = QTextCharFormat()
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)  # a frame and a ground of its own would look like something to fill in
        self.viewport().setAutoFillBackground(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the window's keys where they are
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Words of the review")
        self.setToolTip(
            "Blue with a line above: pulls towards positive. Orange with a line below: towards negative. "
            "Grey and dotted: outside the vocabulary."
        )
        self.setPlaceholderText("Words appear here")
        self.cursorPositionChanged.connect(self._caret_moved)
        self._make_formats()

    def sizeHint(self) -> QSize:  # noqa: N802
        """It takes what there is."""
        return QSize(360, 100)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few words in two lines."""
        return QSize(140, 48)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self._make_formats()
        self._tint()

    def show_reading(self, reading: Reading | None) -> None:
        """Write a review, not tinted yet."""
        if reading is self._reading:
            return
        self._reading, self._levels = reading, None
        shown = [] if reading is None else [word.translate(_LINE_ENDS) for word in reading.words[:MOST_WORDS]]
        self._starts, self._ends, at = [], [], 0
        for word in shown:
            self._starts.append(at)
            at += _qt_length(word)
            self._ends.append(at)
            at += 1
        more = " …" if reading is not None and len(reading.words) > MOST_WORDS else ""
        self.setPlainText(" ".join(shown) + more)
        self._tint()

    def show_pulls(self, pull: npt.NDArray[np.float64] | None) -> None:
        """Tint the words; the text stays where it is scrolled to.

        Args:
            pull: (n,) of all words of the review; None takes the tint away.
        """
        self._levels = None if pull is None else tint_levels(pull)
        self._tint()

    def word_format(self, k: int) -> QTextCharFormat:
        """How a word is drawn."""
        assert self._reading is not None
        if self._reading.outside[k]:
            return self._outside
        return self._formats[0 if self._levels is None else int(self._levels[k])]

    def word_at(self, position: int) -> int:
        """The word at a place in the text, counted as Qt counts; −1 between words."""
        k = bisect_right(self._starts, position) - 1
        return k if k >= 0 and position < self._ends[k] else -1

    def start_of(self, k: int) -> int:
        """The place of a word in the text, counted as Qt counts."""
        return self._starts[k]

    def _make_formats(self) -> None:
        ink = QTextCharFormat.UnderlineStyle
        self._outside = QTextCharFormat()
        self._outside.setForeground(QColor(self._palette.disabled))
        self._outside.setUnderlineStyle(ink.DotLine)
        self._outside.setUnderlineColor(QColor(self._palette.muted))
        for level in range(-LEVELS, LEVELS + 1):
            look = QTextCharFormat()
            if level:
                colour = QColor(towards(self._palette, level))
                if level >= _LINED:
                    look.setFontOverline(True)
                elif level <= -_LINED:
                    look.setUnderlineStyle(ink.SingleUnderline)
                colour.setAlphaF(_MOST_ALPHA * abs(level) / LEVELS)
                look.setBackground(colour)
            self._formats[level] = look

    def _tint(self) -> None:
        # As a syntax highlighter does it: the text stays, only how it is drawn changes, so nothing flickers.
        ranges = []
        for k, (start, end) in enumerate(zip(self._starts, self._ends, strict=True)):
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = start, end - start, self.word_format(k)
            ranges.append(part)
        document = self.document()
        document.firstBlock().layout().setFormats(ranges)
        document.markContentsDirty(0, document.characterCount())

    def _caret_moved(self) -> None:
        if self.hasFocus():
            self.pointed.emit(self.word_at(self.textCursor().position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell the word under the mouse."""
        super().mouseMoveEvent(event)
        bars = QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        place = self.document().documentLayout().hitTest(event.position() + bars, Qt.HitTestAccuracy.ExactHit)
        self.pointed.emit(self.word_at(place) if place >= 0 else -1)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Point at nothing."""
        super().leaveEvent(event)
        self.pointed.emit(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space and letters are the window's; the arrows move the caret from word to word."""
        words = {
            Qt.Key.Key_Left: QTextCursor.MoveOperation.PreviousWord,
            Qt.Key.Key_Right: QTextCursor.MoveOperation.NextWord,
        }
        if event.key() in words and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.moveCursor(words[Qt.Key(event.key())])
        elif event.text().strip() or event.key() == Qt.Key.Key_Space:
            event.ignore() if not event.modifiers() & Qt.KeyboardModifier.ControlModifier else super().keyPressEvent(
                event
            )
        else:
            super().keyPressEvent(event)


def _qt_length(text: str) -> int:
    """How long Qt thinks a text is: it counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class StrongestWords(QWidget):
    """The words that pull most, each with a bar to its side and its number."""

    ROWS: Final = 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._words: tuple[Pulled, ...] = ()
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Strongest words")
        self.setToolTip(
            "<qt>Pull = the prediction less the prediction of the review without the word, with dropout off. All "
            "occurrences of a word leave together: the model sees whether a word is there, not how often.</qt>"
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """A heading and five rows."""
        metrics = QFontMetrics(self.font())
        width = sum(metrics.horizontalAdvance(text) for text in ("underwhelming", _NUMBER)) + _BARS
        return QSize(width, (self.ROWS + 1) * (metrics.height() + 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Rows move together where there is little height."""
        return QSize(self.sizeHint().width(), 48)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def show_words(self, words: tuple[Pulled, ...], note: str = "") -> None:
        """Draw other words, or a note where there are none."""
        self._words, self._note = words, note
        self.setAccessibleDescription(", ".join(self.lines()) or note)
        self.update()

    def lines(self) -> tuple[str, ...]:
        """What the rows say."""
        return tuple(f"{each.word} {signed(each.pull)}" for each in self._words)

    def note(self) -> str:
        """What stands where there are no words."""
        return self._note

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw word, bar and number of each."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        bar_room = _BARS - 16.0
        word_room = self.width() - metrics.horizontalAdvance(_NUMBER) - _BARS
        height = min(metrics.height() + 3.0, self.height() / (self.ROWS + 1))
        middle = word_room + 8 + bar_room / 2
        painter.setPen(QColor(self._palette.muted))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), height), left | vertical, "pulls most")
        painter.drawText(QRectF(0, 0, self.width(), height), right | vertical, "− neg · pos +")
        if not self._words:
            note = QRectF(0, height, self.width(), self.height() - height)
            painter.drawText(note, Qt.AlignmentFlag.AlignTop | left | Qt.TextFlag.TextWordWrap, self._note)
            return
        longest = max(*(abs(each.pull) for each in self._words), WEAKEST_SCALE)
        for row, each in enumerate(self._words, start=1):
            line = QRectF(0, row * height, self.width(), height)
            painter.setPen(QColor(self._palette.text))
            shown = metrics.elidedText(each.word.translate(_LINE_ENDS), Qt.TextElideMode.ElideRight, int(word_room))
            painter.drawText(line, left | vertical, shown)
            painter.drawText(line, right | vertical, signed(each.pull))
            length = each.pull / longest * bar_room / 2
            bar = QRectF(middle, line.top() + 0.22 * height, length, 0.56 * height).normalized()
            painter.fillRect(bar, QColor(towards(self._palette, each.pull)))
        painter.setPen(theme.pen(self._palette.muted))
        painter.drawLine(QPointF(middle, height), QPointF(middle, (len(self._words) + 1) * height))
