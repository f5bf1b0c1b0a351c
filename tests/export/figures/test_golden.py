from __future__ import annotations

import numpy as np
import pytest

from tests.export.figures.golden import CASES, FOLDER, drawn, kept

FAR = 48
"""A pixel that is off by more than this, of 255, shows something else."""
MOST_FAR = 0.002
"""Share of pixels that may."""
MOST_MEAN = 0.6


@pytest.mark.parametrize("case", CASES)
def test_a_figure_looks_as_it_did_when_it_was_looked_at(case: str) -> None:
    off = np.abs(drawn(case)[..., :3].astype(int) - kept(case)[..., :3]).max(axis=2)
    assert (off > FAR).mean() <= MOST_FAR
    assert off.mean() <= MOST_MEAN


def test_the_tolerance_sees_a_cell_that_changed() -> None:
    picture = kept("equation-training")[..., :3].astype(int)
    other = picture.copy()
    other[100:125, 60:85] = 255 - other[100:125, 60:85]
    assert (np.abs(other - picture).max(axis=2) > FAR).mean() > MOST_FAR


def test_every_picture_that_is_kept_is_compared_and_all_are_small() -> None:
    files = list(FOLDER.glob("*.png"))
    assert {file.stem for file in files} == set(CASES)
    assert sum(file.stat().st_size for file in files) < 400_000
