"""From a name or a path to something that can be read: an archive, a folder of reviews, a table, the bundled sample."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from explorer import resources
from explorer.data import reading, word_index
from explorer.data.cache import FORMAT, Cache, digest_of, stamp
from explorer.data.corpus import Corpus
from explorer.data.progress import DataError, Report
from explorer.data.readers import folder, imdb, table
from explorer.data.readers import sample as sample_reader
from explorer.data.readers.imdb import ARCHIVE
from explorer.data.recognise import is_npz
from explorer.data.source_options import NAMES, SourceOptions, source_of, split_source
from explorer.data.words import WORD_RULE
from explorer.home import expanded, home
from explorer.presentation.shown_text import shown

IMDB_TITLE: Final = "IMDB reviews"
SAMPLE_TITLE: Final = "Generated sample"

_NOTHING_SAID: Final = SourceOptions()
_KINDS: Final = f"the path of an {ARCHIVE}, of a table, of JSON, or of a folder with pos and neg, packed or not"


@dataclass(frozen=True, slots=True)
class Source:
    """Reviews that were found and not yet read.

    Attributes:
        name: What to call them in an error: a path, or the title.
        title: What a person calls them, from how many there are.
        generated: Whether a program made them.
        digest: Hexadecimal SHA-256 of all that they depend on.
        read: What they are, read from the start.
        earlier_digest: What `digest` was before words were split by the present rule, for sources that it was then
            read from in the same way; None for others.
    """

    name: str
    title: Callable[[int], str]
    generated: bool
    digest: Callable[[Cache, Report], str]
    read: Callable[[Report], Corpus]
    earlier_digest: Callable[[Cache, Report], str] | None = None


def keras_folder() -> Path:
    """Where Keras keeps downloaded data sets: `KERAS_HOME/datasets`, else `~/.keras/datasets`.

    Raises:
        DataError: When there is no home folder.
    """
    named, own = os.environ.get("KERAS_HOME"), home()
    if named:
        return expanded(Path(named)) / "datasets"
    if own is None:
        raise DataError("There is no home folder to keep the reviews in. Set KERAS_HOME to a folder for them.")
    return own / ".keras" / "datasets"


def find_imdb() -> Path | None:
    """The IMDB archive in Keras's folder, or None when it is not there."""
    try:
        path = keras_folder() / ARCHIVE
    except DataError:
        return None
    return path if path.is_file() else None


def find(source: str, sample: Path | None = None) -> Source:
    """What a name or a path stands for.

    Args:
        source: As for `explorer.data.load`.
        sample: Another file to take for the bundled sample.

    Raises:
        DataError: When there is nothing of the kind.
    """
    if source == "imdb":
        archive = find_imdb()
        if archive is None:
            raise DataError(
                f"The IMDB reviews are not on this computer: there is no {keras_folder() / ARCHIVE}. "
                "Press Get the real reviews in the window, run dropout-explorer fetch, give the path of an imdb.npz, "
                "or use the sample."
            )
        return _imdb(archive)
    if source in ("auto", "sample"):
        archive = find_imdb() if source == "auto" else None
        return _sample(sample) if archive is None else _imdb(archive)
    name, options = split_source(source)
    if name in NAMES and options and not Path(name).exists():
        raise DataError(f"#{options.unread()}= has no effect on {name}, which is read in one way only. Leave it out.")
    try:
        path = expanded(Path(name))
        if path.is_dir():
            return _in_folder(path, source, options)
        if not path.exists():
            raise DataError(
                f"There is no file or folder {path}. Give {_KINDS}, or one of the names auto, sample and imdb."
            )
        if not path.is_file():
            raise DataError(f"{path} is neither a file nor a folder. Give {_KINDS}.")
    except DataError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{source!r:.200} cannot be a path ({error}). Give {_KINDS}.") from error
    return _imdb(path, source, options) if _is_npz(path) else _file(path, source, options)


