"""A run file has the words that the run was trained with, what was left out of its reviews, and what the test gave."""

import dataclasses
import json
import math
import zipfile

import pytest

from explorer import store
from explorer.data import Encoding, ReadingNotes, Vocabulary, text_to_ids
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.test_result import Prediction, TestResult
from explorer.engine.training import Trainer
from explorer.store.errors import RunFileError
from explorer.store.journal_files import JournalMembers
from explorer.store.opening import read_run
from tests.engine.test_checkpoint import train
from tests.store.made import DATA, SMALL, rewritten, small_run, with_document

WORDS = ("it's", "\ud83d", "naïve", "映画", "a\x1cb", '"', "🎬", *(f"word{k}" for k in range(80)), "it’s")
NOTES = ReadingNotes(
    (("rows without a text", 3), ("rows in the middle of the stars", 1)), ("The column fold is not used.",)
)


@pytest.fixture(scope="module")
def record() -> RunRecord:
    """Of a run whose words are hard to write."""
    trainer, _ = small_run()
    record = RunRecord.of(trainer, "a run \udc80")
    facts = dataclasses.replace(record.reviews, left_out=NOTES.left_out, remarks=NOTES.remarks)
    return dataclasses.replace(record, vocabulary=Vocabulary(WORDS), reviews=facts)


def through_a_file(record, folder):
    store.save(folder / "run.dropout", record)
    return store.open_run(folder / "run.dropout").record


def test_any_text_has_the_same_ids_with_the_words_of_the_file(record, tmp_path):
    opened = through_a_file(record, tmp_path)
    encoding = Encoding(num_words=SMALL.num_words)
    assert opened.vocabulary.words == (*WORDS[: SMALL.num_words - 4], "it’s")
    for text in (*WORDS, " ".join(WORDS), "It’s\u00a0naïve<br />film", "unheard", ""):
        assert (
            text_to_ids(text, opened.vocabulary, encoding).tolist()
            == text_to_ids(text, Vocabulary(WORDS), encoding).tolist()
        )


def test_the_file_tells_what_was_left_out_and_by_which_rule_words_were_split(record, tmp_path):
    facts = through_a_file(record, tmp_path).reviews
    assert facts == record.reviews
    assert facts.word_rule == 2
    assert facts.notes == NOTES.sentences()


def test_the_facts_are_those_of_the_data_set():
    assert ReviewFacts.of(dataclasses.replace(DATA, notes=NOTES, word_rule=1)) == ReviewFacts(
        DATA.title, True, DATA.fingerprint, 60, 8, NOTES.left_out, NOTES.remarks, 1
    )


@pytest.mark.parametrize("loss", [0.25, math.inf, math.nan])
def test_the_file_has_what_the_test_gave(record, loss, tmp_path):
    test = TestResult(loss, 0.875, Prediction(7, 0.25 if math.isfinite(loss) else math.nan, 1))
    trainer, _ = small_run(Trainer(SMALL, DATA).batches * SMALL.epochs)
    finished = dataclasses.replace(record, history=trainer.history)
    assert finished.finished
    assert through_a_file(finished, tmp_path).test is None
    trainer.history.test = test
    assert str(through_a_file(finished, tmp_path).test) == str(test)


def test_what_an_earlier_end_gave_is_not_the_result_of_a_run_that_goes_on(record, tmp_path):
    assert not record.finished
    record.history.test = TestResult(0.5, 0.875, Prediction(0, 0.25, 1))
    assert through_a_file(record, tmp_path).test is None
    record.history.test = None


def test_a_run_without_known_words_is_saved_without(record, tmp_path):
    assert through_a_file(dataclasses.replace(record, vocabulary=None), tmp_path).vocabulary is None
    assert "words.json" not in zipfile.ZipFile(tmp_path / "run.dropout").namelist()


def test_words_of_millions_of_letters_can_be_read_back(record, tmp_path):
    long = Vocabulary(("a" * 3_000_000, "b"))
    assert through_a_file(dataclasses.replace(record, vocabulary=long), tmp_path).vocabulary.words == long.words
    too_long = Vocabulary(("\udc80" * 11_000_000, "b"))  # six bytes each
    assert through_a_file(dataclasses.replace(record, vocabulary=too_long), tmp_path).vocabulary is None


def test_what_a_crash_leaves_has_the_words_too(tmp_path):
    trainer = Trainer(SMALL, DATA)
    with store.keeping(trainer, "left", folder=tmp_path / "journal") as journal:
        train(trainer, 3)
        journal.keep(trainer)
        journal.settle()
        left = read_run(lambda: JournalMembers(tmp_path / "journal"), tmp_path / "journal")
    assert left.record.vocabulary.words == DATA.vocabulary.words[: SMALL.num_words - 4]


def test_run_json_is_ascii(record, tmp_path):
    store.save(tmp_path / "run.dropout", record)
    for name in ("run.json", "words.json"):
        assert zipfile.ZipFile(tmp_path / "run.dropout").read(name).isascii()


def words(value):
    return lambda members: members.__setitem__("words.json", json.dumps(value).encode())


def told(*path, value):
    def change(values):
        for name in path[:-1]:
            values = values[name]
        values[path[-1]] = value

    return lambda members: with_document(members, change)


TEST = {"loss": 0.1, "accuracy": 0.5, "prediction": {"index": 0, "probability": 0.5, "label": 1}}
COUNT = SMALL.num_words - 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda members: members.pop("words.json"), "its member words.json is missing"),
        (told("words", value=None), "its member 'words.json' does not belong"),
        (told("words", value=-1), "words that is no whole number"),
        (told("words", value=True), "words that is no whole number"),
        (words({"a": 1}), "words.json is no list of words"),
        (words(["a", 1]), "words.json is no list of words"),
        (words(["a"] * COUNT), f"words.json does not hold {COUNT} different words"),
        (words(["a"]), f"words.json does not hold {COUNT} different words"),
        (lambda members: members.__setitem__("words.json", b"[" * 100_000), "words.json is not JSON"),
        (told("reviews", "word_rule", value=99), "split by a rule 99 that this program does not know"),
        (told("reviews", "word_rule", value="2"), "word_rule that is no whole number"),
        (told("reviews", "left_out", value=3), "left_out of the wrong kind"),
        (told("reviews", "left_out", value=["rows"]), "left out without a count"),
        (told("reviews", "left_out", value=[["rows", -1]]), "no whole number"),
        (told("reviews", "remarks", value=[3]), "in the place of a text"),
        (told("reviews", "remarks", value=["a"] * 1001), "more than 1,000 remarks"),
        (told("test", value=3), "a test that is no object"),
        (told("test", value={}), "no prediction"),
        (told("test", value={**TEST, "accuracy": 1.5}), "out of range"),
        (told("test", value={**TEST, "loss": -1}), "out of range"),
        (told("test", value={**TEST, "loss": "high"}), "no number for loss of the test"),
        (told("test", value={**TEST, "prediction": {"index": 8, "probability": 0.5, "label": 1}}), "index that is no"),
        (told("test", value={**TEST, "prediction": {"index": 0, "probability": 2, "label": 1}}), "out of range"),
        (told("test", value={**TEST, "prediction": {"index": 0, "probability": 0.5, "label": 2}}), "label that is no"),
    ],
)
def test_other_content_is_refused(record, change, reason, tmp_path):
    store.save(tmp_path / "run.dropout", record)
    path = rewritten(tmp_path / "run.dropout", tmp_path / "other.dropout", change)
    with pytest.raises(RunFileError, match=reason) as caught:
        store.open_run(path)
    assert "\n" not in str(caught.value)
