"""What the heatmaps draw, cell by cell, and what stands beside them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from explorer.engine.history import History
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Failed, Place
from explorer.gui import theme
from explorer.gui.views.equation_row import ACTIVATION, MASK, OUTPUT
from explorer.presentation import arithmetic
from explorer.presentation.cells import Level, value_cells
from tests.gui.conftest import Driver
from tests.gui.scripted import make_snapshot


def test_training_draws_activation_mask_and_output(driver: Driver) -> None:
    driver.run(step=3)
    place = make_snapshot(step=3).training.place(2)
    activation, mask, output = (heatmap.cells() for heatmap in driver.window.equation.row.maps)
    assert activation.shape == (64, 16)
    assert np.array_equal(mask == theme.KEPT, place.mask[:64])
    assert np.array_equal(output == theme.DROPPED, ~place.mask[:64])
    assert np.array_equal(activation == 0, place.activation[:64] == 0)
    assert driver.window.equation.title() == ("After hidden 2 · 64 of 512 reviews · epoch 1 batch 3")
    assert driver.window.equation.row.factor.text() == "× 2.00 = 1/(1 − rate) in training"


def test_that_a_past_batch_has_fewer_reviews_is_said(driver: Driver) -> None:
    history = History(2)
    order = np.resize(np.arange(40, dtype=np.int64), 200)
    history.begin_epoch(order)
    for step in (1, 2):
        snapshot = make_snapshot(step=step, batch=100, batches=2)
        history.append(replace(snapshot, rows=order[100 * step - 100 : 100 * step]))
    driver.run(step=2, history=history)
    equation = driver.window.equation
    equation.shown.setCurrentText("all reviews")
    equation.shown.activated.emit(equation.shown.currentIndex())
    assert equation.title() == "After hidden 2 · 512 of 512 reviews · epoch 1 batch 2"
    driver.window.stage.looking.look_at(1)
    assert equation.title() == (
        "After hidden 2 · 64 of 100 reviews (of past batches no more are kept) · epoch 1 batch 1"
    )


@pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)
def test_three_states_have_three_tones_also_in_grey(driver: Driver, palette: theme.Palette) -> None:
    driver.window.choose_theme(palette.name)
    driver.run(step=3)
    place = make_snapshot(step=3).training.place(2)
    mask, activation = place.mask[:64], place.activation[:64]
    picture = driver.window.equation.row.maps[OUTPUT].picture()
    dropped = np.unique(picture[~mask], axis=0)
    zero = np.unique(picture[mask & (activation == 0)], axis=0)
    assert len(dropped) == len(zero) == 1, "each is one flat colour"
    assert QColor(*dropped[0].tolist()).name() == palette.dropped
    assert abs(theme.grey(dropped)[0] - theme.grey(zero)[0]) > 60
    colours = theme.value_lut(palette)[: theme.KEPT + 1]
    assert np.abs(theme.grey(colours) - theme.grey(dropped)[0]).min() > 50, "no value looks like a dropped cell"


def test_switch_draws_the_same_batch_in_inference(driver: Driver) -> None:
    driver.run(step=3)
    row = driver.window.equation.row
    before = row.maps[ACTIVATION].cells().copy()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_T)
    assert driver.window.transport.inference.isChecked()
    assert (row.maps[MASK].cells() == theme.KEPT).all(), "the mask is solid"
    assert np.array_equal(row.maps[OUTPUT].cells(), row.maps[ACTIVATION].cells())
    assert np.array_equal(row.maps[ACTIVATION].cells(), before), "the same batch in the same colours"
    assert row.factor.text().startswith("× 1 =")
    driver.qtbot.mouseClick(driver.window.transport.training, Qt.MouseButton.LeftButton)
    assert row.factor.text().startswith("× 2.00 =")


def test_switch_works_while_paused_and_after_a_failure(driver: Driver) -> None:
    driver.run(step=3)
    driver.window.transport.play.click()
    driver.window.transport.inference.click()
    mask = driver.window.equation.row.maps[MASK]
    assert (mask.cells() == theme.KEPT).all()
    driver.session.say(Failed(driver.session.generation, "The loss became NaN."))
    driver.poll()
    driver.window.transport.training.click()
    assert (mask.cells() == theme.DROPPED).any()


def test_classic_scaling_moves_the_factor_to_inference(driver: Driver) -> None:
    driver.run(Settings(scaling="classic", written_as="numpy"), step=3)
    factor = driver.window.equation.row.factor
    assert factor.text().startswith("× 1 = classic")
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_T)
    assert factor.text().startswith("× 0.50 = 1 − rate")


def test_no_dropout_says_so(driver: Driver) -> None:
    driver.run(Settings(written_as="none"), step=3)
    row = driver.window.equation.row
    assert row.notes[MASK].text() == "no dropout here: mask is 1 everywhere"
    assert (row.maps[MASK].cells() == theme.KEPT).all()


def test_share_kept_stands_beside_the_share_expected(driver: Driver) -> None:
    driver.run(step=3)
    share = make_snapshot(step=3).training.place(2).mask.mean() * 100
    row = driver.window.equation.row
    assert row.notes[MASK].text() == f"kept {share:.1f} % — expected 50 % ± 1.1 %"
    assert row.figures[MASK].text() == "rate 0.50 · keep 0.50"


@pytest.mark.parametrize("dropped", [False, True])
def test_hover_writes_the_arithmetic_and_holds_the_picture(driver: Driver, dropped: bool) -> None:
    driver.run(step=3)
    equation = driver.window.equation
    place = make_snapshot(step=3).training.place(2)
    wanted = (~place.mask if dropped else place.mask & (place.activation > 0.1))[:64]
    row, unit = (int(k) for k in np.argwhere(wanted)[5])
    viewport, point = equation.row.maps[OUTPUT].cell_position(row, unit)
    driver.qtbot.mouseMove(viewport, point)
    a, out = place.activation[row, unit], place.output[row, unit]
    told = driver.window.pointed_text()
    if dropped:
        assert told.startswith(f"review {row} · unit {unit}: {arithmetic.number(float(a))} × 0 = 0 ")
    else:
        assert told.startswith(f"review {row} · unit {unit}: ")
        shown, one, factor, product = (float(each) for each in re.findall(r"[\d.]+", told.partition(":")[2])[:4])
        assert (one, factor, product) == (1, 2, round(float(out), 2))
        assert shown == pytest.approx(float(a), abs=0.005)
        assert round(shown * factor, 2) == product, "the sum can be done again"
    assert f"label {'positive' if row % 2 else 'negative'}" in told
    assert "<b>film</b>" in told, "a review's text is text"
    assert all(heatmap.marked() for heatmap in equation.row.maps)
    held = equation.row.maps[OUTPUT].cells().copy()
    driver.show(4)
    assert np.array_equal(equation.row.maps[OUTPUT].cells(), held)
    assert "batch 4 of" in driver.window.transport.progress_text(), "training goes on behind"
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert driver.window.pointed_text() == ""
    assert not np.array_equal(equation.row.maps[OUTPUT].cells(), held)
    assert not any(heatmap.marked() for heatmap in equation.row.maps)


def test_switching_while_hovering_tells_the_other_arithmetic(driver: Driver) -> None:
    driver.run(step=3)
    place = make_snapshot(step=3).training.place(2)
    row, unit = (int(k) for k in np.argwhere(~place.mask[:64] & (place.activation[:64] > 0.1))[2])
    driver.qtbot.mouseMove(*driver.window.equation.row.maps[MASK].cell_position(row, unit))
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_T)
    a = place.activation[row, unit]
    assert driver.window.pointed_text().startswith(f"review {row} · unit {unit}: {a:.2f} × 1 × 1.00 = {a:.2f} ")


def test_maps_zoom_as_one_and_a_new_shape_is_shown_whole(driver: Driver) -> None:
    driver.run(step=3)
    maps = driver.window.equation.row.maps
    maps[OUTPUT].show_range((2.0, 9.0), (10.0, 30.0))
    assert all(heatmap.visible_range() == ((2.0, 9.0), (10.0, 30.0)) for heatmap in maps)
    driver.show(4)
    assert maps[ACTIVATION].visible_range() == ((2.0, 9.0), (10.0, 30.0)), "a new batch leaves the zoom"
    driver.qtbot.keyClick(driver.window.equation.shown, Qt.Key.Key_Home)
    assert all(heatmap.visible_range() == ((-0.5, 15.5), (-0.5, 15.5)) for heatmap in maps)


def test_other_layer_and_all_reviews(driver: Driver) -> None:
    driver.run(step=3)
    driver.qtbot.keyClick(driver.window.equation.layer, Qt.Key.Key_Home)
    driver.qtbot.keyClick(driver.window.equation.shown, Qt.Key.Key_End)
    mask = driver.window.equation.row.maps[MASK].cells()
    assert np.array_equal(mask == theme.KEPT, make_snapshot(step=3).training.place(1).mask)


def test_a_short_batch_is_drawn_as_it_is(driver: Driver) -> None:
    driver.run(Settings(batch_size=512), step=3)
    driver.session.mailbox.show(make_snapshot(generation=driver.session.generation, step=30, batch=5))
    driver.poll()
    assert driver.window.equation.row.maps[MASK].cells().shape == (5, 16)


def test_exact_zeros_have_an_entry_of_their_own() -> None:
    values = np.array([[0.0, 1e-6, 0.5, 1.0, 7.0, np.nan]], np.float32)
    entries = value_cells(values, level=1.0)
    assert entries[0, 0] == 0
    assert entries[0, 1] == 1
    assert entries[0, 3] == entries[0, 4] == theme.KEPT


def test_colours_move_slowly() -> None:
    level = Level()
    level.follow(np.full((8, 8), 2.0, np.float32))
    assert level.value == pytest.approx(2.0)
    level.follow(np.full((8, 8), 2.4, np.float32))
    assert 2.0 < level.value < 2.1
    level.follow(np.full((8, 8), 50.0, np.float32))
    assert level.value == pytest.approx(50.0)
    level.follow(np.zeros((8, 8), np.float32))
    assert level.value == pytest.approx(50.0)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.00"), (0.834, "0.83"), (0.0042, "0.0042"), (12.5, "12.50")])
def test_numbers_keep_two_digits(value: float, text: str) -> None:
    assert arithmetic.number(value) == text


def test_expected_mean_is_what_scaling_is_for() -> None:
    ones = np.ones((2, 2), np.float32)
    mask = ones.astype(bool)
    assert arithmetic.expectation(Place(ones, mask, 2.0, 0.5, ones, True), "training") == "expected: the mean of a"
    assert (
        arithmetic.expectation(Place(ones, mask, 1.0, 0.3, ones, True), "training") == "expected: 0.70 × the mean of a"
    )
    assert arithmetic.expectation(Place(ones, mask, 1.0, 0.0, ones, False), "training") == "the same as a"


def test_hint_says_that_the_picture_is_held(driver: Driver) -> None:
    driver.run(step=3)
    equation = driver.window.equation
    assert equation.hint() == "Point at a cell for its arithmetic; a click keeps it"
    viewport, point = equation.row.maps[OUTPUT].cell_position(3, 3)
    driver.qtbot.mouseMove(viewport, point)
    assert equation.hint() == "Held while you point"
    driver.show(4)
    assert equation.hint() == "Held while you point — training goes on"
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert equation.hint() == "Point at a cell for its arithmetic; a click keeps it"


def test_notes_tell_which_bound_and_why_the_activation_differs(driver: Driver) -> None:
    driver.run(step=3)
    notes = driver.window.equation.row.notes
    assert "95 % binomial interval" in notes[MASK].toolTip()
    assert notes[ACTIVATION].toolTip() == ""
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_T)
    assert notes[MASK].toolTip() == ""
    assert "hidden 1's dropout is off too" in notes[ACTIVATION].toolTip()


def test_one_review_has_no_prefix_on_its_axis(driver: Driver) -> None:
    driver.run(Settings(batch_size=1), step=3)
    driver.session.mailbox.show(make_snapshot(generation=driver.session.generation, step=30, batch=1))
    driver.poll()
    for axis in driver.window.equation.row.maps[ACTIVATION].findChildren(pg.PlotWidget)[0].getPlotItem().axes.values():
        assert "0.001" not in axis["item"].labelString()
