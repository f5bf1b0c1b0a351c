"""A program to read: its syntax in colour, its lines numbered, the lines of the dropout marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pygments.lexers.python import PythonLexer
from pygments.styles import get_style_by_name
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QWidget

from explorer.gui import theme
from explorer.presentation.code_colours import STYLES, marked_background


def token_format(token: Any, palette: theme.Palette) -> QTextCharFormat:
    """How a kind of token (a member of `pygments.token`) looks."""
    style = get_style_by_name(STYLES[palette.name]).style_for_token(token)
    look = QTextCharFormat()
    look.setForeground(QColor(f"#{style['color']}" if style["color"] else palette.text))
    look.setFontItalic(style["italic"])
    if style["bold"]:
        look.setFontWeight(QFont.Weight.DemiBold)
    return look


def lines_text(lines: Iterable[int]) -> str:
    """Line numbers in words, runs drawn together: "lines 40 to 60, 70 and 72"."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and runs[-1][1] == line - 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    parts = [str(first) if first == last else f"{first} to {last}" for first, last in runs]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{'line' if len(parts) == 1 and runs[0][0] == runs[0][1] else 'lines'} {listed}"


class _Highlighter(QSyntaxHighlighter):
    """Colours a document by tokens found beforehand: a Python string may span lines, and Qt asks line by line."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._palette = theme.DARK
        self._lexer = PythonLexer(stripnl=False, ensurenl=False)
        self._spans: list[list[tuple[int, int, Any]]] = []
        self._formats: dict[Any, QTextCharFormat] = {}

    def prepare(self, text: str) -> None:
        """Find the tokens of the text that the document is about to hold."""
        self._spans = [[]]
        column = 0
        for token, value in self._lexer.get_tokens(text):
            for number, piece in enumerate(value.split("\n")):
                if number:
                    self._spans.append([])
                    column = 0
                self._spans[-1].append((column, len(piece), token))
                column += len(piece)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self._formats.clear()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line."""
        number = self.currentBlock().blockNumber()
        for start, length, token in self._spans[number] if number < len(self._spans) else ():
            if token not in self._formats:
                self._formats[token] = token_format(token, self._palette)
            self.setFormat(start, length, self._formats[token])


class _Margin(QWidget):
    """Line numbers, and a diamond at the lines of the dropout: colour is not the only sign."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setToolTip("◆ marks the lines of the dropout")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the diamond and three digits."""
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what stands beside the lines in view."""
        self._editor.paint_margin(event)


class CodeEditor(QPlainTextEdit):
    """Shows a program; it can be read, selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self._marked: frozenset[int] = frozenset()
        self._highlighter = _Highlighter(self.document())
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName("Program")
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(QApplication.font().pointSizeF() + 0.5)
        self.setFont(face)
        self.document().setDocumentMargin(6)
        self._margin = _Margin(self)
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self.updateRequest.connect(self._scroll_margin)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few lines."""
        return QSize(300, 60)

    @property
    def marked(self) -> frozenset[int]:
        """Numbers, from 1, of the marked lines."""
        return self._marked

    def show_code(self, text: str, marked: frozenset[int]) -> None:
        """Show a program, scrolled to where the one before was; the first one is scrolled to its first marked line."""
        bars = (self.verticalScrollBar(), self.horizontalScrollBar())
        first = self.document().isEmpty()
        places = [bar.value() for bar in bars]
        self._marked = marked
        self._highlighter.prepare(text)
        self.setPlainText(text)
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)
        if first and marked:
            bars[0].setValue(min(marked) - 3)
        self.setAccessibleDescription(f"Dropout: {lines_text(marked)}" if marked else "No dropout")
        self._margin.update()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self._highlighter.apply_theme(palette)
        self.viewport().update()
        self._margin.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the marks from edge to edge, and the text on them."""
        painter = QPainter(self.viewport())
        background = QColor(marked_background(self._palette))
        for line, place in self._lines_in_view(event.rect().bottom()):
            if line in self._marked:
                painter.fillRect(QRectF(0, place.top(), self.viewport().width(), place.height()), background)
        painter.end()  # Qt paints the text with a painter of its own
        super().paintEvent(event)

    def _lines_in_view(self, bottom: int) -> Iterator[tuple[int, QRectF]]:
        """The number, from 1, and the place of each line from the first one in view down to `bottom`, in pixels."""
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > bottom:
                return
            yield block.blockNumber() + 1, place
            block = block.next()

    # -- the margin --

    def margin_width(self) -> int:
        """Room for a diamond and three digits, in pixels."""
        return self.fontMetrics().horizontalAdvance("◆  999 ") + 8

    def paint_margin(self, event: QPaintEvent) -> None:
        """Number the lines in view, and set a diamond beside each marked one."""
        painter = QPainter(self._margin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), QColor(self._palette.panel))
        painter.setFont(self.font())
        width, height = self._margin.width(), self.fontMetrics().height()
        for line, place in self._lines_in_view(event.rect().bottom()):
            row = QRectF(0, place.top(), width, place.height())
            marked = line in self._marked
            if marked:
                painter.fillRect(row, QColor(marked_background(self._palette)))
                self._paint_diamond(painter, QPointF(12, row.center().y()), height * 0.24)
            painter.setPen(QColor(self._palette.text if marked else self._palette.muted))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(row.adjusted(0, 0, -10, 0), side, str(line))

    def _paint_diamond(self, painter: QPainter, centre: QPointF, size: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.accent_ink))
        corners = ((0, -size), (size, 0), (0, size), (-size, 0))
        painter.drawPolygon(QPolygonF([centre + QPointF(*corner) for corner in corners]))

    def _scroll_margin(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the margin as tall as the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_width(), inside.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space belongs to the window, where it plays and pauses; Qt would turn a page."""
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)
