"""What is taken for a run, before it is opened; and what the desktop is told of such files."""

import configparser
import shutil
import signal
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
import pytest

import explorer.app
from explorer import store
from explorer.cli import main

FIRST = Path(__file__).parent / "files" / "version-1.dropout"
DESKTOP = Path(__file__).parents[2] / "resources" / "desktop"


def test_a_run_is_known_by_its_name_or_by_what_it_holds(tmp_path):
    assert store.is_run_file(FIRST)
    assert store.is_run_file(tmp_path / "missing.DROPOUT"), "the window says that it is missing"
    assert store.is_run_file(Path(shutil.copy(FIRST, tmp_path / "renamed.zip")))


def test_reviews_and_other_things_are_no_run(tmp_path):
    np.savez(tmp_path / "imdb.npz", x_train=np.zeros(3))
    (tmp_path / "reviews.csv").write_text("text,label\ngood,1\n")
    (tmp_path / "cut.zip").write_bytes(FIRST.read_bytes()[:2000])
    (tmp_path / "folder.d").mkdir()
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme", "hello")
    for path in (*tmp_path.iterdir(), tmp_path / "missing"):
        assert not store.is_run_file(path)


@pytest.fixture
def _signals():
    # Until the window is there the program ends at once on these, and so would the tests that follow.
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("arguments", [[str(FIRST)], ["--data", str(FIRST)]])
def test_a_file_alone_on_the_command_line_is_opened(arguments, monkeypatch):
    asked = []
    monkeypatch.setattr(explorer.app, "open_window", lambda data: asked.append(data) or 0)
    assert main(arguments) == 0
    assert asked == [str(FIRST)]


def test_other_words_alone_are_still_refused(capsys):
    with pytest.raises(SystemExit):
        main(["train"])
    assert "invalid choice: 'train'" in capsys.readouterr().err


def test_the_desktop_is_told_of_the_suffix_and_the_program():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DESKTOP / "dropout-explorer.desktop")
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    (kind,) = ET.parse(DESKTOP / "dropout-explorer.xml").getroot()
    assert entry["Desktop Entry"]["MimeType"] == f"{kind.get('type')};"
    assert entry["Desktop Entry"]["Exec"] == "dropout-explorer %f"
    glob = kind.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == f"*{store.SUFFIX}"
