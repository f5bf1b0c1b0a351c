"""The bundled sample teaches what the real reviews teach: the shape of its curves, over three seeds."""

import numpy as np
import pytest

from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.engine import Settings, Trainer

SEEDS = (1, 2, 3)


def curves(**changes) -> tuple[np.ndarray, np.ndarray]:
    """Validation loss and accuracy, each (20,), averaged over the seeds."""
    data = load("sample", Encoding())
    losses, accuracies = [], []
    for seed in SEEDS:
        trainer = Trainer(Settings(seed=seed, l2=0.0, **changes), data)
        for _ in trainer.run():
            pass
        losses.append([result.val_loss for result in trainer.history.results])
        accuracies.append([result.val_accuracy for result in trainer.history.results])
    return np.mean(losses, axis=0), np.mean(accuracies, axis=0)


@pytest.fixture(scope="module")
def without() -> tuple[np.ndarray, np.ndarray]:
    return curves(written_as="none")


@pytest.fixture(scope="module")
def with_dropout() -> tuple[np.ndarray, np.ndarray]:
    return curves()


def test_without_dropout_the_model_overfits_as_on_the_real_reviews(without):
    loss, accuracy = without
    assert loss.argmin() + 1 <= 4
    assert 0.25 <= loss.min() <= 0.38
    assert loss[-1] >= 1.6 * loss.min()
    assert 0.85 <= accuracy.max() <= 0.91


def test_dropout_delays_and_softens_it(without, with_dropout):
    assert with_dropout[0].argmin() >= without[0].argmin() + 3
    assert with_dropout[0][-1] <= 0.85 * without[0][-1]
