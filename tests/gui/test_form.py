"""The settings form, and what is remembered of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDoubleSpinBox, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.settings import DECLARATIONS, PRESETS, Settings, preset
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.controls import SettingsForm
from explorer.gui.remembered import Remembered
from tests.gui.conftest import Driver
from tests.gui.scripted import ScriptedSession


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    form = SettingsForm(Settings())
    qtbot.addWidget(form)
    form.show()
    return form


def choose(qtbot: QtBot, combo: QWidget, index: int) -> None:
    """What a person does with the keyboard."""
    assert isinstance(combo, QComboBox)
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(index):
        qtbot.keyClick(combo, Qt.Key.Key_Down)


def test_every_declared_field_has_an_editor_with_name_and_tooltip(form: SettingsForm) -> None:
    for declaration in DECLARATIONS:
        for control in form.field(declaration.name).controls():
            assert control.accessibleName()
            assert declaration.help in control.toolTip()


@pytest.mark.parametrize("name", list(PRESETS))
def test_showing_settings_emits_nothing_and_changes_nothing(form: SettingsForm, name: str) -> None:
    edited: list[object] = []
    form.edited.connect(edited.append)
    odd = preset(name).replace(rate_1=0.12345, learning_rate=0.00012345678, data="/tmp/some/imdb.npz", seed=123)
    form.show_settings(odd)
    form.show_settings(odd)
    assert edited == []
    assert form.settings == odd


def test_a_preset_changes_everything_at_once(form: SettingsForm, qtbot: QtBot) -> None:
    edited: list[Settings] = []
    form.edited.connect(edited.append)
    combo = next(box for box in form.findChildren(QComboBox) if box.accessibleName() == "Preset")
    choose(qtbot, combo, list(PRESETS).index("lambda"))
    assert edited[-1] == preset("lambda")
    assert combo.currentText() == PRESETS["lambda"][0]
    (epochs,) = form.field("epochs").controls()
    qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert combo.currentIndex() == -1, "no preset any more"


def test_the_built_in_layer_is_always_inverted(form: SettingsForm, qtbot: QtBot) -> None:
    edited: list[Settings] = []
    form.edited.connect(edited.append)
    (scaling,) = form.field("scaling").controls()
    (way,) = form.field("written_as").controls()
    choose(qtbot, scaling, 1)
    assert edited[-1].scaling == "classic"
    choose(qtbot, way, 4)
    assert (edited[-1].written_as, edited[-1].scaling) == ("keras", "inverted")
    assert not scaling.isEnabled()
    assert "always inverted" in scaling.toolTip()
    choose(qtbot, way, 3)
    assert scaling.isEnabled()


def test_what_has_no_effect_is_grey_and_says_why(form: SettingsForm) -> None:
    def tips(settings: Settings) -> dict[str, str]:
        form.show_settings(settings)
        fields = {declared.name: form.field(declared.name) for declared in DECLARATIONS}
        return {name: field.controls()[0].toolTip() for name, field in fields.items() if not field.isEnabled()}

    assert tips(Settings()) == {}
    without = dict.fromkeys(
        ("scaling", "dropout_1", "rate_1", "dropout_2", "rate_2"), "No dropout is written; choose another way above."
    )
    assert tips(Settings(written_as="none")) == without
    assert tips(Settings(dropout_1=False)) == {"rate_1": "No dropout stands after hidden 1."}
    assert tips(Settings(dropout_1=False, dropout_2=False)) == {
        "scaling": "No dropout stands after either hidden layer.",
        "rate_1": "No dropout stands after hidden 1.",
        "rate_2": "No dropout stands after hidden 2.",
    }
    untrained = tips(Settings(epochs=0))
    assert set(untrained.values()) == {"Nothing is trained in 0 epochs."}
    assert {"l2", "optimizer", "learning_rate", "batch_size"} < set(untrained)


def test_rate_says_both_numbers(form: SettingsForm, qtbot: QtBot) -> None:
    slider, box = form.field("rate_1").controls()
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert form.settings.rate_1 == 0.45
    assert "rate 0.45 · keep 0.55" in [label.text() for label in form.findChildren(QLabel)]
    qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(box, "0.3")
    assert form.settings.rate_1 == 0.45, "a number half typed is no number"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert form.settings.rate_1 == 0.3


def test_no_dropout_greys_out_what_has_no_effect(form: SettingsForm) -> None:
    form.show_settings(Settings(written_as="none"))
    assert not form.field("rate_1").isEnabled()
    form.show_settings(Settings(dropout_1=False))
    assert not form.field("rate_1").isEnabled()
    assert form.field("rate_2").isEnabled()


@pytest.mark.parametrize(
    "stored",
    ["{", "[]", "null", '"x"', '{"unknown": 1}', '{"rate_1": 1.5}', '{"units": "16"}', '{"rate_1": null}', b"\x00\xff"],
)
def test_corrupt_memory_gives_the_defaults(store: QSettings, stored: object) -> None:
    for key in ("settings", "theme", "speed", "mode", "hidden", "shown"):
        store.setValue(key, stored)
    remembered = Remembered(store)
    assert remembered.settings == Settings()
    assert (remembered.theme, remembered.mode, remembered.hidden) == ("system", "training", 2)
    assert remembered.speed in (5.0, None)  # null is a speed, and a number of reviews: all
    assert remembered.shown in (64, None)


def test_a_window_opens_with_corrupt_memory(make_window: Callable[[ScriptedSession], Driver], store: QSettings) -> None:
    for key in ("settings", "theme", "speed", "mode", "hidden", "shown", "shape/window", "shape/splitter"):
        store.setValue(key, "{not json")
    assert make_window(ScriptedSession()).window.form.settings == Settings()


def test_settings_are_stored_as_json(driver: Driver, store: QSettings) -> None:
    (units,) = driver.window.form.field("units").controls()
    driver.qtbot.keyClick(units, Qt.Key.Key_Up)
    assert json.loads(str(store.value("settings")))["units"] == 17


def test_everything_that_takes_the_focus_has_a_name(driver: Driver) -> None:
    driver.run()
    nameless = [
        widget
        for widget in driver.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and widget.focusProxy() is None
        and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert nameless == []


def test_every_control_is_reached_by_tab(driver: Driver) -> None:
    window = driver.window
    driver.run()
    reached: set[QWidget] = set()
    widget: QWidget = window
    while (widget := widget.nextInFocusChain()) is not window:
        reached.add(widget)
    wanted = [control for d in DECLARATIONS for control in window.form.field(d.name).controls()]
    wanted += [window.transport.play, window.transport.speed, window.transport.inference, window.equation.layer]
    for control in wanted:
        assert control in reached
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)
def test_text_is_legible(palette: theme.Palette) -> None:
    for background in (palette.window, palette.panel, palette.field, palette.raised):
        assert theme.contrast(palette.text, background) >= 7
        assert theme.contrast(palette.muted, background) >= 4.5
        assert theme.contrast(palette.accent_ink, background) >= 4.5
    for background in (palette.info, palette.warning, palette.error):
        assert theme.contrast(palette.text, background) >= 7
    assert theme.contrast(palette.on_accent, palette.accent) >= 4.5
    assert theme.contrast(palette.on_go, palette.go) >= 4.0
    for line in (palette.validation, palette.accent, *palette.earlier):
        assert theme.contrast(line, palette.window) >= 2.6


def test_form_needs_no_scroll_bar(driver: Driver) -> None:
    driver.window.resize(1440, 900)
    driver.qtbot.waitUntil(lambda: driver.window.height() == 900)
    assert driver.window.form.verticalScrollBar().maximum() == 0


def turn_wheel(widget: QWidget) -> None:
    """A notch of the wheel over a widget, through the window as from the mouse."""
    window = widget.window().windowHandle()
    point = widget.mapTo(widget.window(), widget.rect().center())
    QTest.wheelEvent(window, QPointF(point), QPoint(0, 120))


@pytest.mark.parametrize("name", ["units", "learning_rate", "rate_1", "optimizer"])
def test_the_wheel_passes_over_the_form_without_changing_it(form: SettingsForm, qtbot: QtBot, name: str) -> None:
    edited: list[object] = []
    form.edited.connect(edited.append)
    qtbot.waitExposed(form)
    for control in form.field(name).controls():
        assert control.focusPolicy() & Qt.FocusPolicy.WheelFocus != Qt.FocusPolicy.WheelFocus
        form.ensureWidgetVisible(control)
        turn_wheel(control)
        assert not control.hasFocus()
    assert edited == []


@pytest.mark.parametrize("typed", ["1.0", "1", "5.25"])
def test_a_number_outside_the_range_leaves_the_value(form: SettingsForm, qtbot: QtBot, typed: str) -> None:
    _, box = form.field("rate_1").controls()
    assert isinstance(box, QDoubleSpinBox)
    qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (form.settings.rate_1, box.value(), box.text()) == (0.5, 0.5, "0.50")
    (units,) = form.field("units").controls()
    assert isinstance(units, QSpinBox)
    qtbot.keyClick(units, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(units, "99999")
    qtbot.keyClick(units, Qt.Key.Key_Return)
    assert (form.settings.units, units.value()) == (16, 16)


def test_the_tooltip_tells_a_choice_that_is_cut(form: SettingsForm) -> None:
    (combo,) = form.field("scaling").controls()
    assert isinstance(combo, Combo)
    combo.setFixedWidth(90)
    assert combo.told() == f"{combo.currentText()}\n{combo.toolTip()}"
    combo.setFixedWidth(900)
    assert combo.told() == combo.toolTip()


def test_the_line_of_a_place_that_is_off_is_dimmed(form: SettingsForm) -> None:
    def dimmed() -> list[bool]:
        return [not label.isEnabled() for label in form.findChildren(QLabel) if label.text().startswith("rate ")]

    form.show_settings(Settings(dropout_1=False))
    assert dimmed() == [True, False]
    form.show_settings(Settings(written_as="none"))
    assert dimmed() == [True, True]
    form.show_settings(Settings())
    assert dimmed() == [False, False]
