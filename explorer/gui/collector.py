"""Garbage collection in the window's thread only.

Python collects cycles in whichever thread allocates most, which here is the worker. A cycle that holds a widget or a
timer would then be destroyed there, and Qt ends the process: "Timers cannot be stopped from another thread", then a
segmentation fault. So automatic collection is off, and this object collects from a timer.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS: Final = 1000


class Collector(QObject):
    """Turns automatic collection off for as long as it lives, and collects in its own thread instead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the youngest generations that are due, as Python itself would."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(3) if counts[generation] > thresholds[generation]]
        if due:
            gc.collect(due[-1])

    def freeze(self) -> None:
        """Collect once, then look no more at what lives now: with TensorFlow loaded a collection takes 140 ms."""
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Leave collection to Python again."""
        self._timer.stop()
        gc.enable()
