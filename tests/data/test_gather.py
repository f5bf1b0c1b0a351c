"""From texts to ranks: Keras's rules, the split, and how few reviews are too few."""

from collections import Counter

import numpy as np
import pytest

from explorer.data import Cancelled, DataError, silent, tokens
from explorer.data.corpus import Corpus, Part
from explorer.data.gather import Gathering
from tests.data.written import Review, reviews


def gathered(rows: list[Review], test_rows: list[Review] | None = None) -> Corpus:
    gathering = Gathering("notes")
    for in_test, part in ((False, rows), (True, test_rows or [])):
        for text, label in part:
            gathering.add(text, label, "somewhere", in_test=in_test)
    return gathering.corpus(silent)


def texts(part: Part, words: tuple[str, ...]) -> list[str]:
    bounds = zip(part.offsets[:-1], part.offsets[1:], strict=True)
    return [" ".join(words[rank - 1] for rank in part.ranks[start:end]) for start, end in bounds]


def test_ranks_count_the_training_reviews_only() -> None:
    train = reviews(100)
    test = [("Number1 number1 NUMBER1 unheard fine", 1), ("unheard unheard", 0)] * 5
    corpus = gathered(train, test)
    counts = Counter(word for text, _ in train for word in tokens(text))
    assert Counter(corpus.words) == Counter(dict.fromkeys(counts, 1))
    assert [counts[word] for word in corpus.words] == sorted(counts.values(), reverse=True)
    assert corpus.words[:4] == ("a", "br", "film", "it's")  # equally common, so by alphabet
    assert corpus.train.ranks.min() == 1


def test_words_that_only_the_test_knows_are_skipped_as_keras_does() -> None:
    corpus = gathered(reviews(100), [("number1 unheard fine", 1), ("unheard of", 0)])
    assert sorted(texts(corpus.test, corpus.words)) == ["", "number1 fine"]


def test_given_parts_are_kept_and_shuffled() -> None:
    train, test = reviews(100), reviews(40, start=100)
    corpus = gathered(train, test)
    assert sorted(texts(corpus.train, corpus.words)) == sorted(" ".join(tokens(text)) for text, _ in train)
    assert len(corpus.test.labels) == 40
    # Sorted by label they came; the first are held out for validation, so they must not stay so.
    for part in (corpus.train, corpus.test):
        assert 0.2 < part.labels[: len(part.labels) // 2].mean() < 0.8


def test_without_a_test_a_fifth_of_each_class_becomes_it() -> None:
    rows = reviews(200)[:130]  # 100 negative, 30 positive
    corpus = gathered(rows)
    assert (len(corpus.train.labels), len(corpus.test.labels)) == (104, 26)
    assert (corpus.train.labels.sum(), corpus.test.labels.sum()) == (24, 6)
    seen = {text for text in texts(corpus.train, corpus.words) for text in text.split() if text.startswith("number")}
    assert len(seen) == 104, "no review is in both parts, none is lost"


def test_the_split_is_the_same_each_time() -> None:
    first, second = gathered(reviews()), gathered(reviews())
    assert first.words == second.words
    for one, other in ((first.train, second.train), (first.test, second.test)):
        np.testing.assert_array_equal(one.ranks, other.ranks)
        np.testing.assert_array_equal(one.labels, other.labels)


@pytest.mark.parametrize(
    ("rows", "test", "sentence"),
    [
        (reviews(99), [], "notes holds 99 reviews, and at least 100 are needed. Choose another"),
        ([], [], "holds 0 reviews"),
        (reviews(90), reviews(9), "holds 99 reviews"),
        (reviews(240)[:120], [], "all 120 reviews are negative, and both classes are needed"),
        (reviews(240)[:121], [], "one of its 121 reviews is positive, and at least two are needed"),
        (reviews(), reviews(40)[:20], "all 20 test reviews are negative, and both"),
        (reviews(240)[120:], reviews(40), "all 120 training reviews are positive"),
    ],
)
def test_too_little_is_refused(rows: list[Review], test: list[Review], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        gathered(rows, test)


def test_a_hundred_reviews_are_enough() -> None:
    corpus = gathered(reviews(100))
    assert (len(corpus.train.labels), len(corpus.test.labels)) == (80, 20)


@pytest.mark.parametrize(("text", "reason"), [("", "is empty"), (" \n", "is empty"), ("?!", "holds no word")])
def test_a_review_without_a_word_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DataError, match=f"page 7: the text {reason}. Write one"):
        Gathering("notes").add(text, 1, "page 7")


def test_ranking_can_be_cancelled() -> None:
    gathering = Gathering("notes")
    for text, label in reviews():
        gathering.add(text, label, "")

    def stop(message: str, fraction: float | None = None) -> None:
        if fraction and fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        gathering.corpus(stop)
