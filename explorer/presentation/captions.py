"""Settings and batches in a line: below a figure, in a list, on a page."""

from __future__ import annotations

from typing import Final

from explorer.engine.run_record import RunRecord
from explorer.engine.settings import OPTIMIZERS, WAYS, Settings
from explorer.engine.snapshot import Snapshot
from explorer.presentation.series import rates, value

_SCALINGS: Final = {"inverted": "inverted scaling", "classic": "classic scaling", "none": "no scaling"}


def settings_line(started_with: Settings, settings: Settings) -> str:
    """The settings of a run, the most telling first.

    Args:
        started_with: Those it began with.
        settings: Those in force now.
    """
    parts = [rates(started_with, settings)]
    if settings.active(1) or settings.active(2):
        parts.append(f"{dict(WAYS)[settings.written_as]}, {_SCALINGS[settings.scaling]}")
    parts += [
        f"{settings.units} units",
        f"L2 {value(settings.l2)}",
        f"{dict(OPTIMIZERS)[settings.optimizer]} {_changed(started_with.learning_rate, settings.learning_rate)}",
        f"batches of {settings.batch_size:,}",
        f"vocabulary {settings.num_words:,}",
        f"seed {settings.seed}",
    ]
    return " · ".join(parts)


def run_line(run: RunRecord) -> str:
    """The reviews and the settings of a whole run."""
    return f"{run.reviews.title}, {held_out_line(run)} · {settings_line(run.started_with, run.settings)}"


def held_out_line(run: RunRecord) -> str:
    """How the reviews were split."""
    held_out = f"{run.held_out:,} held out" if run.held_out else "none held out"
    return f"{run.trained_on:,} trained on, {held_out}"


def batch_line(snapshot: Snapshot) -> str:
    """Which batch, and what it came to."""
    loss = f"{snapshot.loss:.3f}" if abs(snapshot.loss) < 1e4 else f"{snapshot.loss:.2e}"
    return f"batch {snapshot.step:,} of the run, loss {loss}, accuracy {snapshot.accuracy:.3f}"


def _changed(before: float, after: float) -> str:
    return value(after) if before == after else f"{value(before)} → {value(after)}"
