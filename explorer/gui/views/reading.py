"""A review as the inspector reads it: its words in reading order, and which of them the model knows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.data import Dataset, Encoding, Reviews, text_to_ids, text_to_ranks
from explorer.data.words import RULES
from explorer.engine.questions import ReviewAnswer

MOST_CHARACTERS: Final = 200_000
"""As much of a pasted text is read; the longest review of IMDB has 14,000."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A review.

    Attributes:
        title: Which one it is.
        words: (n,) in reading order.
        ranks: (n,) 1 = commonest.
        word_ids: (n,) what the model gets for each word; `oov_char` for those outside the vocabulary.
        outside: (n,) True for those.
        ids: (k,) distinct ids, ascending, start token included: what is asked about.
        label: 1 positive, 0 negative; None where nobody has given one.
        cut: Whether the text went on beyond `MOST_CHARACTERS`.
    """

    title: str
    words: tuple[str, ...]
    ranks: npt.NDArray[np.int32]
    word_ids: npt.NDArray[np.int64]
    outside: npt.NDArray[np.bool_]
    ids: npt.NDArray[np.uint16]
    label: int | None = None
    cut: bool = False

    @property
    def known(self) -> int:
        """The number of words inside the vocabulary."""
        return int(np.count_nonzero(~self.outside))


@dataclass(frozen=True, slots=True)
class Pulled:
    """A word and its pull.

    Attributes:
        word: As it is written.
        pull: The prediction less the prediction without the word; above 0 is towards positive.
        count: How often it stands in the review.
    """

    word: str
    pull: float
    count: int


def word_ids(ranks: npt.NDArray[np.int32], encoding: Encoding) -> npt.NDArray[np.int64]:
    """(n,) the id that each word gets, as `explorer.data.encoding.encode` gives it.

    Args:
        ranks: (n,) 1 = commonest.
        encoding: The conventions.
    """
    # Compared before adding, so that no rank can overflow.
    known = ranks < encoding.num_words - encoding.index_from
    return np.where(known, np.where(known, ranks, 0) + encoding.index_from, encoding.oov_char).astype(np.int64)


def read_review(dataset: Dataset, part: Reviews, row: int, title: str) -> Reading:
    """A review of the data set.

    Args:
        dataset: Whose words they are.
        part: Its training or its test reviews.
        row: The position in it.
        title: What to call it.
    """
    ranks = part.ranks[part.rank_offsets[row] : part.rank_offsets[row + 1]]
    words = tuple(dataset.vocabulary.word(int(rank)) for rank in ranks)
    ids = part.ids[part.offsets[row] : part.offsets[row + 1]]
    return _reading(dataset, title, words, ranks, ids, int(part.labels[row]))


def read_text(dataset: Dataset, text: str) -> Reading:
    """What a person wrote, in the words that the model would see, by the rule of the data set."""
    read = text[:MOST_CHARACTERS]
    rule = dataset.word_rule
    ranks = text_to_ranks(read, dataset.vocabulary, rule)
    ids = text_to_ids(read, dataset.vocabulary, dataset.encoding, rule)
    return _reading(dataset, "Own text", tuple(RULES[rule](read)), ranks, ids, None, cut=len(read) < len(text))


def _reading(
    dataset: Dataset,
    title: str,
    words: tuple[str, ...],
    ranks: npt.NDArray[np.int32],
    ids: npt.NDArray[np.uint16],
    label: int | None,
    *,
    cut: bool = False,
) -> Reading:
    each = word_ids(ranks, dataset.encoding)
    return Reading(title, words, ranks, each, each == dataset.encoding.oov_char, ids, label, cut)


def pulls(reading: Reading, answer: ReviewAnswer) -> npt.NDArray[np.float64]:
    """(n,) each word's pull: the prediction less the prediction of the review without it.

    All occurrences of a word leave together, because a multi-hot row says whether a word stands in a review and not how
    often; so do all words outside the vocabulary, which share one id. An id that was not asked about has no pull.
    """
    place = np.searchsorted(answer.ids, reading.word_ids)
    place[place == len(answer.ids)] = 0
    pull = answer.prediction - answer.without.astype(np.float64)
    if not len(pull):
        return np.zeros(len(reading.words))
    return np.where(answer.ids[place] == reading.word_ids, pull[place], 0.0)


def strongest(reading: Reading, pull: npt.NDArray[np.float64], most: int = 5) -> tuple[Pulled, ...]:
    """The known words that pull most, the strongest first; each once."""
    counts = Counter(reading.words)
    found: dict[str, Pulled] = {}
    for k in np.argsort(-np.abs(pull), kind="stable"):
        if len(found) == most or not abs(pull[k]) > 0:
            break
        word = reading.words[k]
        if not reading.outside[k] and word not in found:
            found[word] = Pulled(word, float(pull[k]), counts[word])
    return tuple(found.values())


def signed(pull: float) -> str:
    """`+0.124`, `−0.090`, `0.000`: three decimals with a sign, a real minus."""
    text = f"{pull:+.3f}".replace("-", "−")
    return text[1:] if text[1:] == "0.000" else text


def about_word(reading: Reading, k: int, pull: npt.NDArray[np.float64] | None, answer: ReviewAnswer | None) -> str:
    """A word's number, rank, id and pull in a sentence.

    Args:
        reading: The review.
        k: The word, counted from 0.
        pull: (n,) of all words; None while it is not known.
        answer: What the pull is taken from.
    """
    word, outside = reading.words[k], bool(reading.outside[k])
    rank = f"rank {reading.ranks[k]:,}" if reading.ranks[k] < 2**31 - 1 else "in no list of words"
    count = int(np.count_nonzero(reading.word_ids == reading.word_ids[k]))
    parts = [f"word {k + 1} of {len(reading.words):,} “{word}”"]
    if outside:
        parts.append(f"{rank}: outside the vocabulary, so id {reading.word_ids[k]} like all such words")
    else:
        parts.append(f"{rank}, id {reading.word_ids[k]}")
    if pull is not None and answer is not None:
        with_it, without = answer.prediction, answer.prediction - float(pull[k])
        together = f" (all {count} such words together)" if outside and count > 1 else ""
        times = f" (its {count} occurrences leave together)" if not outside and count > 1 else ""
        parts.append(f"pull {signed(float(pull[k]))}{together}{times}: {with_it:.3f} with, {without:.3f} without")
    return " · ".join(parts)


def verdict(prediction: float, label: int | None) -> str:
    """`positive: right`; above one half is positive, as the accuracy counts it."""
    if not math.isfinite(prediction):
        return "not a number"
    says = "positive" if prediction > 0.5 else "negative"
    if label is None:
        return says
    return f"{says}: {'right' if (prediction > 0.5) == bool(label) else 'wrong'}"


def label_in_words(reading: Reading | None) -> str:
    """`label 1 (positive)`, or that there is none."""
    if reading is None:
        return ""
    if reading.label is None:
        return "no label: your own text"
    return f"label {reading.label} ({'positive' if reading.label else 'negative'})"


def without_words(reading: Reading | None) -> str:
    """What to say of a review none of whose words the model knows."""
    if reading is None or reading.known:
        return ""
    if not reading.words:
        return "no known words: this is the answer to the start token alone"
    return "no known words: none of these is in the vocabulary"
