"""The curve that grows below a film: every batch's loss, and the validation after each epoch."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.artist import Artist

from explorer.engine.run_record import RunRecord
from explorer.export.figures.page import SMALL, Box, Page
from explorer.export.figures.words import width
from explorer.presentation.axes import round_range, whole_ticks
from explorer.presentation.series import envelope

_SMALL: Final = 6.0
"""Below this height there is no room for what is written around the curve, but its numbers."""


class Progress:
    """Draws the losses between two batches, faintly as a whole and fully up to the batch that is shown.

    Attributes:
        artists: What differs from batch to batch, in the order of drawing.
    """

    def __init__(self, run: RunRecord, span: tuple[int, int]) -> None:
        first, last = self._span = span
        scalars = run.history.scalars()
        within = slice(max(first - 1, 0), last)
        self._x, self._y = scalars.step[within].astype(float), scalars.loss[within].astype(float)
        results = [result for result in run.results if result.val_loss is not None]
        self._ends = np.array([float(result.step) for result in results])
        self._losses = np.array([float(result.val_loss or 0.0) for result in results])
        inside = (self._ends >= first) & (self._ends <= last)
        self._ends, self._losses = self._ends[inside], self._losses[inside]
        self.artists: tuple[Artist, ...] = ()

    def draw(self, page: Page, box: Box) -> None:
        """Draw what stays."""
        palette = page.look.palette
        first, last = self._span
        finite = np.concatenate([self._y[np.isfinite(self._y)], self._losses[np.isfinite(self._losses)]])
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        small = box.height < _SMALL
        labels = page.request.axis_labels and not small
        legend = page.request.legend and not small
        inner = box.cut(
            left=3.4 + (1.3 if labels else 0.0),
            bottom=1.45 + (1.15 if labels else 0.0),
            top=1.3 if legend else 0.3,
            right=0.5,
        )
        low, high, ticks = round_range(max(low - 0.02, 0.0), high + 0.02, max(2, min(4, int(inner.height / 1.6))))
        ticks = ticks[:: max(1, len(ticks) - 1)] if inner.height < 1.3 * len(ticks) else ticks
        axes = page.axes(inner, grid=True)
        end = max(last, first + 1)
        axes.set_xlim(first - 0.01 * (end - first), end + 0.01 * (end - first))
        axes.set_ylim(low, high)
        across = whole_ticks(first, end, max(2, min(10, int(inner.width / 5))))
        page.number(axes, across, ticks)
        if labels:
            page.axis_labels(inner, across="batch of the run", up="loss", gap=2.4)
        faint_x, faint_y = envelope(self._x, self._y)
        axes.plot(faint_x, faint_y, color=palette.accent, alpha=0.25, linewidth=page.line_width(0.08))
        # Above the spines, which a film does not draw again.
        (self._line,) = axes.plot([], [], color=palette.accent, linewidth=page.line_width(0.13), zorder=3)
        (self._dots,) = axes.plot(
            [],
            [],
            color=palette.validation,
            linewidth=page.line_width(0.15),
            marker="o",
            markersize=page.line_width(0.4),
            zorder=3.1,
        )
        (self._now,) = axes.plot(
            [],
            [],
            color=palette.accent,
            marker="o",
            markersize=page.line_width(0.6),
            markeredgecolor=palette.text,
            markeredgewidth=page.line_width(0.07),
            zorder=3.2,
        )
        for line in (*axes.lines,):
            line.set_clip_on(False)
        y, x = box.top + 0.65, inner.left
        for text, ink, there in (
            ("each batch, dropout on", palette.accent_ink, True),
            ("validation, dropout off", palette.validation, len(self._losses) > 0),
        ):
            if legend and there:
                page.text(x, y, text, size=SMALL, ink=ink)
                x += width(text, SMALL) + 2
        self.artists = (self._line, self._dots, self._now)

    def show(self, step: int) -> None:
        """Let the curve grow up to a batch, itself included."""
        until = int(np.searchsorted(self._x, step, side="right"))
        self._line.set_data(*envelope(self._x[:until], self._y[:until]))
        ended = self._ends <= step
        self._dots.set_data(self._ends[ended], self._losses[ended])
        self._now.set_data(self._x[max(until - 1, 0) : until], self._y[max(until - 1, 0) : until])
