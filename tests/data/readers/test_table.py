"""Tables as people have them, and as none should be."""

import re
from pathlib import Path

import pytest

from explorer.data import Cancelled, DataError, DataQuestion, Dataset, SourceOptions, load
from explorer.data.readers import table as table_module
from explorer.data.readers.table import read_table
from tests.data.written import reviews, table

HEADER = b"review,sentiment\n"


def loaded(tmp_path: Path, content: bytes, name: str = "reviews.csv") -> Dataset:
    path = tmp_path / name
    path.write_bytes(content)
    return load(str(path))


def words_of(dataset: Dataset) -> list[str]:
    return sorted(dataset.text(part, row) for part in (dataset.train, dataset.test) for row in range(len(part)))


def test_a_table_is_a_data_set(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, table(reviews(1200)))
    assert (dataset.title, dataset.generated) == ("reviews.csv (1,200 reviews)", False)
    assert (len(dataset.train), len(dataset.test)) == (960, 240)
    row = int(dataset.train.labels.argmax())
    assert dataset.text(dataset.train, row).startswith("a fine film br it's number")


PLAIN = table(reviews())
SAME = {
    "byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "semicolons": table(reviews(), delimiter=";"),
    "tabs": table(reviews(), delimiter="\t"),
    "bars": table(reviews(), delimiter="|"),
    "Unix lines": PLAIN.replace(b"\r\n", b"\n"),
    "Macintosh lines": PLAIN.replace(b"\r\n", b"\r"),
    "blank lines": PLAIN.replace(b"\r\n", b"\r\n\r\n") + b"\n \n",
    "numbers": table(reviews(), names="01"),
    "spaces and case": table(reviews(), names=(" NEG ", "Pos\t"), header=(" Text", "LABEL ")),
    "quoted labels": table(reviews(), names=("'negative'", '"positive"')),
    "no end of line": PLAIN.rstrip(),
    "UTF-16": PLAIN.decode().encode("utf-16"),
    "UTF-32": PLAIN.decode().encode("utf-32"),
}


@pytest.mark.parametrize("content", list(SAME.values()), ids=list(SAME))
def test_ways_to_write_the_same(tmp_path: Path, content: bytes) -> None:
    first, second = loaded(tmp_path, PLAIN), loaded(tmp_path, content, "other.csv")
    assert words_of(first) == words_of(second)
    assert second.train.labels.tolist() == first.train.labels.tolist()


def test_quotes_commas_and_line_breaks_within_a_text(tmp_path: Path) -> None:
    rows = [*reviews(), ('He said: "So, what?"\nAnd\r\nleft; <br />twice', 1), ("Plain.", 0)] * 5
    texts = words_of(loaded(tmp_path, table(rows)))
    assert [text for text in texts if text.startswith("he")] == ["he said so what and left br twice"] * 5


def test_a_table_of_tabs_without_quoting(tmp_path: Path) -> None:
    """As Kaggle's labeledTrainData.tsv, in which a quotation mark may stand alone or behind a backslash."""
    lines = ["id\tsentiment\treview"]
    lines += [f'"{k}_8"\t{label}\t"So \\"nice\\" a film, {k}' for k, (_, label) in enumerate(reviews())]
    texts = words_of(loaded(tmp_path, "\n".join(lines).encode(), "labeled.tsv"))
    assert {text[: len("so nice a film")] for text in texts} == {"so nice a film"}


def test_prose_does_not_pass_for_a_separator(tmp_path: Path) -> None:
    lines = ["sentiment;review", *(f"{label};one, two, three, four | {k}" for k, (_, label) in enumerate(reviews()))]
    assert words_of(loaded(tmp_path, "\n".join(lines).encode()))[0].startswith("one two three four")


def test_header_and_label_words(tmp_path: Path) -> None:
    """A header of bare numbers, as pandas writes for a frame without names, is no review."""
    content = table(reviews(), header=("0", "1"))
    corpus = read_table(content, "x.csv", SourceOptions(text="0", label="1"))
    assert len(corpus.train.labels) + len(corpus.test.labels) == 120


BAD = {
    "nothing": (b"", r" is empty\. Choose"),
    "blanks": (b"\n  \r\n", r" is empty\. Choose"),
    "a mark only": (b"\xef\xbb\xbf", r" is empty"),
    "header only": (HEADER, r" holds 0 reviews, and at least 100"),
    "few": (table(reviews(40)), r" holds 40 reviews, and at least 100 are needed"),
    "one class": (table(reviews(240)[:120]), r": all 120 reviews are negative, and both classes"),
    "Latin-1": (PLAIN + "café,1\n".encode("latin-1"), r", line 122: byte \d+ \(0xe9\) is not UTF-8\. Save it as UTF-8"),
    "cut character": (PLAIN + b"caf\xc3", r", line 122: byte \d+ \(0xc3\) is not UTF-8"),
    "UTF-16 without a mark": (PLAIN.decode().encode("utf-16-le"), r" seems to be written in UTF-16-LE"),
    "NUL": (PLAIN + b"a\0b,1\n", r", line 122: byte \d+ is NUL, which no text"),
    "one column": (b"review\n" + b"good film\n" * 120, r" has one column only, and a text and a label"),
    "lines of prose": (
        b"A good film, or so.\nBad\nNo, no, and no.\n" * 50,
        r" is no table that can be read: neither commas",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), list(BAD.values()), ids=list(BAD))
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=r"reviews\.csv" + sentence) as e:
        loaded(tmp_path, content)
    assert str(e.value).startswith(str(tmp_path))
    assert not list((tmp_path / "cache").glob("reviews-*")), "nothing of it is kept"


