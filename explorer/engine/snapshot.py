"""All that crosses from the worker to whoever watches: snapshots of batches, and a closed union of events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt

from explorer.data.dataset import Dataset
from explorer.data.questions import DataQuestion
from explorer.engine.settings import Settings
from explorer.engine.test_result import TestResult

if TYPE_CHECKING:
    from explorer.engine.history import History
    from explorer.engine.keeping import Keeper
    from explorer.engine.run_record import ReviewFacts

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Mode = Literal["training", "inference"]
Kind = Literal["trained", "forward", "mask", "forward mask"]

MOST_UNITS_DRAWN: Final = 64
"""Up to this many units a layer, the weights above hidden layer 1 travel with every batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What one forward pass did behind one hidden layer: `output == activation * mask * factor`.

    Attributes:
        activation: (B, units) the hidden layer's output after relu.
        mask: (B, units) True where kept. All True at inference, and where no dropout stands.
        factor: What the kept activations are multiplied by: 1 / (1 − rate), 1 − rate or 1.
        rate: The share dropped in this pass as the layer had it, in [0, 1); 0 where no dropout stands.
        output: (B, units) what the next layer gets. Bit for bit the product, except for `keras.layers.Dropout`,
            whose own division may differ from it in the last place.
        active: Whether a dropout layer stands here at all.
    """

    activation: Floats
    mask: Mask
    factor: float
    rate: float
    output: Floats
    active: bool


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """One forward pass of a batch.

    Attributes:
        hidden: The places after hidden layer 1 and hidden layer 2.
        logits: (B,) before the sigmoid.
    """

    hidden: tuple[Place, Place]
    logits: Floats

    def place(self, hidden: int) -> Place:
        """The place after hidden layer 1 or 2."""
        return self.hidden[hidden - 1]


@dataclass(frozen=True, slots=True, eq=False)
class UpperWeights:
    """The weights of everything above hidden layer 1, from before a batch's update.

    With them and hidden layer 1's activations a forward pass with any masks is two small products.

    Attributes:
        flat: All of them in one array, in the order below.
        kernel_2: (units, units) hidden layer 2, from units (rows) to units (columns).
        bias_2: (units,)
        kernel_3: (units,) the output layer.
        bias_3: The output layer's bias.
    """

    flat: Floats
    kernel_2: Floats
    bias_2: Floats
    kernel_3: Floats
    bias_3: float

    @classmethod
    def of(cls, flat: Floats, units: int) -> Self:
        """The weights in an array of `units² + 2 · units + 1` numbers; the parts are views of it."""
        square = units * units
        if flat.shape != (square + 2 * units + 1,):
            raise ValueError(f"flat must have {square + 2 * units + 1} numbers for {units} units, got {flat.shape}")
        flat.setflags(write=False)
        return cls(
            flat,
            flat[:square].reshape(units, units),
            flat[square : square + units],
            flat[square + units : -1],
            float(flat[-1]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """Figures of a complete batch, for a snapshot that holds only its first reviews.

    Attributes:
        size: B, the number of reviews.
        shares_kept: In training, after hidden layers 1 and 2.
        activations: Mean activation of the training pass, after hidden layers 1 and 2.
        outputs: Mean output of the training pass, likewise.
        calm_activations: Mean activation with dropout off, likewise.
    """

    size: int
    shares_kept: tuple[float, float]
    activations: tuple[float, float]
    outputs: tuple[float, float]
    calm_activations: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One forward pass of a batch as it happened; both passes use the weights from before the batch's update.

    A snapshot that was read back from the history holds the first reviews of its batch only; `whole` then has the
    figures of all of it. Activations that the history let go are NaN.

    Attributes:
        generation: The run it belongs to.
        step: Batches since the start of the run, counted from 1.
        epoch: Counted from 1.
        batch: Within the epoch, counted from 1.
        batches: Batches in an epoch.
        rows: (B,) positions of the reviews in the training part.
        labels: (B,) uint8.
        training: The pass the step made, dropout on.
        inference: The same batch through the same weights with dropout off.
        loss: Mean binary cross-entropy of the training pass, without the L2 penalty.
        penalty: The L2 penalty.
        accuracy: Share of the batch the training pass got right.
        settings: The settings in force at this step.
        weights: Those above hidden layer 1; None with more than `MOST_UNITS_DRAWN` units, or when let go.
        whole: Figures of the complete batch; None when the arrays are complete.
        kind: `trained` for a step of the run; `forward` for a new batch without an update, and `mask` for fresh masks
            on the same reviews and weights, `forward mask` where those are of such a new batch. All but the first are
            no part of the run; `step` is then the last one trained.
    """

    generation: int
    step: int
    epoch: int
    batch: int
    batches: int
    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.uint8]
    training: Forward
    inference: Forward
    loss: float
    penalty: float
    accuracy: float
    settings: Settings
    weights: UpperWeights | None = None
    whole: Whole | None = None
    kind: Kind = "trained"

    @property
    def size(self) -> int:
        """B, the number of reviews in the batch, also where fewer are held."""
        return len(self.rows) if self.whole is None else self.whole.size

    def forward(self, mode: Mode) -> Forward:
        """The pass in the mode asked for."""
        return self.training if mode == "training" else self.inference


