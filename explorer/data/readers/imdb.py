"""Reviews as lists of word ids in an `.npz`, read without trusting it.

In the raw layout of the data set, which `keras.datasets.imdb` downloads as `imdb.npz`, a word's id is its rank; the
order of the reviews becomes that of `load_data`, which shuffles training and test reviews with one `RandomState(113)`.
In Keras's layout, as saved from what `load_data` returned, 1 begins each review, 2 stands for rare words, other ids are
rank + 3, and the order is already that one.
"""

from __future__ import annotations

import io
import zipfile
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.corpus import MAX_RANK, Corpus, Part, Ranks, offsets_of
from explorer.data.dataset import NO_NOTES, Encoding, Offsets, ReadingNotes
from explorer.data.encoding import UNKNOWN_RANK
from explorer.data.progress import DataError, Report, silent
from explorer.data.questions import Answer, DataQuestion
from explorer.data.readers.safe_pickle import MAX_LISTS, RefusedError, read_lists
from explorer.data.source_options import SourceOptions, source_of, with_options
from explorer.data.word_index import parse, placeholders

ARCHIVE: Final = "imdb.npz"
"""The file's name in Keras's folder."""
SHUFFLE_SEED: Final = 113
"""The default `seed` of `keras.datasets.imdb.load_data`."""
MAX_BYTES: Final = 128 * 2**20
_MAX_MEMBER_BYTES: Final = 64 * 2**20
_MESSAGE: Final = "Reading the IMDB archive"
_ARRAYS: Final = ("x_train", "y_train", "x_test", "y_test")
# Other names for the same: those of Chollet's book, and those of np.savez for arrays without a name.
_ALIASES: Final = (
    ("train_data", "train_labels", "test_data", "test_labels"),
    ("X_train", "Y_train", "X_test", "Y_test"),
    ("X_train", "y_train", "X_test", "y_test"),
    ("arr_0", "arr_1", "arr_2", "arr_3"),
)
_KERAS: Final = Encoding()
_NOTHING_SAID: Final = SourceOptions()
_SHOWN_ARRAYS: Final = 6


class _FaultyError(ValueError):
    """What is wrong with an archive, as a sentence without its advice."""


class _OtherArraysError(_FaultyError):
    """It is whole, and something else."""


def what_to_do(name: str) -> str:
    """The advice for an archive that cannot be used: only the one that can be downloaded is to be downloaded again.

    Args:
        name: The file.
    """
    if PurePath(name).name != ARCHIVE:
        return "Get a whole copy of it, or choose another file."
    return (
        "Download it again: press Get the real reviews in the window or run dropout-explorer fetch; or choose another "
        "file."
    )


def read_archive(
    archive: bytes,
    name: str,
    *,
    options: SourceOptions = _NOTHING_SAID,
    source: str | None = None,
    word_index: bytes | None = None,
    word_index_name: str = "",
    report: Report = silent,
) -> Corpus:
    """The reviews of an archive, in the order of `keras.datasets.imdb.load_data`.

    Args:
        archive: What the `.npz` file holds.
        name: What to call it in an error.
        options: What was said of it: `ids` is `raw` or `keras`.
        source: What was asked for, which a question repeats; made of `name` when None.
        word_index: What `imdb_word_index.json` holds; without it, words are shown as `#rank`.
        word_index_name: What to call that in an error.
        report: Called with the progress.

    Raises:
        DataQuestion: When its ids fit neither layout.
        DataError: When either file is not what it should be. Nothing in them is run.
        Cancelled: When `report` says so.
    """
    report(_MESSAGE, 0.0)
    _check_options(options, name)
    words = None if word_index is None else parse(word_index, word_index_name)
    try:
        parts = _parts(archive, name, report)
        layout = options.ids or _layout(parts, name, source_of(name) if source is None else source)
        notes = NO_NOTES
        if layout == "keras":
            parts = [_from_keras(part) for part in parts]
        else:
            notes = _doubt(parts, options.ids, name)
            parts = _shuffled(parts, name)
    except _OtherArraysError as error:
        raise DataError(f"{error} Choose another file, or save such arrays.") from error
    except _FaultyError as error:
        raise DataError(f"{error} {what_to_do(name)}") from error
    train, test = parts
    report(_MESSAGE, 1.0)
    if words is None:
        known = [part.ranks[part.ranks <= MAX_RANK] for part in parts]
        words = placeholders(max(int(ranks.max(initial=0)) for ranks in known))
    return Corpus(train, test, words, notes)


def _check_options(options: SourceOptions, name: str) -> None:
    if options.ids not in (None, "raw", "keras"):
        raise DataError(f"#ids= must be raw or keras, got {options.ids!r:.40}. Change it, or leave it out.")
    unread = options.unread("ids")
    if unread:
        raise DataError(f"#{unread}= has no effect on {name}, which holds word ids. Leave it out.")


