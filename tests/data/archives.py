"""Small archives in the layouts that the program reads, honest and hostile, for the tests of the data package."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data.readers.imdb import ARCHIVE
from explorer.data.word_index import WORD_INDEX

Lists = Sequence[Sequence[Any] | None]


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """A `.npy` file; an object array is pickled, as in the real archive."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    return stream.getvalue()


def lists(items: Lists) -> np.ndarray[Any, Any]:
    """A one-dimensional object array, also when all items are of one length."""
    array = np.empty(len(items), object)
    for index, item in enumerate(items):
        array[index] = item
    return array


def pickled(pickle: bytes, count: int) -> bytes:
    """A `.npy` file of `count` objects whose pickle is the one given."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": (count,)})
    return stream.getvalue() + pickle


def write_npz(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip with each of `members` as `name.npy`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def members(
    x_train: Lists = ((1, 2, 3), (4,), (5, 6)),
    y_train: Sequence[int] = (0, 1, 1),
    x_test: Lists = ((7, 8), (9,)),
    y_test: Sequence[int] = (1, 0),
) -> dict[str, bytes]:
    """The arrays of an archive; by default a good one of five reviews."""
    train, test = ([None if x is None else list(x) for x in part] for part in (x_train, x_test))
    return {
        "x_train": npy(lists(train)),
        "y_train": npy(np.array(y_train)),
        "x_test": npy(lists(test)),
        "y_test": npy(np.array(y_test)),
    }


def random_reviews(seed: int, count: int, ranks: int, longest: int = 60) -> tuple[list[list[int]], list[int]]:
    """Reviews whose words are Zipf-like, some of them empty, and labels of both kinds."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(0, longest, count)
    reviews = [np.minimum(generator.zipf(1.3, length), ranks).tolist() for length in lengths]
    return reviews, [0, 1, *generator.integers(0, 2, count - 2).tolist()]


def write_imdb(folder: Path, seed: int = 1, count: int = 80, ranks: int = 300) -> Path:
    """A random archive and its word index, `imdb.npz` and `imdb_word_index.json`; the path of the first."""
    path = write_npz(
        folder / ARCHIVE, members(*random_reviews(seed, count, ranks), *random_reviews(seed + 1, count // 2, ranks))
    )
    words = {f"word{rank}": rank for rank in range(ranks, 0, -1)}
    (folder / WORD_INDEX).write_text(json.dumps(words), encoding="utf-8")
    return path


def mirror(folder: Path) -> str:
    """The address of a new folder with both files, and their checksums; as a file's, so that no server is needed."""
    write_imdb(folder, count=2000)
    archive, index = ((folder / name).read_bytes() for name in (ARCHIVE, WORD_INDEX))
    sums = f"sha256={hashlib.sha256(archive).hexdigest()}&word_index_md5={hashlib.md5(index).hexdigest()}"
    return f"{folder.as_uri()}#{sums}"


def write_sample(path: Path, seed: int = 3, count: int = 30, ranks: int = 200, **changes: Any) -> Path:
    """A file in the layout of the bundled sample; `changes` replaces arrays of it."""
    arrays: dict[str, Any] = {
        "words": np.frombuffer("\n".join(f"w{k}" for k in range(1, ranks + 1)).encode(), np.uint8)
    }
    for name, part_seed in (("train", seed), ("test", seed + 1)):
        reviews, labels = random_reviews(part_seed, count, ranks)
        arrays[f"{name}_ranks"] = np.array([rank for review in reviews for rank in review], np.uint16)
        arrays[f"{name}_lengths"] = np.array([len(review) for review in reviews], np.uint16)
        arrays[f"{name}_labels"] = np.array(labels, np.uint8)
    np.savez_compressed(path, **(arrays | changes))
    return path
