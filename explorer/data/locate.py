"""From a name or a path to encoded reviews, by way of the cache."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Final

import numpy as np

from explorer.data.cache import Array, Cache, digest_of
from explorer.data.corpus import Corpus, Part
from explorer.data.dataset import Dataset, Encoding, ReadingNotes, Reviews, Vocabulary
from explorer.data.encoding import encode
from explorer.data.gather import check_enough
from explorer.data.progress import DataError, Report, silent
from explorer.data.sources import Source, find

_KERAS_DEFAULTS: Final = Encoding()
_PARTS: Final = ("train", "test")
# Read only to show a review as text, and two thirds of all: left in their files until then.
_MAPPED: Final = ("train_ranks", "test_ranks")


def load(
    source: str,
    encoding: Encoding = _KERAS_DEFAULTS,
    report: Report = silent,
    *,
    sample: Path | None = None,
    cache: Cache | None = None,
) -> Dataset:
    """Training and test reviews, encoded.

    Args:
        source: `auto` (IMDB when Keras's folder has it, else the sample; also, with a remark, when it is damaged),
            `sample`, `imdb`, or a path: of an archive in the layout of `imdb.npz` or a folder that holds one; of a
            folder with `train` and `test`, or `pos` and `neg`, or of one that holds such an `aclImdb`; of a table with
            a text and a label column, whose names may follow it as `with_columns` writes them. Reviews without a test
            of their own are split, see `explorer.data.gather`.
        encoding: The conventions for word ids.
        report: Told of the progress.
        sample: Another file to take for the bundled sample.
        cache: Another cache than the usual one.

    Raises:
        DataQuestion: When it must be asked how to read the file.
        DataError: When the reviews are not there or cannot be used, with what to do about it.
        Cancelled: When `report` says so.
    """
    report("Looking for the reviews", None)
    cache = Cache() if cache is None else cache
    found = find(source, sample)
    if source != "auto" or found.generated:
        return _read(found, encoding, report, cache)
    try:
        return _read(found, encoding, report, cache)
    except DataError as error:
        # Nobody named this file, and the program is of use without it.
        remark = f"The bundled sample is used, since the IMDB reviews on this computer cannot be read. {error}"
        dataset = _read(find("sample", sample), encoding, report, cache)
        return dataclasses.replace(dataset, notes=dataclasses.replace(dataset.notes, remarks=(remark,)))


def _read(found: Source, encoding: Encoding, report: Report, cache: Cache) -> Dataset:
    digest = found.digest(cache, report)
    corpus_arrays = cache.load("reviews", digest, _MAPPED)
    corpus = None if corpus_arrays is None else _corpus_from(corpus_arrays)
    if corpus is None:
        corpus = found.read(report)
        report("Keeping the reviews for the next start", None)
        cache.store("reviews", digest, _corpus_arrays(corpus))
    if not found.generated:
        check_enough(corpus.train.labels, corpus.test.labels, found.name)
    conventions = (encoding.num_words, encoding.start_char, encoding.oov_char, encoding.index_from)
    key = digest_of(digest, *map(str, conventions))
    # The same reviews have the same fingerprint as in earlier versions, so that runs of then go on.
    earlier = found.earlier_digest if corpus.splits_alike else None
    fingerprint = key if earlier is None else digest_of(earlier(cache, report), *map(str, conventions))
    rows = cache.load("rows", key)
    parts = None if rows is None else _reviews_from(rows, corpus, encoding)
    if parts is None:
        rows = {}
        for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True):
            rows[f"{name}_ids"], rows[f"{name}_offsets"] = encode(part.ranks, part.offsets, encoding, report)
        report("Keeping the encoded reviews for the next start", None)
        cache.store("rows", key, rows)
        parts = [_reviews(rows, name, part) for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True)]
    train, test = parts
    title = found.title(len(train) + len(test))
    return Dataset(title, found.generated, encoding, train, test, Vocabulary(corpus.words), fingerprint, corpus.notes)


def _corpus_arrays(corpus: Corpus) -> dict[str, Array]:
    noted = {**dataclasses.asdict(corpus.notes), "splits_alike": corpus.splits_alike}
    arrays: dict[str, Array] = {
        "words": np.frombuffer("\n".join(corpus.words).encode("utf-8", "surrogatepass"), np.uint8),
        "notes": np.frombuffer(json.dumps(noted).encode(), np.uint8),
    }
    for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True):
        arrays |= {f"{name}_ranks": part.ranks, f"{name}_offsets": part.offsets, f"{name}_labels": part.labels}
    return arrays


def _corpus_from(arrays: dict[str, Array]) -> Corpus | None:
    """The corpus of a cache entry, or None when its arrays do not fit together."""
    try:
        parts = [Part(*(arrays[f"{name}_{array}"] for array in ("ranks", "offsets", "labels"))) for name in _PARTS]
        words = tuple(arrays["words"].tobytes().decode("utf-8", "surrogatepass").split("\n"))
        noted = json.loads(arrays["notes"].tobytes())
        notes = ReadingNotes(tuple((reason, count) for reason, count in noted["left_out"]), tuple(noted["remarks"]))
        splits_alike = bool(noted["splits_alike"])
    except (KeyError, TypeError, ValueError):
        return None
    for part in parts:
        if _types(part.ranks, part.offsets, part.labels) != ["int32", "int64", "uint8"]:
            return None
        if not _fits(part.offsets, len(part.labels), len(part.ranks)):
            return None
    return Corpus(parts[0], parts[1], words, notes, splits_alike)


def _reviews_from(rows: dict[str, Array], corpus: Corpus, encoding: Encoding) -> list[Reviews] | None:
    """The reviews of a cache entry, or None when its arrays do not fit the corpus or the vocabulary."""
    reviews = []
    for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True):
        ids, offsets = rows.get(f"{name}_ids"), rows.get(f"{name}_offsets")
        if ids is None or offsets is None or _types(ids, offsets) != ["uint16", "int64"]:
            return None
        if not _fits(offsets, len(part.labels), len(ids)) or ids.max(initial=0) >= encoding.num_words:
            return None
        reviews.append(_reviews(rows, name, part))
    return reviews


def _types(*arrays: Array) -> list[str]:
    return [str(array.dtype) for array in arrays]


def _fits(offsets: Array, reviews: int, total: int) -> bool:
    if offsets.shape != (reviews + 1,) or offsets[0] != 0 or offsets[-1] != total:
        return False
    return bool((offsets[1:] >= offsets[:-1]).all())


def _reviews(rows: dict[str, Array], name: str, part: Part) -> Reviews:
    arrays = (rows[f"{name}_ids"], rows[f"{name}_offsets"], part.labels, part.ranks, part.offsets)
    for array in arrays:
        array.flags.writeable = False
    return Reviews(*arrays)
