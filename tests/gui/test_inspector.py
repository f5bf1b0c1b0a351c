"""One review under the glass: what is asked, what is said of the answer, and what is dropped."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.questions import ReviewAnswer
from explorer.engine.snapshot import Refusal
from explorer.gui.views.reading import read_review
from tests.gui.glass import DATA, Glass, answer_to
from tests.gui.scripted import make_snapshot


@pytest.fixture
def glass(qtbot: QtBot) -> Glass:
    return Glass(qtbot)


# -- asking --


def test_the_classic_check_is_one_click(glass: Glass) -> None:
    glass.begin()
    glass.choose("own")
    glass.view.choice.check.click()
    np.testing.assert_array_equal(glass.questions[-1].ids, DATA.test.ids[: DATA.test.offsets[1]])
    assert glass.questions[-1].masks == 200
    glass.answer(prediction=0.75)
    label = int(DATA.test.labels[0])
    title, number, verdict, labelled, weights = glass.view.figures()
    assert (title, number, weights) == ("Test review 0", "0.750", "weights after batch 3 (now)")
    assert verdict == ("positive: right" if label else "positive: wrong")
    assert labelled == ("label 1 (positive)" if label else "label 0 (negative)")
    assert glass.view.text.toPlainText() == DATA.text(DATA.test, 0)
    assert glass.view.spread.off.text() == "dropout off: 0.750"
    assert glass.view.spread.mean.text().startswith("mean of 200: 0.750 ± 0.116")
    assert glass.view.spread.heights().sum() == 200


def test_a_test_review_is_chosen_by_its_number(glass: Glass) -> None:
    glass.begin()
    asked = len(glass.questions)
    glass.view.choice.number.setValue(7)
    assert len(glass.questions) == asked + 1
    np.testing.assert_array_equal(glass.questions[-1].ids, read_review(DATA, DATA.test, 7, "").ids)
    assert glass.view.choice.number.maximum() == len(DATA.test) - 1
    assert glass.view.figures()[1] == "—", "no number stands beside a review it is not about"


def test_a_review_of_the_batch_stays_until_another_is_taken(glass: Glass) -> None:
    glass.begin()
    first, second = (make_snapshot(step=step, batch=8) for step in (4, 5))
    glass.view.draw(first, "training")
    glass.choose("batch")
    glass.view.show_review(3)
    expected = read_review(DATA, DATA.train, int(first.rows[3]), "")
    np.testing.assert_array_equal(glass.questions[-1].ids, expected.ids)
    glass.answer(step=4)
    assert glass.view.figures()[0] == "Row 3 of batch 4"
    glass.view.draw(second, "training")
    assert glass.view.text.toPlainText() == " ".join(expected.words)
    asked = len(glass.questions)
    glass.view.show_review(3)
    assert len(glass.questions) == asked + 1
    np.testing.assert_array_equal(glass.questions[-1].ids, read_review(DATA, DATA.train, int(second.rows[3]), "").ids)
    glass.view.show_review(3)
    assert len(glass.questions) == asked + 1, "it is shown already"
    glass.view.draw(first, "inference")
    glass.view.choice.take.click()
    np.testing.assert_array_equal(glass.questions[-1].ids, expected.ids)


def test_pointing_at_the_batch_leaves_a_test_review_alone(glass: Glass) -> None:
    glass.begin()
    glass.answer()
    glass.view.draw(make_snapshot(step=2, batch=8), "training")
    asked = len(glass.questions)
    glass.view.show_review(1)
    assert len(glass.questions) == asked


def test_a_shorter_batch_chooses_nothing_by_itself(glass: Glass) -> None:
    glass.begin()
    glass.view.draw(make_snapshot(step=1, batch=8), "training")
    glass.choose("batch")
    glass.view.choice.row.setValue(7)
    glass.answer(step=1)
    asked, title = len(glass.questions), glass.view.figures()[0]
    glass.view.draw(make_snapshot(step=1, batch=4), "training")
    assert (len(glass.questions), glass.view.figures()[0]) == (asked, title)
    assert (glass.view.choice.row.value(), glass.view.choice.row.maximum()) == (3, 3)


def test_own_text_is_read_when_typing_stops(glass: Glass) -> None:
    glass.begin()
    glass.choose("own")
    asked = len(glass.questions)
    with glass.qtbot.waitSignal(glass.view.asked, timeout=5000):
        glass.qtbot.keyClicks(glass.view.choice.editor, "Word9 t")
    assert len(glass.questions) == asked + 1, "once, and not at every key"
    assert glass.view.text.toPlainText() == "word9 t"
    np.testing.assert_array_equal(glass.questions[-1].ids, [1, 2, 12])
    glass.answer()
    assert glass.view.figures()[2:4] == ("positive", "no label: your own text")


def test_control_and_enter_reads_at_once(glass: Glass) -> None:
    glass.begin()
    glass.write("word4 word4")
    np.testing.assert_array_equal(glass.questions[-1].ids, [1, 7])
    assert glass.view.choice.editor.toPlainText() == "word4 word4"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "no known words: this is the answer to the start token alone"),
        ("qwertz uiop", "no known words: none of these is in the vocabulary"),
    ],
)
def test_a_text_without_known_words_says_so(glass: Glass, text: str, note: str) -> None:
    glass.begin()
    glass.write(text)
    assert glass.questions[-1].ids[0] == DATA.encoding.start_char
    glass.answer(prediction=0.5)
    assert (glass.view.strongest.lines(), glass.view.strongest.note()) == ((), note)
    assert glass.view.figures()[1:3] == ("0.500", "negative")


# -- answers --


def test_only_the_answer_to_the_latest_question_is_drawn(glass: Glass) -> None:
    glass.begin()
    stale = answer_to(glass.questions[-1], prediction=0.11)
    number = len(glass.questions)
    glass.view.choice.number.setValue(5)
    glass.view.answered(number, stale)
    assert glass.view.figures()[1] == "—"
    glass.answer(prediction=0.42)
    glass.view.answered(number, stale)
    glass.view.answered(len(glass.questions), stale)
    assert glass.view.figures()[1] == "0.420"


def test_a_refusal_is_told(glass: Glass) -> None:
    glass.begin()
    glass.view.answered(len(glass.questions), Refusal("This could not be worked out."))
    assert glass.view.figures()[1] == "—"
    assert glass.view.figures()[-1] == "This could not be worked out."


def test_without_a_run_the_words_stand_and_a_sentence_says_what_is_missing(glass: Glass) -> None:
    glass.view.show_dataset(DATA)
    with glass.qtbot.waitExposed(glass.view):
        glass.view.show()
    assert glass.questions == []
    assert glass.view.text.toPlainText() == DATA.text(DATA.test, 0)
    sentence = "Start a run: predictions come from its weights"
    assert (glass.view.figures()[-1], glass.view.strongest.note()) == (sentence, sentence)
    glass.view.set_ready(True)
    assert len(glass.questions) == 1
    glass.answer()
    glass.view.set_ready(False)
    assert glass.view.figures()[1] == "—", "the weights are gone"
    assert glass.view.spread.mean.text() == ""


def test_a_session_without_a_run_gives_no_number(glass: Glass) -> None:
    glass.begin()
    glass.view.expect(None)
    assert glass.view.figures()[-1] == "Start a run: predictions come from its weights"


def test_nothing_is_asked_behind_the_curtain(glass: Glass) -> None:
    glass.view.show_dataset(DATA)
    glass.view.set_ready(True)
    glass.view.choice.choose_test(4)
    glass.view.draw(make_snapshot(step=9, batch=8), "training")
    assert glass.questions == []
    with glass.qtbot.waitExposed(glass.view):
        glass.view.show()
    assert len(glass.questions) == 1
    np.testing.assert_array_equal(glass.questions[0].ids, read_review(DATA, DATA.test, 4, "").ids)


def test_training_is_followed_once_a_second(glass: Glass) -> None:
    glass.begin()
    glass.answer(step=3)
    glass.now += 2
    glass.view.follow(3)
    assert len(glass.questions) == 1, "the same weights give the same answer"
    glass.view.follow(10)
    assert len(glass.questions) == 2
    assert glass.view.figures()[1] == "0.750", "the answer before stays until the next is there"
    glass.view.follow(11)
    assert len(glass.questions) == 2, "one is on its way"
    glass.answer(step=11, prediction=0.6)
    assert glass.view.figures()[1] == "0.600"
    glass.now += 0.99
    glass.view.follow(12)
    assert len(glass.questions) == 2
    assert glass.view.figures()[-1] == "weights after batch 11 (batch 12 is trained by now)"


def test_the_last_batch_is_asked_about_though_no_other_follows(glass: Glass) -> None:
    glass.begin()
    glass.answer(step=3)
    glass.now += 0.97
    glass.view.follow(4)
    assert len(glass.questions) == 1
    with glass.qtbot.waitSignal(glass.view.asked, timeout=5000):
        glass.now += 0.1
    assert len(glass.questions) == 2


def test_a_batch_of_the_past_asks_nothing(glass: Glass) -> None:
    glass.begin()
    glass.answer(step=30)
    glass.now += 10
    glass.view.draw(make_snapshot(step=2, batch=8), "training")
    assert len(glass.questions) == 1
    assert glass.view.figures()[-1] == "weights after batch 30 (now)"


def test_a_cleared_view_asks_the_next_run_about_the_same_review(glass: Glass) -> None:
    glass.begin()
    glass.view.choice.number.setValue(6)
    glass.answer(step=90)
    glass.view.clear()
    assert glass.view.figures()[:2] == ("Test review 6", "—")
    glass.now += 2
    glass.view.follow(1)
    glass.answer(step=1, prediction=0.51)
    assert glass.view.figures()[-1] == "weights after batch 1 (now)"


def test_weights_that_are_no_longer_finite_are_told(glass: Glass) -> None:
    glass.begin()
    ids = glass.questions[-1].ids
    nothing = np.full(len(ids), np.nan, np.float32)
    answer = ReviewAnswer(3, ids, float("nan"), nothing, np.full(200, np.nan, np.float32))
    glass.view.answered(len(glass.questions), answer)
    assert glass.view.figures()[2] == "not a number"
    assert glass.view.spread.mean.text() == "no numbers: the weights are no longer finite"
    assert glass.view.strongest.lines() == ()
