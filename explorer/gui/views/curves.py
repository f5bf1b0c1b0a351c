"""Loss and accuracy over the run on the screen, and over the runs before."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.history import Scalars
from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochResult, Mode, Snapshot
from explorer.gui import theme
from explorer.gui.runs import Run, RunBook
from explorer.gui.views.base import Want
from explorer.gui.views.curve_controls import CurveControls
from explorer.gui.views.curve_legend import Entry, Legend
from explorer.gui.views.plot import CurvePlot, RunLine, line_pens, run_pen
from explorer.presentation.curves import LINE_NAMES, TITLES
from explorer.presentation.series import (
    MERGE_WITHIN,
    NEW_COUNTS,
    Axis,
    Places,
    Points,
    RunningMean,
    Smoothing,
    accuracy_curves,
    along,
    envelope,
    length_along,
    loss_curves,
    markers,
    moved,
)

REFRESH_S: Final = 0.25
"""Curves move slowly; four times a second is enough."""
_NONE: Final[Points] = np.empty(0)


class CurvesView(QWidget):
    """Two plots side by side, the choices of how to draw them, and one legend.

    Attributes:
        step_chosen: A batch of the run on the screen was pointed out, by its step.
        look_chosen: Horizontal axis, smoothing, and whether the losses' axis is logarithmic, as a person chose them.

    Args:
        book: The runs to draw.
        clock: Seconds, monotonic; what the pace of drawing is kept by.
    """

    step_chosen = Signal(int)
    look_chosen = Signal(str, str, bool)

    def __init__(
        self,
        book: RunBook | None = None,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._book = book if book is not None else RunBook(self)
        self._clock = clock
        self._drawn_at = -1.0
        self._palette = theme.DARK
        self._turn = 1  # the losses are next
        self._cursor: int | None = None
        self.loss = CurvePlot(TITLES["loss"])
        self.accuracy = CurvePlot(TITLES["accuracy"], labels_below=True)
        self._drawn: dict[CurvePlot, object] = {}
        self._marked: dict[CurvePlot, object] = {}
        self._means: dict[CurvePlot, RunningMean] = {}
        self._shown_run: Run | None = None
        self._state: tuple[tuple[EpochResult, ...], Scalars] | None = None
        self._shown_others: tuple[object, ...] = ()
        self._longest_other = 0.0
        self.controls = CurveControls()
        self._legend = Legend()
        side = QVBoxLayout()
        side.setContentsMargins(8, 0, 0, 0)
        side.setSpacing(4)
        side.addWidget(self.controls)
        side.addWidget(self._legend, 1)
        holder = QWidget()
        holder.setLayout(side)
        holder.setFixedWidth(276)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 8, 4)
        row.setSpacing(10)
        row.addWidget(self.loss, 1)
        row.addWidget(self.accuracy, 1)
        row.addWidget(holder)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._book.changed.connect(self._book_changed)
        self.controls.chosen.connect(self._look_chosen)
        for plot in (self.loss, self.accuracy):
            plot.clicked.connect(self._clicked)
        self._look_changed()

    @property
    def wants(self) -> frozenset[Want]:
        """The history only."""
        return frozenset({"history"})

    def sizeHint(self) -> QSize:  # noqa: N802
        """Less than the equation."""
        return QSize(1100, 250)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Axes and a little between them."""
        return QSize(500, 130)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.loss.apply_theme(palette)
        self.accuracy.apply_theme(palette)
        self._show_legend()

    # -- told by the window --

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of a batch; what is drawn comes from the history, a few times a second.

        The two plots take turns, so that no frame has to draw both; the second draws what the first one did.
        """
        if self._clock() - self._drawn_at >= REFRESH_S / 2:
            self._drawn_at = self._clock()
            self._turn = 1 - self._turn
            if self.isVisible():
                if self._turn == 0:
                    self._look_at_history()
                self._refresh_plot((self.loss, self.accuracy)[self._turn])

    def refresh(self) -> None:
        """Draw what the history holds by now."""
        self._drawn_at = self._clock()
        self._look_at_history()
        self._refresh_plot(self.loss)
        self._refresh_plot(self.accuracy)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up with what was trained while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def show_look(self, axis: Axis, smoothing: Smoothing, log: bool) -> None:
        """Draw against an axis, smoothed or not, on a logarithmic axis of losses or a linear one."""
        self.controls.show_choices(axis, smoothing, log)
        self._look_changed()

    def show_cursor(self, step: int | None) -> None:
        """Point out a batch of the run on the screen, or none."""
        self._cursor = step
        self._place_cursor()

    def legend_texts(self) -> tuple[str, ...]:
        """What the legend says of lines."""
        return tuple(entry.text for entry in self._legend.entries if entry.pen is not None)

    # -- the choices --

    def _look_chosen(self) -> None:
        self._look_changed()
        self.look_chosen.emit(self.controls.axis, self.controls.smoothing, self.controls.log)

    def _look_changed(self) -> None:
        self.loss.show_log(self.controls.log)
        for plot in (self.loss, self.accuracy):
            plot.show_axis(self.controls.axis)
        self._forget_drawn()
        self._book_changed()
        self._place_cursor()

    def _clicked(self, x: float) -> None:
        run = self._book.current
        if run is not None and len(run.history):
            results = run.results
            places = along(self.controls.axis, np.arange(1, len(run.history) + 1), run.started.batches, results)
            if np.isfinite(places).any():
                self.step_chosen.emit(int(np.nanargmin(np.abs(places - x))) + 1)

    def _place_cursor(self) -> None:
        run, place = self._book.current, math.nan
        if run is not None and self._cursor is not None:
            place = float(along(self.controls.axis, [self._cursor], run.started.batches, run.results)[0])
        for plot in (self.loss, self.accuracy):
            plot.show_cursor(place if math.isfinite(place) else None)

    # -- drawn --

    def _book_changed(self) -> None:
        run = self._book.current
        run = run if run is not None and run.visible else None
        if (run is None) is not (self._shown_run is None) or (
            run is not None and self._shown_run is not None and run.history is not self._shown_run.history
        ):
            self._forget_drawn()
            self._cursor = None
            self._place_cursor()
        self._shown_run = run
        self._show_others()
        self._show_legend()
        self.refresh()

    def _forget_drawn(self) -> None:
        self._drawn.clear()
        self._marked.clear()
        new_counts = NEW_COUNTS[self.controls.smoothing]
        self._means = {plot: RunningMean(new_counts) for plot in (self.loss, self.accuracy)}
        empty = loss_curves(())
        for plot in (self.loss, self.accuracy):
            plot.show_curves(empty)
            plot.show_batches(_NONE, _NONE)
            plot.show_smoothed(_NONE, _NONE)
            plot.show_markers(())

    def _look_at_history(self) -> None:
        """What both plots draw: the run as it is now."""
        run = self._shown_run
        # Results before the batches: there are at most those of one epoch more.
        self._state = None if run is None else (run.results, run.history.scalars())

    def _refresh_plot(self, plot: CurvePlot) -> None:
        run, axis = self._shown_run, self.controls.axis
        if run is not None and self._state is not None:
            results, scalars = self._state
            figure, curves = (scalars.loss, loss_curves) if plot is self.loss else (scalars.accuracy, accuracy_curves)
            if self._drawn.get(plot) is not results:
                self._drawn[plot] = results
                plot.show_curves(curves(results, axis))
            plot.show_batches(*self._placed(run, *envelope(scalars.step, figure)))
            if self.controls.smoothing != "none":
                plot.show_smoothed(*self._placed(run, *envelope(scalars.step, self._means[plot].of(figure))))
            self._show_markers(plot, run)
            if axis == "seconds" and self._cursor is not None:
                self._place_cursor()
        self._fit(plot)

    def _placed(self, run: Run, steps: Places, y: Points) -> tuple[Points, Points]:
        x = along(self.controls.axis, steps, run.started.batches, run.results)
        there = np.isfinite(x)
        return (x, y) if there.all() else (x[there], y[there])

    def _show_markers(self, plot: CurvePlot, run: Run) -> None:
        changes, axis = run.history.changes, self.controls.axis
        key = (changes, run.results if axis == "seconds" else None)
        if self._marked.get(plot) != key:
            self._marked[plot] = key
            marks = markers(changes)
            places = along(axis, [m.position * run.started.batches for m in marks], run.started.batches, run.results)
            plot.show_markers(moved(marks, places), MERGE_WITHIN * self._length(run) / max(self._epochs(run), 1))

    def _show_others(self) -> None:
        runs = [run for run in self._book.earlier if run.visible]
        key = tuple((run.number, run.look, run.results, self.controls.axis) for run in runs)
        if key == self._shown_others:
            return
        self._shown_others = key
        for plot, curves in ((self.loss, loss_curves), (self.accuracy, accuracy_curves)):
            lines = []
            for run in runs:
                curve = curves(run.results, self.controls.axis)
                lines.append(RunLine(run.look, curve.x, curve.validation if run.started.held_out else curve.training))
            plot.show_others(lines)
        self._longest_other = max((self._length(run) for run in runs), default=0.0)

    def _show_legend(self) -> None:
        pens: dict[str, Any] = line_pens(self._palette)
        entries = []
        others = [run for run in self._book.earlier if run.visible]
        if self._shown_run is not None and others:
            entries.append(Entry(self._shown_run.full_name))
        if self._shown_run is not None or not others:
            entries += [Entry(name, pens[line], dot=line == "validation") for line, name in LINE_NAMES.items()]
        if others:
            entries.append(Entry("Validation of earlier runs"))
        for run in others:
            text = run.full_name if run.started.held_out else f"{run.full_name} (training, dropout off)"
            entries.append(Entry(text, run_pen(self._palette, run.look)))
        self._legend.show_entries(entries)

    def _epochs(self, run: Run) -> int:
        """How many epochs are to be shown: all that a run on its way was asked for."""
        current = self._book.current
        going_on = current is not None and current.number == run.number
        return max(len(run.results), run.settings.epochs if going_on else 0)

    def _length(self, run: Run) -> float:
        return length_along(self.controls.axis, self._epochs(run), run.started.batches, run.results)

    def _fit(self, plot: CurvePlot) -> None:
        run, axis = self._shown_run, self.controls.axis
        right = max(self._longest_other, 0.0 if run is None else self._length(run))
        if axis == "seconds" and right > 0.0:
            step = 10.0 ** math.floor(math.log10(right)) / 2
            right = math.ceil(right / step) * step  # so that it moves seldom
        if right == 0.0:
            right = float(Settings().epochs) if axis == "epoch" else 1.0
        plot.fit(right, whole=axis != "seconds", top=1.0 if plot is self.accuracy else None)
