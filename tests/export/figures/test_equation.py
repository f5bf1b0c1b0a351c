from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.engine.settings import Settings
from explorer.engine.statistics import batch_statistics
from explorer.export.figures import EquationFigure, draw
from explorer.export.figures.cell_map import CellMap
from explorer.export.figures.settled import agg_canvas, pixels, settled
from explorer.export.request import ExportRequest
from explorer.presentation import arithmetic
from explorer.presentation.cells import Level, mask_cells, value_cells
from explorer.presentation.palette import DROPPED, KEPT, UNKNOWN
from tests.export.figures.drawn import cramped, texts
from tests.export.records import record

FILM = ExportRequest(size="custom", width=640, height=360, theme="dark")


def maps(figure) -> list[np.ndarray]:
    """The cells of every map, in the order they were made; the colour bar is one row high."""
    return [drawn.cells for drawn in figure.findobj(CellMap) if len(drawn.cells) > 1]


def test_the_figure_says_what_the_screen_says(run) -> None:
    request = ExportRequest(size="slide", step=7)
    snapshot = run.snapshot(7)
    for item, mode in (("equation-training", "training"), ("equation-inference", "inference")):
        said = texts(draw(item, request, run))
        place = snapshot.forward(mode).place(2)
        figures = batch_statistics(snapshot, mode, 2)
        factor = arithmetic.factor(place, mode, snapshot.settings)
        for text in (
            arithmetic.mean(figures.mean_activation),
            arithmetic.mean(figures.mean_output),
            arithmetic.rate_and_keep(place),
            arithmetic.kept(figures, place, mode),
            arithmetic.expectation(place, mode),
            factor.number,
            factor.formula,
            factor.note,
            factor.output,
            "kept, but zero: relu made it so",
        ):
            assert text in said, text
        assert any(arithmetic.which_batch(snapshot) in text for text in said)
    said = texts(draw("equation-training", request, run))
    assert next(text for text in said if text.startswith("kept ")) == "kept 53.8 % — expected 50 % ± 3.9 %"


def test_the_maps_have_the_cells_of_the_batch(run) -> None:
    snapshot = run.snapshot(7)
    place = snapshot.training.place(2)
    level = Level()
    both = [forward.place(2) for forward in (snapshot.training, snapshot.inference)]
    level.follow(*(array[:12] for each in both for array in (each.activation, each.output)))
    activation, mask, output = maps(draw("equation-training", ExportRequest(step=7, reviews=12), run))
    assert np.array_equal(activation, value_cells(place.activation[:12], level.value))
    assert np.array_equal(mask, mask_cells(place.mask[:12]))
    assert np.array_equal(output, value_cells(place.output[:12], level.value, place.mask[:12]))
    assert {DROPPED, 0} < set(output.flat)
    assert set(mask.flat) == {KEPT, DROPPED}


def test_both_modes_have_the_same_colours_and_inference_drops_nothing(run) -> None:
    both = maps(draw("equation-both", ExportRequest(), run))
    training = maps(draw("equation-training", ExportRequest(), run))
    inference = maps(draw("equation-inference", ExportRequest(), run))
    for one, other in zip(both, [*training, *inference], strict=True):
        assert np.array_equal(one, other)
    assert (inference[1] == KEPT).all()


def test_the_hidden_layer_can_be_chosen(run) -> None:
    request = ExportRequest(hidden=1, step=3)
    assert "Dropout after hidden 1, in training" in texts(draw("equation-training", request, run))
    assert not np.array_equal(
        maps(draw("equation-training", request, run))[1],
        maps(draw("equation-training", request.replace(hidden=2), run))[1],
    )


def test_where_no_dropout_stands_the_figure_says_so(others) -> None:
    said = texts(draw("equation-training", ExportRequest(), others[0]))
    assert "No dropout after hidden 2, in training" in said
    assert "no dropout here: mask is 1 everywhere" in said
    assert "rate 0 · keep 1" in said


