"""Loss and accuracy over the epochs, this run and the ones before."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochResult, Mode, Snapshot, Started
from explorer.gui import theme
from explorer.gui.views.base import Want
from explorer.gui.views.plot import CurvePlot, earlier_pen, line_pens
from explorer.gui.views.series import accuracy_curves, difference, envelope, loss_curves, markers
from explorer.gui.widgets import Readout

if TYPE_CHECKING:
    from explorer.engine.history import History

MOST_EARLIER: Final = 5
REFRESH_S: Final = 0.25
"""Curves move slowly; four times a second is enough."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that is over."""

    number: int
    settings: Settings
    results: tuple[EpochResult, ...]


class LegendLine(QWidget):
    """A piece of a line and what it stands for."""

    def __init__(self, text: str, pen: QPen, *, dot: bool = False) -> None:
        super().__init__()
        self._pen, self._dot = pen, dot
        self._text = Readout(text)
        self._text.set_text(text)
        self.setToolTip(f"<qt>{html.escape(text)}</qt>")  # it may be cut
        layout = QHBoxLayout(self)
        layout.setContentsMargins(40, 0, 0, 0)
        layout.addWidget(self._text)

    def text(self) -> str:
        """What it stands for."""
        return self._text.text()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the piece of line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        middle = self.height() // 2
        painter.drawLine(2, middle, 32, middle)
        if self._dot:
            painter.setBrush(self._pen.color())
            painter.drawEllipse(14, middle - 3, 6, 6)


class CurvesView(QWidget):
    """Two plots side by side with one legend."""

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._drawn_at = -1.0
        self._palette = theme.DARK
        self._history: History | None = None
        self._settings = Settings()
        self._number = 0
        self._turn = 0
        self._drawn_results: dict[CurvePlot, tuple[EpochResult, ...]] = {}
        self._runs: list[EarlierRun] = []
        self.loss = CurvePlot("Loss, without L2 penalty")
        self.accuracy = CurvePlot("Accuracy", labels_below=True)
        self._legend = QVBoxLayout()
        self._legend.setSpacing(4)
        self._legend.setContentsMargins(8, 24, 0, 0)
        side = QWidget()
        side.setLayout(self._legend)
        side.setFixedWidth(268)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(10)
        row.addWidget(self.loss, 1)
        row.addWidget(self.accuracy, 1)
        row.addWidget(side)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._show_legend()
        self.refresh()

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

    def begin(self, started: Started) -> None:
        """Turn to a new run; the one before stays as a thin line."""
        self._keep()
        self._number += 1
        self._history = started.history
        self._drawn_results.clear()
        self._settings = started.settings
        self._show_earlier()
        self.refresh()

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of a batch; what is drawn comes from the history, a few times a second.

        The two plots take turns, so that no frame has to draw both.
        """
        self._settings = snapshot.settings
        if self._clock() - self._drawn_at >= REFRESH_S / 2:
            self._drawn_at = self._clock()
            self._turn = 1 - self._turn
            self._refresh_plot((self.loss, self.accuracy)[self._turn])

    def refresh(self) -> None:
        """Draw what the history holds by now."""
        self._drawn_at = self._clock()
        self._refresh_plot(self.loss)
        self._refresh_plot(self.accuracy)

    def _refresh_plot(self, plot: CurvePlot) -> None:
        if self._history is not None:
            results, scalars = self._history.results, self._history.scalars()
            if plot is self.loss:
                figure, curves = scalars.loss, loss_curves
            else:
                figure, curves = scalars.accuracy, accuracy_curves
            if self._drawn_results.get(plot) is not results:
                self._drawn_results[plot] = results
                plot.show_curves(curves(results))
            plot.show_batches(*envelope(scalars.position, figure))
            plot.show_markers(markers(self._history.changes))
        self._fit(plot)

    def settings_changed(self, settings: Settings) -> None:
        """Live settings took effect: earlier runs may differ in something else now."""
        self._settings = settings
        self._show_legend()
        self.refresh()

    def clear(self) -> None:
        """The run is given up; what it reached stays as a thin line."""
        self._keep()
        self._history = None
        empty = loss_curves(())
        for plot in (self.loss, self.accuracy):
            plot.show_curves(empty)
            plot.show_batches(empty.epochs, empty.epochs)
            plot.show_markers(())
        self._drawn_results.clear()
        self._show_earlier()
        self.refresh()

    def legend_texts(self) -> tuple[str, ...]:
        """What the legend says."""
        items = (self._legend.itemAt(k) for k in range(self._legend.count()))
        widgets = (item.widget() for item in items if item)
        return tuple(widget.text() for widget in widgets if isinstance(widget, LegendLine))

    def _keep(self) -> None:
        if self._history is not None and self._history.results:
            self._runs.append(EarlierRun(self._number, self._settings, tuple(self._history.results)))
            del self._runs[:-MOST_EARLIER]

    def _show_earlier(self) -> None:
        for plot, curves in ((self.loss, loss_curves), (self.accuracy, accuracy_curves)):
            lines = []
            for run in self._runs:
                curve = curves(run.results)
                held_out = run.results[0].val_loss is not None
                lines.append((curve.epochs, curve.validation if held_out else curve.training))
            plot.show_earlier(lines)
        self._show_legend()

    def _show_legend(self) -> None:
        while item := self._legend.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        pens = line_pens(self._palette)
        self._legend.addWidget(LegendLine("training, dropout on", pens["trained"]))
        self._legend.addWidget(LegendLine("training, dropout off", pens["training"]))
        self._legend.addWidget(LegendLine("validation, dropout off", pens["validation"], dot=True))
        self._legend.addWidget(LegendLine("each batch, dropout on", pens["batches"]))
        for index, run in enumerate(self._runs):
            part = "validation" if run.results[0].val_loss is not None else "training"
            text = f"{part}, run {run.number}: {difference(run.settings, self._settings)}"
            self._legend.addWidget(LegendLine(text, earlier_pen(self._palette, index)))
        self._legend.addStretch(1)
        self._legend.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _fit(self, plot: CurvePlot) -> None:
        longest = max([self._settings.epochs, *(len(run.results) for run in self._runs)])
        if self._history is not None:
            longest = max(longest, len(self._history.results))
        plot.fit(longest, top=1.0 if plot is self.accuracy else None)
