"""Runs the true program (window, thread, TensorFlow, bundled sample) in a process of its own, as a script says.

A script is a generator function of the window: it does something, yields a condition, and goes on when that holds.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_FRAME = """
import faulthandler, gc, os, signal, sys, threading
faulthandler.dump_traceback_later(90, exit=True)  # what hangs says where
import numpy as np
from PySide6.QtCore import QSettings, QTimer, Qt
from PySide6.QtTest import QTest
import explorer.app
from explorer.gui.main_window import MainWindow
from explorer.gui.run_state import RunState

collected_in = set()
gc.callbacks.append(lambda phase, info: collected_in.add(threading.current_thread().name))

{script}

begin = MainWindow.begin

def driven(window):
    assert "tensorflow" not in sys.modules, "the window is shown before TensorFlow is imported"
    assert window.isVisible()
    begin(window)
    steps = script(window)
    waiting = [lambda: True]
    timer = QTimer(window)

    def look():
        try:
            if waiting[0]():
                waiting[0] = next(steps)
        except StopIteration:
            timer.stop()
        except BaseException:
            import traceback
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(99)

    timer.timeout.connect(look)
    timer.start(5)

MainWindow.begin = driven
code = explorer.app.open_window(data={data!r}, store=QSettings({store!r}, QSettings.Format.IniFormat))
print("COLLECTED IN", *sorted(collected_in))
sys.exit(code)
"""


def drive(
    script: Callable[[Any], Iterator[Callable[[], bool]]], folder: Path, *, data: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program as `script` says, with settings kept in `folder`, started with some reviews or a run file."""
    source = textwrap.dedent(inspect.getsource(script)).replace(f"def {script.__name__}(", "def script(", 1)
    code = _FRAME.format(script=source, store=str(folder / "settings.ini"), data=data)
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=100,
        check=False,
    )


def assert_ended_well(process: subprocess.CompletedProcess[str]) -> None:
    """Exit code 0 and nothing on stderr."""
    assert process.returncode == 0, process.stderr
    # What Qt's offscreen platform says of itself, whatever the program does.
    assert process.stderr.replace("This plugin does not support propagateSizeHints()\n", "") == ""
