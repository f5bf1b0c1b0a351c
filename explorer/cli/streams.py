"""The standard streams: one that cannot be written costs nothing but the exit status."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Literal

Name = Literal["stdout", "stderr"]
_TITLES = {"stdout": "standard output", "stderr": "standard error"}
_unwritable: dict[Name, str] = {}


def begin() -> None:
    """Forget what an earlier command in this process met."""
    _unwritable.clear()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed, as with >&-
            _unwritable[name] = "it is closed"


def put(name: Name, text: str) -> None:
    """Write a text to a standard stream, as far as that is possible; the work goes on for the sake of its files.

    A reader that has gone (`| head -1`) is no failure, all others are noted for `status`.
    """
    stream = getattr(sys, name)
    if stream is None:
        _unwritable.setdefault(name, "it is closed")
        return
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            stream.flush()
            stream.buffer.write(b"".join(_encoded(letter, stream.encoding) for letter in text))
        stream.flush()
    except (OSError, ValueError) as error:
        failed(name, error)


def _encoded(letter: str, encoding: str) -> bytes:
    """A letter for a terminal that may not have it, such as ★; or the byte of a file's name that is no letter."""
    try:
        return letter.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return letter.encode(encoding, "replace")


def failed(name: Name, error: Exception) -> None:
    """Note that a stream could not be written, and spare it from now on."""
    if not isinstance(error, BrokenPipeError):
        _unwritable.setdefault(name, getattr(error, "strerror", None) or str(error))
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = getattr(sys, name).fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)  # what is still in a buffer goes there too, at the latest when Python ends
        os.close(nowhere)


def status(code: int, command: str = "") -> int:
    """The exit status: 1 instead of 0 when a stream could not be written.

    Args:
        code: What it is otherwise.
        command: Whose name stands before the sentence about it, on the other stream.
    """
    put("stdout", "")
    put("stderr", "")
    if code or not _unwritable:
        return code
    if "stdout" in _unwritable and "stderr" not in _unwritable:
        said = f"standard output could not be written: {_unwritable['stdout']}; all else was done"
        put("stderr", f"{' '.join(filter(None, ('dropout-explorer', command)))}: {said}\n")
    return 1


class ProgressStream:
    """Standard error for a progress bar, which must not end the work."""

    def write(self, text: str) -> None:
        """Write what can be written."""
        put("stderr", text)

    def flush(self) -> None:
        """Nothing is left in a buffer."""

    def isatty(self) -> bool:
        """Whether there is a terminal to draw on."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return bool(sys.stderr.isatty())
        return False

    def __getattr__(self, name: str) -> Any:
        """As of the stream, such as its encoding."""
        return getattr(sys.stderr, name)
