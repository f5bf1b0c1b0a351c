"""Combo and spin boxes that get along with the window's keys and with a form that scrolls."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
)

Verdict = tuple[QValidator.State, str, int]
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


def _half_typed(box: QSpinBox | QDoubleSpinBox, verdict: Verdict) -> Verdict:
    """Let a number outside the range be typed to its end; Qt then puts the value before back.

    Qt's own validator swallows the digit that leaves the range and takes the rest: of 1.0 it makes 0.
    """
    state, text, position = verdict
    if state == QValidator.State.Invalid:
        number, is_number = box.locale().toDouble(text)
        if is_number and not box.minimum() <= number <= box.maximum():
            state = QValidator.State.Intermediate
    return state, text, position


class WholeBox(QSpinBox):
    """A spin box for a whole number; the wheel turns it only when it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt's own gives the focus to whom the wheel meets

    def validate(self, text: str, position: int) -> Verdict:
        """What is outside the range is not yet a number rather than none."""
        return _half_typed(self, super().validate(text, position))

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
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def validate(self, text: str, position: int) -> Verdict:
        """What is outside the range is not yet a number rather than none."""
        return _half_typed(self, super().validate(text, position))

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


class Slider(QSlider):
    """A level slider that the wheel moves only when it has the focus; a click leaves it without."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

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
        option.currentText = self._fitting_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        """Tell the whole choice where it is cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            # A tooltip guesses whether it is HTML; the name of a file must not decide that.
            lines = html.escape(self.told()).replace("\n", "<br>")
            QToolTip.showText(event.globalPos(), f"<qt>{lines}</qt>" if lines else "", self)
            return True
        return super().event(event)

    def told(self) -> str:
        """The tooltip, below the whole choice if that is cut."""
        choice = self.currentText()
        cut = choice and self._fitting_text() != choice
        return "\n".join(part for part in (choice if cut else "", self.toolTip()) if part)

    def _fitting_text(self) -> str:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.currentText() or self.placeholderText()
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width() - 4)

    def fit_list(self) -> None:
        """Make the open list as wide as its longest choice."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
