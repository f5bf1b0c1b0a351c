"""Writing a file so that nothing is lost: beside its target, then renamed over it.

`QSaveFile` replaces the old file by a cut one when the disk is full, and no kept library does this (atomicwrites is no
longer maintained).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from explorer import temporaries

_noting: Final[list[Callable[[Path], object]]] = []


class WriteError(OSError):
    """A file could not be written; its text says which, why, and what to do. What was there before is untouched."""


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """A file to write in place of `target`, which changes only when the block ends well.

    The file is written in the same folder, forced to the disk and renamed; links are followed and the mode is kept.

    Raises:
        WriteError: When it cannot be written. No remains are left.
    """
    writable(target)
    real = Path(os.path.realpath(target))
    try:
        with temporaries.part_of(real) as part:
            with open(part, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if real.exists():
                os.chmod(part, stat.S_IMODE(real.stat().st_mode))
            temporaries.place(part, real)
    except WriteError:
        raise  # of another file, written within the block
    except OSError as error:
        raise _refusal(target, error.strerror or str(error)) from error
    note_written(target)


@contextmanager
def noting(note: Callable[[Path], object]) -> Iterator[None]:
    """Be told of each file as soon as it is whole and in its place, also where the work fails or is ended later.

    Args:
        note: Called with each, in the order in which they are written.
    """
    _noting.append(note)
    try:
        yield
    finally:
        _noting.remove(note)


def note_written(target: Path) -> None:
    """Say that a file, or a folder that is written as a whole, is in its place."""
    for note in _noting:
        note(target)


def writable(target: Path) -> None:
    """Refuse a target that cannot be written, before an hour is spent on what goes there.

    Raises:
        WriteError: With a sentence.
    """
    real = Path(os.path.realpath(target))
    reasons: tuple[tuple[Callable[[], bool], str], ...] = (
        (real.is_dir, "it is a folder"),
        # A device or a pipe would be replaced by a file.
        (lambda: real.exists() and not real.is_file(), "it is not an ordinary file"),
        (lambda: not real.parent.is_dir(), "its folder does not exist"),
        (lambda: not os.access(real.parent, os.W_OK), "its folder is read-only"),
        # Asked of the mode, not of the system: to an administrator everything is writable.
        (lambda: real.exists() and not real.stat().st_mode & stat.S_IWUSR, "it is read-only"),
    )
    for holds, reason in reasons:
        try:
            held = holds()
        except OSError as error:  # a name that is too long
            raise _refusal(target, error.strerror or str(error)) from error
        if held:
            raise _refusal(target, reason)


def folder_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written to, or cannot be made.

    Raises:
        WriteError: With a sentence.
    """
    try:
        there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    except OSError as error:  # a name that is too long
        raise _refusal(folder, error.strerror or str(error)) from error
    if not there.is_dir():
        raise _refusal(folder, "it is a file" if there == folder.absolute() else f"{there} is a file")
    if not os.access(there, os.W_OK):
        raise _refusal(folder, "it is read-only" if there == folder.absolute() else f"{there} is read-only")


def _refusal(target: Path, reason: str) -> WriteError:
    return WriteError(f"{target} could not be written: {reason}; choose another place")
