from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.history import History
from explorer.engine.snapshot import Forward, Snapshot
from explorer.engine.unit_histogram import histograms, sample_activations
from explorer.engine.unit_runs import EXACT_UP_TO, expected_longest_run, run_lengths
from explorer.engine.unit_statistics import UnitTable
from explorer.engine.unit_window import tab_separated
from tests.gui.scripted import make_snapshot

PER_EPOCH = 7


def run(
    steps: int,
    *,
    units: int = 5,
    batch: int = 6,
    changed_at: int | None = None,
    bend=None,
    history: History | None = None,
    **values,
) -> tuple[History, list[Snapshot]]:
    """A run whose last batch of an epoch is smaller; rate 2 turns from 0.5 to 0.8 at a step."""
    history = History(PER_EPOCH, reviews_shown=4) if history is None else history
    snapshots = []
    for step in range(1, steps + 1):
        rate = 0.8 if changed_at is not None and step >= changed_at else values.get("rate_2", 0.5)
        settings = Settings(**{"units": units, "rate_1": 0.3, **values, "rate_2": rate})
        size = batch - 3 if step % PER_EPOCH == 0 else batch
        snapshot = make_snapshot(settings, step=step, batch=size, batches=PER_EPOCH)
        if bend is not None:
            snapshot = bend(snapshot)
        if snapshot.batch == 1:
            history.begin_epoch(np.arange(batch * PER_EPOCH - 3, dtype=np.int64))
        history.append(snapshot)
        snapshots.append(snapshot)
    return history, snapshots


def by_hand(snapshots: list[Snapshot], hidden: int, counted: int, stride: int = 1) -> dict[str, np.ndarray]:
    """The same figures straight from the snapshots."""
    places = [s.training.place(hidden) for s in snapshots]
    masks = np.concatenate([p.mask for p in places])
    kept = [p for s, p in zip(snapshots, places, strict=True) if (s.step - 1) % stride == 0]
    a = np.concatenate([p.activation[:counted] for p in kept]).astype(np.float64)
    o = np.concatenate([p.output[:counted] for p in kept]).astype(np.float64)
    keep = np.concatenate([np.full(len(p.mask), 1.0 - p.rate) for p in places])
    firsts = np.array([~p.mask[0] for p in places])
    wholes = np.array([~p.mask.any(axis=0) for p in places])
    return {
        "share_kept": masks.mean(axis=0),
        "keep_probability": keep.mean(),
        "bound": 1.96 * math.sqrt((keep * (1 - keep)).sum()) / len(keep),
        "mean_activation": a.mean(axis=0),
        "sd_activation": a.std(axis=0),
        "mean_output": o.mean(axis=0),
        "sd_output": o.std(axis=0),
        "share_zero": (a == 0).mean(axis=0),
        "longest_run": np.array([longest(column) for column in firsts.T]),
        "longest_run_whole": np.array([longest(column) for column in wholes.T]),
    }


def longest(dropped: np.ndarray) -> int:
    return max((len(list(group)) for is_dropped, group in itertools.groupby(dropped) if is_dropped), default=0)


def agrees(table: UnitTable, snapshots: list[Snapshot], hidden: int, first: int, last: int, stride: int = 1) -> None:
    window = table.window(first, last)
    for name, value in by_hand(snapshots[first - 1 : last], hidden, 4, stride).items():
        # A standard deviation comes from a difference of squares: half the digits.
        atol = 1e-5 if name.startswith("sd") else 1e-9
        np.testing.assert_allclose(getattr(window, name), value, rtol=1e-5, atol=atol, err_msg=f"{name} {first} {last}")


# Some run over more than one group of batches, some over a table of which rows were let go.
@pytest.mark.parametrize("budget", [10**9, 40_000, 1])
@pytest.mark.parametrize("hidden", [1, 2])
@pytest.mark.parametrize("scaling", ["inverted", "classic"])
def test_any_window_is_what_a_pass_over_its_batches_gives(budget: int, hidden: int, scaling: str) -> None:
    history, snapshots = run(900, changed_at=400, scaling=scaling)
    table = UnitTable(history, hidden, budget_bytes=budget)
    assert table.extend()
    random = np.random.default_rng(4)
    windows = [sorted(random.integers(1, 901, 2).tolist()) for _ in range(12)]
    for first, last in [(1, 900), (1, 1), (900, 900), (1, 457), (891, 900), (380, 420), *windows]:
        agrees(table, snapshots, hidden, first, last)


