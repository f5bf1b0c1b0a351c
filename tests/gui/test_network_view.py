"""The picture of the network: what it draws, and what a click does to the prediction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.by_hand import forward_by_hand, probability
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Snapshot
from explorer.gui import theme
from explorer.gui.views.network import NetworkView
from explorer.gui.views.network_layout import lay_out
from explorer.presentation.network_edges import FAINTEST, MOST_EDGES, drawn_edges
from tests.gui.scripted import make_dataset, make_snapshot

LEFT = Qt.MouseButton.LeftButton


def consistent(step: int = 1, units: int = 16) -> Snapshot:
    """A batch of eight reviews in which hidden layer 2 and the output are what the weights make of hidden layer 1."""
    snapshot = make_snapshot(Settings(units=units), step=step, batch=8)
    assert snapshot.weights is not None
    passes = []
    for forward in (snapshot.training, snapshot.inference):
        first, second = forward.hidden
        made = [
            forward_by_hand(
                first.activation[row],
                (first.mask[row], second.mask[row]),
                (first.factor, second.factor),
                snapshot.weights,
            )
            for row in range(8)
        ]
        place = dataclasses.replace(
            second,
            activation=np.stack([each.activations[1] for each in made]),
            output=np.stack([each.outputs[1] for each in made]),
        )
        logits = np.array([each.logit for each in made], np.float32)
        passes.append(dataclasses.replace(forward, hidden=(first, place), logits=logits))
    return dataclasses.replace(snapshot, training=passes[0], inference=passes[1])


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    view = NetworkView()
    qtbot.addWidget(view)
    view.apply_theme(theme.DARK)
    view.show_dataset(make_dataset())
    view.resize(1100, 230)
    with qtbot.waitExposed(view):
        view.show()
    return view


def click(view: NetworkView, hidden: int, unit: int) -> None:
    QTest.mouseMove(view.canvas, view.canvas.unit_position(hidden, unit))
    QTest.mouseClick(view.canvas, LEFT, pos=view.canvas.unit_position(hidden, unit))


def leave(view: NetworkView) -> None:
    QTest.mouseMove(view.canvas, view.canvas.rect().bottomRight())


def influential(snapshot: Snapshot) -> int:
    """A unit of hidden layer 2 that was kept and gives something to the first review's prediction."""
    assert snapshot.weights is not None
    return int(np.argmax(np.abs(snapshot.training.place(2).output[0] * snapshot.weights.kernel_3)))


def test_without_a_run_it_says_what_will_be_here(view: NetworkView) -> None:
    assert view.shown is None
    assert "Start a run" in view.canvas.message
    assert not view.reset.isEnabled()


def test_the_models_own_pass_is_drawn(view: NetworkView) -> None:
    snapshot = consistent()
    view.draw(snapshot, "training")
    assert view.shown is not None
    chance = probability(float(snapshot.training.logits[0]))
    verdict = f"{chance:.3f} → {'positive' if chance > 0.5 else 'negative'}"
    assert view.own.text() == verdict
    for hidden in (1, 2):
        assert np.array_equal(view.shown.shown.masks[hidden - 1], snapshot.training.place(hidden).mask[0])
    assert "label negative" in view.told.text()
    assert "epoch 1 batch 1 · training" in view.batch.text()


