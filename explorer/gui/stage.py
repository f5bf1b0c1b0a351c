"""The batch on the screen: every view that shows it draws the same one, in the same mode, with the same cell marked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.data.dataset import Dataset
from explorer.engine.snapshot import Mode, Snapshot, Started
from explorer.gui.focus import Focus
from explorer.gui.later import Later
from explorer.gui.looking import Looking
from explorer.gui.panel import Panel
from explorer.gui.timeline import Mark, Timeline
from explorer.gui.views.base import BatchView
from explorer.gui.views.equation import EquationView
from explorer.presentation import arithmetic
from explorer.presentation.series import markers


class Stage(QObject):
    """Joins what is looked at, what is pointed at, and the views of a batch. Hidden views are not drawn.

    Attributes:
        pointed: The arithmetic of the cell pointed at and its review's beginning; empty when there is none.
        drawn: A batch was drawn in the views, a `Snapshot`.
        looking: Which batch is looked at.
        focus: Which cell is pointed at.
        mode: The pass that is shown.
    """

    pointed = Signal(str)
    drawn = Signal(object)

    def __init__(self, equation: EquationView, timeline: Timeline, focus: Focus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.focus = focus
        self.looking = Looking(self)
        self.mode: Mode = "training"
        self._equation, self._timeline = equation, timeline
        self._views: list[tuple[BatchView, QWidget]] = []
        self._dataset: Dataset | None = None
        self._batches = 0
        self._dragging = False
        self._others = Later(self._draw_others, self)
        self.add(equation, equation)
        self.looking.shown.connect(self._draw)
        self.looking.moved.connect(self._show_position)
        focus.changed.connect(self._point)
        timeline.dragged.connect(self._dragged)
        timeline.live_pressed.connect(self.looking.go_live)

    def add(self, view: BatchView, widget: QWidget, panel: Panel | None = None) -> None:
        """Draw batches in one more view, whenever it can be seen."""
        self._views.append((view, widget))
        if panel is not None:
            panel.seen.connect(lambda: self._draw_one(view))

    # -- told --

    def begin(self, started: Started, labels: npt.NDArray[np.uint8], dataset: Dataset | None) -> None:
        """Turn to a run.

        Args:
            started: The run.
            labels: (n,) of all its training reviews.
            dataset: Its reviews; None when they are not loaded, and then no texts are shown.
        """
        self._dataset = dataset
        self._batches = started.batches
        self.clear()
        self.looking.begin(started, labels)
        self._timeline.track.show_marks(())

    def show_dataset(self, dataset: Dataset | None) -> None:
        """The reviews of the run that is shown are there, or no longer."""
        self._dataset = dataset
        self._point()

    def clear(self) -> None:
        """Forget the run."""
        self.focus.let_go()
        self.looking.clear()
        for view, _ in self._views:
            view.clear()

    def show_mode(self, mode: Mode) -> None:
        """Draw the batch on the screen in one mode."""
        if mode != self.mode:
            self.mode = mode
            if self.looking.drawn is not None:
                self._draw(self.looking.drawn)

    def show_changes(self) -> None:
        """Mark on the timeline where settings changed."""
        history = self.looking.history
        if history is not None:
            marks = markers(history.changes)
            steps = [Mark(round(mark.position * self._batches) + 1, mark.text) for mark in marks]
            self._timeline.track.show_marks(steps)

    # -- drawn --

    def _draw(self, snapshot: Snapshot) -> None:
        self._equation.draw(snapshot, self.mode)
        if self._dragging:
            self._others.ask()  # the maps are under the eye; the rest follows a moment later
        else:
            self._draw_others()
        self._point()
        self.drawn.emit(snapshot)

    def _draw_others(self) -> None:
        snapshot = self.looking.drawn
        for view, widget in self._views:
            if view is not self._equation and widget.isVisible() and snapshot is not None:
                view.draw(snapshot, self.mode)

    def _draw_one(self, view: BatchView) -> None:
        """Draw a view that was hidden until now."""
        if self.looking.drawn is not None:
            view.draw(self.looking.drawn, self.mode)

    def _show_position(self) -> None:
        looking = self.looking
        drawn = looking.drawn
        notes = {"forward": "forward only: no update", "mask": "a new mask, same weights"}
        notes["forward mask"] = "forward only: a new mask"
        note = "" if drawn is None else notes.get(drawn.kind, "")
        self._timeline.show_position(looking.step, looking.steps, self._batches, live=looking.live, note=note)
        self._show_state()

    def _show_state(self) -> None:
        self._equation.show_state(behind=self.looking.behind, stands_for_last=self.looking.stands_for_last)

    def _point(self) -> None:
        cell, snapshot = self.focus.cell, self.looking.drawn
        self.looking.hold("pointing", cell is not None)
        text = ""
        if cell is not None and snapshot is not None:
            place = snapshot.forward(self.mode).place(cell.hidden)
            if cell.review < place.mask.shape[0] and cell.unit < place.mask.shape[1]:
                told = arithmetic.review(snapshot, cell.review, self._dataset)
                text = f"{arithmetic.cell(place, cell.review, cell.unit)}    {told}"
        self.pointed.emit(text)
        self._show_state()

    def _dragged(self, step: int) -> None:
        history = self.looking.history
        if history is not None and len(history):
            # A finger cannot tell neighbours apart, and those that have their activations show more.
            self._dragging = True
            try:
                self.looking.look_at(history.nearest_with_activations(min(max(step, 1), len(history))))
            finally:
                self._dragging = False
