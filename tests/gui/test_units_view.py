"""What each unit did, drawn a piece at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.engine.history import History
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Forward
from explorer.engine.unit_histogram import histograms, sample_activations
from explorer.engine.unit_statistics import UnitTable
from explorer.engine.unit_window import tab_separated
from explorer.gui.views.units import REFRESH_S, UnitsView
from tests.gui.scripted import make_history, make_snapshot

STEPS = 40


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def view(qtbot: QtBot, clock: Clock) -> UnitsView:
    view = UnitsView(clock=clock)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


def finish(view: UnitsView, clock: Clock) -> None:
    """All that the timer would do for a batch that stays on the screen."""
    for _ in range(40):
        clock.now += REFRESH_S
        view.work()


def look_at(view: UnitsView, clock: Clock, step: int, mode: str = "training") -> None:
    view.draw(make_snapshot(step=step, batch=8), "training" if mode == "training" else "inference")
    finish(view, clock)


def window(history: History, first: int, last: int, hidden: int = 2):
    table = UnitTable(history, hidden)
    table.extend()
    return table.window(first, last)


def test_the_window_ends_at_the_batch_on_the_screen(view: UnitsView, clock: Clock, qtbot: QtBot) -> None:
    history = make_history(STEPS)
    view.begin(history, Settings())
    look_at(view, clock, STEPS)
    assert view.text().startswith("batches 1–40 · 320 reviews, activations of 320 · first review: unit ")
    look_at(view, clock, 25)
    assert view.text().startswith("batches 1–25 · 200 reviews")
    for keys, text in ((2, "batches 16–25 · 80 reviews"), (1, "batch 25 · 8 reviews")):
        for _ in range(keys):
            qtbot.keyClick(view.window_box, Qt.Key.Key_Down)
        finish(view, clock)
        assert view.text().startswith(text)


def test_a_unit_outside_the_band_has_another_shape(view: UnitsView, clock: Clock) -> None:
    history = History(30)
    history.begin_epoch(np.arange(240))
    for step in range(1, 11):
        snapshot = make_snapshot(step=step, batch=8)
        first, second = snapshot.training.hidden
        mask = np.indices(second.mask.shape).sum(axis=0) % 2 == 0  # every unit is kept for half of the reviews
        mask[:, 3], mask[:, 5], mask[:, 7] = True, False, False
        training = Forward((first, replace(second, mask=mask)), snapshot.training.logits)
        history.append(replace(snapshot, training=training))
    view.begin(history, Settings())
    look_at(view, clock, 10)
    assert view.share.shapes() == (13, 1, 2)
    assert view.share.keys[0].text() == "3 outside, 0.8 expected"
    assert "for every review: 10" in view.text()


def test_plots_take_turns_and_each_is_drawn_four_times_a_second(view: UnitsView, clock: Clock) -> None:
    view.begin(make_history(STEPS), Settings())
    view.draw(make_snapshot(step=STEPS, batch=8), "training")
    view.work()
    while view.text().startswith("Counting"):  # as many slices as this machine needs
        view.work()
    drawn = []
    for step in range(1, 9):
        view.draw(make_snapshot(step=step, batch=8), "training")
        clock.now += REFRESH_S / 4
        view.work()
        clock.now += 0.001
        before = view.text()
        view.work()  # too soon for another one
        assert view.text() == before
        drawn.append(before.split(" · ")[0])
    assert len(set(drawn)) == 3  # only the plot of shares writes the line: twice in eight turns, and before them


def test_nothing_is_drawn_while_it_cannot_be_seen(view: UnitsView, qtbot: QtBot) -> None:
    view.hide()
    view.begin(make_history(STEPS), Settings())
    view.draw(make_snapshot(step=STEPS, batch=8), "training")
    assert not view.counting
    view.show()
    assert view.counting
    view.hide()
    assert not view.counting


def test_the_histogram_follows_the_mode_and_the_place(view: UnitsView, clock: Clock) -> None:
    history = make_history(STEPS)
    view.begin(history, Settings())
    for hidden, mode in ((1, "training"), (2, "training"), (2, "inference")):
        view.show_hidden(hidden)
        look_at(view, clock, 30, mode)
        (told,) = histograms([sample_activations(history, hidden, mode, 1, 30)])
        np.testing.assert_allclose(view.histogram.shares(), [told.zero, *told.shares])
    assert view.histogram.keys[0].text() == "dropout off · 30 batches"
    assert "Run again without dropout" in view.histogram.legend[1].text()


def test_only_a_run_without_dropout_is_drawn_beside_it(view: UnitsView, clock: Clock) -> None:
    history, plain = make_history(STEPS), Settings(written_as="none")
    other = make_history(20, plain)
    view.begin(history, Settings())
    view.set_other(other, plain, "<b>plain</b>")
    look_at(view, clock, 30)
    samples = [sample_activations(each, 2, "training", 1, 30) for each in (history, other)]
    _, told = histograms(samples)
    np.testing.assert_allclose(view.histogram.shares(other=True), [told.zero, *told.shares])
    assert view.histogram.legend[1].text() == f"□ <b>plain</b>: mean {told.mean:.3f}, up to batch 20"
    view.set_other(other, Settings(), "Run 3")
    finish(view, clock)
    assert view.histogram.shares(other=True).size == 0


def test_a_unit_is_pointed_at_and_its_figures_are_told(view: UnitsView, clock: Clock, qtbot: QtBot) -> None:
    history = make_history(STEPS)
    view.begin(history, Settings())
    view.resize(1100, 230)
    look_at(view, clock, STEPS)
    widget, point = view.zero.unit_position(5)
    with qtbot.waitSignal(view.unit_hovered) as hovered:
        qtbot.mouseMove(widget, point)
    assert hovered.args == [5]
    with qtbot.waitSignal(view.unit_chosen) as chosen:
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point)
    assert chosen.args == [5]
    with qtbot.assertNotEmitted(view.unit_hovered):
        view.mark_unit(5)
    told = window(history, 1, STEPS)
    assert f"unit 5: kept {told.share_kept[5]:.4f}" in view.text()
    assert f"zero {100 * told.share_zero[5]:.1f} %" in view.text()
    assert view.share.marked() == view.spread.marked() == 5
    view.mark_unit(None)
    assert view.share.marked() is None
    assert view.text().startswith("batches 1–40")


def test_the_table_is_copied(view: UnitsView, clock: Clock, qtbot: QtBot) -> None:
    assert not view.copy.isEnabled()
    history = make_history(STEPS)
    view.begin(history, Settings())
    view.show_hidden(1)
    look_at(view, clock, 33)
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == tab_separated(window(history, 1, 33, hidden=1))


def test_without_dropout_and_after_the_run_is_given_up(view: UnitsView, clock: Clock) -> None:
    plain = Settings(written_as="none")
    view.begin(make_history(5, plain), plain)
    look_at(view, clock, 5)
    assert view.share.keys[0].text() == "none is dropped here"
    assert view.text() == "batches 1–5 · 40 reviews, activations of 40"
    view.clear()
    view.draw(make_snapshot(step=5, batch=8), "training")
    finish(view, clock)
    assert view.text() == "Batches appear here as soon as one is trained."
    assert not view.copy.isEnabled()
