"""One review's way through the network: units as discs, weights as edges, the prediction at the end."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import MOST_UNITS_DRAWN, Floats, Snapshot
from explorer.export.figures.legend import Entry, Legend, Sign, colour_bar
from explorer.export.figures.lines import PIXEL, SAMPLE, line_style
from explorer.export.figures.network_places import NetworkPlaces, place
from explorer.export.figures.page import LINE, SMALL, Box, Page
from explorer.export.figures.words import broken, width
from explorer.export.request import ExportRequest
from explorer.presentation import arithmetic
from explorer.presentation.captions import batch_line, settings_line
from explorer.presentation.cells import Level, value_cells
from explorer.presentation.legend import hexadecimal
from explorer.presentation.network_edges import downward, drawn_edges, strokes, upward
from explorer.presentation.network_pass import NetworkPass, network_pass, too_many_units, verdict, which_batch
from explorer.presentation.series import Points

_DASH: Final = (0, (3.0, 2.0))
_HOLLOW: Final = (0, (2.2, 1.8))
_ROOMY: Final = 12.0
"""From this radius of a unit on, in pixels of the window, edges have their full width."""
_SIGN: Final = 0.42
"""The radius of a disc in the legend."""


def network_figure(request: ExportRequest, run: RunRecord, snapshot: Snapshot) -> Figure:
    """The network for one review of a batch, in training.

    Where the weights are no longer kept, to save memory, units are drawn without edges and a line says why.

    Args:
        request: How it is to look; `review` counts.
        run: What the batch is of.
        snapshot: The batch.

    Raises:
        ValueError: With a sentence, where there are more units than can be told apart.
    """
    if snapshot.settings.units > MOST_UNITS_DRAWN:
        raise ValueError(too_many_units(snapshot.settings.units))
    page = Page("network", request)
    row = min(request.review, len(snapshot.rows) - 1)
    where = f"{which_batch(snapshot, 'training')} · review {row}, {arithmetic.review(snapshot, row, None)}"
    page.heading("Network, one review's way through it", where)
    settings = settings_line(snapshot.settings, snapshot.settings)
    page.caption(f"{run.reviews.title} · {batch_line(snapshot)} · {settings}")
    passed = network_pass(snapshot, "training", row, {})
    level = Level()
    places = [forward.place(hidden) for forward in (snapshot.training, snapshot.inference) for hidden in (1, 2)]
    level.follow(*(each.activation for each in places))
    if passed.edges is None:
        gone = "weights" if passed.known else "activations"
        told = f"The {gone} of this batch were let go to save memory; its masks are exact"
        text = broken(told, page.box.width, SMALL)
        high = LINE * SMALL * (text.count("\n") + 1)
        page.note(page.box.left, page.box.bottom - high, told, page.box.width, size=SMALL, most=text.count("\n") + 1)
        page.box = page.box.cut(bottom=high + 0.3)
    _draw_legend(page, passed, level.value)
    _Picture(page, passed, level.value, snapshot.settings.num_words).draw()
    return page.figure


class _Picture:
    def __init__(self, page: Page, passed: NetworkPass, level: float, num_words: int) -> None:
        self._page, self._pass, self._level = page, passed, level
        self._names = (f"{num_words:,} words", "hidden 1", "hidden 2", "output")
        self._told = verdict(passed.shown.probability)
        self._places: NetworkPlaces = place(page.box, passed.units, named=page.request.axis_labels)
        self._axes: Axes = page.axes(page.box)
        self._axes.set_xlim(page.box.left, page.box.right)
        self._axes.set_ylim(page.box.bottom, page.box.top)  # in ems, counted downwards
        self._axes.set_axis_off()

    def draw(self) -> None:
        """Edges first, units over them."""
        page, places, palette = self._page, self._places, self._page.look.palette
        self._draw_edges()
        words = places.words
        page.rectangle(words, fill=palette.field if palette.name == "dark" else palette.window, edge=palette.border)
        for layer, middles in enumerate(places.layers):
            self._draw_units(layer, middles)
        self._draw_output()
        if page.request.axis_labels:
            for (x, y, align), name in zip(places.names, self._names, strict=True):
                page.text(x, y, name, size=SMALL, ink=palette.muted, align=align)

    def _draw_edges(self) -> None:
        passed, places = self._pass, self._places
        if passed.edges is None:
            return
        units = passed.units
        first, second = places.layers
        upper, last = drawn_edges(passed)
        output = np.repeat(np.array([places.output]), len(last), axis=0)
        self._draw_lines(
            np.hstack([first[upper // units], second[upper % units]]),
            passed.edges[0].reshape(-1)[upper] / passed.scales[0],
        )
        self._draw_lines(np.hstack([second[last], output]), passed.edges[1][last] / passed.scales[1])

    def _draw_lines(self, ends: Points, strengths: Floats) -> None:
        """Lines in a few strokes, each one path.

        Args:
            ends: (n, 4) x and y of both ends.
            strengths: (n,) shares of the strongest contribution.
        """
        thin = min(1.0, max(0.5, self._places.radius / PIXEL / _ROOMY))
        for stroke in strokes(strengths):
            lines = ends[stroke.edges]
            gaps = np.full((len(lines), 1), np.nan)
            x = np.hstack([lines[:, [0, 2]], gaps]).reshape(-1)
            y = np.hstack([lines[:, [1, 3]], gaps]).reshape(-1)
            style = edge_style(self._page, max(0.8, stroke.width * thin), stroke.alpha, positive=stroke.positive)
            self._axes.plot(x, y, clip_on=False, zorder=1, **style)

    def _draw_units(self, layer: int, middles: Points) -> None:
        passed, page = self._pass, self._page
        table = page.look.values
        cells = value_cells(passed.shown.activations[layer], self._level)
        for (x, y), cell, kept in zip(
            middles.tolist(), cells.tolist(), passed.shown.masks[layer].tolist(), strict=True
        ):
            colour = (hexadecimal(table, cell) if passed.known else page.look.palette.unknown) if kept else None
            self._axes.add_patch(disc(page, (x, y), self._places.radius, colour))

    def _draw_output(self) -> None:
        page, palette, places = self._page, self._page.look.palette, self._places
        x, y = places.output
        radius, chance = places.output_radius, self._pass.shown.probability
        unknown = bool(np.isnan(chance))
        rim: dict[str, Any] = {"edgecolor": palette.text, "linewidth": page.line_width(1.2 * PIXEL), "clip_on": False}
        ground = palette.unknown if unknown else page.look.fill
        self._axes.add_patch(Circle((x, y), radius, facecolor=ground, edgecolor="none", zorder=2, clip_on=False))
        if not unknown:
            # Filled from below, as high as the prediction is sure of *positive*.
            half = np.arccos(1.0 - 2.0 * np.clip(chance, 0.0, 1.0))
            turn = np.linspace(-half, half, 60)
            chord = np.stack([x + radius * np.sin(turn), y + radius * np.cos(turn)], axis=1)
            self._axes.add_patch(Polygon(chord, facecolor=upward(palette), edgecolor="none", zorder=2.1, clip_on=False))
        self._axes.add_patch(Circle((x, y), radius, facecolor="none", zorder=2.2, **rim))
        left, top, room = places.told
        text = self._told if width(self._told, 1.1, bold=True) <= room else self._told.replace(" → ", "\n→ ")
        top -= LINE * 1.1 * (text.count("\n") + 1) / 2
        page.note(left, top, text, room, size=1.1, bold=True, most=2)


def edge_style(page: Page, pixels: float, alpha: float, *, positive: bool) -> dict[str, Any]:
    """How an edge is drawn: solid for a positive contribution, dashed for a negative one."""
    palette = page.look.palette
    style = line_style(page, upward(palette) if positive else downward(palette), pixels, alpha=alpha)
    return style if positive else style | {"linestyle": _DASH}


def disc(page: Page, middle: tuple[float, float], radius: float, colour: str | None, **options: Any) -> Circle:
    """A unit: filled where it is kept; hollow and dashed where it is dropped."""
    palette = page.look.palette
    dropped = colour is None
    return Circle(
        middle,
        radius,
        facecolor=page.look.fill if dropped else colour,
        edgecolor=palette.muted if dropped else palette.text,
        linewidth=page.line_width((1.2 if dropped else 0.8) * PIXEL),
        linestyle=_HOLLOW if dropped else "solid",
        zorder=3,
        clip_on=False,
        **options,
    )


def _draw_legend(page: Page, passed: NetworkPass, level: float) -> None:
    request = page.request
    entries = []
    if request.colour_bar and passed.known:
        bar, wide = colour_bar("activation 0", min(6.0, page.box.width / 6))
        entries.append(Entry(f"≥ {level:.2g}", bar, wide))
    if request.legend:
        zero = hexadecimal(page.look.values, 0)
        entries += [
            Entry("zero by relu", _disc_sign(zero), 2 * _SIGN),
            Entry("dropped", _disc_sign(None), 2 * _SIGN),
        ]
        if passed.edges is not None:
            entries += [
                Entry("pushes up", _edge_sign(positive=True), SAMPLE),
                Entry("pulls down", _edge_sign(positive=False), SAMPLE),
                Entry("width: |weight × output|"),
            ]
    if entries:
        legend = Legend(entries, page.box.width)
        legend.draw(page, page.box.left, page.box.bottom - legend.height + 0.2)
        page.box = page.box.cut(bottom=legend.height + 0.2)


def _disc_sign(colour: str | None) -> Sign:
    def draw(page: Page, x: float, middle: float) -> None:
        # In axes of its own, in which an em is as long across as down.
        axes = page.axes(Box(x, middle - _SIGN, 2 * _SIGN, 2 * _SIGN))
        axes.set_axis_off()
        axes.set_xlim(-1, 1)
        axes.set_ylim(-1, 1)
        axes.add_patch(disc(page, (0.0, 0.0), 1.0, colour))

    return draw


def _edge_sign(*, positive: bool) -> Sign:
    def draw(page: Page, x: float, middle: float) -> None:
        page.line((x, x + SAMPLE), (middle, middle), **edge_style(page, 2.0, 1.0, positive=positive))

    return draw
