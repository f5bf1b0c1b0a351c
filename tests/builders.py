"""Small data that tests share."""

from __future__ import annotations

import numpy as np

from explorer.data.dataset import Dataset, Encoding, Reviews, Vocabulary
from explorer.data.encoding import encode

NUM_WORDS = 60


def reviews(count: int, seed: int, encoding: Encoding) -> Reviews:
    """Reviews whose words lean one way or the other, so that there is something to learn."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count).astype(np.uint8)
    lengths = random.integers(5, 25, count)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ranks = np.empty(int(offsets[-1]), np.int32)
    for k, label in enumerate(labels):
        leaning = random.random(lengths[k]) < 0.3
        words = np.where(leaning, random.integers(1, 15, lengths[k]) + 15 * label, random.integers(1, 80, lengths[k]))
        ranks[offsets[k] : offsets[k + 1]] = words
    ids, id_offsets = encode(ranks, offsets, encoding)
    return Reviews(ids, id_offsets, labels, ranks, offsets)


def dataset(train: int = 200, test: int = 50, num_words: int = NUM_WORDS) -> Dataset:
    encoding = Encoding(num_words=num_words)
    words = tuple(f"word{k}" for k in range(1, 81))
    return Dataset(
        "Test reviews",
        True,
        encoding,
        reviews(train, 1, encoding),
        reviews(test, 2, encoding),
        Vocabulary(words),
        f"test-{train}-{test}-{num_words}",
    )


def dense(part: Reviews, num_words: int = NUM_WORDS) -> np.ndarray:
    """The multi-hot matrix (n, num_words) float32 that the program never makes."""
    matrix = np.zeros((len(part), num_words), np.float32)
    for k in range(len(part)):
        matrix[k, part.ids[part.offsets[k] : part.offsets[k + 1]]] = 1.0
    return matrix
