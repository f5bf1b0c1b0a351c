"""How a table is written: separator, quotation marks, escapes and ends of rows, found out from what it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from explorer.data.columns import ColumnFacts, candidates
from explorer.data.labels import LabelCounts
from explorer.data.progress import DataError, Report, silent
from explorer.data.readers.delimited import (
    ESCAPED,
    FIRST_WORD,
    LONE_CR,
    PAIR,
    SPACES,
    Dialect,
    Quoting,
    fitted,
    names_row_numbers,
    records,
)
from explorer.data.text_decoding import TextFile

_USUAL: Final = "\t,;|"
"""Separators in the order in which they are preferred."""
_NO_SEPARATORS: Final = frozenset("\"'\r\n\\.")
_IN_PROSE: Final = frozenset(":/=()?!&%*+<>[]{}-_")
"""Separators that are taken only if a column holds known labels as well."""
_SAMPLED_LINES: Final = 1000
_MIN_LINES: Final = 50
_SAMPLED_CHARACTERS: Final = 2**18
_MOST_CHARACTERS: Final = 2**25
_ROWS_PER_REPORT: Final = 256
_MESSAGE: Final = "Finding out how the table is written"
_AGREEING: Final = 0.5
_OTHERS_AGREEING: Final = 0.98
_ALIKE: Final = 0.9
"""Share of rows with as many cells from which on a file is a table, though no column looks like one of labels."""
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(\\t|[^\r\n])"?(?:[,;|\t]*)', re.IGNORECASE)
_SQL: Final = re.compile(
    r"""(?:\s|--[^\n]*\n|/\*.*?\*/\s*;?|\#[^\n]*\n)*
    (?:(?:INSERT\s+(?:IGNORE\s+|OR\s+\w+\s+)?(?:INTO\s+)?|REPLACE\s+INTO\s+)
        [\w.`"'\[\]]+\s*(?:\([^()]{0,4000}\)\s*)?(?:VALUES|SELECT)\b
    |(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:(?:TEMPORARY|UNLOGGED|GLOBAL)\s+)*(?:TABLE|DATABASE|SCHEMA|VIEW)\s+\S+
    |SET\s+(?:SESSION\s+|GLOBAL\s+|NAMES\s+)?[\w@.]+\s*(?:=|TO\b|;)|PRAGMA\s+\w+\s*=|BEGIN(?:\s+TRANSACTION)?\s*;
    |START\s+TRANSACTION\s*;|USE\s+[`"\[]?\w+[`"\]]?\s*(?:;|\n\s*GO\b)|LOCK\s+TABLES\s|SELECT\s+pg_catalog
    |COPY\s+\S+\s*(?:\([^)]{0,4000}\)\s*)?FROM\s+stdin)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = SPACES | frozenset("N\\\"'.\r\n") | {"\r\n"}


def find_dialect(text: TextFile, report: Report = silent) -> Dialect:
    """How a table is written: what divides its rows most alike, and leaves columns of texts and labels.

    Not `csv.Sniffer`: it takes the punctuation of prose for separators.

    Raises:
        DataError: When it is no table of two columns or more.
        Cancelled: When `report` says so.
    """
    report(_MESSAGE, 0.0)
    beginning = text.beginning(2**16)
    if _SQL.match(beginning[: 2**14]):
        raise DataError(
            f"{text.name} is a script of SQL statements, not a table. Run it in a database, and export the table from "
            "there as CSV."
        )
    newlines = _newlines(text)
    sample, whole = _sample(text, newlines[0])
    first = sample[0].strip("\r\n ") if sample else ""
    said = _SEPARATOR_LINE.fullmatch(first)
    if said is not None:
        separator = "\t" if said[1] in ("\\t", "\t") else said[1]
        found = [Dialect(separator, newline=newlines[0], skipped=1)]
    else:
        found = [Dialect(separator, newline=newlines[0]) for separator in _separators(sample)]
    best, plausible = _best_separator(found, sample, whole, text)
    if plausible < 1 and said is None and _labels_come_first(sample):
        return Dialect("", newline=newlines[0], columns=2)
    if best is None:
        raise _no_separator(text, found)
    return _best_quoting(best, newlines, sample, whole, text, report)


def _newlines(text: TextFile) -> list[str]:
    """How rows may end: by any sign, or by a line feed with or without a carriage return before it."""
    if not text.holds("\n"):
        return [""]
    if text.holds("\r") and any(LONE_CR.search(line.rstrip("\r\n")) for line in text.lines("\n")):
        return ["\n", ""]
    return ["\n"]


