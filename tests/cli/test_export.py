import csv
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main, parser
from explorer.cli.export_options import request_from
from explorer.engine.history import History
from explorer.export.request import DECLARATIONS, ITEMS, ExportRequest
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
        "what": "loss,network,film",
        "formats": "svg,csv,gif",
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
    assert requested("--legend") == ExportRequest()


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
    assert re.fullmatch(r".*: The code stops where it reads its reviews, since reviews-\w+\.npz could not be .*\n", err)
    paths = [Path(line) for line in told.splitlines()]
    assert sorted(paths) == sorted(out.iterdir())
    assert {path.suffix for path in paths} == {".png", ".csv", ".md", ".npz", ".keras", ".py", ".html", ".json"}
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
        (["--what", "magic"], r"--what must be all or of equation-training, .*, got 'magic'"),
        (["--what", ","], r"--what must be all or of equation-training, .*, got ''"),
        (
            ["--what", "loss", "--format", "gif"],
            r"--what loss cannot be written as --format gif: loss has png, svg, pdf, csv",
        ),
        (["--format", "bmp"], r"--format must be all or of png, .*, got 'bmp'"),
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
    made = [str(tmp_path / f"{name} 640x400.png") for name in ("loss", "accuracy")]
    assert out.splitlines() == made
    assert err == "dropout-explorer export: interrupted; 2 files are written and whole\n"
    assert sorted(map(str, tmp_path.iterdir())) == sorted([*made, str(tmp_path / "units hidden 2 640x400.png")])
    assert (tmp_path / "units hidden 2 640x400.png").read_text() == "old"


