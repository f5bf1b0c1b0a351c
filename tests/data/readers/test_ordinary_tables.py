"""Tables of public reports, made here: their headers, columns, labels and parts; 400 reviews, half of them good."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from explorer.data import ColumnsUnclear, DataError, Dataset, load, with_columns

WORDS = ("dull", "lazy", "script", "street", "crowd", "scene", "voice", "train", "warm", "camera", "bright", "tender")
_RANDOM = random.Random(1)
ROWS = [(" ".join(_RANDOM.choices(WORDS, k=10)), k % 2) for k in range(400)]


def file(tmp_path: Path, lines: Iterable[str], name: str = "reviews.csv") -> str:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def each(line: Callable[[int, str, int], str], *header: str) -> list[str]:
    return [*header, *(line(k, text, label) for k, (text, label) in enumerate(ROWS))]


def good(dataset: Dataset) -> int:
    return int(dataset.train.labels.sum()) + int(dataset.test.labels.sum())


LONG = "word " * 28_000
ORDINARY = {
    "a label column called Positive": each(lambda k, t, y: f"{t},{y}", "reviewText,Positive"),
    "columns called neg and pos": each(
        lambda k, t, y: f"{t},{y},0.{4 * (1 - y)}00,0.600,0.0{5 * y}0,{y - 0.5}",
        "review,sentiment,neg,neu,pos,compound",
    ),
    "no header, tabs, a mark first": each(lambda k, t, y: f"{chr(34) * (k == 0)}{t}\t{y}"),
    "no header, tabs, a mark sixth": each(lambda k, t, y: f"{chr(34) * (k == 5)}{t}\t{y}"),
    "a text of 140,000 characters": each(lambda k, t, y: f'"{LONG if k == 200 else t}",{y}', "review,sentiment"),
    "the same with tabs": each(lambda k, t, y: f"{LONG if k == 200 else t}\t{y}", "review\tsentiment"),
    "True and False": each(lambda k, t, y: f"{t},{y == 1}", "review,sentiment"),
    "1.0 and 0.0": each(lambda k, t, y: f"{t},{y}.0", "review,sentiment"),
    "−1 and 1": each(lambda k, t, y: f"{t},{2 * y - 1}", "review,sentiment"),
    "0 and 4": each(lambda k, t, y: f"{t},{4 * y}", "review,sentiment"),
    "bad and good": each(lambda k, t, y: f"{t},{('bad', 'good')[y]}", "review,sentiment"),
    "no-break spaces": each(lambda k, t, y: f"{t.replace(' ', chr(160) + ' ')},{y}", "review,sentiment"),
    "words that IMDB does not have": each(lambda k, t, y: f"{t.replace(' ', 'zu ')},{y}", "review,sentiment"),
    # Headers
    "a column called 1": each(lambda k, t, y: f"{t},{y}", "text,1"),
    "a column called 1 beside a name of two words": each(lambda k, t, y: f"{t},{y}", "full text,1"),
    "columns called neg and pos, of neg and pos": each(lambda k, t, y: f"{t},{('neg', 'pos')[y]}", "neg,pos"),
    "no header, a short sentence first": [
        f"{ROWS[0][0].split()[0]}.,0",
        *each(lambda k, t, y: f"{t},{y}")[1:],
    ],
    "a column called 0": each(lambda k, t, y: f"{y},{t}", "0,text"),
    "columns called 0 and 1": each(lambda k, t, y: f"{t},{y}", "0,1"),
    "columns called 0 and 1 behind an index": each(lambda k, t, y: f"{k},{t},{y}", ",0,1"),
    "a column called negative": each(lambda k, t, y: f"{t},{('negative', 'positive')[y]}", "text,negative"),
    "a column called pos": each(lambda k, t, y: f"{('neg', 'pos')[y]};{t}", "pos;review"),
    "names in German": each(lambda k, t, y: f"{k};{t};{('neg', 'pos')[y]}", "Nr;Kritik;Urteil"),
    "questions of a form": each(
        lambda k, t, y: f"2021/03/{k % 28 + 1} 10:{k % 60:02},{t},{('Bad', 'Good')[y]}",
        "Timestamp,What did you think of the film?,Was it good or bad?",
    ),
    "no header, label first": each(lambda k, t, y: f"{y},{t}"),
    "no header, index first": each(lambda k, t, y: f"{k},{t},{y}"),
    "no header, short texts among others": each(lambda k, t, y: f"{t if k % 3 else ('bad', 'good')[y]},{y}"),
    # Columns
    "Sentiment140": each(
        lambda k, t, y: (
            f'"{4 * y}","{1467810369 + k}","Mon Apr 06 22:{k % 60:02}:45 PDT 2009","NO_QUERY","u{k % 90}","{t}"'
        )
    ),
    "a flag beside the label's name": each(lambda k, t, y: f"{k},{t},{y},{k // 2 % 2}", "id,text,label,retweeted"),
    "words beside a flag": each(lambda k, t, y: f"{t},{('neg', 'pos')[y]},{'MF'[k // 2 % 2]}", "a,b,c"),
    "stars beside the label": each(lambda k, t, y: f"{t},{k % 5 + 1},{y}", "words,stars,verdict"),
    "user, address and date": each(
        lambda k, t, y: f'user{k},https://example.org/r/{k},"May {k % 28 + 1}, 2012",{t},{y}', "a,b,c,d,e"
    ),
    "a short title beside the review": each(
        lambda k, t, y: f'{k} {t[:12]},"{t} {t} {t}, {t}",{y}', "heading,opinion,x"
    ),
    "a column without anything in it": each(lambda k, t, y: f"{t},,{y}", "a,b,c"),
    "Excel, without empty cells at the end": each(
        lambda k, t, y: f"{t},{y}" + (",x" if k == 5 else "," if k < 16 else ""), "words,verdict,note"
    ),
    "Chinese": each(lambda k, t, y: f"这部电影非常好看{chr(0x4E00 + k)}我喜欢,{y}", "内容,标签"),
}


@pytest.mark.parametrize("lines", list(ORDINARY.values()), ids=list(ORDINARY))
def test_an_ordinary_table_is_read_without_a_question(tmp_path: Path, lines: list[str]) -> None:
    dataset = load(file(tmp_path, lines))
    assert dataset.title == "reviews.csv (400 reviews)"
    assert (len(dataset.train), len(dataset.test), good(dataset)) == (320, 80, 200)
    assert dataset.notes.left_out == ()


def test_a_name_without_an_ending_is_no_hindrance(tmp_path: Path) -> None:
    dataset = load(file(tmp_path, each(lambda k, t, y: f"{t},{y}", "review,sentiment"), "IMDB_Dataset"))
    assert dataset.title == "IMDB_Dataset (400 reviews)"


def test_columns_of_a_file_without_a_header_may_be_given(tmp_path: Path) -> None:
    path = file(tmp_path, each(lambda k, t, y: f"{chr(34) * (k == 0)}{t}\t{y}"), "headerless.txt")
    assert good(load(with_columns(path, "1", "2"))) == 200


def test_one_column_may_be_given_and_the_other_is_found(tmp_path: Path) -> None:
    path = file(tmp_path, each(lambda k, t, y: f"{t},{y},{1 - y},{t[::-1]}", "a,b,c,d"))
    with pytest.raises(ColumnsUnclear) as e:
        load(path)
    assert e.value.pairs == (("a", "b"), ("a", "c"), ("d", "b"), ("d", "c"))
    with pytest.raises(ColumnsUnclear) as e:
        load(f"{path}#text=a")
    assert e.value.pairs == (("a", "b"), ("a", "c"))
    with pytest.raises(ColumnsUnclear) as e:
        load(f"{path}#label=c")
    assert e.value.pairs == (("a", "c"), ("d", "c"))
    assert good(load(e.value.answers[0].source)) == 200


def test_blank_texts_are_left_out_and_counted(tmp_path: Path) -> None:
    dataset = load(file(tmp_path, each(lambda k, t, y: f"{t if k not in (3, 9, 200) else ''},{y}", "review,sentiment")))
    assert dataset.title == "reviews.csv (397 reviews)"
    assert dataset.notes.sentences() == ("3 rows without a text were left out.",)


def test_the_folders_own_table_has_parts_and_reviews_without_a_label(tmp_path: Path) -> None:
    """As the CSV files made of aclImdb: index, type, review, label, file."""
    kinds = (("train", "neg"), ("train", "pos"), ("train", "unsup"), ("test", "neg"), ("test", "pos"))
    lines = each(lambda k, t, y: f"{k},{kinds[k % 5][0]},{t},{kinds[k % 5][1]},{k}_3.txt", ",type,review,label,file")
    dataset = load(file(tmp_path, lines))
    assert (len(dataset.train), len(dataset.test), good(dataset)) == (160, 160, 160)
    assert dataset.notes.left_out == (("rows without a label", 80),)
    assert dataset.notes.remarks == ("Column type decides which reviews are held out for the test.",)


@pytest.mark.parametrize("name", ["split", "Fold", "TYPE"])
@pytest.mark.parametrize("held_out", ["test", "val", "Valid", "VALIDATION", " dev"])
def test_a_column_decides_the_parts(tmp_path: Path, name: str, held_out: str) -> None:
    parts = ("train", "train", held_out, held_out)
    lines = each(lambda k, t, y: f"{t},{y},{parts[k // 2 % 4]}", f"review,sentiment,{name}")
    dataset = load(file(tmp_path, lines))
    assert (len(dataset.train), len(dataset.test)) == (200, 200)
    tested = {dataset.text(dataset.test, row) for row in range(200)}
    assert tested <= {text for k, (text, _) in enumerate(ROWS) if k // 2 % 4 >= 2}


@pytest.mark.parametrize(
    ("value", "what"),
    [("0", "'0'"), ("book", "'book'"), ("", "empty cells"), ("training", "'training'")],
)
def test_a_column_with_other_values_does_not_decide_the_parts_and_a_note_says_so(
    tmp_path: Path, value: str, what: str
) -> None:
    lines = each(lambda k, t, y: f"{t},{y},{'train' if k < 390 else value}", "review,sentiment,split")
    dataset = load(file(tmp_path, lines))
    assert (len(dataset.train), len(dataset.test)) == (320, 80)
    (remark,) = dataset.notes.remarks
    assert remark.startswith(f"Column split does not decide the parts, since it holds {what}; only train, test,")


def test_a_column_that_names_one_part_only_leaves_the_split_to_the_program(tmp_path: Path) -> None:
    dataset = load(file(tmp_path, each(lambda k, t, y: f"{t},{y},train", "review,sentiment,split")))
    assert (len(dataset.train), len(dataset.test)) == (320, 80)
    assert dataset.notes.remarks == ("Column split does not decide the parts, since it names only one of them.",)


def test_stars_that_were_passed_over_are_named(tmp_path: Path) -> None:
    path = file(tmp_path, each(lambda k, t, y: f"{t},{k % 5 + 1},{y}", "words,stars,recommended"))
    dataset = load(path)
    assert good(dataset) == 200
    (remark,) = dataset.notes.remarks
    assert remark.startswith("Labels are in column recommended, which holds two values; the stars in column stars are")
    assert len(load(remark.split('"')[1]).train) == 256


def test_of_two_columns_that_name_parts_the_first_kind_decides(tmp_path: Path) -> None:
    lines = each(
        lambda k, t, y: f"{t},{y},{'train' if k < 300 else 'test'},{'train' if k % 5 else 'dev'}", "a,b,fold,split"
    )
    dataset = load(file(tmp_path, lines))
    assert (len(dataset.train), len(dataset.test)) == (320, 80)
    assert dataset.notes.remarks == (
        "Column split decides which reviews are held out for the test.",
        "Column fold is not used, since column split decides the parts.",
    )


REFUSED = {
    "no labels": (each(lambda k, t, y: f"{k},{t}", "id,text"), "", "No column of .* holds labels, .* id, text"),
    "no texts": (each(lambda k, t, y: f"{k},{y}", "id,label"), "", "No column of .* holds texts"),
    "labels that all differ": (
        each(lambda k, t, y: f"{t},{t[::-1]}", "a,b"),
        "#text=a&label=b",
        "Column b of .* holds no labels: almost every cell is different",
    ),
    "ids": (
        each(lambda k, t, y: f"{t},{y}", "a,b"),
        "#ids=raw",
        "#ids= is for archives of word ids, and .* holds texts",
    ),
    "faulty": (each(lambda k, t, y: f"{t},{y}", "a,b"), "#faulty=keep", "#faulty= can only be skip, got 'keep'"),
}


@pytest.mark.parametrize(("lines", "options", "sentence"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_cannot_be_read_is_told(tmp_path: Path, lines: list[str], options: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as e:
        load(file(tmp_path, lines) + options)
    assert not isinstance(e.value, ColumnsUnclear)
