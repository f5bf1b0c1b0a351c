"""What is kept while a run trains, and what is left of it when the process dies."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from explorer import store
from explorer.engine.checkpoint import capture
from explorer.engine.resuming import resume
from explorer.engine.run_record import RunRecord
from explorer.engine.test_result import evaluate_test
from explorer.engine.training import Trainer
from explorer.store.folders import new_folder, runs_folder
from explorer.store.journal_files import JournalFolder
from tests.engine.test_checkpoint import assert_same_run, train
from tests.store.made import DATA, SMALL, small_run

ROOT = Path(__file__).parents[2]


def left_behind(epochs: int, *, name: str = "a run") -> Path:
    """The folder of a run whose process ended without closing, and the trainer for comparison."""
    folder = new_folder()
    code = f"""
import os
from pathlib import Path
from explorer import store
from explorer.engine.run_record import RunRecord
from explorer.engine.training import Trainer
from tests.store.made import DATA, SMALL
from tests.engine.test_checkpoint import train
trainer = Trainer(SMALL, DATA)
journal = store.Journal(RunRecord.of(trainer, {name!r}), Path({str(folder)!r}))
for epoch in range({epochs}):
    train(trainer, 3)
    journal.keep(trainer)
train(trainer, 1)
journal.settle()
os._exit(9)
"""
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=100)
    assert process.returncode == 9
    return folder


@pytest.fixture(scope="module")
def dead(tmp_path_factory) -> Path:
    """Such a folder, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DROPOUT_EXPLORER_RUNS", str(tmp_path_factory.mktemp("dead")))
        return left_behind(2)


@pytest.fixture
def left(dead) -> Path:
    """A copy of it among the runs of this test."""
    runs_folder().mkdir(parents=True)
    return Path(shutil.copytree(dead, runs_folder() / dead.name))


def test_nothing_is_written_before_the_first_epoch_is_done():
    trainer, _ = small_run(2)
    with store.keeping(trainer) as journal:
        assert not runs_folder().exists()
        train(trainer, 1)
        journal.keep(trainer)
        journal.settle()
        assert sorted(path.name for path in journal.folder.iterdir()) == [
            "begin.zip",
            "checkpoint-0001.zip",
            "epoch-0001.zip",
            "lock",
        ]
    assert list(runs_folder().iterdir()) == []


def test_only_the_newest_checkpoint_stays():
    trainer, _ = small_run(0)
    with store.keeping(trainer) as journal:
        for _ in range(3):
            train(trainer, 3)
            journal.keep(trainer)
            journal.settle()
        assert [path.name for path in journal.folder.glob("checkpoint-*")] == ["checkpoint-0003.zip"]


def test_a_run_in_use_is_no_leftover():
    trainer, _ = small_run(0)
    with store.keeping(trainer) as journal:
        train(trainer, 3)
        journal.keep(trainer)
        journal.settle()
        assert store.leftovers() == ()


def test_a_dead_process_leaves_a_run_that_goes_on(left, tmp_path):
    (leftover,) = store.leftovers()
    assert (leftover.name, leftover.epochs, leftover.settings) == ("a run", 2, SMALL)
    assert store.leftovers() == ()  # it is held now
    saved = leftover.open()
    whole = Trainer(SMALL, DATA)
    train(whole, 6)
    second = resume(saved, DATA)
    assert_same_run(whole, second)
    saved.save(tmp_path / "rescued.dropout")
    assert store.open_run(tmp_path / "rescued.dropout").epochs_with_weights == (1, 2)
    saved.close()
    assert not left.exists()
    train(whole, 3)
    train(second, 3)
    assert_same_run(whole, second)


def test_a_leftover_can_be_left_and_discarded(left):
    (leftover,) = store.leftovers()
    leftover.leave()
    (leftover,) = store.leftovers()
    leftover.discard()
    assert not left.exists()
    assert store.leftovers() == ()


def unsaved_run(name: str = "") -> store.Unsaved:
    """A run whose window was closed before it was saved."""
    trainer, _ = small_run(3)
    journal = store.Journal(RunRecord.of(trainer), new_folder())
    journal.keep(trainer)
    journal.leave(name)
    journal.close()
    return next(each for each in store.unsaved() if each.folder == journal.folder)


