"""Labels of a column: pairs in known words and numbers, pairs that must be asked about, and scales of stars."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from explorer.data.progress import DataError
from explorer.data.questions import Answer, DataQuestion
from explorer.data.source_options import SourceOptions, with_options

MISSING: Final = frozenset(("", "na", "nan", "n/a", "#n/a", "<na>", "null", "none", "\\n", "unsup"))
"""Cells that say that there is no value, in lower case: `\\N` is of databases, `unsup` of the IMDB folder."""

_SENTIMENT: Final = {"negative": 0, "neg": 0, "bad": 0, "positive": 1, "pos": 1, "good": 1}
_ANSWERS: Final = {"false": 0, "f": 0, "no": 0, "n": 0, "true": 1, "t": 1, "yes": 1, "y": 1}
_VOCABULARIES: Final[tuple[Mapping[str, int], ...]] = (
    {**_SENTIMENT, **_ANSWERS, "0": 0, "1": 1},
    {"-1": 0, "1": 1},
    {"0": 0, "4": 1},  # Sentiment140
    {"-": 0, "+": 1},
)
# Only the order of the answers to "which is good?" depends on these.
_BAD_BEGINNINGS: Final = ("not", "non", "un", "dis", "rotten", "sad", "hate", "poor", "terrible", "awful", "worst")
_NUMBER: Final = re.compile(r"[+\-−]?\d{1,15}(?:[.,]\d{0,9})?")
_TYPICAL_SHARE: Final = 0.9
"""How much of a column must be of one kind for the rest to count as faulty."""
_STRAY_SHARE: Final = 0.02
_STARS: Final = {5: (4, 2), 10: (7, 4)}
"""The highest star, and from which on a review is positive and up to which it is negative."""
_MAX_SCALE: Final = 101
_FEW_LABELS: Final = 12
_SHOWN: Final = 6
_SHOWN_CHARACTERS: Final = 40


@lru_cache(maxsize=4096)
def key_of(cell: str) -> str:
    """What a cell says, whatever its spelling: lower case without quotes and spaces, and numbers in one form."""
    key = cell.strip().strip("\"'").strip().lower()
    if _NUMBER.fullmatch(key):
        number = float(key.replace(",", ".").replace("−", "-"))
        return str(int(number)) if number == int(number) else repr(number)
    return key


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value: it is empty, NA or the like."""
    return len(cell) < 32 and cell.strip().strip("\"'").strip().lower() in MISSING


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """How often each label stands in a column; missing ones are not counted.

    Attributes:
        counts: By key, the commonest first.
        spellings: How each key is written where it first stands.
    """

    counts: Mapping[str, int]
    spellings: Mapping[str, str]

    @classmethod
    def of(cls, cells: Mapping[str, int]) -> LabelCounts:
        """The counts of cells as they are written."""
        counts: Counter[str] = Counter()
        spellings: dict[str, str] = {}
        for cell, count in cells.items():
            key = key_of(cell)
            if key not in MISSING:
                counts[key] += count
                spellings.setdefault(key, cell.strip().strip("\"'").strip())
        return cls(dict(counts.most_common()), spellings)

    @property
    def total(self) -> int:
        """The number of labels."""
        return sum(self.counts.values())

    @property
    def distinct(self) -> bool:
        """Whether hardly a label stands there twice, as in a column of identifiers."""
        return len(self.counts) > _FEW_LABELS and 2 * len(self.counts) > self.total

    @property
    def numbers(self) -> dict[float, int]:
        """How often each number stands there."""
        return {float(key): count for key, count in self.counts.items() if _NUMBER.fullmatch(key)}

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two labels of a column that holds two, but for a few strays; the commoner first; else None."""
        keys = list(self.counts)
        if len(keys) < 2:
            return None
        common = sum(self.counts[key] for key in keys[:2])
        third = self.counts[keys[2]] if len(keys) > 2 else 0
        if common < _TYPICAL_SHARE * self.total or 10 * third > self.counts[keys[1]]:
            return None
        return keys[0], keys[1]

    @property
    def two_valued(self) -> bool:
        """Whether the column holds two labels, but for a few strays."""
        known, share = self._best_known()
        return self.pair is not None or (len(set(known.values())) == 2 and share >= _TYPICAL_SHARE)

    @property
    def known(self) -> bool:
        """Whether it is known what the labels mean: a known pair, or stars."""
        known, share = self._best_known()
        return (len(set(known.values())) == 2 and share >= _TYPICAL_SHARE) or self.stars is not None

    @property
    def names_sentiment(self) -> bool:
        """Whether both a word for good reviews and one for bad reviews are among the labels."""
        return {_SENTIMENT[key] for key in self.counts if key in _SENTIMENT} == {0, 1}

    @property
    def stars(self) -> int | None:
        """The highest star, 5 or 10, of a column of whole numbers from 1 with more than two values; else None."""
        numbers = {n: count for n, count in self.numbers.items() if n == int(n) and 1 <= n <= 10}
        if len(numbers) <= 2 or sum(numbers.values()) < _TYPICAL_SHARE * self.total:
            return None
        outside = {n: count for n, count in self.numbers.items() if n not in numbers}
        if sum(outside.values()) > _STRAY_SHARE * self.total:
            return None
        above = sum(count for n, count in numbers.items() if n > 5)
        return 10 if above > _STRAY_SHARE * self.total else 5

    @property
    def scale(self) -> bool:
        """Whether the column holds numbers, more than two and not too many to be marks."""
        numbers = self.numbers
        return 2 < len(numbers) <= _MAX_SCALE and sum(numbers.values()) >= _TYPICAL_SHARE * self.total

    def shown(self) -> str:
        """The commonest labels, for a sentence."""
        shown = [f"{self.spellings[key]!r:.{_SHOWN_CHARACTERS}}" for key in list(self.counts)[:_SHOWN]]
        more = len(self.counts) - len(shown)
        return ", ".join(shown) + (f" and {more} more" if more else "")

    def _best_known(self) -> tuple[dict[str, int], float]:
        """Labels in the known vocabulary that covers most of the column, and the share that it covers."""
        best: dict[str, int] = {}
        most = 0
        for vocabulary in _VOCABULARIES:
            known = {key: vocabulary[key] for key in self.counts if key in vocabulary}
            covered = sum(self.counts[key] for key in known)
            if (len(set(known.values())), covered) > (len(set(best.values())), most):
                best, most = known, covered
        return best, most / max(1, self.total)


@dataclass(frozen=True, slots=True)
class Labeling:
    """What each label of a column means.

    Attributes:
        classes: 0 negative and 1 positive by key.
        middle: Keys of the numbers that are neither, and what rows that hold one are called.
        remark: A sentence on how the labels were read, or empty.
    """

    classes: Mapping[str, int]
    middle: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""


def labeling(labels: LabelCounts, column: str, options: SourceOptions, name: str, source: str) -> Labeling:
    """What the labels of a column mean: known, as the options say, or to be asked.

    Args:
        labels: How often each stands there.
        column: The column's name, for a sentence.
        options: `positive`, `good` and `bad` are heeded.
        name: The file, for a sentence.
        source: What was to be loaded, with its options; answers add to it.

    Raises:
        DataQuestion: When there are two labels and it is not known which is good, or a scale that is not one of stars.
        DataError: When there are no two classes in it, or the options do not fit.
    """
    where = f"Column {column} of {name}"
    if not labels.counts:
        raise DataError(f"{where} holds no labels. Choose another column or another file.")
    if options.positive is not None:
        if options.good is not None or options.bad is not None:
            raise DataError(f"{name}: #positive= is for two labels, #good= and #bad= are for stars. Give one or other.")
        return _pair_as_said(labels, options.positive, where)
    if options.good is not None or options.bad is not None:
        return _scale_as_said(labels, options, where)
    known, share = labels._best_known()
    both = len(set(known.values())) == 2
    if both and (share >= _TYPICAL_SHARE or not labels.scale):
        return Labeling(known)
    highest = labels.stars
    if highest is not None:
        good, bad = _STARS[highest]
        found = _by_thresholds(labels, good, bad, highest)
        if len(set(found.classes.values())) == 2:
            return found
    if labels.scale:
        raise _which_numbers(labels, where, name, source)
    pair = labels.pair
    if pair is not None:
        raise _which_is_good(labels, pair, where, name, source)
    if len(labels.counts) == 1 and known:
        return Labeling(known)  # one class only, which is said when all are counted
    if len(labels.counts) == 1:
        raise DataError(f"{where} holds only the label {labels.shown()}, and two are needed. Choose another file.")
    raise DataError(
        f"{where} holds {len(labels.counts):,} different labels ({labels.shown()}), and two are needed, or stars. "
        "Choose another column, or keep the rows of two of them."
    )


def _pair_as_said(labels: LabelCounts, positive: str, where: str) -> Labeling:
    key = key_of(positive)
    if key not in labels.counts:
        raise DataError(
            f"{where} holds no label {positive!r:.40}: its labels are {labels.shown()}. Choose one of them."
        )
    pair = labels.pair
    if pair is None or key not in pair:
        raise DataError(
            f"{where} holds {len(labels.counts):,} labels ({labels.shown()}), so #positive= cannot decide between two. "
            "Keep the rows of two of them" + (", or give #good= and #bad= for numbers." if labels.scale else ".")
        )
    return Labeling({label: int(label == key) for label in pair})


def _scale_as_said(labels: LabelCounts, options: SourceOptions, where: str) -> Labeling:
    numbers = labels.numbers
    if sum(numbers.values()) < _TYPICAL_SHARE * labels.total:
        raise DataError(
            f"{where} holds no numbers but {labels.shown()}, so #good= and #bad= have no effect. Leave them out."
        )
    highest = labels.stars
    usual = _STARS[highest] if highest is not None else _thirds(numbers)
    good = usual[0] if options.good is None else _threshold("good", options.good)
    bad = usual[1] if options.bad is None else _threshold("bad", options.bad)
    if bad >= good:
        raise DataError(f"{where}: #bad={bad:g} must be less than #good={good:g}. Change one of them.")
    found = _by_thresholds(labels, good, bad, highest)
    for label, what, limit in ((1, "no", f"{good:g} and more"), (0, "no", f"{bad:g} and less")):
        if label not in found.classes.values():
            raise DataError(
                f"{where} holds {what} number of {limit}: its labels are {labels.shown()}. Change #good= or #bad=."
            )
    return found


def _threshold(key: str, value: str) -> float:
    if not _NUMBER.fullmatch(value.strip()):
        raise DataError(f"#{key}= must be a number of stars, got {value!r:.40}. Give one such as 4.")
    return float(value.strip().replace(",", ".").replace("−", "-"))


def _by_thresholds(labels: LabelCounts, good: float, bad: float, highest: int | None) -> Labeling:
    classes: dict[str, int] = {}
    middle: dict[str, str] = {}
    for key in sorted(labels.counts):
        if not _NUMBER.fullmatch(key):
            continue
        number = float(key)
        if highest is not None and not 1 <= number <= highest:
            continue  # not on the scale, so faulty
        if number >= good:
            classes[key] = 1
        elif number <= bad:
            classes[key] = 0
        else:
            middle[key] = f"rows with {key} stars" if highest is not None else f"rows with the label {key}"
    what = "Labels are stars" if highest is not None else "Labels are numbers"
    remark = (
        f"{what}: {good:g} and more are positive, {bad:g} and less negative; change it behind the path, as in "
        f"#good={good:g}&bad={bad:g}."
    )
    return Labeling(classes, middle, remark)


def _thirds(numbers: Mapping[float, int]) -> tuple[float, float]:
    """The numbers from which on and up to which a review is good and bad: the upper and lower third of the scale."""
    low, high = min(numbers), max(numbers)
    step = (high - low) / 3
    return min(n for n in numbers if n >= high - step - 1e-9), max(n for n in numbers if n <= low + step + 1e-9)


def _which_is_good(labels: LabelCounts, pair: tuple[str, str], where: str, name: str, source: str) -> DataQuestion:
    first, second = sorted(pair, key=_order)
    answers = [
        Answer(f"{_cut(labels.spellings[key])} is good", with_options(source, positive=labels.spellings[key]))
        for key in sorted((second, first), key=lambda key: key.startswith(_BAD_BEGINNINGS))
    ]
    both = " and ".join(_cut(labels.spellings[key]) for key in (first, second))
    return DataQuestion(
        f"{where} holds the labels {both}: which is good?",
        name,
        answers,
    )


def _which_numbers(labels: LabelCounts, where: str, name: str, source: str) -> DataQuestion:
    numbers = labels.numbers
    good, bad = _thirds(numbers)
    shown = [f"{number:g}" for number in sorted(numbers)]
    listed = ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) <= 11 else f"{shown[0]} to {shown[-1]}"
    above = f"{good:g} is" if good == max(numbers) else f"{good:g} and more are"
    below = f"{bad:g} is" if bad == min(numbers) else f"{bad:g} and less are"
    answer = Answer(f"{above} good, {below} bad", with_options(source, good=f"{good:g}", bad=f"{bad:g}"))
    rest = sum(count for number, count in numbers.items() if bad < number < good)
    between = f"{rest:,} rows between are left out"
    left_out = f", and {between}" if rest else ""
    asked = f"{where} holds the numbers {listed}: from which on is a review good, and up to which is it bad?"
    return DataQuestion(
        f"{asked} With #good={good:g}&bad={bad:g} {above} good, {below} bad{left_out}.",
        name,
        [answer],
        question=f"{asked} If {above} good and {below} bad, {between}." if rest else asked,
    )


def _order(key: str) -> tuple[bool, float, str]:
    number = _NUMBER.fullmatch(key)
    return (number is not None, float(key) if number else 0.0, key)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
