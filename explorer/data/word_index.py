"""The words of the IMDB archive: `imdb_word_index.json`, `{word: rank}`."""

from __future__ import annotations

import json
from typing import Final

from explorer.data.corpus import MAX_RANK
from explorer.data.progress import DataError

WORD_INDEX: Final = "imdb_word_index.json"
"""The file's name, beside `imdb.npz`."""
MAX_BYTES: Final = 64 * 2**20
_WHAT_TO_DO: Final = "Delete it, or download the reviews again."


def parse(data: bytes, name: str) -> tuple[str, ...]:
    """The words by rank.

    Args:
        data: What the file holds.
        name: What to call the file in an error.

    Returns:
        (V,) words, the one of rank 1 first; a rank that no word has is shown as `#rank`.

    Raises:
        DataError: When the file is not a table of words and ranks.
    """
    try:
        table = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is not a readable JSON file ({error}). {_WHAT_TO_DO}") from error
    if not isinstance(table, dict) or not table:
        raise DataError(f"{name} must hold one JSON object of words and their ranks. {_WHAT_TO_DO}")
    by_rank: dict[int, str] = {}
    for word, rank in table.items():
        if type(rank) is not int or not 1 <= rank <= MAX_RANK:
            raise DataError(
                f"{name}: the rank of {word!r} must be a whole number in [1, {MAX_RANK}], got {rank!r:.40}. "
                f"{_WHAT_TO_DO}"
            )
        if rank in by_rank:
            raise DataError(f"{name}: {by_rank[rank]!r} and {word!r} both have rank {rank}. {_WHAT_TO_DO}")
        if not _is_word(word):
            raise DataError(f"{name}: {word!r} (rank {rank}) is not a word. {_WHAT_TO_DO}")
        by_rank[rank] = word
    return tuple(by_rank.get(rank) or placeholder(rank) for rank in range(1, max(by_rank) + 1))


def _is_word(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return bool(text) and "\n" not in text


def placeholder(rank: int) -> str:
    """What is shown for a rank whose word nobody knows."""
    return f"#{rank}"


def placeholders(count: int) -> tuple[str, ...]:
    """The words to show when there is no word index: `#1`, `#2` and so on."""
    return tuple(placeholder(rank) for rank in range(1, count + 1))
