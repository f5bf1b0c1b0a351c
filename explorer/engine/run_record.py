"""A run as whoever looks back on it needs it: what it began with, on which reviews, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from explorer.data.dataset import Dataset, ReadingNotes, Vocabulary
from explorer.data.words import WORD_RULE
from explorer.engine.environment import Environment
from explorer.engine.history import History
from explorer.engine.recall import recall, settings_at
from explorer.engine.settings import Settings
from explorer.engine.snapshot import EpochResult, Snapshot
from explorer.engine.test_result import TestResult
from explorer.presentation.shown_text import shown

if TYPE_CHECKING:
    from explorer.engine.training import Trainer


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What is known of a data set without having it.

    Attributes:
        title: What a person calls it, such as "IMDB reviews".
        generated: Whether a program made the reviews.
        fingerprint: Hexadecimal SHA-256 of content and encoding.
        train: The number of training reviews, those held out included.
        test: The number of test reviews.
        left_out: What was left out of them when they were read, and how many of each.
        remarks: What else is worth knowing of that, in sentences.
        word_rule: The number of the rule that split them into words, see `explorer.data.words`.
    """

    title: str
    generated: bool
    fingerprint: str
    train: int
    test: int
    left_out: tuple[tuple[str, int], ...] = ()
    remarks: tuple[str, ...] = ()
    word_rule: int = WORD_RULE

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out and remarked, in sentences."""
        return ReadingNotes(self.left_out, self.remarks).sentences()

    @classmethod
    def of(cls, dataset: Dataset) -> ReviewFacts:
        """The facts of a data set that is there."""
        return cls(
            title=dataset.title,
            generated=dataset.generated,
            fingerprint=dataset.fingerprint,
            train=len(dataset.train),
            test=len(dataset.test),
            left_out=dataset.notes.left_out,
            remarks=dataset.notes.remarks,
            word_rule=dataset.word_rule,
        )


@dataclass(frozen=True, slots=True, eq=False)
class RunRecord:
    """A run that can be looked back on, whether it is going on, over, or read from a file.

    Attributes:
        name: What it is called: the name a person gave it, or what sets it apart.
        started_with: The settings it began with.
        reviews: What it was trained on.
        labels: (train,) uint8 of all training reviews.
        trained_on: How many of them it trains on.
        held_out: How many are held out for validation.
        history: What happened at every batch.
        environments: From which epoch on it was trained with what; empty for this program's own.
        vocabulary: The words that it was trained with; None where they are not known, as in older run files.
    """

    name: str
    started_with: Settings
    reviews: ReviewFacts
    labels: npt.NDArray[np.uint8]
    trained_on: int
    held_out: int
    history: History
    environments: tuple[tuple[int, Environment], ...] = ()
    vocabulary: Vocabulary | None = None

    @classmethod
    def of(cls, trainer: Trainer, name: str = "") -> RunRecord:
        """The record of a run that is being trained; it grows with the run.

        Args:
            trainer: Who trains it.
            name: What it is called; "Run" and its seed when empty.
        """
        return cls(
            name=shown(name) or f"Run with seed {trainer.settings.seed}",
            started_with=trainer.started_with,
            reviews=ReviewFacts.of(trainer.dataset),
            labels=trainer.dataset.train.labels,
            trained_on=len(trainer.trained_on),
            held_out=len(trainer.held_out),
            history=trainer.history,
            vocabulary=trainer.dataset.vocabulary,
        )

    @property
    def settings(self) -> Settings:
        """The settings in force at its end so far."""
        return settings_at(self.history, self.started_with, len(self.history) + 1)

    @property
    def results(self) -> tuple[EpochResult, ...]:
        """The figures of its epochs so far."""
        return self.history.results

    @property
    def test(self) -> TestResult | None:
        """The figures of the test reviews at its end; None where they are not known, and while it goes on."""
        return self.history.test

    @property
    def finished(self) -> bool:
        """Whether all epochs that its settings ask for are done, and nothing of another one."""
        done = len(self.results)
        return len(self.history) == done * self.history.batches and done >= self.settings.epochs

    def snapshot(self, step: int) -> Snapshot:
        """A batch of it, see `explorer.engine.recall.recall`.

        Raises:
            IndexError: For a step that has not been.
        """
        return recall(self.history, step, labels=self.labels, started_with=self.started_with, generation=0)
