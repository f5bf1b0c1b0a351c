"""Which process a folder belongs to: a lock that the system lets go when the process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from io import FileIO
from pathlib import Path
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NAME = "lock"


class Lock:
    """Holds a folder for this process."""

    def __init__(self, file: FileIO):
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> Self | None:
        """The lock of a folder; None when another process holds it, or this one.

        Raises:
            OSError: When the folder cannot be written.
        """
        # Unbuffered: what a full disk did not take would be tried again, and fail, when the lock is released.
        file = open(folder / _NAME, "a+b", buffering=0)  # noqa: SIM115 - held for as long as the lock is
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        try:
            with contextlib.suppress(OSError):  # for people who look into the folder; the lock is what counts
                file.truncate(0)
                file.write(f"{os.getpid()}\n".encode())
        except BaseException:
            file.close()
            raise
        return cls(file)

    def release(self) -> None:
        """Let the folder go."""
        self._file.close()
