"""How the curves are drawn: against what, smoothed or not, and on which vertical axis."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from explorer.gui.boxes import Combo
from explorer.presentation.series import Axis, Smoothing

_AXES: Final[tuple[tuple[Axis, str], ...]] = (("epoch", "by epoch"), ("batch", "by batch"), ("seconds", "by second"))
_SMOOTHINGS: Final[tuple[tuple[Smoothing, str], ...]] = (
    ("none", "not smoothed"),
    ("light", "smoothed"),
    ("strong", "very smooth"),
)


class CurveControls(QWidget):
    """A row of choices.

    Attributes:
        chosen: A person chose something else.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis, self._smoothing, self._log = Combo(), Combo(), QCheckBox("log")
        for axis, label in _AXES:
            self._axis.addItem(label, axis)
        self._axis.setAccessibleName("Horizontal axis")
        self._axis.setToolTip(
            "What the horizontal axis counts: epochs, batches, or seconds of computing (pauses are not counted; "
            "batches are spread evenly over their epoch, and the first epoch appears when it is done)"
        )
        for smoothing, label in _SMOOTHINGS:
            self._smoothing.addItem(label, smoothing)
        self._smoothing.setAccessibleName("Smoothing")
        self._smoothing.setToolTip(
            "Draw a running mean of the single batches in front of them: over about 10 batches, or about 50. "
            "The lines of epochs stay as measured"
        )
        self._log.setAccessibleName("Logarithmic axis of losses")
        self._log.setToolTip("A logarithmic vertical axis for the losses: equal ratios are equally far apart")
        self._log.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._axis, 5)
        row.addWidget(self._smoothing, 6)
        row.addWidget(self._log)
        for box in (self._axis, self._smoothing):
            box.setMinimumContentsLength(4)
            box.activated.connect(lambda _index: self.chosen.emit())
        self._log.clicked.connect(lambda _checked: self.chosen.emit())

    @property
    def axis(self) -> Axis:
        """What the horizontal axis counts."""
        return _AXES[self._axis.currentIndex()][0]

    @property
    def smoothing(self) -> Smoothing:
        """How much the line of batches is smoothed."""
        return _SMOOTHINGS[self._smoothing.currentIndex()][0]

    @property
    def log(self) -> bool:
        """Whether the losses have a logarithmic axis."""
        return self._log.isChecked()

    def show_choices(self, axis: Axis, smoothing: Smoothing, log: bool) -> None:
        """Show choices as made."""
        self._axis.setCurrentIndex(self._axis.findData(axis))
        self._smoothing.setCurrentIndex(self._smoothing.findData(smoothing))
        self._log.setChecked(log)
