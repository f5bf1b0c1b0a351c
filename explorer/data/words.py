"""The words of a text, by the rules that this program has had.

The source of these functions stands in exported programs as it stands here, so they need nothing but Python and keep to
the width of those.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

WORD_RULE: Final = 2
"""The number of the rule that `tokens` follows. A run keeps the number of the rule that its reviews were split by."""


def tokens(text: str) -> list[str]:
    """Words: in lower case, without punctuation, split at spaces.

    A space is any character with Unicode's property White_Space, such as the no-break
    space of web pages. That departs from Keras, whose TextVectorization and Tokenizer
    know the spaces of ASCII only. What is taken out is what they take out, but for the
    apostrophe; so were the IMDB reviews prepared, where `<br />` became the word "br".
    """
    text = text.lower()
    # Those below U+0080 are in `separators`. U+001C to U+001F, at which str.split()
    # splits as well, do not have the property.
    spaces = (
        "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
        "\u200a\u2028\u2029\u202f\u205f\u3000"
    )
    for space in spaces:
        text = text.replace(space, " ")
    # As bytes, which takes a tenth of the time: what is taken out is ASCII, and in
    # UTF-8 no part of another character.
    separators = b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\v\f'
    table = bytes.maketrans(separators, b" " * len(separators))
    plain = text.encode("utf-8", "surrogatepass").translate(table)
    return [word for word in plain.decode("utf-8", "surrogatepass").split(" ") if word]


def tokens_by_rule_1(text: str) -> list[str]:
    """Words: in lower case, without punctuation, split at the spaces of ASCII alone."""
    separators = b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\v\f'
    table = bytes.maketrans(separators, b" " * len(separators))
    plain = text.lower().encode("utf-8", "surrogatepass").translate(table)
    return [word for word in plain.decode("utf-8", "surrogatepass").split(" ") if word]


def splits_alike(text: str) -> bool:
    """Whether rule 1 splits a text into the same words: it holds no space but those of ASCII."""
    return text.isascii() or _OTHER_SPACES.search(text) is None


_OTHER_SPACES: Final = re.compile("[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")

RULES: Final[dict[int, Callable[[str], list[str]]]] = {1: tokens_by_rule_1, WORD_RULE: tokens}
"""What splits a text, by the number of the rule. Rule 1 is that of runs whose files are older than version 3."""
