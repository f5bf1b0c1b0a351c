"""Combo and spin boxes that get along with the window's keys and with a form that scrolls."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

_TO_WINDOW: Final = (Qt.Key.Key_Space, Qt.Key.Key_T)


def _is_for_the_window(box: QSpinBox | QDoubleSpinBox, event: QKeyEvent) -> bool:
    """Keys that write no number are the window's, and Enter gives the focus back to it."""
    if event.key() in _TO_WINDOW:
        event.ignore()
        return True
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        box.interpretText()
        box.window().setFocus()
        return True
    return False


class WholeBox(QSpinBox):
    """A spin box for a whole number; the wheel turns it only when it has the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave some keys to the window."""
        if not _is_for_the_window(self, event):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a form must not change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DecimalBox(QDoubleSpinBox):
    """The same for a number with decimals, which writes no zeros at the end unless asked for."""

    def __init__(self, *, trim: bool = False) -> None:
        super().__init__()
        self._trim = trim

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """0.001 rather than 0.001000."""
        return f"{value:.6g}" if self._trim else f"{value:.{self.decimals()}f}"

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave some keys to the window."""
        if not _is_for_the_window(self, event):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a form must not change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Combo(QComboBox):
    """A combo box that a click leaves without the focus, so that the window's keys go on working."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Long choices must not widen the form; the open list shows them whole.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a form must not change it."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say with an ellipsis that a choice is cut; Qt just stops writing."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = option.currentText or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width() - 4)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def fit_list(self) -> None:
        """Make the open list as wide as its longest choice."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
