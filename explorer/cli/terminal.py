"""What the commands say, and how they end: lines on stdout, one sentence on stderr, an exit code."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer.data.progress import Cancelled, DataError, Report
from explorer.data.questions import DataQuestion
from explorer.export.files import WriteError

INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


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

    When nobody reads any more (`| head -1`), the work goes on for the sake of its files.
    """
    if _QUIET.get():
        return
    try:
        try:
            sys.stdout.write(line + "\n")
        except UnicodeEncodeError:  # a terminal that has no ★
            coding = sys.stdout.encoding
            sys.stdout.write(line.encode(coding, "replace").decode(coding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def complain(command: str, sentence: object) -> None:
    """Print a sentence on stderr, behind the name of the command."""
    print(f"dropout-explorer {command}: {sentence}", file=sys.stderr)  # noqa: T201 - a command line prints


def bar(**options: Any) -> Any:
    """A progress bar on stderr, gone when it is done; none in a log file."""
    return tqdm(file=sys.stderr, leave=False, disable=_QUIET.get() or None, **options)


def reporting(progress: Any) -> Report:
    """What tells slow work's progress on a bar of 100."""

    def report(message: str, fraction: float | None = None) -> None:
        progress.set_description(message)
        if fraction is not None:
            progress.update(round(100 * fraction) - progress.n)

    return report


def ended(command: str, work: Callable[[list[Path]], None]) -> int:
    """Do the work of a command.

    Args:
        command: Its name.
        work: What it does; it adds each file to the list that it is given once the file is written.

    Returns:
        0; 2 with a sentence on stderr for input that cannot be used; 1 for a run that diverged; 130 when interrupted.
    """

    def say(sentence: object, code: int) -> int:
        complain(command, sentence)
        return code

    written: list[Path] = []
    try:
        work(written)
    except DataQuestion as question:
        say(question, 2)
        for answer in question.answers:
            sys.stderr.write(f"  --data {shlex.quote(answer.source)}  ({answer.label})\n")
        return 2
    except (DataError, ValueError, WriteError) as error:
        return say(error, 2)
    except ArithmeticError as error:
        return say(error, 1)
    except (KeyboardInterrupt, Cancelled):
        files = f"{len(written)} files are" if len(written) > 1 else f"{written[0]} is" if written else ""
        return say(f"interrupted; {f'{files} written and whole' if files else 'nothing was written'}", INTERRUPTED)
    return 0
