from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.snapshot import Place
from explorer.engine.statistics import binomial_bound, place_statistics


def place(mask: np.ndarray, rate: float = 0.5, *, active: bool = True) -> Place:
    activation = np.full(mask.shape, 3.0, np.float32)
    factor = 1.0 / (1.0 - rate)
    return Place(activation, mask, factor, rate, (activation * mask * factor).astype(np.float32), active)


def test_figures_are_those_of_the_whole_batch() -> None:
    mask = np.array([[True, False, True, True], [True, False, False, True]])
    figures = place_statistics(place(mask), "training")
    assert figures.cells == 8
    assert figures.share_kept == 5 / 8
    assert figures.keep_probability == 0.5
    assert figures.mean_activation == pytest.approx(3.0)
    assert figures.mean_output == pytest.approx(3.0 * 2 * 5 / 8)


def test_bound_is_two_standard_deviations_of_the_share_kept() -> None:
    assert binomial_bound(0.5, 512 * 16) == pytest.approx(0.010828, abs=1e-6)
    assert binomial_bound(1.0, 100) == 0.0
    assert binomial_bound(0.5, 0) == 0.0


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_share_kept_is_inside_the_bound_in_95_of_100_batches(rate: float) -> None:
    random = np.random.default_rng(3)
    inside = [place_statistics(place(random.random((64, 16)) >= rate, rate), "training").inside for _ in range(2000)]
    assert 0.93 < np.mean(inside) < 0.97


@pytest.mark.parametrize(("mode", "active"), [("inference", True), ("training", False), ("inference", False)])
def test_where_no_mask_is_drawn_everything_is_expected_to_be_kept(mode: str, active: bool) -> None:
    figures = place_statistics(
        place(np.ones((4, 4), bool), active=active), "training" if mode == "training" else "inference"
    )
    assert (figures.share_kept, figures.keep_probability, figures.bound) == (1.0, 1.0, 0.0)
    assert figures.inside


def test_an_empty_batch_has_figures() -> None:
    figures = place_statistics(place(np.ones((0, 4), bool)), "training")
    assert (figures.cells, figures.share_kept, figures.mean_output) == (0, 0.0, 0.0)
