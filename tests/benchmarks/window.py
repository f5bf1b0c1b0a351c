"""The window training at full speed, offscreen, and what its event loop feels meanwhile."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QGraphicsView

from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochEnded
from explorer.gui.main_window import MainWindow
from explorer.gui.run_state import RunState
from tests.benchmarks.driven import TICK_MS, open_window, spread_ms


class _Watch(QObject):
    """Presses Start, takes the times, switches a few times at the end, closes."""

    def __init__(self, window: MainWindow, process_began: float):
        super().__init__(window)
        self.window, self.process_began = window, process_began
        self.shown = time.time() - process_began
        self.first_mask: float | None = None
        self.delays: list[float] = []
        self.switches: list[float] = []
        self.frames = 0
        self.ended: list[float] = []
        self.evaluations: list[float] = []
        self.last_tick: float | None = None
        self.views = window.equation.findChildren(QGraphicsView)
        self.first_view = self.views[0].viewport()
        self.first_view.installEventFilter(self)
        self._note_the_ends_of_epochs()
        window.bridge.finished.connect(self._finished)
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._tick)
        self.timer.start(TICK_MS)
        self.trained_from = 0.0
        self.trained_for = 0.0

    def _note_the_ends_of_epochs(self) -> None:
        mailbox = self.window.bridge._mailbox
        post = mailbox.post

        def noted(event: Any) -> None:
            # In the worker, when it happens: the window hears of it up to a frame later.
            if isinstance(event, EpochEnded):
                self.ended.append(time.perf_counter())
                self.evaluations.append(event.result.evaluation_seconds)
            post(event)

        mailbox.post = noted  # type: ignore[method-assign]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and self.window.equation.drawn is not None:
            if self.first_mask is None:
                QTimer.singleShot(0, self._painted)
            self.frames += 1
        return False

    def _painted(self) -> None:
        if self.first_mask is None:
            self.first_mask = time.time() - self.process_began
            self.trained_from = time.perf_counter()
            self.frames = 0

    def _tick(self) -> None:
        now = time.perf_counter()
        # The first second belongs to the start: TensorFlow still compiles.
        warm = len(self.ended) >= 1 and self.window.conductor.state is RunState.RUNNING
        if self.last_tick is not None and warm:
            self.delays.append(1000 * (now - self.last_tick) - TICK_MS)
        self.last_tick = now

    def _finished(self, event: Any) -> None:
        self.timer.stop()
        self.trained_for = time.perf_counter() - self.trained_from
        for _ in range(20):
            began = time.perf_counter()
            self.window.conductor.switch_mode()
            for view in self.views:
                view.viewport().repaint()
            self.switches.append(1000 * (time.perf_counter() - began))
        self.window.close()


def train(source: str, batch_size: int, epochs: int, began: float) -> dict[str, Any]:
    """Train in the window, both layers recorded, heatmaps drawn; see `measure.py` for the arguments."""
    watches: list[_Watch] = []

    def begun(window: MainWindow) -> None:
        watches.append(_Watch(window, began))
        window.conductor.play()

    open_window(Settings(data=source, batch_size=batch_size, epochs=epochs, validation=0), begun)
    watch = watches[0]
    return {
        "seconds": list(np.diff(watch.ended)),
        "evaluation_seconds": watch.evaluations[1:],
        "delay_ms": spread_ms(watch.delays),
        "frames_per_second": watch.frames / watch.trained_for,
        "window_shown": watch.shown,
        "first_mask": watch.first_mask,
        "switch_ms": float(np.median(watch.switches)),
    }