def _is_npz(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_npz(file.read(512))
    except OSError:
        return False  # reported by the reading that follows


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
                        f"{self.path} is larger than {self.limit // 2**20} MB, the most that is read. "
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


def _imdb(path: Path, source: str | None = None, options: SourceOptions = _NOTHING_SAID) -> Source:
    index_path = path.with_name(word_index.WORD_INDEX)
    archive = _File(path, imdb.MAX_BYTES)
    index = _File(index_path, word_index.MAX_BYTES) if index_path.is_file() else None

    def digest(cache: Cache, report: Report) -> str:
        files = [archive] if index is None else [archive, index]
        return digest_of(IMDB_TITLE, *_said(options), *(file.digest(cache) for file in files), str(FORMAT))

    def read(report: Report) -> Corpus:
        data = archive.read()
        if not is_npz(data[:512]):  # what Keras's folder has under this name
            return reading.read(data, str(path), options, report, source=source)
        return imdb.read_archive(
            data,
            str(path),
            options=options,
            source=source_of(path) if source is None else source,
            word_index=None if index is None else index.read(),
            word_index_name=str(index_path),
            report=report,
        )

    return Source(str(path), lambda count: IMDB_TITLE, False, digest, read)


def _sample(path: Path | None) -> Source:
    try:
        found = resources.resource(sample_reader.SAMPLE) if path is None else path
    except FileNotFoundError as error:
        raise DataError(f"{error}.") from error
    file = _File(found, imdb.MAX_BYTES)

    def digest(cache: Cache, report: Report) -> str:
        return digest_of(SAMPLE_TITLE, file.digest(cache), str(FORMAT))

    def read(report: Report) -> Corpus:
        return sample_reader.read_sample(file.read(), str(found), report)

    return Source(str(found), lambda count: SAMPLE_TITLE, True, digest, read)


def _in_folder(path: Path, source: str, options: SourceOptions) -> Source:
    if (path / ARCHIVE).is_file():
        return _imdb(path / ARCHIVE, source, options)
    reviews = folder.ReviewFolder.find(path)
    if reviews is None:
        raise DataError(
            f"The folder {path} holds no {ARCHIVE} and no reviews: neither the folders train and test nor pos and neg. "
            "Choose the folder or the file that does."
        )
    unread = options.unread("encoding")
    if unread:
        raise DataError(f"#{unread}= has no effect on {path}, a folder with a text file a review. Leave it out.")

    def digest(cache: Cache, report: Report) -> str:
        parts = (part.relative_to(reviews.root).as_posix() for part, _ in reviews.parts)
        return digest_of("folder", *_said(options), *parts, reviews.digest(cache, report), str(FORMAT), str(WORD_RULE))

    def earlier_digest(cache: Cache, report: Report) -> str:
        parts = (part.relative_to(reviews.root).as_posix() for part, _ in reviews.parts)
        return digest_of("folder", *parts, reviews.digest(cache, report), str(FORMAT))

    def read(report: Report) -> Corpus:
        return reviews.read(report, options, source)

    earlier = None if options else earlier_digest
    return Source(str(reviews.root), _titled(reviews.root), False, digest, read, earlier)


def _file(path: Path, source: str, options: SourceOptions) -> Source:
    """A file of any kind but an `.npz`: what it is shows when it is read."""
    file = _File(path, table.MAX_BYTES)

    def digest(cache: Cache, report: Report) -> str:
        return digest_of("table", *_said(options), file.digest(cache), str(FORMAT), str(WORD_RULE))

    def read(report: Report) -> Corpus:
        return reading.read(file.read(), str(path), options, report, source=source)

    def earlier_digest(cache: Cache, report: Report) -> str:
        return digest_of("table", *columns, file.digest(cache), str(FORMAT))

    columns = [] if options.text is None or options.label is None else [options.text, options.label]
    as_then = not options or options == SourceOptions(text=options.text, label=options.label)
    return Source(str(path), _titled(path), False, digest, read, earlier_digest if as_then else None)


def _said(options: SourceOptions) -> list[str]:
    """What was said, for a digest."""
    said = ((item.name, getattr(options, item.name)) for item in fields(options))
    return [f"{name}={value}" for name, value in said if value is not None]


def _titled(path: Path) -> Callable[[int], str]:
    # Resolved: a folder may have been given as a dot.
    return lambda count: f"{shown(path.resolve().name)} ({count:,} reviews)"
