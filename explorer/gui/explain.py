"""*What am I looking at?*: a panel's explanation, in a small window beside the button that asked for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.beside import beside
from explorer.gui.explanations import EXPLANATIONS
from explorer.gui.widgets import Button

_COLUMN: Final = 74
"""Average characters in a line; longer ones are hard to read."""
_MARGIN: Final = 10
_TITLE_BAR: Final = 34
"""Left free above for the window's frame, whose height is not known before it is shown."""


class Text(QTextEdit):
    """Text to read, to select and to scroll. Letters, Space, ← and → are the window's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Not by the keyboard too: that would show a caret, and take the arrow keys from scrolling.
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up, down and page scroll, Ctrl+A and Ctrl+C select and copy; Qt would scroll on Space as well."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        letter = bool(event.text()) and event.text().isprintable() and not control
        if letter or event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)


class ExplanationDialog(QDialog):
    """A panel's explanation. The main window goes on working, also by its keys: what is described can be tried out.

    Args:
        key: Of `EXPLANATIONS`.
        parent: The main window.
    """

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("explanation")
        self._key = key
        self._text = Text(self)
        self._close = Button("Close", "Close this explanation (Esc)")
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._text, 1)
        column.addLayout(row)
        self.show_key(key)

    @property
    def key(self) -> str:
        """Which explanation it is."""
        return self._key

    def text(self) -> str:
        """All that it says."""
        return self._text.toPlainText()

    def show_key(self, key: str) -> None:
        """Explain another panel."""
        self._key = key
        explanation = EXPLANATIONS[key]
        self.setWindowTitle(f"{explanation.title}: what am I looking at?")
        self._text.setAccessibleName(f"Explanation of {explanation.title}")
        self._write()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the text at a width that can be read."""
        width = self._text.fontMetrics().averageCharWidth() * _COLUMN
        document = self._text.document().clone()
        document.setTextWidth(width)
        margins = self._column.contentsMargins()
        return QSize(
            width + margins.left() + margins.right(),
            round(document.size().height()) + 12 + self._close.sizeHint().height() + margins.top() + margins.bottom(),
        )

    def place_beside(self, anchor: QWidget) -> None:
        """Stand next to a control, inside its screen."""
        screen = anchor.screen().availableGeometry().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        target = QRect(anchor.mapToGlobal(QPoint()), anchor.size()).adjusted(-4, -4, 4, 4)
        framed, _ = beside(target, self.sizeHint() + QSize(0, _TITLE_BAR), screen)
        self.resize(framed.width(), framed.height() - _TITLE_BAR)
        self.move(framed.topLeft())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc closes; what means nothing here is the main window's, as if it had the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        window = self.parentWidget()
        if window is None:
            super().keyPressEvent(event)
        else:
            QCoreApplication.sendEvent(window, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Colours and sizes are written into the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._write()

    def _write(self) -> None:
        explanation = EXPLANATIONS[self._key]
        self._text.clear()
        cursor = QTextCursor(self._text.document())
        large, body, bold, small = (theme.font(3, bold=True), theme.font(), theme.font(0.5, bold=True), theme.font(-1))
        ink, muted, accent = QPalette.ColorRole.WindowText, QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Link
        lines = [(explanation.title, large, ink, 0), (explanation.shown, body, ink, 4)]
        for each in explanation.answers:
            lines += [(each.question, bold, accent, 16), (each.answer, body, ink, 3)]
            if each.see:
                lines.append((f"See it: {each.see}", body, muted, 3))
            lines.append((f"Source: {each.source}", small, muted, 3))
        for number, (line, font, role, above) in enumerate(lines):
            block, letters = QTextBlockFormat(), QTextCharFormat()
            block.setTopMargin(above)
            letters.setFont(font)
            letters.setForeground(self.palette().color(role))
            if number:
                cursor.insertBlock(block, letters)
            else:
                cursor.setBlockFormat(block)
            cursor.insertText(line, letters)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)


def show_explanation(parent: QWidget, anchor: QWidget, key: str) -> ExplanationDialog:
    """Explain a panel beside the control that asked for it. There is one such window at a time.

    Args:
        parent: The main window.
        anchor: The control; it is not covered.
        key: Of `EXPLANATIONS`.
    """
    open_ones = [dialog for dialog in parent.findChildren(ExplanationDialog) if dialog.isVisible()]
    dialog = open_ones[0] if open_ones else ExplanationDialog(key, parent)
    dialog.show_key(key)
    dialog.place_beside(anchor)
    dialog.show()
    dialog.activateWindow()
    return dialog
