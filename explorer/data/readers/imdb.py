"""`imdb.npz` in the layout that `keras.datasets.imdb` downloads, read without trusting it.

The order of the reviews is that of `keras.datasets.imdb.load_data`, which shuffles training and test reviews with one
`RandomState(113)`.
"""

from __future__ import annotations

import io
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.corpus import MAX_RANK, Corpus, Part, Ranks, offsets_of
from explorer.data.dataset import Offsets
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import DataQuestion
from explorer.data.readers.safe_pickle import MAX_LISTS, RefusedError, read_lists
from explorer.data.word_index import parse, placeholders

ARCHIVE: Final = "imdb.npz"
"""The file's name in Keras's folder."""
SHUFFLE_SEED: Final = 113
"""The default `seed` of `keras.datasets.imdb.load_data`."""
MAX_BYTES: Final = 128 * 2**20
_MAX_MEMBER_BYTES: Final = 64 * 2**20
_WHAT_TO_DO: Final = (
    "Download it again: press Get the real reviews in the window or run dropout-explorer fetch; or choose another file."
)
_MESSAGE: Final = "Reading the IMDB archive"


def read_archive(
    archive: bytes,
    name: str,
    *,
    word_index: bytes | None = None,
    word_index_name: str = "",
    report: Report = silent,
) -> Corpus:
    """The reviews of an archive, in Keras's order.

    Args:
        archive: What the `.npz` file holds.
        name: What to call it in an error.
        word_index: What `imdb_word_index.json` holds; without it, words are shown as `#rank`.
        word_index_name: What to call that in an error.
        report: Told of the progress.

    Raises:
        DataError: When either file is not what it should be. Nothing in them is run.
        Cancelled: When `report` says so.
    """
    report(_MESSAGE, 0.0)
    words = None if word_index is None else parse(word_index, word_index_name)
    with _opened(archive, name) as opened:
        members = {key: _member(opened, key, name) for key in ("x_train", "y_train", "x_test", "y_test")}
        generator = np.random.RandomState(SHUFFLE_SEED)
        parts = []
        for index, part in enumerate(("train", "test")):
            x_name, y_name = f"{name}: x_{part}", f"{name}: y_{part}"
            labels = _labels(_content(opened, members[f"y_{part}"], y_name), y_name)
            # Handed over in a list and without a name here, so that the reader can free it when it has its lists.
            ranks, offsets = _reviews([_content(opened, members[f"x_{part}"], x_name)], x_name, report, index / 2)
            if len(labels) != len(offsets) - 1:
                raise DataError(f"{x_name} has {len(offsets) - 1} reviews but {len(labels)} labels. {_WHAT_TO_DO}")
            order = np.arange(len(labels))
            generator.shuffle(order)
            parts.append(Part(ranks, offsets, labels).reordered(order))
            del ranks
            report(_MESSAGE, (index + 1) / 2)
    train, test = parts
    if words is None:
        words = placeholders(max(int(part.ranks.max(initial=0)) for part in parts))
    return Corpus(train, test, words)


