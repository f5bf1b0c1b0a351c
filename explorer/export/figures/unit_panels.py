"""The four plots of what units did, as the window draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from explorer.engine.unit_histogram import Sample, histograms
from explorer.engine.unit_window import UnitWindow
from explorer.export.figures.lines import PIXEL, line_style
from explorer.export.figures.page import Box, Page
from explorer.export.figures.panels import Key, Panel, Range
from explorer.presentation.axes import round_range, whole_ticks
from explorer.presentation.series import Points
from explorer.presentation.units import EXPECTED_OUTSIDE, percent, point_size, spread_text, until_text

_LEAST_NUMBER: Final = 4.5
"""From this height on a bar of zeros carries its number."""
_OFFSET: Final = 0.17
"""How far a unit's activation and output stand left and right of its number."""


def share_panel(page: Page, window: UnitWindow) -> Panel:
    """The share of reviews for which each unit was kept, with the band where it is expected."""
    palette = page.look.palette
    share, expected, bound, units = window.share_kept, window.keep_probability, window.bound, window.units
    outside = window.outside
    reach = 1.25 * max(bound, float(np.abs(share - expected).max()), 0.002)
    counted = f"{int(np.count_nonzero(outside))} outside, {EXPECTED_OUTSIDE * units:.1f} expected"

    def paint(axes: Axes, box: Box) -> None:
        ends = [-0.7, units - 0.3]
        low, high = (min(max(expected + side * bound, 0.0), 1.0) for side in (-1, 1))
        axes.fill_between(ends, low, high, color=palette.accent, alpha=0.22, linewidth=0, clip_on=False)
        axes.plot(ends, [expected] * 2, zorder=2, clip_on=False, **line_style(page, palette.muted, 1.2, "dash"))
        at = np.arange(units, dtype=np.float64)
        for which, marker, size, colour in (
            (~outside, "o", 7, palette.accent),
            (outside & (share > expected), "^", 11, palette.text),
            (outside & (share < expected), "v", 11, palette.text),
        ):
            _points(page, axes, at[which], share[which], marker, _size(units, size, box, 0.8), colour)

    return Panel(
        "Share kept",
        (Key("none is dropped here" if window.rates[1] == 0.0 else counted, palette.muted),),
        ("share of reviews", "share"),
        "unit",
        lambda wide, high: (
            _units(units, wide),
            _up(max(expected - reach, 0.0), min(expected + reach, 1.0 + reach / 4), high),
        ),
        paint,
    )


def spread_panel(page: Page, window: UnitWindow) -> Panel:
    """Mean and standard deviation of each unit's activation and output."""
    palette, units = page.look.palette, window.units
    kinds = (
        (window.mean_activation, window.sd_activation, -_OFFSET, "o", palette.validation),
        (window.mean_output, window.sd_output, _OFFSET, "D", palette.accent),
    )
    ends = np.concatenate([mean + sd for mean, sd, *_ in kinds])
    top = float(ends[np.isfinite(ends)].max(initial=0.0))
    keys = (Key("● activation", palette.validation), Key("◆ output", palette.accent_ink))

    def paint(axes: Axes, box: Box) -> None:
        for mean, sd, offset, marker, colour in kinds:
            known = np.isfinite(mean) & np.isfinite(sd)
            x, y, s = np.arange(units)[known] + offset, mean[known], sd[known]
            _bars(axes, x, np.maximum(y - s, 0.0), y + s, line_style(page, colour, 1.6, alpha=0.6))
            size = _size(units, 7, box, 0.4) * (1.0 if marker == "o" else 0.8)
            _points(page, axes, x, y, marker, size, colour)

    return Panel(
        "Mean ± s.d.",
        keys if np.isfinite(ends).any() else (Key("not kept", palette.muted),),
        ("activation, output", "a, output"),
        "unit",
        lambda wide, high: (_units(units, wide), _up(0.0, top or 1.0, high)),
        paint,
    )


def zero_panel(page: Page, window: UnitWindow) -> Panel:
    """How often relu alone makes each unit's activation zero."""
    palette, units = page.look.palette, window.units
    known = np.isfinite(window.share_zero)
    x, y = np.arange(units)[known].astype(np.float64), window.share_zero[known]
    silent = y == 1.0
    text = "not kept"
    if len(y):
        mean = percent(float(y.mean()))
        text = f"{mean}, {np.count_nonzero(silent)} silent" if silent.any() else f"mean {mean}"

    def paint(axes: Axes, box: Box) -> None:
        _bars(axes, x, np.zeros(len(y)), y, line_style(page, palette.validation, 2.0, alpha=0.5))
        _points(page, axes, x[~silent], y[~silent], "o", _size(units, 6, box, 0.7), palette.validation)
        _points(page, axes, x[silent], y[silent], "x", _size(units, 8, box, 0.8), palette.text)

    # A little above 1, for the crosses.
    up: Range = (0.0, 1.12, [(0.0, "0"), (0.5, "0.5"), (1.0, "1")])
    keys = (Key(text, palette.muted),)
    return Panel(
        "Zero by relu", keys, ("share of reviews", "share"), "unit", lambda wide, _: (_units(units, wide), up), paint
    )


