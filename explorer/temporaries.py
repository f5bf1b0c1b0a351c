"""What is on the disk only until work is done: files that take their target's place when they are whole, and folders.

Their names say whose they are, so that those of a process that was killed can be swept later; and this process knows
its own, so that it can end at any moment without leaving them.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_NAME: Final = re.compile(r"\..*\.[0-9a-f]{12}(?:\.(?P<host>[0-9a-f]{8}))?\.(?P<process>\d{1,10})\.part", re.DOTALL)
_STALE_S: Final = 24 * 3600
"""How old something has to be where it cannot be known whether the process that made it lives."""
_lock: Final = threading.RLock()
"""Held while something changes, and for good once all is removed: nothing is made after that."""
_paths: Final[set[Path]] = set()
_children: Final[set[subprocess.Popen[Any]]] = set()
_swept: Final[set[Path]] = set()


@contextmanager
def part_of(target: Path, *, folder: bool = False) -> Iterator[Path]:
    """A path beside a target, to write what will take its place; gone when the block ends.

    What dead processes left in the target's folder is swept, once for each folder.

    Args:
        target: What is being written.
        folder: Whether a folder is made there; otherwise nothing is there yet.

    Raises:
        OSError: When the folder cannot be made.
    """
    # A name that no other process gives, nor another computer that shares the folder.
    name = f".{target.name[:40]}.{secrets.token_hex(6)}.{_host():08x}.{os.getpid()}.part"
    if target.parent not in _swept:
        _swept.add(target.parent)
        sweep(target.parent)
    with known(target.with_name(name)) as path:
        if folder:
            os.mkdir(path, 0o700)
        yield path


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder among the system's temporary ones; gone when the block ends."""
    with _lock:
        path = Path(tempfile.mkdtemp(prefix="dropout-explorer-"))
        _paths.add(path)
    with known(path):
        yield path


@contextmanager
def child(process: subprocess.Popen[Any]) -> Iterator[None]:
    """A process that is killed when this one ends before the block does."""
    with _lock:
        _children.add(process)
    try:
        yield
    finally:
        with _lock:
            _children.discard(process)


@contextmanager
def together() -> Iterator[None]:
    """Renames that have all happened, or none, when `remove_all` is called from another thread."""
    with _lock:
        yield


def place(part: Path, target: Path) -> None:
    """Rename a file or a folder over its target. It has happened, or it has not, when `remove_all` is called.

    Raises:
        OSError: When the system does not.
    """
    with together():
        os.replace(part, target)


def remove_all() -> None:
    """Remove everything, and keep other threads from making more: the process ends."""
    _lock.acquire()
    for process in _children:
        with contextlib.suppress(OSError):
            process.kill()
            process.wait(1)
    for path in _paths:
        _remove(path)


def remove_of(folder: Path, process_id: int) -> None:
    """Remove from a folder what a process of ours left that is known to be dead, or is about to be."""
    for path in _entries(folder):
        if path.name.startswith(".") and path.name.endswith(f".{process_id}.part"):
            _remove(path)


def sweep(folder: Path) -> None:
    """Remove from a folder what dead processes of this user left, as far as they ran on this computer."""
    for path in _entries(folder):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        with contextlib.suppress(OSError):
            status = path.lstat()
            if hasattr(os, "getuid") and status.st_uid != os.getuid():
                continue
            stale = time.time() - status.st_mtime > _STALE_S
            # Those of earlier versions do not tell the computer.
            here = stale if match["host"] is None else int(match["host"], 16) == _host()
            if here and not _lives(int(match["process"]), otherwise=not stale):
                _remove(path)


@contextmanager
def known(path: Path) -> Iterator[Path]:
    """Something temporary, gone when the block ends, or when this process does."""
    with _lock:
        _paths.add(path)
    try:
        yield path
    finally:
        _remove(path)
        with _lock:
            _paths.discard(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _entries(folder: Path) -> Iterator[Path]:
    # OSError: it never came to be, or may not be read; ValueError: its name cannot be.
    with contextlib.suppress(OSError, ValueError), os.scandir(folder) as entries:
        for entry in entries:
            yield Path(entry.path)


def _host() -> int:
    """A number of this computer, and of the container that the process runs in: elsewhere its id means another."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return zlib.crc32(f"{platform.node()} {space}".encode(errors="surrogateescape"))


def _lives(process_id: int, *, otherwise: bool) -> bool:
    """Whether there is a process with an id; `otherwise` where the system cannot be asked."""
    if sys.platform == "win32":
        return otherwise  # there os.kill ends it
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True
