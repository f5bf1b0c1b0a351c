from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.settings import Settings
from explorer.engine.unit_statistics import UnitTable
from explorer.export.figures import draw
from explorer.export.request import ExportRequest
from explorer.presentation.units import window_text
from tests.export.figures.drawn import texts
from tests.export.records import record


def axes_of(figure) -> dict[str, object]:
    return dict(zip(("share", "spread", "zero", "histogram"), figure.axes, strict=True))


def points(axes) -> np.ndarray:
    """(n, 2) of all that is drawn as points."""
    return np.concatenate([line.get_xydata() for line in axes.lines if line.get_linestyle() == "None"])


@pytest.mark.parametrize("hidden", [1, 2])
def test_points_are_the_figures_of_the_whole_run(hidden: int, run) -> None:
    figure = draw("units", ExportRequest(hidden=hidden), run)
    table = UnitTable(run.history, hidden)
    table.extend()
    window = table.window(1, len(run.history))
    plots = axes_of(figure)
    share = points(plots["share"])
    assert np.allclose(np.sort(share[:, 1]), np.sort(window.share_kept))
    spread = points(plots["spread"])
    assert np.allclose(np.sort(spread[:, 1]), np.sort(np.concatenate([window.mean_activation, window.mean_output])))
    assert np.allclose(points(plots["zero"])[:, 1], window.share_zero)
    said = " ".join(texts(figure))
    assert f"Units of hidden {hidden}" in said
    assert window_text(window).split(" · ")[0] in said
    assert f"{int(window.outside.sum())} outside, 0.8 expected" in said


def test_the_band_is_where_the_share_is_expected(run) -> None:
    table = UnitTable(run.history, 2)
    table.extend()
    window = table.window(1, len(run.history))
    (band,) = axes_of(draw("units", ExportRequest(), run))["share"].collections
    _, low, _, high = band.get_datalim(band.axes.transData).extents
    assert (low, high) == pytest.approx(
        (window.keep_probability - window.bound, window.keep_probability + window.bound)
    )


def test_a_run_without_dropout_stands_beside_the_activations(run, others) -> None:
    alone = texts(draw("units", ExportRequest(size="slide"), run))
    beside = texts(draw("units", ExportRequest(size="slide"), run, others))
    assert not any("Run 1: no dropout" in text for text in alone)
    assert any(text.startswith("□ Run 1: no dropout: mean") for text in beside)
    # The other of the two has dropout, and is not drawn.
    assert not any(text.startswith("□ A $very") for text in beside)


def test_what_was_let_go_is_told_and_shares_stay() -> None:
    run = record(2)
    run.history.shrink(0)
    figure = draw("units", ExportRequest(), run)
    assert texts(figure).count("not kept") == 2
    assert len(points(axes_of(figure)["share"])) == 16


def test_without_dropout_nothing_is_outside(others) -> None:
    said = texts(draw("units", ExportRequest(), others[0]))
    assert "none is dropped here" in said
    assert any("no dropout here" in text for text in said)


@pytest.mark.parametrize("units", [1, 64, 512])
def test_any_number_of_units_can_be_drawn(units: int) -> None:
    figure = draw("units", ExportRequest(size="column"), record(1, Settings(units=units)))
    assert len(points(axes_of(figure)["share"])) == units
