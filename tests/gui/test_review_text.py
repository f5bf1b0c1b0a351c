"""The words of a review as they are drawn, and what pointing at them tells."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data import Dataset, Encoding, Vocabulary
from explorer.gui import theme
from explorer.gui.views.reading import read_review
from explorer.gui.views.review_text import MOST_WORDS
from tests.gui.glass import DATA, OUTSIDE, Glass


@pytest.fixture
def glass(qtbot: QtBot) -> Glass:
    return Glass(qtbot)


def test_words_are_tinted_by_their_pull_and_marked_without_colour_too(glass: Glass) -> None:
    glass.begin()
    # Ids 1, 2, 5, 8, 59: pulls −0.00, 0.01, −0.02, 0.03, −0.04
    glass.write(f"word56 word2 {OUTSIDE} word5 word56")
    before = glass.shown("word56").background().style()
    assert before == Qt.BrushStyle.NoBrush
    glass.answer()
    underline = QTextCharFormat.UnderlineStyle
    negative, positive, outside = (glass.shown(word) for word in ("word56", "word5", OUTSIDE))
    assert negative.background().color().name() == theme.DARK.accent
    assert negative.underlineStyle() == underline.SingleUnderline
    assert positive.background().color().name() == theme.DARK.validation
    assert positive.fontOverline()
    assert outside.foreground().color().name() == theme.DARK.disabled
    assert outside.underlineStyle() == underline.DotLine
    assert outside.background().style() == Qt.BrushStyle.NoBrush
    assert negative.background().color().alphaF() > positive.background().color().alphaF()
    assert glass.view.strongest.lines() == ("word56 −0.040", "word5 +0.030", "word2 −0.020")
    glass.view.apply_theme(theme.LIGHT)
    assert glass.shown("word56").background().color().name() == theme.LIGHT.accent


@pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)
def test_tinted_words_can_be_read(glass: Glass, palette: theme.Palette) -> None:
    glass.begin()
    glass.view.apply_theme(palette)
    for ids in ("word56 word1", "word55 word2"):
        glass.write(ids)
        glass.answer()
        shade = glass.shown(ids.split()[0]).background().color()
        alpha, field = shade.alphaF(), [int(palette.field[k : k + 2], 16) for k in (1, 3, 5)]
        mixed = [round(alpha * c + (1 - alpha) * f) for c, f in zip(shade.getRgb()[:3], field, strict=True)]
        assert theme.contrast(palette.text, "#{:02x}{:02x}{:02x}".format(*mixed)) >= 4.5


def test_text_that_looks_like_html_stays_text(glass: Glass) -> None:
    words = ("<b>film</b>", "&amp;", "a\u2029b", "😀", "slow")
    reviews = DATA.test
    strange = Dataset("Strange", True, Encoding(), reviews, reviews, Vocabulary(words * 20), "strange")
    glass.view.show_dataset(strange)
    text = glass.view.text
    assert text.document().blockCount() == 1
    assert "<b>film</b>" in text.toPlainText()
    reading = read_review(strange, reviews, 0, "")
    raw = text.toPlainText().encode("utf-16-le")
    for k, word in enumerate(reading.words):
        start = text.start_of(k)
        assert text.word_at(start) == k
        assert raw[2 * start :].decode("utf-16-le").startswith(word.replace("\u2029", "·"))
    assert text.word_at(text.start_of(1) - 1) == -1


def test_pointing_at_a_word_tells_its_numbers(glass: Glass) -> None:
    glass.begin()
    glass.write("word56 word2 word5")
    glass.answer()
    text = glass.view.text
    assert glass.view.hint().startswith("3 words, 0 outside the vocabulary. Pull = ")
    layout = text.document().documentLayout()
    assert layout.documentSize().height() > 0
    cursor = text.textCursor()
    cursor.setPosition(text.start_of(1) + 2)
    place = QPointF(text.cursorRect(cursor).center())
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    where = QPointF(text.viewport().mapToGlobal(place.toPoint()))
    QApplication.sendEvent(text.viewport(), QMouseEvent(kind, place, where, none, none, Qt.KeyboardModifier.NoModifier))
    assert glass.view.hint().startswith("word 2 of 3 “word2” · rank 2, id 5 · pull −0.010")
    QApplication.sendEvent(text, QEvent(QEvent.Type.Leave))
    assert glass.view.hint().startswith("3 words")


def test_the_caret_goes_from_word_to_word_and_the_windows_keys_stay_the_windows(glass: Glass) -> None:
    glass.begin()
    glass.write("word56 word2 word5")
    glass.answer()
    text = glass.view.text
    text.setFocus(Qt.FocusReason.TabFocusReason)
    glass.qtbot.keyClick(text, Qt.Key.Key_Right)
    assert glass.view.hint().startswith("word 2 of 3")
    glass.qtbot.keyClick(text, Qt.Key.Key_Right)
    assert glass.view.hint().startswith("word 3 of 3")
    heard: list[int] = []
    glass.view.keyPressEvent = lambda event: heard.append(event.key())
    for key in (Qt.Key.Key_Space, Qt.Key.Key_T):
        glass.qtbot.keyClick(text, key)
    assert heard == [Qt.Key.Key_Space, Qt.Key.Key_T]


def test_following_leaves_the_text_where_it_is_scrolled_to(glass: Glass) -> None:
    glass.begin()
    glass.write(" ".join(f"word{k % 50 + 1}" for k in range(2_000)))
    glass.answer()
    bar = glass.view.text.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() // 2)
    was = bar.value()
    glass.now += 2
    glass.view.follow(50)
    glass.answer(step=50, prediction=0.3)
    assert glass.view.figures()[1] == "0.300"
    assert bar.value() == was


def test_of_a_very_long_text_the_beginning_is_drawn_and_all_of_it_counts(glass: Glass) -> None:
    glass.begin()
    glass.write("word1 " * (MOST_WORDS + 10) + "word44")
    assert 47 in glass.questions[-1].ids
    assert glass.view.text.toPlainText().endswith("word1 …")
    assert glass.view.hint().startswith("5,011 words, 0 outside the vocabulary (the first 5,000 are drawn, all count)")
