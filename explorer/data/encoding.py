"""Text to ranks, and ranks to the rows of word ids that training multiplies by, by Keras's conventions."""

from __future__ import annotations

from typing import Final

import numpy as np

from explorer.data.corpus import Ranks, offsets_of
from explorer.data.dataset import Encoding, Ids, Offsets, Vocabulary
from explorer.data.progress import Report, silent
from explorer.data.words import RULES, WORD_RULE, tokens

__all__ = ["UNKNOWN_RANK", "encode", "text_to_ids", "text_to_ranks", "tokens", "told_apart"]

UNKNOWN_RANK: Final = 2**31 - 1
"""The rank of a word that is not in the vocabulary: beyond every `num_words`, so it becomes `oov_char`."""

_ROWS_AT_ONCE: Final = 2048


def encode(ranks: Ranks, rank_offsets: Offsets, encoding: Encoding, report: Report = silent) -> tuple[Ids, Offsets]:
    """The distinct word ids of each review, as `keras.datasets.imdb.load_data` numbers them.

    A multi-hot row has its ones at exactly these ids.

    Args:
        ranks: (total,) words of all reviews in reading order, 1 = commonest.
        rank_offsets: (n + 1,) where each review begins.
        encoding: The conventions.
        report: Told of the progress.

    Returns:
        (nnz,) ids, ascending within a review, each < `num_words`; and (n + 1,) where each review begins.

    Raises:
        ValueError: For `num_words` above 65,535, or a special id that is not below `num_words`.
        Cancelled: When `report` says so.
    """
    if not 1 <= encoding.num_words <= 65_535:
        raise ValueError(f"num_words must be in [1, 65535], got {encoding.num_words}")
    if not 0 <= encoding.oov_char < encoding.num_words:
        raise ValueError(f"oov_char must be in [0, {encoding.num_words}), got {encoding.oov_char}")
    # Keras cuts the vocabulary after the start token is in place, so that is cut too.
    start_char = encoding.start_char if 0 <= encoding.start_char < encoding.num_words else encoding.oov_char
    count = len(rank_offsets) - 1
    blocks: list[Ids] = []
    lengths = np.zeros(count, np.int64)
    # In blocks: the keys fit in 32 bits and in the processor's cache, and a report can stop the work.
    for first in range(0, count, _ROWS_AT_ONCE):
        report("Encoding the reviews", first / count)
        rows = min(_ROWS_AT_ONCE, count - first)
        bounds = rank_offsets[first : first + rows + 1]
        block = ranks[bounds[0] : bounds[-1]]
        keys = np.empty(len(block) + rows, np.uint32)
        keys[:rows] = start_char
        # Compared before adding, so that no rank can overflow.
        known = block < encoding.num_words - encoding.index_from
        keys[rows:] = np.where(known, block + np.where(known, encoding.index_from, 0), encoding.oov_char)
        row_numbers = np.arange(rows, dtype=np.uint32)
        keys[:rows] |= row_numbers << 16
        keys[rows:] |= np.repeat(row_numbers << 16, np.diff(bounds))
        keys.sort()
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
        lengths[first : first + rows] = np.bincount(keys >> 16, minlength=rows)
        blocks.append((keys & 0xFFFF).astype(np.uint16))
    ids = np.concatenate(blocks) if blocks else np.empty(0, np.uint16)
    return ids, offsets_of(lengths)


def text_to_ranks(text: str, vocabulary: Vocabulary, rule: int = WORD_RULE) -> Ranks:
    """The words of a text by rank, in reading order.

    Args:
        text: As a person wrote it; line breaks, `<br />` and punctuation are treated as in the archive.
        vocabulary: The words that have a rank.
        rule: The number of the rule that splits it, see `explorer.data.words`.

    Returns:
        (k,) ranks, `UNKNOWN_RANK` for a word outside the vocabulary.
    """
    known = vocabulary.ranks
    found = (known.get(word) or known.get(word.replace("’", "'"), UNKNOWN_RANK) for word in RULES[rule](text))
    return np.fromiter(found, np.int32)


def text_to_ids(text: str, vocabulary: Vocabulary, encoding: Encoding, rule: int = WORD_RULE) -> Ids:
    """The distinct word ids of a text, ascending, start token included: (k,) the ones of its multi-hot row."""
    ranks = text_to_ranks(text, vocabulary, rule)
    return encode(ranks, np.array([0, len(ranks)], np.int64), encoding)[0]


def told_apart(vocabulary: Vocabulary, encoding: Encoding) -> Vocabulary:
    """The part of a vocabulary that makes a difference to word ids: any text has the same ids with it as with all.

    These are the words that have an id of their own; and of the others, which all are `oov_char`, those with a curly
    apostrophe: without them the same word with a straight one would be found in their place.
    """
    own = max(encoding.num_words - encoding.index_from - 1, 0)
    return Vocabulary(vocabulary.words[:own] + tuple(word for word in vocabulary.words[own:] if "’" in word))