def _sample(text: TextFile, newline: str) -> tuple[list[str], bool]:
    """The first lines, and whether they are all."""
    lines: list[str] = []
    characters = 0
    for line in text.lines(newline):
        enough = characters > _SAMPLED_CHARACTERS and len(lines) >= _MIN_LINES
        if enough or len(lines) >= _SAMPLED_LINES or characters > _MOST_CHARACTERS:
            return lines, False
        lines.append(line)
        characters += len(line)
    return lines, True


def _separators(lines: list[str]) -> list[str]:
    """Characters that may be the separator."""
    found = [separator for separator in _USUAL if any(separator in line for line in lines)]
    filled = [line for line in lines if line.strip()]
    if not filled:
        return found
    others = set(filled[0]).intersection(*filled[1:3]) - set(_USUAL) - _NO_SEPARATORS
    # A space only between quotation marks, as R's write.table puts it.
    quoted = sum(line.startswith('"') or line.rstrip().endswith('"') for line in filled) >= 0.9 * len(filled)
    return found + [other for other in sorted(others) if not other.isalnum() and (other != " " or quoted)]


def _cut_within_quotes(cells: list[str], dialect: Dialect) -> bool:
    """Whether quotation marks that were read as plain stand around several cells."""
    if dialect.quoting not in (Quoting.PLAIN, Quoting.PLAIN_ESCAPED):
        return False
    opened = False
    for cell in cells:
        begins, ends = cell.startswith('"'), cell.rstrip().endswith('"')
        if opened and ends and not begins:
            return True
        opened = opened or (begins and not (ends and len(cell) > 1))
    return False


class _Score(NamedTuple):
    """How well a dialect fits a sample: the share of rows with as many cells as most, and how many that is."""

    share: float
    columns: int
    shortest: int = 0


def _score(lines: Iterable[str], dialect: Dialect, whole: bool) -> tuple[_Score, list[list[str]]]:
    counts: Counter[int] = Counter()
    rows: list[list[str]] = []
    faults = 0
    found = list(records(lines, dialect))
    if not whole and found:
        found.pop()  # it may go on behind the sample
    for record in found:
        if record.fault or _cut_within_quotes(record.cells, dialect):
            faults += 1
        else:
            counts[len(record.cells)] += 1
            rows.append(record.cells)
    total = faults + sum(counts.values())
    wide = {columns: count for columns, count in counts.items() if columns > 1}
    if not wide:
        return _Score(0.0, 1), rows
    columns, shortest = max(wide, key=lambda k: (wide[k], -k)), 0
    widest = len(rows[0])
    if widest > columns and wide[widest] > 1 and all(columns <= k <= widest for k in counts):
        # Excel leaves out the empty cells at the end of a row from the seventeenth row on.
        columns, shortest = widest, columns
    fitting = [cells for row in rows if (cells := fitted(row, columns, shortest)) is not None]
    good = len(fitting) + names_row_numbers(rows[0], columns)
    return _Score(good / max(1, total), columns, shortest), fitting


def _best_separator(
    found: list[Dialect], lines: list[str], whole: bool, text: TextFile
) -> tuple[Dialect | None, float]:
    """The separator that divides most rows alike, None if there is none; and its plausibility."""
    best: tuple[float, Dialect] | None = None
    likely = 0.0
    for dialect in found:
        tried = [replace(dialect, quoting=quoting) for quoting in _quotings(text, dialect.separator)]
        scores = [_score(lines, each, whole) for each in tried]
        # What quotation marks mean shows in how alike the rows are; of equals, the likelier meaning is the first.
        (score, rows), chosen = max(zip(scores, tried, strict=True), key=lambda pair: pair[0][0].share)
        usual = dialect.separator in _USUAL or dialect.skipped
        if score.share < (_AGREEING if usual else _OTHERS_AGREEING):
            continue
        plausible = _plausibility(rows, score.columns)
        if plausible < (1 if dialect.separator in _IN_PROSE else 0.1) and not (usual and score.share >= _ALIKE):
            continue
        value = score.share * max(plausible, 0.5) * (1.0 if usual else 0.9)
        if best is None or value > best[0] + 1e-9:
            best, likely = (value, replace(chosen, columns=score.columns, shortest=score.shortest)), plausible
    return (None if best is None else best[1]), likely


def _labels_come_first(lines: list[str]) -> bool:
    """Whether each line is a label, a space and a text, as fastText and the Stanford treebank's lines are."""
    words: Counter[str] = Counter()
    for line in lines:
        match = FIRST_WORD.match(line)
        if match is not None:
            words[match[1]] += 1
        elif line.strip():
            return False
    labels = LabelCounts.of(words)
    marked = all(word.startswith("__label__") for word in words)  # as fastText has it
    return len(labels.counts) <= 10 and (labels.known or (marked and labels.two_valued))


