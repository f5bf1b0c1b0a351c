from __future__ import annotations

import numpy as np
import pytest

from explorer.export.figures import draw
from explorer.export.figures.lines import within
from explorer.export.request import ExportRequest
from explorer.presentation.curves import LINE_NAMES, run_look
from explorer.presentation.palette import LIGHT
from tests.export.figures.drawn import cramped, texts
from tests.export.records import change, record


def lines(figure) -> list[tuple[np.ndarray, np.ndarray, str]]:
    """x, y and colour of every curve with more than one point."""
    axes = figure.axes[0]
    drawn = [(np.asarray(x.get_xdata()), np.asarray(x.get_ydata()), x.get_color()) for x in axes.lines]
    return [each for each in drawn if len(each[0]) > 1]


def has(figure, y, colour: str | None = None) -> bool:
    wanted = np.asarray(y, np.float64)
    return any(
        len(found) == len(wanted) and np.allclose(found, wanted) and colour in (None, ink)
        for _, found, ink in lines(figure)
    )


def test_losses_are_drawn_with_and_without_dropout_and_never_with_the_penalty(run) -> None:
    figure = draw("loss", ExportRequest(), run)
    results = run.results
    assert has(figure, [r.loss for r in results], LIGHT.accent)
    assert has(figure, [r.train_loss for r in results], LIGHT.accent)
    assert has(figure, [r.val_loss for r in results], LIGHT.validation)
    assert not has(figure, [r.loss + r.penalty for r in results])
    said = texts(figure)
    assert set(LINE_NAMES.values()) <= set(said)
    assert {"Loss, without L2 penalty", "epoch", "binary cross-entropy (nats)"} <= set(said)


def test_batches_are_drawn_behind_and_smoothed_if_wanted(run) -> None:
    scalars = run.history.scalars()
    plain = draw("loss", ExportRequest(), run)
    smooth = draw("loss", ExportRequest(smoothing="light"), run)
    low, high = plain.axes[0].get_ylim()
    inside = (scalars.loss >= low) & (scalars.loss <= high)
    assert inside.sum() >= len(scalars.loss) - 2
    assert len(lines(smooth)) == len(lines(plain)) + 1
    assert "running mean of 10 batches" in texts(smooth)
    assert "running mean of 10 batches" not in texts(plain)


def test_accuracy_ends_at_one_and_is_never_logarithmic(run) -> None:
    figure = draw("accuracy", ExportRequest(log=True), run)
    assert has(figure, [r.val_accuracy for r in run.results], LIGHT.validation)
    assert figure.axes[0].get_ylim()[1] <= 1.0
    assert figure.axes[0].get_ylim()[0] >= 0.0


def test_a_logarithmic_axis_says_the_numbers_themselves(run) -> None:
    figure = draw("loss", ExportRequest(log=True), run)
    assert has(figure, np.log10([r.val_loss for r in run.results]), LIGHT.validation)
    low, high = figure.axes[0].get_ylim()
    numbers = [float(label.get_text()) for label in figure.axes[0].get_yticklabels()]
    assert numbers == pytest.approx((10 ** np.asarray(figure.axes[0].get_yticks())).tolist())
    assert all(10**low * 0.999 <= number <= 10**high * 1.001 for number in numbers)
    assert "binary cross-entropy (nats), logarithmic" in texts(figure)


@pytest.mark.parametrize(
    ("axis", "name", "end"),
    [("epoch", "epoch", 6.4), ("batch", "batch", 64), ("seconds", "seconds of computing", 3.16)],
)
def test_the_horizontal_axis_counts_what_was_asked_for(axis: str, name: str, end: float, run) -> None:
    figure = draw("loss", ExportRequest(axis=axis), run)
    assert name in texts(figure)
    furthest = max(float(np.nanmax(x)) for x, _, _ in lines(figure))
    assert furthest == pytest.approx(end, rel=0.02)
    assert figure.axes[0].get_xlim()[0] == 0.0
    assert figure.axes[0].get_xlim()[1] >= furthest


