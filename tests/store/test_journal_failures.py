"""A journal that fails ends as a failure that is told; training and saving go on, and nothing waits for ever."""

import errno
import os
import threading
from pathlib import Path

import pytest

from explorer import store
from explorer.engine.checkpoint import Checkpoint, capture
from explorer.engine.run_record import RunRecord
from explorer.engine.session import Session
from explorer.engine.snapshot import EpochEnded, Failed, Finished, Unkept
from explorer.engine.training import Trainer
from tests.engine.test_checkpoint import train
from tests.store.faults import ERRORS, Fault
from tests.store.made import DATA, SMALL

ENOUGH = 100_000


@pytest.fixture(scope="module")
def trained() -> tuple[RunRecord, list[Checkpoint]]:
    """A run of two epochs, and the checkpoint of each."""
    trainer = Trainer(SMALL.replace(epochs=2), DATA)
    checkpoints = []
    for _ in range(2):
        train(trainer, trainer.batches)
        checkpoints.append(capture(trainer))
    return RunRecord.of(trainer, "a run"), checkpoints


def kept(record: RunRecord, checkpoints: list[Checkpoint], folder: Path, told: list[str]) -> store.Journal:
    """A journal to which both epochs were handed over, one after the other."""
    journal = store.Journal(record, folder, troubled=told.append)
    for checkpoint in checkpoints:
        journal.keep(checkpoint)
        journal.settle()
    return journal


@pytest.mark.parametrize("kind", ERRORS)
def test_every_write_of_a_journal_may_fail(kind, trained, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fault = Fault(patch, ERRORS[kind], ENOUGH)
        told: list[str] = []
        kept(*trained, tmp_path / "whole", told).close()
        assert told == []
        writes = len(fault.passed)
    assert {"mkdir", "open", "write", "replace", "fsync", "unlink"} <= set(fault.passed)
    # Every write meets one of the errors, and every error the first call of each sort.
    places = {*range(list(ERRORS).index(kind), writes, len(ERRORS)), *map(fault.passed.index, set(fault.passed))}
    unheard = []
    for k in sorted(places):
        with monkeypatch.context() as patch:
            fault = Fault(patch, ERRORS[kind], k)
            told = []
            journal = kept(*trained, tmp_path / f"{k}", told)
            # A number in the lock is for people only.
            if fault.struck and not told and not journal.trouble:
                unheard.append(fault.passed[k])
            assert len(told) <= 1
        journal.close()
        assert not (tmp_path / f"{k}").exists()
    assert unheard in ([], ["write"])


@pytest.mark.parametrize("kind", ERRORS)
def test_what_was_to_be_kept_can_still_be_saved(kind, trained, tmp_path, monkeypatch):
    for k in (0, 1, 5, 60, 100):
        with monkeypatch.context() as patch:
            Fault(patch, ERRORS[kind], k)
            journal = kept(*trained, tmp_path / f"{k}", [])
            journal.save(tmp_path / f"{k}.dropout")
        journal.close()
        assert store.open_run(tmp_path / f"{k}.dropout").record.results == trained[0].results


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room there, and save the run to a file"),
        (errno.EACCES, "make the folder writable, and save the run to a file"),
        (errno.EIO, "; save the run to a file"),
    ],
)
def test_the_advice_fits_the_reason(number, advice, trained, tmp_path, monkeypatch):
    told: list[str] = []
    with monkeypatch.context() as patch:
        Fault(patch, lambda: OSError(number, os.strerror(number)), 3)
        kept(*trained, tmp_path / "run", told).close()
    assert os.strerror(number) in told[0]
    assert told[0].endswith(advice)
    assert ("room" in told[0]) == (number == errno.ENOSPC)


@pytest.mark.parametrize("kind", ERRORS)
def test_a_session_trains_to_its_end_when_the_journal_fails(kind, tmp_path, monkeypatch):
    journals = store.Journals()
    session = Session(loader=lambda *_: DATA, keeping=journals.begin)
    monkeypatch.setattr(threading, "excepthook", lambda told: pytest.fail(f"a thread died: {told.exc_value}"))
    with monkeypatch.context() as patch:
        Fault(patch, ERRORS[kind], 40)
        session.start(SMALL.replace(epochs=3))
        events = []
        while not any(isinstance(event, Finished | Failed) for event in events):
            events += session.mailbox.take()[0]
            threading.Event().wait(0.01)
        (journal,) = journals._journals
        journal.settle()
        events += session.mailbox.take()[0]
    assert not [event for event in events if isinstance(event, Failed)]
    assert len([event for event in events if isinstance(event, EpochEnded)]) == 3
    (unkept,) = [event for event in events if isinstance(event, Unkept)]
    assert "no longer kept for the case of a crash" in unkept.message
    journal.save(tmp_path / "run.dropout")
    assert len(store.open_run(tmp_path / "run.dropout").record.results) == 3
    journals.close()
    assert session.close(30)


def test_a_thread_that_cannot_be_started_ends_the_journal_and_not_the_run(trained, tmp_path, monkeypatch):
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    told: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        journal = kept(*trained, tmp_path / "run", told)
    assert len(told) == 1
    assert "can't start new thread" in told[0]
    journal.save(tmp_path / "run.dropout")
    journal.close()


def test_a_listener_that_fails_leaves_nobody_waiting(trained, tmp_path, monkeypatch):
    def fail(sentence: str) -> None:
        raise ValueError("I/O operation on closed file")

    heard = []
    monkeypatch.setattr(threading, "excepthook", lambda told: heard.append(told.exc_value))
    record, checkpoints = trained
    (tmp_path / "in the way").write_text("a file")
    journal = store.Journal(record, tmp_path / "in the way" / "run", troubled=fail)
    journal.keep(checkpoints[0])
    journal.settle()
    journal.keep(checkpoints[1])
    journal.settle()
    journal.close()
    assert [str(error) for error in heard] == ["I/O operation on closed file"]


@pytest.mark.parametrize("name", ["a\udcffb", "\u00a0\u3000", "👩\u200d💻", "two\nlines\r\n", ""])
def test_the_name_of_a_run_that_was_left_is_read_as_it_was_written(name, trained):
    journal = store.Journal(trained[0], store.folders.new_folder())
    journal.keep(trained[1][0])
    journal.leave(name)
    journal.close()
    (left,) = store.unsaved()
    assert left.name == name


def test_an_autosave_that_somebody_removed_does_not_prevent_saving(trained, tmp_path):
    import shutil

    journal = kept(*trained, tmp_path / "run", [])
    shutil.rmtree(tmp_path / "run")
    journal.save(tmp_path / "run.dropout")
    journal.close()
    assert store.open_run(tmp_path / "run.dropout").epochs_with_weights == (2,)


def test_a_session_whose_thread_cannot_be_started_can_be_closed(monkeypatch):
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    session = Session(loader=lambda *_: DATA)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            session.start(SMALL)
    assert session.close(1)
