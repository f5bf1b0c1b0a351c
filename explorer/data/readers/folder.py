"""Reviews in a folder, a file each: `aclImdb` as its authors publish it, or any `pos` and `neg`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from explorer.data.cache import Cache
from explorer.data.corpus import Corpus
from explorer.data.gather import Gathering
from explorer.data.progress import DataError, Report, silent
from explorer.data.source_options import SourceOptions, source_of
from explorer.data.text_decoding import decoded

ORIGINAL: Final = "aclImdb"
"""What the published folder is called."""
MAX_BYTES: Final = 512 * 2**20
PARTS: Final = ("train", "test")
CLASSES: Final = ("neg", "pos")
_FILES_A_REPORT: Final = 500
_CHOOSE: Final = "Choose the folder that holds train and test, or pos and neg."


_NOTHING_SAID: Final = SourceOptions()


class Text(NamedTuple):
    """A review that was read.

    Attributes:
        place: Its path, for a sentence.
        label: 0 negative, 1 positive.
        in_test: Whether it is one of the test.
        name: The name of its file.
        content: Its bytes.
    """

    place: str
    label: int
    in_test: bool
    name: str
    content: bytes


class _Review(NamedTuple):
    path: str
    label: int
    in_test: bool


@dataclass(slots=True)
class ReviewFolder:
    """A folder with `pos` and `neg`, or with `train` and `test` that hold these.

    Attributes:
        root: The folder that was found: the one asked for, or the `aclImdb` in it.
        parts: The folders that hold `pos` and `neg`, and whether each is the test.
    """

    root: Path
    parts: tuple[tuple[Path, bool], ...]
    _contents: list[bytes] | None = None
    _reviews: list[_Review] | None = None

    @classmethod
    def find(cls, folder: Path) -> ReviewFolder | None:
        """The reviews in a folder or in the `aclImdb` within it, or None."""
        for root in (folder, folder / ORIGINAL):
            parts = tuple((root / part, part == "test") for part in PARTS if _has_class(root / part))
            if not parts and _has_class(root):
                parts = ((root, False),)
            if parts:
                return cls(root, parts)
        return None

    def digest(self, cache: Cache, report: Report = silent) -> str:
        """Hexadecimal SHA-256 of names and contents.

        Of the contents, so that a copy elsewhere is the same data set; remembered by the names, sizes and times of all
        files, so that the next start opens none of them.

        Raises:
            DataError: When a folder or a file cannot be read, or there are none.
            Cancelled: When `report` says so.
        """
        stamp = self._list(report)
        remembered = cache.digest(self.root, stamp)
        if remembered is not None:
            return remembered
        total = hashlib.sha256()
        for review, content in zip(self._listed(report), self._load(report), strict=True):
            head = f"{review.in_test} {review.label} {os.path.basename(review.path)} {len(content)}\n"
            total.update(os.fsencode(head))
            total.update(content)
        cache.remember(self.root, total.hexdigest(), stamp)
        return total.hexdigest()

    def read(
        self, report: Report = silent, options: SourceOptions = _NOTHING_SAID, source: str | None = None
    ) -> Corpus:
        """The reviews, in a shuffled order that is the same each time.

        Args:
            report: Called with the progress.
            options: What was said of the folder.
            source: What was asked for, which a question repeats; made of the folder's path when None.

        Raises:
            DataQuestion: When a file is in another encoding.
            DataError: When a file is no text or holds no word, or there are too few reviews.
            Cancelled: When `report` says so.
        """
        reviews, contents = self._listed(report), self._load(report)
        self._contents = None
        texts = [
            Text(review.path, review.label, review.in_test, os.path.basename(review.path), content)
            for review, content in zip(reviews, contents, strict=True)
        ]
        return read_texts(texts, str(self.root), options, source_of(self.root) if source is None else source, report)

    def _listed(self, report: Report) -> list[_Review]:
        if self._reviews is None:
            self._list(report)
        assert self._reviews is not None
        return self._reviews

    def _list(self, report: Report) -> list[int]:
        """Note which files there are; returns what changes when one of them does, as `explorer.data.cache.stamp`."""
        reviews: list[_Review] = []
        listing = hashlib.sha256()
        size = newest = 0
        for part, in_test in self.parts:
            for label, kind in enumerate(CLASSES):
                report("Looking through the folder", None)
                count = len(reviews)
                for entry in _entries(part / kind):
                    try:
                        status = entry.stat()
                    except OSError as error:
                        raise _unreadable(entry.path, error) from error
                    size += status.st_size
                    newest = max(newest, status.st_mtime_ns)
                    times = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                    listing.update(os.fsencode(f"{in_test} {label} {entry.name}\0{times}\n"))
                    reviews.append(_Review(entry.path, label, in_test))
                    if len(reviews) % _FILES_A_REPORT == 0:
                        report("Looking through the folder", None)
                if len(reviews) == count:
                    raise DataError(f"The folder {part / kind} holds no .txt file. {_CHOOSE}")
        if size > MAX_BYTES:
            raise DataError(f"The reviews in {self.root} are larger than {MAX_BYTES // 2**20} MB. {_CHOOSE}")
        self._reviews = reviews
        return [size, newest, int.from_bytes(listing.digest()[:7], "big")]

    def _load(self, report: Report) -> list[bytes]:
        if self._contents is None:
            contents = []
            reviews = self._listed(report)
            for number, review in enumerate(reviews):
                if number % _FILES_A_REPORT == 0:
                    report("Opening the reviews", number / len(reviews))
                try:
                    with open(review.path, "rb") as file:
                        contents.append(file.read(MAX_BYTES))
                except OSError as error:
                    raise _unreadable(review.path, error) from error
            self._contents = contents
        return self._contents


def read_texts(
    texts: Sequence[Text], name: str, options: SourceOptions, source: str, report: Report = silent
) -> Corpus:
    """The reviews of a folder, whatever order they come in.

    Args:
        texts: The reviews.
        name: What to call the folder in a sentence.
        options: What was said of it.
        source: What was asked for, which a question repeats.
        report: Called with the progress.

    Raises:
        DataQuestion: When a file is in another encoding.
        DataError: When a file is no text or holds no word, or there are too few reviews.
        Cancelled: When `report` says so.
    """
    gathering = Gathering(name)
    ordered = sorted(texts, key=lambda text: (text.in_test, text.label, text.name))
    for number, text in enumerate(ordered):
        if number % _FILES_A_REPORT == 0:
            report("Reading the reviews", number / len(ordered))
        content = decoded(text.content, text.place, options.encoding, source)
        gathering.add(content, text.label, text.place, in_test=text.in_test)
    return gathering.corpus(report)


def _has_class(folder: Path) -> bool:
    return any((folder / kind).is_dir() for kind in CLASSES)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The reviews of one class by name: systems list a folder in orders of their own."""
    try:
        with os.scandir(folder) as found:
            # macOS leaves `._name.txt` beside what it unpacks.
            named = [e for e in found if e.name.lower().endswith(".txt") and not e.name.startswith(".") and e.is_file()]
    except FileNotFoundError as error:
        raise DataError(f"There is no folder {folder}; both classes are needed. {_CHOOSE}") from error
    except OSError as error:
        raise _unreadable(str(folder), error) from error
    yield from sorted(named, key=lambda entry: entry.name)


def _unreadable(path: str, error: OSError) -> DataError:
    return DataError(
        f"{path} cannot be read ({error.strerror or error}). Check its permissions, or choose another folder."
    )
