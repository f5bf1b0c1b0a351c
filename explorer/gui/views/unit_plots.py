"""The plots of what each unit did: share kept, mean and spread, zeros, and how the activations are spread."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QGraphicsRectItem, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.engine.unit_histogram import Histogram
from explorer.engine.unit_window import Figures, UnitWindow
from explorer.gui import theme
from explorer.gui.widgets import Readout
from explorer.presentation.axes import round_range, whole_ticks
from explorer.presentation.units import EXPECTED_OUTSIDE, percent, point_size

_OFFSET: Final = 0.17
"""How far a unit's activation and output stand left and right of its number."""


class UnitPlot(QWidget):
    """A plot with the units across.

    Attributes:
        hovered: The unit under the mouse.
        left: The mouse is on no unit any more.
        chosen: The unit that was clicked.

    Args:
        title: Above it.
        tip: What is drawn, in a sentence.
        keys: How wide the texts beside the title are, as shares of the room.
    """

    hovered = Signal(int)
    left = Signal()
    chosen = Signal(int)

    def __init__(self, title: str, tip: str, *, keys: tuple[int, ...] = (1,), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Plot: {title}")
        self.setAccessibleDescription(tip)
        self.palette_used = theme.DARK
        self._units = 0
        self._fitted: object = None
        self._title = Readout(title, sample=title + " ")
        theme.set_font(self._title, 0.5, bold=True)
        self._title.set_text(title)
        self._title.setToolTip(f"<qt>{tip}</qt>")
        self._title.setFixedWidth(self._title.sizeHint().width() + 6)
        self.keys = tuple(Readout(f"{title}: key {k + 1}", muted=True) for k in range(len(keys)))
        self._plot = pg.PlotWidget()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.viewport().installEventFilter(self)
        self._box = self._plot.getViewBox()
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._plot.getAxis("left").setWidth(44)
        self._plot.getAxis("bottom").setHeight(20)
        self._plot.getPlotItem().setContentsMargins(0, 5, 4, 0)  # the uppermost number reaches above the picture
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        theme.cache_axes(self._plot)
        self._mark = pg.InfiniteLine(angle=90)
        self._mark.setZValue(-20)
        self._mark.hide()
        self._plot.addItem(self._mark)
        self._lay_out(keys)

    def _lay_out(self, keys: tuple[int, ...]) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title)
        for key, share in zip(self.keys, keys, strict=True):
            theme.set_font(key, -1)
            head.addWidget(key, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._plot, 1)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        self.palette_used = palette
        theme.style_plot(self._plot, palette)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setGrid(round(palette.grid_alpha * 255))
        self._mark.setPen(theme.pen(palette.text, 1.0, Qt.PenStyle.DashLine))

    def mark_unit(self, unit: int | None) -> None:
        """Mark a unit, or none."""
        self._mark.setVisible(unit is not None)
        if unit is not None:
            self._mark.setPos(float(unit))

    def marked(self) -> int | None:
        """The unit that is marked."""
        return round(self._mark.value()) if self._mark.isVisible() else None

    def unit_position(self, unit: int) -> tuple[QWidget, Any]:
        """The widget that gets the mouse, and the point in it where a unit is."""
        _, (low, high) = self._box.viewRange()
        point = self._plot.mapFromScene(self._box.mapViewToScene(pg.Point(unit, (low + high) / 2)))
        return self._plot.viewport(), point

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the mouse over the units."""
        if isinstance(event, QMouseEvent):
            unit = self._unit_at(event)
            if event.type() == QEvent.Type.MouseMove:
                if unit is None:
                    self.left.emit()
                else:
                    self.hovered.emit(unit)
            elif (
                event.type() == QEvent.Type.MouseButtonPress
                and event.button() == Qt.MouseButton.LeftButton
                and unit is not None
            ):
                self.chosen.emit(unit)
        elif event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().eventFilter(watched, event)

    def _unit_at(self, event: QMouseEvent) -> int | None:
        point = self._plot.mapToScene(event.position().toPoint())
        unit = round(self._box.mapSceneToView(point).x())
        return unit if self._box.sceneBoundingRect().contains(point) and 0 <= unit < self._units else None

    def _fit(self, units: int, low: float, high: float) -> None:
        low, high, ticks = round_range(low, high, most=4)
        self._show_range((-0.7, units - 0.3), (low, high), ticks, whole_ticks(0, units - 1, most=8))
        self._units = units

    def _show_range(self, x: tuple[float, float], y: tuple[float, float], left: Any, bottom: Any) -> None:
        if (x, y) != self._fitted:
            self._fitted = x, y
            self._box.setRange(xRange=x, yRange=y, padding=0)
            self._plot.getAxis("left").setTicks([left])
            self._plot.getAxis("bottom").setTicks([bottom])

    def _line(self, **options: Any) -> Any:
        line = pg.PlotCurveItem(connect="pairs", **options)
        self._plot.addItem(line)
        return line

    def _points(self, symbol: str) -> Any:
        points = pg.ScatterPlotItem(symbol=symbol, pen=None)
        self._plot.addItem(points)
        return points


class SharePlot(UnitPlot):
    """The share of reviews for which each unit was kept, with the band where it is expected."""

    def __init__(self) -> None:
        super().__init__(
            "Share kept",
            "Share of the reviews for which each unit was kept. Shaded: where 95 of 100 units are expected by chance. "
            "Those outside of it are drawn as triangles; about 5 of 100 are.",
        )
        self._band = QGraphicsRectItem()
        self._band.setZValue(-30)
        self._plot.addItem(self._band)
        self._expected = self._line()
        self._inside, self._above, self._below = (self._points(symbol) for symbol in ("o", "t1", "t"))

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        super().apply_theme(palette)
        shade = QColor(palette.accent)
        shade.setAlphaF(0.22)
        self._band.setBrush(shade)
        self._band.setPen(Qt.PenStyle.NoPen)
        self._expected.setPen(theme.pen(palette.muted, 1.2, Qt.PenStyle.DashLine))
        self._inside.setBrush(QColor(palette.accent))
        for points in (self._above, self._below):
            points.setBrush(QColor(palette.text))

    def show_window(self, window: UnitWindow) -> None:
        """Draw a window."""
        share, expected, bound = window.share_kept, window.keep_probability, window.bound
        units, outside = window.units, window.outside
        self._band.setRect(QRectF(-0.7, expected - bound, units + 0.4, 2 * bound))
        self._expected.setData(np.array([-0.7, units - 0.3]), np.array([expected, expected]))
        at = np.arange(units)
        for points, which, size in (
            (self._inside, ~outside, 7),
            (self._above, outside & (share > expected), 11),
            (self._below, outside & (share < expected), 11),
        ):
            points.setSize(point_size(units, size))
            points.setData(at[which], share[which])
        reach = 1.25 * max(bound, float(np.abs(share - expected).max()), 0.002)
        self._fit(units, max(expected - reach, 0.0), min(expected + reach, 1.0 + reach / 4))
        if window.rates[1] == 0.0:
            self.keys[0].set_text("none is dropped here")
        else:
            count = int(np.count_nonzero(outside))
            self.keys[0].set_text(f"{count} outside, {EXPECTED_OUTSIDE * units:.1f} expected")

    def shapes(self) -> tuple[int, int, int]:
        """How many units are drawn inside, above and below the band."""
        return tuple(len(points.data) for points in (self._inside, self._above, self._below))  # type: ignore[return-value]


class SpreadPlot(UnitPlot):
    """Mean and standard deviation of each unit's activation and output."""

    def __init__(self) -> None:
        super().__init__(
            "Mean ± s.d.",
            "Of each unit's activation and of its output, zeros included, in training. Where scaling makes up for what "
            "is dropped the means are the same but for chance, and the output spreads wider. Lines end at zero.",
            keys=(3, 2),
        )
        self._bars = (self._line(), self._line())
        self._means = (self._points("o"), self._points("d"))
        for key, text in zip(self.keys, ("● activation", "◆ output"), strict=True):
            key.set_text(text)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        super().apply_theme(palette)
        inks = ((palette.validation, palette.validation), (palette.accent, palette.accent_ink))
        for bars, means, key, (colour, ink) in zip(self._bars, self._means, self.keys, inks, strict=True):
            bars.setPen(theme.pen(colour, 1.6, alpha=0.6))
            means.setBrush(QColor(colour))
            key.set_ink(ink)

    def show_window(self, window: UnitWindow) -> None:
        """Draw a window."""
        at, units = np.arange(window.units), window.units
        top = 0.0
        for bars, means, offset, mean, sd in (
            (self._bars[0], self._means[0], -_OFFSET, window.mean_activation, window.sd_activation),
            (self._bars[1], self._means[1], _OFFSET, window.mean_output, window.sd_output),
        ):
            known = np.isfinite(mean) & np.isfinite(sd)
            x, y, spread = at[known] + offset, mean[known], sd[known]
            bars.setData(np.repeat(x, 2), np.stack([np.maximum(y - spread, 0.0), y + spread], axis=1).reshape(-1))
            means.setSize(point_size(units, 7))
            means.setData(x, y)
            top = max(top, float((y + spread).max(initial=0.0)))
        self._fit(units, 0.0, top or 1.0)


