"""What is written is readable by what reads it: over the whole of Unicode, lone surrogates included."""

import json
import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.source_options import SourceOptions, source_of, split_source, with_options
from explorer.engine import Settings
from explorer.engine.run_record import ReviewFacts
from explorer.engine.snapshot import EpochResult
from explorer.engine.test_result import Prediction, TestResult
from explorer.presentation.shown_text import shown
from explorer.store.document import Document, EpochEntry, document, one_line, parsed, words_json, words_of
from explorer.store.journal_files import read_name, write_name

ANY = st.text(st.characters(exclude_categories=()))
NUMBERS = st.floats(0, 1e6)
SHARES = st.floats(0, 1)
THOROUGH = settings(derandomize=True, deadline=None, database=None, max_examples=300)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    entries = []
    for epoch in range(1, draw(st.integers(0, 3)) + 1):
        losses = [draw(st.sampled_from([0.5, math.nan, math.inf])) for _ in range(3)]
        shares, times = [draw(SHARES) for _ in range(3)], [draw(NUMBERS) for _ in range(2)]
        result = EpochResult(
            epoch, epoch * 2, losses[0], draw(NUMBERS), shares[0], losses[1], shares[1], losses[2], shares[2], *times
        )
        entries.append(EpochEntry(2, draw(st.integers(0, 8)), draw(st.booleans()), result))
    return Document(
        name=draw(ANY),
        settings=Settings(data=draw(ANY), written_as="layer"),
        reviews=ReviewFacts(
            draw(ANY),
            draw(st.booleans()),
            draw(ANY),
            40,
            8,
            left_out=tuple(draw(st.lists(st.tuples(ANY, st.integers(0, 2**40)), max_size=3))),
            remarks=tuple(draw(st.lists(ANY, max_size=3))),
        ),
        environments=((1, draw(st.dictionaries(ANY.filter(lambda name: name != "epoch"), ANY, max_size=3))),),
        reviews_kept=8,
        upper_weights=True,
        epochs=tuple(entries),
        changes=tuple((k, {"rate_1": draw(SHARES), "epochs": k}) for k in range(1, draw(st.integers(1, 3)))),
        checkpoint=draw(st.sampled_from([None, (1, ((1, 2**62), (3, 4)))])),
        words=draw(st.sampled_from([None, 80])),
        test=draw(st.sampled_from([None, TestResult(0.5, 0.75, Prediction(7, 0.25, 1))])),
    )


@THOROUGH
@given(documents())
def test_a_document_is_read_as_it_was_written(written):
    read = document(parsed(written.to_json()))
    assert read.to_json() == written.to_json()
    # NaN equals nothing.
    assert replace(read, epochs=()) == replace(written, epochs=())


@THOROUGH
@given(ANY)
def test_a_name_on_one_line_can_be_encoded_and_stays_as_it_is(text):
    line = one_line(text)
    assert line == one_line(line) == shown(line)
    assert line.splitlines() in ([], [line])
    line.encode("utf-8")


@THOROUGH
@given(st.lists(ANY, unique=True, max_size=8))
def test_words_are_read_as_they_were_written(words):
    assert words_of(parsed(words_json(words)), len(words)) == tuple(words)


@THOROUGH
@given(ANY)
def test_settings_are_read_as_they_were_written(data):
    written = Settings(data=data)
    assert Settings.from_dict(json.loads(json.dumps(written.to_dict()))) == written


@THOROUGH
@given(name=ANY)
def test_the_name_that_a_person_gave_is_read_as_it_was_written(name, tmp_path_factory):
    mark = tmp_path_factory.getbasetemp() / "mark"
    write_name(mark, name)
    assert read_name(mark) == name


@THOROUGH
@given(ANY, ANY.filter(bool), ANY.filter(bool))
def test_what_is_said_behind_a_path_is_read_as_it_was_written(path, text, label):
    source = with_options(source_of(path), text=text, label=label)
    assert split_source(source) == (path, SourceOptions(text=text, label=label))
    assert split_source(source_of(path)) == (path, SourceOptions())
