"""Where a run stands, as the window sees it."""

from __future__ import annotations

import enum


class RunState(enum.Enum):
    """One run's life."""

    IDLE = "idle"
    """There is no run."""
    STARTING = "starting"
    """One was asked for; the worker loads and builds."""
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """All epochs are done, or it failed; the last batch stays on the screen."""
    LOOKING = "looking"
    """A run is on the screen that nobody trains: from a file, or an earlier one. It may be continued."""

    @property
    def has_run(self) -> bool:
        """Whether live settings have a run to act on."""
        return self in (RunState.RUNNING, RunState.PAUSED, RunState.FINISHED)
