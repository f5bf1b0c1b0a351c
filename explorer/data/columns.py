"""Columns of a table of reviews: their names, and which of them hold the text and the label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.data.labels import LabelCounts, is_missing, key_of
from explorer.data.progress import DataError

SPLIT_NAMES: Final = ("split", "fold", "type")
"""Names of columns that may say which part a review belongs to."""
PARTS: Final = {"train": False, "test": True, "val": True, "valid": True, "validation": True, "dev": True}
"""What such a column may hold, and whether it is held out."""

_TEXTS: Final = frozenset(
    ("review", "reviews", "reviewtext", "reviewbody", "reviewcontent", "text", "texts", "comment", "comments")
) | {"content", "body", "sentence", "message", "tweet", "document", "phrase", "commenttext", "cleantext", "tweettext"}
_LABELS: Final = frozenset(("sentiment", "sentiments", "label", "labels", "class", "target", "polarity", "y"))
_MARKS: Final = frozenset(
    ("rating", "ratings", "stars", "star", "score", "scores", "overall", "reviewrating", "starrating", "reviewscore")
)
# Two-valued, and about something else than what the reviewer thought.
_FLAGS: Final = frozenset(
    ("verified", "verifiedpurchase", "vine", "helpful", "spoiler", "isspoiler", "gender", "sex", "anonymous", "deleted")
)
_INDEXES: Final = frozenset(("", "unnamed0", "unnamed01", "index", "id", "rowid", "rownames"))

_SAMPLED_ROWS: Final = 1000
_MAX_VALUES: Final = 128
_VALUE_CHARACTERS: Final = 60
_MIN_WORDS: Final = 2.5
"""Words of an average cell from which on a column holds text."""
_DOMINANT: Final = 4
"""How many times as long as another an average text is that is the review beside a title."""
_DOMINANT_WORDS: Final = 5
_HEADER_CHARACTERS: Final = 120
_STRIPPED: Final = "\"'“”‘’.,;:!?()[]{}<>*-–—…/\\"
_NUMBER: Final = re.compile(r"[+\-−]?(?:\d[\d.,]*|[.,]\d+)(?:e[+\-]?\d+)?%?", re.IGNORECASE)


def named(header: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: what the header calls it, or its number where that is empty or not its alone."""
    plain = [_plain(cell) for cell in header]
    return tuple(cell if cell and plain.count(cell) == 1 else str(number) for number, cell in enumerate(plain, start=1))


def position(column: str, names: Sequence[str], path: str) -> int:
    """Where the column of a name or a number stands, from 0.

    Raises:
        DataError: When there is no such column.
    """
    wanted = _plain(column)
    if wanted in names:
        return list(names).index(wanted)
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:9]) <= len(names):
        return int(wanted) - 1
    raise DataError(
        f"{path} has no column {column!r:.80}: its columns are {', '.join(names)}. Open the file again and choose "
        "others."
    )


