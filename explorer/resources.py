"""Where the files that travel with the program are: icons and the bundled sample."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a file under `resources/`, in an installed wheel or in the tree it is built from.

    Raises:
        FileNotFoundError: When the installation is incomplete.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"the program's own file {name} is missing; install dropout-explorer again")