FAULTS = {
    "another label": (b"fine,maybe\n", r"row 122 has the label 'maybe'"),
    "a column less": (b"fine\n", r"row 122 has 1 cell instead of 2"),
    "a column more": (b"fine, good,1\n", r"row 122 has 3 cells instead of 2"),
    "behind a line break": (b'"a\nb",1\n"c\n",2\n', r"row 123 \(line 124\) has the label '2'"),
    "behind a blank line": (b"\nfine,2\n", r"row 123 has the label '2'"),
    "open quote": (b'"fine,1\nbad,0\n', r"row 122 opens a quotation mark that is never closed"),
    "long open quote": (
        b'"fine,1\n' + b"bad film,0\n" * 30_000,
        r"row 122 opens a quotation mark that is never closed",
    ),
    "single quotes within": (b'"a "b" c, and d",1\n', r"row 122 holds a quotation mark within .* not doubled"),
}


@pytest.mark.parametrize(("end", "sentence"), list(FAULTS.values()), ids=list(FAULTS))
def test_one_faulty_row_is_left_out_counted_and_named(tmp_path: Path, end: bytes, sentence: str) -> None:
    dataset = loaded(tmp_path, PLAIN + end)
    assert dataset.notes.left_out == (("rows that cannot be used", 1),)
    assert re.search(sentence, dataset.notes.remarks[0])
    assert len(dataset.train) + len(dataset.test) >= 120


@pytest.mark.parametrize("end", [b" ,1\n", b"...,1\n", b"NaN,0\n", b"\\N,1\n"])
def test_a_row_without_a_text_is_left_out_and_counted(tmp_path: Path, end: bytes) -> None:
    assert loaded(tmp_path, PLAIN + end).notes.left_out == (("rows without a text", 1),)


def test_the_byte_of_a_wrong_encoding_is_the_one_in_the_file() -> None:
    content = b"\xef\xbb\xbf" + PLAIN + b"caf\xe9,1\n"
    with pytest.raises(DataError, match=rf"byte {content.index(0xE9)} "):
        read_table(content, "x.csv")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DataError, match="is larger than 512 MB, the most that is read"):
        load(str(path))


def test_progress_never_goes_back_and_can_cancel_anywhere() -> None:
    content = table(reviews(2000))
    reports: list[tuple[str, float]] = []

    def note(message: str, fraction: float | None = None) -> None:
        assert fraction is not None
        reports.append((message, fraction))

    read_table(content, "x.csv", report=note)
    for message in ("Reading the reviews", "Ranking the words"):
        fractions = [fraction for name, fraction in reports if name == message]
        assert len(fractions) > 4
        assert fractions == sorted(fractions)
        assert 0 <= fractions[0] <= fractions[-1] <= 1
    for last in range(1, len(reports) + 1):
        calls = 0

        def stop(message: str, fraction: float | None = None, last: int = last) -> None:
            nonlocal calls
            calls += 1
            if calls == last:
                raise Cancelled

        with pytest.raises(Cancelled):
            read_table(content, "x.csv", report=stop)


def test_a_second_start_reads_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(tmp_path, PLAIN)
    monkeypatch.setattr(table_module, "read_table", lambda *a: pytest.fail("the cache was not used"))
    second = load(str(tmp_path / "reviews.csv"))
    assert (second.title, second.fingerprint) == (first.title, first.fingerprint)
    assert words_of(second) == words_of(first)


def test_a_changed_table_and_other_columns_are_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    lines = [f"{text.replace(',', '')},{label},{1 - label}" for text, label in reviews()]
    path.write_text("\n".join(["review,label,other", *lines]), encoding="utf-8")
    first = load(str(path))
    other = load(f"{path}#text=review&label=other")
    assert other.fingerprint != first.fingerprint
    assert other.train.labels.tolist() != first.train.labels.tolist()
    path.write_text("\n".join(["review,label,other", *lines, "one more,1,0"]), encoding="utf-8")
    assert load(str(path)).title == "reviews.csv (121 reviews)"


@pytest.mark.parametrize("rows", [100, 120, 2000])
def test_identifiers_are_no_labels(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "unlabelled.csv"
    lines = [f"{k + 7},a film with the number{k} and a plot" for k in range(rows)]
    path.write_text("\n".join(["number,words", *lines]), encoding="utf-8")
    with pytest.raises(DataError, match=r"No column of .* holds labels") as refused:
        load(str(path))
    assert not isinstance(refused.value, DataQuestion)
