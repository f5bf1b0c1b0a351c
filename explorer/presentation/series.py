"""What the learning curves draw, worked out without a widget."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from explorer.engine.settings import DECLARATIONS, HIDDEN, Declaration, Settings, declaration
from explorer.engine.snapshot import Changed, EpochResult

Points = npt.NDArray[np.floating]
Places = npt.NDArray[np.floating] | npt.NDArray[np.integer]
Axis = Literal["batch", "epoch", "seconds"]
Smoothing = Literal["none", "light", "strong"]
NEW_COUNTS: Final[dict[Smoothing, float]] = {"none": 1.0, "light": 0.1, "strong": 0.02}
"""How much a new batch counts in the running mean; one over it is about the number of batches averaged."""
MERGE_WITHIN: Final = 0.5
"""Changes of one setting this near to each other, in epochs, are one: a slider on its way."""


def envelope(x: Places, y: Points, most: int = 800) -> tuple[Places, Points]:
    """A line of at most `most` points that looks the same: the lowest and the highest of each stretch.

    Args:
        x: (n,) ascending.
        y: (n,)
        most: At least 2.
    """
    if len(x) <= most:
        return x, y
    length = -(-len(x) // (most // 2))
    stretches = -(-len(x) // length)
    # The last stretch may be shorter; a number that is there twice is picked where it stands first.
    parts = np.pad(y, (0, stretches * length - len(y)), mode="edge").reshape(stretches, length)
    starts = np.arange(stretches) * length
    picks = np.sort(np.stack([starts + parts.argmin(axis=1), starts + parts.argmax(axis=1)], axis=1), axis=1)
    index = np.concatenate([picks.reshape(-1), [len(x) - 1]])
    return x[index], y[index]


def along(axis: Axis, steps: npt.ArrayLike, batches: int, results: Sequence[EpochResult]) -> Points:
    """Where batches stand on a horizontal axis.

    On the axis of seconds an epoch's batches are spread evenly over its training; its evaluation comes behind them. An
    epoch that is not done is taken to be as fast as the one before, and the first one has no place until it is done.

    Args:
        axis: What it counts: batches, epochs, or seconds of computing.
        steps: (n,) counted from 1; the end of the batch is meant, so that 0 is the start of the run.
        batches: In an epoch.
        results: The epochs that are done, in order.

    Returns:
        (n,) float64; NaN where there is no place.
    """
    step = np.asarray(steps, np.float64)
    if axis == "batch":
        return step
    if axis == "epoch":
        return step / batches
    trained = np.array([r.seconds - r.evaluation_seconds for r in results])
    ends = _ends(results)
    begins = np.append(0.0, ends)
    trained = np.append(trained, trained[-1] if results else np.nan)
    epoch = np.clip(np.ceil(step / batches) - 1, 0, None).astype(np.int64)
    known = np.minimum(epoch, len(results))
    place = begins[known] + (step / batches - epoch) * trained[known]
    return np.where(epoch <= len(results), place, np.nan)


def _ends(results: Sequence[EpochResult]) -> Points:
    return np.cumsum([r.seconds for r in results], dtype=np.float64)


def ends_along(axis: Axis, results: Sequence[EpochResult]) -> Points:
    """(n,) where the ends of epochs stand on a horizontal axis, their evaluation included."""
    if axis == "seconds":
        return _ends(results)
    return np.array([r.step if axis == "batch" else r.epoch for r in results], np.float64)


def length_along(axis: Axis, epochs: int, batches: int, results: Sequence[EpochResult]) -> float:
    """How long a run of so many epochs is on a horizontal axis; in seconds, at the speed of its last epoch."""
    epochs = max(epochs, len(results))
    if axis == "seconds":
        done = float(_ends(results)[-1]) if results else 0.0
        return done + (epochs - len(results)) * (results[-1].seconds if results else 0.0)
    return float(epochs * batches if axis == "batch" else epochs)


class RunningMean:
    """An exponential running mean of figures that become more, worked out for the new ones only.

    As in TensorBoard: corrected for its start, so that it does not begin at zero, and a figure that is not finite does
    not enter.

    Args:
        new_counts: How much a new figure counts, in (0, 1].
    """

    def __init__(self, new_counts: float) -> None:
        self._new_counts = new_counts
        self._mean = self._weight = 0.0
        self._smoothed = np.empty(1024)
        self._length = 0

    def of(self, figures: Points) -> Points:
        """(n,) the running mean at each figure.

        Args:
            figures: (n,) those of the last call, and any new ones behind them.
        """
        keep = 1.0 - self._new_counts
        if len(figures) > len(self._smoothed):
            self._smoothed = np.resize(self._smoothed, max(len(figures), 2 * len(self._smoothed)))
        for k, figure in enumerate(figures[self._length :].tolist(), self._length):
            if math.isfinite(figure):
                self._mean = keep * self._mean + self._new_counts * figure
                self._weight = keep * self._weight + self._new_counts
            self._smoothed[k] = self._mean / self._weight if self._weight else math.nan
        self._length = len(figures)
        return self._smoothed[: self._length]


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a run over its epochs.

    Attributes:
        x: (n,)
        trained: (n,) as trained, dropout on.
        training: (n,) the same reviews with dropout off.
        validation: (n,) NaN where none were held out.
    """

    x: Points
    trained: Points
    training: Points
    validation: Points


