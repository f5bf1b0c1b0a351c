"""The export dialog: what is ticked, what that enables, what will be written, and the preview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from explorer.export.request import ExportRequest
from explorer.export.targets import NO_MP4, NO_WEIGHTS
from explorer.gui.exporting.choices import Choices
from explorer.gui.exporting.dialog import ExportDialog
from explorer.gui.remembered import Remembered
from tests.gui.conftest import Driver
from tests.gui.exported import SETTINGS, Processes, exports, opened, png, record, run, train
from tests.gui.scripted import ScriptedSession, make_snapshot

WindowMaker = Callable[[ScriptedSession], Driver]


@pytest.fixture
def processes(driver: Driver) -> Processes:
    made = Processes()
    driver.window.exporting.use(made.make)
    return made


def tick(dialog: ExportDialog, *names: str) -> None:
    for name in names:
        dialog.what.row(name).setCheckState(0, Qt.CheckState.Checked)


def enabled(dialog: ExportDialog) -> set[str]:
    fields = ("size", "width", "theme", "titles", "step", "hidden", "review", "axis", "log", "first", "colour_bar")
    return {name for name in fields if dialog.form.field(name).isEnabled()}


def test_ctrl_e_opens_it_and_escape_closes_it(driver: Driver, processes: Processes) -> None:
    run(driver)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = driver.window.exporting.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    driver.qtbot.keyClick(dialog.what, Qt.Key.Key_Escape)
    assert driver.window.exporting.dialog is None
    assert [each.ended for each in processes.all] == [True]


def test_the_button_in_the_bar_opens_it_once(driver: Driver, processes: Processes) -> None:
    run(driver)
    driver.window.transport.export.click()
    first = driver.window.exporting.dialog
    driver.window.transport.export.click()
    assert driver.window.exporting.dialog is first
    assert len(processes.all) == 1


def test_the_batch_and_layer_on_the_screen_are_offered(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    driver.window.stage.looking.look_at(3)
    driver.window.remembered.hidden = 1
    dialog = opened(driver, tmp_path)
    assert dialog.choices.look.step == 3
    assert dialog.names.text() == "1 file: equation-training hidden 1 batch 3.png"


def test_a_batch_without_activations_gives_way_to_the_nearest_that_has_them_and_the_dialog_says_so(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    history = driver.window.stage.looking.history
    history.shrink(history.activation_bytes - 1)
    last = len(history)
    nearest = history.nearest_with_activations(last)
    assert nearest != last
    dialog = opened(driver, tmp_path)
    assert dialog.choices.look.step == nearest
    assert dialog.names.text() == f"1 file: equation-training hidden 2 batch {nearest}.png"
    said = f"Batch {nearest} is shown: the nearest to batch {last} whose activations are kept."
    assert said in dialog.note.text()
    dialog.form.field("step").edited.emit(last)
    assert f"activations of batch {last} are no longer kept" in dialog.note.text()
    dialog.form.field("step").edited.emit(0)
    assert f"the nearest to the last, batch {last}," in dialog.note.text()
    assert dialog.names.text() == f"1 file: equation-training hidden 2 batch {nearest}.png"


def test_ticking_enables_what_matters_and_nothing_else(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    assert enabled(dialog) == {"size", "theme", "titles", "step", "hidden", "colour_bar"}
    tick(dialog, "loss")
    assert enabled(dialog) == {"size", "theme", "titles", "step", "hidden", "colour_bar", "axis", "log"}
    tick(dialog, "network", "film")
    assert {"review", "first"} <= enabled(dialog)


def test_a_custom_size_enables_its_numbers(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    assert "width" not in enabled(dialog)
    dialog.form.edited.emit("size", "custom")
    assert "width" in enabled(dialog)


def test_what_is_ticked_first_has_a_format(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    assert not dialog.formats.box("gif").isEnabled()
    tick(dialog, "film")
    assert dialog.formats.box("gif").isChecked()
    assert dialog.formats.box("gif").isEnabled()
    assert dialog.names.text().startswith("2 files: equation-training")


def test_a_tick_without_a_format_says_so(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    dialog.formats.box("png").click()
    assert dialog.names.text() == "Tick a format for: Equation, training"
    assert not dialog.export.isEnabled()


def test_without_a_run_it_says_what_to_do(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    driver.ready()
    dialog = opened(driver, tmp_path)
    assert "Start a run" in dialog.picture.said
    assert not dialog.export.isEnabled()


def test_a_model_without_weights_says_how_to_get_them(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    assert NO_WEIGHTS in dialog.note.text()
    assert dialog.what.row("model").isDisabled()
    tick(dialog, "model")
    assert "model" not in dialog.names.text()


def test_mp4_says_how_to_get_it(
    driver: Driver, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    run(driver)
    dialog = opened(driver, tmp_path)
    tick(dialog, "film")
    assert not dialog.formats.box("mp4").isEnabled()
    assert NO_MP4 in dialog.note.text()
    assert dialog.formats.box("gif").isEnabled()


def test_a_film_that_ends_before_it_begins_cannot_be_exported(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    tick(dialog, "film")
    dialog.form.edited.emit("first", 7)
    dialog.form.edited.emit("last", 2)
    assert "ends before" in dialog.names.text()
    assert not dialog.export.isEnabled()


def test_choices_are_remembered_but_not_the_batch(make_window: WindowMaker, store: QSettings, tmp_path: Path) -> None:
    driver, made = make_window(ScriptedSession()), Processes()
    driver.window.exporting.use(made.make)
    run(driver)
    dialog = opened(driver, tmp_path)
    tick(dialog, "loss")
    dialog.formats.box("svg").click()
    dialog.form.edited.emit("theme", "dark")
    dialog.form.edited.emit("step", 2)
    driver.window.close()
    again = Choices.from_dict(Remembered(store).export)
    assert again.what == {"equation-training", "loss"}
    assert again.formats == {"png", "svg"}
    assert (again.look.theme, again.look.step, again.folder) == ("dark", 0, str(tmp_path))


@pytest.mark.parametrize("stored", [None, 3, {}, {"what": 1}, {"what": ["x"], "formats": [], "look": {"size": 3}}])
def test_nonsense_in_the_memory_gives_the_usual_choices(stored: object) -> None:
    assert Choices.from_dict(stored) == Choices()


def test_an_earlier_run_can_be_chosen(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    run(driver, steps=4)
    dialog = opened(driver, tmp_path)
    assert dialog.run.count() == 2
    assert dialog.chosen_run is driver.window.book.current
    dialog.run.setCurrentIndex(1)
    dialog.run.activated.emit(1)
    assert dialog.chosen_run is driver.window.book.earlier[0]
    assert dialog.names.text().endswith("batch 8.png")


def test_it_comes_alive_with_the_first_batch(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    driver.ready()
    dialog = opened(driver, tmp_path)
    tick(dialog, "loss")
    dialog.form.edited.emit("theme", "dark")
    history = record(0).history
    run(driver, history=history)
    assert dialog.chosen_run is None
    train(history, 8)
    driver.session.mailbox.show(make_snapshot(SETTINGS, generation=driver.session.generation, step=8, batch=8))
    driver.poll()
    assert dialog.run.currentText() == "Run 1: dropout 0.50 after both"
    assert dialog.names.text() == "2 files: equation-training hidden 2 batch 8 dark.png, loss dark.png"
    assert dialog.export.isEnabled()
    assert dialog.choices.look.theme == "dark"
    assert NO_WEIGHTS in dialog.note.text()
    assert drawn(driver, processes, 1)["request"]["step"] == 8  # type: ignore[index]


def test_another_run_is_offered_and_the_chosen_one_stays(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    dialog.form.edited.emit("step", 3)
    run(driver, steps=4)
    assert [dialog.run.itemData(k) for k in range(dialog.run.count())] == [2, 1]
    assert dialog.run.currentData() == 1
    assert dialog.run.isEnabled()
    assert dialog.choices.look.step == 3


def test_a_run_that_is_deleted_gives_way_to_the_one_on_the_screen(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    run(driver, steps=4)
    dialog = opened(driver, tmp_path)
    dialog.run.setCurrentIndex(1)
    dialog.run.activated.emit(1)
    dialog.form.edited.emit("step", 7)
    driver.window.book.delete(1)
    assert dialog.run.currentData() == 2
    assert dialog.names.text().endswith("batch 4.png")


def test_a_folder_that_cannot_be_is_the_workers_to_refuse(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path / ("n" * 300))
    assert dialog.names.text() == "1 file: equation-training hidden 2 batch 8.png"
    dialog.export.click()
    driver.qtbot.waitUntil(lambda: len(processes.exporting()) == 1)


def test_a_comparison_keeps_a_way_to_its_headings(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    dialog.what.tick({"comparison"})
    dialog._ticked()
    assert all(dialog.form.field(name).isEnabled() for name in ("titles", "axis_labels", "legend", "caption"))


# -- overwriting --


def question(dialog: ExportDialog) -> QMessageBox:
    (box,) = dialog.findChildren(QMessageBox)
    return box


def press(box: QMessageBox, text: str) -> None:
    next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == text).click()


def test_files_that_are_there_are_asked_for(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    (tmp_path / "equation-training hidden 2 batch 8.png").write_text("old")
    dialog.form.edited.emit("colour_map", "cividis")
    assert "1 there already" in dialog.names.text()
    dialog.export.click()
    assert "equation-training hidden 2 batch 8.png" in question(dialog).informativeText()
    press(question(dialog), "Keep")
    assert exports(driver).job is None
    assert dialog.isVisible()


def test_what_comes_along_with_a_table_is_asked_for_too(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    tick(dialog, "masks")
    (tmp_path / "masks-README.md").write_text("old")
    dialog.export.click()
    assert question(dialog).informativeText() == "masks-README.md"
    press(question(dialog), "Keep")


def test_they_are_replaced_when_that_is_wanted(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    (tmp_path / "equation-training hidden 2 batch 8.png").write_text("old")
    dialog.export.click()
    press(question(dialog), "Replace")
    job = exports(driver).job
    assert job is not None
    assert job.folder == tmp_path


# -- preview --


def drawn(driver: Driver, processes: Processes, number: int) -> dict[str, object]:
    worker = processes.all[0]
    driver.qtbot.waitUntil(lambda: len(worker.sent) >= number)
    return worker.sent[number - 1]


def test_the_preview_is_of_what_is_looked_at(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    asked = drawn(driver, processes, 1)
    assert asked["item"] == "equation-training"
    assert dialog.picture.said == "Being drawn…"
    processes.all[0].answer("picture", png=png())
    assert dialog.picture.said == ""
    assert dialog.picture.image is not None
    dialog.what.look_at("loss")
    assert drawn(driver, processes, 2)["item"] == "loss"


def test_a_picture_that_comes_late_is_not_shown(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    late = drawn(driver, processes, 1)
    dialog.what.look_at("loss")
    drawn(driver, processes, 2)
    processes.all[0].answered.emit({"is": "picture", "number": late["number"], "png": png()})
    assert dialog.picture.image is None
    assert dialog.picture.said == "Being drawn…"


def test_several_changes_at_once_are_drawn_once(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    for step in (1, 2, 3):
        dialog.form.edited.emit("step", step)
    asked = drawn(driver, processes, 1)
    assert ExportRequest.from_dict(asked["request"]).step == 3  # type: ignore[arg-type]
    assert len(processes.all[0].sent) == 1


def test_a_tick_elsewhere_draws_nothing_anew(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    drawn(driver, processes, 1)
    processes.all[0].answer("picture", png=png())
    tick(dialog, "masks")
    assert dialog.picture.said == ""
    dialog.form.edited.emit("theme", "dark")
    assert dialog.picture.said == "Being drawn…"


def test_a_preview_that_fails_says_why(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    drawn(driver, processes, 1)
    processes.all[0].answer("failed", message="There is not enough memory.", detail="")
    assert dialog.picture.said == "There is not enough memory."


def test_a_process_that_died_is_started_again_for_the_next_picture(
    driver: Driver, processes: Processes, tmp_path: Path
) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    drawn(driver, processes, 1)
    processes.all[0].died.emit("killed")
    assert "cannot be drawn" in dialog.picture.said
    dialog.what.look_at("loss")
    driver.qtbot.waitUntil(lambda: len(processes.all) == 2 and bool(processes.all[1].sent))


def test_what_is_no_figure_is_told_in_words(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    dialog.what.look_at("masks")
    assert "Every mask" in dialog.picture.said


def test_all_of_it_can_be_reached_and_has_a_name(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    controls = [dialog.run, dialog.what, dialog.folder, dialog.choose, dialog.close_button, dialog.export]
    controls += [dialog.formats.box(name) for name in ("png", "gif", "csv")]
    controls += list(dialog.form.field("step").controls()) + list(dialog.form.field("theme").controls())
    for control in controls:
        assert control.accessibleName() or control.property("text")
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert dialog.picture.accessibleDescription()


def test_it_fits_a_low_screen(driver: Driver, processes: Processes, tmp_path: Path) -> None:
    run(driver)
    dialog = opened(driver, tmp_path)
    assert dialog.minimumSizeHint().width() <= 1220
    assert dialog.minimumSizeHint().height() <= 640


def test_a_dead_default_is_no_request() -> None:
    assert Choices(what=frozenset()).request() is None
    assert Choices().ticking(frozenset({"masks"})).request() == ExportRequest(what="masks", formats="npz")
