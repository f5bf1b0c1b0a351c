import re
import shlex
from pathlib import Path

import pytest

from explorer.cli import main
from tests.data.archives import mirror

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_notebook_lines_run_as_written(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(code.splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})
    assert "EpochResult(epoch=2" in capsys.readouterr().out


def test_what_it_shows_is_there():
    for path in re.findall(r"\]\((\S+?)\)", README):
        assert (Path(__file__).parents[1] / path).is_file()


def test_the_commands_run_as_written(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", mirror(tmp_path / "web"))
    commands = [shlex.split(command) for command in re.findall(r"`(dropout-explorer [^`]+)`", README)]
    assert {words[1] for words in commands} == {"run", "show", "export", "fetch"}
    for _, *words in commands:
        if "--help" in words:
            with pytest.raises(SystemExit, match=r"^0$"):
                main(words)
        else:
            assert main(words) == 0
    assert "Results" in capsys.readouterr().out
    assert {path.suffix for path in Path("book").iterdir()} == {".svg", ".csv", ".md", ".html"}
