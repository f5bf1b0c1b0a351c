"""A window with a scripted session: no TensorFlow, no network, no display."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from explorer.engine.history import History
from explorer.engine.settings import Settings
from explorer.gui.main_window import MainWindow
from explorer.gui.remembered import Remembered
from tests.gui.scripted import ScriptedSession, make_snapshot, ready, started


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    """A memory of its own, empty but for the tour, which has been seen."""
    store = QSettings(str(tmp_path / "remembered.ini"), QSettings.Format.IniFormat)
    Remembered(store).toured = True
    return store


@pytest.fixture
def session() -> ScriptedSession:
    return ScriptedSession()


class Driver:
    """A window and what a test does to it."""

    def __init__(self, window: MainWindow, session: ScriptedSession, qtbot: QtBot) -> None:
        self.window, self.session, self.qtbot = window, session, qtbot

    def poll(self) -> None:
        """What the timer does 30 times a second."""
        self.window.bridge.poll()

    def ready(self, *, generated: bool = False) -> None:
        self.session.say(ready(self.session.generation, generated=generated))
        self.poll()

    def run(self, settings: Settings | None = None, *, step: int = 1, history: History | None = None) -> None:
        """A run that was started with the form's settings and has shown a batch."""
        if settings is not None:
            self.window.form.show_settings(settings)
        self.ready()
        self.window.transport.play.click()
        self.session.say(started(self.session.generation, self.window.form.settings, history))
        self.show(step)

    def show(self, step: int, settings: Settings | None = None) -> None:
        """The session's next snapshot."""
        settings = settings or self.window.form.settings
        self.session.mailbox.show(make_snapshot(settings, generation=self.session.generation, step=step))
        self.poll()


@pytest.fixture
def make_window(qtbot: QtBot, store: QSettings) -> Iterator[Callable[[ScriptedSession], Driver]]:
    """Makes windows that share one memory; all are closed at the end."""
    windows = []

    def make(session: ScriptedSession) -> Driver:
        window = MainWindow(session, store)
        windows.append(window)
        # Closed below; qtbot would close a second time what a test has closed already.
        with qtbot.waitExposed(window):
            window.show()
        window.begin()
        # The tests look into the mailbox themselves: no clock decides what they see.
        window.bridge.stop()
        return Driver(window, session, qtbot)

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def driver(make_window: Callable[[ScriptedSession], Driver], session: ScriptedSession) -> Driver:
    """One window, begun."""
    return make_window(session)
