"""Three ways to go one step, so that the mask's noise and the weights' change can be told apart; and slow motion."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.icons import icon
from explorer.gui.run_state import RunState
from explorer.gui.widgets import Button


class StepBar(QWidget):
    """The buttons. It says what was pressed."""

    batch_pressed = Signal()
    forward_pressed = Signal()
    mask_pressed = Signal()
    slow_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Single steps")
        self.batch = Button("One batch", "Train one batch, then hold (→): new reviews, new masks, new weights")
        self.forward = Button(
            "Forward only", "A new batch through the same weights, no update (F): new reviews and masks"
        )
        self.fresh = Button(
            "New mask", "The same reviews, the same weights, fresh masks (M): what changes is chance alone"
        )
        self.slow = Button("Slow motion", "Train one batch in numbered stages (S)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button, pressed in (
            (self.batch, self.batch_pressed),
            (self.forward, self.forward_pressed),
            (self.fresh, self.mask_pressed),
            (self.slow, self.slow_pressed),
        ):
            button.setProperty("compact", True)
            button.clicked.connect(pressed)
            row.addWidget(button)
        self.show_state(RunState.IDLE)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Redraw the picture on the first button."""
        self.batch.setIcon(icon("step", palette.text))

    def show_state(self, state: RunState) -> None:
        """Enable what can be done now."""
        trains = state in (RunState.IDLE, RunState.RUNNING, RunState.PAUSED)
        self.batch.setEnabled(trains or state is RunState.LOOKING)
        self.slow.setEnabled(trains)
        self.forward.setEnabled(state.has_run)
        self.fresh.setEnabled(state.has_run)
