"""Rows with a text and a label, whatever kind of file they come from, made into a corpus.

The rows are gone through twice: once to learn what stands in each column, which decides all that the person may have to
be asked, and once to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from explorer.data.columns import PARTS, ColumnFacts, candidates, is_header, named, position, split_column, stars_beside
from explorer.data.corpus import Corpus
from explorer.data.dataset import ReadingNotes
from explorer.data.encoding import tokens
from explorer.data.gather import MIN_REVIEWS, Gathering
from explorer.data.labels import Labeling, is_missing, key_of, labeling
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import Answer, ColumnsUnclear, DataQuestion
from explorer.data.source_options import SourceOptions, with_options
from explorer.data.words import splits_alike

_FAULTY_SHARE: Final = 0.1
"""Of all rows: when more cannot be used, it is asked whether to leave them out."""
_SHOWN_FAULTS: Final = 5
_PREVIEW_ROWS: Final = 5
_PREVIEW_CHARACTERS: Final = 200
_MAX_PAIRS: Final = 6
_ROWS_PER_REPORT: Final = 256
_SURVEY: Final = "Looking through the rows"
_MESSAGE: Final = "Reading the reviews"
_CORRECT: Final = "Correct the file, or choose another one."


class Row(NamedTuple):
    """A row of a file.

    Attributes:
        place: Where it stands, as `row 12`.
        cells: A cell for each column.
        fault: Why the row cannot be read, in which case there are no cells; else empty.
    """

    place: str
    cells: Sequence[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file.

    Attributes:
        name: What to call the file in a sentence: its path.
        source: What was to be loaded, with the options it carried; answers to questions repeat it.
        names: Names of the columns; None when the first row may be a header.
        read: Goes through the rows from the start; called more than once.
        done: How much of the file the latest `read` has gone through, in [0, 1].
        remarks: What a person must know of how the rows are read.
    """

    name: str
    source: str
    names: tuple[str, ...] | None
    read: Callable[[], Iterator[Row]]
    done: Callable[[], float]
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Faults:
    """Rows that cannot be used, and why."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, place: str, reason: str) -> None:
        self.count += 1
        if self.count <= _SHOWN_FAULTS:
            self.first.append(f"{place} {reason}")

    def listed(self) -> str:
        more = self.count - len(self.first)
        return "; ".join(self.first) + (f"; and {more:,} more" if more else "")


@dataclass(slots=True)
class _Survey:
    """What was learned from going through the rows."""

    names: tuple[str, ...]
    has_header: bool
    columns: list[ColumnFacts]
    preview: list[Sequence[str]]
    rows: int
    faults: _Faults


def read_rows(rows: Rows, options: SourceOptions, report: Report = silent) -> Corpus:
    """The reviews in the rows of a file.

    Args:
        rows: The rows.
        options: What was said of the file; columns that are not named are found by what stands in them.
        report: Told of the progress.

    Raises:
        DataQuestion: When it must be asked how to read them.
        DataError: When they cannot be used, with the row, the reason and what to do.
        Cancelled: When `report` says so.
    """
    if options.faulty not in (None, "skip"):
        raise DataError(f"#faulty= can only be skip, got {options.faulty!r:.40}. Change it, or leave it out.")
    if options.ids is not None:
        raise DataError(f"#ids= is for archives of word ids, and {rows.name} holds texts. Leave it out.")
    survey = _surveyed(rows, report)
    text_at, label_at = _chosen(rows, survey, options)
    split_at, remarks = split_column(survey.columns, survey.names, (text_at, label_at))
    stars = None if options.label else stars_beside(survey.columns, survey.names, label_at)
    if stars is not None:
        other = with_options(rows.source, text=survey.names[text_at], label=stars)
        remarks.append(
            f"Labels are in column {survey.names[label_at]}, which holds two values; the stars in column {stars} are "
            f'read by "{other}".'
        )
    remarks.extend(rows.remarks)
    labels = survey.columns[label_at].labels()
    if labels is None:
        raise DataError(
            f"Column {survey.names[label_at]} of {rows.name} holds no labels: almost every cell is different, as "
            f"{survey.preview[0][label_at]!r:.40}. Choose another column, or another file."
        )
    meaning = labeling(labels, survey.names[label_at], options, rows.name, rows.source)
    return _gathered(rows, survey, options, meaning, (text_at, label_at, split_at), remarks, report)


def _surveyed(rows: Rows, report: Report) -> _Survey:
    report(_SURVEY, 0.0)
    first: Row | None = None
    columns: list[ColumnFacts] = []
    preview: list[Sequence[str]] = []
    faults = _Faults()
    count = 0
    for number, row in enumerate(rows.read()):
        if number % _ROWS_PER_REPORT == 0:
            report(_SURVEY, rows.done())
        if row.fault:
            faults.add(row.place, row.fault)
            continue
        if first is None and rows.names is None:
            first = row
            columns = [ColumnFacts() for _ in row.cells]
            continue
        columns = columns or [ColumnFacts() for _ in row.cells]
        for column, cell in zip(columns, row.cells, strict=True):
            column.add(cell, count)
        if count < _PREVIEW_ROWS:
            preview.append([cell[:_PREVIEW_CHARACTERS] for cell in row.cells])
        count += 1
    if rows.names is not None:
        if not columns:
            columns = [ColumnFacts() for _ in rows.names]
        return _Survey(rows.names, True, columns, preview, count, faults)
    if first is None:
        raise DataError(f"{rows.name} holds no row that can be read: {faults.listed()}. {_CORRECT}")
    if count == 0 or is_header(first.cells, columns):
        return _Survey(named(first.cells), True, columns, preview, count, faults)
    for column, cell in zip(columns, first.cells, strict=True):
        column.add(cell, count)
    numbers = tuple(str(k) for k in range(1, len(first.cells) + 1))
    return _Survey(numbers, False, columns, [first.cells, *preview][:_PREVIEW_ROWS], count + 1, faults)


def _chosen(rows: Rows, survey: _Survey, options: SourceOptions) -> tuple[int, int]:
    """Positions of the columns of text and label: as said, or found."""
    text, label = (
        None if said is None else position(said, survey.names, rows.name) for said in (options.text, options.label)
    )
    if text is not None and text == label:
        raise DataError(
            f"{rows.name}: text and label cannot both be column {options.text}. Open it again and choose two."
        )
    if text is not None and label is not None:
        return text, label
    if len(survey.names) < 2:
        raise DataError(
            f"{rows.name} has one column only, {survey.names[0]}, and a text and a label are needed. Choose another "
            "file."
        )
    if survey.rows < MIN_REVIEWS:
        total = survey.rows + survey.faults.count
        if survey.faults.count > _FAULTY_SHARE * total:
            raise DataError(_faulty(rows, survey.faults, total) + f". {_CORRECT}")
        raise DataError(
            f"{rows.name} holds {survey.rows} reviews, and at least {MIN_REVIEWS} are needed. Choose another file."
        )
    found = candidates(survey.columns, survey.names, text, label)
    if found.clear:
        return found.texts[0], found.labels[0]
    pairs = found.pairs()[:_MAX_PAIRS]
    columns = f"its columns are {', '.join(survey.names)}"[:400]
    if not found.texts:
        raise DataError(f"No column of {rows.name} holds texts: {columns}. Choose another file.")
    if not pairs:
        raise DataError(
            f"No column of {rows.name} holds labels, which would be two words or numbers, or stars: {columns}. "
            "Choose another file."
        )
    by_name = [(survey.names[text_at], survey.names[label_at]) for text_at, label_at in pairs]
    raise ColumnsUnclear(rows.source, rows.name, survey.names, survey.preview, survey.has_header, by_name)


def _gathered(
    rows: Rows,
    survey: _Survey,
    options: SourceOptions,
    meaning: Labeling,
    at: tuple[int, int, int | None],
    remarks: list[str],
    report: Report,
) -> Corpus:
    text_at, label_at, split_at = at
    gathering, faults = Gathering(rows.name), _Faults()
    gathering.splits_alike = split_at is None  # no column decided the parts then
    classes, middle = meaning.classes, meaning.middle
    without_text = without_label = total = 0
    middles: Counter[str] = Counter()
    header_follows = rows.names is None and survey.has_header
    report(_MESSAGE, 0.0)
    for number, row in enumerate(rows.read()):
        if number % _ROWS_PER_REPORT == 0:
            report(_MESSAGE, rows.done())
        if row.fault:
            faults.add(row.place, row.fault)
            total += 1
            continue
        if header_follows:
            header_follows = False
            continue
        total += 1
        text, key = row.cells[text_at], key_of(row.cells[label_at])
        label = classes.get(key)
        if label is None:
            if is_missing(text):
                without_text += 1
            elif is_missing(key):
                without_label += 1
            elif key in middle:
                middles[key] += 1
            else:
                faults.add(row.place, f"has the label {row.cells[label_at].strip()!r:.40}")
            continue
        words = [] if is_missing(text) else tokens(text)
        if words:
            gathering.splits_alike &= splits_alike(text)
            gathering.add_words(words, label, in_test=split_at is not None and PARTS[key_of(row.cells[split_at])])
        else:
            without_text += 1
    _check_faults(rows, options, faults, total, gathering.count)
    left_out = [
        ("rows without a text", without_text),
        ("rows without a label", without_label),
        *((what, middles[key]) for key, what in middle.items()),
        ("rows that cannot be used", faults.count),
    ]
    if meaning.remark:
        remarks.insert(0, meaning.remark)
    if faults.count:
        remarks.append(f"Rows that cannot be used: {faults.listed()}.")
    notes = ReadingNotes(tuple((what, count) for what, count in left_out if count), tuple(remarks))
    return replace(gathering.corpus(report), notes=notes)


def _faulty(rows: Rows, faults: _Faults, total: int) -> str:
    return f"{rows.name}: {faults.count:,} of {total:,} rows cannot be used: {faults.listed()}"


def _check_faults(rows: Rows, options: SourceOptions, faults: _Faults, total: int, usable: int) -> None:
    """Ask when more than a tenth of the rows cannot be used; refuse when leaving them out leaves too few."""
    if faults.count <= _FAULTY_SHARE * total:
        return
    sentence = _faulty(rows, faults, total)
    if usable < MIN_REVIEWS:
        raise DataError(f"{sentence}. {_CORRECT}")
    if options.faulty != "skip":
        raise DataQuestion(
            f"{sentence}. Leave them out and read the other {usable:,}?",
            rows.name,
            [Answer(f"Leave out {faults.count:,} rows", with_options(rows.source, faulty="skip"))],
        )