def test_no_edge_leads_to_or_from_a_dropped_unit(view: NetworkView) -> None:
    snapshot = consistent()
    view.draw(snapshot, "training")
    assert view.shown is not None
    mask_1, mask_2 = (snapshot.training.place(hidden).mask[0] for hidden in (1, 2))
    between, above = drawn_edges(view.shown)
    assert len(between) > 5
    assert mask_1[between // 16].all()
    assert mask_2[between % 16].all()
    assert mask_2[above].all()


def test_clicking_a_unit_drops_it_and_moves_the_prediction(view: NetworkView, qtbot: QtBot) -> None:
    snapshot = consistent()
    view.draw(snapshot, "training")
    unit = influential(snapshot)
    with qtbot.waitSignal(view.held_changed, check_params_cb=lambda held: held):
        click(view, 2, unit)
    assert view.shown is not None
    assert snapshot.weights is not None
    logit = float(snapshot.training.logits[0])
    lost = float(snapshot.training.place(2).output[0, unit] * snapshot.weights.kernel_3[unit])
    assert view.shown.shown.logit == pytest.approx(logit - lost, abs=1e-4)
    assert view.own.text().startswith(f"{probability(logit):.3f}"), "the model's own stays"
    assert view.by_hand.text().startswith(f"{probability(logit - lost):.3f}")
    assert view.moved.text()[0] == ("−" if lost > 0 else "+")
    assert "dropped by hand, × 0 = 0 — the model kept it" in view.canvas.accessibleDescription()
    click(view, 2, unit)
    assert view.moved.text() == ""
    assert not view.reset.isEnabled()


def test_a_dropped_unit_is_kept_by_hand_with_the_factor_of_the_pass(view: NetworkView) -> None:
    snapshot = consistent()
    view.draw(snapshot, "training")
    place = snapshot.training.place(1)
    unit = int(np.argmax(np.where(place.mask[0], -1, place.activation[0])))
    click(view, 1, unit)
    assert view.shown is not None
    assert view.shown.shown.outputs[0][unit] == pytest.approx(float(place.activation[0, unit]) * 2)
    assert "kept by hand, × 2.00" in view.canvas.accessibleDescription()


def test_at_inference_a_click_takes_a_unit_out(view: NetworkView) -> None:
    snapshot = consistent()
    view.draw(snapshot, "inference")
    unit = int(np.argmax(snapshot.inference.place(2).output[0]))
    assert view.shown is not None
    assert view.shown.shown.masks[1].all()
    click(view, 2, unit)
    assert view.shown.shown.outputs[1][unit] == 0
    assert view.shown.difference != 0


def test_dropping_a_unit_that_is_zero_moves_nothing(view: NetworkView) -> None:
    snapshot = consistent()
    view.draw(snapshot, "inference")
    unit = int(np.argmin(snapshot.inference.place(1).activation[0]))
    assert snapshot.inference.place(1).activation[0, unit] == 0
    click(view, 1, unit)
    assert view.moved.text() == "±0"
    assert "zero by relu" in view.canvas.accessibleDescription()


def test_reset_gives_the_models_masks_back_and_lets_the_picture_go(view: NetworkView) -> None:
    view.draw(consistent(), "training")
    said: list[bool] = []
    view.held_changed.connect(said.append)
    click(view, 2, 3)
    leave(view)
    assert view.held, "changed by hand, also when the mouse has left"
    view.reset.click()
    assert said == [True, False]
    assert view.shown is not None
    assert view.shown.shown is view.shown.own


@pytest.mark.parametrize("how", ["batch", "mode", "review", "clear"])
def test_what_was_done_by_hand_is_forgotten(view: NetworkView, how: str) -> None:
    snapshot = consistent()
    view.draw(snapshot, "training")
    click(view, 2, 3)
    leave(view)
    said: list[bool] = []
    view.held_changed.connect(said.append)
    if how == "batch":
        view.draw(consistent(2), "training")
        assert view.drawn is not snapshot
    elif how == "mode":
        view.draw(snapshot, "inference")
    elif how == "review":
        view.show_review(4)
    else:
        view.clear()
    assert said == [False]
    assert view.shown is None or not view.shown.changes


def test_the_picture_follows_a_run_at_its_pace(view: NetworkView, qtbot: QtBot) -> None:
    first, second, third = (consistent(step) for step in (1, 2, 3))
    view.draw(first, "training")
    view.draw(second, "training")
    assert view.drawn is first, "not ten times a frame"
    with qtbot.waitSignal(view._pace.timeout):
        view.draw(third, "training")
    assert view.drawn is third, "the newest, whatever was skipped"


def test_pointing_brings_the_newest_batch_and_holds_it(view: NetworkView, qtbot: QtBot) -> None:
    view.draw(consistent(1), "training")
    newest = consistent(2)
    view.draw(newest, "training")
    with qtbot.waitSignals([view.held_changed, view.unit_hovered]):
        QTest.mouseMove(view.canvas, view.canvas.unit_position(1, 5))
    assert view.drawn is newest
    with qtbot.waitSignals([view.held_changed, view.unit_left]):
        leave(view)
    assert not view.held


def test_hidden_it_draws_nothing_until_it_is_seen(view: NetworkView, qtbot: QtBot) -> None:
    view.hide()
    snapshot = consistent()
    view.draw(snapshot, "training")
    assert view.drawn is None
    with qtbot.waitExposed(view):
        view.show()
    assert view.drawn is snapshot


def test_only_the_person_chooses_a_review_aloud(view: NetworkView) -> None:
    chosen: list[int] = []
    view.review_chosen.connect(chosen.append)
    view.draw(consistent(), "training")
    view.show_review(5)
    view.draw(consistent(), "inference")
    assert (view.row, view.review.value(), chosen) == (5, 5, [])
    view.following.click()
    view.previous.click()
    view.previous.click()
    view.review.stepUp()
    assert chosen == [6, 5, 4, 5]
    assert "label positive" in view.told.text()


def test_a_shorter_batch_shows_its_last_review(view: NetworkView) -> None:
    view.draw(consistent(), "training")
    view.show_review(7)
    chosen: list[int] = []
    view.review_chosen.connect(chosen.append)
    view.draw(make_snapshot(Settings(), step=30, batch=3), "inference")
    assert (view.row, view.review.maximum(), chosen) == (2, 2, [])
    view.draw(consistent(), "training")
    assert view.row == 7, "and then the one that was asked for again"


def test_keys_move_over_the_units_and_change_them(view: NetworkView, qtbot: QtBot) -> None:
    view.draw(consistent(), "training")
    view.activateWindow()
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.canvas.hasFocus)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Down):
        qtbot.keyClick(view.canvas, key)
    assert view.canvas.at == (2, 14)
    assert view.canvas.accessibleDescription().startswith("hidden 2 · unit 14: activation ")
    qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert view.shown is not None
    assert set(view.shown.changes) == {(2, 14)}
    qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert not view.shown.changes


