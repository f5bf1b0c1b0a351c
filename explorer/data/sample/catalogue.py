"""The invented films that the reviews are about."""

from dataclasses import dataclass

import numpy as np

from explorer.data.sample.lexicon import read_sections
from explorer.data.sample.names import Names

FILMS = 2400
_ACTORS = 1500
_DIRECTORS = 700


@dataclass(frozen=True)
class Person:
    """Somebody who makes films, or a character in one: a name and the pronouns that go with it."""

    first: str
    last: str
    he: str
    his: str
    him: str


@dataclass(frozen=True)
class Film:
    """What every review of one film agrees on; the fields are the slots of the sentence frames."""

    title: str
    director: Person
    cast: tuple[Person, ...]
    roles: tuple[str, ...]
    town: str
    genre: str
    year: str
    country: str
    job: str
    thing: str
    place: str


class _Zipf:
    """Draws from a tuple, the first entries oftenest."""

    def __init__(self, rng: np.random.Generator, exponent: float) -> None:
        self._rng = rng
        self._exponent = exponent

    def pick(self, entries: tuple[str, ...]) -> str:
        return entries[self.index(len(entries))]

    def index(self, count: int) -> int:
        # The inverse of the continuous cumulative distribution of x^-exponent on [1, count + 1).
        power = 1.0 - self._exponent
        position = (1.0 + self._rng.random() * ((count + 1.0) ** power - 1.0)) ** (1.0 / power)
        return min(int(position) - 1, count - 1)


def build_films(rng: np.random.Generator, names: Names) -> tuple[Film, ...]:
    """Invents all films of a corpus, the most reviewed first.

    Args:
        rng: The source of chance; the same state gives the same films.
        names: The names to use.

    Returns:
        The films; two films may share a title, as films do.
    """
    pools = {name: tuple(entries) for name, (entries, _) in read_sections("words.txt", ",").items()}
    zipf = _Zipf(rng, 0.2)

    def person(last: str) -> Person:
        if rng.random() < 0.5:
            return Person(zipf.pick(names.hers), last, "she", "her", "her")
        return Person(zipf.pick(names.his), last, "he", "his", "him")

    # Actors and directors have surnames of their own, so that a surname stands for a person.
    shuffled = [names.last[i] for i in rng.permutation(len(names.last))]
    actors = [person(last) for last in shuffled[:_ACTORS]]
    directors = [person(last) for last in shuffled[_ACTORS : _ACTORS + _DIRECTORS]]

    def title() -> str:
        adjective, noun = zipf.pick(pools["titleadj"]), zipf.pick(pools["titlenoun"])
        other, town = zipf.pick(pools["titlenoun"]), zipf.pick(names.towns)
        patterns = (
            f"the {adjective} {noun}",
            f"{zipf.pick(names.words)}",
            f"the {noun} of {town}",
            f"{adjective} {noun}",
            f"a {noun} for {zipf.pick(names.hers)}",
            f"return to {town}",
            f"the {noun} and the {other}",
            f"{zipf.pick(names.last)}'s {noun}",
            f"the {noun} of {zipf.pick(names.words)}",
            f"{zipf.pick(names.his)} and {zipf.pick(names.hers)}",
            f"goodnight {town}",
            f"waiting for {zipf.pick(names.his)}",
            f"the {adjective} {noun} of {town}",
            f"a {adjective} {noun}" if adjective[0] not in "aeiou" else f"an {adjective} {noun}",
            f"the {noun} in the {other}",
            f"song of the {noun}",
            f"the road to {town}",
            f"the {noun}'s {other}",
            f"beyond the {noun}",
            f"one {noun} in {town}",
            f"letters from {town}",
            f"my {adjective} {noun}",
            f"{town}",
            f"{zipf.pick(names.hers)}",
            f"the last {noun} of {town}",
            f"nobody's {noun}",
        )
        return patterns[rng.integers(len(patterns))]

    def film() -> Film:
        cast: list[Person] = []
        while len(cast) < 4:
            actor = actors[zipf.index(len(actors))]
            if actor not in cast:
                cast.append(actor)
        roles = tuple(zipf.pick(names.hers if actor.he == "she" else names.his) for actor in cast)
        return Film(
            title=title(),
            director=directors[zipf.index(len(directors))],
            cast=tuple(cast),
            roles=roles,
            town=zipf.pick(names.towns),
            genre=zipf.pick(pools["genre"]),
            year=str(1931 + int(rng.beta(2.5, 1.3) * 75)),
            country=zipf.pick(pools["country"]),
            job=zipf.pick(pools["job"]),
            thing=zipf.pick(pools["thing"]),
            place=zipf.pick(pools["place"]),
        )

    return tuple(film() for _ in range(FILMS))