def test_other_runs_are_thin_named_lines_of_their_own_looks(run, others) -> None:
    figure = draw("loss", ExportRequest(), run, others)
    assert has(figure, [r.val_loss for r in others[0].results], run_look(LIGHT, 0)[0])
    # None held out: its training with dropout off, and the legend says so.
    assert has(figure, [r.train_loss for r in others[1].results], run_look(LIGHT, 1)[0])
    said = " ".join(texts(figure))
    assert "Validation of other runs" in said
    assert "Run 1: no dropout" in said
    assert "A $very_{long}$ name <b>with</b> signs" in said


def test_a_run_with_none_held_out_has_no_line_of_it(others) -> None:
    said = texts(draw("loss", ExportRequest(), others[1]))
    assert LINE_NAMES["trained"] in said
    assert LINE_NAMES["validation"] not in said


def test_changes_are_marked_where_they_took_effect(run) -> None:
    said = texts(draw("loss", ExportRequest(), run))
    assert "rate 1: 0.50 → 0.80" in said
    assert "learning rate: 0.001 → 0.0005" in said
    caption = " ".join(text for text in said if "Made-up" in text or "seed" in text)
    assert "0.50 → 0.80 after hidden 1" in caption


def test_many_changes_do_not_overprint_each_other() -> None:
    run = record(8)
    for k, step in enumerate(range(6, 76, 7)):
        change(run, step, rate_1=0.1 + 0.05 * k)
    for size in ("slide", "column"):
        assert cramped(draw("loss", ExportRequest(size=size), run)) == []


def test_many_other_runs_leave_the_plot_its_room(run) -> None:
    many = [record(2, name=f"Run {k}: one of many that were trained on a long evening") for k in range(20)]
    for size in ("slide", "column"):
        figure = draw("loss", ExportRequest(size=size), run, many)
        assert cramped(figure) == []
        assert any(text.startswith("… and ") for text in texts(figure))
        assert figure.axes[0].bbox.height > 0.2 * figure.bbox.height


def test_nothing_is_drawn_outside_of_the_axes(run) -> None:
    for request in (ExportRequest(), ExportRequest(log=True, smoothing="strong")):
        figure = draw("loss", request, run)
        low, high = figure.axes[0].get_ylim()
        for _, y, _ in lines(figure):
            known = y[np.isfinite(y)]
            assert known.min() >= low - 1e-9
            assert known.max() <= high + 1e-9


def test_a_line_is_cut_where_it_crosses_a_height() -> None:
    x, y = within(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.5, 2.5, 0.5, -1.5]), 0.0, 1.0)
    assert np.allclose(x[:2], [0, 0.25])
    assert np.allclose(y[:2], [0.5, 1.0])
    assert np.isnan(y[2])
    assert np.allclose(x[3:6], [1.75, 2.0, 2.25])
    assert np.allclose(y[3:6], [1.0, 0.5, 0.0])


def test_a_line_that_passes_through_at_one_stroke_keeps_the_part_inside() -> None:
    x, y = within(np.array([0.0, 1.0]), np.array([-1.0, 3.0]), 0.0, 1.0)
    known = np.isfinite(y)
    assert np.allclose(x[known], [0.25, 0.5])
    assert np.allclose(y[known], [0.0, 1.0])
    assert len(within(np.array([0.0, 1.0]), np.array([3.0, 4.0]), 0.0, 1.0)[0]) == 0


def test_gaps_stay_gaps_and_a_line_inside_is_left_as_it_is() -> None:
    x, y = np.arange(4.0), np.array([0.2, np.nan, 0.4, 0.6])
    same = within(x, y, 0.0, 1.0)
    assert same[0] is x
    assert same[1] is y
    _, cut = within(x, np.array([0.2, np.nan, 0.4, 5.0]), 0.0, 1.0)
    assert np.isnan(cut[1])
