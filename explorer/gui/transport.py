"""The bar on top: start, reset, speed, progress, and the large switch between training and inference."""

from __future__ import annotations

from typing import Final, assert_never

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.snapshot import Mode, Snapshot
from explorer.engine.test_result import TestResult
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.icons import Shape, icon
from explorer.gui.run_state import RunState
from explorer.gui.widgets import Button, Readout, plain_label
from explorer.presentation.test_words import accuracy_line, classic_line, test_line

SPEEDS: Final[tuple[float | None, ...]] = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, None)
"""Batches a second; None is as fast as it goes."""
DEFAULT_SPEED: Final = 5.0
"""Slow enough to watch one batch after the other."""
_PROGRESS_STEPS: Final = 1000
_RESET_TIP: Final = "Give up this run and go back to the start"
_LEAVE_TIP: Final = "Go back to the run that holds, or to the start; this run stays in the list"


def speed_label(speed: float | None) -> str:
    """A speed in words."""
    if speed is None:
        return "as fast as it goes"
    return "1 batch/s" if speed == 1 else f"{speed:g} batches/s"


class Transport(QFrame):
    """The bar. It says what was pressed and shows what it is told.

    Attributes:
        cannot_continue: Why the run that is looked at cannot be continued; empty when it can.
    """

    play_pressed = Signal()
    reset_pressed = Signal()
    speed_chosen = Signal(object)
    mode_chosen = Signal(str)
    export_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._state = RunState.IDLE
        self.cannot_continue = self._continue_tip = ""
        self._palette = theme.DARK
        self.play = Button("Start", "")
        self.play.setObjectName("go")
        self.reset = Button("Reset", _RESET_TIP)
        self.speed = Combo()
        for speed in SPEEDS:
            self.speed.addItem(speed_label(speed), speed)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How many batches are trained in a second")
        theme.hug(self.speed)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setRange(0, _PROGRESS_STEPS)
        self._bar.setAccessibleName("Progress of the run")
        self._progress = Readout("Progress", sample="Epoch 20 of 20 · batch 49 of 49 · loss")
        self.training = self._segment("Training", "segmentLeft", "The pass that trains: dropout on (T)")
        self.inference = self._segment("Inference", "segmentRight", "The same batch and weights, dropout off (T)")
        group = QButtonGroup(self)
        group.addButton(self.training)
        group.addButton(self.inference)
        self.training.setChecked(True)
        self._pass = plain_label("Forward pass", "muted")
        self.export = Button("Export", "Figures, films, tables and more of a run, as files (Ctrl+E)")
        self._lay_out()
        self.play.clicked.connect(self.play_pressed)
        self.export.clicked.connect(self.export_pressed)
        self.reset.clicked.connect(self.reset_pressed)
        self.speed.activated.connect(lambda index: self.speed_chosen.emit(SPEEDS[index]))
        self.training.clicked.connect(lambda: self.mode_chosen.emit("training"))
        self.inference.clicked.connect(lambda: self.mode_chosen.emit("inference"))
        self.show_state(RunState.IDLE)

    @staticmethod
    def _segment(text: str, name: str, tip: str) -> Button:
        button = Button(text, tip)
        button.setObjectName(name)
        button.setCheckable(True)
        theme.set_font(button, 1.5, bold=True)
        button.setAccessibleName(f"Forward pass: {text.lower()}")
        return button

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(3)
        middle.addWidget(self._progress)
        middle.addWidget(self._bar)
        switch = QHBoxLayout()
        switch.setSpacing(0)
        switch.addWidget(self.training)
        switch.addWidget(self.inference)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        for widget in (self.play, self.reset, self.speed):
            row.addWidget(widget)
        row.addSpacing(10)
        row.addLayout(middle, 1)
        row.addSpacing(10)
        row.addWidget(self._pass)
        row.addLayout(switch)
        row.addSpacing(6)
        row.addWidget(self.export)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Redraw the pictures on the buttons."""
        self._palette = palette
        # As wide as its longest text but two: the bar must not move when a run is paused.
        self.play.setMinimumWidth(theme.scaled(104))
        self.reset.setIcon(icon("reset", palette.text))
        self.show_state(self._state)

    def show_state(self, state: RunState) -> None:
        """Say on the buttons what pressing them does now."""
        self._state = state
        match state:
            case RunState.IDLE:
                text, tip = "Start", "Begin to train (Space)"
            case RunState.STARTING:
                text, tip = "Starting…", "The run begins as soon as everything is loaded"
            case RunState.RUNNING:
                text, tip = "Pause", "Hold after this batch (Space)"
            case RunState.PAUSED:
                text, tip = "Resume", "Go on (Space)"
            case RunState.FINISHED:
                text, tip = "Start again", "Begin a new run; this one stays as a thin line (Space)"
            case RunState.LOOKING:
                text, tip = "Continue", self.cannot_continue or self._continue_tip
            case _:
                assert_never(state)
        self.play.setText(text)
        self.play.setToolTip(tip)
        self.play.setAccessibleName(text)
        possible = state is not RunState.LOOKING or not self.cannot_continue
        self.play.setEnabled(possible and state is not RunState.STARTING)
        shape: Shape = "pause" if state is RunState.RUNNING else "play"
        usable = self.play.isEnabled()
        self.play.setIcon(icon(shape, self._palette.on_go if usable else self._palette.disabled))
        self.reset.setEnabled(state is not RunState.IDLE)
        self.reset.setText("Leave" if state is RunState.LOOKING else "Reset")
        self.reset.setToolTip(_LEAVE_TIP if state is RunState.LOOKING else _RESET_TIP)

    def show_continuable(self, reason: str, tip: str = "") -> None:
        """Take note, for when a run is looked at, why it cannot be continued, or from where it can."""
        self.cannot_continue, self._continue_tip = reason, tip

    def show_speed(self, speed: float | None) -> None:
        """Show a speed as chosen."""
        self.speed.setCurrentIndex(SPEEDS.index(speed))

    def show_mode(self, mode: Mode) -> None:
        """Show a mode as chosen."""
        (self.training if mode == "training" else self.inference).setChecked(True)

    def progress_text(self) -> str:
        """What stands above the progress bar."""
        return self._progress.text()

    def show_message(self, text: str, fraction: float | None = 0.0) -> None:
        """Show what is going on besides training; a `fraction` of None is work of unknown length."""
        self._progress.set_text(text)
        self._set_bar(fraction)

    def show_progress(self, snapshot: Snapshot, test: TestResult | None = None) -> None:
        """Show how far the run is, or what it came to.

        Args:
            snapshot: The newest batch.
            test: What the run made of the test reviews, if it is over.
        """
        epochs = max(snapshot.settings.epochs, snapshot.epoch)
        if test is None:
            text = f"batch {snapshot.batch} of {snapshot.batches}"
            text += f" · loss {snapshot.loss:.3f} · accuracy {snapshot.accuracy:.3f}"
            self._progress.set_text(f"Epoch {snapshot.epoch} of {epochs} · {text}")
        else:
            classic = classic_line(test)
            text = f"{test_line(test)} · {classic}"
            shorter = (text, f"{accuracy_line(test)} · {classic}", classic)
            self._progress.set_text(f"Epoch {snapshot.epoch} of {epochs} · {text}", shorter=shorter)
        self._set_bar(((snapshot.epoch - 1) * snapshot.batches + snapshot.batch) / (epochs * snapshot.batches))

    def _set_bar(self, fraction: float | None) -> None:
        if fraction is None:
            self._bar.setRange(0, 0)
            return
        if self._bar.maximum() == 0:
            self._bar.setRange(0, _PROGRESS_STEPS)
        self._bar.setValue(round(fraction * _PROGRESS_STEPS))