def test_a_run_that_was_not_saved_is_no_crash_and_can_be_had_again():
    trainer, _ = small_run(3)
    left = unsaved_run("mine, ½")
    assert (left.name, left.epochs, left.settings) == ("mine, ½", 1, SMALL)
    assert store.leftovers() == ()
    held = left.take()
    assert left.take() is None
    assert store.unsaved() == ()
    saved = held.open()
    np.testing.assert_array_equal(saved.record.history.mask(2, 1), trainer.history.mask(2, 1))
    assert_same_run(resume(saved, DATA), trainer)
    saved.close()
    assert store.unsaved() == ()
    assert not left.folder.exists()


def test_only_the_newest_unsaved_runs_stay():
    for k in range(4):
        mark = unsaved_run(str(k)).folder / "closed"
        os.utime(mark, (1000 + k, 1000 + k))
    held = store.unsaved()[3].take()
    store.forget_unsaved(2)
    held.leave()
    assert [each.name for each in store.unsaved()] == ["3", "2", "0"], (
        "one that is open somewhere is nobody's to remove"
    )
    store.forget_unsaved()
    assert list(runs_folder().iterdir()) == []


def test_before_the_first_epoch_there_is_nothing_to_leave():
    trainer, _ = small_run(1)
    journal = store.Journal(RunRecord.of(trainer), new_folder())
    journal.leave("")
    journal.close()
    assert not runs_folder().exists()


