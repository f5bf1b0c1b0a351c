from pathlib import Path

import pytest

from explorer.data import ColumnsUnclear, DataError, SourceOptions, load, split_source, with_columns
from tests.data.written import reviews, table


@pytest.mark.parametrize(
    ("path", "text", "label"),
    [
        ("reviews.csv", "review", "sentiment"),
        ("C:\\My files\\a#b&c=d.csv", "the text=1&label=2", "50 % ü#"),
        ("~/x.csv#words=old", "1", "2"),
    ],
)
def test_a_source_carries_its_columns(path: str, text: str, label: str) -> None:
    source = with_columns(path, text, label)
    assert split_source(source) == (path, SourceOptions(text=text, label=label))
    assert with_columns(source, "a", "b") == with_columns(path, "a", "b")
    assert split_source(path) == (path, SourceOptions())


def test_a_column_must_be_named() -> None:
    with pytest.raises(ValueError, match="must each name a column, got 'a' and ''"):
        with_columns("x.csv", "a", "")


def test_what_is_unclear_is_asked_once(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    lines = [f"{text.replace(',', '')},{label},{k % 2}" for k, (text, label) in enumerate(reviews())]
    path.write_text("\n".join(["what was said,verdict,again", *lines]), encoding="utf-8")
    with pytest.raises(
        ColumnsUnclear, match=r"columns what was said, verdict, again.*#text=what%20was%20said&label=verdict"
    ) as e:
        load(str(path))
    question = e.value
    assert (question.path, question.columns, question.has_header) == (
        str(path),
        ("what was said", "verdict", "again"),
        True,
    )
    assert question.pairs == (("what was said", "verdict"), ("what was said", "again"))
    assert [row[1] for row in question.rows] == ["0"] * 5
    assert len(load(question.answers[0].source).train) == 96


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    lines = [f"{text.replace(',', '')},{label},{k % 2}" for k, (text, label) in enumerate(reviews())]
    path.write_text("\n".join(["x" * 1000 + ",1,1", *lines]), encoding="utf-8")
    with pytest.raises(ColumnsUnclear, match="its first row names no columns") as e:
        load(str(path))
    assert (e.value.columns, e.value.has_header) == (("1", "2", "3"), False)
    assert e.value.rows[0] == ("x" * 200, "1", "1")
    dataset = load(with_columns(str(path), "1", "2"))
    assert len(dataset.train) + len(dataset.test) == 121, "the first row is a review"


def test_headers_that_are_empty_or_repeated_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    lines = [f"{k};{text.replace(';', '')};{label};{k % 2}" for k, (text, label) in enumerate(reviews())]
    path.write_text("\n".join([";note;note;thing", *lines]), encoding="utf-8")
    with pytest.raises(ColumnsUnclear) as e:
        load(str(path))
    assert e.value.columns == ("1", "2", "3", "thing")
    assert len(load(with_columns(str(path), "2", "3")).test) == 24


@pytest.mark.parametrize(
    ("text", "label", "sentence"),
    [
        ("review", "stars", r"has no column 'stars': its columns are review, sentiment\. Open the file again"),
        ("3", "sentiment", "has no column '3'"),
        ("0", "sentiment", "has no column '0'"),
        ("1", "review", "text and label cannot both be column 1"),
    ],
)
def test_an_answer_that_does_not_fit_is_no_new_question(tmp_path: Path, text: str, label: str, sentence: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(table(reviews()))
    with pytest.raises(DataError, match=sentence) as e:
        load(with_columns(str(path), text, label))
    assert not isinstance(e.value, ColumnsUnclear)
