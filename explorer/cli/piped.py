"""`-` for the standard streams, and named pipes: read to a temporary file, written from one."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from explorer import temporaries
from explorer.cli import streams
from explorer.cli.arguments import STANDARD
from explorer.cli.terminal import Written, go_on, lines_on_stderr
from explorer.data.progress import DataError
from explorer.data.questions import Answer, DataQuestion
from explorer.data.readers import table
from explorer.data.source_options import split_source
from explorer.presentation.shown_text import shell_word
from explorer.store.container import MOST_HELD_BYTES

INPUT: Final = "standard input"
_OUTPUT: Final = Path("standard output")
_PIECE: Final = 2**20


@contextmanager
def run_files(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Run files that can be opened, where some may be `-` or pipes.

    Raises:
        ValueError: When standard input cannot be read, or is asked for twice.
        DataError: When a pipe cannot be read.
    """
    if sum(path is STANDARD for path in files) > 1:
        raise ValueError("- is standard input, which can be read only once")
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_run_file(path)) for path in files]


@contextmanager
def source(text: str) -> Iterator[str]:
    """A source that can be loaded, where it may be `-` or a pipe, with options behind it or without.

    Raises:
        ValueError: When standard input cannot be read.
        DataError: When a pipe cannot be read.
    """
    name, _ = split_source(text)
    if name != "-" and not _is_pipe(Path(name)):
        yield text
        return
    path = STANDARD if name == "-" else Path(name)
    with _spooled(path, table.MAX_BYTES, name) as spooled:
        yield f"{spooled}{text[len(name) :]}"


@contextmanager
def outputs(targets: dict[str, Path | None], written: Written) -> Iterator[dict[str, Path | None]]:
    """Files that can be written, where one may be `-`; what is in it goes to standard output when the block ends well.

    Everything that is told in the block goes to standard error then.

    Args:
        targets: By option. All but `--json` are binary, and not for a terminal.
        written: Gets to know of standard output as of a file.

    Raises:
        ValueError: When standard output is asked for twice, or is a terminal.
    """
    standard = [option for option, target in targets.items() if target is STANDARD]
    if not standard:
        yield targets
        return
    if len(standard) > 1:
        raise ValueError(f"{standard[0]} and {standard[1]} cannot both be -, which is standard output; name a file")
    (option,) = standard
    if option != "--json" and sys.stdout is not None and sys.stdout.isatty():
        raise ValueError(f"{option} - would write binary data to the terminal; put > FILE or | COMMAND behind it")
    with temporaries.temporary_folder() as folder, lines_on_stderr():
        path = folder / f"run{'.dropout' if option == '--save' else '.out'}"
        yield {**targets, option: path}
        written[:] = [each for each in written if each != path]
        if path.exists() and _pour(path):
            written.append(_OUTPUT)


def _pour(path: Path) -> bool:
    """Copy a file to standard output; whether that was possible."""
    if sys.stdout is None:
        return False  # noted when the program began
    try:
        sys.stdout.flush()
        with open(path, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer, _PIECE)
        sys.stdout.buffer.flush()
    except (OSError, ValueError) as error:
        streams.failed("stdout", error)
        return False
    return True


@contextmanager
def _run_file(path: Path) -> Iterator[Path]:
    if path is not STANDARD and not _is_pipe(path):
        yield path
        return
    with _spooled(path, MOST_HELD_BYTES, "-" if path is STANDARD else str(path)) as spooled:
        yield spooled


@contextmanager
def _spooled(path: Path, limit: int, name: str) -> Iterator[Path]:
    """A temporary file with all that comes out of a pipe; errors in the block name the pipe.

    Args:
        path: `STANDARD`, or a pipe's.
        limit: The most bytes that are read.
        name: How it was given.
    """
    shown = INPUT if path is STANDARD else name
    with temporaries.temporary_folder() as folder:
        target = folder / (INPUT if path is STANDARD else path.name)
        try:
            with _opened(path) as opened, open(target, "wb") as file:
                _copy(opened, file, limit, shown)
        except OSError as error:
            raise DataError(f"{shown} cannot be read ({error.strerror or error}). Choose another file.") from error

        def renamed(text: str) -> str:
            command = text.replace(shell_word(str(target)), "RUN.dropout") if path is STANDARD else text
            return command.replace(f"{target}#", f"{name}#").replace(str(target), shown)

        try:
            yield target
        except DataQuestion as question:
            question.args = (renamed(str(question)),)
            question.question = renamed(question.question)
            question.answers = tuple(Answer(label, renamed(answer)) for label, answer in question.answers)
            raise
        except DataError as error:
            error.args = (renamed(str(error)),)
            raise


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path is not STANDARD:
        with open(path, "rb") as file:
            yield file
        return
    if sys.stdin is None:
        raise ValueError("- is standard input, which is closed; put < FILE or a pipe before it")
    if sys.stdin.isatty():
        raise ValueError("- is standard input, which is a terminal; put < FILE behind it, or a pipe before it")
    yield sys.stdin.buffer


def _copy(opened: IO[bytes], file: IO[bytes], limit: int, shown: str) -> None:
    left = limit
    read: Callable[[int], bytes] = getattr(opened, "read1", opened.read)
    while piece := read(_PIECE):
        go_on()
        left -= len(piece)
        if left < 0:
            raise DataError(f"{shown} gives more than {limit // 2**20} MB, the most that is read. Choose another file.")
        file.write(piece)


def _is_pipe(path: Path) -> bool:
    """Whether a path is a pipe, such as `<(command)` or `/dev/stdin` behind `|`; sockets and devices are refused."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
