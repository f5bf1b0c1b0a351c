"""*What am I looking at?*: what it says, where it stands, and that the window goes on working meanwhile."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit, QToolButton

from explorer.engine.settings import SCALINGS, WAYS
from explorer.gui.beside import SIDES, Side, beside
from explorer.gui.explain import ExplanationDialog, show_explanation
from explorer.gui.explanations import ASKED, BETTER_AT_FIRST, EXPLANATIONS, NO_SCALING
from tests.gui.conftest import Driver

ROOM = QRect(0, 0, 1280, 720)


def test_every_question_that_people_ask_is_answered_on_some_panel() -> None:
    answered = {answer for explanation in EXPLANATIONS.values() for answer in explanation.answers}
    assert len(ASKED) == 7
    assert set(ASKED) <= answered


def test_every_answer_has_a_source_and_no_panel_answers_twice() -> None:
    for key, explanation in EXPLANATIONS.items():
        assert all(answer.source and answer.question.endswith("?") for answer in explanation.answers), key
        assert len(set(explanation.answers)) == len(explanation.answers) >= 2, key


def test_every_panel_of_the_window_is_explained(driver: Driver) -> None:
    assert {"equation", "time"} | set(driver.window.panels) <= set(EXPLANATIONS)


def test_controls_are_called_what_they_are_called_in_the_window(driver: Driver) -> None:
    steps = driver.window.steps
    different = next(a.answer for a in EXPLANATIONS["time"].answers if "buttons" in a.question)
    for button in (steps.batch, steps.forward, steps.fresh):
        assert f"{button.text()}: " in different
    assert dict(SCALINGS)["none"] in NO_SCALING.see
    assert dict(WAYS)["layer"] in EXPLANATIONS["code"].answers[0].see
    legend = driver.window.curves.legend_texts()
    assert "training, dropout off" in legend
    assert "“training, dropout off”" in BETTER_AT_FIRST.see


def test_the_chances_of_losing_a_whole_layer_are_right() -> None:
    told = next(a.answer for a in EXPLANATIONS["units"].answers if "whole layer" in a.question)
    chances = [float(number) for number in re.findall(r"([\d.]+) %", told)]
    assert chances == pytest.approx([100 * rate**16 for rate in (0.5, 0.8, 0.9)], rel=0.02)


@pytest.mark.parametrize(
    ("anchor", "wanted"),
    [
        (QRect(1180, 40, 40, 20), "below"),
        (QRect(600, 690, 80, 20), "above"),
        (QRect(20, 300, 90, 200), "right"),
        (QRect(1180, 300, 90, 200), "left"),
    ],
)
def test_a_place_beside_a_control_is_inside_and_covers_nothing_of_it(anchor: QRect, wanted: Side) -> None:
    size = QSize(480, 400)
    place, side = beside(anchor, size, ROOM)
    assert side == wanted
    assert place.size() == size
    assert ROOM.contains(place)
    assert not place.intersects(anchor)


def test_a_place_that_fits_nowhere_is_made_smaller_where_most_is_left() -> None:
    anchor = QRect(500, 600, 100, 30)
    place, side = beside(anchor, QSize(2000, 700), ROOM)
    assert side == "above"
    assert place == QRect(0, 0, 1280, 600)
    assert {beside(anchor, QSize(50, 50), ROOM, (each,))[1] for each in SIDES} == set(SIDES)


def open_one(driver: Driver, key: str = "time") -> ExplanationDialog:
    anchor = driver.window.equation.what
    dialog = show_explanation(driver.window, anchor, key)
    driver.qtbot.waitExposed(dialog)
    return dialog


def test_it_says_the_panels_sentences_as_plain_text(driver: Driver) -> None:
    dialog = open_one(driver)
    explanation = EXPLANATIONS["time"]
    assert dialog.windowTitle() == f"{explanation.title}: what am I looking at?"
    assert dialog.text().startswith(f"{explanation.title}\n{explanation.shown}\n{explanation.answers[0].question}\n")
    for answer in explanation.answers:
        assert f"\n{answer.answer}\nSee it: {answer.see}\nSource: {answer.source}" in dialog.text()


def test_it_stands_inside_the_screen_and_leaves_its_button_free(driver: Driver) -> None:
    driver.window.move(0, 0)
    anchor = QToolButton(driver.window)
    anchor.setGeometry(40, 60, 60, 24)
    anchor.show()
    dialog = show_explanation(driver.window, anchor, "code")
    assert anchor.screen().availableGeometry().contains(dialog.geometry())
    assert not dialog.geometry().intersects(QRect(anchor.mapToGlobal(QPoint()), anchor.size()))


def test_a_second_question_takes_the_place_of_the_first(driver: Driver) -> None:
    first = open_one(driver, "time")
    second = open_one(driver, "curves")
    assert second is first
    assert second.key == "curves"
    assert EXPLANATIONS["curves"].shown in second.text()


def test_esc_closes_it_and_the_windows_keys_work_meanwhile(driver: Driver) -> None:
    driver.run()
    dialog = open_one(driver)
    text = dialog.findChild(QTextEdit)
    assert text is not None
    driver.qtbot.keyClick(text, Qt.Key.Key_Space)
    assert driver.session.names()[-1] == "pause"
    driver.qtbot.keyClick(text, Qt.Key.Key_T)
    assert driver.window.stage.mode == "inference"
    driver.qtbot.keyClick(text, Qt.Key.Key_Right)
    assert driver.session.names()[-1] == "step"
    with driver.qtbot.waitSignal(dialog.destroyed):
        driver.qtbot.keyClick(text, Qt.Key.Key_Escape)


def test_sizes_and_colours_follow_the_window(driver: Driver) -> None:
    driver.window.choose_theme("dark")
    dialog = open_one(driver)
    text = dialog.findChild(QTextEdit)
    assert text is not None

    def ink() -> str:
        cursor = QTextCursor(text.document())
        cursor.movePosition(QTextCursor.MoveOperation.Right)
        return cursor.charFormat().foreground().color().name()

    before = ink()
    driver.window.choose_theme("light")
    assert ink() != before
