"""Texts into words, over the whole of Unicode."""

import sys
import unicodedata
from collections.abc import Set

import pytest

from explorer.data import tokens
from explorer.data.words import RULES, tokens_by_rule_1

ASCII_SPACES = {*"\t\n\v\f\r "}
_OTHER = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
OTHER_SPACES = {chr(code) for code in _OTHER}
"""Unicode's property White_Space (PropList.txt)."""
FILTERED = {*'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'}
ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def split_at(separators: Set[str]) -> list[str]:
    """The words of `EACH` where exactly these characters separate words."""
    parts = (["a", "b"] if character in separators else [f"a{character}b".lower()] for character in ALL)
    return [word for words in parts for word in words]


EACH = " ".join(f"a{character}b" for character in ALL)


def test_words_are_split_at_white_space_and_punctuation_and_nowhere_else():
    assert tokens(EACH) == split_at(ASCII_SPACES | OTHER_SPACES | FILTERED)


def test_the_first_rule_knows_the_spaces_of_ascii_only():
    assert tokens_by_rule_1(EACH) == split_at(ASCII_SPACES | FILTERED)
    assert tokens_by_rule_1("a\u00a0film that's ﬁne") == ["a\u00a0film", "that's", "ﬁne"]
    assert [RULES[1], RULES[2]] == [tokens_by_rule_1, tokens]


def test_separators_that_only_python_takes_for_spaces_stay_in_words():
    assert "\x1c".isspace()
    assert tokens("a\x1cb \x1f") == ["a\x1cb", "\x1f"]


def test_every_space_of_unicode_is_one():
    separators = {character for character in ALL if unicodedata.category(character) in ("Zs", "Zl", "Zp")}
    assert separators <= ASCII_SPACES | OTHER_SPACES
    assert all(tokens(f"a{separator}b") == ["a", "b"] for separator in separators)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u3000", "\u2028", " \u00a0 ", "<br />\u202f"])
def test_a_text_has_the_same_words_whichever_spaces_it_has(space):
    assert [word for word in tokens(f"It’s{space}GREAT{space}fun{space}") if word != "br"] == ["it’s", "great", "fun"]


def test_halves_of_surrogate_pairs_stay_as_they_are():
    assert tokens("a \ud83d \ude00\u00a0\ud83d\ude00") == ["a", "\ud83d", "\ude00", "\ud83d\ude00"]