@dataclass(slots=True)
class ColumnFacts:
    """What the cells of a column are like.

    Attributes:
        values: How often each cell stands there, as it is written; None when there are too many to be labels.
        cells: The number of cells that were sampled and are not empty.
        characters: Of all of these.
        words: How many words each of these holds.
        numbers: How many of these are numbers.
        distinct: The first characters of each of these.
    """

    values: Counter[str] | None = field(default_factory=Counter)
    cells: int = 0
    characters: int = 0
    words: list[int] = field(default_factory=list)
    numbers: int = 0
    distinct: set[str] = field(default_factory=set)

    def add(self, cell: str, row: int) -> None:
        """Count a cell, the `row`-th of the column from 0."""
        if self.values is not None:
            self.values[cell[:_VALUE_CHARACTERS]] += 1
            if len(self.values) > _MAX_VALUES + row // 20:
                self.values = None
        if row < _SAMPLED_ROWS and not is_missing(cell):
            self.cells += 1
            self.characters += len(cell)
            self.words.append(_words(cell))
            self.numbers += _NUMBER.fullmatch(cell.strip()) is not None
            self.distinct.add(cell[:200])

    @property
    def mean_words(self) -> float:
        """Words of an average cell."""
        return sum(self.words) / max(1, self.cells)

    @property
    def mean_characters(self) -> float:
        """Characters of an average cell."""
        return self.characters / max(1, self.cells)

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.cells > 0 and self.numbers >= 0.95 * self.cells

    @property
    def varied(self) -> bool:
        """Whether most cells differ from each other."""
        return len(self.distinct) > 0.5 * self.cells

    @property
    def holds_text(self) -> bool:
        """Whether most cells are texts of several words, or of several characters where words have no spaces."""
        return self.cells > 0 and not self.numeric and self.varied and self.mean_words >= _MIN_WORDS

    def labels(self) -> LabelCounts | None:
        """How often each label stands there; None when there are too many different cells."""
        return None if self.values is None else LabelCounts.of(self.values)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The columns that may hold the text and the label, the likeliest first.

    Attributes:
        texts: Positions of columns.
        labels: Likewise.
    """

    texts: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def clear(self) -> bool:
        """Whether there is one of each, so that nothing must be asked."""
        return len(self.texts) == len(self.labels) == 1

    def pairs(self) -> list[tuple[int, int]]:
        """Positions of text and label, the likeliest first."""
        return [(text, label) for text in self.texts for label in self.labels if text != label]


def candidates(
    columns: Sequence[ColumnFacts], names: Sequence[str], text: int | None = None, label: int | None = None
) -> Candidates:
    """Which columns may hold the text and the label: by what stands in them, and by name where that leaves several.

    Args:
        columns: What each column is like.
        names: What each is called.
        text: The text's position if it is known.
        label: The label's position if it is known.
    """
    keys = [_key(name) for name in names]
    if label is None:
        texts = (text,) if text is not None else tuple(k for k, column in enumerate(columns) if column.holds_text)
        labels = _label_columns(columns, keys, texts)
    else:
        labels = (label,)
    if text is None:
        texts = _text_columns(columns, keys, labels)
    assert texts is not None
    return Candidates(tuple(k for k in texts if k is not None), labels)


def stars_beside(columns: Sequence[ColumnFacts], names: Sequence[str], label: int) -> str | None:
    """The name of a column that is called and looks like one of stars, where another one was taken for its values."""
    if _key(names[label]) in _LABELS | _MARKS:
        return None
    for k, column in enumerate(columns):
        labels = column.labels()
        if k != label and _key(names[k]) in _MARKS and labels is not None and labels.stars is not None:
            return names[k]
    return None


def is_header(first: Sequence[str], columns: Sequence[ColumnFacts]) -> bool:
    """Whether the first row names the columns: the whole of it is held against the rows below.

    Args:
        first: The cells of the first row.
        columns: What the cells below are like.
    """
    if all(_plain(cell) == str(k) for k, cell in enumerate(first)) and len(first) > 1:
        return True  # a frame of pandas without names
    evidence = 0
    plain = [_plain(cell) for cell in first]
    if any(len(cell) > _HEADER_CHARACTERS for cell in plain):
        evidence -= 4
    for cell, column in zip(plain, columns, strict=False):
        if cell:
            evidence += _evidence(cell, column)
    named_cells = [cell for cell in plain if cell]
    if len(set(named_cells)) == len(named_cells) == len(plain):
        known = sum(_key(cell) in _TEXTS | _LABELS | _MARKS | _INDEXES | set(SPLIT_NAMES) for cell in plain)
        evidence += 2 * known
    return evidence > 0


def split_column(
    columns: Sequence[ColumnFacts], names: Sequence[str], taken: Sequence[int]
) -> tuple[int | None, list[str]]:
    """The column that decides the parts, and a sentence on each that is named like one.

    Args:
        columns: What each column is like.
        names: What each is called.
        taken: Positions of the text and the label.
    """
    chosen: int | None = None
    remarks = []
    for wanted in SPLIT_NAMES:
        for k, name in enumerate(names):
            if name.lower() != wanted or k in taken:
                continue
            others = _no_parts(columns[k])
            if others is not None:
                remarks.append(
                    f"Column {name} does not decide the parts, since it holds {others}; only {', '.join(PARTS)} would."
                )
            elif len({PARTS[key_of(value)] for value in columns[k].values or ()}) < 2:
                remarks.append(f"Column {name} does not decide the parts, since it names only one of them.")
            elif chosen is None:
                chosen = k
                remarks.append(f"Column {name} decides which reviews are held out for the test.")
            else:
                remarks.append(f"Column {name} is not used, since column {names[chosen]} decides the parts.")
    return chosen, remarks


def _no_parts(column: ColumnFacts) -> str | None:
    """What a column holds that names no part; None when all of it does."""
    if column.values is None:
        return "other values"
    others = [value for value in column.values if key_of(value) not in PARTS]
    if others:
        return f"{others[0]!r:.40}" if others[0].strip() else "empty cells"
    return None


def _label_columns(columns: Sequence[ColumnFacts], keys: Sequence[str], texts: Sequence[int | None]) -> tuple[int, ...]:
    two_valued, sentiment, marks, scales = [], [], [], []
    for k, column in enumerate(columns):
        if k in texts:
            continue
        labels = column.labels()
        if labels is None or not labels.counts or labels.distinct or _no_parts(column) is None:
            continue
        if labels.two_valued:
            two_valued.append(k)
        if labels.names_sentiment:
            sentiment.append(k)
        if labels.stars is not None:
            marks.append(k)
        if labels.scale:
            scales.append(k)
    if len(sentiment) == 1:
        return tuple(sentiment)
    if len(two_valued) > 1 or marks:
        # A flag such as "verified purchase" says nothing of the reviewer's opinion.
        two_valued = [k for k in two_valued if keys[k] not in _FLAGS] or two_valued * (not marks)
    by_name = [k for k, key in enumerate(keys) if key in _LABELS and k not in texts]
    for found, known in ((two_valued, _LABELS), (marks, _LABELS | _MARKS), (scales, _LABELS | _MARKS)):
        if found:
            named_so = [k for k in found if keys[k] in known]
            if len(found) > 1 and len(named_so) == 1:
                return tuple(named_so)
            if len(found) == 1 and len(by_name) == 1 and by_name[0] != found[0]:
                other = columns[by_name[0]].labels()
                if other is not None and (other.scale or other.stars or 1 < len(other.counts) <= 12):
                    return (by_name[0], found[0])  # the column called "label" holds something else: ask
            return tuple(sorted(found, key=lambda k: (keys[k] not in known, k)))
    if by_name:
        return tuple(by_name)
    few = [
        k
        for k, column in enumerate(columns)
        if k not in texts and (labels := column.labels()) is not None and len(labels.counts) > 1 and not labels.distinct
    ]
    return tuple(few)


def _text_columns(columns: Sequence[ColumnFacts], keys: Sequence[str], labels: Sequence[int]) -> tuple[int, ...]:
    free = [k for k in range(len(columns)) if k not in labels or len(labels) > 1]
    found = [k for k in free if columns[k].holds_text and not (k in labels and columns[k].labels() is not None)]
    if not found:
        # Texts of a word or two, or with few of them repeated: what is neither a number nor a label.
        found = [
            k
            for k in free
            if k not in labels and columns[k].cells and not columns[k].numeric and keys[k] not in _INDEXES
        ]
        known = [k for k in found if keys[k] in _TEXTS]
        found = known if len(known) == 1 else found
    if len(found) > 1:
        known = [k for k in found if keys[k] in _TEXTS]
        if len(known) == 1:
            return tuple(known)
        found.sort(key=lambda k: -columns[k].mean_characters)
        longest, second = columns[found[0]], columns[found[1]]
        if longest.mean_words >= _DOMINANT_WORDS and longest.mean_characters >= _DOMINANT * second.mean_characters:
            return (found[0],)
    return tuple(found)


def _evidence(cell: str, column: ColumnFacts) -> int:
    """What a cell of the first row says for (positive) or against a header, given the cells below it."""
    if column.cells == 0 or is_missing(cell):
        return 0
    labels = column.labels()
    number = _NUMBER.fullmatch(cell) is not None
    if column.numeric:
        if not number:
            return 4
        return -1 if labels is not None and key_of(cell) not in labels.counts else -2
    if column.holds_text:
        words = _words(cell)
        fewer = sum(count <= words for count in column.words) / len(column.words)
        if words <= 3 and fewer == 0:
            # A review is made of words that others have too; a name is no sentence.
            known = {word for text in column.distinct for word in text.lower().split()}
            strange = known.isdisjoint(cell.lower().split())
            return 4 if words == 0 else 2 + strange - (cell[-1] in ".!")
        if words <= 3 and fewer < 0.02 and len(cell) < 0.5 * column.mean_characters:
            return 1
        return -3 if words > 3 else -1
    if labels is not None and labels.counts:
        if key_of(cell) in labels.counts:
            return -2
        return 4 if labels.two_valued or labels.scale or len(labels.counts) <= 5 else 1
    if cell[:200] in column.distinct:
        return -2
    digits = sum(any(c.isdigit() for c in value) for value in column.distinct) / max(1, len(column.distinct))
    has_digit = any(c.isdigit() for c in cell)
    if digits > 0.95:
        return -1 if has_digit else 2  # dates, times, numbers of articles
    return 0


def _words(cell: str) -> int:
    """Words of letters; in scripts without spaces between words, a character counts half a word."""
    count = 0
    for token in cell[:600].split():
        plain = token.strip(_STRIPPED)
        if plain.isascii():
            count += plain.replace("'", "").replace("-", "").isalpha()
        elif plain and any(letter.isalpha() for letter in plain):
            dense = sum(letter >= "\u2e80" or "\u0e00" <= letter < "\u0f00" for letter in plain)
            count += max(1, dense // 2)
    return count


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _plain(cell: str) -> str:
    return cell.strip().strip("\"'").strip()
