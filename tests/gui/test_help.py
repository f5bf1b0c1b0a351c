"""The list of keys: complete, true, and toggled by F1."""

from __future__ import annotations

from importlib import metadata

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.help import KEYS, KeysDialog, key, shown, toggle_keys
from tests.gui.conftest import Driver

LINES = [line for group in KEYS.values() for line in group]


def test_no_two_lines_have_one_key_and_every_key_can_be_read() -> None:
    sequences = [QKeySequence(keys) for line in LINES for keys in line.keys]
    assert all(sequence.count() == 1 for sequence in sequences)
    assert len({sequence.toString() for sequence in sequences}) == len(sequences)
    assert all(bool(line.keys) != bool(line.mouse) for line in LINES)


def test_arrows_are_shown_as_arrows() -> None:
    assert [shown(keys) for keys in ("Right", "Shift+Left", "Ctrl++", "Ctrl+-", "F1")] == [
        "→",
        "Shift+←",
        "Ctrl++",
        "Ctrl+−",
        "F1",
    ]


def test_a_line_is_found_by_its_name() -> None:
    assert key("quit").keys == ("Ctrl+Q",)
    with pytest.raises(KeyError):
        key("nothing of the kind")


def test_every_shortcut_of_the_menus_is_in_the_list(driver: Driver) -> None:
    listed = {QKeySequence(keys).toString() for line in LINES for keys in line.keys}
    actions = driver.window.findChildren(QAction)
    # A shortcut's second way, as Ctrl+= where + needs Shift, is not worth a line.
    shortcuts = {action.shortcut().toString() for action in actions} - {""}
    assert "Ctrl+Q" in shortcuts
    assert shortcuts <= listed


def test_it_opens_and_closes_and_says_every_line(driver: Driver) -> None:
    dialog = toggle_keys(driver.window)
    assert dialog is not None
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert {line.meaning for line in LINES} | set(KEYS) <= set(texts)
    with driver.qtbot.waitSignal(dialog.destroyed):
        assert toggle_keys(driver.window) is None


@pytest.mark.parametrize("closing", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_f1_and_esc_close_it(qtbot: QtBot, closing: Qt.Key) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = KeysDialog(parent)
    with qtbot.waitActive(dialog):
        dialog.show()
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, closing)


def test_about_tells_the_versions_and_copies_them(driver: Driver) -> None:
    action = next(a for a in driver.window.findChildren(QAction) if a.text() == "&About Dropout Explorer")
    action.trigger()
    (box,) = driver.window.findChildren(QMessageBox)
    told = box.informativeText()
    assert f"Dropout Explorer {explorer.__version__}" in told
    for name in ("tensorflow", "keras", "numpy"):
        assert metadata.version(name) in told
    next(button for button in box.buttons() if button.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == told
    assert box.isVisible()
    box.close()
