"""What of a review the model sees, and the figures that are made of an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.data import text_to_ids, text_to_ranks
from explorer.engine.questions import AboutReview
from explorer.gui.views.reading import about_word, pulls, read_review, read_text, signed, strongest, word_ids
from explorer.gui.views.review_text import LEVELS, WEAKEST_SCALE, tint_levels
from explorer.gui.views.spread import BINS, in_words, spread
from tests.gui.glass import DATA, OUTSIDE, answer_to


def test_words_get_the_ids_that_the_model_sees() -> None:
    ranks = text_to_ranks(f"word1 word56 word57 {OUTSIDE} nonsense", DATA.vocabulary)
    each = word_ids(ranks, DATA.encoding)
    assert each.tolist() == [4, 59, 2, 2, 2]
    for row in range(20):
        reading = read_review(DATA, DATA.test, row, "one")
        assert sorted({DATA.encoding.start_char, *reading.word_ids.tolist()}) == reading.ids.tolist()
        assert " ".join(reading.words) == DATA.text(DATA.test, row)
        assert reading.label == DATA.test.labels[row]


def test_own_text_is_read_as_the_archive_was() -> None:
    reading = read_text(DATA, f"Word3, word3!<br />{OUTSIDE} <b>nonsense</b>")
    assert reading.words == ("word3", "word3", "br", OUTSIDE, "b", "nonsense", "b")
    assert reading.outside.tolist() == [False, False, True, True, True, True, True]
    assert (reading.known, reading.label) == (2, None)
    np.testing.assert_array_equal(reading.ids, text_to_ids("word3 nonsense", DATA.vocabulary, DATA.encoding))


def test_own_text_is_split_by_the_rule_of_the_reviews() -> None:
    assert read_text(DATA, "film\u00a0word1").words == ("film", "word1")
    assert read_text(replace(DATA, word_rule=1), "film\u00a0word1").words == ("film\u00a0word1",)


def test_a_pull_is_the_prediction_less_the_one_without_the_word() -> None:
    reading = read_text(DATA, f"word9 word5 word9 {OUTSIDE} word7 nonsense")
    answer = answer_to(AboutReview(reading.ids))
    pull = pulls(reading, answer)
    assert reading.ids.tolist() == [1, 2, 8, 10, 12]
    np.testing.assert_allclose(pull, [0.04, 0.02, 0.04, 0.01, 0.03, 0.01], atol=1e-6)
    best = strongest(reading, pull, most=2)
    assert [(each.word, each.count) for each in best] == [("word9", 2), ("word7", 1)]
    assert "word70" not in [each.word for each in strongest(reading, pull)], "unknown words have no pull of their own"


def test_a_word_is_told_with_its_numbers() -> None:
    reading = read_text(DATA, f"word9 {OUTSIDE} word9 nonsense")
    answer = answer_to(AboutReview(reading.ids))
    pull = pulls(reading, answer)
    assert about_word(reading, 0, pull, answer) == (
        "word 1 of 4 “word9” · rank 9, id 12 · "
        "pull +0.020 (its 2 occurrences leave together): 0.750 with, 0.730 without"
    )
    assert about_word(reading, 1, pull, answer) == (
        "word 2 of 4 “word70” · rank 70: outside the vocabulary, so id 2 like all such words · "
        "pull +0.010 (all 2 such words together): 0.750 with, 0.740 without"
    )
    assert about_word(reading, 3, None, None) == (
        "word 4 of 4 “nonsense” · in no list of words: outside the vocabulary, so id 2 like all such words"
    )
    assert [signed(pull) for pull in (0.1236, -0.09, -0.0001)] == ["+0.124", "−0.090", "0.000"]


def test_tints_are_relative_to_the_strongest_pull_but_make_nothing_of_nothing() -> None:
    assert tint_levels(np.array([0.2, -0.1, 0.0])).tolist() == [LEVELS, -LEVELS // 2, 0]
    assert tint_levels(np.array([WEAKEST_SCALE / 100, 0.0])).tolist() == [0, 0]
    assert tint_levels(np.empty(0)).tolist() == []


def test_the_spread_is_mean_deviation_and_a_histogram_of_all() -> None:
    sampled = np.array([0.0, 0.5, 0.5, 1.0], np.float32)
    figures = spread(sampled)
    assert figures is not None
    assert (figures.mean, figures.deviation) == pytest.approx((0.5, 0.408248), abs=1e-6)
    assert (figures.counts.sum(), figures.counts[0], figures.counts[BINS // 2], figures.counts[-1]) == (4, 1, 2, 1)
    assert in_words(figures) == "mean of 4: 0.500 ± 0.408 (s.d.)"
    same = spread(np.full(200, 0.3, np.float32))
    assert same is not None
    assert in_words(same) == "all 200 the same: no dropout"
    assert spread(np.array([0.5, np.nan], np.float32)) is None
    assert spread(np.empty(0, np.float32)) is None
