"""How exported code makes a row of a text: with the words that the network was trained with, split as they were."""

from __future__ import annotations

import inspect
import re
from typing import Final

from explorer.data.words import RULES, WORD_RULE
from explorer.engine.settings import Settings
from explorer.export.code.origin import WORDS, Origin
from explorer.export.code.parts import Section, plain

REVIEW: Final = "A wonderful film: funny, moving, and not a minute too long."
SCRIPT_FOLDER: Final = "Path(__file__).resolve().parent"
"""Where a program stands, from whatever folder it is run."""
NOTEBOOK_FOLDER: Final = "Path.cwd()"
"""Where a notebook stands: Jupyter runs it there."""


def index_section(origin: Origin) -> Section:
    """The ranks of the words, read from beside the code; it needs `json`, or `imdb`, and a `folder`."""
    if origin.words:
        prose = "The words that the network was trained with and their ranks, 1 being the commonest."
    elif origin.imdb:
        prose = (
            "The rank of each word of the IMDB reviews, 1 being the commonest: an earlier version of Dropout Explorer "
            "saved the run without its words."
        )
        return Section("Words", prose, plain("word_index = imdb.get_word_index()"))
    else:
        prose = (
            f"{WORDS} must hold the words that the network was trained with and their ranks, 1 being the commonest. An "
            "earlier version of Dropout Explorer saved the run without them, so you have to write that file."
        )
    return Section("Words", prose, plain(f'word_index = json.loads((folder / "{WORDS}").read_text())'))


def tokens_section(origin: Origin) -> Section:
    """The function that splits a text: the source of the one that the program itself has."""
    return Section("", "", plain(tokens_source(origin.rule)))


def tokens_source(rule: int = WORD_RULE) -> str:
    """A rule's function as it stands in this program, under the name `tokens`."""
    return re.sub(r"^def \w+", "def tokens", inspect.getsource(RULES[rule]))


def ids_lines(settings: Settings, row: str, indent: str) -> str:
    """Code that puts a one at the id of each word of `review` in a row of zeros.

    Args:
        settings: Those of the run.
        row: The row as code, up to its last index: `row[0, {}]`.
        indent: Of its lines.
    """
    shift = f" + {settings.index_from}" if settings.index_from else ""
    count = f"{settings.num_words:_}" if settings.num_words >= 10_000 else str(settings.num_words)
    lines = [
        f"{row.format(settings.start_char)} = 1  # every review begins with this id",
        "for word in tokens(review):",
        "    # What is not there with a curly apostrophe may be with a straight one.",
        '    rank = word_index.get(word) or word_index.get(word.replace("’", "\'"))',
        f"    if rank and rank{shift} < {count}:",
        f"        {row.format(f'rank{shift}')} = 1",
        "    else:",
        f"        {row.format(settings.oov_char)} = 1  # stands for every word outside the vocabulary",
    ]
    return "\n".join(indent + line for line in lines)
