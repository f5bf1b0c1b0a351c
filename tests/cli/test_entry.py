import subprocess
import sys

import pytest

from explorer.cli import main
from explorer.cli.entry import COMMANDS


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
