"""`dropout-explorer show --test`: the figures of the test reviews for run files that do not have them."""

from __future__ import annotations

from explorer.cli.terminal import bar, complain, reporting
from explorer.data.dataset import Encoding
from explorer.data.locate import load
from explorer.data.progress import DataError
from explorer.data.questions import DataQuestion
from explorer.store import SavedRun


def complete(saved: SavedRun) -> None:
    """Compute the figures of the test reviews of a run, where its file does not have them, into its history.

    Where that cannot be, a sentence on stderr says why, and the figures stay unknown.
    """
    if saved.record.test is None:
        try:
            _compute(saved)
        except (DataQuestion, DataError) as error:
            complain("show", f"{saved.path} has no figures of the test reviews: {error}")


def _compute(saved: SavedRun) -> None:
    record = saved.record
    settings = record.settings
    if not record.finished:
        raise DataError(
            f"it was stopped before its end, after {len(record.results)} of {settings.epochs} epochs; "
            "dropout-explorer run --continue goes on with it"
        )
    weights = saved.weights(len(record.results))
    if weights is None:
        raise DataError("the file does not have the weights after its last epoch, which they are computed with")
    with bar(desc="Reading", unit="%", total=100) as progress:
        report = reporting(progress)
        encoding = Encoding(settings.num_words, settings.start_char, settings.oov_char, settings.index_from)
        dataset = load(settings.data, encoding, report)
        if dataset.fingerprint != record.reviews.fingerprint:
            raise DataError(
                f"the reviews found are others ({dataset.title}) than those that the run was trained on "
                f"({record.reviews.title})"
            )
        report("Loading TensorFlow")
        from explorer.engine.test_result import evaluate_test
        from explorer.engine.training import Trainer

        trainer = Trainer(settings, dataset)
        for variable, weight in zip(trainer.network.trainable_variables, weights, strict=True):
            variable.assign(weight)
        record.history.test = evaluate_test(trainer, report=lambda share: report("Testing", share))
