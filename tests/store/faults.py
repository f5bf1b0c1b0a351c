"""Failures injected at the writes of a journal's threads, whichever call of the system makes them."""

from __future__ import annotations

import builtins
import errno
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

ERRORS: dict[str, Callable[[], Exception]] = {
    "ENOSPC": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "EIO": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "EACCES": lambda: OSError(errno.EACCES, os.strerror(errno.EACCES)),
    "UnicodeError": lambda: UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"),
    "ValueError": lambda: ValueError("I/O operation on closed file"),
    "MemoryError": MemoryError,
    "RuntimeError": lambda: RuntimeError("can't start new thread"),
}
_CALLS = ("mkdir", "replace", "fsync", "unlink", "rename")


class _Written:
    """A file whose writes may fail."""

    def __init__(self, file: Any, fault: Fault) -> None:
        self._file, self._fault = file, fault

    def write(self, data: Any) -> Any:
        self._fault.pass_by("write")
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *told: object) -> None:
        self._file.close()


class Fault:
    """Lets so many writes pass in threads whose names begin with *journal*, and fails every one after them.

    Attributes:
        passed: The calls that passed or failed, by name, in order.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception], after: int) -> None:
        self.passed: list[str] = []
        self._error, self._after, self._lock = error, after, threading.Lock()
        monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # hundreds of them take a minute
        for name in _CALLS:
            monkeypatch.setattr(os, name, self._guarded(name, getattr(os, name)))
        monkeypatch.setattr(builtins, "open", self._guarded_open(builtins.open))

    @property
    def struck(self) -> bool:
        """Whether a write was failed."""
        return len(self.passed) > self._after

    def pass_by(self, name: str) -> None:
        """Count a write, and fail it when it is its turn."""
        if threading.current_thread().name.startswith("journal"):
            with self._lock:
                self.passed.append(name)
                strikes = self.struck
            if strikes:
                raise self._error()

    def _guarded(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any, **options: Any) -> Any:
            self.pass_by(name)
            return call(*arguments, **options)

        return guarded

    def _guarded_open(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not set(mode) & set("wax+"):
                return call(file, mode, *arguments, **options)
            self.pass_by("open")
            opened = call(file, mode, *arguments, **options)
            return _Written(opened, self) if threading.current_thread().name.startswith("journal") else opened

        return guarded
