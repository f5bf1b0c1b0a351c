"""Figures that others have published of this model, and where: the only place where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.data.sources import IMDB_TITLE
from explorer.engine.run_record import ReviewFacts
from explorer.engine.settings import HIDDEN, Settings

MODEL_SOURCE: Final = "François Chollet, Deep Learning with Python, 1st edition (2017), sections 3.4 and 4.4"
"""Where the model is from."""
DROPOUT_SOURCE: Final = (
    "Nitish Srivastava, Geoffrey Hinton, Alex Krizhevsky, Ilya Sutskever and Ruslan Salakhutdinov, Dropout: A Simple "
    "Way to Prevent Neural Networks from Overfitting, Journal of Machine Learning Research 15 (2014)"
)
"""Where dropout is from."""


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """What a published run came to.

    Attributes:
        model: Which of the source's models it is.
        best_loss: The lowest validation loss.
        best_loss_epoch: The epoch that had it, counted from 1.
        end_loss: The validation loss after `epochs`.
        epochs: How long it was trained.
        dropout: The rate after both hidden layers; 0 is no dropout.
        l2: The weight of the L2 penalty.
        note: What its figures count that this program's do not; may be empty.
    """

    model: str
    best_loss: float
    best_loss_epoch: int
    end_loss: float
    epochs: int
    dropout: float
    l2: float
    note: str = ""

    def is_of(self, settings: Settings) -> bool:
        """Whether it is of the model and the training that some settings have."""
        rates = {settings.rate(hidden) if settings.active(hidden) else 0.0 for hidden in HIDDEN}
        return rates == {self.dropout} and settings.l2 == self.l2


BOOK_SOURCE: Final = "François Chollet, Deep Learning with Python, 1st edition (2017), notebook 4.4"
BOOK_PROTOCOL: Final = (
    "trained on all 25,000 training reviews, with the 25,000 test reviews for validation, in batches of 512"
)
"""How the book's runs were measured, which is not how a run here holds out reviews."""
BOOK: Final = (
    PublishedRun("baseline", 0.283, 3, 0.769, 20, 0.0, 0.0),
    PublishedRun("dropout 0.5 after both hidden layers", 0.277, 4, 0.536, 20, 0.5, 0.0),
    PublishedRun("L2 0.001", 0.331, 3, 0.420, 20, 0.0, 0.001, "The book's loss counts the L2 penalty."),
)
_SAME: Final = {"units": 16, "num_words": 10_000, "optimizer": "rmsprop", "learning_rate": 0.001, "batch_size": 512}


def published_for(reviews: ReviewFacts, settings: Settings) -> PublishedRun | None:
    """The published run that a run can be held against; None where there is none.

    Args:
        reviews: What it was trained on.
        settings: Those of the run.
    """
    if (reviews.title, reviews.train, reviews.test) != (IMDB_TITLE, 25_000, 25_000):
        return None
    if any(getattr(settings, name) != value for name, value in _SAME.items()):
        return None
    if settings.scaling == "none" and any(settings.active(hidden) for hidden in HIDDEN):
        return None
    return next((run for run in BOOK if run.is_of(settings)), None)
