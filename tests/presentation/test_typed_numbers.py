"""What a typed text says, and that it never says another number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.presentation.typed_numbers import decimal_number, whole_number, written

NBSP, NARROW, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("+7", 7),
        ("-7", -7),
        (" 20 ", 20),
        ("10,000", 10_000),
        ("10.000", 10_000),
        ("10 000", 10_000),
        (f"10{NBSP}000", 10_000),
        (f"10{NARROW}000", 10_000),
        (f"10{THIN}000", 10_000),
        ("1.234.567", 1_234_567),
    ],
)
def test_separators_between_groups_of_three_digits_only_separate(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "x", "1x0", "1e3", "1_000", "\u0663", "\uff11", "½", "0x10", "inf", "nan", "--1", "1-5"),
        *("10.", "10,", "10.0", "1,5", "10.00", "10.0000", "0.001", "0.01", "00.000", "010.000", "1000.000"),
        *("1,000.000", "1 000,000", "1,,000", "1.000.", ".000", ",100", "1'000", "1\u2019000", "1  000", "1.0 00"),
        "9" * 5_000,
    ],
)
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0.5", 0.5), ("0,5", 0.5), (".5", 0.5), (",5", 0.5), ("5.", 5.0), ("7", 7.0), ("1,000", 1.0)),
        *(("1e-4", 1e-4), ("1E-4", 1e-4), ("1e+1", 10.0), ("1,5e-4", 1.5e-4), ("-0.25", -0.25), (" 0.5 ", 0.5)),
        ("1e999", float("inf")),
    ],
)
def test_one_point_or_comma_is_the_decimal_point(text: str, number: float) -> None:
    assert decimal_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", ",", "e", "1e", "1e-", "e5", "1e0.5", "x", "1x", "0.0.1", "1,000.5", "1.000,5", "1,0,0", "0..1"),
        *("1 000", "0 .5", "1_0", "inf", "nan", "0x1p3", "٠.٥", "--1", "1-5", "0.5%", "1e--4"),
        "1" * 5_000,
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert decimal_number(text) is None


@settings(derandomize=True, deadline=None, database=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from(["", ",", ".", " ", NBSP, NARROW]))
def test_every_whole_number_is_read_with_each_separator(number: int, mark: str) -> None:
    assert whole_number(f"{number:,}".replace(",", mark)) == number


@settings(derandomize=True, deadline=None, database=None)
@given(st.text(alphabet="0123456789.,e-+ '\u00a0", max_size=9))
def test_a_text_is_the_number_that_python_reads_or_none(text: str) -> None:
    found = decimal_number(text)
    if found is not None:
        assert found == float(text.replace(",", "."))
        assert sum(text.count(mark) for mark in ".,") <= 1
    whole = whole_number(text)
    if whole is not None:
        digits = [character for character in text if character.isdecimal()]
        assert abs(whole) == int("".join(digits))


@settings(derandomize=True, deadline=None, database=None)
@given(st.integers(0, 10**13).map(lambda number: number / 10**12))
def test_a_written_number_is_read_as_itself(number: float) -> None:
    assert decimal_number(written(number)) == number


@pytest.mark.parametrize(
    ("number", "least", "text"),
    [
        (0.5, 2, "0.50"),
        (0.125, 2, "0.125"),
        (0.001, 0, "0.001"),
        (1e-4, 0, "0.0001"),
        (10.0, 0, "10"),
        (0.0, 2, "0.00"),
    ],
)
def test_a_number_is_written_with_the_decimals_it_needs(number: float, least: int, text: str) -> None:
    assert written(number, least) == text