class ZeroPlot(UnitPlot):
    """How often relu alone makes each unit's activation zero."""

    def __init__(self) -> None:
        super().__init__(
            "Zero by relu",
            "Share of the reviews for which the unit's activation is zero before any mask. A unit at 1, drawn as a "
            "cross, is silent for every review that was counted.",
        )
        self._stems = self._line()
        self._shares, self._silent = self._points("o"), self._points("x")

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        super().apply_theme(palette)
        self._stems.setPen(theme.pen(palette.validation, 2.0, alpha=0.5))
        self._shares.setBrush(QColor(palette.validation))
        self._silent.setBrush(QColor(palette.text))

    def show_window(self, window: UnitWindow) -> None:
        """Draw a window."""
        known = np.isfinite(window.share_zero)
        x, y = np.arange(window.units)[known], window.share_zero[known]
        self._stems.setData(np.repeat(x, 2), np.stack([np.zeros(len(y)), y], axis=1).reshape(-1))
        silent = y == 1.0
        for points, which, size in ((self._shares, ~silent, 6), (self._silent, silent, 10)):
            points.setSize(point_size(window.units, size))
            points.setData(x[which], y[which])
        self._units = window.units
        # A little above 1, for the crosses.
        halves = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
        self._show_range((-0.7, self._units - 0.3), (0.0, 1.12), halves, whole_ticks(0, self._units - 1, most=6))
        if not len(y):
            self.keys[0].set_text("not kept")
        elif silent.any():
            self.keys[0].set_text(f"{percent(float(y.mean()))}, {np.count_nonzero(silent)} silent")
        else:
            self.keys[0].set_text(f"mean {percent(float(y.mean()))}")