def _plausibility(rows: list[list[str]], columns: int) -> float:
    """How much the columns look like texts and labels, in [0, 1]; the first row, which may be a header, is left out."""
    facts = [ColumnFacts() for _ in range(columns)]
    for number, row in enumerate(rows[1:]):
        for column, cell in zip(facts, row, strict=True):
            column.add(cell, number)
    found = candidates(facts, [str(k) for k in range(columns)])
    best = 0.0
    for text, label in found.pairs():
        labels = facts[label].labels()
        if labels is None or facts[text].mean_words < 1:
            continue
        if labels.known:
            best = 1.0
        elif labels.two_valued or labels.scale or labels.names_sentiment:
            best = max(best, 0.8)
    return best


def _quotings(text: TextFile, separator: str) -> list[Quoting]:
    """What quotation marks may mean, the likeliest first."""
    quoted, backslashed = text.holds('"'), text.holds("\\")
    kinds = [Quoting.DOUBLED]
    if backslashed and quoted:
        kinds.append(Quoting.ESCAPED)
    if quoted:
        kinds.append(Quoting.PLAIN)
    if backslashed:
        kinds.append(Quoting.PLAIN_ESCAPED)
    if separator == "\t":
        # Written without quoting more often than not, as Kaggle's labeledTrainData.tsv.
        kinds.sort(key=lambda kind: kind not in (Quoting.PLAIN, Quoting.PLAIN_ESCAPED))
    if text.holds(f"\\{separator}"):
        kinds.sort(key=lambda kind: kind not in ESCAPED)
    return kinds


def _best_quoting(
    best: Dialect, newlines: list[str], lines: list[str], whole: bool, text: TextFile, report: Report
) -> Dialect:
    """The meaning of quotation marks, backslashes and lone carriage returns that leaves the fewest rows unread.

    The whole file decides where the sample does not.
    """
    tried = [replace(best, quoting=quoting) for quoting in _quotings(text, best.separator)]
    scores = [_score(lines, dialect, whole)[0] for dialect in tried]
    top = max(score.share for score in scores)
    open_ = [
        replace(dialect, columns=score.columns, shortest=score.shortest)
        for dialect, score in zip(tried, scores, strict=True)
        if score.share >= top - 0.1 and score.columns == best.columns
    ]
    if any(dialect.quoting in ESCAPED for dialect in open_):
        # Of equals, the one that takes backslashes for what all of them seem to be.
        escapes = _escapes(text, best.separator)
        open_.sort(key=lambda dialect: (dialect.quoting in ESCAPED) is not escapes)
    if top < 0.9 and text.holds('"'):
        open_.append(replace(best, quoting=Quoting.LENIENT))
    options = [replace(dialect, newline=newline) for dialect in open_ for newline in newlines]
    if len(options) == 1:
        return options[0]
    faults = []
    for tries, dialect in enumerate(options):
        done = tries / len(options)

        def part(share: float, done: float = done) -> None:
            report(_MESSAGE, done + share / len(options))

        faults.append(_faults(text, dialect, part))
    return options[faults.index(min(faults))]


def _escapes(text: TextFile, separator: str) -> bool:
    """Whether every backslash begins an escape, as databases and Spark write them."""
    known = _ESCAPES | {separator}
    return all(known.issuperset(PAIR.findall(line)) for line in text.lines("\n") if "\\" in line)


def _faults(text: TextFile, dialect: Dialect, report: Callable[[float], None]) -> int:
    """The number of rows that a dialect leaves unread."""
    bad = 0
    for number, record in enumerate(records(text.lines(dialect.newline), dialect)):
        if number % _ROWS_PER_REPORT == 0:
            report(text.share)
        if record.fault or _cut_within_quotes(record.cells, dialect):
            bad += 1
        elif fitted(record.cells, dialect.columns, dialect.shortest) is None:
            bad += number > 0 or not names_row_numbers(record.cells, dialect.columns)
    return bad


def _no_separator(text: TextFile, found: list[Dialect]) -> DataError:
    if not any(dialect.separator in _USUAL for dialect in found):
        return DataError(
            f"{text.name} has one column only, and a text and a label are needed. Separate them with commas, tabs, "
            "semicolons or bars, or choose another file."
        )
    return DataError(
        f"{text.name} is no table that can be read: neither commas nor tabs, semicolons or bars divide its rows into "
        "equally many cells. Give each row a text and a label, and put texts with the separator in them in quotes."
    )
