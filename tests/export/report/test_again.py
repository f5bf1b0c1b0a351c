import shlex
from dataclasses import replace

import numpy as np
import pytest

from explorer.cli import parser
from explorer.engine.run_record import ReviewFacts
from explorer.export.report.again import command_line, program_of
from explorer.options import settings_from
from tests.builders import dataset
from tests.export.report.recorded import SMALL, recorded


@pytest.fixture(scope="module")
def changed():
    """A run whose rate and number of epochs were changed while it went on."""
    return recorded(
        "Changed", SMALL.replace(rate_1=0.25), {3: {"rate_1": 0.75, "learning_rate": 0.01}, 9: {"epochs": 4}}
    )


def test_the_command_asks_for_the_settings_it_began_with(changed):
    words = shlex.split(command_line(changed))
    assert words[:2] == ["dropout-explorer", "run"]
    assert settings_from(parser().parse_args(words[1:])) == changed.started_with


def test_automatic_reviews_are_told_by_their_name():
    run = recorded("Auto", SMALL.replace(data="auto", epochs=0))
    assert "--data sample " in command_line(run)
    real = replace(run, reviews=ReviewFacts("IMDB reviews", False, "f", 25_000, 25_000))
    assert "--data imdb " in command_line(real)


def test_the_program_makes_the_same_run_again_bit_for_bit(changed, monkeypatch, capsys):
    monkeypatch.setattr("explorer.data.load", lambda source, encoding: dataset())
    names: dict[str, object] = {}
    exec(compile(program_of(changed), "again.py", "exec"), names)
    again = names["trainer"].history
    assert [change.changes for change in again.changes] == [change.changes for change in changed.history.changes]
    assert len(changed.results) == 4
    for one, other in zip(again.results, changed.results, strict=True):
        assert (one.loss, one.train_loss, one.val_loss) == (other.loss, other.train_loss, other.val_loss)
    for step in range(1, len(changed.history) + 1):
        np.testing.assert_array_equal(again.mask(step, 1), changed.history.mask(step, 1))
    assert capsys.readouterr().out.startswith("EpochResult(epoch=4")