class HistogramPlot(UnitPlot):
    """How the activations are spread, beside those of a run without dropout."""

    def __init__(self) -> None:
        right = Qt.AlignmentFlag.AlignRight
        self.legend = (
            Readout("This run's activations", align=right),
            Readout("The other run's activations", align=right),
        )
        super().__init__(
            "Activations",
            "Share of all cells in each bin; the bar at 0 has those that relu made exactly zero, and is cut where it "
            "is higher than the picture. Beyond the last bin counts as in it. With dropout fewer activations are high "
            "(Srivastava et al. 2014, section 7.2 and figure 8). Run again without dropout, in Compare runs, makes the "
            "run to compare with.",
        )
        self._filled, self._filled_zero = self._steps(), self._steps()
        self._outline, self._outline_zero = self._steps(), self._steps()
        self._numbers = (pg.TextItem(anchor=(1, 0.5), angle=90), pg.TextItem(anchor=(1, 0.5), angle=90))
        for number in self._numbers:
            theme.set_font(number, -0.5, bold=True)
            self._plot.addItem(number)

    def _lay_out(self, keys: tuple[int, ...]) -> None:
        """The legend lies over the upper right of the plot, where high activations are few."""
        super()._lay_out(keys)
        over = QGridLayout(self._plot.viewport())
        over.setContentsMargins(44, 6, 6, 0)
        over.setSpacing(0)
        over.setColumnStretch(0, 1)
        for row, text in enumerate(self.legend):
            theme.set_font(text, -1)
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            over.addWidget(text, row, 1)
        over.setColumnStretch(1, 3)  # the zeros stand in the first quarter
        over.setRowStretch(2, 1)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        super().apply_theme(palette)
        fill = QColor(palette.accent)
        fill.setAlphaF(0.55)
        for steps in (self._filled, self._filled_zero):
            steps.setBrush(fill)
            steps.setPen(theme.pen(palette.accent, 1.0))
        for steps in (self._outline, self._outline_zero):
            steps.setPen(theme.pen(palette.validation, 2.0))
        for number in self._numbers:
            number.setColor(QColor(palette.text))
        self.legend[0].set_ink(palette.accent_ink)
        self.legend[1].set_ink(palette.validation)

    def show_histograms(self, this: Histogram, other: Histogram | None) -> None:
        """Draw one run, or two in the same bins."""
        width = float(this.edges[1])
        end = float(this.edges[-1])
        # Room for the zeros, apart from the bins and wide enough for a number: a seventh of the picture each.
        zero = max(end / 9, width)
        self._draw(this, self._filled, self._filled_zero, -2.3 * zero, zero)
        told = [this]
        if other is not None:
            self._draw(other, self._outline, self._outline_zero, -1.25 * zero, zero)
            told.append(other)
        for item in (self._outline, self._outline_zero):
            item.setVisible(other is not None)
        top = 1.15 * max(max(float(each.shares.max(initial=0.0)) for each in told), 0.01)
        low, high, left = round_range(0.0, top, most=4)
        _, _, bottom = round_range(0.0, end, most=5)
        begin = -2.5 * zero
        middle = -1.25 * zero if other is not None else -1.8 * zero
        ticks = [(middle, "= 0"), *((tick, text) for tick, text in bottom if 0 <= tick <= end)]
        self._show_range((begin, end + 0.3 * width), (low, high), left, ticks)
        for k, number in enumerate(self._numbers):
            number.setVisible(k < len(told))
            if k < len(told):
                number.setText(percent(told[k].zero))
                number.setPos((-1.8, -0.75)[k] * zero, 0.98 * high)

    def _draw(self, told: Histogram, bins: Any, bar: Any, begin: float, width: float) -> None:
        bins.setData(told.edges, told.shares)
        bar.setData(np.array([begin, begin + width]), np.array([told.zero]))

    def shares(self, *, other: bool = False) -> Figures:
        """What is drawn of this run, or of the other: the zeros and then the bins; empty when it is not drawn."""
        bins, bar = (self._outline, self._outline_zero) if other else (self._filled, self._filled_zero)
        if not bins.isVisible() or bins.getData()[1] is None:
            return np.empty(0)
        return np.concatenate([bar.getData()[1], bins.getData()[1]])

    def _steps(self) -> Any:
        steps = pg.PlotCurveItem(np.array([0.0, 1.0]), np.array([0.0]), stepMode="center", fillLevel=0.0)
        self._plot.addItem(steps)
        return steps
