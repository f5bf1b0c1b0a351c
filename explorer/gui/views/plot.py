"""One plot of a figure over the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.widgets import Readout
from explorer.presentation.axes import ticks_between, whole_ticks
from explorer.presentation.curves import AXIS_LABELS, Style, figure_range, run_look
from explorer.presentation.series import MERGE_WITHIN, Axis, Curves, Marker, Points, stacked

_LINE, _BETWEEN_TEXTS, _FOR_TEXTS = 0.08, 0.05, 0.6
"""The height of a line of a mark's text, the gap below a text, and the room of all, as shares of the plot's height."""
LINES = ("trained", "training", "validation")
BATCHES = ("batches", "smoothed")
_STYLES: Final[dict[Style, Qt.PenStyle]] = {
    "dash-dot": Qt.PenStyle.DashDotLine,
    "solid": Qt.PenStyle.SolidLine,
    "dot": Qt.PenStyle.DotLine,
    "dash-dot-dot": Qt.PenStyle.DashDotDotLine,
}
_TICK_WIDTH: Final = 46
"""Pixels for a number on the horizontal axis."""


def line_pens(palette: theme.Palette, *, faint_batches: bool = False) -> dict[str, Any]:
    """Orange is the training reviews, blue the validation reviews; dashed is the training reviews with dropout off."""
    return {
        "trained": theme.pen(palette.accent, 2.2),
        "training": theme.pen(palette.accent, 2.0, Qt.PenStyle.DashLine),
        "validation": theme.pen(palette.validation, 2.2),
        "batches": theme.pen(palette.accent, 1.0, alpha=0.25 if faint_batches else 0.6),
        "smoothed": theme.pen(palette.accent, 1.5),
    }


def run_pen(palette: theme.Palette, look: int) -> Any:
    """The pen of a run that is over. Looks differ in colour and in the kind of line; the first twenty all differ."""
    colour, style = run_look(palette, look)
    return theme.pen(colour, 1.5, _STYLES[style])


@dataclass(frozen=True, slots=True, eq=False)
class RunLine:
    """A run that is over.

    Attributes:
        look: Which of the looks for runs.
        x: (n,)
        y: (n,)
    """

    look: int
    x: Points
    y: Points


class CurvePlot(QWidget):
    """The curves of this run, a faint line of its batches, other runs, and a mark where a setting changed.

    Attributes:
        clicked: A place on the horizontal axis was pointed out.
    """

    clicked = Signal(float)

    def __init__(self, title: str, *, labels_below: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Plot of {title}")
        self.setToolTip("Click to look at that batch")
        self._palette = theme.DARK
        self._labels_below = labels_below
        self._log = False
        heading = Readout("Title of the plot")
        theme.set_font(heading, 1, bold=True)
        heading.set_text(title)
        self._plot = pg.PlotWidget()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setLabel("bottom", AXIS_LABELS["epoch"])
        self._plot.getAxis("left").setWidth(42)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._plot.getAxis("bottom").setHeight(36)
        self._plot.getViewBox().disableAutoRange()
        self._plot.getViewBox().setDefaultPadding(0.0)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        theme.cache_axes(self._plot)
        # Faint, jagged by nature, and many points: smoothing their edges costs most.
        self._lines = {name: self._curve(antialias=False) for name in BATCHES}
        self._lines |= {name: self._curve() for name in LINES}
        self._others: list[tuple[RunLine, Any]] = []
        self._marks: list[Any] = []
        self._markers: tuple[Marker, ...] = ()
        self._shown_marks: tuple[Marker, ...] = ()
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setVisible(False)
        self._plot.addItem(self._cursor)
        self._fitted: tuple[object, ...] = ()
        self._wanted: tuple[float, bool, float | None] = (1.0, True, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading)
        layout.addWidget(self._plot, 1)

    def _curve(self, *, antialias: bool = True) -> Any:
        curve = pg.PlotDataItem(antialias=antialias, connect="finite")
        curve.setLogMode(False, self._log)
        self._plot.addItem(curve)
        return curve

    def _clicked(self, event: Any) -> None:
        box = self._plot.getViewBox()
        if event.button() is Qt.MouseButton.LeftButton and box.sceneBoundingRect().contains(event.scenePos()):
            self.clicked.emit(box.mapSceneToView(event.scenePos()).x())

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same curves."""
        self._palette = palette
        theme.style_plot(self._plot, palette)
        self._plot.getAxis("bottom").label.setDefaultTextColor(QColor(palette.muted))
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setGrid(round(palette.grid_alpha * 255))
        self._set_pens()
        self._cursor.setPen(theme.pen(palette.text, 1.2))
        for line, curve in self._others:
            curve.setPen(run_pen(palette, line.look))
        shown, self._shown_marks = self._shown_marks, ()
        self._show_marks(shown)

    def _set_pens(self) -> None:
        palette = self._palette
        smoothed = len(self.data("smoothed")[0]) > 0
        pens = line_pens(palette, faint_batches=smoothed)
        for name, line in self._lines.items():
            line.setPen(pens[name])
        self._lines["validation"].setSymbol("o")
        self._lines["validation"].setSymbolSize(6)
        self._lines["validation"].setSymbolBrush(QColor(palette.validation))
        self._lines["validation"].setSymbolPen(None)

    def show_curves(self, curves: Curves) -> None:
        """Draw this run's epochs."""
        for name in LINES:
            figures = getattr(curves, name)
            # Where no reviews are held out there is no line, and pyqtgraph warns of symbols that are nowhere.
            there = ~np.isnan(figures)
            self._lines[name].setData(*((curves.x, figures) if there.any() else (curves.x[:0], figures[:0])))
        self._lines["validation"].setSymbolSize(6 if len(curves.x) <= 30 else 3)
        # One point has no line yet; a dot shows that it is there.
        alone = len(curves.x) == 1
        for name in ("trained", "training"):
            self._lines[name].setSymbol("o" if alone else None)
            self._lines[name].setSymbolSize(5)
            self._lines[name].setSymbolPen(None)
            self._lines[name].setSymbolBrush(QColor(self._palette.accent))

    def show_batches(self, x: Points, y: Points) -> None:
        """Draw this run's batches."""
        self._lines["batches"].setData(x, y)

    def show_smoothed(self, x: Points, y: Points) -> None:
        """Draw the running mean of this run's batches, in front of them; empty for none."""
        there = len(self.data("smoothed")[0]) > 0
        self._lines["smoothed"].setData(x, y)
        if there is not (len(x) > 0):
            self._set_pens()

    def show_others(self, runs: Sequence[RunLine]) -> None:
        """Draw other runs behind this one."""
        while len(self._others) > len(runs):
            self._plot.removeItem(self._others.pop()[1])
        for k, run in enumerate(runs):
            if k == len(self._others):
                curve = self._curve()
                curve.setZValue(-5)
                self._others.append((run, curve))
            curve = self._others[k][1]
            self._others[k] = (run, curve)
            curve.setPen(run_pen(self._palette, run.look))
            curve.setData(run.x, run.y)

    def show_markers(self, markers: tuple[Marker, ...], within: float = MERGE_WITHIN) -> None:
        """Draw a mark where a setting changed; those `within` of each other on the axis share a text."""
        self._markers = markers
        self._show_marks(stacked(markers, within=within))

    def _show_marks(self, marks: tuple[Marker, ...]) -> None:
        if marks == self._shown_marks:
            return
        self._shown_marks = marks
        for mark in self._marks:
            self._plot.removeItem(mark)
        self._marks = []
        used = 0.0
        for marker in marks:
            need = _LINE * (marker.text.count("\n") + 1) + _BETWEEN_TEXTS
            if used + need > _FOR_TEXTS:
                used = 0.0
            level = used + need / 2
            if marker.text:
                used += need  # neighbours stand on lines of their own
            mark = pg.InfiniteLine(
                pos=marker.position,
                angle=90,
                pen=theme.pen(self._palette.muted, 1.0, Qt.PenStyle.DotLine),
                label=marker.text or None,
                labelOpts={
                    "position": level if self._labels_below else 1.0 - level,
                    "color": QColor(self._palette.text),
                    "fill": QColor(self._palette.window),
                    "anchors": [(0, 0.5), (1, 0.5)],
                },
            )
            if marker.text:
                mark.label.setFont(theme.font(-1))
            mark.setZValue(-10)  # the curves matter more than what is written about them
            self._plot.addItem(mark)
            self._marks.append(mark)

    def marker_texts(self) -> tuple[str, ...]:
        """What the marks say."""
        return tuple(marker.text for marker in self._markers)

    def show_cursor(self, x: float | None) -> None:
        """Point out a place on the horizontal axis, or none."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setValue(x)

    def cursor_place(self) -> float | None:
        """The place that is pointed out."""
        return float(self._cursor.value()) if self._cursor.isVisible() else None

    def show_axis(self, axis: Axis) -> None:
        """Say what the horizontal axis counts."""
        self._plot.setLabel("bottom", AXIS_LABELS[axis])

    def show_log(self, log: bool) -> None:
        """A logarithmic vertical axis, or a linear one."""
        self._log = log
        for line in (*self._lines.values(), *(curve for _, curve in self._others)):
            line.setLogMode(False, log)

    def fit(self, right: float, *, whole: bool = True, top: float | None = None) -> None:
        """Choose the visible part: from 0 to `right`, and what the curves need in height.

        The batches scatter; the upper and lower hundredth of them may leave the picture.

        Args:
            right: The largest place on the horizontal axis.
            whole: Whether that axis counts whole things.
            top: The highest number there can be.
        """
        self._wanted = (right, whole, top)
        lines = [line.y for line, _ in self._others] + [self.data(name)[1] for name in LINES]
        low, high, ticks = figure_range(lines, [self.data(name)[1] for name in BATCHES], log=self._log, top=top)
        right = 1.03 * right  # room for the last number
        most = max(2, min(11, (self.width() - 46) // _TICK_WIDTH))
        fitted = (right, low, high, most, whole, self._log)
        if fitted != self._fitted:
            self._fitted = fitted
            self._plot.getViewBox().setRange(xRange=(0.0, right), yRange=(low, high), padding=0)
            self._plot.getAxis("left").setTicks([ticks])
            self._plot.getAxis("bottom").setTicks([(whole_ticks if whole else ticks_between)(0.0, right, most=most)])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As many numbers on the horizontal axis as there is room for."""
        super().resizeEvent(event)
        right, whole, top = self._wanted
        self.fit(right, whole=whole, top=top)

    def data(self, name: str) -> tuple[Points, Points]:
        """What is drawn of one of `LINES` or `BATCHES`."""
        x, y = self._lines[name].getOriginalDataset()
        return (np.array([]), np.array([])) if x is None else (x, y)

    def others(self) -> tuple[RunLine, ...]:
        """What is drawn of other runs."""
        return tuple(line for line, _ in self._others)
