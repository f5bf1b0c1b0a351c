"""An export of several files: their names, what stands in the way, progress, cancelling, nothing lost."""

from __future__ import annotations

import ast
import dataclasses
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data import Vocabulary
from explorer.data.progress import Cancelled
from explorer.engine.checkpoint import capture
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.export.files import WriteError, folder_writable, writable
from explorer.export.make import export, notes
from explorer.export.request import ITEMS, ExportRequest
from explorer.export.targets import NO_MP4, NO_RUN, NO_WEIGHTS, ExportError, batch_note, obstacle, settled, targets
from tests.export.runs import trained
from tests.gui.scripted import make_history

CODE = ExportRequest(what="code", formats="py,ipynb")


def record(steps: int = 60) -> RunRecord:
    history = make_history(steps)
    facts = ReviewFacts("IMDB reviews", False, "0" * 64, 40, 40)
    return RunRecord("Run 1", Settings(), facts, np.arange(40, dtype=np.uint8) % 2, 30, 10, history)


def names(request: ExportRequest) -> list[str]:
    return [target.path.name for target in targets(request, Path("out"))]


def test_no_two_files_of_an_export_have_one_name() -> None:
    everything = settled(
        ExportRequest(what="all", formats=",".join({f for item in ITEMS for f in item.formats})), make_history(60)
    )
    assert len(set(names(everything))) == len(everything.pairs())


def test_what_shows_one_batch_is_named_by_it() -> None:
    request = ExportRequest(what="equation-training,network,film,loss", formats="png,gif", review=3)
    assert names(settled(request, make_history(125))) == [
        "equation-training hidden 2 batch 125.png",
        "loss.png",
        "network batch 125 review 3.png",
        "film hidden 2 batches 1-125.gif",
    ]


def test_a_picture_is_named_by_its_look_and_a_table_is_not() -> None:
    request = ExportRequest(what="loss,film,masks,report", formats="png,csv,gif,npz,html", last=9, theme="dark")
    assert names(request) == [
        "loss dark.png",
        "loss.csv",
        "masks.npz",
        "film hidden 2 batches 1-9 dark.gif",
        "report dark.html",
    ]
    paper = ExportRequest(what="loss,model", formats="svg,keras", size="column", theme="transparent")
    assert names(paper) == ["loss column transparent.svg", "model.keras"]
    film = ExportRequest(what="film", formats="webp", size="page", theme="transparent", last=9)
    assert names(film) == ["film hidden 2 batches 1-9 page.webp"]
    own = ExportRequest(what="loss", formats="pdf", size="custom", width=900, height=500)
    assert names(own) == ["loss 900x500.pdf"]


def test_a_table_of_units_has_both_layers_and_is_named_so() -> None:
    assert names(ExportRequest(what="units", formats="csv,png", hidden=1)) == ["units hidden 1.png", "units.csv"]


def test_a_model_comes_with_the_program_that_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _, trainer = trained()
    request = ExportRequest(what="model", formats="keras")
    written = export(request, run, (), tmp_path, weights=capture(trainer).weights)
    assert [path.name for path in written] == ["model.keras", "load_model.py", "words.json"]
    (target,) = targets(settled(request, run.history), tmp_path)
    assert target.paths == written, "who asks before overwriting knows of all"
    program = (tmp_path / "load_model.py").read_text(encoding="utf-8")
    assert 'keras.models.load_model(folder / "model.keras")' in program
    ast.parse(program)


def test_a_batch_that_has_not_been_is_refused_with_a_sentence() -> None:
    with pytest.raises(ExportError, match=r"Batch 61 has not been: this run has 60"):
        settled(ExportRequest(step=61), make_history(60))


def test_a_film_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ExportError, match="begins at batch 20 and ends before, at 10"):
        settled(ExportRequest(what="film", formats="gif", first=20, last=10), make_history(60))


