"""The numbers of the equation, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from explorer.data.dataset import Dataset
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Mode, Place, Snapshot
from explorer.engine.statistics import PlaceStatistics
from explorer.presentation.typed_numbers import written

_WORDS = 14
LET_GO: Final = "This batch's activations were let go to save memory; its mask is exact"


def number(value: float) -> str:
    """Two decimals, or two digits where two decimals would leave nothing."""
    return f"{value:.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:.2g}"


def mean(value: float) -> str:
    """Three decimals; in powers of ten where a run is diverging."""
    return f"mean {value:.3f}" if abs(value) < 1e4 else f"mean {value:.2e}"


def cell(place: Place, row: int, unit: int) -> str:
    """The arithmetic of one cell: `review 12 · unit 5: 0.83 × 1 × 2.00 = 1.66`, and `… 0.41 × 0 = 0` where dropped."""
    value = float(place.activation[row, unit])
    if math.isnan(value):
        mask = f"the mask is {int(place.mask[row, unit])}, the activation was let go to save memory"
        return f"review {row} · unit {unit}: {mask}"
    if not place.mask[row, unit]:
        return f"review {row} · unit {unit}: {number(value)} × 0 = 0"
    activation, factor, output = product(value, place.factor, float(place.output[row, unit]))
    return f"review {row} · unit {unit}: {activation} × 1 × {factor} = {output}"


def product(activation: float, factor: float, output: float) -> tuple[str, str, str]:
    """Three numbers of which the third is the product of the first two, with as many digits as it takes to see that.

    Two decimals where they do; `0.10 × 2.00 = 0.21` is no sum that a class would believe.
    """
    if not all(map(math.isfinite, (activation, factor, output))):
        return number(activation), f"{factor:.2f}", number(output)
    short = number(activation), f"{factor:.2f}", number(output)
    if number(float(short[0]) * float(short[1])) == short[2]:
        return short
    for decimals in (3, 4, 5):
        exact = abs(factor - float(short[1])) < 1e-6
        texts = f"{activation:.{decimals}f}", short[1] if exact else f"{factor:.{decimals}f}", short[2]
        if number(float(texts[0]) * float(texts[1])) == texts[2]:
            return texts
    return f"{activation:.6g}", f"{factor:.6g}", f"{output:.6g}"


def review(snapshot: Snapshot, row: int, dataset: Dataset | None) -> str:
    """The label and the beginning of a review of the batch."""
    label = "positive" if snapshot.labels[row] else "negative"
    position = int(snapshot.rows[row])
    if dataset is None or position >= len(dataset.train):
        return f"label {label}"
    return f"label {label} · “{dataset.text(dataset.train, position, _WORDS)}”"


@dataclass(frozen=True, slots=True)
class Factor:
    """The factor of a pass.

    Attributes:
        number: As it stands between the maps.
        formula: What it comes from.
        note: Why it is that.
        output: The formula of the output.
        term: How it stands in the formula above the maps.
    """

    number: str
    formula: str
    note: str
    output: str
    term: str = "1"


def factor(place: Place, mode: Mode, settings: Settings) -> Factor:
    """The factor of a pass and where it comes from."""
    value = "1" if place.factor == 1.0 else f"{place.factor:.2f}"
    if not place.active:
        return Factor(value, "no dropout here", "", "output = a")
    match settings.scaling, mode:
        case "inverted", "training":
            return Factor(value, "1/(1 − rate)", "in training", "output", "1/(1 − rate)")
        case "inverted", _:
            return Factor(value, "at inference", "nothing to make up for", "output = a")
        case "classic", "training":
            return Factor(value, "classic", "training × 1", "output")
        case "classic", _:
            return Factor(value, "1 − rate", "classic: at inference", "output", "(1 − rate)")
        case _:
            return Factor(value, "scaling: none", "the mistake", "output" if mode == "training" else "output = a")


def kept(figures: PlaceStatistics, place: Place, mode: Mode) -> str:
    """The share kept beside the share expected."""
    if not place.active:
        return "no dropout here: mask is 1 everywhere"
    if mode == "inference":
        return "inference: mask is 1 everywhere"
    return (
        f"kept {figures.share_kept * 100:.1f} % — expected {figures.keep_probability * 100:.0f} %"
        f" ± {figures.bound * 100:.1f} %"
    )


def which_bound(place: Place, mode: Mode) -> str:
    """What the ± beside the share expected is."""
    drawn = place.active and mode == "training"
    return "95 % binomial interval; one batch in twenty falls outside" if drawn else ""


def why_other_numbers(settings: Settings, hidden: int, mode: Mode) -> str:
    """Why the activation of the later layer changes with the mode though the weights do not."""
    if mode == "training" or hidden == 1 or not settings.active(1):
        return ""
    return "the same weights, but hidden 1's dropout is off too, so hidden 2 receives other numbers"


def rate_and_keep(place: Place) -> str:
    """Both numbers, always."""
    rate = round(place.rate, 6)  # it may have been a float32
    return f"rate {written(rate, 2)} · keep {written(1 - rate, 2)}" if place.active else "rate 0 · keep 1"


def expectation(place: Place, mode: Mode) -> str:
    """What the mean of the output is expected to be, as a multiple of the activation's."""
    drawn = place.active and mode == "training"
    multiple = place.factor * (1.0 - place.rate if drawn else 1.0)
    if abs(multiple - 1.0) < 1e-6:
        return "expected: the mean of a" if drawn else "the same as a"
    return f"{'expected: ' if drawn else ''}{multiple:.2f} × the mean of a"


def which_batch(snapshot: Snapshot) -> str:
    """Which batch it is."""
    match snapshot.kind:
        case "forward":
            return f"forward only after batch {snapshot.step:,}: no update"
        case "forward mask":
            return f"forward only after batch {snapshot.step:,}, with a new mask"
        case "mask":
            return f"epoch {snapshot.epoch} batch {snapshot.batch} with a new mask"
        case _:
            return f"epoch {snapshot.epoch} batch {snapshot.batch}"


def nearest_kept(step: int) -> str:
    """Why a batch is shown that is not the last one of its run."""
    return f"The activations of the last batch are not kept: this is batch {step:,}, the nearest whose are"


def activations_known(snapshot: Snapshot) -> bool:
    """Whether a batch's activations are there; a run that is long lets some go."""
    return not len(snapshot.rows) or not math.isnan(snapshot.training.place(1).activation[0, 0])
