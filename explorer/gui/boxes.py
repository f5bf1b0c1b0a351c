"""Combo and spin boxes that get along with the window's keys and with a form that scrolls."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QPaintEvent, QValidator, QWheelEvent
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

from explorer.gui.number_entry import NumberBox, NumberEntry, quoted
from explorer.presentation.typed_numbers import decimal_number, whole_number, written

Verdict = tuple[QValidator.State, str, int]
_TO_WINDOW: Final = (Qt.Key.Key_Space, Qt.Key.Key_T)
_MOST_DECIMALS: Final = 12
_HOW_WHOLE: Final = "is not a whole number (a comma, point or space may only separate groups of three digits)"
_HOW_DECIMAL: Final = "is not a number such as 0.05 or 5e-2"


def _takes_key(box: NumberBox, entry: NumberEntry, event: QKeyEvent) -> bool:
    """Handle a key that is no part of a number; False for the keys that Qt handles.

    Keys that write no number are the window's, unless a number is being typed: a space may separate its groups. Enter
    gives the focus back to the window.
    """
    key = event.key()
    if key in _TO_WINDOW and not entry.in_progress:
        event.ignore()
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        entry.settle()
        box.window().setFocus()
    elif key == Qt.Key.Key_Escape and entry.in_progress:
        entry.cancel()
    else:
        return False
    return True


def _set_up(box: NumberBox) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt's own gives the focus to whom the wheel meets
    box.setLocale(QLocale.c())
    box.setKeyboardTracking(False)


def _verdict(objection: str, text: str, position: int) -> Verdict:
    """Everything may be typed: where a validator swallows a character, `1x0` becomes 10."""
    return QValidator.State.Intermediate if objection else QValidator.State.Acceptable, text, position


class WholeBox(QSpinBox):
    """A spin box for a whole number; the wheel turns it only when it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        _set_up(self)
        self.entry = NumberEntry(self, self._objection, super().interpretText, lambda: self.setValue(self.value()))

    def _objection(self, text: str) -> str:
        if self.specialValueText() and text == self.specialValueText():
            return ""
        number = whole_number(text)
        if number is None:
            return f"{quoted(text)} {_HOW_WHOLE}" if text.strip() else "No number was typed"
        if not self.minimum() <= number <= self.maximum():
            return f"{quoted(text)} is not between {self.minimum()} and {self.maximum()}"
        return ""

    def validate(self, text: str, position: int) -> Verdict:
        """What is no number of the range is not yet one."""
        return _verdict(self._objection(text), text, position)

    def fixup(self, text: str) -> str:
        """What was typed: Qt's own takes separators away wherever they stand."""
        return text

    def valueFromText(self, text: str) -> int:  # noqa: N802
        """The number that a text says, the same in every locale."""
        if self.specialValueText() and text == self.specialValueText():
            return self.minimum()
        number = whole_number(text)
        return self.value() if number is None else number

    def textFromValue(self, value: int) -> str:  # noqa: N802
        """Digits alone, in every locale."""
        return str(value)

    def interpretText(self) -> None:  # noqa: N802
        """Take what was typed, or refuse it."""
        self.entry.settle()

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """Step from what was typed."""
        self.entry.settle()
        super().stepBy(steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave some keys to the window."""
        if not _takes_key(self, self.entry, event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """What was typed is finished."""
        self.entry.settle()
        super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a form must not change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DecimalBox(QDoubleSpinBox):
    """The same for a number with decimals: as many as it needs, and no fewer than it is made with."""

    def __init__(self, least_decimals: int = 0) -> None:
        super().__init__()
        self._least = least_decimals
        _set_up(self)
        self.setDecimals(_MOST_DECIMALS)
        self.entry = NumberEntry(self, self._objection, super().interpretText, lambda: self.setValue(self.value()))

    def _objection(self, text: str) -> str:
        number = decimal_number(text)
        if number is None:
            return f"{quoted(text)} {_HOW_DECIMAL}" if text.strip() else "No number was typed"
        if not self.minimum() <= number <= self.maximum():
            return f"{quoted(text)} is not between {written(self.minimum())} and {written(self.maximum())}"
        if round(number, _MOST_DECIMALS) != number:
            return f"{quoted(text)} has more than {_MOST_DECIMALS} decimals"
        return ""

    def validate(self, text: str, position: int) -> Verdict:
        """What is no number of the range is not yet one."""
        return _verdict(self._objection(text), text, position)

    def fixup(self, text: str) -> str:
        """What was typed: Qt's own takes separators away wherever they stand."""
        return text

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """The number that a text says, the same in every locale."""
        number = decimal_number(text)
        return self.value() if number is None else number

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """With a point in every locale; 0.001 rather than 0.001000."""
        return written(value, self._least)

    def interpretText(self) -> None:  # noqa: N802
        """Take what was typed, or refuse it."""
        self.entry.settle()

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """Step from what was typed."""
        self.entry.settle()
        super().stepBy(steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave some keys to the window."""
        if not _takes_key(self, self.entry, event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """What was typed is finished."""
        self.entry.settle()
        super().focusOutEvent(event)

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