def test_more_than_64_units_is_said_plainly(view: NetworkView) -> None:
    view.draw(dataclasses.replace(make_snapshot(Settings(units=65), batch=4), weights=None), "training")
    assert view.shown is None
    assert "up to 64 units a layer, and this run has 65" in view.canvas.message
    view.draw(consistent(2, units=64), "inference")
    assert view.shown is not None
    assert view.canvas.message == ""


def test_a_batch_of_the_past_without_activations_shows_its_masks(view: NetworkView) -> None:
    snapshot = consistent()
    unknown = np.full((8, 16), np.nan, np.float32)
    passes = [
        dataclasses.replace(
            forward,
            hidden=tuple(dataclasses.replace(place, activation=unknown) for place in forward.hidden),
            logits=np.full(8, np.nan, np.float32),
        )
        for forward in (snapshot.training, snapshot.inference)
    ]
    view.draw(dataclasses.replace(snapshot, training=passes[0], inference=passes[1], weights=None), "training")
    assert view.batch.text() == "The activations of this batch were let go; its masks are exact"
    assert view.own.text() == "not known"
    click(view, 1, 2)
    assert view.shown is not None
    assert not view.shown.changes
    assert "its activation was let go" in view.canvas.accessibleDescription()
    assert not view.grab().isNull()


def test_infinite_activations_of_a_failed_run_are_drawn(view: NetworkView) -> None:
    snapshot = consistent()
    first, second = snapshot.training.hidden
    wild = first.activation.copy()
    wild[0, :3] = np.inf, np.nan, 1e38
    hidden = (dataclasses.replace(first, activation=wild, output=wild * 2), second)
    view.draw(dataclasses.replace(snapshot, training=dataclasses.replace(snapshot.training, hidden=hidden)), "training")
    click(view, 1, 0)
    assert not view.grab().isNull()


@pytest.mark.parametrize(("width", "height"), [(860, 190), (730, 140), (860, 560), (400, 900)])
@pytest.mark.parametrize("units", [1, 2, 16, 64])
def test_every_unit_stands_apart_inside_and_can_be_hit(units: int, width: float, height: float) -> None:
    layout = lay_out(width, height, units)
    for hidden in (1, 2):
        for unit in range(units):
            middle = layout.middle(hidden, unit)
            assert layout.radius <= middle.x() <= width - layout.radius
            assert layout.radius <= middle.y() <= height - layout.radius
            assert layout.unit_at(middle) == (hidden, unit)
            assert layout.unit_at(middle + QPointF(layout.radius * 0.7, layout.radius * 0.7)) == (hidden, unit)
    assert layout.unit_at(layout.output) is None


def test_a_low_dock_has_rows_and_a_high_one_columns() -> None:
    assert not lay_out(860, 190, 16).columns
    assert lay_out(860, 560, 16).columns
    assert not lay_out(860, 560, 64).columns, "64 in a column would be too small to hit"


def test_of_many_edges_the_strongest_are_drawn(view: NetworkView) -> None:
    view.draw(consistent(units=64), "inference")
    passed = view.shown
    assert passed is not None
    assert passed.edges is not None
    between, _ = drawn_edges(passed)
    sizes = np.abs(passed.edges[0].reshape(-1))
    assert len(between) == MOST_EDGES
    left_out = np.delete(sizes, between)
    assert sizes[between].min() >= left_out.max()
    assert (np.diff(sizes[between]) >= 0).all(), "the strongest on top"
    assert sizes[between].min() >= FAINTEST * sizes.max()
