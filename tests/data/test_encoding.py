"""Word ids by Keras's conventions, against a dense reference written out here and against Keras itself."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from explorer.data import Cancelled, Encoding, Vocabulary, load, text_to_ids, text_to_ranks, tokens
from explorer.data.corpus import offsets_of
from explorer.data.encoding import UNKNOWN_RANK, encode, told_apart
from tests.data.archives import members, random_reviews, write_imdb, write_npz

ENCODINGS = [
    Encoding(),
    Encoding(num_words=50),
    Encoding(num_words=10, index_from=9),
    Encoding(num_words=120, start_char=0, oov_char=5, index_from=0),
    Encoding(num_words=65_535, start_char=9, oov_char=9, index_from=1),
]


def load_data(
    reviews: list[list[int]], generator: np.random.RandomState, encoding: Encoding
) -> tuple[list[list[int]], npt.NDArray[np.int64]]:
    """What `keras.datasets.imdb.load_data` does to one part: shuffle, offset, start token, cut; and the order."""
    order = np.arange(len(reviews))
    generator.shuffle(order)
    shifted = [[encoding.start_char] + [w + encoding.index_from for w in reviews[k]] for k in order]
    return [[w if w < encoding.num_words else encoding.oov_char for w in review] for review in shifted], order


def vectorize_sequences(sequences: list[list[int]], dimension: int) -> npt.NDArray[np.float32]:
    """The dense multi-hot matrix, as Deep Learning with Python makes it."""
    results = np.zeros((len(sequences), dimension), np.float32)
    for row, sequence in enumerate(sequences):
        results[row, sequence] = 1.0
    return results


def packed(reviews: list[list[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    ranks = np.array([rank for review in reviews for rank in review], np.int32)
    return ranks, offsets_of(np.array([len(review) for review in reviews]))


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_rows_equal_the_dense_reference(tmp_path: Path, encoding: Encoding) -> None:
    (x_train, y_train), (x_test, y_test) = random_reviews(1, 200, 40_000), random_reviews(2, 90, 40_000)
    dataset = load(str(write_npz(tmp_path / "imdb.npz", members(x_train, y_train, x_test, y_test))), encoding)
    generator = np.random.RandomState(113)
    for part, reviews, labels in ((dataset.train, x_train, y_train), (dataset.test, x_test, y_test)):
        sequences, order = load_data(reviews, generator, encoding)
        dense = np.zeros((len(part), encoding.num_words), np.float32)
        rows, columns = part.coordinates(np.arange(len(part))).T
        dense[rows, columns] = 1.0
        np.testing.assert_array_equal(dense, vectorize_sequences(sequences, encoding.num_words))
        assert len(rows) == dense.sum(), "an id stands twice in a review"
        assert part.labels.tolist() == [labels[k] for k in order]
        for row, k in enumerate(order):
            ids = part.ids[part.offsets[row] : part.offsets[row + 1]]
            assert (np.diff(ids.astype(int)) > 0).all()
            assert part.ranks[part.rank_offsets[row] : part.rank_offsets[row + 1]].tolist() == reviews[k]
    assert dataset.train.ids.dtype == np.uint16


def test_rows_equal_what_keras_makes_of_the_same_file(tmp_path: Path) -> None:
    """Keras's own `load_data`, its download replaced by the file; it loads TensorFlow, so in a process."""
    path = write_imdb(tmp_path, count=70)
    script = (
        "import json, sys\n"
        "from keras.datasets import imdb\n"
        "sys.modules[imdb.load_data.__module__].get_file = lambda **named: sys.argv[1]\n"
        "parts = imdb.load_data(num_words=100)\n"
        "print(json.dumps([[list(map(list, x)), y.tolist()] for x, y in parts]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=100, check=True
    )
    dataset = load(str(path), Encoding(num_words=100))
    for part, (reviews, labels) in zip((dataset.train, dataset.test), json.loads(ended.stdout), strict=True):
        assert part.labels.tolist() == labels
        for row, review in enumerate(reviews):
            assert part.ids[part.offsets[row] : part.offsets[row + 1]].tolist() == sorted(set(review))


def test_known_beginning() -> None:
    words = Vocabulary(tuple("this" if rank == 11 else f"w{rank}" for rank in range(1, 600)))
    assert text_to_ranks("This!", words).tolist() == [11]
    assert text_to_ids("this", words, Encoding()).tolist() == [1, 14]


