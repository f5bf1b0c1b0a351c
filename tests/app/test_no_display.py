"""Without a screen the program says so in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt needs no display to connect to")
def test_without_a_display_there_is_a_sentence_and_no_crash():
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    process = subprocess.run(
        [sys.executable, "-m", "explorer"],
        env={name: value for name, value in os.environ.items() if name not in unset} | {"XDG_RUNTIME_DIR": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert process.returncode == 2
    assert process.stdout == ""
    (line,) = process.stderr.splitlines()
    assert line.startswith("dropout-explorer: no window can be opened here: ")
    assert line.endswith("or use dropout-explorer run, which needs no display")