def test_rows_are_let_go_to_stay_within_the_budget() -> None:
    history, _ = run(900)
    free, bound = (UnitTable(history, 2, budget_bytes=budget) for budget in (10**9, 40_000))
    for table in (free, bound):
        table.extend()
    assert free.nbytes > 300_000
    assert bound.nbytes < 100_000


def test_it_is_filled_in_pieces_while_the_run_goes_on() -> None:
    history, snapshots = run(30, units=64, batch=64, history=History(PER_EPOCH, reviews_shown=64))
    table = UnitTable(history, 2)
    assert not table.extend(0.0)
    some = table.filled
    assert 0 < some < 30
    np.testing.assert_allclose(table.window(1, some).share_kept, by_hand(snapshots[:some], 2, 64)["share_kept"])
    with pytest.raises(IndexError, match=rf"in \[1, {some}\], got 1 to 30"):
        table.window(1, 30)
    assert table.extend()
    history.append(make_snapshot(Settings(units=64), step=31, batch=64, batches=PER_EPOCH))
    assert not table.up_to_date()
    assert table.extend()
    assert table.filled == 31


@pytest.mark.parametrize(("first", "last"), [(0, 3), (3, 2), (1, 8)])
def test_an_impossible_window_is_refused(first: int, last: int) -> None:
    table = UnitTable(run(7)[0], 1)
    table.extend()
    with pytest.raises(IndexError, match="a window must lie in"):
        table.window(first, last)


def test_activations_that_were_let_go_are_told_and_not_counted() -> None:
    history, snapshots = run(40)
    history.shrink(round(0.6 * history.activation_bytes))
    assert history.stride == 2
    table = UnitTable(history, 2)
    table.extend()
    agrees(table, snapshots, 2, 1, 40, stride=2)
    agrees(table, snapshots, 2, 12, 33, stride=2)
    window = table.window(1, 40)
    assert (window.stride, window.counted_batches) == (2, 20)
    assert window.counted_reviews == sum(min(4, s.size) for s in snapshots[::2])
    assert window.reviews == sum(s.size for s in snapshots)
    empty = table.window(2, 2)
    assert empty.counted_reviews == 0
    assert np.isnan(empty.mean_activation).all()
    assert np.isfinite(empty.share_kept).all()


