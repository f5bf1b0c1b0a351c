"""The running export in the status bar: what is made, how far it is, and a way to give it up."""

from __future__ import annotations

from explorer.gui.work_strip import WorkStrip


class ExportStrip(WorkStrip):
    """Hidden while nothing is exported."""

    def __init__(self) -> None:
        super().__init__("Export", 34, "Give up this export; files that are done stay")
        self._waiting = 0
        self._message = ""

    def show_waiting(self, running: bool, waiting: int) -> None:
        """Come and go; say how many exports wait."""
        self._waiting = waiting
        self.setVisible(running)
        self._tell()

    def show_progress(self, message: str, fraction: float | None) -> None:
        """Say what is made; a `fraction` of None is work of unknown length."""
        self._message = message
        self.set_value(fraction)
        self._tell()

    def _tell(self) -> None:
        behind = f" ({self._waiting} more to come)" if self._waiting else ""
        self.set_text(f"Export{behind}: {self._message}")
