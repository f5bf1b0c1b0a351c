"""Slow motion: one training step in eight numbered stages, at a pace of choice."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.engine.questions import SlowBatch
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.icons import icon
from explorer.gui.views.equation import EquationView
from explorer.gui.views.stages import DENSE, LIT, NAMES, captions, example
from explorer.gui.widgets import Button, plain_label

PACES: Final[tuple[float | None, ...]] = (1.0, 2.0, 4.0, 8.0, None)
"""Seconds a stage; None waits for a press."""
DEFAULT_PACE: Final = 4.0


class SlowBar(QFrame):
    """The stages in a row, the caption of the one at hand, and what moves on. It says what was pressed."""

    stage_chosen = Signal(int)
    hold_pressed = Signal()
    again_pressed = Signal()
    close_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("slow")
        self.setAccessibleName("Slow motion")
        self._stage = 0
        self._palette = theme.DARK
        self.stages = [Button(f"{k} {name}", f"Stage {k}: {name}") for k, name in enumerate(NAMES, start=1)]
        self._group = QButtonGroup(self)
        for k, button in enumerate(self.stages):
            button.setCheckable(True)
            button.setProperty("compact", True)
            button.clicked.connect(lambda _checked, k=k: self.stage_chosen.emit(k))
            self._group.addButton(button)
        self.hold = Button("Hold", "Stay at this stage, or go on")
        self.again = Button("Next batch", "Train the next batch in slow motion (S)")
        self.leave = Button("End", "Leave slow motion (Esc)")
        for button in (self.hold, self.again, self.leave):
            button.setProperty("compact", True)
        self.pace = Combo()
        for seconds in PACES:
            self.pace.addItem("by hand" if seconds is None else f"{seconds:g} s a stage", seconds)
        self.pace.setCurrentIndex(PACES.index(DEFAULT_PACE))
        self.pace.setAccessibleName("Pace of slow motion")
        self.pace.setToolTip("How long each stage stays; by hand waits for → or a click on a stage")
        theme.hug(self.pace)
        self._caption = plain_label(wrap=True)
        self._caption.setAccessibleName("What happens at this stage")
        self.hold.clicked.connect(self.hold_pressed)
        self.again.clicked.connect(self.again_pressed)
        self.leave.clicked.connect(self.close_pressed)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self.stages:
            row.addWidget(button)
        row.addStretch(1)
        for control in (self.hold, self.pace, self.again, self.leave):
            row.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 4)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._caption)
        self.hide()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Redraw the picture on the button."""
        self._palette = palette

    def caption(self) -> str:
        """What is said of the stage at hand."""
        return self._caption.text()

    def show_stage(self, stage: int, caption: str, *, holding: bool) -> None:
        """Light a stage and say what happens there."""
        self._stage = stage
        self.stages[stage].setChecked(True)
        self._caption.setText(caption)
        self.hold.setText("Go on" if holding else "Hold")
        self.hold.setIcon(icon("play" if holding else "pause", self._palette.text))


class SlowMotion(QObject):
    """Walks through a step.

    Attributes:
        wanted: Another batch is wanted in slow motion.
        holds: Whether the picture is to stay, for whoever draws the newest batch.
    """

    wanted = Signal()
    holds = Signal(bool)

    def __init__(self, bar: SlowBar, equation: EquationView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar, self._equation = bar, equation
        self._batch: SlowBatch | None = None
        self._captions: tuple[str, ...] = ()
        self._stage = 0
        self._holding = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        bar.stage_chosen.connect(self._chosen)
        bar.hold_pressed.connect(self._hold_or_go_on)
        bar.again_pressed.connect(self.wanted)
        bar.close_pressed.connect(self.end)
        bar.pace.activated.connect(self._wait)
        equation.place_chosen.connect(self._retell)

    @property
    def running(self) -> bool:
        """Whether a step is being walked through."""
        return self._batch is not None

    @property
    def stage(self) -> int:
        """The stage at hand, counted from 0."""
        return self._stage

    def begin(self, batch: SlowBatch) -> None:
        """Walk through a step, from its first stage."""
        self._batch = batch
        self._holding = False
        self.holds.emit(True)
        self._bar.show()
        self._retell()
        self._show(0)

    def end(self) -> None:
        """Back to the whole picture."""
        if self._batch is not None:
            self._batch = None
            self._timer.stop()
            self._bar.hide()
            self._equation.show_stage(None)
            self.holds.emit(False)

    def by(self, stages: int) -> None:
        """So many stages on, or back where negative."""
        self._chosen(min(max(self._stage + stages, 0), len(NAMES) - 1))

    def _retell(self) -> None:
        if self._batch is not None:
            self._captions = captions(self._batch, self._equation.hidden)
            self._show(self._stage)

    def _show(self, stage: int) -> None:
        assert self._batch is not None
        self._stage = stage
        self._bar.show_stage(stage, self._captions[stage], holding=self._holding)
        hidden = self._equation.hidden
        self._equation.show_stage(
            LIT[stage],
            dense=self._batch.dense[hidden - 1] if stage == DENSE else None,
            cell=example(self._batch, hidden),
        )
        self._wait()

    def _wait(self) -> None:
        """Have the next stage come by itself, if it is to."""
        pace = PACES[self._bar.pace.currentIndex()]
        last = self._stage == len(NAMES) - 1
        if self._batch is None or self._holding or pace is None or last:
            self._timer.stop()
        else:
            self._timer.start(round(pace * 1000))

    def _go_on(self) -> None:
        if self._batch is not None and self._stage < len(NAMES) - 1:
            self._show(self._stage + 1)

    def _chosen(self, stage: int) -> None:
        """A stage that was chosen stays: whoever points at it wants to read it."""
        if self._batch is not None:
            self._holding = True
            self._show(stage)

    def _hold_or_go_on(self) -> None:
        self._holding = not self._holding
        if not self._holding and self._stage == len(NAMES) - 1:
            self._stage = 0
        if self._batch is not None:
            self._show(self._stage)