def test_activations_that_were_let_go_are_told_and_the_mask_is_exact() -> None:
    run = record(2)
    run.history.shrink(0)
    figure = draw("equation-training", ExportRequest(), run)
    said = " ".join(texts(figure))
    assert arithmetic.LET_GO in said
    assert "not kept in memory" in said
    activation, mask, output = maps(figure)
    kept = run.history.mask(20, 2)
    assert (activation == UNKNOWN).all()
    assert np.array_equal(mask == KEPT, kept)
    assert np.array_equal(output == DROPPED, ~kept)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.99])
def test_any_rate_has_room_for_its_factor(rate: float) -> None:
    run = record(1, Settings(rate_2=rate))
    said = texts(draw("equation-training", ExportRequest(size="column"), run))
    assert arithmetic.factor(run.snapshot(10).training.place(2), "training", run.settings).number in said


def test_a_frame_is_what_a_whole_drawing_would_show(run) -> None:
    film = EquationFigure(FILM, run, run.snapshot(1), progress=(1, 60))
    for step in (1, 2, 3, 25, 59, 60):  # across a change of the rate
        film.update(run.snapshot(step))
        frame = film.rgba().copy()
        assert frame.shape == (360, 640, 4)
        with settled():
            canvas = agg_canvas(film.figure)
            canvas.draw()
            assert np.array_equal(frame, pixels(canvas)), step


@pytest.mark.parametrize(("wide", "high"), [(320, 240), (640, 360), (1280, 720), (720, 1280)])
def test_a_film_has_room_for_its_curve(wide: int, high: int, run) -> None:
    request = FILM.replace(width=wide, height=high)
    for modes in (("training",), ("training", "inference")):
        film = EquationFigure(request, run, run.snapshot(1), modes=modes, progress=(1, 60))
        film.update(run.snapshot(60))
        assert cramped(film.figure) == []


def test_a_film_tells_the_batch_its_share_kept_and_lets_the_curve_grow(run) -> None:
    film = EquationFigure(FILM, run, run.snapshot(1), progress=(1, 60))
    grown = []
    for step in (1, 30, 60):
        film.update(run.snapshot(step))
        said = " ".join(texts(film.figure))
        snapshot = run.snapshot(step)
        assert arithmetic.which_batch(snapshot) in said
        assert (
            arithmetic.kept(batch_statistics(snapshot, "training", 2), snapshot.training.place(2), "training") in said
        )
        grown.append(max(len(line.get_xdata()) for line in film.figure.axes[-4].lines[1:2]))
    assert grown == [1, 30, 60]
    assert "batch of the run" in said


def test_colours_follow_slowly_and_begin_anew_far_away(run) -> None:
    film = EquationFigure(FILM, run, run.snapshot(10))
    first = film.level
    later = run.snapshot(11)
    brighter = replace(
        later,
        training=replace(
            later.training, hidden=tuple(replace(p, output=p.output * np.float32(2)) for p in later.training.hidden)
        ),
    )
    film.update(brighter)
    slowly = film.level
    assert first < slowly < 1.3 * first
    film.update(replace(brighter, step=900))
    assert film.level > 1.5 * first


def test_the_last_batch_of_an_epoch_may_be_shorter(run) -> None:
    film = EquationFigure(FILM, run, run.snapshot(1))
    whole = run.snapshot(2)
    short = replace(
        whole,
        rows=whole.rows[:5],
        labels=whole.labels[:5],
        training=replace(
            whole.training,
            hidden=tuple(
                replace(p, activation=p.activation[:5], mask=p.mask[:5], output=p.output[:5])
                for p in whole.training.hidden
            ),
        ),
    )
    film.update(short)
    assert [len(cells) for cells in maps(film.figure)] == [5, 5, 5]
    assert any(text.startswith("5 of ") for text in texts(film.figure))
