"""The curves as they are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from explorer.engine.history import History
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Changed
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.runs import RunBook
from explorer.gui.views.curve_legend import Entry, LegendLine
from explorer.gui.views.curves import CurvesView
from explorer.gui.views.plot import CurvePlot, run_pen
from explorer.presentation.series import Marker
from tests.gui.scripted import make_history, make_result, make_snapshot, started


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(qtbot: QtBot, book: RunBook, clock: Clock | None = None) -> CurvesView:
    view = CurvesView(book, clock=clock or Clock())
    qtbot.addWidget(view)
    view.resize(1100, 230)
    with qtbot.waitExposed(view):
        view.show()
    return view


def begun(*histories: History, settings: tuple[Settings, ...] = ()) -> RunBook:
    book = RunBook()
    for k, history in enumerate(histories):
        book.begin(started(k + 1, settings[k] if settings else None, history))
    return book


def grow(history: History, step: int) -> None:
    history.append(make_snapshot(step=step, batch=8))


def test_curves_are_drawn_four_times_a_second(qtbot: QtBot) -> None:
    clock, history = Clock(), make_history(3)
    view = shown(qtbot, begun(history), clock)
    grow(history, 4)
    view.draw(make_snapshot(step=4, batch=8), "training")
    assert len(view.loss.data("batches")[0]) == 3
    for _ in range(2):  # the plots take turns
        clock.now += 0.13
        view.draw(make_snapshot(step=4, batch=8), "training")
    assert len(view.loss.data("batches")[0]) == len(view.accuracy.data("batches")[0]) == 4


def test_both_plots_show_the_run_as_it_was_at_one_moment(qtbot: QtBot) -> None:
    clock, history = Clock(), make_history(3)
    view = shown(qtbot, begun(history), clock)
    told = []
    for step in range(4, 8):
        grow(history, step)
        clock.now += 0.13
        view.draw(make_snapshot(step=step, batch=8), "training")
        told.append([len(plot.data("batches")[0]) for plot in (view.loss, view.accuracy)])
    assert told == [[4, 3], [4, 4], [6, 4], [6, 6]]


def test_nothing_is_drawn_while_nobody_looks_and_nothing_is_missed(qtbot: QtBot) -> None:
    clock, history = Clock(), make_history(3)
    view = shown(qtbot, begun(history), clock)
    view.hide()
    grow(history, 4)
    for _ in range(2):
        clock.now += 0.13
        view.draw(make_snapshot(step=4, batch=8), "training")
    assert len(view.loss.data("batches")[0]) == 3
    view.show()
    assert len(view.loss.data("batches")[0]) == 4


def test_every_run_stays_drawn_until_it_is_hidden_or_deleted(qtbot: QtBot) -> None:
    book = begun(*(make_history(31 + 30 * k) for k in range(8)))
    view = shown(qtbot, book)
    assert [len(line.x) for line in view.loss.others()] == [1, 2, 3, 4, 5, 6, 7]
    assert view.legend_texts()[4] == "Run 1: dropout 0.50 after both"
    book.set_visible(2, False)
    book.delete(3)
    assert [len(line.x) for line in view.accuracy.others()] == [1, 4, 5, 6, 7]
    assert len(view.legend_texts()) == 4 + 5
    book.rename(1, "first")
    assert view.legend_texts()[4] == "first"


def test_the_run_on_the_screen_can_be_hidden_and_comes_back(qtbot: QtBot) -> None:
    book = begun(make_history(61), make_history(61))
    view = shown(qtbot, book)
    book.set_visible(2, False)
    assert len(view.loss.data("validation")[0]) == len(view.loss.data("batches")[0]) == 0
    assert view.legend_texts() == ("Run 1: dropout 0.50 after both",)
    book.set_visible(2, True)
    assert len(view.loss.data("validation")[0]) == 2
    assert len(view.loss.data("batches")[0]) == 61


def test_a_run_that_was_given_up_turns_into_a_thin_line(qtbot: QtBot) -> None:
    book = begun(make_history(61))
    view = shown(qtbot, book)
    view.show_cursor(5)
    book.leave()
    assert len(view.loss.data("batches")[0]) == 0
    assert view.loss.cursor_place() is None
    (line,) = view.loss.others()
    assert line.y == pytest.approx([make_result(1).val_loss, make_result(2).val_loss])


def test_without_held_out_reviews_an_earlier_run_is_drawn_by_its_training(qtbot: QtBot) -> None:
    history = make_history(31)
    history.results = (make_result(1, held_out=False),)
    book = RunBook()
    book.begin(replace(started(1, history=history), held_out=0))
    book.begin(started(2, history=make_history(1)))
    view = shown(qtbot, book)
    assert view.loss.others()[0].y == pytest.approx([make_result(1).train_loss])
    assert "(training, dropout off)" in view.legend_texts()[-1]


@pytest.mark.parametrize(("axis", "last_epoch", "last_batch"), [("epoch", 2, 65 / 30), ("batch", 60, 65)])
def test_the_horizontal_axis_counts_what_was_chosen(
    qtbot: QtBot, axis: str, last_epoch: float, last_batch: float
) -> None:
    view = shown(qtbot, begun(make_history(31), make_history(65)))
    box = next(box for box in view.findChildren(Combo) if box.accessibleName() == "Horizontal axis")
    box.setCurrentIndex(box.findData(axis))
    with qtbot.waitSignal(view.look_chosen) as chosen:
        box.activated.emit(box.currentIndex())
    assert chosen.args == [axis, "none", False]
    assert view.loss.data("validation")[0][-1] == last_epoch
    assert view.loss.data("batches")[0][-1] == pytest.approx(last_batch)
    assert view.loss.others()[0].x == pytest.approx([last_epoch / 2])


def test_seconds_leave_out_batches_that_have_no_place_yet(qtbot: QtBot) -> None:
    view = shown(qtbot, begun(make_history(10)))
    view.show_look("seconds", "none", False)
    assert len(view.loss.data("batches")[0]) == 0
    view = shown(qtbot, begun(make_history(65)))
    view.show_look("seconds", "none", False)
    assert view.loss.data("validation")[0] == pytest.approx([0.097, 0.194])
    assert len(view.loss.data("batches")[0]) == 65


def test_smoothing_keeps_the_batches_and_adds_a_calmer_line(qtbot: QtBot) -> None:
    history = make_history(65)
    history._table["loss"][:65] = np.random.default_rng(5).normal(0.4, 0.1, 65)
    view = shown(qtbot, begun(history))
    raw = view.loss.data("batches")[1].copy()
    assert len(view.loss.data("smoothed")[0]) == 0
    spreads = []
    for smoothing in ("light", "strong"):
        view.show_look("epoch", smoothing, False)
        assert np.array_equal(view.loss.data("batches")[1], raw)
        spreads.append(float(np.diff(view.loss.data("smoothed")[1]).std()))
    assert np.diff(raw).std() > 4 * spreads[0] > 4 * spreads[1]
    assert view.loss.data("validation")[1][0] == make_result(1).val_loss, "what was measured stays as measured"
    view.show_look("epoch", "none", False)
    assert len(view.loss.data("smoothed")[0]) == 0


def test_the_next_run_is_smoothed_from_its_own_start(qtbot: QtBot) -> None:
    first, second = make_history(65), make_history(65)
    first._table["loss"][:65] = 9.0
    book = begun(first)
    view = shown(qtbot, book)
    view.show_look("epoch", "strong", False)
    book.begin(started(2, history=second))
    assert view.loss.data("smoothed")[1].max() < 1.0


def test_a_logarithmic_axis_is_for_losses_and_survives_a_loss_of_zero(qtbot: QtBot) -> None:
    history = make_history(61)
    history.results = (history.results[0], replace(history.results[1], train_loss=0.0))
    view = shown(qtbot, begun(history))
    (box,) = view.findChildren(QCheckBox)
    with qtbot.waitSignal(view.look_chosen) as chosen:
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert chosen.args == ["epoch", "none", True]
    (_, (low, high)) = view.loss._plot.getViewBox().viewRange()
    assert -3 < low < high < 0.5, "in powers of ten"
    assert view.accuracy._plot.getViewBox().viewRange()[1][1] <= 1.0
    view.grab()


def test_choices_are_shown_without_saying_that_they_were_made(qtbot: QtBot) -> None:
    view = shown(qtbot, begun(make_history(31)))
    said: list[object] = []
    view.look_chosen.connect(lambda *look: said.append(look))
    view.show_look("batch", "light", True)
    assert (view.controls.axis, view.controls.smoothing, view.controls.log) == ("batch", "light", True)
    assert not said


@pytest.mark.parametrize("axis", ["epoch", "batch", "seconds"])
def test_a_click_chooses_the_batch_at_that_place_and_the_cursor_stands_there(qtbot: QtBot, axis: str) -> None:
    view = shown(qtbot, begun(make_history(65)))
    view.show_look(axis, "none", False)
    view.show_cursor(47)
    place = view.loss.cursor_place()
    assert place is not None
    assert view.accuracy.cursor_place() == place
    plot = view.loss._plot
    point = plot.mapFromScene(plot.getViewBox().mapViewToScene(plot.getViewBox().viewRect().center()))
    point.setX(plot.mapFromScene(plot.getViewBox().mapViewToScene(view.loss._cursor.pos())).x())
    with qtbot.waitSignal(view.step_chosen) as chosen:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=point)
    per_pixel = 600 / 290 if axis != "seconds" else 12  # twenty epochs; in seconds those and the rounding of the axis
    assert abs(chosen.args[0] - 47) <= per_pixel
    view.show_cursor(None)
    assert view.loss.cursor_place() is None


def test_a_click_on_the_axis_or_without_a_run_chooses_nothing(qtbot: QtBot) -> None:
    view = shown(qtbot, RunBook())
    said: list[int] = []
    view.step_chosen.connect(said.append)
    qtbot.mouseClick(view.loss._plot.viewport(), Qt.MouseButton.LeftButton)
    view = shown(qtbot, begun(make_history(65)))
    view.step_chosen.connect(said.append)
    corner = QPoint(3, view.loss._plot.height() - 3)
    qtbot.mouseClick(view.loss._plot.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert not said


def test_marks_move_with_the_axis(qtbot: QtBot) -> None:
    history = make_history(65)
    history.change(Changed(1, 40, 1.3, (("rate_1", 0.5, 0.3),), Settings(rate_1=0.3)))
    view = shown(qtbot, begun(history))
    view.show_look("batch", "none", False)
    assert view.loss.marker_texts() == ("rate 1: 0.50 → 0.30",)
    (mark,) = view.loss._marks
    assert mark.value() == pytest.approx(39)


def test_at_the_least_size_every_control_can_be_read(qtbot: QtBot) -> None:
    view = shown(qtbot, begun(make_history(65)))
    view.resize(970, 170)
    for box in view.findChildren(Combo):
        for index in range(box.count()):
            box.setCurrentIndex(index)
            assert box._fitting_text() == box.currentText()
    for control in (*view.findChildren(Combo), *view.findChildren(QCheckBox)):
        assert control.accessibleName()
        assert control.toolTip()
        assert view.rect().contains(control.mapTo(view, control.rect().bottomRight()))


def test_several_changes_at_once_are_drawn(qtbot: QtBot) -> None:
    plot = CurvePlot("Loss")
    qtbot.addWidget(plot)
    plot.show_markers(tuple(Marker(1.0 + k // 5, f"m{k}") for k in range(12)))
    assert plot.marker_texts() == tuple(f"m{k}" for k in range(12))


def test_a_line_of_the_legend_tells_its_whole_text(qtbot: QtBot) -> None:
    line = LegendLine(Entry("run 1: rate 1 < 0.30", run_pen(theme.DARK, 0)))
    qtbot.addWidget(line)
    assert "rate 1 &lt; 0.30" in line.toolTip()


def test_both_themes_draw_runs_in_their_own_colours(qtbot: QtBot) -> None:
    view = shown(qtbot, begun(*(make_history(steps) for steps in (301, 601, 61))))
    pictures = []
    for palette in (theme.DARK, theme.LIGHT):
        view.apply_theme(palette)
        picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pictures.append(picture)
        pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1, 4)[..., 2::-1]
        for colour in (palette.validation, palette.accent, palette.earlier[1]):
            wanted = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
            assert (np.abs(pixels.astype(int) - wanted).max(axis=-1) < 12).sum() > 20, colour
    assert pictures[0] != pictures[1]
