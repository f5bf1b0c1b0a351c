"""What is looked at and pointed at, through the real window."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication

from explorer.engine.questions import NewBatch, NewMask, SlowBatch, SlowStep
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Answered, Changed, Paused, Refusal, Snapshot
from explorer.gui import theme
from explorer.gui.run_state import RunState
from explorer.gui.views.equation_row import ACTIVATION, FACTOR, MASK, OUTPUT
from explorer.gui.views.stages import LIT, NAMES
from explorer.presentation.order import REVIEW_ORDERS, UNIT_ORDERS
from tests.gui.conftest import Driver
from tests.gui.scripted import make_history, make_snapshot

SMALL = Settings(batch_size=8)


def run_of(driver: Driver, steps: int) -> None:
    """A run of small batches, the newest on the screen."""
    driver.run(SMALL, step=steps, history=make_history(steps, SMALL))


def shown_mask(driver: Driver) -> np.ndarray:
    return driver.window.equation.row.maps[MASK].cells() == theme.KEPT


def mask_of(step: int) -> np.ndarray:
    return make_snapshot(SMALL, step=step).training.place(2).mask


def answer(driver: Driver, answered: object) -> None:
    driver.session.say(Answered(driver.session.generation, driver.session.asked, answered))
    driver.poll()


# -- time --


def test_the_arrow_back_shows_the_batch_before_and_training_goes_on(driver: Driver) -> None:
    run_of(driver, 40)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left)
    assert (shown_mask(driver) == mask_of(39)).all()
    assert driver.window.conductor.state is RunState.RUNNING
    driver.show(41)
    assert (shown_mask(driver) == mask_of(39)).all()
    assert "step" not in driver.session.names()


def test_with_shift_the_arrows_go_by_an_epoch_and_l_goes_live(driver: Driver) -> None:
    run_of(driver, 70)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert driver.window.timeline.text() == "batch 40 of 70 · epoch 2"
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Right)
    assert (shown_mask(driver) == mask_of(40)).all()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_L)
    assert (shown_mask(driver) == mask_of(70)).all()
    assert driver.window.timeline.live.isChecked()


def test_the_arrow_on_trains_a_batch_only_where_nothing_newer_is_left(driver: Driver) -> None:
    run_of(driver, 40)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Right)
    assert "step" not in driver.session.names()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Right)
    assert driver.session.names()[-1] == "step"


def test_every_panel_that_can_be_seen_shows_the_batch_looked_at(driver: Driver) -> None:
    run_of(driver, 40)
    network = driver.window.network

    def drawn() -> int:
        return 0 if network.drawn is None else network.drawn.step

    driver.window.panels["network"].raise_()
    driver.window.stage.looking.look_at(12)
    driver.qtbot.waitUntil(lambda: drawn() == 12)
    driver.window.panels["curves"].raise_()
    driver.window.stage.looking.look_at(13)
    assert drawn() == 12, "what cannot be seen is not drawn"
    driver.window.panels["network"].raise_()
    driver.qtbot.waitUntil(lambda: drawn() == 13)


def test_a_change_of_rate_is_marked_on_the_timeline(driver: Driver) -> None:
    history = make_history(70, SMALL)
    driver.run(SMALL, step=70, history=history)
    changed = Changed(driver.session.generation, 31, 1.0, (("rate_2", 0.5, 0.3),), SMALL.replace(rate_2=0.3))
    history.change(changed)
    driver.session.say(changed)
    driver.poll()
    assert [(mark.step, mark.text) for mark in driver.window.timeline.track.marks()] == [(31, "rate 2: 0.50 → 0.30")]


def test_the_inference_pass_of_a_batch_of_the_past(driver: Driver) -> None:
    run_of(driver, 40)
    driver.window.stage.looking.look_at(5)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_T)
    assert shown_mask(driver).all()
    assert driver.window.timeline.text() == "batch 5 of 40 · epoch 1"


# -- single steps --


def test_forward_only_holds_and_shows_what_is_answered(driver: Driver) -> None:
    run_of(driver, 40)
    driver.window.steps.forward.click()
    assert isinstance(driver.session.last("ask"), NewBatch)
    assert driver.window.conductor.state is RunState.PAUSED
    answer(driver, kind_of(make_snapshot(SMALL, step=77), "forward"))
    assert (shown_mask(driver) == mask_of(77)).all()
    assert driver.window.timeline.text() == "forward only: no update"


def test_a_new_mask_is_asked_for_the_batch_on_the_screen(driver: Driver) -> None:
    run_of(driver, 40)
    driver.window.stage.looking.look_at(9)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_M)
    question = driver.session.last("ask")
    assert isinstance(question, NewMask)
    assert question.snapshot.step == 9
    answer(driver, kind_of(make_snapshot(SMALL, step=78), "mask"))
    assert (shown_mask(driver) == mask_of(78)).all()
    assert driver.window.timeline.text() == "a new mask, same weights"


def test_a_refusal_says_why(driver: Driver) -> None:
    run_of(driver, 40)
    driver.window.steps.fresh.click()
    answer(driver, Refusal("The activations were let go."))
    assert driver.window.transport.progress_text() == "The activations were let go."


def kind_of(snapshot: Snapshot, kind: str) -> Snapshot:

    return dataclasses.replace(snapshot, kind=kind)


# -- slow motion --


def slow_batch(step: int) -> SlowBatch:
    snapshot = make_snapshot(SMALL, step=step)
    random = np.random.default_rng(step)
    first, second = (
        np.where(place.activation > 0, place.activation, -random.random(place.activation.shape)).astype(np.float32)
        for place in snapshot.training.hidden
    )
    losses = np.full(8, 0.6, np.float32)
    return SlowBatch(snapshot, (first, second), losses, ((5.0, 0.1), (4.0, 0.04), (1.5, 0.02)), snapshot.weights)


@pytest.fixture
def slow(driver: Driver) -> Driver:
    run_of(driver, 40)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_S)
    assert isinstance(driver.session.last("ask"), SlowStep)
    assert driver.window.conductor.state is RunState.PAUSED
    driver.session.say(Paused(driver.session.generation, 40))
    answer(driver, slow_batch(41))
    return driver


def test_slow_motion_lights_one_stage_and_dims_the_rest(slow: Driver) -> None:
    row, bar = slow.window.equation.row, slow.window.slow_bar
    for stage, part in enumerate(LIT):
        bar.stages[stage].click()
        assert slow.window.slow.stage == stage
        dims = part is not None
        assert [heatmap.dimmed() for heatmap in row.maps] == [dims and k != part for k in (ACTIVATION, MASK, OUTPUT)]
        assert row.formula.lit() == (part == FACTOR)
        assert bar.caption()
    assert len({stage.text() for stage in bar.stages}) == len(NAMES) == 8


def test_slow_motion_shows_what_relu_cuts(slow: Driver) -> None:
    cells = slow.window.equation.row.maps[ACTIVATION].cells()
    dense = slow_batch(41).dense[1]
    assert ((cells < theme.BELOW) == (dense < 0)).all()
    slow.qtbot.keyClick(slow.window, Qt.Key.Key_Right)
    assert (slow.window.equation.row.maps[ACTIVATION].cells() == 0).sum() == (dense < 0).sum()


def test_slow_motion_goes_on_by_itself_until_it_is_held(slow: Driver) -> None:
    slow.window.slow_bar.pace.setCurrentIndex(0)
    slow.window.slow_bar.pace.activated.emit(0)
    slow.qtbot.waitUntil(lambda: slow.window.slow.stage == 1, timeout=3000)
    slow.window.slow_bar.hold.click()
    assert slow.window.slow_bar.hold.text() == "Go on"
    slow.qtbot.keyClick(slow.window, Qt.Key.Key_Left)
    assert slow.window.slow.stage == 0


def test_slow_motion_ends_with_escape_and_when_training_goes_on(slow: Driver) -> None:
    slow.qtbot.keyClick(slow.window, Qt.Key.Key_Escape)
    assert not slow.window.slow_bar.isVisible()
    assert not any(heatmap.dimmed() for heatmap in slow.window.equation.row.maps)
    answer_again = slow_batch(42)
    slow.window.steps.slow.click()
    answer(slow, answer_again)
    assert slow.window.slow_bar.isVisible()
    slow.window.transport.play.click()
    assert not slow.window.slow_bar.isVisible()


# -- pointing --


def point(driver: Driver, part: int, row: int, unit: int) -> None:
    viewport, place = driver.window.equation.row.maps[part].cell_position(row, unit)
    # The mouse may stand there already, since the test before; what does not move says nothing.
    driver.qtbot.mouseMove(viewport, place + QPoint(2, 2))
    driver.qtbot.mouseMove(viewport, place)


def test_a_click_pins_a_cell_and_escape_lets_go(driver: Driver) -> None:
    run_of(driver, 40)
    viewport, place = driver.window.equation.row.maps[MASK].cell_position(3, 5)
    driver.qtbot.mouseMove(viewport, place)
    driver.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert driver.window.pointed_text().startswith("review 3 · unit 5:")
    driver.show(41)
    assert (shown_mask(driver) == mask_of(40)).all(), "a pinned picture stays"
    assert driver.window.equation.hint() == "Pinned: Esc or another click lets go — training goes on"
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Escape)
    assert driver.window.pointed_text() == ""
    assert (shown_mask(driver) == mask_of(41)).all()


def test_pointing_at_a_picture_lights_its_term_and_the_other_way_round(driver: Driver) -> None:
    run_of(driver, 40)
    row = driver.window.equation.row
    point(driver, MASK, 2, 2)
    assert [term.lit() for term in row.titles] == [False, True, False]
    QApplication.sendEvent(row.maps[MASK].cell_position(2, 2)[0], QEvent(QEvent.Type.Leave))
    assert not any(term.lit() for term in row.titles)
    row.titles[OUTPUT].entered.emit()
    assert [heatmap.highlighted() for heatmap in row.maps] == [False, False, True]
    row.titles[OUTPUT].departed.emit()
    row.factor.entered.emit()
    assert row.formula.lit()


def test_what_is_pointed_at_is_marked_in_the_network(driver: Driver) -> None:
    run_of(driver, 40)
    driver.window.panels["network"].raise_()
    point(driver, OUTPUT, 6, 11)
    driver.qtbot.waitUntil(lambda: driver.window.network.canvas.marked == (2, 11))
    assert driver.window.network.row == 6


# -- order --


@pytest.mark.parametrize("reviews", REVIEW_ORDERS)
@pytest.mark.parametrize("units", UNIT_ORDERS)
def test_sorting_moves_rows_and_columns_and_keeps_the_arithmetic(driver: Driver, reviews: str, units: str) -> None:
    run_of(driver, 40)
    equation = driver.window.equation
    equation.review_order.setCurrentIndex(list(REVIEW_ORDERS).index(reviews))
    equation.review_order.activated.emit(equation.review_order.currentIndex())
    equation.unit_order.setCurrentIndex(list(UNIT_ORDERS).index(units))
    equation.unit_order.activated.emit(equation.unit_order.currentIndex())
    snapshot = make_snapshot(SMALL, step=40)
    place = snapshot.training.place(2)
    rows, columns = [
        np.array([getattr(equation.cell_at(k, k2), name) for k, k2 in where])
        for name, where in (("review", [(k, 0) for k in range(8)]), ("unit", [(0, k) for k in range(16)]))
    ]
    assert sorted(rows) == list(range(8))
    assert sorted(columns) == list(range(16))
    assert (shown_mask(driver) == place.mask[np.ix_(rows, columns)]).all()
    sorted_by = {
        "batch": rows,
        "label": -snapshot.labels[rows].astype(int),
        "prediction": -snapshot.training.logits[rows],
    }[reviews]
    assert (np.diff(sorted_by) >= 0).all()
    sorted_units = {
        "unit": columns,
        "activation": -place.activation.mean(axis=0)[columns],
        "dropped": place.mask.mean(axis=0)[columns],
    }[units]
    assert (np.diff(sorted_units) >= 0).all()
    point(driver, OUTPUT, 1, 2)
    assert driver.window.pointed_text().startswith(f"review {rows[1]} · unit {columns[2]}:")