@pytest.mark.parametrize("damage", ["half", "part", "flipped", "gone"])
def test_an_epoch_that_is_not_whole_is_one_that_was_not_kept(damage, left):
    newest = left / "epoch-0002.zip"
    data = newest.read_bytes()
    if damage == "half":
        newest.write_bytes(data[: len(data) // 2])
    elif damage == "part":
        newest.rename(left / "epoch-0002.zip.part")
    elif damage == "flipped":
        newest.write_bytes(data[:900] + bytes([data[900] ^ 1]) + data[901:])
    else:
        newest.unlink()
    (leftover,) = store.leftovers()
    saved = leftover.open()
    assert len(saved.record.results) == 1
    assert saved.checkpoint is None  # that of epoch 2 is of no use, and the one before it is gone
    assert saved.weights(1) is not None
    saved.close()


def test_a_checkpoint_that_is_not_whole_leaves_a_run_to_look_at(left):
    (left / "checkpoint-0002.zip").write_bytes(b"PK\x03\x04")
    (leftover,) = store.leftovers()
    saved = leftover.open()
    assert saved.checkpoint is None
    assert len(saved.record.history) == 6
    saved.close()


def test_a_folder_in_which_nothing_is_whole_is_offered_to_nobody(left):
    (left / "begin.zip").write_bytes(b"")
    assert store.leftovers() == ()
    assert left.exists()
    os.utime(left, (1, 1))
    assert store.leftovers() == ()
    assert not left.exists()


def test_a_journal_whose_epochs_cannot_be_read_is_refused_when_opened(left):
    for path in left.glob("epoch-*"):
        path.write_bytes(b"")
    (leftover,) = store.leftovers()
    with pytest.raises(store.RunFileError, match="no epoch of it is whole"):
        leftover.open()
    leftover.discard()


def test_a_folder_that_cannot_be_written_is_told_once_and_nothing_is_lost(tmp_path):
    (tmp_path / "in the way").write_text("a file")
    trainer, _ = small_run(0)
    told = []
    record = RunRecord.of(trainer)
    journal = store.Journal(record, tmp_path / "in the way" / "run", troubled=told.append)
    for _ in range(2):
        train(trainer, 3)
        journal.keep(trainer)
        journal.settle()
    assert len(told) == 1
    assert "no longer kept for the case of a crash" in told[0]
    journal.save(tmp_path / "run.dropout")
    journal.close()
    saved = store.open_run(tmp_path / "run.dropout")
    assert saved.epochs_with_weights == (2,)
    assert_same_run(trainer, resume(saved, DATA))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to lower")
def test_a_disk_that_fills_up_ends_the_journal_and_not_the_run(tmp_path):
    import resource

    trainer, _ = small_run(3)
    told = []
    journal = store.Journal(RunRecord.of(trainer), tmp_path / "journal", troubled=told.append)
    journal.keep(trainer)
    journal.settle()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        train(trainer, 3)
        journal.keep(trainer)
        journal.settle()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(told) == 1
    assert "File too large" in told[0]
    assert {path.name for path in journal.folder.iterdir()} == {
        "begin.zip",
        "checkpoint-0001.zip",
        "epoch-0001.zip",
        "lock",
    }
    train(trainer, 3)
    journal.keep(trainer)
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_keep_up_ends_the_journal(tmp_path, monkeypatch):
    trainer, checkpoint = small_run(3)
    monkeypatch.setattr("explorer.store.journal._MOST_WAITING", 0)
    told = []
    journal = store.Journal(RunRecord.of(trainer), tmp_path / "journal", troubled=told.append)
    for _ in range(3):
        journal.keep(checkpoint)
    journal.close()
    assert len(told) == 1
    assert "it is slower than the training" in told[0]


def test_a_run_that_goes_on_keeps_what_was_before(left, tmp_path):
    (leftover,) = store.leftovers()
    saved = leftover.open()
    trainer = resume(saved, DATA)
    journal = store.Journal(RunRecord.of(trainer, "on"), new_folder(), continued=saved)
    train(trainer, 3)
    journal.keep(trainer)
    journal.settle()
    assert not left.exists()  # it has been taken over
    assert sorted(path.name for path in journal.folder.glob("epoch-*")) == [f"epoch-000{k}.zip" for k in (1, 2, 3)]
    journal.save(tmp_path / "run.dropout")
    journal.close()
    again = store.open_run(tmp_path / "run.dropout")
    assert again.epochs_with_weights == (1, 2, 3)
    assert len(again.environments) == 1  # the same computer
    assert_same_run(trainer, resume(again, DATA))


def test_a_run_can_be_saved_while_it_trains(tmp_path):
    """Whatever the moment: what is saved is a run up to some batch."""
    trainer = Trainer(SMALL.replace(epochs=60), DATA)
    with store.keeping(trainer) as journal:
        started, go_on = threading.Event(), threading.Event()

        def work():
            for _ in range(60):
                train(trainer, 3)
                journal.keep(trainer)
                started.set()
                if trainer.epochs_done == 20:
                    assert go_on.wait(60)

        worker = threading.Thread(target=work)
        worker.start()
        assert started.wait(60)
        for k in range(3):
            journal.save(tmp_path / f"{k}.dropout")
        go_on.set()
        for k in range(3, 6):
            journal.save(tmp_path / f"{k}.dropout")
        worker.join()
    for k in range(6):
        record = store.open_run(tmp_path / f"{k}.dropout").record
        n = len(record.history)
        np.testing.assert_array_equal(record.history.scalars().loss, trainer.history.scalars().loss[:n])
        np.testing.assert_array_equal(record.history.mask(n, 2), trainer.history.mask(n, 2))


def test_a_checkpoint_alone_is_taken_as_well(tmp_path):
    trainer, checkpoint = small_run(3)
    journal = store.Journal(RunRecord.of(trainer), None)
    journal.keep(checkpoint)
    assert journal.newest is checkpoint
    assert [a is b for a, b in zip(journal.weights(1), checkpoint.weights, strict=True)] == [True] * 6
    assert journal.weights(2) is None
    journal.close()


def test_two_journals_do_not_meet():
    trainer, _ = small_run(3)
    with store.keeping(trainer, "one") as one, store.keeping(trainer, "two") as two:
        for journal in (one, two):
            journal.keep(capture(trainer))
            journal.settle()
        assert one.folder != two.folder
        assert not one.trouble + two.trouble


def test_the_ten_thousandth_checkpoint_is_newer_than_the_one_before(tmp_path):
    old, new = tmp_path / "checkpoint-9999.zip", tmp_path / "checkpoint-10000.zip"
    for path in (old, new):
        path.write_bytes(b"")
    folder = JournalFolder(tmp_path)
    folder._remove_checkpoints_before(old)
    assert new.exists()
    folder._remove_checkpoints_before(new)
    assert list(tmp_path.iterdir()) == [new]


def test_what_the_test_gave_is_left_behind_too_and_only_of_the_end_that_was_reached():
    trainer, _ = small_run(0)
    journal = store.Journal(RunRecord.of(trainer), new_folder())
    while not trainer.finished:
        train(trainer, 3)
        journal.keep(trainer)
    result = evaluate_test(trainer, 2)
    journal.keep_test(trainer.epochs_done, result)
    journal.leave("tested")
    journal.close()
    (unsaved,) = store.unsaved()
    left = unsaved.take()
    assert left.open().record.test == result
    (journal.folder / f"epoch-{trainer.epochs_done:04}.zip").unlink()
    assert left.open().record.test is None
    left.leave()
