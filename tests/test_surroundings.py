"""Wherever the command is started, and with whatever environment: the same results, or one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import surroundings
from explorer.cli import main

ROOT = Path(__file__).parents[1]
RUN = ("run", "--data", "sample", "--epochs", "1", "--units", "4", "--num-words", "500", "--written-as", "layer")
FIGURES = ("--what", "loss,report", "--format", "png,svg,pdf,html")
STANDARD = ("random", "queue", "json", "statistics", "secrets", "tempfile", "numpy", "keras", "site")
TIMES = ("seconds", "evaluation_seconds", "peak_memory_mb", "name")
NOBODY = """
import pwd, sys

def nobody(number):
    raise KeyError(f"getpwuid(): uid not found: {number}")

pwd.getpwuid = nobody
sys.orig_argv[:] = sys.argv[:] = ["dropout-explorer", *sys.argv[1:]]  # started as its script starts it
from explorer.cli import main
sys.exit(main())
"""


def started(*arguments: str, folder: Path, **variables: str | None) -> subprocess.CompletedProcess[str]:
    """The command started in a folder, with some variables set and those that are None taken away."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def without_times(told: object) -> object:
    if isinstance(told, dict):
        return {name: without_times(value) for name, value in told.items() if name not in TIMES}
    return [without_times(value) for value in told] if isinstance(told, list) else told


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder whose modules must not be run, with settings of other programs."""
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in STANDARD:
        (folder / f"{name}.py").write_text("open('ran', 'a').write(__name__)\nraise SystemExit('of the desk')\n")
    (folder / "matplotlibrc").write_text("figure.dpi: 10\nlines.linewidth: 9\naxes.facecolor: red\nno.such: 1\n")
    (folder / "keras.json").write_text('{"floatx": "float64"}')
    return folder


def test_an_environment_made_for_other_programs_changes_no_number_and_no_figure(desk, tmp_path, capsys):
    saved, ours = str(tmp_path / "a.dropout"), tmp_path / "ours"
    assert main([*RUN, "--json", str(tmp_path / "ours.json"), "--save", saved]) == 0
    assert main(["export", saved, *FIGURES, "--out", str(ours)]) == 0
    keras = tmp_path / "other keras"
    keras.mkdir()
    (keras / "keras.json").write_text(
        '{"floatx": "float16", "epsilon": 0.01, "backend": "jax", "image_data_format": "channels_first"}'
    )
    other = {
        "KERAS_HOME": str(keras),
        "KERAS_BACKEND": "torch",
        "KERAS_MAX_EPOCHS": "many",
        "MPLBACKEND": "no such backend",
        "MPLCONFIGDIR": str(desk / "random.py"),
        "MATPLOTLIBRC": str(desk / "matplotlibrc"),
        "PYQTGRAPH_QT_LIB": "PyQt5",
        "QT_API": "pyqt6",
        "DROPOUT_EXPLORER_CACHE": str(desk / "random.py"),
        "DROPOUT_EXPLORER_RUNS": str(desk / "random.py"),
    }
    process = started("-m", "explorer", *RUN, "--json", str(tmp_path / "theirs.json"), folder=desk, **other)
    assert (process.returncode, process.stderr) == (0, "")
    assert not (desk / "ran").exists()
    results = [json.loads((tmp_path / name).read_text()) for name in ("ours.json", "theirs.json")]
    assert without_times(results[0]) == without_times(results[1])
    process = started("-m", "explorer", "export", saved, *FIGURES, "--out", "theirs", folder=desk, **other)
    assert (process.returncode, process.stderr) == (0, "")
    names = sorted(path.name for path in ours.iterdir())
    assert len(names) == 4
    for name in names:
        assert (ours / name).read_bytes() == (desk / "theirs" / name).read_bytes(), name
    assert not (desk / "ran").exists()


@pytest.mark.parametrize(
    "told", ['{"floatx": "bfloat16"}', "[]", "not JSON", '{"epsilon": 1}', '{"nnx_enabled": true}']
)
def test_settings_that_keras_refuses_are_noticed(told, tmp_path):
    from explorer.engine.backend import _readable_by_keras

    (tmp_path / "keras.json").write_text(told)
    assert not _readable_by_keras(str(tmp_path / "keras.json"))
    assert _readable_by_keras(str(tmp_path / "none.json"))


def test_what_a_notebook_has_set_in_keras_is_as_before_after_a_run_was_built():
    from explorer.engine.backend import keras
    from explorer.engine.training import Trainer
    from tests.store.made import DATA, SMALL

    usual = Trainer(SMALL, DATA)
    before = keras.config.floatx(), keras.config.epsilon(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        trainer = Trainer(SMALL, DATA)
        assert trainer.step().loss == usual.step().loss
        assert keras.config.floatx() == "float64"
        assert keras.config.dtype_policy().name == "float64"
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_epsilon(before[1])
        keras.config.set_dtype_policy(before[2])


def test_without_a_home_it_works_without_a_cache(tmp_path):
    nobody = {"HOME": None, "XDG_CACHE_HOME": None, "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None, "KERAS_HOME": None}
    nobody |= {"DROPOUT_EXPLORER_CACHE": None, "DROPOUT_EXPLORER_RUNS": None}
    process = started("-c", NOBODY, *RUN, "--save", "a.dropout", folder=tmp_path, **nobody)
    assert process.returncode == 0
    (sentence,) = process.stderr.splitlines()
    assert sentence == (
        "dropout-explorer run: This run is not kept for the case of a crash: there is no home folder; "
        "set DROPOUT_EXPLORER_RUNS to a folder for such runs"
    )
    process = started(
        "-c",
        NOBODY,
        "export",
        "a.dropout",
        "--what",
        "loss",
        "--format",
        "png",
        "--out",
        ".",
        folder=tmp_path,
        **nobody,
    )
    assert (process.returncode, process.stderr) == (0, "")
    process = started("-c", NOBODY, "show", "a.dropout", folder=tmp_path, **nobody)
    assert (process.returncode, process.stderr) == (0, "")
    process = started("-c", NOBODY, "run", "--data", "imdb", folder=tmp_path, **nobody)
    assert process.returncode == 2
    assert process.stderr == (
        "dropout-explorer run: There is no home folder to keep the reviews in. Set KERAS_HOME to a folder for them.\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dropout", "loss.png"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("random.py", "Python's own random"),
        ("json/__init__.py", "Python's own json"),
        ("signal.py", "Python's own signal"),
        ("argparse.pyc", "Python's own argparse"),
        ("_queue.cpython-311-x86_64-linux-gnu.so", "Python's own _queue"),
        ("numpy.py", "the package numpy"),
    ],
)
def test_a_module_in_pythonpath_that_hides_another_is_named(name, what, tmp_path):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("raise SystemExit('it was run')\n")
    places = os.pathsep.join((str(ROOT), str(tmp_path)))
    process = started("-m", "explorer", "--version", folder=Path("/"), PYTHONPATH=places)
    hides = tmp_path / Path(name).parts[0]
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr == (
        f"dropout-explorer: {hides} hides {what}; rename it, or take its folder out of PYTHONPATH\n"
    )


def test_what_hides_nothing_may_stand_in_pythonpath(tmp_path):
    for name in ("os.py", "sys.py", "mine.py", "random.txt", "test/__init__.py", "json/data.py", "time.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    places = os.pathsep.join((str(ROOT), str(tmp_path)))
    process = started("-m", "explorer", "--version", folder=Path("/"), PYTHONPATH=places)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("dropout-explorer ")


def test_a_module_that_python_took_from_the_working_folder_before_is_named(tmp_path):
    (tmp_path / "keyword.py").write_text("kwlist = softkwlist = []\niskeyword = issoftkeyword = lambda word: False\n")
    process = started("-m", "explorer", "--version", folder=tmp_path)
    assert process.returncode == 2
    assert process.stderr == (
        f"dropout-explorer: {tmp_path / 'keyword.py'} hides Python's own keyword; "
        "rename it, or start the program from another folder\n"
    )


def test_the_package_may_be_in_the_working_folder(tmp_path):
    (tmp_path / "explorer").symlink_to(ROOT / "explorer")
    (tmp_path / "random.py").write_text("raise SystemExit('it was run')\n")
    process = started("-m", "explorer", "show", "none.dropout", folder=tmp_path, PYTHONPATH=None)
    assert process.returncode == 2
    assert "none.dropout cannot be opened: No such file" in process.stderr


def test_an_empty_entry_of_pythonpath_is_no_wish_for_the_working_folder(desk):
    process = started("-m", "explorer", "--version", folder=desk, PYTHONPATH=f"{os.pathsep}{ROOT}")
    assert (process.returncode, process.stderr) == (0, "")


def test_a_child_process_imports_nothing_of_the_working_folder(desk):
    code = f"""
import subprocess, sys
sys.path.insert(0, {str(ROOT)!r})
from explorer.surroundings import child_command
sys.exit(subprocess.run(child_command("explorer.export.worker"), stdin=subprocess.DEVNULL).returncode)
"""
    process = started("-P", "-c", code, folder=desk, PYTHONPATH=None)
    assert (process.returncode, process.stderr) == (0, "")
    assert not (desk / "ran").exists()


def test_a_child_finds_what_pythonpath_names_even_if_it_is_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "/elsewhere"])
    assert str(tmp_path) not in surroundings.child_path()
    assert surroundings.child_path()[-1] == str(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert surroundings.child_path() == [str(tmp_path), "/elsewhere", str(ROOT)]


def test_importing_the_package_in_another_program_changes_nothing_of_it(tmp_path):
    (tmp_path / "random.py").write_text("")
    code = "import os, sys; path, before = [*sys.path], dict(os.environ); import explorer; "
    code += "assert (sys.path, dict(os.environ)) == (path, before)"
    process = started("-c", code, folder=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
