"""What runs came to, as tables: the figures that runs are compared by, every epoch, and the published figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from explorer.engine.comparison import BEST_AMONG, COLUMNS
from explorer.engine.run_record import RunRecord
from explorer.export.report.markup import Markup, element, join
from explorer.presentation.published import BOOK_PROTOCOL, BOOK_SOURCE, published_for
from explorer.presentation.run_table import BEST, Row, epochs_shown, heading, number

ROWS_OF_A_PAGE: Final = 40
"""A table with more rows is broken where the printed page ends; a shorter one begins on the next."""
LOSSES: Final = "Every loss is cross-entropy without the L2 penalty."


def key_figures(row: Row, run: RunRecord) -> Markup:
    """The figures of one run, large."""
    if run.held_out and run.results:
        told = [
            (heading(column), text)
            for column, text in zip(COLUMNS, row.texts, strict=True)
            if column.name != "epochs"  # told above them
        ]
    else:
        last = run.results[-1] if run.results else None
        told = [] if last is None else [("Training loss, dropout off", f"{last.train_loss:.4f}")]
        told += [] if last is None else [("Training accuracy, dropout off", f"{last.train_accuracy:.4f}")]
        told += [
            (heading(column), text)
            for column, text in zip(COLUMNS, row.texts, strict=True)
            if column.better is None or column.of_test
        ]
        told += [("Batches trained", f"{len(run.history):,}")]
    cards = (element("div", element("dt", label), element("dd", text)) for label, text in told)
    return element("dl", *cards, class_="cards")


def comparison_table(rows: Sequence[Row]) -> Markup:
    """A row a run; the best figures are marked by more than colour."""
    head = ["Run and what differs", *(heading(column) for column in COLUMNS)]
    lines = []
    for row in rows:
        cells = (
            element("td", element("b", f"{BEST} {text}") if best else text, class_="best" if best else None)
            for text, best in zip(row.texts, row.best, strict=True)
        )
        name = element("th", row.name, element("small", row.differs), scope="row")
        lines.append(element("tr", name, *cells))
    said = f"{BEST} marks {BEST_AMONG}. {LOSSES}"
    return join((table("Figures of the runs", [head], lines, "figures wide"), element("p", said, class_="note")))


def epochs_table(run: RunRecord, row: Row) -> Markup:
    """Every epoch of a run; of a long one, some."""
    results = run.results
    if not results:
        return element("p", "No epoch is done yet.")
    held_out = run.held_out > 0
    best = row.figures.best_loss_epoch
    top: list[str | tuple[str, int]] = ["Epoch", ("Loss", 2 + held_out), ("Accuracy", 2 + held_out), "Seconds"]
    each = ["as trained, dropout on", "training, dropout off", *(["validation, dropout off"] if held_out else [])]
    lines = []
    shown = epochs_shown(results, best)
    for result in shown:
        figures = [result.loss, result.train_loss, *([result.val_loss] if held_out else [])]
        figures += [result.accuracy, result.train_accuracy, *([result.val_accuracy] if held_out else [])]
        marked = result.epoch == best
        lines.append(
            element(
                "tr",
                element("th", f"{BEST} {result.epoch}" if marked else str(result.epoch), scope="row"),
                *(element("td", number(figure)) for figure in figures),
                element("td", f"{result.seconds:.2f}"),
                class_="best" if marked else None,
            )
        )
    notes = [LOSSES]
    if best is not None:
        notes.insert(0, f"{BEST} marks the epoch with the lowest validation loss.")
    if len(shown) < len(results):
        notes.append(f"{len(shown)} of {len(results):,} epochs are told; “Loss curves” exported as CSV has them all.")
    below = element("p", " ".join(notes), class_="note")
    return join((table(f"Epochs of {row.name}", [top, each * 2], lines, "figures epochs"), below))


def published(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Markup | None:
    """Those runs that somebody has published figures of, beside these; None where there are none."""
    pairs = [
        (row, found)
        for run, row in zip(runs, rows, strict=True)
        if row.figures.best_loss is not None and (found := published_for(run.reviews, run.settings)) is not None
    ]
    if not pairs:
        return None
    head = ["Run", "Lowest validation loss (epoch)", "Validation loss at the end (epoch)"]
    lines = []
    for row, book in pairs:
        figures = row.figures
        lines += [
            _published_line(
                row.name,
                f"{number(figures.best_loss)} ({figures.best_loss_epoch})",
                f"{number(figures.end_loss)} ({figures.epochs})",
            ),
            _published_line(
                f"The book, {book.model}",
                f"{book.best_loss:.3f} ({book.best_loss_epoch})",  # as printed
                f"{book.end_loss:.3f} ({book.epochs})",
            ),
        ]
    notes = dict.fromkeys(book.note for _, book in pairs if book.note)
    said = f"The book’s runs are {BOOK_PROTOCOL}; here the validation reviews are held out of the training reviews."
    said = " ".join((said, *notes, f"Source: {BOOK_SOURCE}."))
    return join((table("Beside published figures", [head], lines, "figures"), element("p", said, class_="note")))


def _published_line(name: str, best: str, end: str) -> Markup:
    return element("tr", element("th", name, scope="row"), element("td", best), element("td", end))


def table(
    caption: str, head: Sequence[Sequence[str | tuple[str, int]]], lines: Iterable[Markup], class_: str
) -> Markup:
    """A table that can be scrolled where it is too wide.

    Args:
        caption: What it is; read aloud, not shown, since a heading stands above it.
        head: One or two lines of headings. One that spans columns of the second line says how many; the others of the
            first span both lines.
        lines: Its rows.
        class_: How it looks.
    """
    above = []
    for k, line in enumerate(head):
        cells = []
        for cell in line:
            if isinstance(cell, tuple):
                cells.append(element("th", cell[0], scope="colgroup", colspan=cell[1], class_="span"))
            else:
                both = len(head) if len(head) > 1 and k == 0 else None
                cells.append(element("th", cell, scope="col", rowspan=both))
        above.append(element("tr", *cells))
    # Whoever reads with the keyboard scrolls it too.
    lines = tuple(lines)
    if len(lines) > ROWS_OF_A_PAGE:
        class_ += " long"
    inside = (element("caption", caption), element("thead", *above), element("tbody", *lines))
    return element(
        "div", element("table", *inside, class_=class_), class_="scroll", tabindex=0, role="region", aria_label=caption
    )
