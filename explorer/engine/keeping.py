"""Who keeps a run besides its history: for the case of a crash, and to save it to a file.

The engine knows only these protocols; `explorer.store` is who keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from explorer.data.progress import Report, silent
from explorer.engine.checkpoint import Checkpoint, Continuable
from explorer.engine.run_record import RunRecord
from explorer.engine.test_result import TestResult


class Keeper(Continuable, Protocol):
    """Has what a run's history does not: checkpoint, and the weights at each epoch's end."""

    def save(self, target: Path, *, name: str | None = None, report: Report = silent) -> None:
        """Write the run, as far as it has come, to a file; from any thread.

        Args:
            target: The file.
            name: What the run is called now.
            report: Told how far it is; may cancel.

        Raises:
            WriteError: When the file cannot be written; what was there before is untouched.
            DataError: When there is nothing to save.
        """

    def close(self) -> None:
        """The run is no longer wanted: let go whatever was kept of it, but no file that a person saved."""


class Growing(Keeper, Protocol):
    """Keeps a run that is being trained."""

    def keep(self, checkpoint: Checkpoint) -> None:
        """Take what the epoch that has just ended added. Called by the thread that trains, and returns at once."""

    def keep_test(self, epochs: int, test: TestResult) -> None:
        """Take the figures of the test reviews at the run's end, after so many epochs. Likewise."""


Keeping = Callable[[RunRecord, Continuable | None, Callable[[str], object]], Growing]
"""Begins to keep a run: its record, what it goes on from, and who is told once, with a sentence, of any trouble."""
