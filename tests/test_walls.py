"""The two walls, proved in processes of their own: what is imported is looked up afterwards."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import explorer
import explorer.data
import explorer.engine
import explorer.export
import explorer.gui
import explorer.presentation
import explorer.store

ROOT = Path(explorer.__file__).parents[1]


def modules_of(package) -> list[str]:
    return [package.__name__] + [
        module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]


def loaded_after(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running `code`."""
    tell = "\nimport sys\nprint('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    process = subprocess.run(
        [sys.executable, "-c", code + tell], capture_output=True, text=True, cwd=ROOT, check=True, timeout=100
    )
    return set(process.stdout.splitlines()[-1].split()[1:])


def test_engine_data_presentation_export_and_store_never_import_qt():
    names = [
        name
        for package in (explorer.engine, explorer.data, explorer.presentation, explorer.export, explorer.store)
        for name in modules_of(package)
    ]
    assert "explorer.engine.training" in names
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert "tensorflow" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}


def test_the_window_and_the_store_never_import_tensorflow():
    rooms = (explorer.gui, explorer.presentation, explorer.store)
    names = [*(name for room in rooms for name in modules_of(room)), "explorer.app"]
    assert "explorer.gui.main_window" in names
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert "PySide6" in loaded
    assert not loaded & {"tensorflow", "keras"}
    # It takes half a second, and is wanted for exports only.
    assert "matplotlib" not in loaded


def test_the_commands_never_import_qt_and_need_no_display(tmp_path, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("MPLBACKEND", "qtagg")  # what is set up for somebody's notebook must not matter
    file, out = str(tmp_path / "run.dropout"), str(tmp_path / "out")
    commands = [
        ["run", "--data", "sample", "--epochs", "1", "--save", file, "--tensorboard", str(tmp_path / "log")],
        ["export", file, "--out", out, "--what", "loss,masks,model,report", "--format", "png,csv,npz,keras,html"],
        ["show", file],
    ]
    loaded = loaded_after(
        "from explorer.cli import main\n" + "\n".join(f"assert main({command!r}) == 0" for command in commands)
    )
    assert {"tensorflow", "matplotlib"} <= loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}
    written = {path.suffix for path in Path(out).iterdir()}
    assert written == {".png", ".csv", ".md", ".npz", ".keras", ".py", ".html", ".json"}