def _parts(archive: bytes, name: str, report: Report) -> list[Part]:
    """Training and test reviews as they stand in the file, ids in place of ranks."""
    with _opened(archive, name) as opened:
        keys = _keys(opened, name)
        members = {array: _member(opened, key, name) for array, key in zip(_ARRAYS, keys, strict=True)}
        parts = []
        for index, part in enumerate(("train", "test")):
            x_name, y_name = (f"{name}: {keys[2 * index + k]}" for k in (0, 1))
            labels = _labels(_content(opened, members[f"y_{part}"], y_name), y_name)
            # Handed over in a list and without a name here, so that the reader can free it when it has its lists.
            ids, offsets = _reviews([_content(opened, members[f"x_{part}"], x_name)], x_name, report, index / 2)
            if len(labels) != len(offsets) - 1:
                raise _FaultyError(f"{x_name} has {len(offsets) - 1} reviews but {len(labels)} labels.")
            parts.append(Part(ids, offsets, labels))
            del ids
            if index == 0:
                report(_MESSAGE, 0.5)
    return parts


def _keys(opened: zipfile.ZipFile, name: str) -> tuple[str, ...]:
    """What the four arrays are called in this archive."""
    held = [member.removesuffix(".npy") for member in opened.namelist() if member.endswith(".npy")]
    for names in _ALIASES:
        if set(names) <= set(held) and not set(_ARRAYS) <= set(held):
            return names
    missing = next((array for array in _ARRAYS if array not in held), None)
    if missing is not None:
        shown = ", ".join(map(ascii, held[:_SHOWN_ARRAYS])) or "none"
        sentence = (
            f"{name} has no array {missing}, so it holds no reviews as lists of word ids, which would be the arrays "
            f"{', '.join(_ARRAYS)}; it holds {shown}{' and more' if len(held) > _SHOWN_ARRAYS else ''}."
        )
        raise (_FaultyError if PurePath(name).name == ARCHIVE else _OtherArraysError)(sentence)
    return _ARRAYS


def _layout(parts: list[Part], name: str, source: str) -> str:
    """`raw` or `keras`, by which ids stand where."""
    keras, raw = True, False
    zero: int | None = None  # the review that holds it
    for part in parts:
        lengths = np.diff(part.offsets)
        at_start = _at_start(part)
        firsts, later = part.ranks[at_start], part.ranks[~at_start]
        special = np.bincount(later[later <= _KERAS.index_from], minlength=_KERAS.index_from + 1)
        keras &= bool((lengths > 0).all() and (firsts == _KERAS.start_char).all()) and not special[[0, 1, 3]].any()
        raw |= bool(special[1:].any())
        zeros = np.flatnonzero(part.ranks == 0)
        if len(zeros) and zero is None:
            zero = int(np.searchsorted(part.offsets, zeros[0], side="right")) - 1
    if keras:
        return "keras"
    if raw and zero is None:
        return "raw"
    if zero is not None:
        why = f"review {zero} holds the word id 0, which is no word in either, though it fills up short reviews in some"
    else:
        why = "1, 2 and 3 stand nowhere but at the beginning of reviews, and 1 is not what each begins with"
    answers = [
        Answer("1 is the commonest word, as in imdb.npz", with_options(source, ids="raw")),
        Answer("1 begins each review, as load_data returns them", with_options(source, ids="keras")),
    ]
    unclear = (
        f"It is not clear how {name} numbers its words, as imdb.npz does or as keras.datasets.imdb.load_data: {why}."
    )
    by_hand = f'Say which behind the path, as in "{answers[0].source}" or "{answers[1].source}".'
    raise DataQuestion(f"{unclear} {by_hand}", name, answers, question=unclear)


def _at_start(part: Part) -> npt.NDArray[np.bool_]:
    """(total,) whether an id begins a review."""
    starts = part.offsets[:-1][np.diff(part.offsets) > 0]
    at_start = np.zeros(len(part.ranks), np.bool_)
    at_start[starts] = True
    return at_start


def _from_keras(part: Part) -> Part:
    """Ranks from Keras's ids: without start tokens and filling, rare words beyond every vocabulary."""
    ids = part.ranks
    kept = (ids != _KERAS.start_char) & (ids != 0)
    places = np.zeros(len(ids) + 1, np.int64)
    np.cumsum(kept, out=places[1:])
    words = ids[kept]
    ranks = np.where(words > _KERAS.index_from, words - _KERAS.index_from, UNKNOWN_RANK).astype(np.int32)
    return Part(ranks, places[part.offsets], part.labels)