def test_the_range_of_a_film_is_nothing_to_a_figure() -> None:
    assert settled(ExportRequest(first=500, last=400), make_history(60)).step == 60


THINNED = 20_000
"""A budget that a few batches of eight reviews fit."""


def thinned(steps: int = 120, budget: int = THINNED) -> RunRecord:
    """A run that has let the activations of its last batch go."""
    run = record(steps)
    run.history.shrink(budget)
    assert not run.history.has_activations(steps)
    return run


@pytest.mark.parametrize("what", ["equation-training", "equation-inference", "equation-both", "network", "report"])
def test_the_last_batch_is_the_last_one_whose_activations_are_kept_and_that_is_said(what: str) -> None:
    run = thinned()
    history = run.history
    request = ExportRequest(what=what, formats="png,html")
    step = settled(request, history).step
    assert step == max(history.kept_steps(1, len(history)))
    (note,) = notes(request, run)
    assert note == f"Batch {step} is shown: the nearest to the last, batch 120, whose activations are kept."


def test_a_batch_that_was_asked_for_is_drawn_without_activations_and_that_is_said() -> None:
    run = thinned()
    gone = next(step for step in range(60, 120) if not run.history.has_activations(step))
    nearest = run.history.nearest_with_activations(gone)
    request = ExportRequest(step=gone)
    assert settled(request, run.history).step == gone
    (note,) = notes(request, run)
    assert f"activations of batch {gone} are no longer kept" in note
    assert f"the nearest batch that has them is {nearest}." in note
    (note,) = notes(ExportRequest(what="network", step=gone), run)
    assert "the network has no values" in note
    (note,) = notes(ExportRequest(what="report", formats="html", step=gone), run)
    assert note == f"The report shows batch {nearest}: the nearest to batch {gone} whose activations are kept."


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert notes(ExportRequest(), record()) == ()
    run = thinned()
    kept = run.history.nearest_with_activations(60)
    assert notes(ExportRequest(step=kept), run) == ()
    assert notes(ExportRequest(what="loss,units,comparison,masks", formats="png,npz"), run) == ()


def test_a_run_without_any_activations_shows_its_last_batch_and_says_so() -> None:
    run = thinned(budget=0)
    assert settled(ExportRequest(), run.history).step == 120
    (note,) = notes(ExportRequest(), run)
    assert note.startswith("This run keeps no activations")


