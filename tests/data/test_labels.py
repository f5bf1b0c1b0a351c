"""Labels as people write them: known pairs, pairs to be asked about, stars, and what is no label."""

from collections import Counter
from pathlib import Path

import pytest

from explorer.data import DataError, DataQuestion, Dataset, load
from explorer.data.labels import LabelCounts, is_missing, key_of
from tests.data.written import reviews, table


def labelled(tmp_path: Path, labels: list[str], options: str = "") -> Dataset:
    """Reviews with some labels, over and over, in the order given."""
    rows = [(text, k % len(labels)) for k, (text, _) in enumerate(reviews(200))]
    path = tmp_path / "labels.csv"
    path.write_bytes(table(rows, names=labels))
    return load(f"{path}{options}")


def counts(dataset: Dataset) -> tuple[int, int]:
    """Negative and positive reviews."""
    positive = int(dataset.train.labels.sum()) + int(dataset.test.labels.sum())
    return len(dataset.train) + len(dataset.test) - positive, positive


PAIRS = [
    ("False", "True"),
    ("no", "YES"),
    ("n", "y"),
    ("f", "t"),
    ("-1", "1"),
    ("-1", "+1"),
    ("−1", "1"),
    ("-1.0", "1.0"),
    ("0", "4"),
    ("0", "1"),
    ("0.0", "1.0"),
    ("0,0", "1,0"),
    ("bad", "good"),
    ("neg", "pos"),
    ("Negative", " POSITIVE "),
    ("'neg'", '"pos"'),
]


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_a_known_pair_is_read_without_a_question(tmp_path: Path, pair: tuple[str, str]) -> None:
    dataset = labelled(tmp_path, [pair[0], pair[1], pair[0]])
    assert counts(dataset) == (133, 67)
    assert dataset.notes.left_out == ()


@pytest.mark.parametrize(
    "pair",
    [
        ("1", "2"),
        ("1", "5"),
        ("0", "2"),
        ("rotten", "fresh"),
        ("not recommended", "recommended"),
        ("__label__1", "x&y#"),
    ],
    ids="/".join,
)
def test_an_unknown_pair_is_asked_about_once(tmp_path: Path, pair: tuple[str, str]) -> None:
    with pytest.raises(
        DataQuestion, match=r"Column sentiment of .*labels\.csv holds the labels .*: which is good\?"
    ) as e:
        labelled(tmp_path, [pair[0], pair[1], pair[0]])
    assert sorted(answer.label for answer in e.value.answers) == sorted(f"{label} is good" for label in pair)
    assert e.value.answers[0].label == f"{pair[1]} is good" or pair[1] == "x&y#", "the likelier one comes first"
    found = {answer.label: counts(load(answer.source)) for answer in e.value.answers}
    assert found == {f"{pair[0]} is good": (67, 133), f"{pair[1]} is good": (133, 67)}


def test_positive_turns_a_known_pair_round(tmp_path: Path) -> None:
    assert counts(labelled(tmp_path, ["0", "1", "0"], "#positive=0")) == (67, 133)


@pytest.mark.parametrize("spelling", ["{}", "{}.0", "{},0"])
def test_five_stars(tmp_path: Path, spelling: str) -> None:
    dataset = labelled(tmp_path, [spelling.format(star) for star in (1, 2, 3, 4, 5)])
    assert counts(dataset) == (80, 80)
    assert dataset.notes.left_out == (("rows with 3 stars", 40),)
    assert dataset.notes.remarks == (
        "Labels are stars: 4 and more are positive, 2 and less negative; change it behind the path, as in "
        "#good=4&bad=2.",
    )


def test_ten_stars(tmp_path: Path) -> None:
    dataset = labelled(tmp_path, [str(star) for star in range(1, 11)])
    assert counts(dataset) == (80, 80)
    assert dataset.notes.left_out == (("rows with 5 stars", 20), ("rows with 6 stars", 20))


def test_the_middle_of_a_star_scale_is_left_out_however_many_rows_it_has(tmp_path: Path) -> None:
    dataset = labelled(tmp_path, ["3", "1", "3", "5"])
    assert (counts(dataset), dataset.notes.left_out) == ((50, 50), (("rows with 3 stars", 100),))


def test_other_limits_of_stars(tmp_path: Path) -> None:
    stars = ["1", "2", "3", "4", "5"]
    assert counts(labelled(tmp_path, stars, "#good=3&bad=2")) == (80, 120)
    assert counts(labelled(tmp_path, stars, "#good=5")) == (80, 40)
    assert counts(labelled(tmp_path, stars, "#bad=3")) == (120, 80)