def test_when_activations_are_let_go_the_table_begins_anew() -> None:
    history, snapshots = run(40)
    table = UnitTable(history, 1, budget_bytes=2000)
    table.extend()
    history.shrink(history.activation_bytes // 3)
    assert history.stride == 4
    assert not table.up_to_date()
    assert table.extend()
    agrees(table, snapshots, 1, 3, 38, stride=4)


def test_figures_that_are_not_finite_spoil_only_the_windows_they_are_in() -> None:
    def diverge(snapshot: Snapshot) -> Snapshot:
        if snapshot.step != 6:
            return snapshot
        first, second = snapshot.training.hidden
        activation = second.activation.copy()
        activation[1, 3] = np.nan
        activation[2, 4] = np.inf
        return replace(snapshot, training=Forward((first, replace(second, activation=activation)), np.zeros(6)))

    history, snapshots = run(20, bend=diverge)
    table = UnitTable(history, 2)
    table.extend()
    window = table.window(1, 20)
    assert np.isnan(window.mean_activation).tolist() == [False, False, False, True, True]
    assert np.isnan(window.sd_output).tolist() == [False, False, False, True, True]
    agrees(table, snapshots, 2, 7, 20)
    agrees(table, snapshots, 2, 1, 5)


def test_where_no_dropout_stands_every_unit_is_kept() -> None:
    history, _ = run(20, written_as="none")
    table = UnitTable(history, 2)
    table.extend()
    window = table.window(4, 20)
    assert window.share_kept.tolist() == [1.0] * 5
    assert (window.keep_probability, window.bound, window.expected_run) == (1.0, 0.0, 0.0)
    assert not window.outside.any()
    assert not window.longest_run.any()
    np.testing.assert_array_equal(window.mean_output, window.mean_activation)


def test_a_rate_that_changed_is_told_and_has_no_expected_run() -> None:
    history, _ = run(40, changed_at=21)
    table = UnitTable(history, 2)
    table.extend()
    assert table.window(1, 40).rates == pytest.approx((0.5, 0.8))
    assert math.isnan(table.window(1, 40).expected_run)
    assert table.window(21, 40).expected_run == pytest.approx(expected_longest_run(20, 0.8), rel=1e-6)


def test_of_many_units_about_five_in_a_hundred_are_outside_the_band_also_across_a_change() -> None:
    history, _ = run(40, units=512, changed_at=25)
    table = UnitTable(history, 2)
    table.extend()
    outside = [table.window(first, first + 9).outside for first in (1, 11, 21, 31)]
    # 2048 units: a share of 0.05 has a standard deviation of 0.005; the counts are whole, which adds a little.
    assert 0.03 < np.mean(outside) < 0.07
    assert table.window(1, 40).outside.mean() < 0.1


def test_runs_are_counted_on_from_one_piece_to_the_next() -> None:
    dropped = np.random.default_rng(2).random((60, 9)) < 0.7
    whole = run_lengths(dropped)
    pieces = [run_lengths(dropped[:20]), run_lengths(dropped[20:], whole[19])]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
    assert whole.max(axis=0).tolist() == [longest(column) for column in dropped.T]


@pytest.mark.parametrize(("batches", "units"), [(1, 1), (2, 1), (10, 3), (100, 1), (600, 1), (600, 16), (3000, 16)])
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_the_expected_longest_run_is_the_mean_of_many(batches: int, units: int, rate: float) -> None:
    random = np.random.default_rng(11)
    trials = 4000 if batches <= 100 else 400
    found = [
        run_lengths(random.random((batches, 50 * units)) < rate).max(axis=0).reshape(50, units).max(axis=1)
        for _ in range(trials // 50)
    ]
    runs = np.concatenate(found)
    error = runs.std() / math.sqrt(len(runs))
    assert expected_longest_run(batches, rate, units) == pytest.approx(runs.mean(), abs=4 * error + 0.05)


def test_the_two_ways_to_the_expected_run_meet() -> None:
    for rate in (0.3, 0.5, 0.8):
        assert expected_longest_run(EXACT_UP_TO, rate) == pytest.approx(
            expected_longest_run(EXACT_UP_TO + 1, rate), abs=0.05
        )
    assert expected_longest_run(2, 0.5) == pytest.approx(1.0)  # tt, th, ht: 0, 1, 1; hh: 2
    assert expected_longest_run(0, 0.5) == expected_longest_run(10, 0.0) == 0.0
    assert expected_longest_run(200, 0.9999) <= 200


@pytest.mark.parametrize("mode", ["training", "inference"])
def test_two_runs_are_sorted_into_the_same_bins(mode: str) -> None:
    one, of_one = run(20)
    other, _ = run(9, written_as="none")
    samples = [sample_activations(history, 2, mode, 5, 12) for history in (one, other)]
    assert (samples[0].batches, samples[0].last, samples[1].batches, samples[1].last) == (8, 12, 8, 9)
    first, second = histograms(samples)
    assert first.edges is second.edges
    for told in (first, second):
        assert told.shares.sum() + told.zero == pytest.approx(1.0)
    cells = np.concatenate([s.forward(mode).place(2).activation[:4] for s in of_one[4:12]]).reshape(-1)
    assert first.cells == cells.size
    assert first.zero == np.mean(cells == 0)
    assert first.mean == pytest.approx(cells.mean(), rel=1e-6)
    counts = np.histogram(cells[cells > 0], np.append(first.edges[:-1], np.inf))[0]
    np.testing.assert_allclose(first.shares, counts / cells.size)


def test_a_long_window_is_read_at_evenly_spread_batches() -> None:
    history, _ = run(200)
    sample = sample_activations(history, 1, "training", 1, 200, most_cells=1000)
    assert (sample.batches, sample.kept) == (50, 200)
    assert sample.cells.size <= 1000


def test_a_window_without_activations_has_an_empty_histogram() -> None:
    history, _ = run(5, history=History(PER_EPOCH, activation_budget_bytes=1))
    sample = sample_activations(history, 1, "training", 1, 5)
    (told,) = histograms([sample])
    assert (sample.batches, told.cells, told.zero) == (0, 0, 0.0)
    assert math.isnan(told.mean)


def test_the_table_has_a_line_for_each_unit() -> None:
    history, _ = run(20)
    table = UnitTable(history, 2)
    table.extend()
    window = table.window(3, 20)
    lines = [line.split("\t") for line in tab_separated(window).splitlines()]
    assert len(lines) == 6
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [float(line[lines[0].index("share kept")]) for line in lines[1:]] == pytest.approx(window.share_kept, 1e-5)
