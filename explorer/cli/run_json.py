"""A run as JSON, the same for `run --json` and `show --json`; keys are only added.

`run --json` writes one such object. `show --json` writes `{"schema": 1, "runs": [objects]}`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any, Final

from explorer import __version__
from explorer.engine.environment import environment
from explorer.engine.run_record import RunRecord
from explorer.presentation.run_table import run_rows

SCHEMA: Final = 1
"""Raised when a key changes its meaning, which a key that is added does not."""
KEYS: Final = (
    "an object with version, name, settings, settings_at_the_end, changes, reviews, fingerprint, counts, trained_on, "
    "held_out, batches, batches_in_an_epoch, environments, figures, epochs (with evaluation_seconds), test, prediction "
    "and peak_memory_mb, null where it is not known; keys are only added"
)


def run_json(run: RunRecord, *, peak_memory_mb: float | None = None) -> dict[str, Any]:
    """All that is known of a run.

    Args:
        run: What it began with and what happened. `test` and `prediction` are null where the test is not known.
        peak_memory_mb: The most memory that its process held, in MB (10⁶ bytes); None where that is not known.
    """
    (row,) = run_rows([run])
    test = run.test
    environments = run.environments or ((1, environment()),)
    return {
        "version": __version__,
        "name": run.name,
        "settings": run.started_with.to_dict(),
        "settings_at_the_end": run.settings.to_dict(),
        "changes": [
            {"before_batch": change.step, **{name: after for name, _, after in change.changes}}
            for change in run.history.changes
        ],
        "reviews": dataclasses.asdict(run.reviews),
        "fingerprint": run.reviews.fingerprint,
        "counts": {"trained_on": run.trained_on, "held_out": run.held_out, "test": run.reviews.test},
        "trained_on": run.trained_on,
        "held_out": run.held_out,
        "batches": len(run.history),
        "batches_in_an_epoch": run.history.batches,
        "environments": [{"from_epoch": epoch, **told} for epoch, told in environments],
        "figures": dataclasses.asdict(row.figures),
        "epochs": [dataclasses.asdict(result) for result in run.results],
        "test": None if test is None else {"loss": test.loss, "accuracy": test.accuracy},
        "prediction": None if test is None else dataclasses.asdict(test.prediction),
        "peak_memory_mb": peak_memory_mb,
    }


def dumped(value: Any) -> str:
    """JSON text, with null for what is not finite, which JSON has no word for."""
    return json.dumps(_finite(value), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
