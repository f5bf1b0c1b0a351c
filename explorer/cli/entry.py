"""The parser of the command line, and the start of what it asks for: a command, or the window."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from explorer import __version__
from explorer.export.request import DECLARATIONS as REQUEST_DECLARATIONS
from explorer.export.request import ITEMS
from explorer.options import add_declared, add_settings

_DATA = "sample|imdb|PATH"
_DATA_HELP = (
    "auto (IMDB when it is on this computer, else the sample), sample, imdb, or the path of an imdb.npz, of a folder "
    "such as aclImdb, or of a CSV file; columns that cannot be guessed follow it: reviews.csv#text=NAME&label=NAME"
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be the number of a test review, counted from 0, got {text!r}")
    return int(text)


def _address(text: str) -> str:
    from explorer.data.download import parsed_url
    from explorer.data.progress import DataError

    try:
        parsed_url(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None
    return text


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = _Parser(
        prog="dropout-explorer",
        description="Watch dropout happen. Without a command the window opens.",
    )
    top.add_argument("--version", action="version", version=f"dropout-explorer {__version__}")
    top.add_argument("--data", metavar=_DATA, help=f"the reviews the window opens with: {_DATA_HELP}; or a run file")
    top.add_argument("--imdb-url", metavar="URL", type=_address, help="where Get the real reviews finds them")
    commands = top.add_subparsers(dest="command", title="commands", parser_class=_Parser)
    run = commands.add_parser("run", help="train without a window", description="Train without a window.")
    # Suppressed: otherwise what stands before `run` would be forgotten.
    run.add_argument("--data", metavar=_DATA, default=argparse.SUPPRESS, help=_DATA_HELP)
    run.add_argument(
        "--imdb-url",
        metavar="URL",
        type=_address,
        default=argparse.SUPPRESS,
        help="the folder on the web that the IMDB reviews are downloaded from when they are not on this computer; "
        "#sha256=…&word_index_md5=… behind it for other files than Keras's",
    )
    add_settings(run)
    run.add_argument("--predict", metavar="N", type=_count, default=0, help="the test review of the last line (0)")
    run.add_argument("--json", metavar="FILE", type=Path, help="write settings, curves and results")
    run.add_argument("--record", metavar="FILE.npz", type=Path, help="write every activation, mask and output")
    run.add_argument("--save", metavar="FILE.dropout", type=Path, help="write the run: it can be opened and continued")
    run.add_argument("--tensorboard", metavar="DIR", type=Path, help="write a log that TensorBoard opens")
    _add_export(commands)
    _add_show(commands)
    return top


def _add_export(commands: Any) -> None:
    export = commands.add_parser(
        "export",
        help="figures, films, tables and more of a run file",
        description="Write figures, films, tables, code and a report of a run file, as the window does. "
        f"What there is: {', '.join(item.name for item in ITEMS)}; or all.",
    )
    _add_files(export, "the run; those behind it are compared with it")
    export.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder to write to")
    groups = {
        title: export.add_argument_group(title.lower())
        for title in dict.fromkeys(declared.group for declared in REQUEST_DECLARATIONS)
    }
    for declared in REQUEST_DECLARATIONS:
        default = ("no", "yes")[declared.default] if declared.kind is bool else declared.default
        names = ("--format",) if declared.name == "formats" else ()
        add_declared(groups[declared.group], declared, *names, help=f"{declared.help} ({default})")


def _add_show(commands: Any) -> None:
    show = commands.add_parser(
        "show",
        help="print settings and results of a run file",
        description="Print settings and results of a run file; of several, side by side.",
    )
    _add_files(show, "a run, as run --save and the window write it")
    show.add_argument("--json", action="store_true", help="for a program that reads it")


def _add_files(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("files", metavar="FILE.dropout", type=Path, nargs="+", help=help)


def _with_data(arguments: Sequence[str]) -> list[str]:
    """A file that stands alone is opened: a double click on it starts the program like that."""
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        from explorer.store import is_run_file

        if is_run_file(Path(arguments[0])):
            return ["--data", arguments[0]]
    return list(arguments)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """What does the work, imported only now: the others need not be loaded."""
    match name:
        case "run":
            from explorer.cli.run import run

            return run
        case "export":
            from explorer.cli.export import export

            return export
        case _:
            from explorer.cli.show import show

            return show


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command line without the program's name; `sys.argv` when None.

    Returns:
        The exit code: 0, 2 for input that cannot be used, 130 when interrupted.
    """
    top = parser()
    parsed = top.parse_args(_with_data(sys.argv[1:] if arguments is None else arguments))
    if parsed.imdb_url is not None:
        from explorer.data.download import BASE_URL_VARIABLE

        os.environ[BASE_URL_VARIABLE] = parsed.imdb_url
    if parsed.command is not None:
        # As Ctrl+C does: through every `with`, so that no half-written file stays behind.
        previous = signal.signal(signal.SIGTERM, _interrupt)
        try:
            return _command(parsed.command)(parsed)
        finally:
            signal.signal(signal.SIGTERM, previous)
    # Until the window is there and closes itself on these, there is nothing to lose.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    from explorer.app import open_window

    return open_window(data=parsed.data)
