"""The home folder, which not everybody has: services and containers run as a user that the system does not know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def home() -> Path | None:
    """The home folder of who runs the program; None where neither HOME nor the system names one."""
    return _absolute(Path.home)


def program_folder(find: Callable[..., str]) -> Path | None:
    """The program's own folder of some kind; None where it would be in a home folder, and there is none.

    Args:
        find: A function of platformdirs, such as `user_cache_dir`.
    """
    return _absolute(lambda: Path(find("dropout-explorer", False)))


def _absolute(find: Callable[[], Path]) -> Path | None:
    try:
        path = find()
    except RuntimeError:
        return None
    return path if path.is_absolute() else None


def expanded(path: Path) -> Path:
    """A path whose `~` at the beginning is the home folder; as it is where there is none, or a file is called so."""
    try:
        return path if path.exists() else path.expanduser()
    except (RuntimeError, OSError, ValueError):
        return path
