"""What the learning curves draw, worked out without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.engine.settings import Declaration, Settings, declaration
from explorer.engine.snapshot import Changed, EpochResult

Points = npt.NDArray[np.floating]
MERGE_WITHIN: Final = 0.5
"""Changes of one setting this near to each other, in epochs, are one: a slider on its way."""


def envelope(x: Points, y: Points, most: int = 800) -> tuple[Points, Points]:
    """A line of at most `most` points that looks the same: the lowest and the highest of each stretch.

    Args:
        x: (n,) ascending.
        y: (n,)
        most: At least 2.
    """
    if len(x) <= most:
        return x, y
    stretches = most // 2
    length = len(x) // stretches
    whole = stretches * length
    parts = y[:whole].reshape(stretches, length)
    starts = np.arange(stretches) * length
    picks = np.sort(np.stack([starts + parts.argmin(axis=1), starts + parts.argmax(axis=1)], axis=1), axis=1)
    index = np.concatenate([picks.reshape(-1), [len(x) - 1]])
    return x[index], y[index]


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a run over its epochs; x counts epochs.

    Attributes:
        epochs: (n,)
        trained: (n,) as trained, dropout on.
        training: (n,) the same reviews with dropout off.
        validation: (n,) NaN where none were held out.
    """

    epochs: Points
    trained: Points
    training: Points
    validation: Points


def loss_curves(results: Iterable[EpochResult]) -> Curves:
    """The losses, without the L2 penalty."""
    rows = [(r.epoch, r.loss, r.train_loss, np.nan if r.val_loss is None else r.val_loss) for r in results]
    return _curves(rows)


def accuracy_curves(results: Iterable[EpochResult]) -> Curves:
    """The accuracies."""
    rows = [
        (r.epoch, r.accuracy, r.train_accuracy, np.nan if r.val_accuracy is None else r.val_accuracy) for r in results
    ]
    return _curves(rows)


def _curves(rows: Sequence[tuple[float, float, float, float]]) -> Curves:
    table = np.array(rows, np.float64).reshape(-1, 4)
    return Curves(*(np.ascontiguousarray(column) for column in table.T))


@dataclass(frozen=True, slots=True)
class Marker:
    """A live change, on the axis of epochs."""

    position: float
    text: str


def markers(changes: Iterable[Changed]) -> tuple[Marker, ...]:
    """Where and what changed; a slider's way from one value to another is one change."""
    merged: list[list[Any]] = []  # name, first position, last position, before, after
    for change in changes:
        for name, before, after in change.changes:
            last = next((m for m in reversed(merged) if m[0] == name), None)
            if last is not None and change.position - last[2] <= MERGE_WITHIN:
                last[2], last[4] = change.position, after
            else:
                merged.append([name, change.position, change.position, before, after])
    return tuple(
        Marker(position, f"{short_name(declaration(name))}: {value(before)} → {value(after)}")
        for name, position, _, before, after in merged
        if before != after
    )


def stacked(marks: Iterable[Marker], most: int = 3) -> tuple[Marker, ...]:
    """The same marks with the texts of near ones as lines of one, so that they do not overprint each other.

    Only the first of a group has a text, of at most `most` lines and an ellipsis; no two stand at one position.
    """
    groups: list[list[Marker]] = []
    for mark in sorted(marks, key=lambda each: each.position):
        if groups and mark.position - groups[-1][0].position <= MERGE_WITHIN:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    together = []
    for group in groups:
        lines = [mark.text for mark in group[:most]] + ["…"] * (len(group) > most)
        first, *others = sorted({mark.position for mark in group})
        together += [Marker(first, "\n".join(lines)), *(Marker(position, "") for position in others)]
    return tuple(together)


def short_name(field: Declaration) -> str:
    """A setting's name on a line of its own: the two rates are told apart."""
    if field.name.startswith("rate_"):
        return f"rate {field.name[-1]}"
    return field.label if field.label.isupper() else field.label.lower()


def value(setting: Any) -> str:
    """A setting's value, short."""
    if isinstance(setting, bool):
        return "on" if setting else "off"
    if isinstance(setting, float):
        return f"{setting:.2f}" if 0.01 <= setting < 1 else f"{setting:g}"
    return f"{setting:,}" if isinstance(setting, int) else str(setting)


def difference(earlier: Settings, current: Settings) -> str:
    """What an earlier run had that the current one has not."""
    parts = []
    fields = {d.name: d for d in earlier.differences(current)}
    if "written_as" in fields and "none" in (earlier.written_as, current.written_as):
        # Without dropout, nothing else about dropout tells the two apart.
        parts.append("no dropout" if earlier.written_as == "none" else rates(earlier))
        fields = {name: d for name, d in fields.items() if d.group != "Dropout"}
    for field in fields.values():
        setting = getattr(earlier, field.name)
        if field.choices:
            parts.append(dict(field.choices)[setting].split(":")[0])
        else:
            parts.append(f"{short_name(field)} {value(setting)}")
    return ", ".join(parts) or "same settings"


def rates(settings: Settings) -> str:
    """The rates of the places that have dropout."""
    there = [f"{settings.rate(hidden):.2f} after hidden {hidden}" for hidden in (1, 2) if settings.active(hidden)]
    return "dropout " + ", ".join(there) if there else "no dropout"