def test_more_reviews_than_one_block() -> None:
    reviews, _ = random_reviews(5, 5000, 400, longest=4)
    ids, offsets = encode(*packed(reviews), Encoding())
    for row, review in enumerate(reviews):
        assert ids[offsets[row] : offsets[row + 1]].tolist() == sorted({1, *(rank + 3 for rank in review)})


def test_no_reviews() -> None:
    ids, offsets = encode(*packed([]), Encoding())
    assert len(ids) == 0
    assert offsets.tolist() == [0]


def test_the_start_token_is_cut_with_the_vocabulary() -> None:
    ids, _ = encode(*packed([[1]]), Encoding(num_words=4, start_char=7))
    assert ids.tolist() == [2]


@pytest.mark.parametrize(
    "encoding", [Encoding(num_words=65_536), Encoding(num_words=0), Encoding(num_words=5, oov_char=5)]
)
def test_impossible_conventions_are_refused(encoding: Encoding) -> None:
    with pytest.raises(ValueError, match=r"must be in \["):
        encode(*packed([[1]]), encoding)


def test_encoding_can_be_cancelled() -> None:
    def report(message: str, fraction: float | None = None) -> None:
        if fraction:
            raise Cancelled

    with pytest.raises(Cancelled):
        encode(*packed([[1]] * 5000), Encoding(), report)


def test_a_word_beyond_the_vocabulary_is_not_taken_for_its_straight_form():
    whole, encoding = Vocabulary(("don't", "the", "film", "don’t")), Encoding(num_words=6)
    assert text_to_ids("don’t", whole, encoding).tolist() == [1, 2]  # rank 4 has no id of its own
    assert told_apart(whole, encoding).words == ("don't", "the", "don’t")


def test_tokens() -> None:
    text = "It's <br /><br />GREAT-looking;\r\n\"Café\" (1987)...\tdon't_stop {now}|~ 50%"
    assert tokens(text) == ["it's", "br", "br", "great", "looking", "café", "1987", "don't", "stop", "now", "50"]
    assert tokens(" \n\t ") == []


def test_text_and_ranks_both_ways() -> None:
    vocabulary = Vocabulary(("the", "film", "don't", "was"))
    ranks = text_to_ranks("The film, the FILM – don’t, was; unheard", vocabulary)
    assert ranks.tolist() == [1, 2, 1, 2, UNKNOWN_RANK, 3, 4, UNKNOWN_RANK]
    assert " ".join(map(vocabulary.word, ranks.tolist())) == "the film the film ? don't was ?"
    assert text_to_ids("unheard", vocabulary, Encoding()).tolist() == [1, 2]
    assert text_to_ids("", vocabulary, Encoding()).tolist() == [1]


WORDS = ("the", "film", "don't", "was", "rare", "rarer", "can’t", "can't", "don’t", "film’s", "film's")
"""Some curly forms rank above their straight ones, some below; which have an id of their own depends on `num_words`."""


@pytest.mark.parametrize("index_from", [0, 1, 3])
@pytest.mark.parametrize("num_words", range(4, 17))
def test_the_words_that_make_a_difference_give_any_text_the_ids_that_all_words_give(num_words, index_from):
    encoding, whole = Encoding(num_words=num_words, index_from=index_from), Vocabulary(WORDS)
    part = told_apart(whole, encoding)
    random = np.random.default_rng(num_words)
    texts = [*WORDS, *(" ".join(random.choice([*WORDS, "unheard", "won’t"], 5)) for _ in range(50)), ""]
    for text in texts:
        expected = text_to_ids(text, whole, encoding).tolist()
        assert text_to_ids(text, part, encoding).tolist() == expected, text
    assert told_apart(part, encoding).words == part.words
    assert len(part.words) <= max(num_words - index_from - 1, 0) + 3


def test_text_of_a_review_gives_its_row_again(tmp_path: Path) -> None:
    dataset = load(str(write_imdb(tmp_path)), Encoding(num_words=90))
    for row in range(len(dataset.test)):
        ids = text_to_ids(dataset.text(dataset.test, row), dataset.vocabulary, dataset.encoding)
        assert ids.tolist() == dataset.test.ids[dataset.test.offsets[row] : dataset.test.offsets[row + 1]].tolist()
