"""A run at the end of an epoch, with all that it takes to go on as if it had never stopped.

No TensorFlow here until a trainer is given: the window hands checkpoints on without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from explorer.engine.run_record import RunRecord
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Floats

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

WEIGHTS: Final = ("kernel_1", "bias_1", "kernel_2", "bias_2", "kernel_3", "bias_3")
"""The weights in the order of `Network.trainable_variables`; 3 is the output layer."""

SLOTS: Final[dict[str, tuple[str, ...]]] = {"rmsprop": ("velocity",), "adam": ("momentum", "velocity"), "sgd": ()}
"""What each optimizer remembers of every weight, besides its count of updates, which is the count of batches."""

_ALL_SLOTS: Final = frozenset(slot for slots in SLOTS.values() for slot in slots)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a trainer has at the end of an epoch besides its history, and cannot work out again.

    The order of reviews is drawn anew for each epoch from seed and epoch, the optimizer's count of updates is the count
    of batches, and rates and learning rate stand in the settings.

    Attributes:
        epoch: The epoch it is the end of, counted from 1.
        weights: In the order of `WEIGHTS`; copies, read-only.
        slots: For each of the optimizer's `SLOTS`, an array for each weight.
        streams: Where the masks after hidden layers 1 and 2 come from; None where no dropout stands.
    """

    epoch: int
    weights: tuple[Floats, ...]
    slots: tuple[tuple[Floats, ...], ...]
    streams: tuple[tuple[int, ...] | None, tuple[int, ...] | None]


class Continuable(Protocol):
    """A run that can go on, such as one from a file."""

    @property
    def record(self) -> RunRecord:
        """What it began with and what happened."""

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The end of its last complete epoch; None when it has none to go on from."""

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """The weights after an epoch, in the order of `WEIGHTS`; None when they are not known."""


def capture(trainer: Trainer) -> Checkpoint:
    """A trainer's checkpoint, between the last batch of an epoch and the first of the next.

    Raises:
        RuntimeError: In the middle of an epoch, or before the first one's end.
    """
    if not trainer.epochs_done or trainer.steps != trainer.epochs_done * trainer.batches:
        raise RuntimeError("a checkpoint is taken at the end of an epoch")
    slots = SLOTS[trainer.settings.optimizer]
    by_slot: dict[str, list[Floats]] = {slot: [] for slot in slots}
    for variable in slot_variables(trainer):
        by_slot[slot_of(variable)].append(_copy(variable))
    streams = [trainer.network.mask_streams.get(hidden) for hidden in HIDDEN]
    first, second = (None if stream is None else stream.state for stream in streams)
    return Checkpoint(
        epoch=trainer.epochs_done,
        weights=tuple(_copy(variable) for variable in trainer.network.trainable_variables),
        slots=tuple(tuple(by_slot[slot]) for slot in slots),
        streams=(first, second),
    )


def slot_variables(trainer: Trainer) -> list[Any]:
    """The optimizer's variables without count and learning rate: in the order of the weights."""
    return [variable for variable in trainer.optimizer.variables if slot_of(variable) in _ALL_SLOTS]


def slot_of(variable: Any) -> str:
    """Which of `SLOTS` a variable of the optimizer is."""
    return str(variable.name).rpartition("_")[2]


def _copy(variable: Any) -> Floats:
    copied: Floats = variable.numpy().copy()
    copied.setflags(write=False)
    return copied