def is_whole(path: Path) -> bool:
    """Whether a file is an archive that can be read from its beginning to its end."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return False
        read_archive(path.read_bytes(), str(path))
    except DataQuestion:
        return True  # a whole one, of which something must be asked
    except (OSError, DataError):
        return False
    return True


def _opened(archive: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(archive))
    except Exception as error:
        # A damaged directory makes zipfile seek, unpack or decode what is not there, each with its own error.
        raise DataError(f"{name} is not a whole .npz archive ({error}). {_WHAT_TO_DO}") from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        return archive.read(info)
    except Exception as error:
        # Likewise for a member: a wrong checksum, a stream that zlib cannot read, a password, an offset out of bounds.
        raise DataError(f"{name} cannot be unpacked ({error}). {_WHAT_TO_DO}") from error


def _member(archive: zipfile.ZipFile, key: str, name: str) -> zipfile.ZipInfo:
    try:
        info = archive.getinfo(f"{key}.npy")
    except KeyError:
        raise DataError(f"{name} has no array {key}, so it is not the IMDB archive. {_WHAT_TO_DO}") from None
    if info.file_size > _MAX_MEMBER_BYTES:
        raise DataError(
            f"{name}: {key} claims {info.file_size:,} bytes, more than the {_MAX_MEMBER_BYTES:,} that are read. "
            f"{_WHAT_TO_DO}"
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{name}: {key} is compressed in a way that NumPy never uses. {_WHAT_TO_DO}")
    return info


def _header(data: bytes, name: str) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape and type of a `.npy` file, and where its contents begin."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError(f"version {version} of the format")
    except Exception as error:
        # NumPy evaluates the header as a Python literal; a crafted one fails in the tokenizer, the parser or NumPy.
        raise DataError(f"{name} is not a NumPy array ({error}). {_WHAT_TO_DO}") from error
    return shape, dtype, stream.tell()


def _count(shape: tuple[int, ...], name: str) -> int:
    if len(shape) != 1 or not 1 <= shape[0] <= MAX_LISTS:
        raise DataError(f"{name} must hold 1 to {MAX_LISTS:,} entries in one row, got shape {shape}. {_WHAT_TO_DO}")
    return shape[0]


def _labels(data: bytes, name: str) -> npt.NDArray[np.uint8]:
    shape, dtype, start = _header(data, name)
    count = _count(shape, name)
    if dtype.kind not in "iu":
        raise DataError(f"{name} must hold whole numbers, got {dtype}. {_WHAT_TO_DO}")
    if len(data) - start != count * dtype.itemsize:
        raise DataError(f"{name} promises {count} labels and holds another number. {_WHAT_TO_DO}")
    labels = np.frombuffer(data, dtype, count, start)
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if len(wrong):
        raise DataError(f"{name}: label {wrong[0]} must be 0 or 1, got {labels[wrong[0]]}. {_WHAT_TO_DO}")
    if labels.min() == labels.max():
        raise DataError(f"{name} holds only the label {labels[0]}; both 0 and 1 are needed. {_WHAT_TO_DO}")
    return labels.astype(np.uint8)


def _reviews(member: list[bytes], name: str, report: Report, done: float) -> tuple[Ranks, Offsets]:
    data = member.pop()
    shape, dtype, start = _header(data, name)
    count = _count(shape, name)
    if dtype != np.dtype(object):
        raise DataError(f"{name} must hold lists of word ids, got an array of {dtype}. {_WHAT_TO_DO}")
    try:
        lists = read_lists(data, start, count, lambda share: report(_MESSAGE, done + 0.35 * share))
    except RefusedError as error:
        raise DataError(f"{name}: {error}. {_WHAT_TO_DO}") from error
    report(_MESSAGE, done + 0.35)
    lengths = np.fromiter(map(len, lists), np.int64, count)
    total = int(lengths.sum())
    if total > len(data):
        # A word takes two bytes at least, so one list stands in many places.
        raise DataError(f"{name} holds more words than the file has room for. {_WHAT_TO_DO}")
    del data
    if set(map(type, chain.from_iterable(lists))) - {int}:
        row, word = next((r, w) for r, review in enumerate(lists) for w in review if type(w) is not int)
        raise DataError(f"{name}: review {row} holds {word!r:.40} where a word id belongs. {_WHAT_TO_DO}")
    report(_MESSAGE, done + 0.4)
    ranks = np.fromiter(chain.from_iterable(lists), np.int32, total)
    offsets = offsets_of(lengths)
    if total and not (ranks.min() >= 1 and ranks.max() <= MAX_RANK):
        at = int(np.flatnonzero((ranks < 1) | (ranks > MAX_RANK))[0])
        row = int(np.searchsorted(offsets, at, side="right")) - 1
        raise DataError(
            f"{name}: review {row} holds the word id {ranks[at]}; ids lie in [1, {MAX_RANK}]. {_WHAT_TO_DO}"
        )
    return ranks, offsets
