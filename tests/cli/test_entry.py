import subprocess
import sys

import pytest

from explorer.cli import entry, main
from explorer.cli.entry import COMMANDS
from explorer.data.source_options import SourceOptions, split_source
from explorer.engine.settings import declaration


@pytest.mark.parametrize("option", [["--data", "sample"], ["--imdb-url", "https://mirror.example/"]])
@pytest.mark.parametrize("command", [["show", "a.dropout"], ["export", "a.dropout", "--out", "out"]])
def test_an_option_before_a_command_that_does_not_read_it_is_refused(option, command, capsys):
    with pytest.raises(SystemExit) as ending:
        main([*option, *command])
    assert ending.value.code == 2
    assert capsys.readouterr().err == (
        f"dropout-explorer: {option[0]} has no effect with {command[0]}. See dropout-explorer --help.\n"
    )


def test_the_version_needs_none_of_the_commands():
    code = "import sys; from explorer.cli import main\ntry: main(['--version'])\nexcept SystemExit: print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "tqdm", "explorer.engine", *(f"explorer.cli.{name}" for name in COMMANDS)} & set(loaded)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ending:
        main([name, "--help"])
    assert ending.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: dropout-explorer {name} ")


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """What the window is opened with, in a folder that holds a table."""
    given = []
    monkeypatch.setattr(entry, "_window", lambda data: given.append(data) or 0)
    monkeypatch.chdir(tmp_path)
    return given


@pytest.mark.parametrize("name", ["stars.csv", "reviews", "sample", "année 2.jsonl", "a#text=1.csv", "--help", "show"])
def test_a_file_that_stands_alone_is_opened_in_the_window(opened, tmp_path, name):
    path = tmp_path / name
    path.write_text("review,label\n")
    assert main([str(path)]) == 0
    assert split_source(opened[0]) == (str(path), SourceOptions())
    if name not in ("--help", "show"):
        assert main([name]) == 0
        assert opened[1] == opened[0]


def test_a_folder_or_a_file_with_options_that_stands_alone_is_opened_in_the_window(opened, tmp_path):
    (tmp_path / "aclImdb").mkdir()
    assert main(["aclImdb/"]) == 0
    (tmp_path / "stars.csv").write_text("review,label\n")
    assert main(["stars.csv#label=label"]) == 0
    assert opened == [str(tmp_path / "aclImdb"), f"{tmp_path / 'stars.csv'}#label=label"]


def test_a_file_called_like_a_command_does_not_hide_it(opened, tmp_path, capsys):
    (tmp_path / "show").write_text("review,label\n")
    with pytest.raises(SystemExit):
        main(["show"])
    assert "FILE.dropout" in capsys.readouterr().err
    assert opened == []


@pytest.mark.parametrize("argument", ["missing.csv", "folder/missing"])
def test_a_path_that_stands_alone_and_is_missing_is_said_to_be(opened, capsys, argument):
    with pytest.raises(SystemExit) as ending:
        main([argument])
    assert ending.value.code == 2
    assert capsys.readouterr().err == (
        f"dropout-explorer: there is no file or folder {argument}. See dropout-explorer --help.\n"
    )


@pytest.mark.parametrize("kind", ["CSV", "TSV", "JSON Lines", "zip", "imdb.npz", "aclImdb"])
def test_the_help_names_the_kinds_of_files(capsys, kind):
    for arguments in (["--help"], ["run", "--help"]):
        with pytest.raises(SystemExit):
            main(arguments)
        assert kind in " ".join(capsys.readouterr().out.split())
    assert kind in declaration("data").help
