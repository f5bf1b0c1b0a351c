"""The list of runs, without a widget."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.settings import Settings
from explorer.gui import theme
from explorer.gui.runs import EARLIER_BUDGET_BYTES, RunBook
from explorer.gui.views.plot import run_pen
from tests.gui.scripted import make_dataset, make_history, started


def book_of(*all_settings: Settings, steps: int = 31) -> RunBook:
    book = RunBook()
    for settings in all_settings:
        book.begin(started(1, settings, make_history(steps, settings)), make_dataset())
    return book


def test_every_run_stays_and_the_last_is_on_the_screen(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings(written_as="none"), Settings(units=4))
    assert [run.number for run in book.runs] == [1, 2, 3]
    assert book.current is book.runs[-1]
    assert [run.full_name for run in book.earlier] == ["Run 1: dropout 0.50 after both", "Run 2: no dropout"]
    book.leave()
    assert book.current is None
    assert len(book.earlier) == 3


def test_a_run_without_an_epoch_leaves_nothing(qtbot: QtBot) -> None:
    book = book_of(Settings())
    book.begin(started(2, history=make_history(10)))
    book.begin(started(3, history=make_history(10)))
    assert [run.number for run in book.runs] == [1, 2]
    book.leave()
    assert [run.number for run in book.runs] == [1]


def test_live_settings_rename_a_run_but_not_what_it_was_called(qtbot: QtBot) -> None:
    book = book_of(Settings(written_as="none"), Settings())
    book.settings_changed(Settings(rate_1=0.2))
    assert book.runs[1].full_name == "Run 2: dropout 0.50 → 0.20 after hidden 1, 0.50 after hidden 2"
    book.rename(2, " my \n run ")
    book.settings_changed(Settings(rate_1=0.3))
    assert book.runs[1].full_name == book.runs[1].name == "my run"
    book.rename(2, "")
    assert book.runs[1].name == "Run 2"


def test_the_run_on_the_screen_cannot_be_deleted(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings())
    with pytest.raises(ValueError, match="run 2 is on the screen"):
        book.delete(2)
    book.delete(1)
    assert [run.number for run in book.runs] == [2]
    book.begin(started(3, history=make_history(31)))
    assert [run.number for run in book.runs] == [2, 3], "a number is given once"
    with pytest.raises(KeyError):
        book.delete(1)


def test_a_deleted_run_can_be_brought_back_until_the_next_one_is(qtbot: QtBot) -> None:
    book = book_of(*[Settings()] * 4)
    gone: list[int] = []
    book.removed.connect(lambda run: gone.append(run.number))
    first = book.run(1)
    book.delete(1)
    assert gone == []
    book.next_look(2)
    book.bring_back()
    assert [run.number for run in book.runs] == [1, 2, 3, 4]
    assert book.run(1).history is first.history
    assert len({run.look for run in book.runs}) == 4
    book.bring_back()
    assert len(book.runs) == 4, "there is no other one"
    book.delete(1)
    book.delete(2)
    assert gone == [1]
    book.bring_back()
    assert [run.number for run in book.runs] == [2, 3, 4]


def test_the_list_says_that_it_changed_only_when_it_did(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings())
    said: list[int] = []
    book.changed.connect(lambda: said.append(1))
    book.set_visible(1, True)
    book.show_all()
    book.rename(1, "")
    assert not said
    book.show_only(2)
    assert [run.visible for run in book.runs] == [False, True]
    book.rename(1, "first")
    assert len(said) == 2


def test_no_two_runs_look_the_same(qtbot: QtBot) -> None:
    book = book_of(*[Settings()] * 4)
    book.delete(2)
    book.next_look(1)
    book.begin(started(9, history=make_history(31)))
    looks = [run.look for run in book.runs]
    assert len(set(looks)) == len(looks)
    pens = [run_pen(theme.DARK, look) for look in range(20)]
    assert len({(pen.color().name(), pen.style()) for pen in pens}) == 20


def test_runs_that_are_over_give_their_activations_back(qtbot: QtBot) -> None:
    settings = Settings(units=512)
    history = make_history(500, settings)
    assert history.activation_bytes > EARLIER_BUDGET_BYTES, "or there is nothing to give back"
    book = RunBook()
    book.begin(started(1, settings, history))
    book.leave()
    assert history.activation_bytes > EARLIER_BUDGET_BYTES, "the worker may still be writing to it"
    book.begin(started(2, history=make_history(3)))
    assert 0 < history.activation_bytes <= EARLIER_BUDGET_BYTES
    assert len(history.scalars().loss) == 500
