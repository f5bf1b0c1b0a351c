"""What a finished run made of the test reviews, in words: the same wherever it is read."""

from __future__ import annotations

from explorer.engine.comparison import PREDICTION_DECIMALS
from explorer.engine.test_result import TestResult
from explorer.presentation.run_table import number


def test_line(test: TestResult) -> str:
    """Loss and accuracy."""
    return f"test loss {number(test.loss)}, {accuracy_line(test)}"


def accuracy_line(test: TestResult) -> str:
    """Accuracy alone, where there is little room."""
    return f"test accuracy {number(test.accuracy)}"


def classic_line(test: TestResult) -> str:
    """The prediction of one review and its label, as the classic program prints them."""
    prediction = test.prediction
    return f"model prediction is {prediction.probability:.{PREDICTION_DECIMALS}f}, label is {prediction.label}"


def whose_prediction(test: TestResult) -> str:
    """Of which review the prediction is."""
    return f"test review {test.prediction.index:,}"
