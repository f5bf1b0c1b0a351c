"""Tables as people have them, and as nobody should."""

from pathlib import Path

import pytest

from explorer.data import Cancelled, DataError, Dataset, SourceOptions, load
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
    "another label": (PLAIN + b"fine,maybe\n", r", row 122: the label must be .*got 'maybe' in column sentiment\. Cor"),
    "minus one": (table(reviews(), names=("-1", "1")), r", row 2: the label must be .*got '-1'"),
    "no label": (PLAIN + b"fine,\n", r", row 122: the label must be .*got ''"),
    "a column less": (PLAIN + b"fine\n", r", row 122 must have 2 columns, got 1; .*Correct the file"),
    "a column more": (PLAIN + b"fine, good,1\n", r", row 122 must have 2 columns, got 3"),
    "behind a line break": (PLAIN + b'"a\nb",1\n"c\n",2\n', r", row 123 \(line 124\): the label"),
    "behind a blank line": (PLAIN + b"\nfine,2\n", r", row 123: the label"),
    "no text": (PLAIN + b" ,1\n", r", row 122: the text is empty"),
    "no word": (PLAIN + b"...,1\n", r", row 122: the text holds no word"),
    "open quote": (PLAIN + b'"fine,1\nbad,0\n', r", row 122 cannot be read: the quotation mark .* never closed"),
    "long open quote": (PLAIN + b'"fine,1\n' + b"bad,0\n" * 30_000, r", row 122 cannot be read: .* never closed"),
    "single quotes within": (PLAIN + b'"a "b" c",1\n', r", row 122 cannot be read: .* must be doubled"),
    "Latin-1": (PLAIN + "café,1\n".encode("latin-1"), r", line 122: byte \d+ \(0xe9\) is not UTF-8\. Save it as UTF-8"),
    "cut character": (PLAIN + b"caf\xc3", r", line 122: byte \d+ \(0xc3\) is not UTF-8"),
    "UTF-16": (PLAIN.decode().encode("utf-16"), r" is written in UTF-16 instead of UTF-8\. Save it"),
    "UTF-16 without a mark": (PLAIN.decode().encode("utf-16-le"), r", line 1: byte 1 is NUL"),
    "UTF-32": (PLAIN.decode().encode("utf-32"), r" is written in UTF-32"),
    "NUL": (PLAIN + b"a\0b,1\n", r", line 122: byte \d+ is NUL, which no text"),
    "one column": (b"review\n" + b"good film\n" * 120, r" has one column only, and a text and a label"),
}


@pytest.mark.parametrize(("content", "sentence"), list(BAD.values()), ids=list(BAD))
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=r"reviews\.csv" + sentence) as e:
        loaded(tmp_path, content)
    assert str(e.value).startswith(str(tmp_path))
    assert not list((tmp_path / "cache").glob("reviews-*")), "nothing of it is kept"


def test_the_byte_of_a_wrong_encoding_is_the_one_in_the_file() -> None:
    content = b"\xef\xbb\xbf" + PLAIN + b"caf\xe9,1\n"
    with pytest.raises(DataError, match=rf"byte {content.index(0xE9)} "):
        read_table(content, "x.csv")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DataError, match="is larger than 512 MB, so it is not a table of reviews"):
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
