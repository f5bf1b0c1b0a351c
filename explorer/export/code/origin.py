"""What exported code finds beside itself: the words of a run, and its reviews where Keras does not have them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from string import hexdigits
from typing import Any, Final

import numpy as np

from explorer.data.dataset import Dataset, Encoding, Vocabulary
from explorer.data.encoding import encode, told_apart
from explorer.data.locate import load
from explorer.data.progress import DataError, Report, silent
from explorer.data.sources import IMDB_TITLE
from explorer.data.words import WORD_RULE
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings

WORDS: Final = "words.json"
"""`{word: rank}`, as Keras's `imdb_word_index.json`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where code has its words and reviews from.

    Attributes:
        imdb: Whether they are the IMDB reviews.
        from_keras: Whether `keras.datasets.imdb.load_data` gives just these reviews.
        train: The number of training reviews.
        test: The number of test reviews.
        rule: The number of the rule that splits texts into words, see `explorer.data.words`.
        words: Whether the words are known, so that they stand beside the code.
        reviews: The name of the file that holds the reviews, where Keras does not have them. It has a part of their
            fingerprint in it, so that code never reads others.
    """

    imdb: bool = True
    from_keras: bool = True
    train: int = 25_000
    test: int = 25_000
    rule: int = WORD_RULE
    words: bool = True
    reviews: str = "reviews.npz"

    @classmethod
    def of(cls, run: RunRecord) -> Origin:
        """That of a run."""
        facts = run.reviews
        imdb = facts.title == IMDB_TITLE
        from_keras = imdb and run.started_with.data in ("auto", "imdb")
        return cls(
            imdb,
            from_keras,
            facts.train,
            facts.test,
            facts.word_rule,
            run.vocabulary is not None,
            _named(facts.fingerprint),
        )

    @classmethod
    def of_dataset(cls, dataset: Dataset, settings: Settings) -> Origin:
        """That of settings to be trained with on reviews that are there."""
        imdb = dataset.title == IMDB_TITLE
        from_keras = imdb and settings.data in ("auto", "imdb")
        return cls(
            imdb,
            from_keras,
            len(dataset.train),
            len(dataset.test),
            dataset.word_rule,
            reviews=_named(dataset.fingerprint),
        )

    @classmethod
    def of_settings(cls, settings: Settings) -> Origin:
        """What is known before any reviews are read."""
        imdb = settings.data in ("auto", "imdb")
        return cls(imdb, imdb)

    @property
    def files(self) -> tuple[str, ...]:
        """What stands beside the code."""
        return (WORDS,) * self.words + (self.reviews,) * (not self.from_keras)


def _named(fingerprint: str) -> str:
    return f"reviews-{''.join(character for character in fingerprint if character in hexdigits)[:8]}.npz"


def encoding_of(settings: Settings) -> Encoding:
    """The conventions for word ids that settings have."""
    return Encoding(settings.num_words, settings.start_char, settings.oov_char, settings.index_from)


def word_index_json(vocabulary: Vocabulary) -> bytes:
    """The content of `words.json`. In ASCII, as Keras's file: it may hold halves of surrogate pairs."""
    return json.dumps(vocabulary.ranks).encode()


def reviews_npz(dataset: Dataset, encoding: Encoding) -> bytes:
    """The content of the file of reviews.

    Of each part, `train` and `test`: `train_ids` uint16, the distinct word ids of all reviews, one review after the
    other; `train_offsets` (n + 1,), review k has `ids[offsets[k]:offsets[k + 1]]`; `train_labels` (n,), 0 or 1.
    """
    arrays: dict[str, Any] = {}
    for name, part in (("train", dataset.train), ("test", dataset.test)):
        ids, offsets = part.ids, part.offsets
        if encoding != dataset.encoding:
            ids, offsets = encode(part.ranks, part.rank_offsets, encoding)
        arrays |= {f"{name}_ids": ids, f"{name}_offsets": offsets, f"{name}_labels": part.labels}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def files_beside(dataset: Dataset, settings: Settings) -> dict[str, bytes]:
    """All that stands beside the code of settings for these reviews: content by name."""
    origin, encoding = Origin.of_dataset(dataset, settings), encoding_of(settings)
    files = {WORDS: word_index_json(told_apart(dataset.vocabulary, encoding))}
    if not origin.from_keras:
        files[origin.reviews] = reviews_npz(dataset, encoding)
    return files


def reviews_of(run: RunRecord, report: Report = silent) -> Dataset:
    """The reviews that a run was trained on, read from where they were.

    Raises:
        DataError: When they are not there, or others are.
    """
    settings = run.started_with
    dataset = load(settings.data, encoding_of(settings), report)
    if dataset.fingerprint != run.reviews.fingerprint:
        raise DataError(f"{settings.data} holds other reviews than those that the run was trained on")
    return replace(dataset, word_rule=run.reviews.word_rule)
