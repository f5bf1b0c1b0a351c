"""The reviews that come with the program: a plain `.npz` of numbers, no pickles.

Arrays: `train_ranks` uint16 (total,), `train_lengths` uint16 (n,), `train_labels` uint8 (n,); the same for `test`; and
`words` uint8, the words as UTF-8 text, one a line, the commonest first.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.corpus import MAX_RANK, Corpus, Part, offsets_of
from explorer.data.progress import DataError, Report, silent

SAMPLE: Final = "sample.npz"
"""The file's name among the program's resources."""


def read_sample(data: bytes, name: str, report: Report = silent) -> Corpus:
    """The reviews of a bundled sample, in the order in which they are stored.

    Args:
        data: What the file holds.
        name: What to call it in an error.
        report: Told of the progress.

    Raises:
        DataError: When the file is damaged.
        Cancelled: When `report` says so.
    """
    report("Reading the sample", 0.0)
    try:
        # NumPy would take what is no zip for a pickle; told to admit none, it refuses.
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            train = _part(arrays, "train")
            report("Reading the sample", 0.6)
            test = _part(arrays, "test")
            words = tuple(arrays["words"].tobytes().decode("utf-8").split("\n"))
        most = max(int(part.ranks.max(initial=1)) for part in (train, test))
        if most > min(len(words), MAX_RANK):
            raise ValueError(f"rank {most} has no word")
    except Exception as error:
        # A damaged zip, a damaged header and a wrong array each raise something else.
        raise DataError(f"{name}, the bundled sample, is damaged ({error}). Install dropout-explorer again.") from error
    return Corpus(train, test, words)


def _part(arrays: Any, part: str) -> Part:
    ranks: npt.NDArray[np.int32] = arrays[f"{part}_ranks"].astype(np.int32)
    offsets = offsets_of(arrays[f"{part}_lengths"])
    labels: npt.NDArray[np.uint8] = arrays[f"{part}_labels"].astype(np.uint8)
    if ranks.ndim != 1 or labels.shape != (len(offsets) - 1,) or offsets[-1] != len(ranks):
        raise ValueError(f"the lengths of its {part} reviews do not add up")
    if set(np.unique(labels).tolist()) != {0, 1} or ranks.min(initial=1) < 1:
        raise ValueError(f"its {part} reviews hold a label or a rank that cannot be")
    return Part(ranks, offsets, labels)