def _shuffled(parts: list[Part], name: str) -> list[Part]:
    """Raw reviews in Keras's order."""
    generator = np.random.RandomState(SHUFFLE_SEED)
    shuffled = []
    for part, array in zip(parts, ("x_train", "x_test"), strict=True):
        zeros = np.flatnonzero(part.ranks == 0)
        if len(zeros):
            row = int(np.searchsorted(part.offsets, zeros[0], side="right")) - 1
            raise _FaultyError(f"{name}: {array}: review {row} holds the word id 0; ids lie in [1, {MAX_RANK}].")
        order = np.arange(len(part.labels))
        generator.shuffle(order)
        shuffled.append(part.reordered(order))
    return shuffled


def _doubt(parts: list[Part], said: str | None, name: str) -> ReadingNotes:
    """A remark where little speaks for the raw layout: real texts have all of the, and, a."""
    if said is not None or any(np.isin((1, 3), part.ranks).any() for part in parts):
        return NO_NOTES
    return ReadingNotes(
        remarks=(
            f"{name} was read as numbered by rank, though its commonest and third commonest word occur nowhere; if it "
            "was saved from what load_data returned, add #ids=keras to its path.",
        )
    )


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
        raise _FaultyError(f"{name} is not a whole .npz archive ({error}).") from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        return archive.read(info)
    except Exception as error:
        # Likewise for a member: a wrong checksum, a stream that zlib cannot read, a password, an offset out of bounds.
        raise _FaultyError(f"{name} cannot be unpacked ({error}).") from error


def _member(archive: zipfile.ZipFile, key: str, name: str) -> zipfile.ZipInfo:
    try:
        info = archive.getinfo(f"{key}.npy")
    except KeyError:
        raise _FaultyError(f"{name} has no array {key}.") from None
    if info.file_size > _MAX_MEMBER_BYTES:
        raise _FaultyError(
            f"{name}: {key} claims {info.file_size:,} bytes, more than the {_MAX_MEMBER_BYTES:,} that are read."
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _FaultyError(f"{name}: {key} is compressed in a way that NumPy never uses.")
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
        raise _FaultyError(f"{name} is not a NumPy array ({error}).") from error
    return shape, dtype, stream.tell()


def _count(shape: tuple[int, ...], name: str) -> int:
    if len(shape) != 1 or not 1 <= shape[0] <= MAX_LISTS:
        raise _FaultyError(f"{name} must hold 1 to {MAX_LISTS:,} entries in one row, got shape {shape}.")
    return shape[0]


def _labels(data: bytes, name: str) -> npt.NDArray[np.uint8]:
    shape, dtype, start = _header(data, name)
    count = _count(shape, name)
    if dtype.kind not in "iubf":
        raise _FaultyError(f"{name} must hold whole numbers, got {dtype}.")
    if len(data) - start != count * dtype.itemsize:
        raise _FaultyError(f"{name} promises {count} labels and holds another number.")
    labels = np.frombuffer(data, dtype, count, start)
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if len(wrong):
        raise _FaultyError(f"{name}: label {wrong[0]} must be 0 or 1, got {labels[wrong[0]]}.")
    if labels.min() == labels.max():
        raise _FaultyError(f"{name} holds only the label {labels[0]}; both 0 and 1 are needed.")
    return labels.astype(np.uint8)


def _reviews(member: list[bytes], name: str, report: Report, done: float) -> tuple[Ranks, Offsets]:
    data = member.pop()
    shape, dtype, start = _header(data, name)
    if dtype != np.dtype(object):
        raise _FaultyError(f"{name} must hold lists of word ids, got an array of {dtype} of shape {shape}.")
    count = _count(shape, name)
    try:
        lists = read_lists(data, start, count, lambda share: report(_MESSAGE, done + 0.35 * share))
    except RefusedError as error:
        raise _FaultyError(f"{name}: {error}.") from error
    report(_MESSAGE, done + 0.35)
    lengths = np.fromiter(map(len, lists), np.int64, count)
    total = int(lengths.sum())
    if total > len(data):
        # A word takes two bytes at least, so one list stands in many places.
        raise _FaultyError(f"{name} holds more words than the file has room for.")
    del data
    if set(map(type, chain.from_iterable(lists))) - {int}:
        row, word = next((r, w) for r, review in enumerate(lists) for w in review if type(w) is not int)
        raise _FaultyError(f"{name}: review {row} holds {word!r:.40} where a word id belongs.")
    report(_MESSAGE, done + 0.4)
    ranks = np.fromiter(chain.from_iterable(lists), np.int32, total)
    offsets = offsets_of(lengths)
    if total and not (ranks.min() >= 0 and ranks.max() <= MAX_RANK):
        at = int(np.flatnonzero((ranks < 0) | (ranks > MAX_RANK))[0])
        row = int(np.searchsorted(offsets, at, side="right")) - 1
        raise _FaultyError(f"{name}: review {row} holds the word id {ranks[at]}; ids lie in [1, {MAX_RANK}].")
    return ranks, offsets
