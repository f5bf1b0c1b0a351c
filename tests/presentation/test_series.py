"""What the curves draw, without a widget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.engine.settings import Settings, preset
from explorer.engine.snapshot import Changed
from explorer.presentation.axes import log_range, round_range, ticks_between, whole_ticks
from explorer.presentation.series import (
    Marker,
    RunningMean,
    along,
    descriptions,
    ends_along,
    envelope,
    length_along,
    loss_curves,
    markers,
    stacked,
)
from tests.gui.scripted import make_result


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


@pytest.mark.parametrize("points", [801, 1180, 1599, 1600, 2360, 20_001])
def test_a_long_line_has_no_gap(points: int) -> None:
    x = np.arange(points, dtype=np.float64)
    few_x, _ = envelope(x, np.random.default_rng(1).normal(size=points), most=800)
    assert len(few_x) <= 801
    assert np.diff(few_x).max() <= 2 * np.ceil(points / 400)


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


def told(*runs: Settings, titles: tuple[str, ...] = ()) -> tuple[str, ...]:
    return descriptions([(run, run) for run in runs], titles)


@pytest.mark.parametrize(
    ("runs", "texts"),
    [
        ([Settings()], ("dropout 0.50 after both",)),
        ([Settings(), Settings()], ("dropout 0.50 after both", "dropout 0.50 after both")),
        ([Settings(rate_1=0.3), Settings()], ("rate 1 0.30", "rate 1 0.50")),
        ([preset("plain"), Settings()], ("no dropout, L2 0", "dropout 0.50 after both, L2 0.001")),
        ([Settings(scaling="classic"), Settings(scaling="none")], ("classic scaling", "no scaling")),
        (
            [Settings(dropout_1=False), Settings(units=64)],
            ("after hidden 1 off, units 16", "after hidden 1 on, units 64"),
        ),
        (
            [Settings(), Settings(), Settings(units=64)],
            ("dropout 0.50 after both", "dropout 0.50 after both", "units 64"),
        ),
        (
            [Settings(written_as="none"), Settings(rate_2=0.2), Settings(written_as="keras")],
            (
                "no dropout",
                "dropout 0.50 after hidden 1, 0.20 after hidden 2, Hand-written layer",
                "dropout 0.50 after both, keras.layers.Dropout",
            ),
        ),
    ],
)
def test_runs_are_named_by_what_sets_them_apart(runs: list[Settings], texts: tuple[str, ...]) -> None:
    assert told(*runs) == texts


def test_a_name_tells_what_changed_on_the_way() -> None:
    start, end = Settings(), Settings(rate_1=0.3)
    assert descriptions([(start, end), (start, start)])[0] == "rate 1 0.50 → 0.30"
    plain = Settings(written_as="none")
    texts = descriptions([(start, end), (plain, plain)])
    assert texts == ("dropout 0.50 → 0.30 after hidden 1, 0.50 after hidden 2", "no dropout")


def test_a_name_tells_the_reviews_and_not_how_they_were_chosen() -> None:
    runs = (Settings(data="auto"), Settings(data="imdb"))
    assert told(*runs, titles=("IMDB", "IMDB")) == ("dropout 0.50 after both",) * 2
    assert told(*runs, titles=("Sample", "IMDB")) == ("Sample", "IMDB")


def test_batches_stand_within_their_epoch_on_every_axis() -> None:
    results = [replace(make_result(1), seconds=3.0, evaluation_seconds=1.0), make_result(2)]
    results[1] = replace(results[1], seconds=1.5, evaluation_seconds=0.5)
    steps = [0, 15, 30, 31, 60, 75]
    assert along("batch", steps, 30, results) == pytest.approx(steps)
    assert along("epoch", steps, 30, results) == pytest.approx([0, 0.5, 1, 31 / 30, 2, 2.5])
    # Two seconds of training, one of evaluating, then batches again; the third epoch is taken to be like the second.
    assert along("seconds", steps, 30, results) == pytest.approx([0, 1, 2, 3 + 1 / 30, 4, 5])
    assert ends_along("seconds", results) == pytest.approx([3, 4.5])
    assert ends_along("batch", results) == pytest.approx([30, 60])
    assert np.isnan(along("seconds", [1, 30], 30, [])).all(), "how long the first epoch takes is not known yet"


def test_a_run_on_its_way_is_as_long_as_it_will_be() -> None:
    results = [replace(make_result(1), seconds=3.0), replace(make_result(2), seconds=1.0)]
    assert length_along("epoch", 5, 30, results) == 5
    assert length_along("batch", 5, 30, results) == 150
    assert length_along("seconds", 5, 30, results) == pytest.approx(3 + 1 + 3 * 1)
    assert length_along("epoch", 1, 30, results) == 2
    assert length_along("seconds", 5, 30, []) == 0


def test_the_running_mean_is_the_weighted_mean_of_all_before() -> None:
    figures = np.random.default_rng(3).normal(size=3000)
    mean = RunningMean(0.1)
    for length in (1, 700, 700, 3000):  # as a run grows, past the room it began with
        smoothed = mean.of(figures[:length])
    for k in (0, 1, 5, 699, 700, 2999):
        weights = 0.9 ** np.arange(k, -1, -1)
        assert smoothed[k] == pytest.approx(np.average(figures[: k + 1], weights=weights))


def test_a_figure_that_is_not_finite_stays_out_of_the_running_mean() -> None:
    smoothed = RunningMean(0.5).of(np.array([np.nan, 1.0, np.inf, 1.0]))
    assert np.isnan(smoothed[0])
    assert smoothed[1:] == pytest.approx(1.0)


def test_without_validation_there_is_a_gap_and_no_error() -> None:
    curves = loss_curves([make_result(1, held_out=False), make_result(2, held_out=False)])
    assert np.isnan(curves.validation).all()
    assert len(loss_curves([]).x) == 0


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
    assert len(stacked(marks[3:], within=0.1)) == 3


@pytest.mark.parametrize(("low", "high"), [(0.28, 0.41), (0.02, 0.7), (1e-9, 3e15), (0.3, 0.3), (1e-300, 1e300)])
def test_a_logarithmic_axis_holds_the_data_between_few_round_numbers(low: float, high: float) -> None:
    begin, end, ticks = log_range(low, high, most=6)
    assert begin <= np.log10(low) + 1e-3
    assert end >= np.log10(high) - 1e-3
    assert begin < end
    assert 2 <= len(ticks) <= 6
    for place, text in ticks:
        assert float(text) == pytest.approx(10**place)
        assert text.replace(".", "").strip("0")[0] in "12345689"


def test_seconds_have_ticks_between_whole_ones() -> None:
    assert [text for _, text in ticks_between(0.0, 2.37, most=6)] == ["0.0", "0.5", "1.0", "1.5", "2.0"]
    assert [place for place, _ in ticks_between(0.0, 14.3, most=6)] == [0, 5, 10]
