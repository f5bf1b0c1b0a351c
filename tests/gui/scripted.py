"""A session without TensorFlow, and snapshots without a network: what the window's tests are made of."""

from __future__ import annotations

import numpy as np

from explorer.data.dataset import Dataset, Encoding, Reviews, Vocabulary
from explorer.engine.checkpoint import Continuable
from explorer.engine.history import History
from explorer.engine.mailbox import Mailbox
from explorer.engine.questions import Question
from explorer.engine.settings import Settings
from explorer.engine.snapshot import (
    DataReady,
    EpochResult,
    Event,
    Floats,
    Forward,
    Place,
    Snapshot,
    Started,
    UpperWeights,
)


class ScriptedSession:
    """Implements `Controls`: writes down what it is asked, and says what a test tells it to say."""

    def __init__(self) -> None:
        self._mailbox = Mailbox()
        self.calls: list[tuple[str, object]] = []
        self.generation = 0
        self.asked = 0
        self.closed = False

    @property
    def mailbox(self) -> Mailbox:
        return self._mailbox

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def last(self, name: str) -> object:
        return next(value for called, value in reversed(self.calls) if called == name)

    def load(self, settings: Settings) -> int:
        return self._ask("load", settings)

    def start(self, settings: Settings, *, paused: bool = False, continue_from: Continuable | None = None) -> int:
        if continue_from is not None:
            self.calls.append(("continue from", continue_from))
        return self._ask("start paused" if paused else "start", settings)

    def download(self, settings: Settings) -> int:
        return self._ask("download", settings)

    def pause(self) -> None:
        self.calls.append(("pause", None))

    def resume(self) -> None:
        self.calls.append(("resume", None))

    def step(self) -> None:
        self.calls.append(("step", None))

    def stop(self) -> None:
        self.calls.append(("stop", None))

    def update(self, settings: Settings) -> None:
        self.calls.append(("update", settings))

    def ask(self, question: Question) -> int | None:
        self.calls.append(("ask", question))
        self.asked += 1
        return self.asked

    def set_speed(self, batches_per_second: float | None) -> None:
        self.calls.append(("speed", batches_per_second))

    def close(self, timeout: float) -> bool:
        self.calls.append(("close", timeout))
        self.closed = True
        return True

    def say(self, *events: Event) -> None:
        for event in events:
            self._mailbox.post(event)

    def _ask(self, name: str, settings: Settings) -> int:
        self.generation += 1
        self.calls.append((name, settings))
        return self.generation


def make_place(
    activation: Floats, *, active: bool, rate: float, scaling: str, training: bool, random: np.random.Generator
) -> Place:
    """A place as the engine makes it: `output == activation * mask * factor`."""
    drawn = active and training
    mask = random.random(activation.shape) >= rate if drawn else np.ones(activation.shape, bool)
    factor = 1.0
    if active and scaling == "inverted" and training:
        factor = float(np.float32(1) / (np.float32(1) - np.float32(rate)))
    if active and scaling == "classic" and not training:
        factor = 1.0 - rate
    output = activation * mask * np.float32(factor)
    return Place(activation, mask, factor, rate if active else 0.0, output, active)


def make_snapshot(
    settings: Settings | None = None, *, generation: int = 1, step: int = 1, batch: int | None = None, batches: int = 30
) -> Snapshot:
    """A batch with made-up activations, half of them zero by relu; the same for the same step."""
    settings = settings or Settings()
    size = settings.batch_size if batch is None else batch
    random = np.random.default_rng(step)
    passes = []
    first = np.maximum(random.normal(0.2, 0.8, (size, settings.units)), 0).astype(np.float32)
    second = np.maximum(random.normal(0.2, 0.9, (size, settings.units)), 0).astype(np.float32)
    for training in (True, False):
        places = tuple(
            make_place(
                activation,
                active=settings.active(hidden),
                rate=settings.rate(hidden),
                scaling=settings.scaling,
                training=training,
                random=random,
            )
            for hidden, activation in ((1, first), (2, second))
        )
        passes.append(Forward((places[0], places[1]), second.sum(axis=1)))
    epoch = (step - 1) // batches
    return Snapshot(
        generation=generation,
        step=step,
        epoch=epoch + 1,
        batch=step - epoch * batches,
        batches=batches,
        rows=np.arange(size, dtype=np.int64) % 40,
        labels=(np.arange(size) % 2).astype(np.uint8),
        training=passes[0],
        inference=passes[1],
        loss=0.2 + 0.5 * 0.98**step,
        penalty=0.05,
        accuracy=0.95 - 0.4 * 0.98**step,
        settings=settings,
        weights=make_weights(settings.units, random),
    )


def make_weights(units: int, random: np.random.Generator) -> UpperWeights:
    """Weights above hidden layer 1; they have nothing to do with the made-up activations."""
    return UpperWeights.of(random.normal(0, 0.5, units * units + 2 * units + 1).astype(np.float32), units)


def make_dataset(*, generated: bool = False) -> Dataset:
    """Forty reviews of thirty words, some of which look like HTML."""
    words = ("the", "a", "<b>film</b>", "was", "wonderful", "&amp;", "slow", "but", "warm", "and", "I", "liked", "it")
    count, length = 40, 30
    ranks = (np.arange(count * length, dtype=np.int32) * 7) % len(words) + 1
    rank_offsets = np.arange(count + 1, dtype=np.int64) * length
    reviews = Reviews(
        ids=np.ones(count, np.uint16),
        offsets=np.arange(count + 1, dtype=np.int64),
        labels=(np.arange(count) % 2).astype(np.uint8),
        ranks=ranks,
        rank_offsets=rank_offsets,
    )
    title = "Bundled sample" if generated else "IMDB reviews"
    return Dataset(title, generated, Encoding(), reviews, reviews, Vocabulary(words), "0" * 64)


def ready(generation: int, *, generated: bool = False) -> DataReady:
    """The reviews are there."""
    return DataReady(generation, make_dataset(generated=generated))


def started(generation: int, settings: Settings | None = None, history: History | None = None) -> Started:
    """A run has begun."""
    settings = settings or Settings()
    return Started(generation, settings, History(30) if history is None else history, 30, 15_000, 10_000)


def make_result(epoch: int, *, batches: int = 30, held_out: bool = True) -> EpochResult:
    """An epoch's figures, in the shape of the real ones."""
    return EpochResult(
        epoch=epoch,
        step=epoch * batches,
        loss=0.2 + 0.45 * 0.8**epoch,
        penalty=0.05,
        accuracy=0.95 - 0.4 * 0.75**epoch,
        train_loss=0.08 + 0.5 * 0.78**epoch,
        train_accuracy=0.985 - 0.3 * 0.75**epoch,
        val_loss=0.28 + 0.35 * 0.6**epoch + 0.006 * epoch if held_out else None,
        val_accuracy=0.89 - 0.2 * 0.6**epoch if held_out else None,
        seconds=0.097,
        evaluation_seconds=0.01,
    )


def make_history(steps: int, settings: Settings | None = None, *, batches: int = 30) -> History:
    """A history of so many batches of eight reviews."""
    history = History(batches)
    for step in range(1, steps + 1):
        snapshot = make_snapshot(settings, step=step, batch=8, batches=batches)
        if snapshot.batch == 1:
            history.begin_epoch(np.resize(np.arange(8, dtype=np.int64), 8 * batches))
        history.append(snapshot)
        if snapshot.batch == batches:
            history.end_epoch(make_result(snapshot.epoch, batches=batches))
    return history
