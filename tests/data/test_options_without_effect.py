import re

import pytest

from explorer.data import DataError, load
from tests.data.archives import write_imdb
from tests.data.written import reviews, table, write_folder


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("sample#text=1", "#text= has no effect on sample"),
        ("auto#good=4", "#good= has no effect on auto"),
        ("imdb#ids=raw", "#ids= has no effect on imdb"),
        ("folder#label=2", "#label= has no effect on "),
        ("folder#encoding=cp1252&good=7", "#good= has no effect on "),
        ("web/imdb.npz#text=1", "#text= has no effect on "),
        ("mine.csv#ids=raw", "#ids= is for archives of word ids"),
    ],
)
def test_what_is_said_behind_a_source_that_does_not_read_it_is_refused(source, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_bytes(table(reviews(200)))
    write_folder(tmp_path / "folder", reviews(200))
    write_imdb(tmp_path / "web", count=2000)
    with pytest.raises(DataError, match=f"^{re.escape(sentence)}.*Leave it out"):
        load(source)


def test_a_file_may_be_called_as_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").write_bytes(table(reviews(200)))
    assert not load("sample#text=1&label=2").generated
