"""How slow work tells what it does, and how it is told to stop."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Exception):  # noqa: N818 - an ending, not an error
    """Raised by a `Report` to end the work that calls it; the work cleans up and lets it pass."""


class DataError(ValueError):
    """Data that cannot be used; its text is a sentence for a person: the file, the place, the reason, what to do."""


class Report(Protocol):
    """Called by slow work, several times a second, with what it is doing."""

    def __call__(self, message: str, fraction: float | None = None) -> None:
        """Take note of progress.

        Args:
            message: What is being done, in words for a person.
            fraction: How much of it is done, in [0, 1]; None when that is unknown.

        Raises:
            Cancelled: When the work should stop.
        """


def silent(message: str, fraction: float | None = None) -> None:
    """A `Report` that tells nobody."""
