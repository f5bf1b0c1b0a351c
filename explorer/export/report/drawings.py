"""The figures of a page, each with a heading and what it shows in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import MOST_UNITS_DRAWN, Snapshot
from explorer.engine.statistics import batch_statistics
from explorer.export.report.inline import inline
from explorer.export.report.markup import Markup, element, join
from explorer.export.request import ExportRequest
from explorer.presentation import arithmetic
from explorer.presentation.captions import batch_line
from explorer.presentation.network_pass import network_pass, overall
from explorer.presentation.run_table import number

_WIDTH: Final = 1920
_DPI: Final = 144
"""Together 13.3 inches with text of 14 points: 16 pixels high where the page is 1,100 pixels wide."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is drawn: the runs, and the batch of the first."""

    run: RunRecord
    others: Sequence[RunRecord]
    snapshot: Snapshot
    request: ExportRequest


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A figure of the page.

    Attributes:
        item: Its name among `request.ITEMS`.
        title: Its heading.
        height: In pixels, where the width is `_WIDTH`.
        told: What it shows, in sentences: below its heading, and for who cannot see it.
        margin: How much of it is left below its lowest text, in points, see `inline`.
    """

    item: str
    title: str
    height: int
    told: Callable[[_Shown], str]
    margin: float | None = None


def figures_section(run: RunRecord, others: Sequence[RunRecord], request: ExportRequest, tell: Report) -> Markup:
    """All figures that there are of a run and those beside it.

    Args:
        run: With at least one batch.
        others: Drawn beside it where there is something to compare.
        request: Batch, hidden layer, reviews, axes and colours.
        tell: Told how far it is; may raise Cancelled.
    """
    history, hidden = run.history, request.hidden
    if request.step > len(history):
        raise ValueError(f"step must be at most {len(history)}, the last batch of {run.name}, got {request.step}")
    # A map of unknown cells shows nobody anything; the words below say which batch it is.
    step = history.nearest_with_activations(request.step or len(history))
    if not run.settings.active(hidden):
        # The equation is of dropout: where it stands, if it stands anywhere.
        hidden = next((n for n in HIDDEN if run.settings.active(n)), hidden)
    shown = _Shown(run, others, run.snapshot(step), request.replace(step=step, hidden=hidden))
    drawings = [drawing for drawing in _DRAWINGS if _there_is(drawing, shown)]
    figures = []
    for k, drawing in enumerate(drawings):
        tell(f"Drawing {drawing.title}", k / len(drawings))
        figures.append(_figure(drawing, shown))
    return join(figures)


def _there_is(drawing: _Drawing, shown: _Shown) -> bool:
    match drawing.item:
        case "comparison":
            return bool(shown.others)
        case "network":
            return shown.run.settings.units <= MOST_UNITS_DRAWN
        case _:
            return True


def _figure(drawing: _Drawing, shown: _Shown) -> Markup:
    told = drawing.told(shown)
    label = f"{drawing.title}. {told}"
    themes = {"dark": ("dark", "light")}.get(shown.request.mode, (shown.request.theme,))
    pictures = [
        inline(_svg(drawing, shown, theme), f"{drawing.item}-{theme}", label, margin=drawing.margin) for theme in themes
    ]
    if len(pictures) > 1:
        # Each is read aloud where it is seen: the other is not there then.
        pictures = [
            element("div", picture, class_=name) for picture, name in zip(pictures, ("shown", "printed"), strict=True)
        ]
    return element(
        "figure",
        element("h3", drawing.title),
        element("figcaption", told),
        *pictures,
        id=f"figure-{drawing.item}",
    )


def _svg(drawing: _Drawing, shown: _Shown, theme: str) -> bytes:
    request = shown.request.replace(
        what=drawing.item,
        formats="svg",
        size="custom",
        width=_WIDTH,
        height=drawing.height,
        dpi=_DPI,
        theme=theme,
        # The page has them already, but for those of the panels.
        titles=drawing.item == "units",
        caption=False,
    )
    from explorer.export.figures import render  # Matplotlib is loaded when something is drawn

    return render(drawing.item, "svg", request, shown.run, shown.others)


# -- in words --


def _equation(shown: _Shown) -> str:
    snapshot, hidden = shown.snapshot, shown.request.hidden
    place = snapshot.training.place(hidden)
    size = len(snapshot.rows) if snapshot.whole is None else snapshot.whole.size
    drawn = min(shown.request.reviews, len(snapshot.rows))
    which = "all of its reviews" if drawn == size else f"the first {drawn} of its {size:,} reviews"
    figures = batch_statistics(snapshot, "training", hidden)
    calm = batch_statistics(snapshot, "inference", hidden)
    said = arithmetic.kept(figures, place, "training")
    return (
        f"activation × mask × factor = output for {which}, after hidden layer {hidden}, in training above and at "
        f"inference below: {_batch(snapshot)}. In training {said}; {arithmetic.mean(figures.mean_activation)} of the "
        f"activation and {_mean(figures.mean_output)} of the output. At inference the mask is 1 everywhere; "
        f"{arithmetic.mean(calm.mean_activation)} and {_mean(calm.mean_output)}."
    )


def _mean(value: float) -> str:
    return arithmetic.mean(value).removeprefix("mean ")


def _batch(snapshot: Snapshot) -> str:
    return f"epoch {snapshot.epoch}, batch {snapshot.batch} of {snapshot.batches} ({batch_line(snapshot)})"


def _loss(shown: _Shown) -> str:
    return f"{_lines(shown)} Every loss is cross-entropy without the L2 penalty.{_ends(shown, 'loss')}"


def _accuracy(shown: _Shown) -> str:
    return f"{_lines(shown)}{_ends(shown, 'accuracy')}"


def _lines(shown: _Shown) -> str:
    held_out = "" if not shown.run.held_out else ", and on the reviews held out"
    others = " Thinner lines are the other runs." if shown.others else ""
    return f"On the training reviews as trained, with dropout on, and again with dropout off{held_out}.{others}"


def _ends(shown: _Shown, what: str) -> str:
    if not shown.run.results:
        return ""
    last = shown.run.results[-1]
    parts = [f"{number(getattr(last, what))} as trained", f"{number(getattr(last, f'train_{what}'))} with dropout off"]
    if shown.run.held_out:
        parts.append(f"{number(getattr(last, f'val_{what}'))} on the reviews held out")
    return f" After epoch {last.epoch}: {', '.join(parts)}."


def _units(shown: _Shown) -> str:
    return (
        f"What each of the {shown.run.settings.units} units of hidden layer {shown.request.hidden} did over the run: "
        "how often it was kept, how active it was, and how often it was zero."
    )


def _network(shown: _Shown) -> str:
    row = min(shown.request.review, len(shown.snapshot.rows) - 1)
    said = overall(network_pass(shown.snapshot, "training", row, {}))
    return f"Review {row} of {_batch(shown.snapshot)}, in training. {said[0].upper()}{said[1:]}."


def _comparison(shown: _Shown) -> str:
    return (
        f"The figures of {len(shown.others) + 1} runs beside each other; the table under Results has the same numbers."
    )


_DRAWINGS: Final = (
    _Drawing("equation-both", "The equation of dropout, in training and at inference", 1150, _equation),
    _Drawing("loss", "Loss", 820, _loss),
    _Drawing("accuracy", "Accuracy", 820, _accuracy),
    _Drawing("units", "Unit statistics", 1080, _units),
    _Drawing("network", "The network, for one review", 1000, _network),
    _Drawing("comparison", "Comparison of the runs", 1000, _comparison, margin=24.0),
)
