"""A message in the corner: it says something, offers something, and goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from explorer.gui import theme
from explorer.gui.stylesheet import stylesheet
from explorer.gui.toast import Toast


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(700, 500)
    window.statusBar()
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    with qtbot.waitExposed(window):
        window.show()
    window.setFocus()
    return window


@pytest.fixture
def toast(window: QMainWindow) -> Toast:
    return Toast(window, window.statusBar())


def test_it_lies_above_the_status_bar_at_the_right(window: QMainWindow, toast: Toast) -> None:
    toast.say("A sentence.", (("Do", "Do it", lambda: None),))
    assert toast.isVisible()
    assert toast.geometry().bottom() < window.statusBar().geometry().top()
    assert window.width() - toast.geometry().right() < 30
    assert toast.height() > toast.buttons()[0].height()


def test_it_stays_in_the_corner(window: QMainWindow, toast: Toast) -> None:
    toast.say("A sentence.")
    window.resize(900, 600)
    assert window.width() - toast.geometry().right() < 30


def test_a_button_does_its_work_and_closes_it(toast: Toast) -> None:
    done = []
    toast.say("A sentence.", (("Do", "Do it", lambda: done.append(1)),))
    toast.buttons()[0].click()
    assert done == [1]
    assert not toast.isVisible()


def test_another_sentence_takes_its_place(toast: Toast) -> None:
    toast.say("First.", (("Do", "Do it", lambda: None),))
    toast.say("Second.")
    assert toast.text() == toast.accessibleDescription() == "Second."
    assert toast.buttons() == ()


def test_buttons_have_their_height_whatever_was_said_before(window: QMainWindow, toast: Toast, qtbot: QtBot) -> None:
    window.setStyleSheet(stylesheet(theme.DARK))
    actions = (("Show", "Show it", lambda: None), ("Copy", "Copy it", lambda: None))
    toast.say("A sentence that is so long that it takes two lines in a message that is as wide as this one.", actions)
    QCoreApplication.processEvents()
    toast.say("A sentence.", actions)
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: all(button.height() >= button.sizeHint().height() for button in toast.buttons()))
    assert toast.geometry().bottom() < window.statusBar().geometry().top()


def test_it_goes_by_itself_but_not_under_the_mouse(toast: Toast, monkeypatch: pytest.MonkeyPatch) -> None:
    toast.say("A sentence.")
    monkeypatch.setattr(toast, "underMouse", lambda: True)
    toast._timer.timeout.emit()
    assert toast.isVisible()
    monkeypatch.setattr(toast, "underMouse", lambda: False)
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_it_stays_while_a_button_of_it_has_the_focus(window: QMainWindow, toast: Toast, qtbot: QtBot) -> None:
    toast.say("A sentence.", (("Do", "Do it", lambda: None),))
    toast.buttons()[0].setFocus()
    toast._timer.timeout.emit()
    assert toast.isVisible()
    qtbot.keyClick(toast.buttons()[0], Qt.Key.Key_Escape)
    assert not toast.isVisible()


def test_a_sentence_is_never_read_as_html(toast: Toast) -> None:
    toast.say("<b>film</b>")
    assert toast._text.textFormat() is Qt.TextFormat.PlainText