def histogram_panel(page: Page, samples: Sequence[Sample], names: Sequence[str]) -> Panel:
    """How the activations are spread; those of a run without dropout beside them, in the same bins.

    Args:
        page: Where.
        samples: Of this run, and perhaps of another.
        names: What they are called.
    """
    palette = page.look.palette
    told = histograms(samples)
    step, end = float(told[0].edges[1]), float(told[0].edges[-1])
    # Room for the zeros, apart from the bins and wide enough for a number.
    zero = max(end / 9, step)
    bars = (-2.3 * zero, -1.25 * zero)
    begin, right = -2.5 * zero, end + 0.3 * step
    top = 1.15 * max(max(float(each.shares.max(initial=0.0)) for each in told), 0.01)
    until = until_text(list(samples)) if len(samples) > 1 else ""
    keys = tuple(
        Key(f"{'■□'[k]} {name}: {spread_text(each)}{until if k else ''}", (palette.accent_ink, palette.validation)[k])
        for k, (each, name) in enumerate(zip(told, names, strict=True))
    )

    def ranges(wide: float, high: float) -> tuple[Range, Range]:
        _, _, ticks = round_range(0.0, end, max(2, min(5, int(wide / 3))))
        middle = -1.25 * zero if len(told) > 1 else -1.8 * zero
        numbers = [(middle, "= 0"), *((at, text) for at, text in ticks if 0 <= at <= end)]
        return (begin, right, numbers), _up(0.0, top, high)

    def paint(axes: Axes, box: Box) -> None:
        high = axes.get_ylim()[1]
        for k, each in enumerate(told):
            style: dict[str, Any] = {"fill": True, "facecolor": (palette.accent, 0.55), "edgecolor": palette.accent}
            if k:
                style = {"fill": False, "edgecolor": palette.validation}
            style |= {"linewidth": page.line_width((1.0, 2.0)[k] * PIXEL), "zorder": 2 + k, "clip_on": False}
            axes.stairs(each.shares, each.edges, **style)
            # Cut where it is higher than the picture.
            axes.stairs(np.array([min(each.zero, high)]), np.array([bars[k], bars[k] + zero]), **style)
            wide = box.width * zero / (right - begin)
            if wide < 0.95 or box.height < _LEAST_NUMBER:
                continue
            x = box.left + box.width * (bars[k] + zero / 2 - begin) / (right - begin)
            page.text(x, box.top + 1.7, percent(each.zero), size=0.8, bold=True, rotation=90)

    return Panel("Activations", keys, ("share of cells", "share"), "activation in training", ranges, paint, over=True)


def _units(units: int, wide: float) -> Range:
    return -0.7, units - 0.3, whole_ticks(0, max(units - 1, 1), max(2, min(8, int(wide / 2))))


def _up(low: float, high: float, height: float) -> Range:
    return round_range(low, high, max(2, min(5, int(height / 1.8))))


def _size(units: int, pixels: int, box: Box, share: float) -> float:
    """How large a point is drawn, in pixels of the window; not larger than a share of the way to the next one."""
    return max(min(point_size(units, pixels), share * box.width / units / PIXEL), 1.5)


def _points(page: Page, axes: Axes, x: Points, y: Points, marker: str, pixels: float, colour: str) -> None:
    axes.plot(
        x,
        y,
        linestyle="none",
        marker=marker,
        markersize=page.line_width(pixels * PIXEL),
        markerfacecolor=colour,
        markeredgecolor=colour,
        markeredgewidth=page.line_width(0.1) if marker == "x" else 0.0,
        zorder=3,
        clip_on=False,
    )


def _bars(axes: Axes, x: Points, low: Points, high: Points, style: dict[str, Any]) -> None:
    """Upright lines, all in one path."""
    gaps = np.full(len(x), np.nan)
    axes.plot(
        np.stack([x, x, x], axis=1).reshape(-1),
        np.stack([low, high, gaps], axis=1).reshape(-1),
        zorder=2.5,
        clip_on=False,
        **style,
    )
