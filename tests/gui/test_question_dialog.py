"""Questions about a source, and what is said of how it was read."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from explorer.data.dataset import ReadingNotes
from explorer.data.questions import Answer, DataQuestion
from explorer.data.source_options import with_options
from explorer.engine.run_record import ReviewFacts
from explorer.engine.settings import Settings
from explorer.engine.snapshot import AnswerNeeded, DataReady
from explorer.gui.question_dialog import QuestionDialog
from explorer.gui.stars_dialog import StarsDialog, limits_in, limits_of
from tests.gui.conftest import Driver
from tests.gui.scripted import make_dataset, started

PATH = "/data/reviews & more.csv"
READ = with_options(PATH, encoding="cp1252")
ENCODING = (f"{PATH}, line 3, byte 7 is 0xE9, which is not UTF-8", [Answer("Read as Windows-1252", READ)])
STARS = "Labels are stars: 4 and more are positive, 2 and less negative; change it, as in #good=4&bad=2."


def ask(driver: Driver, sentence: str, answers: Sequence[Answer], path: str = PATH) -> QuestionDialog:
    driver.session.say(AnswerNeeded(driver.session.generation, DataQuestion(sentence, path, answers)))
    driver.poll()
    dialog = seen(driver, QuestionDialog)
    assert isinstance(dialog, QuestionDialog)
    return dialog


def seen(driver: Driver, kind: type) -> QWidget:
    (dialog,) = [each for each in driver.window.findChildren(kind) if each.isVisible()]
    assert isinstance(dialog, QWidget)
    return dialog


def arrive(driver: Driver, notes: ReadingNotes, title: str = "stars.csv") -> None:
    dataset = dataclasses.replace(make_dataset(), title=title, notes=notes)
    driver.session.say(DataReady(driver.session.generation, dataset))
    driver.poll()


# -- questions --


def test_each_answer_is_a_button_and_the_first_is_entered(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    dialog = ask(driver, *ENCODING)
    assert dialog.windowTitle() == "How to read reviews & more.csv"
    assert dialog.sentence.text() == "reviews & more.csv, line 3, byte 7 is 0xE9, which is not UTF-8"
    assert [each.accessibleName() for each in dialog.answers] == ["Read as Windows-1252"]
    assert dialog.answers[0].accessibleDescription() == "Decoded as cp1252."
    assert dialog.focusWidget() is dialog.answers[0]
    driver.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert driver.session.last("load") == Settings(data=READ)
    assert driver.window.form.settings.data == driver.window.remembered.settings.data == READ
    assert driver.window.notices.failed.isHidden()


def test_the_question_is_shown_without_what_is_written_behind_a_path(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    question = DataQuestion(f"{PATH} is Greek; write #encoding=cp1253", PATH, ENCODING[1], question=f"{PATH} is Greek.")
    driver.session.say(AnswerNeeded(driver.session.generation, question))
    driver.poll()
    dialog = seen(driver, QuestionDialog)
    assert isinstance(dialog, QuestionDialog)
    assert dialog.sentence.text() == "reviews & more.csv is Greek."


def test_a_file_is_shown_by_its_shortest_path(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "stars.csv").write_text("x")
    path = f"{tmp_path}//folder/../stars.csv"
    driver.ready()
    driver.window.conductor.sources.open(path)
    dialog = ask(driver, "Which is good?", [Answer("1 is good", with_options(path, positive="1"))], path)
    assert dialog.path.accessibleName() == str(tmp_path / "stars.csv")


def test_enter_does_not_choose_between_two_labels_of_which_neither_is_likelier(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    loads = driver.session.names().count("load")
    answers = [Answer(f"{word} is good", with_options(PATH, positive=word)) for word in ("fresh", "rotten")]
    dialog = ask(driver, "Which of the labels is good?", answers)
    driver.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert driver.session.names().count("load") == loads


def test_an_answer_is_reached_by_the_keyboard(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    answers = [Answer(f"{word} is good", with_options(PATH, positive=word)) for word in ("fresh", "rotten")]
    dialog = ask(driver, "Which of the labels is good?", answers)
    for _ in range(5):
        if dialog.focusWidget() is dialog.answers[1]:
            break
        driver.qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    driver.qtbot.keyClick(dialog.answers[1], Qt.Key.Key_Return)
    assert driver.session.last("load") == Settings(data=answers[1].source)


@pytest.mark.parametrize("at", [0, 1])
def test_the_answer_that_is_pressed_is_loaded(driver: Driver, at: int) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    answers = [Answer(f"{word} is good", with_options(PATH, positive=word)) for word in ("fresh", "rotten & more")]
    dialog = ask(driver, "Which of the labels is good?", answers)
    driver.qtbot.mouseClick(dialog.answers[at], Qt.MouseButton.LeftButton)
    assert driver.session.last("load") == Settings(data=answers[at].source)


def test_escape_answers_nothing_and_leaves_the_reviews_before(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    loads = driver.session.names().count("load")
    driver.qtbot.keyClick(ask(driver, *ENCODING), Qt.Key.Key_Escape)
    assert driver.session.names().count("load") == loads
    assert driver.window.form.settings == driver.window.remembered.settings == Settings()


def test_a_run_that_had_to_ask_begins_after_the_answer_and_again_after_the_next(driver: Driver) -> None:
    driver.run()
    driver.window.conductor.sources.open(PATH)
    driver.window.notices.restart_button.click()
    ask(driver, *ENCODING).answers[0].click()
    assert driver.session.last("start") == Settings(data=READ)
    both = with_options(READ, positive="fresh")
    ask(driver, "Which is good?", [Answer("fresh is good", both)]).answers[0].click()
    assert driver.session.last("start") == Settings(data=both)
    assert both == f"{PATH}#encoding=cp1252&positive=fresh"


def test_the_data_field_tells_what_was_answered(driver: Driver) -> None:
    driver.ready()
    source = with_options(PATH, encoding="cp1252", positive="<b>fresh</b>", faulty="skip")
    driver.window.conductor.sources.open(source)
    (combo,) = driver.window.form.field("data").controls()
    assert combo.toolTip().splitlines()[:4] == [
        PATH,
        "Decoded as cp1252.",
        "The label <b>fresh</b> is positive, the other negative.",
        "Rows that cannot be read are left out.",
    ]


def test_long_sentences_paths_and_answers_keep_the_dialog_on_a_small_screen(driver: Driver) -> None:
    driver.ready()
    path = "/" + "/".join(["a-long-folder-name"] * 12) + "/" + "long name " * 20 + ".csv"
    answers = [Answer(f"{word * 30} is good", with_options(path, positive=word)) for word in ("fresh", "rotten")]
    dialog = ask(driver, f"{path}: " + "Each of these words is a part of a long sentence. " * 8, answers, path)
    assert dialog.sizeHint().boundedTo(QSize(1000, 600)) == dialog.sizeHint()
    assert "…" in dialog.path.text()
    assert path in dialog.path.accessibleName()
    assert "…" in dialog.answers[0].text()
    assert answers[0].label == dialog.answers[0].accessibleName()


def test_many_answers_are_scrolled(driver: Driver) -> None:
    driver.ready()
    answers = [Answer(f"answer {n}", with_options(PATH, positive=str(n))) for n in range(40)]
    dialog = ask(driver, "Which?", answers)
    assert dialog.sizeHint().height() < 600
    dialog.answers[39].click()
    assert driver.session.last("load") == Settings(data=answers[39].source)


def test_a_name_that_is_not_utf8_is_asked_about_and_loaded_unchanged(driver: Driver) -> None:
    driver.ready()
    path = os.fsdecode(b"/data/caf\xe9 \xf0\x9f\x91\xa9.csv")
    source = with_options(path, encoding="cp1252")
    dialog = ask(driver, f"{path} is not UTF-8.", [Answer("Read as Windows-1252", source)], path)
    assert dialog.sentence.text() == "caf\\xe9 👩.csv is not UTF-8."
    dialog.answers[0].click()
    assert driver.session.last("load") == Settings(data=source)
    assert driver.window.remembered.settings.data == source


def test_a_scale_has_other_limits_to_choose(driver: Driver) -> None:
    driver.ready()
    dialog = ask(driver, "From which on is it good?", [Answer("4 good, 2 bad", with_options(PATH, good="4", bad="2"))])
    (other,) = dialog.others
    other.click()
    stars = seen(driver, StarsDialog)
    assert isinstance(stars, StarsDialog)
    stars.good.setValue(3.5)
    stars.ok.click()
    assert driver.session.last("load") == Settings(data=with_options(PATH, good="3.5", bad="2"))
    assert not dialog.isVisible()


# -- notes --


def test_what_was_left_out_is_said_of_the_reviews_that_are_loaded(driver: Driver) -> None:
    notices = driver.window.notices
    driver.ready()
    assert notices.notes.isHidden()
    arrive(driver, ReadingNotes((("rows without a text", 3),), ("The column split is not used.",)))
    assert notices.notes.isVisible()
    assert notices.notes.text() == "stars.csv: 3 rows without a text were left out. The column split is not used."
    assert not notices.stars_button.isVisible()
    assert driver.window.facts_text() == "stars.csv, 3 left out"
    driver.ready()
    assert notices.notes.isHidden(), "these had nothing left out"


def test_a_note_that_was_closed_stays_closed(driver: Driver) -> None:
    notices = driver.window.notices
    arrive(driver, ReadingNotes((("rows without a text", 3),)))
    notices.notes.closed.emit()
    notices.notes.hide()
    arrive(driver, ReadingNotes((("rows without a text", 3),)))
    assert notices.notes.isHidden()
    arrive(driver, ReadingNotes((("rows without a text", 4),)))
    assert notices.notes.isVisible()


def test_stars_are_shown_and_can_be_changed(driver: Driver) -> None:
    driver.ready()
    driver.window.conductor.sources.open(PATH)
    arrive(driver, ReadingNotes((("reviews of 3 stars", 80),), (STARS,)))
    notices = driver.window.notices
    assert "4 and more are positive" in notices.notes.text()
    notices.stars_button.click()
    dialog = seen(driver, StarsDialog)
    assert isinstance(dialog, StarsDialog)
    assert (dialog.good.value(), dialog.bad.value()) == (4, 2)
    dialog.bad.setValue(5)
    assert not dialog.ok.isEnabled()
    assert dialog.note.text() == "5 must be less than 4: no review can be both."
    dialog.bad.setValue(3)
    driver.qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert driver.session.last("load") == Settings(data=with_options(PATH, good="4", bad="3"))


def test_the_notes_are_those_of_the_run_on_the_screen(driver: Driver) -> None:
    driver.run()
    notices, book = driver.window.notices, driver.window.book
    assert notices.notes.isHidden()
    facts = ReviewFacts("old.csv", False, "f" * 64, 40, 40, (("rows without a label", 1),), (STARS,))
    opened = dataclasses.replace(started(0, history=book.runs[0].history), reviews=facts)
    run = book.add(opened, dataclasses.replace(book.runs[0].record, reviews=facts), name="old", path=None)
    driver.window.conductor.shelf.look_at(run.number)
    assert notices.notes.text() == f"old.csv: 1 row without a label was left out. {STARS}"
    assert not notices.stars_button.isVisible(), "those reviews are not loaded"
    driver.window.conductor.shelf.leave()
    assert notices.notes.isHidden()


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (STARS, (4.0, 2.0)),
        ("… #good=7.5&bad=-1.", (7.5, -1.0)),
        ("Nothing of the kind.", None),
    ],
)
def test_the_limits_are_those_that_the_note_names(text: str, limits: tuple[float, float] | None) -> None:
    assert limits_in([text]) == limits


def test_a_source_carries_limits_only_when_it_has_both() -> None:
    assert limits_of("a.csv#good=4&bad=2") == (4.0, 2.0)
    assert limits_of("a.csv#good=4") is None
    assert limits_of("a.csv#good=x&bad=2") is None
