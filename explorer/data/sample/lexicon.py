"""Pools of words and sentence frames, and how chance picks from them.

A pool is a list of entries, the commonest first. A review picks an entry with probability proportional to
``weight · exp(tilt · strength)``: entries tilt to one class or the other, and the stronger a review feels, the more it
leans on the tilted ones.
"""

import re
from bisect import bisect
from collections.abc import Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

# What an entry is compiled to: literal text and slot names in turn, beginning and ending with text (it may be empty).
Template = tuple[str, ...]

MAX_STRENGTH = 3.0
"""Strengths beyond this are treated as this."""
_LEVELS = 25  # strengths are rounded to this many levels, so that the cumulative weights can be tabulated

_SECTION = re.compile(r"\[(\w+[+-]?) ([\d.]+)\]")
_SLOT = re.compile(r"\{([^}]+)\}")


def parse_template(text: str) -> Template:
    """Splits an entry at its slots: ``"the {craft} works"`` becomes ``("the ", "craft", " works")``."""
    return tuple(_SLOT.split(text))


class Pool:
    """Entries with Zipf-like weights and class tilts.

    Args:
        entries: The entries, the commonest first.
        exponent: An entry's weight is ``(position + offset) ** -exponent``, its position counted from 0.
        tilts: Per entry, the log-odds by which a review of strength 1 prefers it.
        offset: Flattens the head of the distribution.
    """

    def __init__(
        self, entries: Sequence[str], exponent: float, tilts: NDArray[np.float64], offset: float = 2.0
    ) -> None:
        if not entries:
            raise ValueError("a pool needs at least one entry")
        self.templates = [parse_template(entry) for entry in entries]
        self._log_weights = -exponent * np.log(np.arange(len(entries)) + offset)
        self._tilts = tilts
        self._tables: dict[int, list[float]] = {}

    def __len__(self) -> int:
        return len(self.templates)

    def pick(self, uniform: float, strength: float) -> int:
        """Picks an entry.

        Args:
            uniform: A uniform draw from [0, 1).
            strength: How strongly the review feels: positive for praise, negative for complaint.

        Returns:
            The entry's position.
        """
        clipped = min(max(strength, -MAX_STRENGTH), MAX_STRENGTH)
        level = round((clipped / MAX_STRENGTH + 1) / 2 * (_LEVELS - 1))
        table = self._tables.get(level)
        if table is None:
            table = self._tables[level] = self._cumulative(level)
        return bisect(table, uniform * table[-1], 0, len(table) - 1)

    def _cumulative(self, level: int) -> list[float]:
        strength = (level / (_LEVELS - 1) * 2 - 1) * MAX_STRENGTH
        return [float(total) for total in np.cumsum(np.exp(self._log_weights + self._tilts * strength))]


def read_sections(file_name: str, separator: str) -> dict[str, tuple[list[str], float]]:
    """Reads a file of this folder: ``[name exponent]`` lines, each followed by entries.

    Args:
        file_name: The file's name.
        separator: What stands between two entries: a comma, or a line break.

    Returns:
        Per section, its entries and its exponent, in the file's order.

    Raises:
        ValueError: If an entry comes before the first section.
    """
    text = resources.files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    sections: dict[str, tuple[list[str], float]] = {}
    entries: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if header := _SECTION.fullmatch(line.strip()):
            entries = []
            sections[header[1]] = (entries, float(header[2]))
        elif entries is None:
            raise ValueError(f"{file_name}, line {number}: expected a [section], got {line!r}")
        else:
            entries += [entry.strip() for entry in line.split(separator) if entry.strip()]
    return sections


def draw_tilts(
    rng: np.random.Generator, count: int, share: float, deviation: float, common: int
) -> NDArray[np.float64]:
    """Draws the class tilts of a pool.

    Args:
        rng: The source of chance.
        count: How many entries.
        share: The share of entries that tilt at all.
        deviation: The standard deviation of the tilts.
        common: This many of the commonest entries are damped, as everybody's words tell little.

    Returns:
        The tilts (count,).
    """
    tilts = np.where(rng.random(count) < share, rng.normal(0.0, deviation, count), 0.0)
    tilts[:common] *= 0.15
    return tilts
