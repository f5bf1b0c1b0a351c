"""Bytes to text: marks, encodings that were named, and those that are proposed."""

import pytest

from explorer.data import DataError, DataQuestion, split_source
from explorer.data.text_decoding import TextFile, decoded

PROSE = "Un café très élégant, “naïve” – voilà\nzweite Zeile\n" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_utf_is_read_by_its_mark(encoding: str) -> None:
    assert decoded(PROSE.encode(encoding), "x.txt") == PROSE


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xfe\xff", "utf-16-be"), (b"\0\0\xfe\xff", "utf-32-be")])
def test_utf_in_the_other_order_of_bytes(mark: bytes, encoding: str) -> None:
    text = TextFile(mark + PROSE.encode(encoding), "x.txt")
    assert (text.text(), list(text.lines())) == (PROSE, PROSE.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("encoding", "prose"),
    [
        ("cp1252", PROSE),
        ("latin-1", "caf\xe9 fine, na\xefve"),
        ("mac-roman", "un café très élégant, à la fête"),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
        ("cp1251", "Очень хороший фильм, смотрел дважды"),
        ("koi8-r", "Очень хороший фильм, смотрел дважды"),
        ("cp1253", "πολύ καλή ταινία"),
        ("cp932", "この映画はとても良かったです"),
        ("gb18030", "这部电影非常好看，我喜欢"),
        ("big5", "這部電影非常好看"),
        ("cp949", "이 영화는 정말 좋았다"),
    ],
)
def test_another_encoding_is_proposed_and_reads_the_file(encoding: str, prose: str) -> None:
    content = f"review,sentiment\n{prose},1\n".encode(encoding)
    with pytest.raises(DataQuestion, match=r"x\.csv, line 2: byte \d+ \(0x[0-9a-f]{2}\) is not UTF-8") as e:
        TextFile(content, "x.csv")
    at = int(str(e.value).split("byte ")[1].split(" ")[0])
    with pytest.raises(UnicodeDecodeError) as wrong:
        content.decode()
    assert at == wrong.value.start
    read = []
    for answer in e.value.answers:
        path, options = split_source(answer.source)
        assert (path, answer.source) == ("x.csv", f"x.csv#encoding={options.encoding}")
        read.append(TextFile(content, "x.csv", options.encoding).text())
    assert content.decode(encoding) in read


def test_cp1252_comes_first_for_western_text() -> None:
    with pytest.raises(DataQuestion) as e:
        TextFile(PROSE.encode("cp1252"), "x.csv", source="x.csv#text=1&label=2")
    assert e.value.answers[0].source == "x.csv#text=1&label=2&encoding=cp1252"
    assert "“Un café très élégant" in e.value.answers[0].label


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("prose", ["good film a lot,1\n" * 20, "хороший фильм, да,1\n" * 20])
def test_utf_16_and_32_without_a_mark_are_named(encoding: str, prose: str) -> None:
    with pytest.raises(DataQuestion, match=f"seems to be written in {encoding.upper()}, without the byte order") as e:
        TextFile(prose.encode(encoding), "x.csv")
    (answer,) = e.value.answers
    assert TextFile(prose.encode(encoding), "x.csv", split_source(answer.source)[1].encoding).text() == prose


REFUSED = {
    "empty": (b"", None, "is empty"),
    "blank": (b" \n\r\n\t", None, "is empty"),
    "a mark only": (b"\xff\xfe", None, "is empty"),
    "NUL": (b"good\nfilm\0,1\n", None, r"line 2: byte 9 is NUL, which no text holds"),
    "half a character of UTF-16": (b"\xff\xfea\0b", None, r"line 1: byte 4 \(0x62\) is not UTF-16"),
    "unknown": (b"a,1", "cp99999", "There is no encoding 'cp99999'"),
    "no encoding of text": (b"a,1", "base64", "There is no encoding 'base64'"),
    "no encoding of files": (b"a,1", "idna", "There is no encoding 'idna'"),
    "not even a name": (b"a,1", "\0", "There is no encoding"),
    "against its mark": (b"\xef\xbb\xbfa,1", "cp1252", r"begins with the byte order mark of UTF-8, .* as cp1252"),
    "against another mark": (b"\xff\xfea\0", "utf-8", "begins with the byte order mark of UTF-16"),
}


@pytest.mark.parametrize(("content", "encoding", "sentence"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_is_no_text(content: bytes, encoding: str | None, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as e:
        TextFile(content, "x.txt", encoding)
    assert not isinstance(e.value, DataQuestion)


def test_of_encodings_that_read_the_file_alike_only_the_first_is_proposed() -> None:
    content = "review,sentiment\nUn café très élégant,1\n".encode("cp1252")
    with pytest.raises(DataQuestion) as e:
        TextFile(content, "x.csv")
    readings = [content.decode(split_source(answer.source)[1].encoding or "") for answer in e.value.answers]
    assert len(set(readings)) == len(readings) > 1
    assert readings[0] == content.decode("cp1252")


def test_encodings_are_told_apart_where_they_differ_though_that_is_far_from_the_first_strange_byte() -> None:
    content = ("review,sentiment\nUn café,1\n" + "plain words,1\n" * 20 + "Ağaç şık ılık,0\n").encode("cp1254")
    with pytest.raises(DataQuestion) as e:
        TextFile(content, "x.csv")
    excerpts = [answer.label.partition(": ")[2] for answer in e.value.answers]
    assert len(set(excerpts)) == len(excerpts) > 1
    assert "x.csv#encoding=cp1254" in [answer.source for answer in e.value.answers]


def test_the_question_about_an_encoding_is_asked_without_the_command_line() -> None:
    with pytest.raises(DataQuestion, match="#encoding=cp1252") as e:
        TextFile("review,sentiment\nUn café,1\n".encode("cp1252"), "x.csv")
    assert e.value.question == (
        "x.csv, line 2: byte 23 (0xe9) is not UTF-8. Choose how it reads right, or save it as UTF-8 and open it again."
    )


def test_an_encoding_that_does_not_read_the_file_is_answered_with_one_that_does() -> None:
    with pytest.raises(DataQuestion, match=r"line 1: byte 3 \(0xe9\) is not ascii") as e:
        TextFile(b"caf\xe9,1\n", "x.csv", "ascii")
    assert e.value.answers[0].source == "x.csv#encoding=cp1252"


def test_the_byte_is_found_behind_the_first_megabyte() -> None:
    content = b"a fine film,1\n" * 100_000 + "é".encode() + b"\xe9,1\n"
    with pytest.raises(DataQuestion, match=r"line 100001: byte 1400002 \(0xe9\)"):
        TextFile(content, "x.csv")


def test_lines_end_as_they_are_asked_to() -> None:
    text = TextFile(b"a\rb\r\nc\nd", "x.txt")
    assert list(text.lines()) == ["a\r", "b\r\n", "c\n", "d"]
    assert list(text.lines("\n")) == ["a\rb\r\n", "c\n", "d"]
    assert text.share == 1
