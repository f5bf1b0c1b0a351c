"""The true thing: window, worker thread, TensorFlow and the bundled sample, each time in a process of its own."""

# ruff: noqa: F821 - the scripts run in the driver's process, where these names are
import re

import pytest

from tests.app.driver import assert_ended_well, drive


def first_start(window):
    QTest.mouseClick(window.start_page.start, Qt.MouseButton.LeftButton)
    yield lambda: window.equation.drawn is not None
    drawn = window.equation.drawn
    assert window.conductor.state is RunState.RUNNING
    assert not drawn.training.place(2).mask.all()
    QTest.keyClick(window, Qt.Key.Key_Space)
    yield lambda: window.conductor.state is RunState.PAUSED
    held = window.equation.drawn
    QTest.keyClick(window, Qt.Key.Key_T)
    assert window.stage.mode == "inference"
    assert window.equation.drawn is held
    QTest.keyClick(window, Qt.Key.Key_Right)
    # A batch that was on its way when the run was held may come first, and together with this one.
    yield lambda: window.equation.drawn.step > held.step
    window.transport.speed_chosen.emit(None)
    window.form.show_settings(window.form.settings.replace(epochs=2))
    window.form.edited.emit(window.form.settings)
    QTest.keyClick(window, Qt.Key.Key_Space)
    yield lambda: window.conductor.state is RunState.FINISHED
    assert window.equation.drawn.epoch == 2
    window.close()


def test_one_press_on_start_trains_on_the_sample_and_shows_masks(tmp_path):
    process = drive(first_start, tmp_path)
    assert_ended_well(process)
    # The import of TensorFlow, the run and all its garbage were collected by the window's thread.
    assert re.search(r"^COLLECTED IN MainThread$", process.stdout, re.MULTILINE)


def looking_around(window):
    looking = window.stage.looking
    window.transport.speed_chosen.emit(None)
    window.form.show_settings(window.form.settings.replace(epochs=2))
    window.conductor.play()
    yield lambda: window.conductor.state is RunState.FINISHED
    newest = looking.drawn
    QTest.keyClick(window, Qt.Key.Key_Left)
    yield lambda: looking.drawn.step == newest.step - 1
    before = looking.drawn
    place = before.training.place(2)
    assert (place.output == place.activation * place.mask * np.float32(place.factor)).all()
    QTest.keyClick(window, Qt.Key.Key_M)
    yield lambda: looking.drawn.kind == "mask"
    fresh = looking.drawn
    assert (fresh.training.place(1).activation == before.training.place(1).activation).all()
    assert (fresh.training.place(1).mask != before.training.place(1).mask).any()
    QTest.keyClick(window, Qt.Key.Key_F)
    yield lambda: looking.drawn.kind == "forward"
    assert set(looking.drawn.rows) != set(newest.rows)
    assert looking.steps == newest.step
    window.panels["inspector"].raise_()
    yield lambda: window.inspector.figures() is not None
    window.form.show_settings(window.form.settings.replace(epochs=3))
    window.form.edited.emit(window.form.settings)
    yield lambda: window.conductor.state is RunState.FINISHED and looking.steps == 45
    window.conductor.run_with(window.form.settings.replace(written_as="none", epochs=1))
    yield lambda: looking.steps == 15
    assert len(window.book.runs) == 2
    window.close()


def test_looking_back_new_masks_and_questions_while_the_run_goes_on(tmp_path):
    assert_ended_well(drive(looking_around, tmp_path))


def slow_motion_from_the_start(window):
    QTest.keyClick(window, Qt.Key.Key_S)
    yield lambda: window.slow_bar.isVisible()
    assert window.stage.looking.drawn.step == 1
    for _ in range(7):
        QTest.keyClick(window, Qt.Key.Key_Right)
    assert window.slow.stage == 7
    QTest.keyClick(window, Qt.Key.Key_S)
    yield lambda: window.slow_bar.isVisible() and window.stage.looking.drawn.step == 2
    QTest.keyClick(window, Qt.Key.Key_Space)
    yield lambda: window.stage.looking.drawn.step > 3
    assert not window.slow_bar.isVisible()
    window.close()


def test_slow_motion_from_the_start(tmp_path):
    assert_ended_well(drive(slow_motion_from_the_start, tmp_path))


def close_at_once(window):
    window.close()
    yield lambda: True


def close_while_loading(window):
    yield lambda: "tensorflow" in sys.modules
    window.close()


def close_while_training(window):
    window.transport.speed_chosen.emit(None)
    window.conductor.play()
    yield lambda: window.equation.drawn is not None and window.equation.drawn.step > 20
    window.close()


def close_while_paused(window):
    window.conductor.step()
    yield lambda: window.equation.drawn is not None
    window.close()


def interrupt_while_loading(window):
    yield lambda: "tensorflow" in sys.modules
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_while_training(window):
    window.conductor.play()
    yield lambda: window.equation.drawn is not None
    os.kill(os.getpid(), signal.SIGINT)


def terminate_while_training(window):
    window.conductor.play()
    yield lambda: window.equation.drawn is not None
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    "script",
    [
        close_at_once,
        close_while_loading,
        close_while_training,
        close_while_paused,
        interrupt_while_loading,
        interrupt_while_training,
        terminate_while_training,
    ],
)
def test_closing_at_any_moment_ends_the_process_cleanly(script, tmp_path):
    assert_ended_well(drive(script, tmp_path))