def test_a_default_that_stands_for_the_batch_on_the_screen_names_both() -> None:
    history = thinned().history
    step = history.nearest_with_activations(119)
    note = batch_note(ExportRequest(step=step), history, instead_of=119)
    assert note == f"Batch {step} is shown: the nearest to batch 119 whose activations are kept."
    assert batch_note(ExportRequest(step=step), history, instead_of=step) == ""


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_network_of_too_many_units_stands_in_the_way_of_itself(form: str, tmp_path: Path) -> None:
    (network,) = (item for item in ITEMS if item.name == "network")
    assert obstacle(network, form, steps=1, weights=True, units=64) == ""
    sentence = obstacle(network, form, steps=1, weights=True, units=65)
    assert sentence.startswith("The network is drawn with up to 64 units a layer, and this run has 65")
    run = dataclasses.replace(record(), started_with=Settings(units=65))
    with pytest.raises(ExportError, match="up to 64 units"):
        export(ExportRequest(what="network", formats=form), run, (), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_batch_there_is_nothing() -> None:
    assert {obstacle(item, item.formats[0], steps=0, weights=False, units=16) for item in ITEMS} == {NO_RUN}
    with pytest.raises(ExportError, match=NO_RUN):
        settled(ExportRequest(), make_history(0))


def test_a_model_needs_weights_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as raised:
        export(ExportRequest(what="model", formats="keras"), record(), (), tmp_path / "out")
    assert NO_WEIGHTS in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_mp4_without_its_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (film,) = (item for item in ITEMS if item.name == "film")
    assert obstacle(film, "mp4", steps=1, weights=True, units=16) == NO_MP4
    assert "pip install" in NO_MP4
    assert obstacle(film, "gif", steps=1, weights=True, units=16) == ""


def test_code_is_written_as_program_and_notebook(tmp_path: Path) -> None:
    run = replace(record(), vocabulary=Vocabulary(("the", "film")))
    program, words, notebook = export(CODE, run, (), tmp_path / "new" / "folder")
    assert json.loads(words.read_text(encoding="utf-8")) == {"the": 1, "film": 2}
    ast.parse(program.read_text(encoding="utf-8"))
    assert json.loads(notebook.read_text(encoding="utf-8"))["nbformat"] == 4
    assert sorted(each.name for each in program.parent.iterdir()) == [
        "imdb_dropout.ipynb",
        "imdb_dropout.py",
        "words.json",
    ]


def test_progress_grows_to_one_and_names_the_file(tmp_path: Path) -> None:
    told: list[tuple[str, float | None]] = []
    export(CODE, record(), (), tmp_path, lambda message, fraction=None: told.append((message, fraction)))
    assert told == [("imdb_dropout.py", 0.0), ("imdb_dropout.ipynb", 0.5), ("Done", 1.0)]


def test_a_cancelled_export_leaves_what_is_done_and_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "imdb_dropout.ipynb").write_text("old")

    def report(message: str, fraction: float | None = None) -> None:
        if "ipynb" in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        export(CODE, record(), (), tmp_path, report)
    assert (tmp_path / "imdb_dropout.ipynb").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["imdb_dropout.ipynb", "imdb_dropout.py"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="choose another place"):
        export(CODE, record(), (), tmp_path / "file" / "out")


def test_all_files_that_come_along_are_known_beforehand(tmp_path: Path) -> None:
    request = settled(ExportRequest(what="loss,units,comparison,masks", formats="csv,npz"), make_history(60))
    written = export(request, record(), (), tmp_path)
    assert sorted(written) == sorted(path for target in targets(request, tmp_path) for path in target.paths)


@pytest.mark.skipif(sys.platform == "win32", reason="a limit to the size of files is of other systems")
@pytest.mark.parametrize("what", ["loss:png", "masks:npz", "model:keras", "tensorboard:tensorboard", "report:html"])
def test_a_disk_that_is_full_is_a_sentence_and_what_was_there_stays(what: str, tmp_path: Path) -> None:
    import resource

    run, _, trainer = trained()
    name, form = what.split(":")
    request = ExportRequest(what=name, formats=form)
    (target,) = targets(settled(request, run.history), tmp_path)
    if form == "tensorboard":
        target.path.mkdir()
        (target.path / "old").write_text("old")
    else:
        target.path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(WriteError) as raised:
            export(request, run, (), tmp_path, weights=capture(trainer).weights)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(raised.value) == f"{target.path} could not be written: File too large; choose another place"
    assert list(tmp_path.iterdir()) == [target.path]
    assert (target.path / "old" if form == "tensorboard" else target.path).read_text() == "old"


def test_a_review_that_is_not_kept_is_refused(tmp_path: Path) -> None:
    run, _, _ = trained()
    request = ExportRequest(what="network", formats="svg", step=1, review=64)
    with pytest.raises(
        ExportError, match=r"Review 64 of batch 1 is not kept: the first 64 are. Choose one from 0 to 63"
    ):
        export(request, run, (), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export(request.replace(review=63), run, (), tmp_path / "out")
    export(request.replace(what="loss"), run, (), tmp_path / "out")


@pytest.mark.parametrize("name", ["n" * 300, f"{'n' * 300}/a"])
def test_a_name_that_is_too_long_is_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="could not be written: File name too long; choose another place"):
        folder_writable(tmp_path / name)
    with pytest.raises(WriteError, match="could not be written: File name too long; choose another place"):
        writable(tmp_path / name)