def test_an_error_after_ctrl_c_is_its_consequence(files, tmp_path, monkeypatch, capsys):
    from explorer.export import figures

    def broken_off(*arguments: object) -> bytes:
        signal.raise_signal(signal.SIGTERM)
        raise ValueError("Invalid affine transformation matrix")

    monkeypatch.setattr(figures, "render", broken_off)
    assert main(["export", str(files[0]), "--what", "loss", "--out", str(tmp_path), *SMALL_PICTURE]) == 143
    assert capsys.readouterr() == ("", "dropout-explorer export: interrupted; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def without_ffmpeg(monkeypatch):
    """As on a computer where imageio-ffmpeg is installed and its program is not there."""
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")


def test_when_all_that_is_asked_for_needs_something_missing_nothing_is_written(files, tmp_path, monkeypatch, capsys):
    without_ffmpeg(monkeypatch)
    out = tmp_path / "out"
    assert main(["export", str(files[1]), "--what", "film,model", "--format", "mp4,keras", "--out", str(out)]) == 2
    told, err = capsys.readouterr()
    assert told == ""
    assert re.fullmatch(
        r"dropout-explorer export: Film of the masks \(mp4\): MP4 needs .*; .* \(keras\): The weights .*\n", err
    )
    assert not out.exists()


@pytest.mark.parametrize("what", ["film,loss", "all"])
def test_what_is_missing_is_named_first_and_last_and_the_rest_is_written(what, files, tmp_path, monkeypatch, capfd):
    without_ffmpeg(monkeypatch)
    options = ["--what", what, "--format", "mp4,csv", "--out", str(tmp_path)]
    assert main(["export", str(files[0]), *options]) == 1
    out, err = capfd.readouterr()
    assert sorted(out.splitlines()) == sorted(map(str, tmp_path.iterdir()))
    assert str(tmp_path / "loss.csv") in out
    first, last = err.splitlines()
    assert first == last
    assert first.startswith(
        "dropout-explorer export: Film of the masks (mp4): MP4 needs the program ffmpeg, which is not there."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to lower")
def test_a_disk_that_fills_midway_leaves_the_files_before_listed(files, tmp_path, capsys):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        options = ["--what", "loss,report", "--format", "csv,html", "--out", str(tmp_path), *SMALL_PICTURE]
        assert main(["export", str(files[0]), *options]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    out, err = capsys.readouterr()
    assert sorted(out.splitlines()) == sorted(map(str, tmp_path.iterdir()))
    assert str(tmp_path / "loss.csv") in out
    (line,) = err.splitlines()
    assert line.endswith("report 640x400.html could not be written: File too large; choose another place")


def test_what_a_film_leaves_out_is_told(tmp_path, capsys):
    run, _, _ = train(History(3, reviews_shown=8), "Thinned")
    run.history.shrink(run.history.activation_bytes // 2)
    save(tmp_path / "thinned.dropout", run)
    options = ["--what", "film", "--format", "webp", "--out", str(tmp_path), *SMALL_PICTURE]
    assert main(["export", str(tmp_path / "thinned.dropout"), *options]) == 0
    err = capsys.readouterr().err
    assert re.fullmatch(r"dropout-explorer export: Film: \d+ of \d+ batches; of the others the activations.*\n", err)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            "--what equation-training --smoothing strong",
            "--smoothing has no effect with --what equation-training --format png; it is read by loss (png, svg, pdf), "
            "accuracy (png, svg, pdf), report",
        ),
        ("--log", "--log has no effect with --what equation-training --format png; it is read by loss (png, svg, pdf)"),
        ("--no-log", "--no-log has no effect with --what equation-training --format png"),
        ("--what accuracy --log", "--log has no effect with --what accuracy --format png; it is read by loss"),
        (
            "--frames-per-second 3",
            "--frames-per-second has no effect with --what equation-training --format png; it is",
        ),
        ("--review 3", "--review has no effect with --what equation-training --format png; it is read by network"),
        ("--what loss --step 3", "--step has no effect with --what loss --format png"),
        ("--what film --format gif --step 3", "--step has no effect with --what film --format gif"),
        ("--what loss --first 2", "--first has no effect with --what loss --format png; it is read by film"),
        ("--what network --hidden 1", "--hidden has no effect with --what network --format png"),
        ("--what loss,units --format csv --theme dark", "--theme has no effect with --what loss,units --format csv"),
        (
            "--what units --format csv --hidden 1",
            "--hidden has no effect with --what units --format csv; it is read by",
        ),
        ("--what masks,model --format npz,keras --width 900", "--width has no effect with --what masks,model --format"),
        ("--what all --format csv,py --no-caption", "--no-caption has no effect with --what all --format csv,py"),
        ("--what film --format webp --theme transparent", "--theme transparent has no effect on a film"),
        ("--what loss,masks", "--what masks has no effect with --format png: masks has npz"),
        ("--what loss --format png,npz", "--format npz has no effect with --what loss: npz is of masks"),
    ],
)
def test_an_option_without_effect_is_refused(options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        requested(*options.split())


@pytest.mark.parametrize(
    "options",
    [
        "--what all --format svg,csv,html --theme dark --smoothing strong --review 3",
        "--what all --first 2 --format gif",
        "--what loss --format csv,png --log",
        "--what network,loss --review 3 --axis seconds",
        "--what film,loss --format webp,png --theme transparent",
        "--what report --format html --review 2 --step 3",
        "--what all --format csv",
    ],
)
def test_an_option_that_something_to_be_written_reads_is_taken(options):
    requested(*options.split())


def test_a_run_that_nothing_compares_is_refused(files, tmp_path, capsys):
    assert main(["export", *map(str, files), "--out", str(tmp_path / "out"), "--what", "network,masks"]) == 2
    capsys.readouterr()
    assert main(["export", *map(str, files), "--out", str(tmp_path / "out"), "--what", "network"]) == 2
    assert capsys.readouterr().err == (
        f"dropout-explorer export: {files[1]} has no effect with --what network: network is of one run; runs are "
        "compared by loss, accuracy, units, comparison, report\n"
    )
    assert not (tmp_path / "out").exists()


def test_names_are_known_in_upper_case_and_all_is_every_format_an_item_has():
    assert requested("--what", "Loss, UNITS", "--format", "PNG,Csv") == ExportRequest(
        what="loss,units", formats="png,csv"
    )
    pairs = requested("--what", "loss,masks,code", "--format", "ALL").pairs()
    assert [(item.name, name) for item, name in pairs] == [
        *(("loss", name) for name in ("png", "svg", "pdf", "csv")),
        ("masks", "npz"),
        ("code", "py"),
        ("code", "ipynb"),
    ]
    everything = requested("--what", "all", "--format", "all").pairs()
    assert everything == tuple((item, name) for item in ITEMS for name in item.formats)


def test_every_format_of_an_item_is_written(files, tmp_path, capsys):
    options = ["--what", "loss", "--format", "all", "--out", str(tmp_path), *SMALL_PICTURE]
    assert main(["export", str(files[0]), *options, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".svg", ".pdf", ".csv", ".md"}


def test_help_tells_the_formats_of_each_item_and_the_defaults(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for item in ITEMS:
        assert f" {item.name} {', '.join(item.formats)} " in f"{told} "
    for declared in DECLARATIONS:
        default = ("no", "yes")[declared.default] if declared.kind is bool else declared.default
        assert f"({default})" in told.replace("- ", "-")


class Reading:
    """A request that notes which of its fields are read."""

    def __init__(self, request: ExportRequest, read: set[str]) -> None:
        self._request, self._read = request, read

    def replace(self, **changes: object) -> "Reading":
        return Reading(self._request.replace(**changes), self._read)

    def __getattr__(self, name: str) -> object:
        if name == "figure_size":
            self._read |= {"size", "width", "height", "dpi"}
        elif name == "mode":
            self._read.add("theme")
        elif name in {declared.name for declared in DECLARATIONS}:
            self._read.add(name)
        return getattr(self._request, name)


FIGURES = [item for item in ITEMS if item.kind == "Figures"]
IN_PASSING = {"colour_map": "plasma", "log": True}
"""Read by figures that do not depend on them, too: with the palette, and for either curve."""


@pytest.mark.parametrize("item", FIGURES, ids=lambda item: item.name)
def test_a_figure_depends_on_no_more_than_is_declared(item, files):
    """Otherwise an option would be refused that has an effect."""
    from explorer.export.figures import draw, render

    read: set[str] = set()
    run = open_run(files[0]).record
    request = ExportRequest(what=item.name, size="custom", width=640, height=400)
    draw(item.name, Reading(request, read), run)
    assert read - {"what", "formats", *IN_PASSING} <= item.reads("png")
    for name, other in IN_PASSING.items():
        if name not in item.reads("png"):
            changed = request.replace(**{name: other})
            assert render(item.name, "svg", changed, run) == render(item.name, "svg", request, run)
