"""One plot of a figure over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.views.axes import round_range, whole_ticks
from explorer.gui.views.series import Curves, Marker, Points, stacked
from explorer.gui.widgets import Readout

_LINE, _BETWEEN_TEXTS, _FOR_TEXTS = 0.08, 0.05, 0.6
"""The height of a line of a mark's text, the gap below a text, and the room of all, as shares of the plot's height."""
LINES = ("trained", "training", "validation")


def line_pens(palette: theme.Palette) -> dict[str, Any]:
    """Orange is the training reviews, blue the validation reviews; dashed is the training reviews with dropout off."""
    return {
        "trained": theme.pen(palette.accent, 2.2),
        "training": theme.pen(palette.accent, 2.0, Qt.PenStyle.DashLine),
        "validation": theme.pen(palette.validation, 2.2),
        "batches": theme.pen(palette.accent, 1.0, alpha=0.6),
    }


def earlier_pen(palette: theme.Palette, index: int) -> Any:
    """The pen of an earlier run."""
    return theme.pen(palette.earlier[index % len(palette.earlier)], 1.3, Qt.PenStyle.DashDotLine)


class CurvePlot(QWidget):
    """The curves of this run, a faint line of its batches, earlier runs, and a mark where a setting changed."""

    def __init__(self, title: str, *, labels_below: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Plot of {title}")
        self._palette = theme.DARK
        self._labels_below = labels_below
        heading = Readout("Title of the plot")
        heading.setFont(theme.font(1, bold=True))
        heading.set_text(title)
        self._plot = pg.PlotWidget()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setLabel("bottom", "epoch")
        self._plot.getAxis("left").setWidth(42)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._plot.getAxis("bottom").setHeight(36)
        self._plot.getViewBox().disableAutoRange()
        self._plot.getViewBox().setDefaultPadding(0.0)
        theme.cache_axes(self._plot)
        self._batches = self._curve(antialias=False)  # faint, jagged by nature, and many points: smoothing costs most
        self._lines = {name: self._curve() for name in LINES}
        self._earlier: list[Any] = []
        self._marks: list[Any] = []
        self._shown_markers: tuple[Marker, ...] = ()
        self._fitted: tuple[float, float, float] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading)
        layout.addWidget(self._plot, 1)

    def _curve(self, *, antialias: bool = True) -> Any:
        curve = pg.PlotDataItem(antialias=antialias, connect="finite")
        self._plot.addItem(curve)
        return curve

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same curves."""
        self._palette = palette
        theme.style_plot(self._plot, palette)
        self._plot.getAxis("bottom").label.setDefaultTextColor(QColor(palette.muted))
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setGrid(round(palette.grid_alpha * 255))
        pens = line_pens(palette)
        self._batches.setPen(pens["batches"])
        for name, line in self._lines.items():
            line.setPen(pens[name])
        self._lines["validation"].setSymbol("o")
        self._lines["validation"].setSymbolSize(6)
        self._lines["validation"].setSymbolBrush(QColor(palette.validation))
        self._lines["validation"].setSymbolPen(None)
        for index, line in enumerate(self._earlier):
            line.setPen(earlier_pen(palette, index))
        shown, self._shown_markers = self._shown_markers, ()
        self.show_markers(shown)

    def show_curves(self, curves: Curves) -> None:
        """Draw this run's epochs."""
        for name, line in self._lines.items():
            line.setData(curves.epochs, getattr(curves, name))
        self._lines["validation"].setSymbolSize(6 if len(curves.epochs) <= 30 else 3)
        # One point has no line yet; a dot shows that it is there.
        alone = len(curves.epochs) == 1
        for name in ("trained", "training"):
            self._lines[name].setSymbol("o" if alone else None)
            self._lines[name].setSymbolSize(5)
            self._lines[name].setSymbolPen(None)
            self._lines[name].setSymbolBrush(QColor(self._palette.accent))

    def show_batches(self, x: Points, y: Points) -> None:
        """Draw this run's batches."""
        self._batches.setData(x, y)

    def show_earlier(self, runs: Sequence[tuple[Points, Points]]) -> None:
        """Draw earlier runs."""
        for line in self._earlier:
            self._plot.removeItem(line)
        self._earlier = []
        for index, (x, y) in enumerate(runs):
            line = self._curve()
            line.setZValue(-5)
            line.setPen(earlier_pen(self._palette, index))
            line.setData(x, y)
            self._earlier.append(line)

    def show_markers(self, markers: tuple[Marker, ...]) -> None:
        """Draw a mark where a setting changed."""
        if markers == self._shown_markers:
            return
        self._shown_markers = markers
        for mark in self._marks:
            self._plot.removeItem(mark)
        self._marks = []
        used = 0.0
        for marker in stacked(markers):
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
        return tuple(marker.text for marker in self._shown_markers)

    def fit(self, epochs: float, *, top: float | None = None) -> None:
        """Choose the visible part: all epochs asked for, and what the curves need in height.

        The batches scatter; the upper and lower hundredth of them may leave the picture.
        """
        parts = [np.percentile(y, (1, 99)) for y in (self._batches.getData()[1],) if y is not None and len(y)]
        for line in (*self._lines.values(), *self._earlier):
            y = line.getData()[1]
            if y is not None:
                parts.append(y)
        values = np.concatenate(parts) if parts else np.array([])
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        margin = max(0.04 * (high - low), 0.01)
        high = high + margin if top is None else min(high + margin, top)
        low, high, ticks = round_range(max(low - margin, 0.0), high, most=5)
        right = 1.03 * max(epochs, 1.0)  # room for the last number
        if (right, low, high) != self._fitted:
            self._fitted = (right, low, high)
            self._plot.getViewBox().setRange(xRange=(0.0, right), yRange=(low, high), padding=0)
            self._plot.getAxis("left").setTicks([ticks])
            self._plot.getAxis("bottom").setTicks([whole_ticks(0.0, right, most=11)])

    def data(self, name: str) -> tuple[Points, Points]:
        """What is drawn of a line, or of `batches`."""
        line = self._batches if name == "batches" else self._lines[name]
        x, y = line.getData()
        return (np.array([]), np.array([])) if x is None else (x, y)