def loss_curves(results: Sequence[EpochResult], axis: Axis = "epoch") -> Curves:
    """The losses, without the L2 penalty."""
    return _curves(axis, results, [(r.loss, r.train_loss, r.val_loss) for r in results])


def accuracy_curves(results: Sequence[EpochResult], axis: Axis = "epoch") -> Curves:
    """The accuracies."""
    return _curves(axis, results, [(r.accuracy, r.train_accuracy, r.val_accuracy) for r in results])


def _curves(axis: Axis, results: Sequence[EpochResult], rows: Sequence[tuple[float, float, float | None]]) -> Curves:
    table = np.array(rows, np.float64).reshape(-1, 3)  # None becomes NaN
    return Curves(ends_along(axis, results), *(np.ascontiguousarray(column) for column in table.T))


@dataclass(frozen=True, slots=True)
class Marker:
    """A live change, and where it stands on the horizontal axis: in epochs, unless it was moved."""

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


def moved(marks: Sequence[Marker], places: Points) -> tuple[Marker, ...]:
    """The same marks at other places; one whose place is not known is left out."""
    return tuple(
        Marker(float(place), mark.text) for mark, place in zip(marks, places, strict=True) if math.isfinite(place)
    )


def stacked(marks: Iterable[Marker], most: int = 3, within: float = MERGE_WITHIN) -> tuple[Marker, ...]:
    """The same marks with the texts of near ones as lines of one, so that they do not overprint each other.

    Only the first of a group has a text, of at most `most` lines and an ellipsis; no two stand at one position.

    Args:
        marks: In any order.
        most: Lines of a text.
        within: How near marks of one group are, in the unit of their positions.
    """
    groups: list[list[Marker]] = []
    for mark in sorted(marks, key=lambda each: each.position):
        if groups and mark.position - groups[-1][0].position <= within:
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


def descriptions(runs: Sequence[tuple[Settings, Settings]], titles: Sequence[str] = ()) -> tuple[str, ...]:
    """What sets each of some runs apart from the others; where nothing does, its dropout.

    What most of them have in common is told only of those that differ from it.

    Args:
        runs: For each run the settings it was started with, and those in force at its end.
        titles: For each run the reviews it was trained on, which say more than the setting that chose them.
    """
    fields = [d for d in DECLARATIONS if len({getattr(each, d.name) for pair in runs for each in pair}) > 1]
    if titles:
        fields = [d for d in fields if d.name != "data"]
    some_have_none = any(end.written_as == "none" for _, end in runs)
    with_dropout = [pair for pair in runs if pair[1].written_as != "none"]
    texts = []
    for k, (start, end) in enumerate(runs):
        told = fields
        parts = [titles[k]] if len(set(titles)) > 1 and titles[k] else []
        if some_have_none and with_dropout:
            # Beside a run without dropout, what counts first is which dropout the others have.
            parts.append(rates(start, end))
            among = with_dropout if end.written_as != "none" else []
            told = [d for d in fields if d.group != "Dropout" or _tells_apart(d, among)]
        parts += [_told(d, start, end) for d in told if not _usual(d, start, end, runs)]
        texts.append(", ".join(parts) or rates(start, end))
    return tuple(texts)


def _tells_apart(field: Declaration, runs: Iterable[tuple[Settings, Settings]]) -> bool:
    """Whether runs with dropout differ in how it is written or scaled; `rates` says the rest."""
    return field.name in ("written_as", "scaling") and len({getattr(end, field.name) for _, end in runs}) > 1


def _usual(field: Declaration, start: Settings, end: Settings, runs: Sequence[tuple[Settings, Settings]]) -> bool:
    """Whether a run was like more than half of all from its start to its end."""
    setting = getattr(end, field.name)
    return bool(getattr(start, field.name) == setting) and 2 * sum(
        getattr(each, field.name) == setting for _, each in runs
    ) > len(runs)


def _told(field: Declaration, start: Settings, end: Settings) -> str:
    setting = getattr(end, field.name)
    if field.name == "scaling":
        return f"{'no' if setting == 'none' else setting} scaling"
    if field.choices:
        return dict(field.choices)[setting]
    return f"{short_name(field)} {_way(getattr(start, field.name), setting)}"


def _way(start: Any, end: Any) -> str:
    return value(end) if start == end else f"{value(start)} → {value(end)}"


def rates(start: Settings, end: Settings) -> str:
    """The rates of the places that have dropout, from the start of a run to its end."""
    there = {hidden: _way(start.rate(hidden), end.rate(hidden)) for hidden in HIDDEN if end.active(hidden)}
    if len(there) == len(HIDDEN) and len(set(there.values())) == 1:
        return f"dropout {there[1]} after both"
    return (
        "dropout " + ", ".join(f"{rate} after hidden {hidden}" for hidden, rate in there.items())
        if there
        else ("no dropout")
    )
