"""One page on a run, or on several side by side, that can be read without a network, years later."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final

from explorer import __version__
from explorer.data.progress import Report, silent
from explorer.engine.run_record import RunRecord
from explorer.engine.test_result import TestResult
from explorer.export.code import describe
from explorer.export.provenance import Provenance, meta_tags, provenance
from explorer.export.report import program
from explorer.export.report.again import again_section
from explorer.export.report.drawings import figures_section
from explorer.export.report.markup import Markup, element, join
from explorer.export.report.results import comparison_table, epochs_table, key_figures, published
from explorer.export.report.settings import settings_table
from explorer.export.request import ExportRequest
from explorer.presentation.code_colours import marked_background
from explorer.presentation.palette import DARK, LIGHT, Palette
from explorer.presentation.published import DROPOUT_SOURCE, MODEL_SOURCE
from explorer.presentation.run_table import Row, run_rows
from explorer.presentation.test_words import classic_line, test_line, whose_prediction

_NOTHING_ELSE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What the page may load: nothing. Should a name ever slip through unescaped, no script runs."""


def report(run: RunRecord, others: Sequence[RunRecord], request: ExportRequest, tell: Report = silent) -> bytes:
    """The page on a run, with the runs it is compared with.

    The same runs and request give the same bytes with the same versions of the program and of what it is made with.

    Args:
        run: The run it is on.
        others: Runs that stand beside it.
        request: Batch, hidden layer, reviews, axes and colours of the figures. In the dark theme the page is dark on
            the screen, and light when it is printed.
        tell: Told how far it is; may raise Cancelled.

    Returns:
        HTML in UTF-8.

    Raises:
        ValueError: When nothing has been trained yet, with a sentence.
    """
    if not len(run.history):
        raise ValueError("there is nothing to report before the first batch is trained; start the run")
    runs = (run, *others)
    rows = run_rows(runs)
    sections = _sections(runs, rows, figures_section(run, others, request, tell))
    step = run.history.nearest_with_activations(request.step or len(run.history))  # as the figures have it
    about = provenance("report", request.replace(step=step), run, others)
    # Long pages are found one's way in by a list of what they hold.
    contents = element("ul", *(element("li", element("a", title, href=f"#{name}")) for name, title, _ in sections))
    body = element(
        "body",
        element("header", *_heading(runs, rows), element("nav", contents, aria_label="Contents")),
        element(
            "main",
            *(
                element("section", element("h2", title), content, id=name, class_=None)
                for name, title, content in sections
            ),
        ),
        element("footer", f"Made by Dropout Explorer {__version__}. This page loads nothing: it is complete as it is."),
    )
    page = join(
        (
            Markup("<!doctype html>\n"),
            element("html", _head(_title(rows), request, about), body, lang="en"),
            Markup("\n"),
        )
    )
    return page.encode("utf-8")


def _sections(runs: Sequence[RunRecord], rows: Sequence[Row], figures: Markup) -> list[tuple[str, str, Markup]]:
    several = len(runs) > 1
    epochs = join(
        join((element("h3", row.name) if several else None, epochs_table(run, row)))
        for run, row in zip(runs, rows, strict=True)
    )
    sections: list[tuple[str, str, Markup | None]] = [
        ("results", "Results", comparison_table(rows) if several else None),
        ("figures", "Figures", figures),
        ("published", "Beside published figures", published(runs, rows)),
        ("epochs", "Epochs", epochs),
        ("settings", "Settings", settings_table(runs, rows)),
        ("code", "Code", program.code_section(runs, rows)),
        ("again", "How to run it again", again_section(runs, rows)),
        ("sources", "Sources", _sources()),
    ]
    return [(name, title, content) for name, title, content in sections if content is not None]


def _title(rows: Sequence[Row]) -> str:
    if len(rows) == 1:
        return rows[0].name
    return f"{rows[0].name}, beside {rows[1].name if len(rows) == 2 else f'{len(rows) - 1} other runs'}"


def _heading(runs: Sequence[RunRecord], rows: Sequence[Row]) -> list[Markup]:
    run = runs[0]
    what = "A run of Dropout Explorer" if len(runs) == 1 else f"A comparison of {len(runs)} runs of Dropout Explorer"
    parts = [element("p", what, class_="what"), element("h1", _title(rows))]
    if len(runs) == 1:
        lead = element("p", _told(run), class_="lead")
        return [*parts, lead, key_figures(rows[0], run), *([] if run.test is None else [_prediction(run.test)])]
    parts.append(element("p", element("b", rows[0].name), f": {_told(run)}", class_="lead"))
    beside = join((element("b", row.name) for row in rows[1:]), ", ")
    return [*parts, element("p", "Beside it: ", beside, ". What differs, and what came of it, stands under Results.")]


def _prediction(test: TestResult) -> Markup:
    """The figures of the test reviews in the words of the classic program."""
    return element("p", f"{test_line(test)}; {whose_prediction(test)}: {classic_line(test)}".capitalize() + ".")


def _told(run: RunRecord) -> str:
    """What was trained on what, in two sentences."""
    settings, epochs = run.settings, len(run.results)
    generated = ", which a program wrote" if run.reviews.generated else ""
    steps = len(run.history)
    long = f"{epochs:,} {'epoch' if epochs == 1 else 'epochs'}"
    if not epochs:
        long = f"{steps:,} {'batch' if steps == 1 else 'batches'}, less than an epoch,"
    return (
        f"{describe(settings)}. Trained for {long} on {run.trained_on:,} of {run.reviews.train:,} training reviews "
        f"({run.reviews.title}{generated}), in batches of {settings.batch_size:,}."
    )


def _sources() -> Markup:
    return element(
        "ul",
        element("li", f"The model: {MODEL_SOURCE}."),
        element(
            "li", f"Dropout: {DROPOUT_SOURCE}. There p is the probability of keeping; a rate here is the share dropped."
        ),
    )


def _head(title: str, request: ExportRequest, about: Provenance) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_NOTHING_ELSE),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        *(element("meta", name=name, content=content) for name, content in meta_tags(about)),
        element("title", f"{title} – Dropout Explorer"),
        element("link", rel="icon", href="data:,"),  # otherwise a browser asks a server for one
        element("style", Markup(style_sheet(request.mode))),
    )


def style_sheet(look: str) -> str:
    """All rules of the page; what is dark on the screen is light on paper."""
    rules = resources.files("explorer.export.report").joinpath("page.css").read_text("utf-8")
    light = f"{_colours(LIGHT)}\n{program.style('light', '.program')}"
    if look == "light":
        return f"{light}\n{rules}"
    return f"{light}\n@media screen {{\n{_colours(DARK)}\n{program.style('dark', '.program')}\n}}\n{rules}"


def _colours(palette: Palette) -> str:
    ground = palette.field if palette is LIGHT else palette.window
    colours = {
        "look": palette.name,
        "ground": ground,
        "field": palette.panel,
        "text": palette.text,
        "muted": palette.muted,
        "line": palette.border,
        "accent": palette.accent,
        "accent-ink": palette.accent_ink,
        "marked": marked_background(palette),
    }
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }"
