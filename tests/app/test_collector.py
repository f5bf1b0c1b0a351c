"""Why the collector never runs in the worker: with the guard, and without it."""

import subprocess
import sys

import pytest

from tests.app.driver import ROOT

_SCRIPT = """
import gc, sys, threading
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QWidget

application = QApplication([])
if sys.argv[1] == "guarded":
    from explorer.gui.collector import Collector
    collector = Collector(application)
ended = threading.Event()

class Cycle:
    def __init__(self):
        self.itself, self.widget, self.timer = self, QWidget(), QTimer()
        self.timer.start(1)

def work():
    while not ended.is_set():
        kept = [[] for _ in range(10_000)]  # a worker allocates, as training does

worker = threading.Thread(target=work)
worker.start()
made = 0

def make():
    global made
    Cycle()
    made += 1
    if made == 300:
        ended.set()
        worker.join()
        application.quit()

timer = QTimer()
timer.timeout.connect(make)
timer.start(2)
application.exec()
assert made == 300
"""


@pytest.mark.parametrize("guard", ["guarded", "unguarded"])
def test_widgets_are_never_destroyed_in_the_worker(guard):
    process = subprocess.run(
        [sys.executable, "-c", _SCRIPT, guard], capture_output=True, text=True, cwd=ROOT, timeout=100, check=False
    )
    unharmed = process.returncode == 0 and process.stderr == ""
    # Without the guard it has to go wrong, or this test would prove nothing.
    assert unharmed == (guard == "guarded"), (process.returncode, process.stderr[-2000:])
