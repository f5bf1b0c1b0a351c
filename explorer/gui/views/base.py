"""What every view of a snapshot is, to the window."""

from __future__ import annotations

from typing import Literal, Protocol

from explorer.engine.snapshot import Mode, Snapshot

Want = Literal["training", "inference", "history", "answers"]


class BatchView(Protocol):
    """Something that draws a snapshot and nothing else. Setters never write back."""

    @property
    def wants(self) -> frozenset[Want]:
        """What has to be computed while it is visible."""

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Draw a batch in a mode; a frame may be skipped without harm."""

    def clear(self) -> None:
        """Forget the run."""


class Follower(Protocol):
    """Something that draws what a run's history holds."""

    def isVisible(self) -> bool:  # noqa: N802
        """Whether anybody can see it."""

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of the newest batch."""

    def refresh(self) -> None:
        """Draw what the history holds by now."""
