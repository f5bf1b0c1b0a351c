"""Dialog of a star scale: from which on a review is positive, and up to which it is negative."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from explorer.data.source_options import split_source, with_options
from explorer.gui.boxes import DecimalBox
from explorer.gui.widgets import plain_label
from explorer.presentation.typed_numbers import decimal_number, written

_SAID: Final = re.compile(r"#good=(?P<good>-?[\d.]+)&bad=(?P<bad>-?[\d.]*\d)")
_FURTHEST: Final = 1e9
_WIDTH: Final = 420


def limits_in(sentences: Iterable[str]) -> tuple[float, float] | None:
    """The limits of good and bad that a note on the labels names, as `#good=4&bad=2`; None when none does."""
    found = _SAID.search(" ".join(sentences))
    return None if found is None else (float(found["good"]), float(found["bad"]))


def limits_of(source: str) -> tuple[float, float] | None:
    """The limits of good and bad that a source carries; None unless it carries both."""
    options = split_source(source)[1]
    good, bad = (None if said is None else decimal_number(said) for said in (options.good, options.bad))
    return None if good is None or bad is None else (good, bad)


class StarsDialog(QDialog):
    """Asks for the two limits.

    Args:
        source: The reviews, with the options that they were read with.
        limits: From which on a review is positive, and up to which negative, as it is now.

    Attributes:
        chosen: The source with other limits.
    """

    chosen = Signal(object)

    def __init__(self, source: str, limits: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.setWindowTitle("Which labels are good?")
        self.setMinimumWidth(_WIDTH)
        self.good, self.bad = DecimalBox(), DecimalBox()
        form = QFormLayout()
        for box, name, limit in (
            (self.good, "Positive from", limits[0]),
            (self.bad, "Negative up to", limits[1]),
        ):
            box.setRange(-_FURTHEST, _FURTHEST)
            box.setValue(limit)
            box.setAccessibleName(name)
            form.addRow(f"&{name}", box)
            box.valueChanged.connect(self._show_choice)
        self.good.setToolTip("The least label of a positive review")
        self.bad.setToolTip("The greatest label of a negative review; those between the two are left out")
        self.note = plain_label("", "muted", wrap=True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.ok = self.buttons.button(buttons.Ok)
        self.ok.setText("Read")
        self.ok.setToolTip("Read the reviews with these limits (Enter)")
        self.buttons.accepted.connect(self._answer)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self._show_choice()
        self.good.setFocus()
        self.good.selectAll()

    def _show_choice(self) -> None:
        good, bad = written(self.good.value()), written(self.bad.value())
        fits = self.bad.value() < self.good.value()
        self.ok.setEnabled(fits)
        self.note.setText(
            f"{good} and more are positive, {bad} and less negative; what is between is left out and counted."
            if fits
            else f"{bad} must be less than {good}: no review can be both."
        )

    def _answer(self) -> None:
        for box in (self.good, self.bad):
            box.interpretText()
        if self.ok.isEnabled():
            self.accept()
            good, bad = written(self.good.value()), written(self.bad.value())
            self.chosen.emit(with_options(self._source, good=good, bad=bad))
