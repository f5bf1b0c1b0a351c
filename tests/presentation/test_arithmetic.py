import math

import pytest

from explorer.presentation.arithmetic import number, product


@pytest.mark.parametrize(
    ("activation", "factor", "told"),
    [
        (0.83, 2.0, ("0.83", "2.00", "1.66")),
        (0.143, 11.1111, ("0.143", "11.111", "1.59")),
        (0.1046, 2.0, ("0.105", "2.00", "0.21")),
        (0.0, 1.0, ("0.00", "1.00", "0.00")),
    ],
)
def test_the_numbers_shown_multiply_to_the_number_shown(activation, factor, told):
    assert product(activation, factor, activation * factor) == told
    assert number(float(told[0]) * float(told[1])) == told[2]


def test_any_product_can_be_done_again_with_the_numbers_shown():
    for k in range(1, 400):
        activation, factor = k * 0.01739, 1 / (1 - (k % 90) / 100)
        shown = product(activation, factor, activation * factor)
        assert float(shown[0]) * float(shown[1]) == pytest.approx(float(shown[2]), abs=0.0051, rel=0.051)


def test_a_diverged_cell_is_told_as_it_is():
    assert product(math.inf, 2.0, math.inf) == ("inf", "2.00", "inf")
