"""Writes one review: picks a film, a mood and sentences, and fills their slots."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.data.sample.catalogue import Film, build_films
from explorer.data.sample.lexicon import Pool, Template, draw_tilts, read_sections
from explorer.data.sample.names import build_names

# Streams of chance under one seed: (stream, number) is the spawn key.
_REVIEW_STREAM, _LABEL_STREAM, _LEXICON_STREAM = 0, 1, 2

_DRAWS = 20  # how often chance may try to find something new
_NAME_EXPONENT = 0.1  # names fall off more slowly than words: most are met once or twice


@dataclass(frozen=True)
class Shape:
    """What the statistics of the corpus hang on; the defaults were fitted to the curves of the real reviews.

    Attributes:
        log_length_mean: Mean of the natural logarithm of a review's length in words.
        log_length_deviation: Its standard deviation.
        strength_noise: A review's strength is ±1 by its class plus normal noise of this deviation.
        mood_slope: A sentence praises with probability ``sigmoid(mood_slope · strength)``.
        tilt_share: The share of entries whose use depends on strength.
        tilt_deviation: By how much (standard deviation of the log-odds at strength 1).
        frame_tilt: For sentence frames this is multiplied by that.
        name_tilt: For invented names likewise; at 0 there is nothing to learn from a name, only something to memorise.
        film_deviation: The same for films: good films get more praise.
        polar_share: The share of sentences that praise or complain.
        mixed_share: The share of sentences that do both.
    """

    log_length_mean: float = 5.322
    log_length_deviation: float = 0.7
    strength_noise: float = 0.78
    mood_slope: float = 2.6
    tilt_share: float = 0.5
    tilt_deviation: float = 1.3
    frame_tilt: float = 0.525
    name_tilt: float = 0.0
    film_deviation: float = 0.1
    polar_share: float = 0.33
    mixed_share: float = 0.08


@dataclass(frozen=True)
class Review:
    """One review.

    Attributes:
        words: Lower-case words without punctuation.
        label: 1 for a positive review, 0 for a negative one.
    """

    words: tuple[str, ...]
    label: int


class Writer:
    """Writes the reviews of a corpus; review `k` depends on nothing but the seed and `k`.

    Args:
        seed: The corpus's seed.
        shape: The statistics.
    """

    def __init__(self, seed: int, shape: Shape | None = None) -> None:
        self.seed = seed
        self.shape = shape or Shape()
        rng = self._generator(_LEXICON_STREAM, 0)
        names = build_names(rng)
        self.films = build_films(rng, names)
        self._pools: dict[str, Pool] = {}
        for name, (entries, exponent) in read_sections("words.txt", ",").items():
            self._add_pool(rng, name, entries, exponent)
        for name, (entries, exponent) in read_sections("frames.txt", "\n").items():
            # Frames tilt less than words: else a review full of feeling says the same sentence again and again.
            self._add_pool(rng, name, entries, exponent, self.shape.frame_tilt)
        self._add_pool(rng, "first", [*names.his, *names.hers], 0.0, self.shape.name_tilt)
        self._add_pool(rng, "last", names.last, _NAME_EXPONENT, self.shape.name_tilt)
        self._add_pool(rng, "townfree", names.towns, _NAME_EXPONENT, self.shape.name_tilt)
        tilts = rng.normal(0.0, self.shape.film_deviation, len(self.films))
        self._pools["film"] = Pool([film.title for film in self.films], 0.3, tilts, offset=10.0)

    def _add_pool(
        self, rng: np.random.Generator, name: str, entries: Sequence[str], exponent: float, factor: float = 1.0
    ) -> None:
        common = max(1, len(entries) // 20)
        deviation = self.shape.tilt_deviation * factor
        tilts = draw_tilts(rng, len(entries), self.shape.tilt_share, deviation, common)
        self._pools[name] = Pool(entries, exponent, tilts)

    def _generator(self, stream: int, number: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(stream, number))))

    def label(self, number: int) -> int:
        """The class of review `number`: of every two neighbours one is positive, which one is chance."""
        first_is_positive = int(self._generator(_LABEL_STREAM, number // 2).integers(2))
        return first_is_positive if number % 2 == 0 else 1 - first_is_positive

    def review(self, number: int) -> Review:
        """Writes review `number`.

        Args:
            number: The review's number, from 0.

        Returns:
            The review.
        """
        label = self.label(number)
        return Review(
            _Draft(self.films, self._pools, self.shape, self._generator(_REVIEW_STREAM, number), label).write(), label
        )


class _Draft:
    """A review being written."""

    def __init__(
        self, films: tuple[Film, ...], pools: dict[str, Pool], shape: Shape, rng: np.random.Generator, label: int
    ) -> None:
        self._films = films
        self._pools = pools
        self._shape = shape
        self._rng = rng
        self._uniforms: list[float] = []
        self._sign = 1 if label else -1
        self._length = min(max(rng.lognormal(shape.log_length_mean, shape.log_length_deviation), 45.0), 1000.0)
        self._strength = self._sign + rng.normal(0.0, shape.strength_noise)
        self._film = films[self._pick("film")]
        self._words: list[str] = []
        self._used: set[Template] = set()
        self._who = self._companions()
        self._mood = 0
        self._facts: dict[str, str] = {}

    def write(self) -> tuple[str, ...]:
        """Opening, plot, a middle as long as the review, then the verdict."""
        if self._chance(0.6):
            self._feel("opening")
        else:
            self._sentence("opening", 0)
        self._sentence("synopsis", 0)
        ending_words = 30
        while len(self._words) < self._length - ending_words:
            kind = self._uniform()
            if kind < self._shape.polar_share:
                self._feel("middle")
            elif kind < self._shape.polar_share + self._shape.mixed_share:
                self._sentence("mixed", self._draw_mood())
            elif len(self._words) > 250 and self._chance(0.06):
                self._sentence("synopsis", 0)
            else:
                self._sentence("aside", 0)
        if self._chance(0.5):
            self._feel("recommend")
        # The verdict names both sides in the order that tells the label: a reader can tell, a bag of words cannot.
        self._extend("turn")
        self._sentence("verdict", self._sign)
        if self._chance(0.6):
            self._sentence("closing", 0)
        return tuple(self._words)

    def _uniform(self) -> float:
        if not self._uniforms:
            self._uniforms = self._rng.random(512).tolist()
        return self._uniforms.pop()

    def _chance(self, probability: float) -> bool:
        return self._uniform() < probability

    def _pick(self, pool: str) -> int:
        return self._pools[pool].pick(self._uniform(), self._strength)

    def _draw_mood(self) -> int:
        return 1 if self._chance(1.0 / (1.0 + np.exp(-self._shape.mood_slope * self._strength))) else -1

    def _feel(self, section: str) -> None:
        """A sentence of praise or complaint, joined to the one before."""
        mood = self._draw_mood()
        if self._mood == -mood and self._chance(0.6):
            self._extend("flip")
        elif self._mood == mood and self._chance(0.25):
            self._extend("same")
        self._sentence(section + _suffix(mood), mood)
        self._mood = mood

    def _sentence(self, section: str, mood: int) -> None:
        self._choose_people()
        self._append(self._fill(self._fresh(section), mood))

    def _extend(self, pool: str) -> None:
        self._append(self._fill(self._fresh(pool), 0))

    def _fresh(self, pool: str) -> Template:
        """An entry that this review has not used, if a few draws find one: people avoid repeating themselves."""
        for _ in range(_DRAWS):
            template = self._pools[pool].templates[self._pick(pool)]
            if template not in self._used:
                break
        self._used.add(template)
        return template

    def _companions(self) -> tuple[str, str]:
        """The two people whom this review keeps mentioning."""
        first, second = self._fresh("who"), self._fresh("who")
        return "".join(first), "".join(second)

    def _other_film(self, *seen: Film) -> Film:
        for _ in range(_DRAWS):
            film = self._films[self._pick("film")]
            if film not in seen:
                break
        return film

    def _append(self, text: str) -> None:
        words = text.split()
        for word, following in zip(words, [*words[1:], ""], strict=True):
            self._words.append("an" if word == "a" and _takes_an(following) else word)

    def _choose_people(self) -> None:
        """Who this sentence is about: the film's first actor most often, and another one."""
        film = self._film
        lead = 0 if self._chance(0.6) else int(self._uniform() * len(film.cast))
        other = (lead + 1 + int(self._uniform() * (len(film.cast) - 1))) % len(film.cast)
        star, second = film.cast[lead], film.cast[other]
        compared = self._other_film(film)
        third = self._other_film(film, compared)
        self._facts = {
            "film": film.title,
            "director": f"{film.director.first} {film.director.last}",
            "dlast": film.director.last,
            "lead": f"{star.first} {star.last}",
            "llast": star.last,
            "role": film.roles[lead],
            "he": star.he,
            "his": star.his,
            "him": star.him,
            "other": f"{second.first} {second.last}",
            "olast": second.last,
            "orole": film.roles[other],
            "town": film.town,
            "genre": film.genre,
            "year": film.year,
            "otheryear": third.year,
            "who": self._who[0],
            "who2": self._who[1],
            "country": film.country,
            "fjob": film.job,
            "fthing": film.thing,
            "fplace": film.place,
            "otherfilm": compared.title,
            "thirdfilm": third.title,
            "otherdirector": f"{compared.director.first} {compared.director.last}",
        }

    def _fill(self, template: Template, mood: int) -> str:
        parts = list(template)
        for i in range(1, len(parts), 2):
            parts[i] = self._fill_slot(parts[i], mood)
        return "".join(parts)

    def _fill_slot(self, slot: str, mood: int) -> str:
        if (fact := self._facts.get(slot)) is not None:
            return fact
        if slot[-1] == "~":
            slot = slot[:-1] + _suffix(-mood)
        elif slot not in self._pools:
            slot += _suffix(mood)
        return self._fill(self._fresh(slot), mood)


def _suffix(mood: int) -> str:
    return "+" if mood > 0 else "-"


def _takes_an(word: str) -> bool:
    if word.startswith(("hour", "honest", "heir")):
        return True
    return word[:1] in tuple("aeiou") and not word.startswith(("uni", "use", "euro", "one", "ukulele"))
