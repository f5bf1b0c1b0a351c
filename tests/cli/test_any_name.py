"""Files of any name that the file system can hold, from the reviews to what is exported."""

import io
import json
import os
import sys

import pytest

from explorer.cli import main, streams
from explorer.cli.terminal import complain, tell
from explorer.export.report.again import command_line
from explorer.presentation.shown_text import shown
from explorer.store import open_run
from tests.data.written import reviews, table

NAMES = [
    os.fsdecode(b"\xff\xfe caf\xe9"),
    "two\nlines \x1b[31m",
    "\u00a0👩\u200d💻\u3000\u200f",
    "-" + "é" * 127,
]
MADE = ("--what", "loss,report,code,model,tensorboard", "--format", "png,svg,pdf,html,py,ipynb,keras,tensorboard")


@pytest.mark.skipif(sys.platform != "linux", reason="names are not bytes here")
@pytest.mark.parametrize("name", NAMES, ids=["bytes", "control", "joined", "longest"])
def test_reviews_runs_and_exports_of_any_name(name, tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    for folder in ("in", "out", "json", "log"):
        os.mkdir(folder)
    with open(f"in/{name}", "wb") as file:
        file.write(table(reviews(120)))
    quick = ["run", f"--data=in/{name}", "--epochs", "1", "--units", "4", "--num-words", "50"]
    for _ in range(2):  # another log of that name stands beside the first
        files = [f"--save=out/{name}", f"--json=json/{name}", f"--tensorboard=log/{name}"]
        assert main([*quick, *files]) == 0
    assert len(os.listdir(f"log/{name}")) == 2
    assert capfdbinary.readouterr().err == b""

    saved = open_run(tmp_path / "out" / name)
    assert saved.record.settings.data == f"{tmp_path}/in/{name}"
    assert saved.record.reviews.title == f"{shown(name)} (120 reviews)"
    command_line(saved.record).encode()
    with open(f"json/{name}") as file:
        assert json.load(file)["settings"]["data"] == f"{tmp_path}/in/{name}"

    assert main(["show", f"out/{name}"]) == 0
    assert shown(name).encode() in capfdbinary.readouterr().out
    assert main(["show", "--json", f"out/{name}"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["runs"][0]["settings"]["data"] == f"{tmp_path}/in/{name}"

    assert main(["export", f"out/{name}", f"--out=exported/{name}", *MADE]) == 0
    printed = capfdbinary.readouterr()
    assert printed.err == b""
    assert b"/report.html\n" in printed.out
    assert len(os.listdir(f"exported/{name}")) >= 9

    assert main([*quick[:2], "--epochs", "1", f"--save=none/{name}"]) == 2
    (sentence,) = capfdbinary.readouterr().err.decode("utf-8").splitlines()
    assert sentence.startswith(f"dropout-explorer run: {shown(f'none/{name}')} could not be written: ")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_a_name_that_is_no_text_is_printed_byte_for_byte_on_a_strict_stream(encoding, monkeypatch):
    streams.begin()
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding, errors="strict", newline="\n"))
    tell("before")
    tell(f"★ {os.fsdecode(b'caf' + bytes([0xE9]))}/\ud800")
    assert streams.status(0) == 0
    star = "★".encode(encoding, "replace")
    assert written.getvalue() == b"before\n" + star + b" caf\xe9/?\n"


def test_a_complaint_moves_no_cursor(capsys):
    complain("run", "\x1b[2J\udcff is no file\nnor this")
    assert capsys.readouterr().err == "dropout-explorer run: \\x1b[2J\\xff is no file\\nnor this\n"
