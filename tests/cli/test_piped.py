import io
import json
import os
import shlex
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.cli.arguments import STANDARD, file
from explorer.store import open_run, save
from tests.data.written import reviews, table
from tests.export.report.recorded import SMALL, recorded

RUN = ["run", "--units", "4", "--epochs", "1"]


@pytest.fixture
def given(monkeypatch):
    """Puts bytes on standard input."""

    def give(content: bytes, *, terminal: bool = False) -> None:
        stream = io.TextIOWrapper(io.BytesIO(content))
        stream.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stdin", stream)

    return give


def csv() -> bytes:
    return table(reviews(200), header=("review", "sentiment"))


def test_json_alone_is_on_standard_output_and_lines_are_on_standard_error(given, capsys):
    given(csv())
    assert main([*RUN, "--data", "-", "--json", "-"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["settings"]["data"] == "-"
    assert told["reviews"]["title"] == "standard input (200 reviews)"
    assert [line.split()[0] for line in err.splitlines()] == ["standard", "epoch", "test", "model"]


def test_a_run_file_and_a_record_on_standard_output_are_whole(tmp_path, capfdbinary):
    (tmp_path / "r.csv").write_bytes(csv())
    options = [*RUN, "--data", str(tmp_path / "r.csv")]
    assert main([*options, "--save", "-"]) == 0
    (tmp_path / "a.dropout").write_bytes(capfdbinary.readouterr().out)
    assert len(open_run(tmp_path / "a.dropout").record.results) == 1
    assert main([*options, "--record", "-", "--quiet"]) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    with np.load(io.BytesIO(out)) as record:
        assert record["epoch"].tolist() == [1] * len(record["epoch"])


def test_binary_data_does_not_go_to_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for option in ("--save", "--record"):
        assert main([*RUN, "--data", "sample", option, "-"]) == 2
        assert f"{option} - would write binary data to the terminal" in capsys.readouterr().err


def test_each_standard_stream_is_used_once(tmp_path, capsys):
    assert main([*RUN, "--data", "sample", "--json", "-", "--save", "-"]) == 2
    assert "--json and --save cannot both be -" in capsys.readouterr().err
    assert main(["show", "-", "-"]) == 2
    assert "read only once" in capsys.readouterr().err


def test_a_run_file_comes_from_standard_input(given, tmp_path, capsys):
    save(tmp_path / "a.dropout", recorded("Mine", SMALL))
    content = (tmp_path / "a.dropout").read_bytes()
    given(content)
    assert main(["show", "-"]) == 0
    assert capsys.readouterr().out.startswith("Mine: ")
    given(content)
    assert main(["export", "-", "--what", "loss", "--format", "csv", "--out", str(tmp_path / "out")]) == 0
    assert str(tmp_path / "out" / "loss.csv") in capsys.readouterr().out
    given(content[:100])
    assert main(["show", "-"]) == 2
    assert capsys.readouterr().err.startswith("dropout-explorer show: standard input cannot be opened: ")
    given(content, terminal=True)
    assert main(["show", "-"]) == 2
    assert "is a terminal" in capsys.readouterr().err
    sys.stdin = None
    assert main(["show", "-"]) == 2
    assert "is closed" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are of other systems")
def test_a_named_pipe_is_read_to_its_end(tmp_path, capsys):
    pipes = {"show": tmp_path / "run", "run": tmp_path / "reviews"}
    save(tmp_path / "a.dropout", recorded("Mine", SMALL))
    contents = {"show": (tmp_path / "a.dropout").read_bytes(), "run": csv()}
    for command, pipe in pipes.items():
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=(contents[command],))
        writer.start()
        assert main(["show", str(pipe)] if command == "show" else [*RUN, "--data", str(pipe)]) == 0
        writer.join()
    out = capsys.readouterr().out
    assert out.startswith("Mine: ")
    assert "reviews (200 reviews): 96 reviews trained on" in out


def test_more_than_the_limit_is_refused(given, monkeypatch, capsys):
    given(csv())
    monkeypatch.setattr("explorer.cli.piped.table.MAX_BYTES", 1000)
    assert main([*RUN, "--data", "-"]) == 2
    assert "standard input gives more than 0 MB" in capsys.readouterr().err


def test_the_answers_to_a_question_about_standard_input_can_be_typed(given, capsys):
    content = csv().replace(b"film", "caf\u00e9".encode("cp1252"))
    given(content)
    assert main([*RUN, "--data", "-"]) == 2
    sentence, *answers = capsys.readouterr().err.splitlines()
    assert "standard input, line 2: byte" in sentence
    option, value, *_ = shlex.split(answers[0])
    assert (option, value) == ("--data", "-#encoding=cp1252")
    given(content)
    assert main([*RUN, option, value]) == 0


def test_a_run_on_standard_input_is_no_data_and_the_advice_can_be_followed(given, tmp_path, capsys):
    assert main([*RUN, "--data", "sample", "--save", str(tmp_path / "a.dropout")]) == 0
    given((tmp_path / "a.dropout").read_bytes())
    assert main([*RUN, "--data", "-"]) == 2
    assert capsys.readouterr().err.rstrip().endswith("continue it with dropout-explorer run --continue RUN.dropout.")
    with pytest.raises(SystemExit):
        main(["run", "--continue", "-", "--epochs", "2"])
    assert "argument --continue: must be the path of a file" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["run", "--tensorboard", "-"], ["export", "a.dropout", "--out", "-"]])
def test_no_folder_is_made_of_a_standard_stream(words, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert "must be the path of a folder; ./- for one of that name" in capsys.readouterr().err


def test_a_file_whose_name_begins_with_a_dash_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("-mine.csv").write_bytes(csv())
    assert main([*RUN, "--data", "-mine.csv"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="devices are of other systems")
def test_other_devices_stay_refused(capsys):
    assert main(["show", "/dev/zero"]) == 2
    assert main([*RUN, "--data", "/dev/zero"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_file_may_be_called_a_dash():
    assert file("-") is STANDARD
    assert file("./-") is not STANDARD