SCALES = {
    "classes from -1": (["-1", "0", "1"], "1 is good, -1 is bad", (67, 66)),
    "classes from 0": (["0", "1", "2"], "2 is good, 0 is bad", (67, 66)),
    "three polarities": (["0", "2", "4"], "4 is good, 0 is bad", (67, 66)),
    "no high stars": (["1", "2", "3"], "3 is good, 1 is bad", (67, 66)),
    "half stars": (["0.5", "2.5", "4.5", "5"], "4.5 and more are good, 0.5 is bad", (50, 100)),
    "from nought to ten": ([str(k) for k in range(11)], "7 and more are good, 3 and less are bad", (74, 72)),
}


@pytest.mark.parametrize(("labels", "label", "expected"), list(SCALES.values()), ids=list(SCALES))
def test_another_scale_is_asked_about(tmp_path: Path, labels: list[str], label: str, expected: tuple[int, int]) -> None:
    with pytest.raises(DataQuestion, match="from which on is a review good, and up to which is it bad") as e:
        labelled(tmp_path, labels)
    (answer,) = e.value.answers
    assert answer.label == label
    assert counts(load(answer.source)) == expected


def test_a_third_word_asks_whether_to_leave_its_rows_out(tmp_path: Path) -> None:
    with pytest.raises(
        DataQuestion, match=r"66 of 200 rows cannot be used: row 4 has the label 'neutral'; .*61 more"
    ) as e:
        labelled(tmp_path, ["negative", "positive", "neutral"])
    dataset = load(e.value.answers[0].source)
    assert counts(dataset) == (67, 67)
    assert dataset.notes.left_out == (("rows that cannot be used", 66),)


@pytest.mark.parametrize("missing", ["", " ", "NA", "nan", "N/A", "NULL", "None", "\\N", "<NA>", "unsup", "'nan'"])
def test_a_missing_label_is_left_out_without_a_question(tmp_path: Path, missing: str) -> None:
    dataset = labelled(tmp_path, ["neg", missing, "pos"])
    assert (counts(dataset), dataset.notes.left_out) == ((67, 66), (("rows without a label", 67),))


REFUSED = {
    "one label": (["pos"], "", "all 200 reviews are positive, and both classes are needed"),
    "one unknown label": (["fresh"], "", "holds only the label 'fresh', and two are needed"),
    "none": (["NA"], "", "holds no labels"),
    "three words": (["a", "b", "c"], "", "holds 3 different labels .* and two are needed"),
    "no such label": (["a", "b"], "#positive=c", "holds no label 'c': its labels are 'a', 'b'"),
    "positive of three": (["a", "b", "c"], "#positive=c", "so #positive= cannot decide"),
    "stars of words": (["neg", "pos"], "#good=4", "holds no numbers but 'neg', 'pos', so #good= and #bad= have no"),
    "no number": (["1", "2", "3", "4"], "#good=many", "#good= must be a number of stars, got 'many'"),
    "limits the wrong way round": (["1", "2", "3", "4"], "#good=2&bad=3", "#bad=3 must be less than #good=2"),
    "no star so high": (["1", "2", "3", "4"], "#good=5", "holds no number of 5 and more"),
    "both kinds": (["1", "5"], "#good=4&positive=5", "#positive= is for two labels"),
}


@pytest.mark.parametrize(("labels", "options", "sentence"), list(REFUSED.values()), ids=list(REFUSED))
def test_labels_that_cannot_be_used(tmp_path: Path, labels: list[str], options: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as e:
        labelled(tmp_path, labels, options)
    assert not isinstance(e.value, DataQuestion)


@pytest.mark.parametrize(
    ("cell", "key"), [(" 'Pos' ", "pos"), ("1.0", "1"), ("+4", "4"), ("0,5", "0.5"), ("1e3", "1e3"), ("٣", "3")]
)
def test_spellings_of_one_label(cell: str, key: str) -> None:
    assert key_of(cell) == key


def test_a_text_is_not_missing_because_it_begins_so() -> None:
    assert is_missing(" NaN ")
    assert not is_missing("None of it works")
    assert not is_missing("no")


def test_strays_do_not_hide_a_pair() -> None:
    assert LabelCounts.of(Counter(fresh=100, rotten=90, frehs=3)).pair == ("fresh", "rotten")
    assert LabelCounts.of(Counter(a=100, b=90, c=40)).pair is None
