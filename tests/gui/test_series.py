"""What the curves draw, without a widget."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.settings import Settings, preset
from explorer.engine.snapshot import Changed
from explorer.gui import theme
from explorer.gui.views.axes import round_range, whole_ticks
from explorer.gui.views.curves import CurvesView, LegendLine
from explorer.gui.views.plot import CurvePlot, earlier_pen
from explorer.gui.views.series import Marker, difference, envelope, loss_curves, markers, stacked
from tests.gui.scripted import make_history, make_result, make_snapshot, started


def change(position: float, name: str, before: object, after: object) -> Changed:
    return Changed(1, round(position * 30), position, ((name, before, after),), Settings())


def test_a_long_line_keeps_its_extremes_and_its_ends() -> None:
    x = np.arange(20_000, dtype=np.float64)
    y = np.random.default_rng(1).normal(size=20_000)
    few_x, few_y = envelope(x, y, most=800)
    assert len(few_x) <= 801
    assert (np.diff(few_x) >= 0).all()
    assert (few_y.min(), few_y.max()) == (y.min(), y.max())
    assert few_x[-1] == x[-1]
    short = envelope(x[:10], y[:10])
    assert np.array_equal(short[1], y[:10])


def test_a_slider_on_its_way_is_one_change() -> None:
    changes = [
        change(1.0, "rate_1", 0.5, 0.45),
        change(1.1, "rate_1", 0.45, 0.4),
        change(1.4, "rate_1", 0.4, 0.3),
        change(1.4, "epochs", 20, 30),
        change(4.0, "rate_1", 0.3, 0.6),
        change(6.0, "rate_2", 0.5, 0.6),
        change(6.1, "rate_2", 0.6, 0.5),
    ]
    texts = [(marker.position, marker.text) for marker in markers(changes)]
    assert texts == [
        (1.0, "rate 1: 0.50 → 0.30"),
        (1.4, "epochs: 20 → 30"),
        (4.0, "rate 1: 0.30 → 0.60"),
    ]


@pytest.mark.parametrize(
    ("earlier", "current", "text"),
    [
        (Settings(), Settings(), "same settings"),
        (Settings(rate_1=0.3), Settings(), "rate 1 0.30"),
        (preset("plain"), Settings(), "no dropout, L2 0"),
        (Settings(scaling="classic"), Settings(), "Classic"),
        (Settings(), Settings(written_as="none"), "dropout 0.50 after hidden 1, 0.50 after hidden 2"),
        (Settings(dropout_1=False, units=64), Settings(), "after hidden 1 off, units 64"),
    ],
)
def test_a_run_is_named_by_what_differed(earlier: Settings, current: Settings, text: str) -> None:
    assert difference(earlier, current) == text


def test_without_validation_there_is_a_gap_and_no_error() -> None:
    curves = loss_curves([make_result(1, held_out=False), make_result(2, held_out=False)])
    assert np.isnan(curves.validation).all()
    assert len(loss_curves([]).epochs) == 0


def test_curves_are_drawn_four_times_a_second(qtbot: QtBot) -> None:
    now = [100.0]
    view = CurvesView(clock=lambda: now[0])
    qtbot.addWidget(view)
    history = make_history(3)
    view.begin(started(1, history=history))
    history.append(make_snapshot(step=4, batch=8))
    view.draw(make_snapshot(step=4, batch=8), "training")
    assert len(view.loss.data("batches")[0]) == 3
    for _ in range(2):  # the plots take turns
        now[0] += 0.13
        view.draw(make_snapshot(step=4, batch=8), "training")
    assert len(view.loss.data("batches")[0]) == len(view.accuracy.data("batches")[0]) == 4


def test_at_most_five_earlier_runs_are_kept(qtbot: QtBot) -> None:
    view = CurvesView()
    qtbot.addWidget(view)
    for _ in range(8):
        view.begin(started(1, history=make_history(31)))
    assert len([text for text in view.legend_texts() if "run" in text]) == 5


def test_ticks_are_few_and_whole() -> None:
    assert whole_ticks(-0.5, 15.5, most=8) == [(float(k), str(k)) for k in range(0, 16, 2)]
    low, high, ticks = round_range(0.213, 0.687, most=5)
    assert (low, high) == pytest.approx((0.2, 0.7))
    assert [text for _, text in ticks] == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]


def test_ticks_stay_short_where_a_run_diverges() -> None:
    low, high, ticks = round_range(0.0, 1.04e15, most=5)
    assert 2 <= len(ticks) <= 7
    assert ticks[1] == (pytest.approx(5e14), "5e14")
    for top in (3.4e38, 1e300, 1.7e308):
        low, high, ticks = round_range(0.0, top, most=5)
        assert low == 0.0
        assert np.isfinite(high)
        texts = [text for _, text in ticks]
        assert len(texts) >= 2
        assert len(set(texts)) == len(texts)
        assert max(map(len, texts)) <= 7
    texts = [text for _, text in round_range(1_000_000.0, 1_000_005.0, most=5)[2]]
    assert len(set(texts)) == len(texts), "no two ticks look the same"


def test_texts_of_near_marks_are_lines_of_one() -> None:
    marks = [Marker(1.0, text) for text in "abcd"] + [Marker(1.2, "e"), Marker(5.0, "f")]
    assert stacked(marks) == (Marker(1.0, "a\nb\nc\n…"), Marker(1.2, ""), Marker(5.0, "f"))
    assert stacked(marks[:2]) == (Marker(1.0, "a\nb"),)


def test_several_changes_at_once_are_drawn(qtbot: QtBot) -> None:
    plot = CurvePlot("Loss")
    qtbot.addWidget(plot)
    plot.show_markers(tuple(Marker(1.0 + k // 5, f"m{k}") for k in range(12)))
    assert plot.marker_texts() == tuple(f"m{k}" for k in range(12))


def test_a_line_of_the_legend_tells_its_whole_text(qtbot: QtBot) -> None:
    line = LegendLine("validation, run 1: rate 1 < 0.30", earlier_pen(theme.DARK, 0))
    qtbot.addWidget(line)
    assert "rate 1 &lt; 0.30" in line.toolTip()
