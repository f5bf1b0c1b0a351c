"""Tables as spreadsheets, pandas, Spark, R, databases and course archives write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest

from explorer.data import Cancelled, DataError, DataQuestion
from explorer.data.corpus import Corpus, Part
from explorer.data.encoding import tokens
from explorer.data.readers.delimited import MAX_TEXT_CHARACTERS
from explorer.data.readers.table import read_table

BEHIND = ("", " \\ back")
ROWS = [
    (f'A {("dull", "fine")[k % 2]} film; "number{k}", and more{BEHIND[k % 9 == 0]} | 1:2', k % 2) for k in range(120)
]
"""Texts with separators and quotation marks in them."""
TEXTS = {" ".join(tokens(text)): label for text, label in ROWS}


def texts(part: Part, words: Sequence[str]) -> list[str]:
    bounds = zip(part.offsets[:-1], part.offsets[1:], strict=True)
    return [" ".join(words[rank - 1] for rank in part.ranks[start:end]) for start, end in bounds]


def total(corpus: Corpus) -> int:
    return len(corpus.train.labels) + len(corpus.test.labels)


def positives(corpus: Corpus) -> int:
    return int(corpus.train.labels.sum()) + int(corpus.test.labels.sum())


def written(rows: Sequence[Sequence[object]], header: Sequence[object] | None = None, **how: object) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, **how)  # type: ignore[arg-type]
    if header is not None:
        writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def lines(line: Callable[[int, str, int], str], start: str = "") -> str:
    return start + "".join(line(k, text, label) for k, (text, label) in enumerate(ROWS, start=1))


def doubled(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def backslashed(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mysql(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\\t").replace("\n", "\\\n")


HEADER = ("review", "sentiment")
FILES = {
    "commas": written(ROWS, HEADER),
    "commas, no header": written(ROWS),
    "semicolons": written(ROWS, HEADER, delimiter=";"),
    "tabs": written(ROWS, HEADER, delimiter="\t"),
    "bars": written(ROWS, HEADER, delimiter="|"),
    "carets": written(ROWS, HEADER, delimiter="^"),
    "tildes": written(ROWS, HEADER, delimiter="~"),
    "colons": written(ROWS, HEADER, delimiter=":"),
    "Hive": lines(lambda k, text, label: f"{k}\x01{text}\x01{label}\n"),
    "sep=;": "sep=;\r\n" + written(ROWS, HEADER, delimiter=";"),
    "SEP=| in quotes": '"SEP=|"\r\n' + written(ROWS, HEADER, delimiter="|"),
    "sep= and a rare separator": "sep=%\r\n" + written(ROWS, delimiter="%"),
    "sep=tab": "sep=\t\r\n" + written(ROWS, HEADER, delimiter="\t"),
    "all quoted": written(ROWS, HEADER, quoting=csv.QUOTE_ALL),
    "Unix lines": written(ROWS, HEADER, lineterminator="\n"),
    "Macintosh lines": written(ROWS, HEADER, lineterminator="\r"),
    "lines of three kinds": "".join(
        line + ("\n", "\r\n", "\r")[k % 3] for k, line in enumerate(written(ROWS, HEADER).splitlines())
    ),
    "pandas, with its index": written([(k, *row) for k, row in enumerate(ROWS)], ("", *HEADER)),
    "pandas, without names": written([(k, *row) for k, row in enumerate(ROWS)], ("", "0", "1")),
    "pandas, index saved twice": written([(k, k, *row) for k, row in enumerate(ROWS)], ("", "Unnamed: 0", *HEADER)),
    "Spark": lines(lambda k, text, label: f"{backslashed(text)},{label}\n", "review,sentiment\n"),
    "R, write.csv": lines(lambda k, text, label: f'"{k}",{doubled(text)},{label}\n', '"","text","label"\n'),
    "R, write.table": lines(lambda k, text, label: f'"{k}" {backslashed(text)} {label}\n', '"text" "label"\n'),
    "R, write.table with tabs": lines(
        lambda k, text, label: f'"{k}"\t{backslashed(text)}\t{("FALSE", "TRUE")[label]}\n', '"text"\t"label"\n'
    ),
    "MySQL, INTO OUTFILE": lines(lambda k, text, label: f"{k}\t{mysql(text)}\t{label}\n"),
    "MySQL, enclosed": lines(lambda k, text, label: f'"{k}",{backslashed(text)},"{label}"\n'),
    "MySQL, with commas": lines(lambda k, text, label: f"{k},{mysql(text).replace(',', chr(92) + ',')},{label}\n"),
    "PostgreSQL, COPY": lines(lambda k, text, label: f"{mysql(text)}\t{'ft'[label]}\n") + "\\.\n",
    "PostgreSQL, CSV": lines(lambda k, text, label: f"{k},{doubled(text)},{'ft'[label]}\n", "id,review,good\n"),
    "UCI": lines(lambda k, text, label: f"{text}  \t{label}\n"),
    "labels first": lines(lambda k, text, label: f"{label} {text}\n"),
    "empty cells behind": lines(lambda k, text, label: f"{doubled(text)},{label},\n", "review,sentiment\n"),
    "rows of empty cells": written(ROWS, HEADER) + ",\r\n" * 40,
    "spaces behind commas": lines(lambda k, text, label: f"{doubled(text)}, {label}\n", "review, sentiment\n"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("content", list(FILES.values()), ids=list(FILES))
def test_a_table_is_read_without_a_question(content: str, encoding: str) -> None:
    corpus = read_table(content.encode(encoding), "x.csv")
    train = texts(corpus.train, corpus.words)
    assert [TEXTS[text] for text in train] == corpus.train.labels.tolist()
    assert len(set(train)) == 96
    # Words that only the test knows are left out of it.
    assert ["fine" in text for text in texts(corpus.test, corpus.words)] == corpus.test.labels.astype(bool).tolist()
    assert (total(corpus), positives(corpus)) == (120, 60)
    assert corpus.notes.left_out == ()


SECOND_LINES = {
    "CR LF in quotes": lambda text, label: f'"{text}\r\nsecond",{label}\n',
    "LF in quotes": lambda text, label: f'"{text}\nsecond",{label}\r\n',
    "CR in quotes": lambda text, label: f'"{text}\rsecond",{label}\n',
    "CR in quotes among CR": lambda text, label: f'"{text}\rsecond",{label}\r',
    "CR without quotes": lambda text, label: f"{text}\rsecond,{label}\n",
    "backslash and LF": lambda text, label: f"{text}\\\nsecond\t{label}\n",
    "backslash and CR LF": lambda text, label: f"{text}\\\r\nsecond\t{label}\r\n",
    "backslash and n": lambda text, label: f"{text}\\nsecond\t{label}\n",
    "backslash and n, and marks": lambda text, label: f'"{text}" is it\\nsecond\t{label}\n',
    "backslash and LF in quotes": lambda text, label: f'"{text} \\"x\\"\\\nsecond",{label}\n',
}


@pytest.mark.parametrize("line", list(SECOND_LINES.values()), ids=list(SECOND_LINES))
def test_line_ends_within_a_text(line: Callable[[str, int], str]) -> None:
    content = "".join(line(f"a film number{k}", k % 2) for k in range(120))
    corpus = read_table(content.encode(), "x.csv")
    found = texts(corpus.train, corpus.words)
    assert {text.split()[-1] for text in found} == {"second"}
    assert {text.split()[0] for text in found} == {"a"}
    assert (total(corpus), positives(corpus), corpus.notes.left_out) == (120, 60, ())


@pytest.mark.parametrize(("first", "last"), [(0, 0), (5, 5), (70, 70), (119, 119), (0, 119)])
def test_a_quotation_mark_that_nothing_closes_is_plain_among_tabs(first: int, last: int) -> None:
    rows = [f"{'' if k not in (first, last) else chr(34)}a film number{k}\t{k % 2}\n" for k in range(120)]
    corpus = read_table("".join(rows).encode(), "x.txt")
    assert (total(corpus), positives(corpus), corpus.notes.left_out) == (120, 60, ())


def test_what_databases_write_for_no_value() -> None:
    rows = [(k, f"a film number{k}" if k % 10 else "\\N", k % 2 if k % 7 else "\\N") for k in range(200)]
    corpus = read_table("".join(f"{k}\t{text}\t{label}\n" for k, text, label in rows).encode(), "x.txt")
    assert dict(corpus.notes.left_out) == {"rows without a text": 20, "rows without a label": 26}


def test_a_text_may_have_ten_million_characters() -> None:
    long = "word " * (MAX_TEXT_CHARACTERS // 5)
    before = csv.field_size_limit()
    corpus = read_table(written([*ROWS, (long, 1)], HEADER).encode(), "x.csv")
    assert (total(corpus), corpus.notes.left_out) == (121, ())
    corpus = read_table(written([*ROWS, (long + "and more", 1)], HEADER).encode(), "x.csv")
    assert corpus.notes.left_out == (("rows that cannot be used", 1),)
    assert "row 122 holds more than 10,000,000 characters in a cell" in corpus.notes.remarks[0]
    assert csv.field_size_limit() == before, "the limit of the process is not changed"


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_long_text_may_come_first(quote: str, separator: str) -> None:
    rows = [f"{quote}{'long ' * 300_000}{quote}{separator}1\n"]
    rows += [f"{quote}a film number{k}{quote}{separator}{k % 2}\n" for k in range(120)]
    assert total(read_table("".join(rows).encode(), "x.csv")) == 121


def test_backslashes_that_escape_nothing_do_not_spoil_marks_behind_backslashes() -> None:
    """As Spark writes them: only marks are escaped."""
    rows = [
        f'"a film {chr(92)}"number{k}, so{chr(92)}" in C:{chr(92)}dir",{k % 2}\n'
        if k % 20 == 0
        else f"a film{k},{k % 2}\n"
        for k in range(200)
    ]
    corpus = read_table("".join(rows).encode(), "x.csv")
    assert (total(corpus), positives(corpus), corpus.notes.left_out) == (200, 100, ())


def test_the_end_of_file_of_dos_is_no_row() -> None:
    assert read_table((written(ROWS) + "\x1a").encode(), "x.csv").notes.left_out == ()


SCRIPTS = {
    "mysqldump": "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `r`;\n",
    "phpMyAdmin": 'SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\nSTART TRANSACTION;\n',
    "pg_dump": "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n",
    "pg_dump of data": "COPY public.reviews (text, label) FROM stdin;\n",
    "sqlite3": "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
    "SQL Server": "USE [reviews]\nGO\n",
    "create": "CREATE TABLE reviews (text TEXT, label INT);\n",
    "inserts": "",
    "insert with columns": "insert into reviews (a, b) values ('x', 1);\n",
    "insert of SQL Server": "INSERT [dbo].[r] ([t], [l]) VALUES (N'x', 1)\n",
}


@pytest.mark.parametrize("start", list(SCRIPTS.values()), ids=list(SCRIPTS))
def test_a_script_of_statements_is_named_for_what_it_is(start: str) -> None:
    content = start + "".join(f"INSERT INTO `r` VALUES ('a film number{k}', {k % 2});\n" for k in range(120))
    with pytest.raises(DataError, match=r"x\.sql is a script of SQL statements, not a table\. Run it in a database"):
        read_table(content.encode(), "x.sql")


def test_a_review_may_begin_as_a_statement_does() -> None:
    rows = [(f"Insert into your player, create a table, select{k}", k % 2) for k in range(120)]
    assert total(read_table(written(rows).encode(), "x.csv")) == 120


@pytest.mark.parametrize("content", ["good film\n", "a film: it is. So it is!\n", "good\n"])
def test_one_column_only_is_said_of_a_file_that_has_one(content: str) -> None:
    with pytest.raises(DataError, match="has one column only"):
        read_table((content * 120).encode(), "x.csv")


PROSE = ["A film, or so.", "No.", "Well; it, it and it", "Never, ever | again, no, no"]


def test_lines_that_are_not_divided_alike_are_not_called_one_column() -> None:
    with pytest.raises(DataError, match="neither commas nor tabs, semicolons or bars divide its rows") as e:
        read_table("\n".join(PROSE * 40).encode(), "x.csv")
    assert "one column" not in str(e.value)


@pytest.mark.parametrize("share", [10, 3])
def test_faulty_rows_are_told_at_once_and_asked_about_when_they_are_many(share: int) -> None:
    rows = [f"a film number{k},{k % 2}\n" if k % share else "a broken one\n" for k in range(400)]
    content = "".join(["review,sentiment\n", *rows]).encode()
    if share == 10:
        corpus = read_table(content, "x.csv")
        assert corpus.notes.left_out == (("rows that cannot be used", 40),)
        (remark,) = corpus.notes.remarks
        places = [f"row {row} has 1 cell instead of 2" for row in (2, 12, 22, 32, 42)]
        assert remark == f"Rows that cannot be used: {'; '.join(places)}; and 35 more."
        return
    with pytest.raises(DataQuestion, match=r"x\.csv: 134 of 400 rows cannot be used: row 2 has 1 cell .*129 more") as e:
        read_table(content, "x.csv")
    (answer,) = e.value.answers
    assert answer == ("Leave out 134 rows", "x.csv#faulty=skip")


def test_rows_that_would_leave_too_few_reviews_are_no_question() -> None:
    content = "".join(f"a film number{k},{k // 2 % 2}\n" if k % 2 else "a broken one\n" for k in range(190))
    with pytest.raises(DataError, match=r"95 of 190 rows cannot be used: .*; and 90 more\. Correct the file") as e:
        read_table(content.encode(), "x.csv")
    assert not isinstance(e.value, DataQuestion)


def test_a_hostile_heap_of_quotation_marks_takes_little_time() -> None:
    content = ('"a\n' * 50_000 + '"b,1\n' * 20_000).encode()
    with pytest.raises(DataError):
        read_table(content, "x.csv")


def test_finding_the_dialect_can_be_cancelled() -> None:
    def stop(message: str, fraction: float | None = None) -> None:
        if message.startswith("Finding") and fraction:
            raise Cancelled

    content = lines(lambda k, text, label: f"{doubled(text)}\t{label}\n") * 10
    with pytest.raises(Cancelled):
        read_table(content.encode(), "x.csv", report=stop)
