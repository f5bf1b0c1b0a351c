"""Writing a file so that nothing is lost: beside its target, then renamed over it.

`QSaveFile` replaces the old file by a cut one when the disk is full, and no kept library does this (atomicwrites is no
longer maintained).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


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
    # A name that no other process gives, nor another computer that shares the folder.
    temporary = real.with_name(f".{real.name[:40]}.{secrets.token_hex(6)}.{os.getpid()}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if real.exists():
            os.chmod(temporary, stat.S_IMODE(real.stat().st_mode))
        os.replace(temporary, real)
    except WriteError:
        raise  # of another file, written within the block
    except OSError as error:
        raise _refusal(target, error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_remains(folder: Path, process_id: int) -> None:
    """Remove from a folder what a process of ours had half written when it was killed, or is about to end."""
    if not os.path.isdir(folder):  # it never came to be, or has a name that cannot be
        return
    for remains in folder.glob(f".*.{process_id}.part"):
        if remains.is_dir():
            shutil.rmtree(remains, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                remains.unlink()


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
