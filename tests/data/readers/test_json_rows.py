"""JSON as people have it: a line each, an array, and the layouts of pandas."""

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.data import Cancelled, DataError, DataQuestion, Dataset, Encoding, load
from tests.data.packing import csv, json_lines, rows

RECORDS = [{"text": text, "label": label} for text, label in rows()]
NUMBERED = {str(k): record for k, record in enumerate(RECORDS)}
COLUMNS: dict[str, Any] = {key: [record[key] for record in RECORDS] for key in ("text", "label")}


def texts(dataset: Dataset) -> list[tuple[str, int]]:
    return [(dataset.text(dataset.train, row), int(dataset.train.labels[row])) for row in range(len(dataset.train))]


def opened(path: Path, content: bytes | str) -> Dataset:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(str(path), Encoding())


def refusal(path: Path, content: bytes | str) -> str:
    with pytest.raises(DataError) as caught:
        opened(path, content)
    return str(caught.value).removeprefix(f"{path.parent}/")


LAYOUTS = {
    "lines": json_lines(),
    "lines without an end": json_lines().rstrip(),
    "lines with blank ones": json_lines().replace(b"\n", b"\r\n\r\n"),
    "lines with a byte order mark": b"\xef\xbb\xbf" + json_lines(),
    "lines in UTF-16": json_lines("utf-16"),
    "lines in UTF-32": json_lines("utf-32"),
    "lines of lists": "".join(json.dumps([text, label]) + "\n" for text, label in rows()),
    "array": json.dumps(RECORDS),
    "array, indented": json.dumps(RECORDS, indent=2),
    "array, a record per line": "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n",
    "array of lists": json.dumps(rows()),
    "booleans": json.dumps([record | {"label": bool(record["label"])} for record in RECORDS]),
    "words": json.dumps([record | {"label": ("negative", "positive")[int(record["label"])]} for record in RECORDS]),
    "fractions": json.dumps([record | {"label": float(record["label"])} for record in RECORDS]),
    "within an object": json.dumps({"version": "1", "data": RECORDS}),
    "pandas, columns": json.dumps({key: {str(k): v for k, v in enumerate(c)} for key, c in COLUMNS.items()}),
    "pandas, index": json.dumps(NUMBERED),
    "pandas, split": json.dumps({"columns": ["text", "label"], "index": list(range(120)), "data": rows()}),
    "pandas, table": json.dumps({"schema": {"fields": [{"name": "text"}]}, "data": RECORDS}),
    "lists by key": json.dumps(COLUMNS),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["reviews", "reviews.csv"])
def test_every_layout_gives_the_reviews_of_the_table(tmp_path: Path, layout: str, name: str) -> None:
    plain = opened(tmp_path / "plain.csv", csv())
    dataset = opened(tmp_path / name, LAYOUTS[layout])
    assert texts(dataset) == texts(plain)
    assert dataset.notes.sentences() == ()


