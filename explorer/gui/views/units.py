"""What each unit did over the run, or over its last batches up to the one on the screen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.comparison import has_dropout
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Mode, Snapshot
from explorer.engine.unit_histogram import histograms, sample_activations
from explorer.engine.unit_statistics import UnitTable
from explorer.engine.unit_window import UnitWindow, tab_separated
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.spreadsheet import decimal_point
from explorer.gui.views.base import Want
from explorer.gui.views.unit_plots import HistogramPlot, SharePlot, SpreadPlot, UnitPlot, ZeroPlot
from explorer.gui.widgets import SCREEN_ONLY, Button, Readout
from explorer.presentation.units import spread_text, unit_text, until_text, window_text

if TYPE_CHECKING:
    from explorer.engine.history import History

WINDOWS: Final[tuple[tuple[str, int | None], ...]] = (
    ("whole run up to here", None),
    ("last 100 batches", 100),
    ("last 10 batches", 10),
    ("this batch", 1),
)
"""What can be looked at, and how many batches that is; None is all of them."""
REFRESH_S: Final = 0.5
"""Figures over many batches move slowly. Every plot is drawn at most this often; they take turns."""
SLICE_S: Final = 0.003
"""How long batches are counted at a time; a group that has begun is counted to its end."""
_TICK_MS: Final = 16
_PACE_MS: Final = 80
_NONE: Final = "Batches appear here as soon as one is trained."
_TWIN: Final = "beside it: Run again without dropout"


class UnitsView(QWidget):
    """Four plots of the units of one hidden layer, and a line that says what is counted.

    It counts batches and draws on a timer of its own, in small pieces, and only while it is visible.

    Attributes:
        unit_hovered: The unit under the mouse, counted from 0.
        unit_left: The mouse is on no unit any more.
        unit_chosen: The unit that was clicked.

    Args:
        clock: Seconds, monotonic; what the pace of drawing is kept by.
    """

    unit_hovered = Signal(int)
    unit_left = Signal()
    unit_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.setAccessibleName("Unit statistics")
        self._clock = clock
        self._drawn_at = -math.inf
        self._history: History | None = None
        self._settings = Settings()
        self._other: tuple[History, str] | None = None
        self._tables: dict[int, UnitTable] = {}
        self._hidden = HIDDEN[-1]
        self._mode: Mode = "training"
        self._step = 0
        self._unit: int | None = None
        self._window: UnitWindow | None = None
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.work)
        self.share, self.spread, self.zero, self.histogram = SharePlot(), SpreadPlot(), ZeroPlot(), HistogramPlot()
        self._plots: tuple[UnitPlot, ...] = (self.share, self.spread, self.zero, self.histogram)
        self._drawn: dict[UnitPlot, object] = {}
        self.window_box = Combo()
        for text, batches in WINDOWS:
            self.window_box.addItem(text, batches)
        self.window_box.setAccessibleName("Batches counted")
        self.window_box.setToolTip("Which batches are counted; they end at the batch on the screen")
        self.window_box.setFixedWidth(170)
        self.window_box.activated.connect(self._wake)
        self._text = Readout("What is counted")
        self.copy = Button("Copy table", "Copy the figures of every unit, for a spreadsheet")
        self.copy.clicked.connect(self._copy)
        self._lay_out()
        for plot in (self.share, self.spread, self.zero):
            plot.hovered.connect(self.unit_hovered)
            plot.left.connect(self.unit_left)
            plot.chosen.connect(self.unit_chosen)
        self.apply_theme(theme.DARK)
        self.clear()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.window_box)
        head.addWidget(self._text, 1)
        head.addWidget(self.copy)
        row = QHBoxLayout()
        row.setSpacing(10)
        for plot, stretch in zip(self._plots, (5, 5, 4, 6), strict=True):
            row.addWidget(plot, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def wants(self) -> frozenset[Want]:
        """The history only."""
        return frozenset({"history"})

    def sizeHint(self) -> QSize:  # noqa: N802
        """As the learning curves."""
        return QSize(1100, 230)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Axes and a little between them."""
        return QSize(600, 130)

    @property
    def counting(self) -> bool:
        """Whether there is something left to count or to draw, and someone to see it."""
        return self._timer.isActive()

    # -- told --

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same figures."""
        for plot in self._plots:
            plot.apply_theme(palette)

    def begin(self, history: History, settings: Settings) -> None:
        """Turn to a new run.

        Args:
            history: What happens in it.
            settings: What it was started with.
        """
        self.clear()
        self._history, self._settings = history, settings
        self._tables = {hidden: UnitTable(history, hidden) for hidden in HIDDEN}
        self._wake()

    def set_other(self, history: History | None, settings: Settings | None, name: str) -> None:
        """Draw the activations of another run beside this one's.

        Args:
            history: A run without dropout; None for none.
            settings: Its settings; a run that has dropout is not drawn.
            name: What it is called.
        """
        fits = history is not None and settings is not None and not has_dropout(settings)
        self._other = (history, name) if history is not None and fits else None
        self._drawn.pop(self.histogram, None)
        self._wake()

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of the batch on the screen: what is counted ends with it."""
        self._step, self._mode = snapshot.step, mode
        self._wake()

    def show_hidden(self, hidden: int) -> None:
        """Draw another hidden layer."""
        self._hidden = hidden
        self._wake()

    def mark_unit(self, unit: int | None) -> None:
        """Mark a unit and tell its figures, or none."""
        self._unit = unit
        for plot in (self.share, self.spread, self.zero):
            plot.mark_unit(unit)
        if self._window is not None:
            self._tell(self._window)

    def clear(self) -> None:
        """Forget the run."""
        self._timer.stop()
        self._history = self._window = None
        self._tables = {}
        self._drawn = {}
        self._step = 0
        self._text.set_text(_NONE)
        self.copy.setEnabled(False)

    def text(self) -> str:
        """The line above the plots."""
        return self._text.text()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self._wake()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: count nothing."""
        self._timer.stop()
        super().hideEvent(event)

    # -- a piece at a time --

    def _wake(self) -> None:
        if self._history is not None and self._step and self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def work(self) -> None:
        """Count some batches, or draw one plot; the timer stops when all is drawn."""
        if self._history is None or not self._step:
            self._timer.stop()
            return
        end = min(self._step, len(self._history))
        if not end:
            self._timer.stop()
            return
        table = self._tables[self._hidden]
        # While a run trains a few batches are waiting at every look: looking less often costs less than counting them.
        self._timer.setInterval(_PACE_MS if table.extend(SLICE_S) else _TICK_MS)
        if table.filled < end:
            self._text.set_text(f"Counting: {table.filled:,} of {end:,} batches")
            return
        batches = self.window_box.currentData()
        first = 1 if batches is None else max(end - batches + 1, 1)
        stale = [plot for plot in self._plots if self._drawn.get(plot) != self._key(plot, first, end)]
        if not stale:
            self._timer.stop()
        elif self._clock() - self._drawn_at >= REFRESH_S / len(self._plots):
            self._drawn_at = self._clock()
            # Those that wait longest come first: while a run trains all are always stale.
            plot = min(stale, key=lambda each: (self._plots.index(each) - self._turn) % len(self._plots))
            self._turn = self._plots.index(plot) + 1
            self._draw_plot(plot, table, first, end)
            self._drawn[plot] = self._key(plot, first, end)

    def _key(self, plot: UnitPlot, first: int, last: int) -> tuple[object, ...]:
        stride = 1 if self._history is None else self._history.stride
        return first, last, self._hidden, stride, self._mode if plot is self.histogram else ""

    def _draw_plot(self, plot: UnitPlot, table: UnitTable, first: int, last: int) -> None:
        if plot is self.histogram:
            self._draw_histogram(first, last)
            return
        window = table.window(first, last)
        if plot is self.share:
            self._window = window
            self.copy.setEnabled(True)
            self._tell(window)
        assert isinstance(plot, SharePlot | SpreadPlot | ZeroPlot)
        plot.show_window(window)

    def _draw_histogram(self, first: int, last: int) -> None:
        assert self._history is not None
        samples = [sample_activations(self._history, self._hidden, self._mode, first, last)]
        if self._other is not None:
            samples.append(sample_activations(self._other[0], self._hidden, self._mode, first, last))
        this, *others = histograms(samples)
        self.histogram.show_histograms(this, others[0] if others else None)
        read = samples[0]
        batches = f"{read.batches:,}" + (f" of {read.kept:,}" if read.batches < read.kept else "")
        passed = "training" if self._mode == "training" else "dropout off"
        self.histogram.keys[0].set_text(f"{passed} · {batches} batch{'es' * (read.kept != 1)}")
        mine, beside = self.histogram.legend
        dropout = "" if self._settings.active(self._hidden) else ", no dropout here"
        mine.set_text(f"■ this run{dropout}: {spread_text(this)}")
        beside.setProperty(SCREEN_ONLY, self._other is None)
        if self._other is not None:
            beside.set_text(f"□ {self._other[1]}: {spread_text(others[0])}{until_text(samples)}")
        else:
            beside.set_text(_TWIN if has_dropout(self._settings) else "")

    # -- in words --

    def _tell(self, window: UnitWindow) -> None:
        told = self._unit is not None and self._unit < window.units
        self._text.set_text(unit_text(window, self._unit) if told and self._unit is not None else window_text(window))

    def numbers(self) -> str:
        """The figures of the units, tab-separated; empty when there are none."""
        return "" if self._window is None else tab_separated(self._window, point=decimal_point())

    def _copy(self) -> None:
        if self._window is not None:
            QGuiApplication.clipboard().setText(self.numbers())
