from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data import DataError, Encoding, load
from tests.data.archives import random_reviews, write_sample


def test_reviews_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    dataset = load("sample", Encoding(), sample=write_sample(tmp_path / "sample.npz"))
    assert dataset.title == "Generated sample"
    assert dataset.generated
    for part, seed in ((dataset.train, 3), (dataset.test, 4)):
        reviews, labels = random_reviews(seed, 30, 200)
        assert part.labels.tolist() == labels
        for row, review in enumerate(reviews):
            assert part.ranks[part.rank_offsets[row] : part.rank_offsets[row + 1]].tolist() == review
            assert dataset.text(part, row) == " ".join(f"w{rank}" for rank in review)


@pytest.mark.parametrize(
    "changes",
    [
        {"words": np.frombuffer(b"only\ntwo", np.uint8)},
        {"words": np.frombuffer(b"\xff\n" * 200, np.uint8)},
        {"train_labels": np.zeros(30, np.uint8)},
        {"train_labels": np.array([0, 1], np.uint8)},
        {"test_lengths": np.ones(30, np.uint16)},
        {"test_ranks": np.array([[1]])},
        {"train_ranks": np.array([object()])},
    ],
    ids=lambda changes: "".join(changes),
)
def test_a_damaged_sample_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = write_sample(tmp_path / "sample.npz", **changes)
    with pytest.raises(DataError, match=r"sample\.npz, the bundled sample, is damaged .* Install .* again"):
        load("sample", Encoding(), sample=path)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.npz"
    path.write_bytes(b"\x80\x04N.")
    with pytest.raises(DataError, match="damaged"):
        load("sample", Encoding(), sample=path)
