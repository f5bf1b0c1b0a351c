from __future__ import annotations

import pytest

from explorer.engine.comparison import COLUMNS, best_of, run_figures
from explorer.engine.settings import Settings
from explorer.engine.test_result import Prediction, TestResult
from explorer.export.figures import draw
from explorer.export.request import ExportRequest
from explorer.presentation.curves import BEST
from explorer.presentation.series import descriptions
from tests.export.figures.drawn import cramped, texts
from tests.export.records import record


def test_every_figure_of_every_run_is_in_the_table_and_the_best_are_marked(run, others) -> None:
    runs = (run, *others)
    said = texts(draw("comparison", ExportRequest(size="slide"), run, others))
    figures = [run_figures(each.results) for each in runs]
    measured = [((each.trained_on, each.held_out), told) for each, told in zip(runs, figures, strict=True)]
    stars = 0
    for column in (column for column in COLUMNS if not column.of_test):
        for each, told, best in zip(runs, figures, best_of(column, measured), strict=True):
            text = column.text(told, held_out=each.held_out > 0)
            assert (BEST + text if best else text) in said
            stars += best
        for line in column.label.split("\n"):
            assert line in said
    assert stars == sum(text.startswith(f"{BEST}0") for text in said) == 2
    assert any(text.startswith(f"{BEST.strip()} the best") for text in said)


def test_what_sets_runs_apart_is_told_where_names_do_not() -> None:
    runs = [record(2, Settings(rate_1=rate), name=f"Run {k}") for k, rate in enumerate((0.2, 0.5))]
    said = " ".join(texts(draw("comparison", ExportRequest(size="slide"), runs[0], runs[1:])))
    assert "What differs" in said
    for text in descriptions([(each.started_with, each.settings) for each in runs]):
        assert text in said
    named = [record(2, Settings(rate_1=rate), name=f"with {rate}: rate 1 {rate:.2f}") for rate in (0.2, 0.5)]
    assert "What differs" not in texts(draw("comparison", ExportRequest(size="slide"), named[0], named[1:]))


def test_figures_of_runs_on_other_reviews_are_not_compared() -> None:
    one, other = record(2, name="one"), record(2, name="other", held_out=0)
    assert not any(text.startswith(f"{BEST}0") for text in texts(draw("comparison", ExportRequest(), one, [other])))


@pytest.mark.parametrize("size", ["slide", "column", "page"])
def test_the_figures_of_the_test_reviews_stand_there_where_a_run_has_them(size: str) -> None:
    tested, other = record(2, name="tested"), record(2, name="other")
    assert "Test" not in texts(draw("comparison", ExportRequest(size=size), tested, [other]))
    tested.history.test = TestResult(0.34567, 0.87654, Prediction(0, 0.6543, 1))
    figure = draw("comparison", ExportRequest(size=size), other, [tested])
    assert cramped(figure) == []
    said = texts(figure)
    assert {"Test", "Prediction", "(label)", "0.3457", "0.8765", "0.654 (1)"} <= set(said)
    assert said.count("–") == 3  # of the other run


def test_more_runs_than_have_room_are_counted(run) -> None:
    many = [record(2, name=f"Run {k}") for k in range(60)]
    for size, least in (("slide", 20), ("column", 4)):
        figure = draw("comparison", ExportRequest(size=size), run, many)
        assert cramped(figure) == []
        said = texts(figure)
        shown = sum(text in {each.name for each in many} for text in said)
        blocks = said.count("Run")
        (more,) = [text for text in said if text.startswith("… and ")]
        assert more == f"… and {60 - shown // blocks} more runs"
        assert shown // blocks >= least
