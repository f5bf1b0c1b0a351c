"""The table of runs, and what can be done with one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from explorer.engine.comparison import COLUMNS, run_figures
from explorer.engine.settings import Settings
from explorer.gui import theme
from explorer.gui.runs import RunBook
from explorer.gui.views.compare import CompareView
from explorer.gui.views.compare_model import DIFFERS, FIGURES, NAME
from explorer.gui.widgets import Button
from explorer.presentation.curves import BEST
from tests.gui.scripted import make_dataset, make_history, make_result, make_snapshot, started

NAMES = [column.name for column in COLUMNS]


def book_of(*all_settings: Settings) -> RunBook:
    """Runs whose validation loss grows from one to the next."""
    book = RunBook()
    for k, settings in enumerate(all_settings):
        history = make_history(61, settings)
        history.results = tuple(replace(r, val_loss=(r.val_loss or 0.0) + 0.1 * k) for r in history.results)
        book.begin(started(k + 1, settings, history), make_dataset())
    return book


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(qtbot: QtBot, book: RunBook, clock: Clock | None = None) -> CompareView:
    view = CompareView(book, clock=clock or Clock())
    qtbot.addWidget(view)
    view.resize(1100, 230)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    return view


def cell(view: CompareView, row: int, name: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return view.model.data(view.model.index(row, FIGURES + NAMES.index(name)), role)


def test_the_table_shows_the_figures_that_everything_else_shows(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings(written_as="none"))
    view = shown(qtbot, book)
    figures = run_figures(book.runs[1].results)
    for column in COLUMNS:
        assert str(cell(view, 1, column.name)).removeprefix(BEST) == column.text(figures)
    assert view.model.data(view.model.index(1, NAME)) == "Run 2 (now)"
    assert view.model.data(view.model.index(1, DIFFERS)) == "no dropout"


def test_the_best_is_marked_by_a_sign_in_bold_and_to_a_screen_reader(qtbot: QtBot) -> None:
    view = shown(qtbot, book_of(Settings(), Settings(written_as="none")))
    assert str(cell(view, 0, "best_loss")).startswith(BEST)
    assert not str(cell(view, 1, "best_loss")).startswith(BEST)
    assert cell(view, 0, "best_loss", Qt.ItemDataRole.FontRole).bold()
    assert cell(view, 1, "best_loss", Qt.ItemDataRole.FontRole) is None
    assert str(cell(view, 0, "best_loss", Qt.ItemDataRole.AccessibleTextRole)).endswith(", best")
    assert not str(cell(view, 0, "epochs")).startswith(BEST)


def test_every_heading_explains_itself(qtbot: QtBot) -> None:
    model = shown(qtbot, RunBook()).model
    for column in range(model.columnCount()):
        tip = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert len(tip) > 30


def test_without_held_out_reviews_it_says_so(qtbot: QtBot) -> None:
    book, history = RunBook(), make_history(31)
    history.results = (make_result(1, held_out=False),)
    book.begin(replace(started(1, history=history), held_out=0))
    view = shown(qtbot, book)
    assert cell(view, 0, "best_loss") == "none held out"
    assert cell(view, 0, "epochs") == "1"


def test_figures_follow_the_run_while_someone_looks(qtbot: QtBot) -> None:
    book, clock = book_of(Settings()), Clock()
    view = shown(qtbot, book, clock)
    book.runs[0].history.end_epoch(make_result(3))
    view.draw(make_snapshot(step=90, batch=8), "training")
    assert cell(view, 0, "epochs") == "2", "not with every batch"
    clock.now += 1.0
    with qtbot.waitSignal(view.model.dataChanged):
        view.draw(make_snapshot(step=91, batch=8), "training")
    assert cell(view, 0, "epochs") == "3"
    said: list[object] = []
    view.model.dataChanged.connect(lambda *what: said.append(what))
    clock.now += 1.0
    view.draw(make_snapshot(step=92, batch=8), "training")
    assert not said, "nothing was new"
    view.hide()
    book.runs[0].history.end_epoch(make_result(4))
    book.begin(started(2, history=make_history(31)))
    clock.now += 1.0
    view.draw(make_snapshot(step=121, batch=8), "training")
    assert view.model.rowCount() == 1, "nobody looks"
    view.show()
    assert cell(view, 0, "epochs") == "4"
    assert view.model.rowCount() == 2


def test_a_name_is_typed_in_place_while_the_run_goes_on(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings(units=4))
    view = shown(qtbot, book)
    view.choose(1)
    qtbot.mouseClick(view.rename, Qt.MouseButton.LeftButton)
    editor = view.table.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Run 1"
    editor.setText("half ty")
    book.runs[1].history.end_epoch(make_result(3))
    view.refresh()
    assert editor.text() == "half ty"
    qtbot.keyClicks(editor, "ped")
    with qtbot.waitSignal(book.changed):  # Qt takes the text over a moment later
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert book.runs[0].name == "half typed"
    assert view.model.data(view.model.index(0, NAME)) == "half typed"


def test_leaving_a_name_as_it_was_gives_none(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings())
    view = shown(qtbot, book)
    view.model.setData(view.model.index(0, NAME), "Run 1")
    assert book.runs[0].own_name == ""
    view.model.setData(view.model.index(0, NAME), "<b>mine</b>")
    assert "&lt;b&gt;" in view.model.data(view.model.index(0, NAME), Qt.ItemDataRole.ToolTipRole)


def test_space_on_a_name_hides_the_run_and_elsewhere_is_the_windows(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings())
    view = shown(qtbot, book)
    view.table.setFocus()
    view.choose(1)
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    assert book.runs[0].visible
    qtbot.keyClick(view.table, Qt.Key.Key_Home)
    view.table.setCurrentIndex(view.model.index(0, NAME))
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    assert [run.visible for run in book.runs] == [False, True]
    qtbot.mouseClick(view.only, Qt.MouseButton.LeftButton)
    assert [run.visible for run in book.runs] == [True, False]
    qtbot.mouseClick(view.all, Qt.MouseButton.LeftButton)
    assert all(run.visible for run in book.runs)


def test_delete_spares_the_run_on_the_screen_and_says_why(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings())
    view = shown(qtbot, book)
    assert view.chosen is book.current
    assert not view.delete.isEnabled()
    assert "on the screen" in view.delete.toolTip()
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    assert len(book.runs) == 2
    view.choose(1)
    assert view.delete.isEnabled()
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    assert [run.number for run in book.runs] == [2]
    assert view.model.rowCount() == 1


def test_the_twin_begins_as_the_run_began_for_as_many_epochs(qtbot: QtBot) -> None:
    settings = Settings(rate_1=0.3, learning_rate=0.002)
    book = book_of(settings)
    book.settings_changed(settings.replace(learning_rate=0.1, epochs=33))
    view = shown(qtbot, book)
    with qtbot.waitSignal(view.twin_requested) as asked:
        qtbot.mouseClick(view.twin, Qt.MouseButton.LeftButton)
    assert asked.args == [settings.replace(written_as="none", epochs=33), 1]


def test_a_run_without_dropout_has_no_twin_and_the_button_says_why(qtbot: QtBot) -> None:
    view = shown(qtbot, RunBook())
    assert not view.twin.isEnabled()
    view = shown(qtbot, book_of(Settings(), Settings(written_as="none")))
    assert not view.twin.isEnabled()
    assert "Run 2 has no dropout" in view.twin.toolTip()
    view.choose(1)
    assert view.twin.isEnabled()


def test_the_chosen_run_stays_chosen_until_another_begins(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings(), Settings())
    view = shown(qtbot, book)
    view.choose(2)
    book.delete(1)
    assert view.chosen is book.run(2)
    book.settings_changed(Settings(rate_1=0.1))
    assert view.chosen is book.run(2)
    book.begin(started(4, history=make_history(31)))
    assert view.chosen is book.current


def test_the_table_is_copied_with_all_digits(qtbot: QtBot) -> None:
    book = book_of(Settings(), Settings(written_as="none"))
    view = shown(qtbot, book)
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *rows = (line.split("\t") for line in QGuiApplication.clipboard().text().splitlines())
    assert [row[:2] for row in rows] == [["Run 1", "dropout 0.50 after both"], ["Run 2", "no dropout"]]
    assert float(rows[1][head.index("gap")]) == run_figures(book.runs[1].results).gap


@pytest.mark.parametrize("width", [970, 1120, 1300])
def test_every_figure_can_be_read_in_a_narrow_window(qtbot: QtBot, width: int) -> None:
    view = shown(qtbot, book_of(*[Settings(), Settings(units=4)] * 4))
    view.resize(width, 170)
    assert (view.table.horizontalScrollBar().maximum() > 0) == (width < 1100)
    assert view.table.columnWidth(DIFFERS) >= 80
    for row in range(view.model.rowCount()):
        for column in range(FIGURES, view.model.columnCount()):
            index = view.model.index(row, column)
            assert view.table.sizeHintForIndex(index).width() <= view.table.columnWidth(column)


def test_an_empty_table_explains_itself_and_both_themes_fit(qtbot: QtBot) -> None:
    view = shown(qtbot, RunBook())
    assert view._empty.isVisible()
    assert not view.table.isVisible()
    for palette in (theme.DARK, theme.LIGHT):
        view.apply_theme(palette)
        assert theme.contrast(palette.text, palette.info) > 4.5
    for button in view.findChildren(Button):
        assert button.accessibleName()
        assert button.toolTip()
