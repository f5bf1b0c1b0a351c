"""Notices about runs: one that a crash left, one that holds behind another, one that is no longer kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui.runs import Run
from explorer.gui.widgets import Banner
from explorer.presentation.series import descriptions
from explorer.store import Leftover


class RunNotices(QWidget):
    """Three banners below each other."""

    open_pressed = Signal()
    discard_pressed = Signal()
    later_pressed = Signal()
    back_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leftover = Banner("info")
        self.held = Banner("info")
        self.unkept = Banner("warning")
        self.open = self.leftover.add_button("Open", "Show this run; it can be continued", self.open_pressed.emit)
        self.discard = self.leftover.add_button("Discard", "Remove it for good", self.discard_pressed.emit)
        self.leftover.closed.connect(self.later_pressed)
        self.back = self.held.add_button(
            "Go back to it", "Put the run that holds on the screen", self.back_pressed.emit
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for banner in (self.leftover, self.held, self.unkept):
            column.addWidget(banner)

    def offer(self, leftover: Leftover | None) -> None:
        """Say what a session left that ended without closing; None when it left nothing more."""
        if leftover is None:
            self.leftover.hide()
            return
        (differs,) = descriptions([(leftover.settings, leftover.settings)])
        self.leftover.say(
            f"The last session ended without closing. Its run ({differs}, {leftover.title}; "
            f"epoch {leftover.epochs} of {max(leftover.epochs, leftover.settings.epochs)}) can be opened."
        )

    def show_held(self, run: Run | None) -> None:
        """Say which run holds while another one is on the screen."""
        if run is None:
            self.held.hide()
            return
        self.held.say(f"{run.name} holds meanwhile, and stays in the list.")
        self.back.setText(f"Back to {run.name}" if len(run.name) < 24 else "Back to it")

    def show_unkept(self, sentence: str) -> None:
        """Say why a run is no longer kept for the case of a crash."""
        self.unkept.say(sentence)
