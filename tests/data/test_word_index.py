import json

import pytest

from explorer.data import DataError, Vocabulary
from explorer.data.word_index import parse


def test_words_stand_by_rank() -> None:
    words = parse(json.dumps({"and": 2, "the": 1, "café\x96": 4}).encode(), "index")
    assert words == ("the", "and", "#3", "café\x96")
    vocabulary = Vocabulary(words)
    assert [vocabulary.word(rank) for rank in (0, 1, 4, 5, 2**31 - 1)] == ["?", "the", "café\x96", "?", "?"]
    assert vocabulary.ranks["and"] == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a readable JSON"),
        ("{", "not a readable JSON"),
        ("\udcff", "not a readable JSON"),
        ("[" * 100_000, "not a readable JSON"),
        ("{}", "one JSON object"),
        ('["the"]', "one JSON object"),
        ('{"the": 0}', "rank of 'the'"),
        ('{"the": -1}', "rank of 'the'"),
        ('{"the": 1000001}', "rank of 'the'"),
        ('{"the": 1e400}', "rank of 'the'"),
        ('{"the": 1.0}', "rank of 'the'"),
        ('{"the": true}', "rank of 'the'"),
        ('{"the": "1"}', "rank of 'the'"),
        ('{"the": null}', "rank of 'the'"),
        ('{"the": 1, "a": 1}', "both have rank 1"),
        ('{"": 1}', "is not a word"),
        ('{"a\\nb": 1}', "is not a word"),
        ('{"\\ud800": 1}', "is not a word"),
    ],
)
def test_what_is_no_word_index_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        parse(text.encode("utf-8", "surrogateescape"), "the_index.json")
    assert str(caught.value).startswith("the_index.json")
    assert "download the reviews again" in str(caught.value)
