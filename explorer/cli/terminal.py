"""What the commands say, and how they end: lines on stdout, one sentence on stderr, an exit code."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer import interrupts
from explorer.cli import streams
from explorer.data.progress import Cancelled, DataError, Report
from explorer.data.questions import DataQuestion
from explorer.export.files import WriteError
from explorer.presentation.shown_text import shell_word, shown


class Written(list[Path]):
    """The files that a command has written so far.

    Attributes:
        remark: Says what else there is to be had of work that was interrupted; told whether it was cut short.
    """

    remark: Callable[[bool], str] = staticmethod(lambda cut_short: "")


_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


_LINES: ContextVar[streams.Name] = ContextVar("lines", default="stdout")


@contextlib.contextmanager
def lines_on_stderr() -> Iterator[None]:
    """Print lines on stderr in this block, since a file goes to stdout."""
    token = _LINES.set("stderr")
    try:
        yield
    finally:
        _LINES.reset(token)


@contextlib.contextmanager
def quiet(asked: bool) -> Iterator[None]:
    """Print no lines and draw no progress in this block, where that was asked for; complaints stay."""
    token = _QUIET.set(asked)
    try:
        yield
    finally:
        _QUIET.reset(token)


def tell(line: str) -> None:
    """Print a line, unless quiet was asked for.

    Where that cannot be, the work goes on for the sake of its files, see `streams.put`.
    """
    if not _QUIET.get():
        streams.put(_LINES.get(), f"{line}\n")


def complain(command: str, sentence: object) -> None:
    """Print a sentence on stderr, behind the name of the command."""
    streams.put("stderr", f"dropout-explorer {command}: {shown(str(sentence))}\n")


def go_on(message: str = "", fraction: float | None = None) -> None:
    """A `Report` that shows nothing.

    Raises:
        Cancelled: After a signal, as do those of `reporting`.
    """
    if interrupts.received():
        raise Cancelled


def bar(**options: Any) -> Any:
    """A progress bar on stderr, gone when it is done; none in a log file."""
    return tqdm(file=streams.ProgressStream(), leave=False, disable=_QUIET.get() or None, **options)


def reporting(progress: Any) -> Report:
    """What tells slow work's progress on a bar of 100."""

    def report(message: str, fraction: float | None = None) -> None:
        go_on()
        progress.set_description(message)
        if fraction is not None:
            progress.update(round(100 * fraction) - progress.n)

    return report


def ended(command: str, work: Callable[[Written], int | None]) -> int:
    """Do the work of a command.

    Args:
        command: Its name.
        work: What it does; it adds each file to the list that it is given once the file is written. It may return an
            exit code.

    Returns:
        0; 2 with a sentence on stderr for input that cannot be used; 1 for a run that diverged, for files that could
        not all be written, and for a standard stream that could not be; 128 and the number of the signal when
        interrupted, as shells have it: 130, 143 or 129.
    """
    written = Written()
    with interrupts.during(lambda: f"dropout-explorer {command}: {_interrupted(written, cut_short=True)}"):
        said: list[str] = []
        code = 0
        try:
            code = work(written) or 0
        except KeyboardInterrupt:  # not by a handler of this program
            interrupts.note(signal.SIGINT)
        except Exception as error:
            # After a signal, whatever comes up is its consequence.
            if not interrupts.received():
                code = _refused(error, said)
        if number := interrupts.received():
            interrupts.claim()
            complain(command, _interrupted(written, cut_short=False))
            return 128 + number
        for sentence in said[:1]:
            complain(command, sentence)
        for line in said[1:]:
            streams.put("stderr", f"{line}\n")
        return streams.status(code, command)


def _refused(error: Exception, said: list[str]) -> int:
    """What is said about an error, and the exit code; what is not foreseen is raised again."""
    said.append(str(error))
    match error:
        case DataQuestion():
            said += [f"  --data {shell_word(answer.source)}  ({answer.label})" for answer in error.answers]
            return 2
        case DataError() | ValueError() | WriteError():
            return 2
        case ArithmeticError():
            return 1
        case _:
            raise error


def _interrupted(written: Written, *, cut_short: bool) -> str:
    files = f"{len(written)} files are" if len(written) > 1 else f"{written[0]} is" if written else ""
    parts = [
        f"interrupted; {f'{files} written and whole' if files else 'nothing was written'}",
        written.remark(cut_short),
    ]
    return "; ".join(filter(None, parts))
