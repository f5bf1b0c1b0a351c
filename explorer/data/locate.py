"""From a name or a path to encoded reviews, by way of the cache."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from explorer import resources
from explorer.data.cache import FORMAT, Array, Cache, digest_of, stamp
from explorer.data.corpus import Corpus, Part
from explorer.data.dataset import Dataset, Encoding, Reviews, Vocabulary
from explorer.data.encoding import encode
from explorer.data.imdb_archive import ARCHIVE, MAX_BYTES, read_archive
from explorer.data.progress import DataError, Report, silent
from explorer.data.sample_archive import SAMPLE, read_sample
from explorer.data.word_index import MAX_BYTES as MAX_WORD_INDEX_BYTES
from explorer.data.word_index import WORD_INDEX

IMDB_TITLE: Final = "IMDB reviews"
SAMPLE_TITLE: Final = "Generated sample"
_KERAS_DEFAULTS: Final = Encoding()
_PARTS: Final = ("train", "test")
# Read only to show a review as text, and two thirds of all: left in their files until then.
_MAPPED: Final = ("train_ranks", "test_ranks")


def keras_folder() -> Path:
    """Where Keras keeps downloaded data sets: `KERAS_HOME/datasets`, else `~/.keras/datasets`."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "datasets"


def find_imdb() -> Path | None:
    """The IMDB archive in Keras's folder, or None when it is not there."""
    path = keras_folder() / ARCHIVE
    return path if path.is_file() else None


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
        source: `auto` (IMDB when Keras's folder has it, else the sample), `sample`, `imdb`, or the path of an archive
            in the layout of `imdb.npz` or of a folder that holds one.
        encoding: The conventions for word ids.
        report: Told of the progress.
        sample: Another file to take for the bundled sample.
        cache: Another cache than the usual one.

    Raises:
        DataError: When the reviews are not there or cannot be used, with what to do about it.
        Cancelled: When `report` says so.
    """
    report("Looking for the reviews", None)
    cache = Cache() if cache is None else cache
    found = _find(source, sample)
    digest = digest_of(found.title, *(file.digest(cache) for file in found.files), str(FORMAT))
    corpus_arrays = cache.load("reviews", digest, _MAPPED)
    corpus = None if corpus_arrays is None else _corpus_from(corpus_arrays)
    if corpus is None:
        corpus = found.read([file.read() for file in found.files], report)
        report("Keeping the reviews for the next start", None)
        cache.store("reviews", digest, _corpus_arrays(corpus))
    conventions = (encoding.num_words, encoding.start_char, encoding.oov_char, encoding.index_from)
    fingerprint = digest_of(digest, *map(str, conventions))
    rows = cache.load("rows", fingerprint)
    parts = None if rows is None else _reviews_from(rows, corpus, encoding)
    if parts is None:
        rows = {}
        for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True):
            rows[f"{name}_ids"], rows[f"{name}_offsets"] = encode(part.ranks, part.offsets, encoding, report)
        report("Keeping the encoded reviews for the next start", None)
        cache.store("rows", fingerprint, rows)
        parts = [_reviews(rows, name, part) for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True)]
    train, test = parts
    return Dataset(found.title, found.generated, encoding, train, test, Vocabulary(corpus.words), fingerprint)


@dataclass(slots=True)
class _File:
    """A file that is read once at most, and not at all when its digest is remembered and the cache has its content."""

    path: Path
    limit: int
    _data: bytes | None = field(default=None, init=False)

    def digest(self, cache: Cache) -> str:
        remembered = cache.digest(self.path)
        if remembered is not None:
            return remembered
        try:
            before = stamp(self.path)
        except OSError as error:
            raise self._unreadable(error) from error
        digest = hashlib.sha256(self._load()).hexdigest()
        cache.remember(self.path, digest, before)
        return digest

    def read(self) -> bytes:
        """The content; handed over, so that the caller can free it."""
        data, self._data = self._load(), None
        return data

    def _load(self) -> bytes:
        if self._data is None:
            try:
                if self.path.stat().st_size > self.limit:
                    raise DataError(
                        f"{self.path} is larger than {self.limit // 2**20} MB, so it is not the IMDB archive. "
                        "Choose another file."
                    )
                with self.path.open("rb") as file:
                    self._data = file.read(self.limit)
            except OSError as error:
                raise self._unreadable(error) from error
        return self._data

    def _unreadable(self, error: OSError) -> DataError:
        return DataError(
            f"{self.path} cannot be read ({error.strerror or error}). Check its permissions, or choose another file."
        )


@dataclass(frozen=True, slots=True)
class _Source:
    title: str
    generated: bool
    files: tuple[_File, ...]
    read: Callable[[list[bytes], Report], Corpus]


def _find(source: str, sample: Path | None) -> _Source:
    if source == "imdb":
        archive = find_imdb()
        if archive is None:
            raise DataError(
                f"The IMDB reviews are not on this computer: there is no {keras_folder() / ARCHIVE}. "
                "Press Get the real reviews in the window, give the path of an imdb.npz, or use the sample."
            )
        return _imdb(archive)
    if source in ("auto", "sample"):
        archive = find_imdb() if source == "auto" else None
        return _sample(sample) if archive is None else _imdb(archive)
    try:
        path = Path(source).expanduser()
        if path.is_dir():
            if not (path / ARCHIVE).is_file():
                raise DataError(f"The folder {path} holds no {ARCHIVE}. Choose the folder or the file that does.")
            path /= ARCHIVE
        if not path.exists():
            raise DataError(
                f"There is no file {path}. Give the path of an {ARCHIVE}, or one of the names auto, sample and imdb."
            )
        if not path.is_file():
            raise DataError(f"{path} is not a file. Give the path of an {ARCHIVE}.")
    except DataError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{source!r:.200} cannot be a path ({error}). Give the path of an {ARCHIVE}.") from error
    return _imdb(path)


def _imdb(path: Path) -> _Source:
    index = path.with_name(WORD_INDEX)
    with_words = index.is_file()
    files = (_File(path, MAX_BYTES), *([_File(index, MAX_WORD_INDEX_BYTES)] if with_words else []))

    def read(contents: list[bytes], report: Report) -> Corpus:
        words = contents[1] if with_words else None
        return read_archive(contents[0], str(path), word_index=words, word_index_name=str(index), report=report)

    return _Source(IMDB_TITLE, False, files, read)


def _sample(path: Path | None) -> _Source:
    try:
        found = resources.resource(SAMPLE) if path is None else path
    except FileNotFoundError as error:
        raise DataError(f"{error}.") from error

    def read(contents: list[bytes], report: Report) -> Corpus:
        return read_sample(contents[0], str(found), report)

    return _Source(SAMPLE_TITLE, True, (_File(found, MAX_BYTES),), read)


def _corpus_arrays(corpus: Corpus) -> dict[str, Array]:
    arrays: dict[str, Array] = {"words": np.frombuffer("\n".join(corpus.words).encode("utf-8"), np.uint8)}
    for name, part in zip(_PARTS, (corpus.train, corpus.test), strict=True):
        arrays |= {f"{name}_ranks": part.ranks, f"{name}_offsets": part.offsets, f"{name}_labels": part.labels}
    return arrays


def _corpus_from(arrays: dict[str, Array]) -> Corpus | None:
    """The corpus of a cache entry, or None when its arrays do not fit together."""
    try:
        parts = [Part(*(arrays[f"{name}_{array}"] for array in ("ranks", "offsets", "labels"))) for name in _PARTS]
        words = tuple(arrays["words"].tobytes().decode("utf-8").split("\n"))
    except (KeyError, ValueError):
        return None
    for part in parts:
        if _types(part.ranks, part.offsets, part.labels) != ["int32", "int64", "uint8"]:
            return None
        if not _fits(part.offsets, len(part.labels), len(part.ranks)):
            return None
    return Corpus(parts[0], parts[1], words)


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
