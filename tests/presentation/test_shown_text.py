"""Names of files as they are shown, and what was said of a source in words."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.source_options import SourceOptions
from explorer.presentation.shown_text import shown
from explorer.presentation.source_text import in_words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain name.csv", "plain name.csv"),
        ("a\N{NO-BREAK SPACE}b\N{IDEOGRAPHIC SPACE}c", "a\N{NO-BREAK SPACE}b\N{IDEOGRAPHIC SPACE}c"),
        ("👩\N{ZERO WIDTH JOINER}🚀.csv", "👩\N{ZERO WIDTH JOINER}🚀.csv"),
        (os.fsdecode(b"caf\xe9.csv"), "caf\\xe9.csv"),
        ("two\nlines\t.csv", "two\\nlines\\t.csv"),
        ("\ud800", "\\ud800"),
        ("a\N{LINE SEPARATOR}b", "a\\u2028b"),
    ],
)
def test_what_has_no_glyph_is_shown_as_an_escape(text: str, told: str) -> None:
    assert shown(text) == told


def test_the_lines_of_a_text_stay() -> None:
    assert shown("one\n\ttwo\udcff", lines=True) == "one\n\ttwo\\xff"


@settings(derandomize=True, deadline=None, database=None)
@given(st.text(st.characters(), max_size=20))
def test_every_name_can_be_shown(text: str) -> None:
    assert shown(text).encode("utf-8").decode("utf-8") == shown(text)
    assert "\n" not in shown(text)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (SourceOptions(text="review", label="2"), "Text in column review, label in column 2."),
        (SourceOptions(text="review"), "Text in column review."),
        (SourceOptions(label="2"), "Label in column 2."),
        (SourceOptions(encoding="cp1252"), "Decoded as cp1252."),
        (SourceOptions(positive="fresh"), "The label fresh is positive, the other negative."),
        (SourceOptions(good="4", bad="2"), "From 4 on a review is positive, up to 2 negative."),
        (SourceOptions(good="4"), "From 4 on a review is positive."),
        (SourceOptions(bad="2"), "Up to 2 a review is negative."),
        (SourceOptions(ids="raw"), "Words are numbered as in imdb.npz: 1 is the commonest."),
        (SourceOptions(faulty="skip"), "Rows that cannot be read are left out."),
    ],
)
def test_each_option_is_told(options: SourceOptions, sentence: str) -> None:
    assert in_words(options) == (sentence,)


def test_all_that_was_said_is_told() -> None:
    said = SourceOptions(
        text="a", label="b", encoding="cp1252", positive="x", good="4", bad="2", ids="keras", faulty="skip"
    )
    assert len(in_words(said)) == 6
    assert in_words(SourceOptions()) == ()
