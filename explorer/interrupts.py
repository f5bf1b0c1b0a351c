"""Ctrl+C, SIGTERM and SIGHUP: they are noted, and the work that runs ends itself. No handler raises an exception.

An exception raised between two arbitrary bytecodes may die in the callback of a weak reference, where Python only
prints it, or come back as another one from a library's own code. So a handler sets a flag that the work asks for, and
a thread that the interpreter's own C handler wakes ends the process where the work cannot: while TensorFlow is
imported, in a long call of a library, or at a second signal.

This module is imported first of all, so it imports little, and nothing that is slow.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

GRACE_S = 0.5
"""How long work may take to end itself."""
_COMMAND = "dropout-explorer"
_HELD = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_WITH_VALUE = ("--data", "--imdb-url")


class _State:
    """What has been received, and who ends the process.

    Attributes:
        held: Whether this process is the command, with a thread that watches.
        number: The signal that was received first; 0 before.
        grace: Whether there is work that may end itself; otherwise there is nothing to lose.
        sentence: What is said at the end; None for nothing.
        code: The exit status; None for the usual 128 and the number of the signal.
        over: Whether all is done, so that signals have no effect any more.
        claimed: Whether somebody says the last sentence already.
        stderr: A copy of the file descriptor, which is not redirected while TensorFlow loads.
    """

    def __init__(self) -> None:
        self.held = self.grace = self.over = self.claimed = False
        self.number = 0
        self.sentence: Callable[[], str] | None = None
        self.code: int | None = None
        self.stderr = 2


_state = _State()
_claiming = threading.Lock()


def hold() -> None:
    """Hold the signals for the rest of the process. Those that the parent ignores, as `nohup` does, stay ignored."""
    if _state.held or threading.current_thread() is not threading.main_thread():
        return
    _fill_standard_descriptors()
    _state.held = True
    command = command_of(sys.argv[1:])
    if command:
        _state.sentence = lambda: f"{_COMMAND} {command}: interrupted; nothing was written"
    else:
        _state.code = 0  # the window: it is not there yet
    with contextlib.suppress(OSError):
        _state.stderr = os.dup(2)
    read, write = os.pipe()
    if sys.platform != "win32":
        os.set_blocking(write, False)
    threading.Thread(target=_watch, args=(read,), name="interrupts", daemon=True).start()
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in _HELD:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _note)


def command_of(arguments: Sequence[str]) -> str:
    """The name of the command in a command line that is not parsed yet; "" for none, which opens the window."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            module = os.path.join(os.path.dirname(__file__), "cli", f"{word}.py")
            return word if word.isidentifier() and os.path.exists(module) else ""
    return ""


@contextmanager
def during(sentence: Callable[[], str]) -> Iterator[None]:
    """Work that asks `received` often, and ends itself when there is something.

    In another process than the command's own, signals are held for as long as the block lasts.

    Args:
        sentence: Gives what is said where the work does not end itself in time.
    """
    _state.number = 0 if not _state.held else _state.number
    _state.claimed, _state.sentence, _state.grace = False, sentence, True
    if _state.held:
        yield
        _state.over = True
        return
    earlier = {}
    if threading.current_thread() is threading.main_thread():
        for number in _HELD:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                earlier[number] = signal.signal(number, _note)
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def received() -> int:
    """The number of the signal that asks for an end; 0 for none."""
    return _state.number


def note(number: int) -> None:
    """Take note of an end that was asked for in another way than by a signal."""
    _state.number = _state.number or number


def claim() -> None:
    """Be the one who says the last sentence. Does not return where the process is being ended already."""
    with _claiming:
        claimed, _state.claimed = _state.claimed, True
    if claimed:
        threading.Event().wait()


def window_follows() -> None:
    """The window is about to open, and takes the signals over: until then they end the process, and nothing is lost."""
    _state.sentence, _state.code, _state.grace = None, 0, False
    if _state.held:
        return
    for number in _HELD:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: os._exit(0))


def _note(number: int, frame: FrameType | None) -> None:
    if _state.number and not _state.held:
        raise KeyboardInterrupt  # a second one, and there is no thread that ends the process
    note(number)


def _watch(read: int) -> None:
    """Note each signal that the interpreter writes to the pipe, whatever the main thread is doing."""
    count = 0
    while numbers := os.read(read, 64):
        for number in numbers:
            if number not in _HELD:
                continue
            count += 1
            note(number)
            if count > 1 or not _state.grace:
                _end()
            timer = threading.Timer(GRACE_S, _end)
            timer.daemon = True
            timer.start()


def _end() -> None:
    """End the process, without what is half written."""
    if _state.over and not _state.claimed:
        return  # all is done, and Python is about to end
    with _claiming:
        claimed, _state.claimed = _state.claimed, True
        # Not imported here: the main thread may be in the middle of that. Then there is nothing to remove.
        remove_all = getattr(sys.modules.get("explorer.temporaries"), "remove_all", None)
        if remove_all is not None:
            remove_all()
        sentence = "" if claimed or _state.sentence is None else _state.sentence()
        if sentence:
            with contextlib.suppress(OSError):
                blank = ""
                if os.isatty(_state.stderr):  # a progress bar may stand there
                    blank = f"\r{' ' * (os.get_terminal_size(_state.stderr).columns - 1)}\r"
                os.write(_state.stderr, f"{blank}{sentence}\n".encode(errors="backslashreplace"))
        os._exit(128 + _state.number if _state.code is None else _state.code)


def _fill_standard_descriptors() -> None:
    """Put the null device where the process was started without a standard stream.

    Otherwise the next file that is opened takes the number, and what a library prints goes into it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
