"""The predictions of many masks for one review: a histogram, its mean, and the prediction with dropout off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.questions import ReviewAnswer
from explorer.gui import theme
from explorer.gui.widgets import Readout
from explorer.presentation.axes import whole_ticks

BINS: Final = 25
_SAME: Final = 1e-5
_TIP: Final = (
    "<qt>Each of the predictions is made by another thinned network: dropout is on, with masks of its own. "
    "<b>Srivastava et al. 2014</b>, fig. 11: the mean of some 50 of them comes near the one prediction with dropout "
    "off. <b>Gal and Ghahramani 2016</b>: their spread samples what the model does not know, not all there is to doubt."
    "</qt>"
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Predictions with dropout on.

    Attributes:
        count: How many.
        mean: Their mean.
        deviation: Their standard deviation (n − 1).
        same: Whether they are all the same number.
        counts: (BINS,) how many in each part of [0, 1].
    """

    count: int
    mean: float
    deviation: float
    same: bool
    counts: npt.NDArray[np.int64]


def spread(sampled: npt.NDArray[np.float32]) -> Spread | None:
    """The figures of (n,) predictions; None where there are none, or some are not a number."""
    values = sampled.astype(np.float64)
    if not len(values) or not np.isfinite(values).all():
        return None
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    counts = np.histogram(values, bins=BINS, range=(0.0, 1.0))[0]
    return Spread(len(values), float(values.mean()), deviation, bool(np.ptp(values) < _SAME), counts)


def in_words(figures: Spread) -> str:
    """Mean and deviation, or that there is nothing to spread."""
    if figures.same:
        return f"all {figures.count} the same: no dropout"
    return f"mean of {figures.count}: {figures.mean:.3f} ± {figures.deviation:.3f} (s.d.)"


class LineKey(QWidget):
    """A piece of an upright line and what it stands for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._pen = QPen()
        self._text = Readout(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 0, 0)
        row.addWidget(self._text)

    def text(self) -> str:
        """What it stands for."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Another meaning; none takes the line away too."""
        self._text.set_text(text)
        self.update()

    def set_pen(self, pen: QPen) -> None:
        """Another line."""
        self._pen = pen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the piece of line."""
        if self._text.text():
            painter = QPainter(self)
            painter.setPen(self._pen)
            painter.drawLine(6, 1, 6, self.height() - 2)


class SpreadView(QWidget):
    """A histogram over [0, 1] with two lines of different style."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self.off, self.mean = LineKey("Prediction with dropout off"), LineKey("Mean with dropout on")
        self._plot = pg.PlotWidget()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.getAxis("left").setWidth(32)
        self._plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self._plot.getAxis("bottom").setHeight(20)
        self._plot.getAxis("bottom").setTicks([[(k / 4, f"{k / 4:g}") for k in range(5)]])
        self._plot.getViewBox().disableAutoRange()
        self._plot.getViewBox().setRange(xRange=(-0.04, 1.04), yRange=(0, 1), padding=0.0)
        edges = np.linspace(0, 1, BINS + 1)
        self._bars = pg.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=0, height=np.zeros(BINS))
        self._off_line, self._mean_line = pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90)
        for item in (self._bars, self._off_line, self._mean_line):
            self._plot.addItem(item)
        self.setAccessibleName("Spread of predictions with dropout on")
        self.setToolTip(_TIP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.off)
        column.addWidget(self.mean)
        column.addWidget(self._plot, 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.show_answer(None)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for the words above it."""
        words = QFontMetrics(self.font()).horizontalAdvance("mean of 200: 0.000 ± 0.000 (s.d.) ")
        return QSize(words + 18, 110)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Low enough for a dock on a small screen."""
        return QSize(self.sizeHint().width(), 70)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        theme.style_plot(self._plot, palette)
        fill = QColor(palette.accent)
        fill.setAlphaF(0.55)
        self._bars.setOpts(brush=fill, pen=theme.pen(palette.accent, 0.5))
        off, mean = theme.pen(palette.text, 2.0), theme.pen(palette.text, 2.0, Qt.PenStyle.DotLine)
        self._off_line.setPen(off)
        self._mean_line.setPen(mean)
        self.off.set_pen(off)
        self.mean.set_pen(mean)

    def show_answer(self, answer: ReviewAnswer | None) -> None:
        """Draw the predictions of an answer; None empties the picture."""
        figures = None if answer is None else spread(answer.sampled)
        for item in (self._bars, self._off_line, self._mean_line):
            item.setVisible(figures is not None)
        if answer is None or figures is None:
            self.off.say("")
            self.mean.say("" if answer is None else "no numbers: the weights are no longer finite")
            self._plot.getAxis("left").setTicks([[]])
            return
        top = max(int(figures.counts.max()), 1)
        self._bars.setOpts(height=figures.counts)
        self._plot.getViewBox().setRange(yRange=(0, 1.05 * top), padding=0)
        self._plot.getAxis("left").setTicks([whole_ticks(0, top, most=3)])
        self._off_line.setValue(answer.prediction)
        self._mean_line.setValue(figures.mean)
        self.off.say(f"dropout off: {answer.prediction:.3f}")
        self.mean.say(in_words(figures))
        self.setAccessibleDescription(f"{self.off.text()}; {self.mean.text()}")

    def heights(self) -> npt.NDArray[np.int64]:
        """(BINS,) what the bars show."""
        return np.asarray(self._bars.opts["height"])
