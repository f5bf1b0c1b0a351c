"""What each unit did over a run: share kept, mean and spread, zeros, and how activations are spread."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from explorer.engine.comparison import has_dropout
from explorer.engine.run_record import RunRecord
from explorer.engine.unit_histogram import sample_activations
from explorer.engine.unit_statistics import UnitTable
from explorer.export.figures.page import Page
from explorer.export.figures.panels import draw_panels
from explorer.export.figures.unit_panels import histogram_panel, share_panel, spread_panel, zero_panel
from explorer.export.figures.words import clean
from explorer.export.request import ExportRequest
from explorer.presentation.captions import run_line
from explorer.presentation.units import window_text


def units_figure(request: ExportRequest, run: RunRecord, others: Sequence[RunRecord]) -> Figure:
    """Four plots of the units of one hidden layer, over the whole run.

    Args:
        request: How it is to look; `hidden` counts.
        run: Whose units.
        others: The first of them that has no dropout is drawn beside the activations.
    """
    page = Page("units", request)
    hidden, steps = request.hidden, len(run.history)
    page.heading(f"Units of hidden {hidden}", clean(run.name))
    if not steps:
        page.caption(run_line(run))
        page.text(page.box.left, page.box.top + 2, "nothing is trained yet", ink=page.look.palette.muted)
        return page.figure
    table = UnitTable(run.history, hidden)
    table.extend()
    window = table.window(1, steps)
    page.caption(f"{window_text(window)} · {run_line(run)}")
    twin = next((other for other in others if not has_dropout(other.settings) and len(other.history)), None)
    told = [run] if twin is None else [run, twin]
    samples = [sample_activations(each.history, hidden, "training", 1, steps) for each in told]
    names = ["this run" + ("" if run.settings.active(hidden) else ", no dropout here")]
    names += [clean(each.name) for each in told[1:]]
    draw_panels(
        page,
        (
            share_panel(page, window),
            spread_panel(page, window),
            zero_panel(page, window),
            histogram_panel(page, samples, names),
        ),
    )
    return page.figure