def test_a_missing_key_is_an_empty_cell(tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [dict(record) for record in RECORDS]
    del records[0]["text"], records[1]["label"]
    records[2]["text"] = records[3]["label"] = None
    dataset = opened(tmp_path / "x", "\n".join(map(json.dumps, records)))
    assert dataset.notes.sentences() == (
        "2 rows without a text were left out.",
        "2 rows without a label were left out.",
    )


def test_a_key_that_only_later_objects_have_is_a_column(tmp_path: Path) -> None:
    records = [{"id": 1}, *RECORDS]
    assert len(opened(tmp_path / "x", "\n".join(map(json.dumps, records))).train) == 96


def test_stars_and_other_keys(tmp_path: Path) -> None:
    """The layout of a shop's reviews."""
    records = [
        {
            "reviewerID": f"A{k}",
            "verified": True,
            "overall": (1.0, 5.0, 3.0)[k % 3],
            "reviewText": text,
            "style": {"c": 1},
        }
        for k, (text, _) in enumerate(rows(300))
    ]
    dataset = opened(tmp_path / "x", "\n".join(map(json.dumps, records)))
    assert len(dataset.train) + len(dataset.test) == 200
    assert dataset.notes.left_out == (("rows with 3 stars", 100),)


def test_keys_can_be_named(tmp_path: Path) -> None:
    records = [{"a": text, "b": text[::-1], "y": label} for text, label in rows()]
    (tmp_path / "x").write_text("\n".join(map(json.dumps, records)))
    assert "plot" in texts(load(f"{tmp_path / 'x'}#text=a&label=y", Encoding()))[0][0]
    with pytest.raises(DataError, match="has no column 'c'"):
        load(f"{tmp_path / 'x'}#text=c&label=y", Encoding())


def test_faulty_lines_are_told_at_once(tmp_path: Path) -> None:
    lines = json_lines().decode().splitlines()
    lines[0] = '{"text": "it breaks'
    lines[70] = "7"
    lines[71] = "[" * 100_000
    dataset = opened(tmp_path / "x", "\n".join(lines))
    (left_out, which) = dataset.notes.sentences()
    assert left_out == "3 rows that cannot be used were left out."
    assert "line 1 is not JSON (Invalid control character at character 20)" in which
    assert "line 71 is a number instead of an object" in which
    assert "line 72 holds values too deep within each other" in which
    lines = [line if k % 8 != 4 else "{" + line for k, line in enumerate(lines * 2)]
    with pytest.raises(DataQuestion, match=r"36 of 240 rows cannot be used: line 1 .*; and 31 more\. Leave them out"):
        opened(tmp_path / "x", "\n".join(lines))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"a": 1, "b": "x"}', "x is a JSON object with 'a', 'b', and no list of reviews. Choose an array of objects"),
        ("[]", "x is JSON, and holds no objects with a text and a label. Choose an array of objects"),
        ('{"cells": [], "nbformat": 4}', "x is a Jupyter notebook and holds no list of reviews"),
        ('[\n{"text": "it breaks', "x, line 2 is not JSON (Unterminated string starting at character 10)"),
        ("[" * 100_000, "x is JSON with values too deep within each other"),
        ('[{"n": ' + "9" * 9000 + "}]", "x is JSON that cannot be read (Exceeds the limit"),
        ("\n".join(f'{{"k{k}": 1}}' for k in range(2500)), "x has more than 2,000 different keys"),
    ],
    ids=range(7),
)
def test_other_json_says_what_it_is(tmp_path: Path, content: str, sentence: str) -> None:
    assert refusal(tmp_path / "x", content).startswith(sentence)


NESTED = {
    "text and label": ([{"review": r, "meta": {"id": k}} for k, r in enumerate(RECORDS)], "review, meta"),
    "text and label alone": ([{"review": record} for record in RECORDS], "review"),
    "text": ([{"review": {"text": r["text"]}, "label": r["label"]} for r in RECORDS], "review"),
    "label": ([{"text": r["text"], "rating": {"value": r["label"]}} for r in RECORDS], "rating"),
    "label beside ids": (
        [{"id": f"tt{k:05}", "text": r["text"], "rating": {"value": r["label"]}} for k, r in enumerate(RECORDS)],
        "rating",
    ),
    "lists of objects": ([{"id": k, "reviews": [record]} for k, record in enumerate(RECORDS)], "reviews"),
    "null among them": ([{"id": k, "review": r if k % 3 else None} for k, r in enumerate(RECORDS)], "review"),
}


@pytest.mark.parametrize("lines", [True, False], ids=["lines", "array"])
@pytest.mark.parametrize("what", NESTED)
def test_nested_objects_are_said_not_to_be_read(tmp_path: Path, what: str, lines: bool) -> None:
    records, names = NESTED[what]
    content = "".join(json.dumps(record) + "\n" for record in records) if lines else json.dumps(records)
    assert refusal(tmp_path / "x.json", content).endswith(
        f" Nested objects are not read, and there are some in {names}. Flatten them, for example with "
        "pandas.json_normalize, or choose another file."
    )


def test_nested_objects_beside_text_and_label_are_left_out_with_a_remark(tmp_path: Path) -> None:
    records = [record | {"user": {"name": "A much longer text than that of the review " * 5}} for record in RECORDS]
    dataset = opened(tmp_path / "x.json", json.dumps(records))
    assert texts(dataset) == texts(opened(tmp_path / "plain.csv", csv()))
    assert dataset.notes.remarks == ("Nested objects are not read: user.",)


def test_a_table_that_begins_with_a_bracket_is_a_table(tmp_path: Path) -> None:
    lines = [f"[spoiler] {text}\t{label}" for text, label in rows()]
    assert len(opened(tmp_path / "x", "\n".join(lines)).train) == 96


def test_reading_can_be_cancelled_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(json_lines())
    calls = 0

    def count(message: str, fraction: float | None = None) -> None:
        nonlocal calls
        calls += 1
        if calls == stop_at:
            raise Cancelled

    stop_at = -1
    load(str(path), Encoding(), count)
    for stop_at in range(1, calls):
        calls = 0
        (tmp_path / "x").write_bytes(json_lines() + b"\n" * stop_at)
        with pytest.raises(Cancelled):
            load(str(path), Encoding(), count)
