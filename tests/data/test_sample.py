"""The bundled sample: its file, its text, and that the script in the tree is what wrote it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.data.sample import generate
from explorer.data.sample.lexicon import Pool, parse_template, read_sections
from explorer.data.sample.writer import Writer

SAMPLE = Path(__file__).parents[2] / "resources" / "sample.npz"
MAX_BYTES = 6_000_000
REGENERATED = 200

Arrays = dict[str, NDArray[np.generic]]


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    with np.load(SAMPLE, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


@pytest.fixture(scope="module")
def words(arrays: Arrays) -> list[str]:
    return arrays["words"].tobytes().decode("utf-8").split("\n")


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(generate.SEED)


def review_ranks(arrays: Arrays, part: str) -> list[NDArray[np.generic]]:
    return np.split(arrays[f"{part}_ranks"], np.cumsum(arrays[f"{part}_lengths"].astype(np.int64))[:-1])


def test_size_fits_in_the_wheel() -> None:
    assert SAMPLE.stat().st_size <= MAX_BYTES


def test_layout(arrays: Arrays) -> None:
    parts = ("train", "test")
    assert set(arrays) == {f"{part}_{what}" for part in parts for what in ("ranks", "lengths", "labels")} | {"words"}
    for part, count in (("train", generate.TRAIN_REVIEWS), ("test", generate.TEST_REVIEWS)):
        assert arrays[f"{part}_ranks"].dtype == np.uint16
        assert arrays[f"{part}_lengths"].dtype == np.uint16
        assert arrays[f"{part}_labels"].dtype == np.uint8
        assert arrays[f"{part}_lengths"].shape == arrays[f"{part}_labels"].shape == (count,)
        assert arrays[f"{part}_ranks"].shape == (arrays[f"{part}_lengths"].sum(dtype=np.int64),)
    assert arrays["words"].dtype == np.uint8


def test_ranks_refer_to_words(arrays: Arrays, words: list[str]) -> None:
    for part in ("train", "test"):
        assert arrays[f"{part}_ranks"].min() >= 1
        assert arrays[f"{part}_ranks"].max() <= len(words)


def test_labels_are_balanced_and_mixed(arrays: Arrays) -> None:
    for part in ("train", "test"):
        labels = arrays[f"{part}_labels"]
        assert set(np.unique(labels)) == {0, 1}
        assert labels.mean() == 0.5
    # Wherever a validation part is cut off, both classes are in both parts.
    hundreds = arrays["train_labels"].reshape(-1, 100).mean(axis=1)
    assert hundreds.min() == hundreds.max() == 0.5
    assert len({bytes(pair) for pair in arrays["train_labels"].reshape(-1, 2)}) == 2


def test_words_are_unique_plain_and_enough(words: list[str]) -> None:
    assert len(set(words)) == len(words)
    assert 10_500 <= len(words) <= 14_500  # more than the default vocabulary of 10,000
    assert all(word and word == word.lower() and word.replace("'", "").isalnum() for word in words)


def test_ranks_are_in_frequency_order(arrays: Arrays, words: list[str]) -> None:
    counts = np.bincount(arrays["train_ranks"].astype(np.int64), minlength=len(words) + 1)[1:]
    assert np.all(np.diff(counts) <= 0)
    assert words[0] == "the"


def test_lengths_resemble_real_reviews(arrays: Arrays) -> None:
    lengths = arrays["train_lengths"]
    assert 180 <= lengths.mean() <= 300
    assert lengths.min() >= 20
    assert lengths.max() <= 1200
    assert lengths.std() >= 120


def test_no_two_reviews_are_the_same(arrays: Arrays) -> None:
    reviews = [ranks.tobytes() for part in ("train", "test") for ranks in review_ranks(arrays, part)]
    assert len(set(reviews)) == len(reviews)


def test_text_to_ranks_and_back(arrays: Arrays, words: list[str]) -> None:
    rank_of = {word: rank for rank, word in enumerate(words, 1)}
    for ranks in review_ranks(arrays, "train")[:100]:
        text = " ".join(words[rank - 1] for rank in ranks.tolist())
        assert [rank_of[word] for word in text.split(" ")] == ranks.tolist()


@pytest.mark.parametrize(("part", "first"), [("train", 0), ("test", generate.TRAIN_REVIEWS)])
def test_script_writes_the_bundled_reviews(
    arrays: Arrays, words: list[str], writer: Writer, part: str, first: int
) -> None:
    bundled = review_ranks(arrays, part)
    for number in range(REGENERATED):
        review = writer.review(first + number)
        assert [words[rank - 1] for rank in bundled[number].tolist()] == list(review.words)
        assert arrays[f"{part}_labels"][number] == review.label


def test_review_depends_on_seed_and_number_alone(writer: Writer) -> None:
    fresh = Writer(generate.SEED)
    assert [fresh.review(number) for number in (7, 3)] == [writer.review(number) for number in (7, 3)]
    assert Writer(generate.SEED + 1).review(3).words != writer.review(3).words


def test_file_is_written_the_same_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "TRAIN_REVIEWS", 60)
    monkeypatch.setattr(generate, "TEST_REVIEWS", 20)
    outputs = [tmp_path / "once.npz", tmp_path / "twice.npz"]
    for output in outputs:
        assert generate.main([str(output), "--seed", "5"]) == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_a_becomes_an_before_a_vowel(arrays: Arrays, words: list[str]) -> None:
    rank_of = {word: rank for rank, word in enumerate(words, 1)}
    ranks = arrays["train_ranks"]
    assert not np.any((ranks[:-1] == rank_of["a"]) & (ranks[1:] == rank_of["old"]))
    assert np.any((ranks[:-1] == rank_of["an"]) & (ranks[1:] == rank_of["old"]))


def test_every_slot_can_be_filled(writer: Writer) -> None:
    seen = {word for number in range(400) for word in writer.review(number).words}
    assert not [word for word in seen if "{" in word or "}" in word]


def test_there_are_frames_enough() -> None:
    frames = read_sections("frames.txt", "\n")
    assert len({entry for entries, _ in frames.values() for entry in entries}) >= 150


def test_pool_leans_with_strength() -> None:
    pool = Pool(["fine", "poor"], 0.0, np.array([1.0, -1.0]))
    uniforms = np.linspace(0, 1, 1000, endpoint=False).tolist()
    share = [np.mean([pool.pick(uniform, strength) == 0 for uniform in uniforms]) for strength in (-1.0, 0.0, 1.0)]
    np.testing.assert_allclose(share, [1 / (1 + np.exp(2)), 0.5, 1 / (1 + np.exp(-2))], atol=0.002)


def test_empty_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one entry"):
        Pool([], 1.0, np.zeros(0))


def test_template_is_split_at_its_slots() -> None:
    assert parse_template("the {craft} is {adj}") == ("the ", "craft", " is ", "adj", "")
