"""Work that follows the mouse, but not at every pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

PACE_MS: Final = 40
"""What stands beside the thing under the mouse follows 25 times a second."""


class Later(QObject):
    """Does something soon: once for all that was asked in the meantime.

    Args:
        act: What to do.
        parent: Whose end ends it.
    """

    def __init__(self, act: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PACE_MS)
        self._timer.timeout.connect(lambda: act())

    def ask(self) -> None:
        """Have it done soon."""
        if not self._timer.isActive():
            self._timer.start()
