"""Which palette is in use, and what follows the size of all text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.panel import WHAT, Panel
from tests.gui.conftest import Driver


@pytest.fixture(autouse=True)
def no_scheme(qapp: QApplication) -> Iterator[None]:
    """The system's scheme is what it was, whatever a test said it had become."""
    yield
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())


@pytest.mark.parametrize(
    ("scheme", "name"),
    [(Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark"), (Qt.ColorScheme.Unknown, "dark")],
)
def test_the_system_is_followed(qtbot: QtBot, scheme: Qt.ColorScheme, name: str) -> None:
    look = theme.Theme("system")
    with qtbot.waitSignal(look.changed):
        QGuiApplication.styleHints().colorSchemeChanged.emit(scheme)
    assert look.palette.name == name
    assert QApplication.palette().color(QPalette.ColorRole.Window).name() == look.palette.window


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_a_choice_is_kept_whatever_the_system_does(qtbot: QtBot, choice: theme.Choice) -> None:
    look = theme.Theme(choice)
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        with qtbot.assertNotEmitted(look.changed):
            QGuiApplication.styleHints().colorSchemeChanged.emit(scheme)
        assert look.palette.name == choice


def test_back_to_the_system_is_to_what_it_is_by_now(qtbot: QtBot) -> None:
    look = theme.Theme("dark")
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    look.choose("system")
    assert look.palette.name == "light"


@pytest.mark.parametrize("steps", [0, 2, 4])
def test_the_form_is_as_wide_as_its_text(driver: Driver, steps: int) -> None:
    form = driver.window.form
    driver.window.resize_text(steps)
    QApplication.sendPostedEvents()
    driver.qtbot.waitUntil(lambda: form.viewport().width() >= form.widget().minimumSizeHint().width())
    for label in form.widget().findChildren(QLabel):
        if label.isVisible():
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()


def test_a_narrow_panel_asks_with_its_mark_alone(qtbot: QtBot) -> None:
    window = QMainWindow()
    panel = Panel("name", "Title", QWidget())
    window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, panel)
    qtbot.addWidget(window)
    window.resize(600, 200)
    with qtbot.waitExposed(window):
        window.show()
    assert panel.what.text() == WHAT
    window.resize(200, 200)
    assert panel.what.text() == "?"
    assert panel.what.accessibleName() == "Title: what am i looking at?"
    window.resize(600, 200)
    assert panel.what.text() == WHAT


def test_lengths_and_combo_boxes_follow_the_text(qtbot: QtBot) -> None:
    look = theme.Theme("dark")
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItems(["1 batch/s", "as fast as it goes"])
    theme.hug(combo)
    before = combo.sizeHint().width()
    try:
        look.resize_text(4)
        QApplication.sendPostedEvents()
        assert theme.scaled(50) == 80
        assert combo.sizeHint().width() > 1.3 * before
        assert combo.sizeHint().width() > combo.fontMetrics().horizontalAdvance("as fast as it goes")
    finally:
        look.reset_text()
    assert theme.scaled(50) == 50
