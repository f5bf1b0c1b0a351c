"""Loss or accuracy over a run, and over others beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from matplotlib.figure import Figure

from explorer.engine.run_record import RunRecord
from explorer.export.figures.legend import PITCH, Entry, Legend, LegendColumn
from explorer.export.figures.lines import SAMPLE, dots, line_style, plot, sample
from explorer.export.figures.marks import draw_marks
from explorer.export.figures.page import SMALL, Box, Page
from explorer.export.figures.words import clean, width
from explorer.export.request import ExportRequest
from explorer.presentation.axes import ticks_between, whole_ticks
from explorer.presentation.captions import run_line
from explorer.presentation.curves import AXIS_LABELS, LINE_NAMES, TITLES, figure_range, run_look
from explorer.presentation.series import (
    MERGE_WITHIN,
    NEW_COUNTS,
    Axis,
    Curves,
    Marker,
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
    stacked,
)

_UP: Final = {
    "loss": ("binary cross-entropy (nats)", "loss (nats)"),
    "accuracy": ("share of reviews judged right", "accuracy"),
}
"""The name of the vertical axis, and what it is where there is little room."""
_BESIDE: Final = 56.0
"""From this width on the legend stands beside the plot."""
_COLUMN: Final = 17.0
_LEAST_PLOT: Final = 10.5
"""A legend below the plot leaves it this height, its numbers included, or half of what there is."""
_FEW: Final = 30
"""Up to so many epochs the dots of the validation are large."""


def curves_figure(item: str, request: ExportRequest, run: RunRecord, others: Sequence[RunRecord]) -> Figure:
    """Loss or accuracy: of this run every line, of others the validation.

    Args:
        item: loss or accuracy.
        request: How it is to look; `axis`, `smoothing` and, for losses, `log` count.
        run: Whose curves.
        others: Drawn as thin lines; where nothing is held out, their training with dropout off.
    """
    page = Page(item, request)
    drawing = _Drawing(page, item, run, others)
    page.heading(TITLES[item], clean(run.name))
    page.caption(run_line(run))
    drawing.lay_out()
    return page.figure


class _Drawing:
    def __init__(self, page: Page, item: str, run: RunRecord, others: Sequence[RunRecord]) -> None:
        self._page, self._item, self._run, self._others = page, item, run, others
        self._axis = cast(Axis, page.request.axis)
        self._log = page.request.log and item == "loss"
        self._curves = self._curves_of(run)
        self._batches, self._smoothed = self._batch_lines()
        self._styles = self._line_styles()

    def lay_out(self) -> None:
        page = self._page
        box = page.box
        entries = self._entries() if page.request.legend else []
        if entries and box.width >= _BESIDE:
            column = LegendColumn(entries, _COLUMN, box.height)
            column.draw(page, box.right - _COLUMN, box.top)
            box = box.cut(right=_COLUMN + 1.5)
        elif entries:
            legend = self._legend_below(entries, box)
            legend.draw(page, box.left, box.bottom - legend.height + 0.2)
            box = box.cut(bottom=legend.height + 0.2)
        self._draw(box)

    # -- what is drawn --

    def _curves_of(self, run: RunRecord) -> Curves:
        return (loss_curves if self._item == "loss" else accuracy_curves)(run.results, self._axis)

    def _batch_lines(self) -> tuple[tuple[Points, Points], tuple[Points, Points]]:
        scalars = self._run.history.scalars()
        figure = scalars.loss if self._item == "loss" else scalars.accuracy
        smoothing = cast(Smoothing, self._page.request.smoothing)
        smoothed: tuple[Points, Points] = np.empty(0), np.empty(0)
        if smoothing != "none":
            smoothed = self._placed(*envelope(scalars.step, RunningMean(NEW_COUNTS[smoothing]).of(figure).copy()))
        return self._placed(*envelope(scalars.step, figure)), smoothed

    def _placed(self, steps: Any, y: Points) -> tuple[Points, Points]:
        x = along(self._axis, steps, self._run.history.batches, self._run.results)
        there = np.isfinite(x)
        return x[there], np.asarray(y, np.float64)[there]

    def _other_line(self, other: RunRecord) -> tuple[Points, Points]:
        curves = self._curves_of(other)
        return curves.x, curves.validation if other.held_out else curves.training

    def _length(self) -> float:
        """How long the horizontal axis is."""
        lengths = [
            length_along(self._axis, len(each.results), each.history.batches, each.results)
            for each in (self._run, *self._others)
        ]
        lengths += [float(self._batches[0].max(initial=0.0))]
        return max(lengths)

    # -- how --

    def _line_styles(self) -> dict[str, dict[str, Any]]:
        page, palette = self._page, self._page.look.palette
        faint = len(self._smoothed[0]) > 0
        few = len(self._curves.x) <= _FEW
        alone = dots(page, palette.accent, 5) if len(self._curves.x) == 1 else {}
        return {
            "trained": line_style(page, palette.accent, 2.2) | alone,
            "training": line_style(page, palette.accent, 2.0, "dash") | alone,
            "validation": line_style(page, palette.validation, 2.2) | dots(page, palette.validation, 6 if few else 3),
            "batches": line_style(page, palette.accent, 1.0, alpha=0.25 if faint else 0.6),
            "smoothed": line_style(page, palette.accent, 1.5),
        }

    def _other_style(self, look: int) -> dict[str, Any]:
        colour, style = run_look(self._page.look.palette, look)
        return line_style(self._page, colour, 1.5, style)

    def _entries(self) -> list[Entry]:
        entries = []
        if self._others and not self._page.request.titles:
            entries.append(Entry(clean(self._run.name), heading=True))
        for name, text in LINE_NAMES.items():
            line = self._batches[1] if name == "batches" else getattr(self._curves, name)
            if np.isfinite(line).any():
                entries.append(Entry(text, sample(self._styles[name]), SAMPLE))
        if len(self._smoothed[0]):
            counted = round(1 / NEW_COUNTS[cast(Smoothing, self._page.request.smoothing)])
            entries.append(Entry(f"running mean of {counted} batches", sample(self._styles["smoothed"]), SAMPLE))
        if self._others:
            entries.append(Entry("Validation of other runs", heading=True))
        for look, other in enumerate(self._others):
            text = clean(other.name) + ("" if other.held_out else " (training, dropout off)")
            entries.append(Entry(text, sample(self._other_style(look)), SAMPLE))
        return entries

    def _legend_below(self, entries: list[Entry], box: Box) -> Legend:
        """A legend that leaves the plot the larger part of the height."""
        most = max(2, int((box.height - min(_LEAST_PLOT, box.height / 2)) / PITCH))
        kept = len(entries)
        while True:
            shown = entries[:kept]
            if kept < len(entries):
                shown = [*shown, Entry(f"… and {len(entries) - kept} more", heading=True)]
            legend = Legend(shown, box.width, most=most)
            if legend.height <= most * PITCH or kept <= 1:
                return legend
            kept -= 1

    # -- drawing --

    def _draw(self, box: Box) -> None:
        page, request = self._page, self._page.request
        labels = request.axis_labels
        others = [self._other_line(other) for other in self._others]
        lines = [self._curves.trained, self._curves.training, self._curves.validation, *(y for _, y in others)]
        inside = box.cut(top=0.4, bottom=1.45 + (1.15 if labels else 0.0))
        most = max(3, min(7, int(inside.height / 1.7)))
        low, high, ticks = figure_range(
            lines,
            [self._batches[1], self._smoothed[1]],
            log=self._log,
            top=1.0 if self._item == "accuracy" else None,
            most=(min(most, 5), min(most, 6)),
        )
        numbers = max(width(text, SMALL) for _, text in ticks)
        inside = inside.cut(left=numbers + 0.7 + (1.5 if labels else 0.0), right=0.6)
        axes = page.axes(inside, grid=True)
        length = self._length()
        right = 1.03 * (length or 1.0)
        axes.set_xlim(0.0, right)
        axes.set_ylim(low, high)
        places = whole_ticks if self._axis != "seconds" else ticks_between
        across = places(0.0, right, max(2, min(11, int(inside.width / 3.6))))
        page.number(axes, across, ticks)
        up = _UP[self._item][0] + (", logarithmic" if self._log else "")
        if width(up, SMALL) > inside.height:
            up = _UP[self._item][1]
        page.axis_labels(inside, across=AXIS_LABELS[self._axis], up=up, gap=numbers + 0.9)
        drawn = [(x, self._scaled(y), 2.0, self._other_style(look)) for look, (x, y) in enumerate(others)]
        drawn.append((self._batches[0], self._scaled(self._batches[1]), 2.2, self._styles["batches"]))
        drawn.append((self._smoothed[0], self._scaled(self._smoothed[1]), 2.3, self._styles["smoothed"]))
        for k, name in enumerate(("trained", "training", "validation")):
            drawn.append((self._curves.x, self._scaled(getattr(self._curves, name)), 2.4 + k / 10, self._styles[name]))
        for x, y, z, style in drawn:
            plot(axes, x, y, z=z, **style)
        curves = [(x, (y - low) / (high - low)) for x, y, _, _ in drawn]
        draw_marks(page, inside, right, self._marks(), curves)
        if not len(self._batches[0]) and not len(self._curves.x):
            page.text(
                inside.left + 1, inside.top + inside.height / 2, "nothing is trained yet", ink=page.look.palette.muted
            )

    def _scaled(self, y: Points) -> Points:
        if not self._log:
            return y
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(y > 0, np.log10(y), np.nan)

    def _marks(self) -> tuple[Marker, ...]:
        """Where settings changed, on the horizontal axis; near ones with one text."""
        history, results = self._run.history, self._run.results
        marks = markers(history.changes)
        places = along(self._axis, [mark.position * history.batches for mark in marks], history.batches, results)
        epochs = max(len(results), 1)
        length = length_along(self._axis, epochs, history.batches, results)
        return stacked(moved(marks, places), within=MERGE_WITHIN * length / epochs)
