"""Runs in files: saved, opened again, kept while they train. No Qt, and no TensorFlow until a run is trained.

Example:
    >>> from explorer import store
    >>> with store.keeping(trainer) as journal:  # in the folder of autosaved runs, gone when the block ends
    ...     for snapshot in trainer.run():
    ...         if snapshot.batch == snapshot.batches:
    ...             journal.keep(trainer)  # at each epoch's end, in the thread that trains
    ...     journal.save(Path("run.dropout"))
    >>> saved = store.open_run(Path("run.dropout"))  # RunFileError with a sentence for a file that cannot be used
    >>> saved.record  # a RunRecord
    >>> saved.weights(3)  # six float32 arrays, in the order of Network.trainable_variables
    >>> trainer = explorer.engine.resuming.resume(saved, dataset)
"""

from explorer.data.progress import Report
from explorer.store.errors import RunFileError
from explorer.store.journal import Journal
from explorer.store.keeping import (
    MOST_UNSAVED,
    Journals,
    Leftover,
    Unsaved,
    forget_unsaved,
    keeping,
    leftovers,
    unsaved,
)
from explorer.store.opening import open_run
from explorer.store.recognise import SUFFIX, is_run_file
from explorer.store.saved_run import SavedRun
from explorer.store.saving import save

__all__ = [
    "MOST_UNSAVED",
    "SUFFIX",
    "Journal",
    "Journals",
    "Leftover",
    "Report",
    "RunFileError",
    "SavedRun",
    "Unsaved",
    "forget_unsaved",
    "is_run_file",
    "keeping",
    "leftovers",
    "open_run",
    "save",
    "unsaved",
]
