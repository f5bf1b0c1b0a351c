"""Writes the bundled sample: `python -m explorer.data.sample.generate OUTPUT`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.sample.writer import Review, Writer

SEED = 3
"""The bundled file's seed: of a handful tried, one whose curves lie well inside the shape of the real ones."""
TRAIN_REVIEWS = 12_800
"""With two fifths held out, 7,680 are trained on: 15 whole batches of 512; a short one would add noise."""
TEST_REVIEWS = 3_000


def rank_words(reviews: list[Review]) -> list[str]:
    """All words of some reviews, the most frequent first; words of equal frequency in alphabetical order."""
    counts = Counter(word for review in reviews for word in review.words)
    return sorted(counts, key=lambda word: (-counts[word], word))


def build_corpus(writer: Writer, train_reviews: int, test_reviews: int) -> dict[str, NDArray[np.generic]]:
    """Writes the reviews and turns them into the arrays of the file.

    Args:
        writer: The writer; training reviews are its first ones, test reviews the ones after.
        train_reviews: How many training reviews.
        test_reviews: How many test reviews.

    Returns:
        For ``train`` and ``test``: ``…_ranks`` (total words,) uint16, a word's rank counted from 1; ``…_lengths`` (n,)
        uint16; ``…_labels`` (n,) uint8. And ``words``: the UTF-8 bytes of all words joined by line feeds, rank 1 first.
        Ranks follow the training part; words of the test part alone come behind.
    """
    train = [writer.review(number) for number in range(train_reviews)]
    test = [writer.review(number) for number in range(train_reviews, train_reviews + test_reviews)]
    words = rank_words(train)
    known = set(words)
    words += [word for word in rank_words(test) if word not in known]
    ranks = {word: rank for rank, word in enumerate(words, 1)}
    arrays: dict[str, NDArray[np.generic]] = {}
    for part, reviews in (("train", train), ("test", test)):
        arrays[f"{part}_ranks"] = np.array([ranks[word] for review in reviews for word in review.words], np.uint16)
        arrays[f"{part}_lengths"] = np.array([len(review.words) for review in reviews], np.uint16)
        arrays[f"{part}_labels"] = np.array([review.label for review in reviews], np.uint8)
    arrays["words"] = np.frombuffer("\n".join(words).encode(), np.uint8)
    return arrays


def main(arguments: list[str] | None = None) -> int:
    """Writes the file named on the command line.

    Args:
        arguments: The command line without the program's name; the process's own if `None`.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description="Write the bundled sample of generated reviews.")
    parser.add_argument("output", type=Path, help="the npz file to write")
    parser.add_argument("--seed", type=int, default=SEED, help="the corpus's seed (default: %(default)s)")
    options = parser.parse_args(arguments)
    with options.output.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **build_corpus(Writer(options.seed), TRAIN_REVIEWS, TEST_REVIEWS))
    size_mb = options.output.stat().st_size / 1e6
    sys.stdout.write(f"{options.output}: {TRAIN_REVIEWS} + {TEST_REVIEWS} reviews, {size_mb:.2f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