@dataclass(frozen=True, slots=True)
class EpochResult:
    """An epoch's figures; every loss is without the L2 penalty.

    Attributes:
        epoch: Counted from 1.
        step: The last step of the epoch.
        loss: Mean over the epoch's reviews, batch by batch as trained, with dropout on.
        penalty: The L2 penalty of the weights, mean over the epoch's reviews, batch by batch.
        accuracy: Mean over the epoch's reviews, batch by batch, with dropout on.
        train_loss: On the training reviews after the epoch, with dropout off.
        train_accuracy: Likewise.
        val_loss: On the validation reviews, with dropout off; None when none are held out.
        val_accuracy: Likewise.
        seconds: Time spent training and evaluating this epoch, pauses and pacing not counted.
        evaluation_seconds: The part of it that went into evaluating.
    """

    epoch: int
    step: int
    loss: float
    penalty: float
    accuracy: float
    train_loss: float
    train_accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    evaluation_seconds: float


@dataclass(frozen=True, slots=True)
class Loading:
    """Slow preparation is under way: an import, reading, encoding, a download."""

    generation: int
    message: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DataReady:
    """The reviews are there."""

    generation: int
    dataset: Dataset


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """A run has begun.

    Attributes:
        generation: Its number; every later event and snapshot of the run carries it.
        settings: What it was started with.
        history: Where every batch of it is kept; written by the worker, safe to read from any thread.
        batches: Batches in an epoch.
        trained_on: Number of reviews trained on.
        held_out: Number of reviews held out for validation.
        reviews: What is known of the reviews without having them; None when nothing is.
        keeper: Who keeps the run besides its history, and saves it; None when nobody does.
        continues: Whether it goes on with a run that was trained before; `history` then has what happened.
    """

    generation: int
    settings: Settings
    history: History
    batches: int
    trained_on: int
    held_out: int
    reviews: ReviewFacts | None = None
    keeper: Keeper | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """Live settings took effect.

    Attributes:
        step: The first step they hold for.
        position: The same in epochs since the start, for the horizontal axis of the curves.
        changes: Field name, value before, value after.
        settings: The settings now in force.
    """

    generation: int
    step: int
    position: float
    changes: tuple[tuple[str, Any, Any], ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch has been trained and evaluated."""

    generation: int
    result: EpochResult


@dataclass(frozen=True, slots=True)
class Unkept:
    """The run is no longer kept for the case of a crash; it goes on all the same.

    Attributes:
        message: A sentence that says why and what to do.
    """

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The run holds after this step and can go on."""

    generation: int
    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run goes on."""

    generation: int


@dataclass(frozen=True, slots=True)
class Finished:
    """All epochs asked for are done; raising their number lets the run go on."""

    generation: int
    step: int
    epochs: int


@dataclass(frozen=True, slots=True)
class Testing:
    """The test reviews of a run that is over are being evaluated.

    Attributes:
        share: How much of it is done, in [0, 1].
    """

    generation: int
    share: float


@dataclass(frozen=True, slots=True)
class Tested:
    """The test reviews of a run that is over have been evaluated; its history has the result too."""

    generation: int
    result: TestResult


@dataclass(frozen=True, slots=True)
class Stopped:
    """The work was given up on request: a reset, a cancelled load or download."""

    generation: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The work ended in an error.

    Attributes:
        message: A sentence that says what is wrong and what to do.
        detail: A traceback for a bug report; empty when the message says it all.
        refused: Whether it was the reviews that could not be had. Those that were loaded before stay loaded.
    """

    generation: int
    message: str
    detail: str = field(default="", repr=False)
    refused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AnswerNeeded:
    """The work ended in a question about how to read a source. The reviews that were loaded before stay loaded.

    Attributes:
        question: The question with its answers, each a source to load instead.
    """

    generation: int
    question: DataQuestion


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """The answer to a question that cannot be answered; a sentence says why and what to do."""

    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A question to the current weights is answered.

    Attributes:
        number: What `Controls.ask` gave back.
        answer: What the question's docstring says (`explorer.engine.questions`), or a `Refusal`.
    """

    generation: int
    number: int
    answer: Any


Event = (
    Loading
    | DataReady
    | AnswerNeeded
    | Started
    | Changed
    | EpochEnded
    | Unkept
    | Paused
    | Resumed
    | Finished
    | Testing
    | Tested
    | Stopped
    | Failed
    | Answered
)
"""Everything besides snapshots that a session says. None is ever skipped."""
