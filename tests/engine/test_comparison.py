from dataclasses import replace

import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.comparison import COLUMNS, best_of, has_dropout, run_figures, tab_separated, twin_of
from explorer.engine.snapshot import EpochResult
from explorer.engine.training import Trainer
from tests.builders import NUM_WORDS, dataset

BY_NAME = {column.name: column for column in COLUMNS}


def result(epoch: int, val_loss: float | None, val_accuracy: float | None = None, train_loss: float = 0.1):
    return EpochResult(epoch, 30 * epoch, 0.3, 0.05, 0.9, train_loss, 0.95, val_loss, val_accuracy, 1.5, 0.5)


RISING = [result(1, 0.41, 0.85), result(2, 0.285, 0.891), result(3, 0.285, 0.891), result(4, 0.40, 0.87)]


@pytest.mark.parametrize("way", ["numpy", "lambda", "layer", "keras"])
def test_the_twin_has_the_same_starting_weights_and_batches(way):
    data = dataset()
    settings = Settings(num_words=NUM_WORDS, units=8, batch_size=32, epochs=2, written_as=way)
    run, twin = Trainer(settings, data), Trainer(twin_of(settings), data)
    for mine, theirs in zip(run.network.trainable_variables, twin.network.trainable_variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    for _ in range(2 * run.batches):
        mine, theirs = run.step(), twin.step()
        np.testing.assert_array_equal(mine.rows, theirs.rows)
        if run.epoch_is_trained:
            run.end_epoch()
            twin.end_epoch()
    assert not mine.training.place(1).mask.all()
    assert theirs.training.place(1).mask.all()
    assert twin.history.results[-1].train_loss != run.history.results[-1].train_loss


def test_a_twin_differs_in_dropout_only():
    settings = Settings(rate_1=0.3, epochs=7, seed=11, l2=0.0)
    twin = twin_of(settings)
    assert [field.name for field in settings.differences(twin)] == ["written_as"]
    assert not has_dropout(twin)
    assert has_dropout(settings)
    assert not has_dropout(Settings(dropout_1=False, dropout_2=False))


def test_the_best_epoch_is_the_first_that_had_the_lowest_loss():
    figures = run_figures(RISING)
    assert (figures.best_loss, figures.best_loss_epoch, figures.end_loss) == (0.285, 2, 0.40)
    assert (figures.best_accuracy, figures.best_accuracy_epoch, figures.end_accuracy) == (0.891, 2, 0.87)
    assert figures.gap == pytest.approx(0.40 - 0.1)
    assert (figures.epochs, figures.seconds) == (4, 6.0)
    assert BY_NAME["best_loss"].text(figures) == "0.2850 (2)"
    assert BY_NAME["seconds"].text(figures) == "6.0 s"


def test_without_validation_the_figures_say_so():
    figures = run_figures([result(1, None)])
    assert figures.best_loss is figures.end_loss is figures.gap is figures.best_accuracy is None
    assert BY_NAME["best_loss"].text(figures, held_out=False) == "none held out"
    assert BY_NAME["epochs"].text(figures, held_out=False) == "1"
    assert BY_NAME["end_loss"].text(figures, held_out=False) == "–", "once a row is enough"
    assert BY_NAME["best_loss"].text(run_figures([])) == "–"


def test_a_diverged_end_is_not_the_best():
    figures = run_figures([result(1, 0.5), result(2, float("nan")), result(3, float("inf"))])
    assert (figures.best_loss, figures.best_loss_epoch) == (0.5, 1)
    assert BY_NAME["end_loss"].text(figures) == "inf"
    assert BY_NAME["end_loss"].text(run_figures([result(1, 3.4e12)])) == "3.4e+12"


def test_the_best_is_found_among_runs_on_the_same_reviews():
    low, high = run_figures([result(1, 0.2, 0.8)]), run_figures([result(1, 0.3, 0.9)])
    runs = [("imdb", low), ("imdb", high), ("sample", run_figures([result(1, 0.1, 0.99)]))]
    assert best_of(BY_NAME["best_loss"], runs) == (True, False, False)
    assert best_of(BY_NAME["best_accuracy"], runs) == (False, True, False)
    assert best_of(BY_NAME["seconds"], runs) == (False, False, False), "more epochs take longer: that is no fault"
    assert best_of(BY_NAME["end_loss"], [("imdb", low), ("imdb", low)]) == (True, True)


def test_a_run_without_figures_or_finite_ones_is_never_best():
    ran = run_figures([result(1, 0.3, 0.9)])
    for other in (run_figures([]), run_figures([result(1, float("nan"))])):
        assert best_of(BY_NAME["end_loss"], [("", ran), ("", other)]) == (False, False)


def test_the_gap_closes_as_the_training_loss_nears_the_validation_loss():
    wide, narrow = run_figures(RISING), run_figures([*RISING[:-1], replace(RISING[-1], train_loss=0.35)])
    assert best_of(BY_NAME["gap"], [(0, wide), (0, narrow)]) == (False, True)


def test_a_table_keeps_its_cells_apart_and_its_digits():
    text = tab_separated([(["a\tname\nof two lines", "L2 0"], run_figures([result(1, 1 / 3)]))], ["run", "differs in"])
    head, row = (line.split("\t") for line in text.splitlines())
    assert len(head) == len(row)
    cells = dict(zip(head, row, strict=True))
    assert cells["run"] == "a name of two lines"
    assert float(cells["best_loss"]) == 1 / 3
    assert cells["best_loss_epoch"] == "1"
    assert cells["best_accuracy"] == ""


def test_what_runs_came_to_is_compared_at_equal_lengths_only():
    short = run_figures([result(1, 0.3)])
    long = run_figures([result(1, 0.4), result(2, 0.35)])
    other = run_figures([result(1, 0.4), result(2, 0.5)])
    runs = [("imdb", short), ("imdb", long), ("imdb", other)]
    assert best_of(BY_NAME["end_loss"], runs) == (False, True, False)
    assert best_of(BY_NAME["best_loss"], runs) == (True, False, False)
