import csv
import re
import signal
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main, parser
from explorer.cli.export import request_from
from explorer.engine.history import History
from explorer.export.request import DECLARATIONS, ExportRequest
from explorer.store import keeping, open_run, save
from tests.builders import dataset
from tests.export.report.recorded import SMALL, recorded
from tests.export.runs import train

SMALL_PICTURE = ["--width", "640", "--height", "400", "--dpi", "72"]


def requested(*options: str) -> ExportRequest:
    return request_from(parser().parse_args(["export", "run.dropout", "--out", "out", *options]))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> tuple[Path, Path]:
    """A run with weights, and one that is compared with it."""
    from explorer.engine.training import Trainer

    folder = tmp_path_factory.mktemp("runs")
    trainer = Trainer(SMALL, dataset())
    with keeping(trainer, "With dropout", folder=folder / "journal") as journal:
        for snapshot in trainer.run():
            if snapshot.batch == snapshot.batches:
                journal.keep(trainer)
        journal.save(folder / "with.dropout")
    save(folder / "without.dropout", recorded("Without", SMALL.replace(written_as="none")))
    return folder / "with.dropout", folder / "without.dropout"


def test_every_field_of_a_request_is_an_option():
    other = {
        "what": "loss,units",
        "formats": "svg,csv",
        "size": "custom",
        "width": 1000,
        "height": 500,
        "dpi": 100,
        "theme": "dark",
        "colour_map": "plasma",
        "titles": False,
        "axis_labels": False,
        "legend": False,
        "colour_bar": False,
        "caption": False,
        "step": 3,
        "hidden": 1,
        "reviews": 7,
        "review": 2,
        "axis": "seconds",
        "smoothing": "strong",
        "log": True,
        "first": 2,
        "last": 4,
        "frames_per_second": 24,
    }
    assert set(other) == {declared.name for declared in DECLARATIONS}
    words = []
    for name, value in other.items():
        option = "format" if name == "formats" else name.replace("_", "-")
        words += (
            [f"--{option}" if value else f"--no-{option}"] if isinstance(value, bool) else [f"--{option}", str(value)]
        )
    assert requested(*words) == ExportRequest(**other)
    assert requested() == ExportRequest()
    assert requested("--legend", "--no-log") == ExportRequest()


def test_a_measure_of_its_own_makes_a_size_of_its_own():
    assert requested("--width", "900").size == "custom"
    assert requested("--dpi", "100", "--size", "custom") == ExportRequest(size="custom", dpi=100)
    with pytest.raises(ValueError, match="--height goes with --size custom, got --size slide"):
        requested("--size", "slide", "--height", "500")


def test_what_is_exported_is_told_and_there(files, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    what = ["--what", "loss,comparison,masks,model,code,report", "--format", "png,csv,npz,keras,py,html"]
    assert main(["export", *map(str, files), "--out", str(out), *what, *SMALL_PICTURE]) == 0
    told, err = capsys.readouterr()
    assert err == ""
    paths = [Path(line) for line in told.splitlines()]
    assert sorted(paths) == sorted(out.iterdir())
    assert {path.suffix for path in paths} == {".png", ".csv", ".md", ".npz", ".keras", ".py", ".html"}
    assert (out / "loss 640x400.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    run = open_run(files[0]).record
    with np.load(out / "masks.npz") as arrays:
        np.testing.assert_array_equal(arrays["hidden_1/mask"][0, : len(run.history.rows(1))], run.history.mask(1, 1))
    with open(out / "comparison.csv", newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    assert [row[1] for row in rows[1:]] == ["With dropout", "Without"]
    assert "<h1>With dropout, beside Without</h1>" in (out / "report 640x400.html").read_text()


def test_the_same_run_file_gives_the_same_files(files, tmp_path, capsys):
    for name in ("one", "other"):
        options = ["--what", "equation-both,loss,report", "--format", "svg,png,html", *SMALL_PICTURE]
        assert main(["export", str(files[0]), "--out", str(tmp_path / name), *options]) == 0
    capsys.readouterr()
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(made) == 5
    for name in made:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--what", "magic"], r"what must be all or of equation-training, .*, got 'magic'"),
        (["--what", "loss", "--format", "gif"], r"none of loss can be written as gif; choose another format"),
        (["--format", "bmp"], r"formats must be of png, .*, got 'bmp'"),
        (["--step", "900"], r"Batch 900 has not been: this run has 9"),
        (["--dpi", "7"], r"argument --dpi: must be in \[50, 1200\], got 7"),
        (["--size", "wall"], r"argument --size: invalid choice: 'wall'"),
        (["--theme", "dark", "--nothing"], r"unrecognized arguments: --nothing"),
        (["--out", "a-file"], r"a-file could not be written: it is a file; choose another place"),
        (["--out", "a-file/below"], r"a-file/below could not be written: \S+/a-file is a file; choose another place"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(files, options, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("old")
    try:
        code = main(["export", str(files[0]), "--out", "out", *options])
    except SystemExit as ending:  # argparse leaves by itself
        code = ending.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert re.search(sentence, err)
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


def test_a_target_that_cannot_be_written_is_refused_before_anything_is_made(files, tmp_path, capsys):
    (tmp_path / "accuracy 640x400.png").mkdir()
    options = ["--what", "loss,accuracy", "--format", "png", *SMALL_PICTURE]
    assert main(["export", str(files[0]), "--out", str(tmp_path), *options]) == 2
    assert "accuracy 640x400.png could not be written: it is a folder; choose another place" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["accuracy 640x400.png"]


def test_what_was_made_before_ctrl_c_is_whole_and_told(files, tmp_path, monkeypatch, capsys):
    from explorer.export import figures

    def interrupted(item: str, *arguments: object) -> bytes:
        if item == "accuracy":
            signal.raise_signal(signal.SIGINT)
        return render(item, *arguments)

    render = figures.render
    monkeypatch.setattr(figures, "render", interrupted)
    options = ["--what", "loss,accuracy,units", "--format", "png", *SMALL_PICTURE]
    (tmp_path / "units hidden 2 640x400.png").write_text("old")
    assert main(["export", str(files[0]), "--out", str(tmp_path), *options]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"dropout-explorer export: interrupted; {tmp_path / 'loss 640x400.png'} is written and whole\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loss 640x400.png", "units hidden 2 640x400.png"]
    assert (tmp_path / "units hidden 2 640x400.png").read_text() == "old"


def test_what_a_film_leaves_out_is_told(tmp_path, capsys):
    run, _, _ = train(History(3, reviews_shown=8), "Thinned")
    run.history.shrink(run.history.activation_bytes // 2)
    save(tmp_path / "thinned.dropout", run)
    options = ["--what", "film", "--format", "webp", "--out", str(tmp_path), *SMALL_PICTURE]
    assert main(["export", str(tmp_path / "thinned.dropout"), *options]) == 0
    err = capsys.readouterr().err
    assert re.fullmatch(r"dropout-explorer export: Film: \d+ of \d+ batches; of the others the activations.*\n", err)
