"""The real window, driven by a script that waits in its event loop: what all measurements of the window stand on."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

import explorer.app
from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochEnded
from explorer.gui.main_window import MainWindow
from explorer.gui.panel import Panel
from explorer.gui.remembered import Remembered
from explorer.gui.run_state import RunState

Script = Generator[float | Callable[[], bool], None, None]
"""Yields how many seconds it wants to wait, or what it waits for; the window lives on meanwhile."""
POLL_MS = 20
SETTLE_SECONDS = 0.6
"""After another panel was raised: docks move for a quarter of a second, and a view's first picture costs more."""
TICK_MS = 5


def open_window(settings: Settings, begun: Callable[[MainWindow], object]) -> None:
    """Open the window as the program does, call `begun` once it is shown, and stay until it is closed."""
    begin = MainWindow.begin

    def driven(self: MainWindow) -> None:
        begin(self)
        begun(self)

    MainWindow.begin = driven  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as folder:
            store = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
            remembered = Remembered(store)
            remembered.settings, remembered.speed = settings, None
            remembered.toured = True
            explorer.app.open_window(store=store)
    finally:
        MainWindow.begin = begin  # type: ignore[method-assign]


class _Driver(QObject):
    """Runs a script to its end, then closes the window; whatever goes wrong closes it too and is kept."""

    def __init__(self, window: MainWindow, script: Script):
        super().__init__(window)
        self._window, self._script = window, script
        self._until: Callable[[], bool] | None = None
        self.error: BaseException | None = None
        window.bridge.failed.connect(self._failed)
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._go)
        self._timer.start(0)

    def _go(self) -> None:
        # An exception in a slot is only printed, and the window would stay for ever.
        try:
            if self._until is not None and not self._until():
                self._timer.start(POLL_MS)
                return
            wait = next(self._script)
        except StopIteration:
            self._window.close()
        except Exception as error:
            self.error = error
            self._window.close()
        else:
            self._until = wait if callable(wait) else None
            self._timer.start(POLL_MS if callable(wait) else round(1000 * wait))

    def _failed(self, event: Any) -> None:
        self._timer.stop()
        self.error = RuntimeError(f"{event.message}\n{event.detail}")
        self._window.close()


def drive(settings: Settings, script: Callable[[MainWindow], Script]) -> None:
    """Run a script in the window, at full speed, from its start page on.

    Raises:
        Exception: Whatever the script raised.
        RuntimeError: When the run failed.
    """
    drivers: list[_Driver] = []
    open_window(settings, lambda window: drivers.append(_Driver(window, script(window))))
    error = drivers[0].error
    if error is not None:
        raise error


# -- waited for --


def batches(window: MainWindow) -> int:
    """Batches of the run in hand."""
    history = window.stage.looking.history
    return 0 if history is None else len(history)


def train(window: MainWindow, settings: Settings, steps: int) -> Script:
    """Begin a run and wait until so many of its batches are trained; it goes on."""
    before = window.stage.looking.history
    window.conductor.run_with(settings)
    yield lambda: window.stage.looking.history is not before and batches(window) >= steps


def finish(window: MainWindow) -> Script:
    """Wait until all epochs of the run are trained."""
    yield lambda: window.conductor.state is RunState.FINISHED


def end(window: MainWindow) -> Script:
    """Have the run end with the epoch in hand, as someone who asks for fewer epochs does."""
    fewer = window.form.settings.replace(epochs=1)
    window.form.show_settings(fewer)
    window.form.edited.emit(fewer)
    yield from finish(window)


# -- shown --


def bottom_panels(window: MainWindow) -> list[Panel]:
    """The panels that lie below the equation."""
    below = Qt.DockWidgetArea.BottomDockWidgetArea
    return [panel for panel in window.panels.values() if window.dockWidgetArea(panel) == below]


def show_only(window: MainWindow, shown: Panel | None, height: int) -> None:
    """Close all panels below the equation but one, which is so many pixels high."""
    for panel in bottom_panels(window):
        if panel is not shown:
            panel.close()
    if shown is not None:
        shown.show()
        shown.raise_()
        window.resizeDocks([shown], [height], Qt.Orientation.Vertical)


# -- done with the mouse, and timed --


class Paints(QObject):
    """Counts which of some views have been painted since it was last asked."""

    def __init__(self, views: list[QGraphicsView]):
        super().__init__(views[0])
        self._viewports = [view.viewport() for view in views]
        self._painted: set[QObject] = set()
        for viewport in self._viewports:
            viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self._painted.add(watched)
        return False

    def take(self) -> bool:
        """Whether all of them have been."""
        every = len(self._painted) == len(self._viewports)
        self._painted.clear()
        return every


def send_mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, *, held: bool) -> float:
    """Send a mouse event and do all that follows from it, painting too; returns the milliseconds that took.

    What Qt puts off (the scenes' changes, the layouts, the painting) is in its queue of posted events, which is
    emptied here as the event loop would do it next; painting that waits for a timer of the window's is asked for.
    """
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held_buttons = left if held else none
    place = QPointF(widget.mapToGlobal(QPoint(round(at.x()), round(at.y()))))
    event = QMouseEvent(kind, at, place, button, held_buttons, Qt.KeyboardModifier.NoModifier)
    began = time.perf_counter()
    QApplication.sendEvent(widget, event)
    QApplication.sendPostedEvents()
    QApplication.sendEvent(widget.window(), QEvent(QEvent.Type.UpdateRequest))
    return 1000 * (time.perf_counter() - began)


class Ticks(QObject):
    """How late the event loop is, felt by a timer."""

    def __init__(self, parent: QObject):
        super().__init__(parent)
        self.delays_ms: list[float] = []
        self._last: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin anew."""
        self._last, self.delays_ms = None, []
        self._timer.start(TICK_MS)

    def stop(self) -> list[float]:
        """The delays since `start`, in milliseconds."""
        self._timer.stop()
        return self.delays_ms

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.delays_ms.append(1000 * (now - self._last) - TICK_MS)
        self._last = now


class BatchClock:
    """When each batch was done, taken in the worker; the evaluation between two epochs is left out."""

    def __init__(self, window: MainWindow):
        self.stamps: list[float] = []
        mailbox = window.bridge._mailbox
        show, post = mailbox.show, mailbox.post

        def shown(snapshot: Any) -> None:
            self.stamps.append(time.perf_counter())
            show(snapshot)

        def posted(event: Any) -> None:
            post(event)
            if isinstance(event, EpochEnded):
                self.stamps += [np.nan, time.perf_counter()]

        mailbox.show, mailbox.post = shown, posted  # type: ignore[method-assign]

    def batches(self, since: int) -> int:
        """How many were trained, from beginning to end, since there were so many stamps."""
        return int(np.count_nonzero(np.isfinite(np.diff(self.stamps[since:]))))

    def seconds_per_batch(self, since: int) -> float:
        """The mean of what was trained since there were so many stamps."""
        return float(np.nanmean(np.diff(self.stamps[since:])))


def spread_ms(times: list[float]) -> list[float]:
    """The 50th and 99th percentile, and the maximum."""
    return [float(value) for value in np.percentile(times, (50, 99, 100))]
