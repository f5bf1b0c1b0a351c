"""Which batch is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.engine.history import History
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Snapshot
from explorer.gui.focus import Cell, Focus
from explorer.gui.looking import Looking
from tests.gui.scripted import make_history, make_snapshot, started

SETTINGS = Settings(batch_size=8)


def looking_at(steps: int) -> tuple[Looking, list[Snapshot]]:
    """A run of so many batches, the newest of which is on the screen."""
    looking, shown = Looking(), []
    looking.shown.connect(shown.append)
    looking.begin(started(1, SETTINGS, make_history(steps, SETTINGS)), make_labels())
    looking.follow(make_snapshot(SETTINGS, step=steps, batch=8))
    return looking, shown


def make_labels() -> np.ndarray:
    return np.arange(240, dtype=np.uint8) % 2


def test_the_newest_batch_is_followed() -> None:
    looking, shown = looking_at(40)
    assert looking.live
    assert [each.step for each in shown] == [40]


def test_a_batch_of_the_past_is_the_one_that_was() -> None:
    looking, shown = looking_at(40)
    looking.look_at(17)
    then = make_snapshot(SETTINGS, step=17, batch=8)
    for mode in ("training", "inference"):
        for hidden in (1, 2):
            was, now = then.forward(mode).place(hidden), shown[-1].forward(mode).place(hidden)
            assert (now.activation == was.activation).all()
            assert (now.mask == was.mask).all()
            assert (now.output == was.output).all()
            assert now.factor == was.factor
    assert shown[-1].labels.tolist() == make_labels()[shown[-1].rows].tolist()


def test_training_goes_on_behind_a_batch_of_the_past() -> None:
    looking, shown = looking_at(40)
    looking.look_at(3)
    looking.follow(make_snapshot(SETTINGS, step=41, batch=8))
    assert shown[-1].step == 3
    looking.go_live()
    assert shown[-1].step == 41


def test_steps_back_and_on() -> None:
    looking, shown = looking_at(40)
    looking.by(-1)
    looking.by(-30)
    assert (looking.step, looking.live) == (9, False)
    looking.by(-30)
    assert looking.step == 1
    looking.by(30)
    assert looking.step == 31
    looking.by(30)
    assert looking.live
    assert shown[-1].step == 40


def test_the_first_step_back_from_the_newest_shows_the_one_before() -> None:
    looking, shown = looking_at(40)
    looking.by(-1)
    assert shown[-1].step == 39


def test_a_held_picture_stays_until_it_is_let_go() -> None:
    looking, shown = looking_at(40)
    looking.hold("a finger", True)
    looking.follow(make_snapshot(SETTINGS, step=41, batch=8))
    assert shown[-1].step == 40
    assert looking.behind
    looking.hold("a finger", False)
    assert shown[-1].step == 41
    assert not looking.behind


def test_two_who_hold_must_both_let_go() -> None:
    looking, shown = looking_at(40)
    looking.hold("one", True)
    looking.hold("two", True)
    looking.follow(make_snapshot(SETTINGS, step=41, batch=8))
    looking.hold("one", False)
    assert shown[-1].step == 40
    looking.hold("two", False)
    assert shown[-1].step == 41


def test_activations_that_were_let_go_are_not_a_number_and_the_mask_is_exact() -> None:
    history = History(30, activation_budget_bytes=8000)
    history.begin_epoch(np.arange(240))
    for step in range(1, 31):
        history.append(make_snapshot(SETTINGS, step=step, batch=8))
    gone = next(step for step in range(1, 31) if not history.has_activations(step))
    looking = Looking()
    shown: list[Snapshot] = []
    looking.shown.connect(shown.append)
    looking.begin(started(1, SETTINGS, history), make_labels())
    looking.look_at(gone)
    place, was = shown[-1].training.place(2), make_snapshot(SETTINGS, step=gone, batch=8).training.place(2)
    assert (place.mask == was.mask).all()
    assert np.isnan(place.activation).all()
    assert np.isnan(place.output[place.mask]).all()
    assert (place.output[~place.mask] == 0).all()


@pytest.mark.parametrize("leave", [Focus.let_go, lambda focus: focus.pin(focus.cell)])
def test_a_pinned_cell_stays_until_it_is_let_go(leave) -> None:
    focus, changes = Focus(), []
    focus.changed.connect(lambda: changes.append(focus.cell))
    focus.hover(Cell(2, 3, 4))
    focus.pin(Cell(2, 3, 4))
    focus.hover(None)
    focus.hover(Cell(2, 1, 1))
    assert focus.cell == Cell(2, 3, 4)
    leave(focus)
    focus.hover(None)
    assert focus.cell is None


def test_a_look_between_two_batches_is_not_behind_until_another_batch_is_trained() -> None:
    looking, _ = looking_at(40)
    looking.show(replace(make_snapshot(SETTINGS, step=40, batch=8), kind="forward"))
    assert not looking.behind
    looking.hold("a finger", True)
    looking.follow(make_snapshot(SETTINGS, step=41, batch=8))
    assert looking.behind
