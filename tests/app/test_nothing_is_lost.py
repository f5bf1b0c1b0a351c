"""The true program, killed in the middle of training: the next start offers the run back."""

# ruff: noqa: F821 - the scripts run in the driver's process, where these names are
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.app.driver import assert_ended_well, drive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of other systems")


def killed_while_training(window):
    window.transport.speed_chosen.emit(None)
    window.form.show_settings(window.form.settings.replace(epochs=1000, data="sample"))
    window.conductor.play()
    yield lambda: window.stage.looking.history is not None and len(window.stage.looking.history.results) >= 1
    window.form.show_settings(window.form.settings.replace(rate_1=0.25))
    window.form.edited.emit(window.form.settings)
    yield lambda: len(window.stage.looking.history.results) >= 3
    history = window.stage.looking.history
    steps = len(history)
    masks = np.concatenate([history.mask(step, 1).reshape(-1) for step in range(1, steps + 1)])
    order = np.concatenate([history.rows(step) for step in range(1, steps + 1)])
    np.savez(
        os.environ["DROPOUT_EXPLORER_RUNS"] + "-reference.npz",
        masks=masks,
        order=order,
        loss=history.scalars().loss,
        epochs=len(history.results),
        changes=[change.step for change in history.changes],
    )
    os.kill(os.getpid(), signal.SIGKILL)
    yield lambda: False


def opens_what_was_left(window):
    window.transport.speed_chosen.emit(None)
    notices = window.run_files.notices
    assert notices.leftover.isVisible()
    assert "The last session ended without closing" in notices.leftover.text()
    notices.open.click()
    yield lambda: window.conductor.state is RunState.LOOKING
    known = np.load(os.environ["DROPOUT_EXPLORER_RUNS"] + "-reference.npz")
    history = window.stage.looking.history
    epochs, steps = len(history.results), len(history)
    assert epochs >= known["epochs"] - 1, (epochs, known["epochs"])
    assert [change.step for change in history.changes] == list(known["changes"])
    n = min(steps, len(known["loss"]))
    assert n >= (known["epochs"] - 1) * history.batches
    assert (history.scalars().loss[:n] == known["loss"][:n]).all()
    masks = np.concatenate([history.mask(step, 1).reshape(-1) for step in range(1, n + 1)])
    assert (masks == known["masks"][: len(masks)]).all()
    order = np.concatenate([history.rows(step) for step in range(1, n + 1)])
    assert (order == known["order"][: len(order)]).all()
    # It goes on from there.
    yield lambda: window.conductor.reviews.dataset is not None
    window.form.show_settings(window.form.settings.replace(epochs=epochs + 1))
    window.form.edited.emit(window.form.settings)
    window.conductor.play()
    yield lambda: window.conductor.state is RunState.FINISHED
    history = window.stage.looking.history
    assert len(history.results) == epochs + 1
    assert len(window.book.runs) == 1
    window.run_files.save(window.book.runs[0], __import__("pathlib").Path(os.environ["RUN_FILE"]))
    yield lambda: not window.run_files.jobs.busy
    window.close()


def test_a_killed_run_is_offered_back_with_its_masks_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("RUN_FILE", str(tmp_path / "rescued.dropout"))
    killed = drive(killed_while_training, tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    runs = Path(os.environ["DROPOUT_EXPLORER_RUNS"])
    assert len(list(runs.iterdir())) == 1
    assert_ended_well(drive(opens_what_was_left, tmp_path))
    assert list(runs.iterdir()) == [], "an orderly end leaves nothing"
    assert_goes_on_as_the_uninterrupted_run(tmp_path / "rescued.dropout")


def assert_goes_on_as_the_uninterrupted_run(path: Path) -> None:
    from explorer import store
    from explorer.data import load
    from explorer.data.dataset import Encoding
    from explorer.engine.training import Trainer

    saved = store.open_run(path)
    history = saved.record.history
    trainer = Trainer(saved.record.started_with, load("sample", Encoding()))
    for step in range(1, len(history) + 1):
        for change in history.changes:
            if change.step == step:
                trainer.update(change.settings.replace(data=trainer.settings.data))
        trainer.step()
        if trainer.epoch_is_trained:
            trainer.end_epoch()
    np.testing.assert_array_equal(trainer.history.scalars().loss, history.scalars().loss)
    assert [r.val_loss for r in trainer.history.results] == [r.val_loss for r in history.results]
    for mine, theirs in zip(trainer.network.trainable_variables, saved.checkpoint.weights, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs)


def closes_without_saving(window):
    window.transport.speed_chosen.emit(None)
    window.form.show_settings(window.form.settings.replace(epochs=2, data="sample"))
    window.conductor.play()
    yield lambda: window.conductor.state is RunState.FINISHED
    window.book.rename(1, "not saved")
    np.save(os.environ["DROPOUT_EXPLORER_RUNS"] + "-mask.npy", window.stage.looking.history.mask(1, 1))
    window.close()


def opens_what_was_not_saved(window):
    from PySide6.QtWidgets import QMenu

    assert not window.run_files.notices.leftover.isVisible()
    menu = QMenu(window)
    window.run_files.fill_recent(menu)
    next(action for action in menu.actions() if action.text().startswith("not saved, 2 epochs")).trigger()
    yield lambda: window.conductor.state is RunState.LOOKING
    mask = np.load(os.environ["DROPOUT_EXPLORER_RUNS"] + "-mask.npy")
    assert (window.stage.looking.history.mask(1, 1) == mask).all()
    (run,) = window.book.runs
    assert run.own_name == "not saved"
    window.book.forget(run.number)
    window.close()


def test_a_run_that_was_not_saved_is_in_the_menu_of_the_next_start(tmp_path):
    assert_ended_well(drive(closes_without_saving, tmp_path))
    runs = Path(os.environ["DROPOUT_EXPLORER_RUNS"])
    assert len(list(runs.iterdir())) == 1
    assert_ended_well(drive(opens_what_was_not_saved, tmp_path))
    assert list(runs.iterdir()) == [], "it was deleted"


def starts_with_a_file(window):
    yield lambda: window.conductor.state is RunState.LOOKING
    assert window.stage.looking.steps == 7
    assert window.form.settings.data == "auto", "the file is no reviews"
    window.close()


def test_a_file_on_the_command_line_is_opened(tmp_path):
    path = Path(__file__).parents[1] / "store" / "files" / "version-1.dropout"
    assert_ended_well(drive(starts_with_a_file, tmp_path, data=str(path)))
