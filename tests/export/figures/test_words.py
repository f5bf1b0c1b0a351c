from __future__ import annotations

import pytest

from explorer.export.figures.words import broken, clean, shortened, width


def test_width_is_of_the_widest_line_and_grows_with_the_size() -> None:
    assert width("review in batch") == width("no\nreview in batch")
    assert width("mask", 2.0) == pytest.approx(2 * width("mask"))
    assert width("mask", bold=True) > width("mask")
    assert width("") == 0


def test_a_text_that_fits_stays_and_one_that_does_not_ends_in_an_ellipsis() -> None:
    assert shortened("mask m", 100) == "mask m"
    cut = shortened("dropout 0.50 after both, L2 0.001", 10)
    assert cut.endswith("…")
    assert width(cut) <= 10
    assert "dropout 0.50 after both".startswith(cut[:-1])


def test_a_text_is_broken_between_words_and_no_line_is_too_wide() -> None:
    text = "kept 49.9 % — expected 50 % ± 1.1 % · one batch in twenty falls outside of it · and so on"
    lines = broken(text, 12, most=20).split("\n")
    assert len(lines) > 3
    assert all(width(line) <= 12 for line in lines)
    assert not any(line.startswith("·") for line in lines)
    assert [word for line in lines for word in line.split() if word != "·"] == [w for w in text.split() if w != "·"]


def test_a_number_stays_with_its_sign() -> None:
    for room in range(6, 20):
        for line in broken("kept 49.9 % — expected 50 % ± 1.1 % · 7 %", room, most=20).split("\n"):
            assert not line.startswith("%")
            assert not line.endswith("±")


def test_what_is_too_much_for_the_lines_there_are_is_left_out() -> None:
    lines = broken("one two three four five six seven eight nine ten", 8, most=2).split("\n")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width(line) <= 8 for line in lines)


def test_a_word_without_end_is_shortened() -> None:
    assert width(broken("a" * 500, 10, most=3)) <= 10


def test_a_name_from_elsewhere_is_one_line_without_control_characters() -> None:
    assert clean("a\nb\tc\x00d\x1b[31m\u202e") == "a b cd[31m"
    assert clean("rate → 0.5 × ±") == "rate → 0.5 × ±"


def test_letters_that_no_font_has_are_marked() -> None:
    assert clean("\U000e0123x\U0001fae8").endswith("\N{REPLACEMENT CHARACTER}")
