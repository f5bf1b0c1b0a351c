from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Circle

from explorer.engine.settings import Settings
from explorer.export.figures import draw
from explorer.export.figures.network_places import place
from explorer.export.figures.page import Box
from explorer.export.request import ExportRequest
from explorer.presentation.network_edges import drawn_edges
from explorer.presentation.network_pass import network_pass, too_many_units, verdict
from tests.export.figures.drawn import texts
from tests.export.records import record


def picture(figure):
    """The axes of the network: those with lines."""
    return max(figure.axes, key=lambda axes: axes.bbox.width)


def ends(figure) -> int:
    """How many edges are drawn: each leaves a gap behind it."""
    return sum(int(np.isnan(line.get_xdata()).sum()) for line in picture(figure).lines)


def test_discs_and_edges_are_those_of_the_review(run) -> None:
    snapshot = run.snapshot(12)
    for row in (0, 5):
        figure = draw("network", ExportRequest(step=12, review=row), run)
        passed = network_pass(snapshot, "training", row, {})
        kept = np.concatenate(passed.shown.masks)
        discs = [patch for patch in picture(figure).patches if isinstance(patch, Circle)][:32]
        assert [disc.get_linestyle() == "solid" for disc in discs] == kept.tolist()
        assert ends(figure) == sum(map(len, drawn_edges(passed)))
        said = texts(figure)
        assert verdict(passed.shown.probability).replace(" → ", "\n→ ") in "\n".join(said)
        label = "positive" if snapshot.labels[row] else "negative"
        assert any(f"review {row}, label {label}" in text for text in said)


def test_a_review_beyond_the_last_is_the_last(run) -> None:
    assert any("review 39, label" in text for text in texts(draw("network", ExportRequest(review=4000), run)))


def test_more_units_than_can_be_told_apart_are_refused_with_a_sentence() -> None:
    run = record(1, Settings(units=65))
    with pytest.raises(ValueError, match=r"up to 64 units a layer, and this run has 65") as raised:
        draw("network", ExportRequest(), run)
    assert str(raised.value) == too_many_units(65)


@pytest.mark.parametrize("units", [1, 64])
def test_all_that_can_be_told_apart_are_drawn(units: int) -> None:
    figure = draw("network", ExportRequest(size="column"), record(1, Settings(units=units)))
    discs = [patch for patch in picture(figure).patches if isinstance(patch, Circle)]
    assert len(discs) == 2 * units + 2  # and two for the output


def test_weights_that_were_let_go_are_told_and_leave_the_masks() -> None:
    run = record(2)
    run.history.shrink(0)
    figure = draw("network", ExportRequest(), run)
    assert any("of this batch were let go" in text for text in texts(figure))
    assert ends(figure) == 0
    assert "not known" in texts(figure)
    assert "pushes up" not in texts(figure)


@pytest.mark.parametrize("units", [1, 2, 16, 64])
@pytest.mark.parametrize(("wide", "high"), [(66.0, 30.0), (34.0, 14.0), (30.0, 120.0), (200.0, 12.0)])
def test_everything_stands_in_its_box_and_units_do_not_meet(units: int, wide: float, high: float) -> None:
    box = Box(1.0, 2.0, wide, high)
    places = place(box, units, named=True)
    for middles in places.layers:
        assert (middles[:, 0] - places.radius >= box.left).all()
        assert (middles[:, 0] + places.radius <= box.right).all()
        assert (middles[:, 1] - places.radius >= box.top).all()
        assert (middles[:, 1] + places.radius <= box.bottom + 0.01).all()
        if units > 1:
            assert np.hypot(*(middles[1] - middles[0])) >= 2 * places.radius * 0.99
    assert places.told[0] + places.told[2] <= box.right + 0.01
