"""Numbers typed by keys: the same in every locale, and what is none is refused where it can be seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.settings import Settings
from explorer.gui.boxes import DecimalBox, WholeBox
from explorer.gui.exporting.form import RequestForm
from tests.gui.conftest import Driver

Box = WholeBox | DecimalBox
LOCALES = ("de_DE", "fr_FR", "en_US")


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every locale in turn, as the system's would be."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


def box_of(driver: Driver, name: str) -> Box:
    box = driver.window.form.field(name).controls()[-1]
    assert isinstance(box, (WholeBox, DecimalBox))
    return box


def press(qtbot: QtBot, box: QWidget, character: str) -> None:
    """Press the key of a character; QTest has keys for ASCII alone."""
    if character.isascii():
        qtbot.keyClicks(box, character)
    else:
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(box, key)


def enter(driver: Driver, name: str, text: str, *, end: Qt.Key = Qt.Key.Key_Return) -> Box:
    """Type a text over what a box shows, character by character."""
    box = box_of(driver, name)
    box.setFocus()
    driver.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for character in text:
        press(driver.qtbot, box, character)
    driver.qtbot.keyClick(box, end)
    return box


def signs(box: QWidget) -> list[QFrame]:
    return [each for each in box.findChildren(QFrame) if each.objectName() == "refusedFrame" and each.isVisible()]


READ = (
    ("learning_rate", "0.01", 0.01, "0.01"),
    ("learning_rate", "0,01", 0.01, "0.01"),
    ("learning_rate", "1e-4", 0.0001, "0.0001"),
    ("learning_rate", "1,5E-3", 0.0015, "0.0015"),
    ("rate_1", "0.3", 0.3, "0.30"),
    ("rate_1", ",25", 0.25, "0.25"),
    ("rate_1", "0.125", 0.125, "0.125"),
    ("l2", "0.00000001", 1e-8, "0.00000001"),
    ("epochs", "10.000", 10_000, "10000"),
    ("epochs", "10,000", 10_000, "10000"),
    ("epochs", "10 000", 10_000, "10000"),
    ("epochs", "10\N{NO-BREAK SPACE}000", 10_000, "10000"),
    ("epochs", "1\N{NARROW NO-BREAK SPACE}000", 1_000, "1000"),
    ("epochs", "9000", 9_000, "9000"),
    ("num_words", "5.000", 5_000, "5000"),
    ("seed", "1 234 567", 1_234_567, "1234567"),
)
REFUSED = (
    ("learning_rate", "0.0.1"),
    ("learning_rate", "1.000,5"),
    ("learning_rate", "1e-"),
    ("learning_rate", "1x0"),
    ("learning_rate", "1 0"),
    ("learning_rate", "1e-13"),
    ("learning_rate", "11"),
    ("learning_rate", "1t0"),
    ("rate_1", "1.0"),
    ("rate_1", "-0.1"),
    ("rate_1", "0.5%"),
    ("epochs", "0.01"),
    ("epochs", "0.001"),
    ("epochs", "1.5"),
    ("epochs", "10.00"),
    ("epochs", "1,00,000"),
    ("epochs", "1.000,000"),
    ("epochs", "1e3"),
    ("epochs", "1'000"),
    ("epochs", "99999"),
    ("epochs", "12 5"),
    ("epochs", "-5"),
    ("epochs", "1-5"),
    ("epochs", "\u0663"),
)


def test_a_number_means_the_same_in_every_locale(locale: str, driver: Driver) -> None:
    for name, text, value, shown in READ:
        box = enter(driver, name, text)
        assert getattr(driver.window.form.settings, name) == value, text
        assert (box.text(), box.entry.refusal, signs(box)) == (shown, "", [])


def test_anything_else_is_refused_where_it_can_be_seen(locale: str, driver: Driver) -> None:
    before = driver.window.form.settings
    for name, text in REFUSED:
        box = box_of(driver, name)
        shown, value = box.text(), box.value()
        enter(driver, name, text)
        assert driver.window.form.settings == before, text
        assert (box.text(), box.value()) == (shown, value)
        assert len(signs(box)) == 1
        assert box.entry.refusal.startswith(f"“{text}” ")
        assert box.entry.refusal.endswith(f": {shown} stays.")


@pytest.mark.parametrize(("name", "text"), [("learning_rate", "0.01"), ("epochs", "10.000"), ("rate_2", "0.25")])
def test_no_prefix_of_a_number_acts_during_a_run(locale: str, driver: Driver, name: str, text: str) -> None:
    driver.run()
    box = box_of(driver, name)
    box.setFocus()
    driver.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for character in text:
        driver.qtbot.keyClicks(box, character)
        assert "update" not in driver.session.names()
    driver.qtbot.keyClick(box, Qt.Key.Key_Tab)
    assert driver.session.names().count("update") == 1
    sent = driver.session.last("update")
    assert isinstance(sent, Settings)
    assert getattr(sent, name) == (10_000 if name == "epochs" else float(text))


def test_nothing_refused_reaches_a_run(locale: str, driver: Driver) -> None:
    driver.run()
    for text in ("0.0.1", "1,0,0", "abc", "", "1.000.000,0"):
        enter(driver, "learning_rate", text)
        enter(driver, "epochs", text or "x", end=Qt.Key.Key_Tab)
    assert "update" not in driver.session.names()


def test_a_pasted_number_is_read_like_a_typed_one(locale: str, driver: Driver) -> None:
    box = box_of(driver, "epochs")
    box.setFocus()
    driver.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().setText("2,500\n")
    driver.qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().clear()
    driver.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert driver.window.form.settings.epochs == 2_500


def test_the_sign_goes_when_something_else_is_typed(driver: Driver) -> None:
    box = enter(driver, "epochs", "1.5")
    assert signs(box)
    box.setFocus()
    driver.qtbot.keyClicks(box, "3")
    assert (signs(box), box.entry.refusal) == ([], "")


def test_a_click_on_a_button_finds_what_was_typed(driver: Driver) -> None:
    driver.ready()
    box = box_of(driver, "epochs")
    box.setFocus()
    driver.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.qtbot.keyClicks(box, "3")
    driver.qtbot.mouseClick(driver.window.transport.play, Qt.MouseButton.LeftButton)
    assert driver.session.last("start") == Settings(epochs=3)


def test_a_space_is_the_windows_until_a_number_is_being_typed(driver: Driver) -> None:
    driver.ready()
    box = box_of(driver, "epochs")
    box.setFocus()
    driver.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.qtbot.keyClicks(box, "2 000")
    assert "start" not in driver.session.names()
    driver.qtbot.keyClick(box, Qt.Key.Key_Return)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    assert driver.session.last("start") == Settings(epochs=2_000)


def test_escape_forgets_what_was_typed(driver: Driver) -> None:
    box = enter(driver, "epochs", "9", end=Qt.Key.Key_Escape)
    driver.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.text(), box.entry.refusal, driver.window.form.settings.epochs) == ("20", "", 20)


def test_an_arrow_steps_from_what_was_typed(driver: Driver) -> None:
    box = enter(driver, "epochs", "1.000", end=Qt.Key.Key_Up)
    assert (driver.window.form.settings.epochs, box.text()) == (1_001, "1001")
    box = enter(driver, "epochs", "0.01", end=Qt.Key.Key_Up)
    assert driver.window.form.settings.epochs == 1_002
    box = enter(driver, "rate_1", "0.1", end=Qt.Key.Key_Up)
    assert (driver.window.form.settings.rate_1, box.text()) == (0.15, "0.15")


def test_a_rate_between_hundredths_stays_what_was_typed(driver: Driver) -> None:
    enter(driver, "rate_1", "0.125")
    assert driver.window.form.settings.rate_1 == 0.125
    slider = driver.window.form.field("rate_1").controls()[0]
    driver.qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert driver.window.form.settings.rate_1 == 0.17


def test_the_export_forms_numbers_are_read_alike(locale: str, qtbot: QtBot) -> None:
    form = RequestForm()
    qtbot.addWidget(form)
    form.show()
    edited: list[tuple[str, object]] = []
    form.edited.connect(lambda name, value: edited.append((name, value)))
    for name in ("width", "step", "frames_per_second"):
        for box in form.field(name).controls():
            box.setEnabled(True)
            box.parentWidget().setEnabled(True)
    (width,) = form.field("width").controls()
    assert isinstance(width, WholeBox)
    for text in ("1.920", "1 921", "19.20", "0.500"):
        width.setFocus()
        qtbot.keyClick(width, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(width, text)
        qtbot.keyClick(width, Qt.Key.Key_Return)
    assert edited == [("width", 1920), ("width", 1921)]
    (step,) = form.field("step").controls()
    assert isinstance(step, WholeBox)
    assert step.text() == "the last"
    qtbot.keyClick(step, Qt.Key.Key_Return)
    assert step.entry.refusal == ""


def test_every_spin_box_of_the_window_reads_numbers_so(driver: Driver) -> None:
    driver.run()
    boxes = driver.window.findChildren(QSpinBox)
    assert len(boxes) >= 10
    assert all(isinstance(box, WholeBox) for box in boxes)
