"""Files of any name that the file system can hold are read, remembered, and read again from the cache."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import load
from explorer.data.cache import Cache, stamp
from explorer.data.corpus import Corpus, Part
from explorer.data.locate import _corpus_arrays, _corpus_from
from explorer.data.source_options import absolute, source_of
from explorer.engine import Settings
from explorer.engine.run_record import ReviewFacts
from explorer.presentation.shown_text import shell_word, shown
from explorer.store.document import Document, document, parsed
from tests.data.written import reviews, table, write_folder

BYTES = sys.platform == "linux"
"""Where a name is any bytes, UTF-8 or not; elsewhere it is some Unicode."""
NAMES = st.binary(min_size=1, max_size=255) if BYTES else st.text(st.characters(categories=("L", "N")), max_size=60)
TOLD = [
    "plain.csv",
    "\u00a0\u3000.csv",
    "👩\u200d👩\u200d👧.csv",
    "\u202eright to left\u200f.csv",
    "two\nlines\tand a tab\r.csv",
    "-leading dash",
    "~",
    "~nobody",
    "reviews.csv#text=2&label=1",
    "#",
    "100 % of 'it' \"quoted\" $HOME \\ back",
    "é" * 127,
    "x" * 255,
    os.fsdecode(b"\xff\xfe.csv"),
    os.fsdecode(b"caf\xe9 " + b"\x80" * 240),
]


def possible(name: bytes | str) -> bool:
    text = os.fsdecode(name)
    return text not in ("", ".", "..") and not set(text) & {"/", "\0"}


def read_twice(path: Path, cache: Cache) -> None:
    """Read reviews, keep what a run file keeps of them, and read them again as that says."""
    source = absolute(source_of(path))
    first = load(source, cache=cache)
    assert len(first.train) + len(first.test) == 120
    written = Document(path.stem, Settings(data=source), ReviewFacts.of(first), ((1, {}),), 1, False)
    read = document(parsed(written.to_json()))
    assert (read.settings, read.reviews) == (written.settings, written.reviews)
    again = load(read.settings.data, cache=cache)
    assert ReviewFacts.of(again) == read.reviews
    first.title.encode()


@pytest.mark.skipif(not BYTES, reason="names are not bytes here")
@pytest.mark.parametrize("name", TOLD)
def test_a_table_of_any_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path(name)
    path.write_bytes(table(reviews(120)))
    read_twice(path, Cache(tmp_path / "cache"))


@settings(derandomize=True, deadline=None, database=None, max_examples=25)
@given(name=NAMES.filter(possible))
def test_a_table_of_a_drawn_name(name, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "drawn"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / os.fsdecode(name)
    path.write_bytes(table(reviews(120)))
    read_twice(path, Cache(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.skipif(not BYTES, reason="names are not bytes here")
@pytest.mark.parametrize("name", [os.fsdecode(b"\xff"), "\u3000", "a\nb", "y" * 255])
def test_a_folder_of_any_name(name, tmp_path):
    write_folder(tmp_path / name, reviews(120))
    kind = tmp_path / name / "pos"
    os.rename(next(kind.iterdir()), kind / os.fsdecode(b"\xfe\n.txt"))
    read_twice(tmp_path / name, Cache(tmp_path / "cache"))


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(name=NAMES.filter(possible))
def test_what_is_remembered_of_a_file_is_found_by_its_name(name, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "remembered"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / os.fsdecode(name)
    path.write_bytes(b"content")
    os.utime(path, (1, 1))
    cache, now = Cache(folder.with_name("of names")), [7, 1, 1]
    cache.remember(path, "abc", now)
    assert cache.digest(path, now) == "abc"
    assert cache.digest(path, stamp(path)) is None


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=()), min_size=1), min_size=1))
def test_words_of_any_letters_are_kept_in_the_cache(words):
    part = Part(np.array([1], np.int32), np.array([0, 1], np.int64), np.array([1], np.uint8))
    kept = _corpus_from(_corpus_arrays(Corpus(part, part, tuple(words))))
    assert kept is not None
    assert kept.words == tuple(words)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_has_a_glyph_for_everything_and_stays_as_it_is(text):
    told = shown(text)
    told.encode("utf-8")
    assert shown(told) == told
    assert len(told.splitlines()) <= 1
    assert len(shell_word(text).splitlines()) <= 1
