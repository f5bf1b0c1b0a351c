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


def test_engine_data_presentation_and_export_never_import_qt():
    names = [
        name
        for package in (explorer.engine, explorer.data, explorer.presentation, explorer.export)
        for name in modules_of(package)
    ]
    assert "explorer.engine.training" in names
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert "tensorflow" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}


def test_the_window_never_imports_tensorflow():
    names = [*modules_of(explorer.gui), *modules_of(explorer.presentation), "explorer.app"]
    assert "explorer.gui.main_window" in names
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert "PySide6" in loaded
    assert not loaded & {"tensorflow", "keras"}
    # It takes half a second, and is wanted for exports only.
    assert "matplotlib" not in loaded


def test_a_run_without_a_window_never_imports_qt():
    loaded = loaded_after(
        "from explorer.cli import main\nassert main(['run', '--data', 'sample', '--epochs', '1']) == 0"
    )
    assert "tensorflow" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}
