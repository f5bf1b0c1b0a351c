"""Copying a plot: its menu by mouse and by key, the picture, the numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QGraphicsView, QMenu, QWidget

from explorer.gui.copying import picture
from tests.gui.conftest import Driver
from tests.gui.exported import run

VIEWS = ("equation", "curves", "units", "network", "compare", "inspector")


@pytest.fixture
def running(driver: Driver) -> Iterator[Driver]:
    run(driver)
    yield driver
    QGuiApplication.clipboard().clear()


def view(driver: Driver, name: str) -> QWidget:
    if name in driver.window.panels:
        driver.window.panels[name].raise_()
    found = getattr(driver.window, name)
    driver.qtbot.waitUntil(found.isVisible)
    assert isinstance(found, QWidget)
    return found


def menus(driver: Driver) -> list[QMenu]:
    return [each for each in driver.window.findChildren(QMenu) if each.isVisible() and not each.title()]


def ask(widget: QWidget, reason: QContextMenuEvent.Reason) -> None:
    at = widget.rect().center()
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


def choose(driver: Driver, name: str, text: str) -> None:
    menu = driver.window.copying.menu(view(driver, name))
    next(action for action in menu.actions() if action.text().replace("&", "") == text).trigger()
    menu.close()


@pytest.mark.parametrize("name", VIEWS)
def test_every_plot_has_the_menu_and_no_other(running: Driver, name: str) -> None:
    shown = view(running, name)
    plots = [each.viewport() for each in shown.findChildren(QGraphicsView) if each.isVisible()] or [shown]
    for plot in plots:
        ask(plot, QContextMenuEvent.Reason.Mouse)
        (menu,) = menus(running)
        assert menu.actions()[0].text().replace("&", "") == "Copy picture"
        menu.close()
    assert menus(running) == []


def test_the_menu_key_on_a_control_is_its_views(running: Driver) -> None:
    shown = view(running, "curves")
    ask(running.window.curves.controls, QContextMenuEvent.Reason.Keyboard)
    (menu,) = menus(running)
    assert len(menu.actions()) == 5
    assert shown.rect().contains(shown.mapFromGlobal(menu.pos()) - QPoint(1, 1))
    menu.close()


def test_the_menu_key_on_the_window_is_the_equations(running: Driver) -> None:
    ask(running.window, QContextMenuEvent.Reason.Keyboard)
    (menu,) = menus(running)
    assert [action.text().replace("&", "") for action in menu.actions()] == ["Copy picture"]
    menu.close()


@pytest.mark.parametrize("name", VIEWS)
def test_a_picture_is_sharp_and_has_something_in_it(running: Driver, name: str) -> None:
    shown = view(running, name)
    image = picture(shown)
    assert image.width() > shown.width()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}
    assert len(colours) > 3


def test_the_picture_is_in_the_clipboard(running: Driver) -> None:
    choose(running, "equation", "Copy picture")
    assert QGuiApplication.clipboard().image().width() > running.window.equation.width()
    assert running.window.toast.text() == "Picture copied"


def rows() -> list[list[str]]:
    return [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]


def test_losses_are_copied_with_all_their_digits(running: Driver) -> None:
    choose(running, "curves", "Copy losses, an epoch a line")
    heads, *lines = rows()
    assert heads[:3] == ["run", "name", "epoch"]
    results = running.window.book.runs[0].results
    assert [float(line[heads.index("loss_validation")]) for line in lines] == [each.val_loss for each in results]


def test_batches_are_copied_too(running: Driver) -> None:
    choose(running, "curves", "Copy accuracies, a batch a line")
    assert len(rows()) == 1 + 8


@pytest.mark.parametrize(("name", "lines"), [("units", 16), ("compare", 1)])
def test_tables_are_copied(running: Driver, name: str, lines: int) -> None:
    view(running, name)
    running.qtbot.waitUntil(lambda: bool(getattr(running.window, name).numbers()))
    choose(running, name, "Copy numbers")
    assert len(rows()) == 1 + lines


@pytest.mark.parametrize(("name", "point"), [("de_DE", ","), ("fr_FR", ","), ("en_US", "."), ("ja_JP", ".")])
def test_copied_numbers_have_the_decimal_point_of_the_locales_spreadsheets(
    running: Driver, name: str, point: str
) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(name))
    try:
        running.window.book.rename(1, "1.5 and 2.5")
        choose(running, "curves", "Copy losses, an epoch a line")
        heads, *lines = rows()
        results = running.window.book.runs[0].results
        column = heads.index("loss_validation")
        assert [line[column] for line in lines] == [str(each.val_loss).replace(".", point) for each in results]
        assert {line[1] for line in lines} == {"1.5 and 2.5"}, "a text is no number"
        assert ("decimal comma" in running.window.toast.text()) is (point == ",")
        for view_name in ("units", "compare"):
            view(running, view_name)
            running.qtbot.waitUntil(lambda each=view_name: bool(getattr(running.window, each).numbers()))
            choose(running, view_name, "Copy numbers")
            heads, *lines = rows()
            first = heads.index("differs_in") + 1 if view_name == "compare" else 0
            numbers = [cell for line in lines for cell in line[first:] if cell]
            assert any(point in cell for cell in numbers)
            assert not any((set(".,") - {point}) & set(cell) for cell in numbers)
            assert all(float(cell.replace(point, ".")) is not None for cell in numbers)
    finally:
        QLocale.setDefault(before)


def test_without_a_run_it_says_that_there_are_no_numbers(driver: Driver) -> None:
    driver.ready()
    choose(driver, "curves", "Copy losses, an epoch a line")
    assert driver.window.toast.text() == "There are no numbers yet. Start a run first"


def test_what_is_there_to_be_clicked_is_not_in_the_picture(running: Driver) -> None:
    view(running, "network")
    network = running.window.network
    assert network.by_hand.text() == "click any unit"
    before = picture(network)
    network.by_hand.set_text("something else")
    network.moved.set_text("+0.1")
    assert picture(network) == before
    own = network.own.text()
    network.own.set_text("0.123")
    assert picture(network) != before
    network.own.set_text(own)
