"""Invented names, built from syllables: people, towns and the made-up words of film titles.

There are thousands of them, most of them rare. They are what a model without dropout learns by heart.
"""

import re
from dataclasses import dataclass

import numpy as np

from explorer.data.sample.lexicon import read_sections

# What no name may hold: awkward vowels, five consonants in a row, a doubled syllable, letters that read as something
# else.
_CLUMSY = re.compile(
    r"[aeiou]{3}|[aeo][aeiou]|i[iu]|u[iu]|[^aeiouy]{5}|(.)\1\1|(..)\2|(...)\3|rlr|lrl|nmn|nn[^aeiouy]"
    "|anal|arse|damn|rape|tit|fag"
)


@dataclass(frozen=True)
class Names:
    """The invented names, each tuple without repetition, the commonest first.

    Attributes:
        his: First names of men.
        hers: First names of women.
        last: Surnames.
        towns: Places.
        words: Made-up words that a film may be called.
    """

    his: tuple[str, ...]
    hers: tuple[str, ...]
    last: tuple[str, ...]
    towns: tuple[str, ...]
    words: tuple[str, ...]


def build_names(rng: np.random.Generator) -> Names:
    """Draws all names of a corpus.

    Args:
        rng: The source of chance; the same state gives the same names.

    Returns:
        The names; no word is in two of the tuples.
    """
    syllables = {name: entries for name, (entries, _) in read_sections("syllables.txt", ",").items()}
    taken: set[str] = set()

    def draw(count: int, start: str, middle: str, end: str, middle_share: float) -> tuple[str, ...]:
        starts, middles, ends = syllables[f"{start}_starts"], syllables[f"{middle}_middles"], syllables[f"{end}_ends"]
        names: list[str] = []
        while len(names) < count:
            joint = middles[rng.integers(len(middles))] if rng.random() < middle_share else ""
            name = starts[rng.integers(len(starts))] + joint + ends[rng.integers(len(ends))]
            if name not in taken and not _CLUMSY.search(name):
                taken.add(name)
                names.append(name)
        return tuple(names)

    return Names(
        his=draw(1100, "first", "first", "his", 0.5),
        hers=draw(1100, "first", "first", "her", 0.5),
        last=draw(6200, "last", "last", "last", 0.5),
        towns=draw(2200, "last", "town", "town", 0.3),
        words=draw(1200, "last", "last", "word", 0.4),
    )
