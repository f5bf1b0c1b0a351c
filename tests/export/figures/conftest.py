from __future__ import annotations

import pytest

from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from tests.export.records import change, record


@pytest.fixture(scope="session")
def run() -> RunRecord:
    """Six epochs, a setting of which changed twice on the way."""
    run = record(6, name="Run 2: dropout 0.50 after both", more_batches=4, reviews=40)
    change(run, 21, rate_1=0.8)
    change(run, 41, learning_rate=0.0005)
    return run


@pytest.fixture(scope="session")
def others() -> tuple[RunRecord, ...]:
    """One without dropout, one with none held out and a name that asks for trouble."""
    return (
        record(4, Settings(written_as="none"), name="Run 1: no dropout"),
        record(
            5, Settings(units=8), name="A $very_{long}$ name <b>with</b> signs & so on, that has no end", held_out=0
        ),
    )
