"""The command line: `dropout-explorer run`, and the options of the window. No Qt is imported for a run."""

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
from explorer.engine.settings import PRESETS, Declaration, Settings, declaration, preset

_OPTIONS = (
    "written_as",
    "scaling",
    "l2",
    "units",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
    "validation",
    "num_words",
    "start_char",
    "oov_char",
    "index_from",
    "seed",
)
"""The settings that are an option each, in the order of `--help`; data and the rates have options of their own."""


_DATA = "sample|imdb|PATH"
_DATA_HELP = (
    "auto (IMDB when it is on this computer, else the sample), sample, imdb, or the path of an imdb.npz, of a folder "
    "such as aclImdb, or of a CSV file; columns that cannot be guessed follow it: reviews.csv#text=NAME&label=NAME"
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def _value(declared: Declaration) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            value = declared.kind(text)
        except ValueError:
            kind = "a whole number" if declared.kind is int else "a number"
            raise argparse.ArgumentTypeError(f"must be {kind}, got {text!r}") from None
        try:
            declared.check(value)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error).removeprefix(f"{declared.name} ")) from None
        return value

    return convert


def _rates(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:
        raise argparse.ArgumentTypeError(f"must be two rates such as 0.5,0.3 (0 is off), got {text!r}")
    convert = _value(declaration("rate_1"))
    return convert(parts[0]), convert(parts[1])


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
    run.add_argument("--preset", choices=list(PRESETS), default="explore", help="where the other options begin")
    for name in _OPTIONS:
        declared = declaration(name)
        option = f"--{name.replace('_', '-')}"
        if declared.choices:
            run.add_argument(option, dest=name, choices=[value for value, _ in declared.choices], help=declared.help)
        else:
            metavar = "N" if declared.kind is int else "X"
            run.add_argument(option, dest=name, metavar=metavar, type=_value(declared), help=declared.help)
    rates = run.add_mutually_exclusive_group()
    rates.add_argument(
        "--rate",
        metavar="R",
        type=_value(declaration("rate_1")),
        help="the share dropped after both hidden layers, in [0, 1); 0 is off",
    )
    rates.add_argument("--rates", metavar="R1,R2", type=_rates, help="the same for each hidden layer")
    run.add_argument("--predict", metavar="N", type=_count, default=0, help="the test review of the last line (0)")
    run.add_argument("--json", metavar="FILE", type=Path, help="write settings, curves and results")
    run.add_argument("--record", metavar="FILE.npz", type=Path, help="write every activation, mask and output")
    return top


def settings_from(arguments: argparse.Namespace) -> Settings:
    """The settings that the options of `run` ask for.

    Raises:
        ValueError: When they do not go together, with a sentence.
    """
    changes = {name: value for name in _OPTIONS if (value := getattr(arguments, name)) is not None}
    if arguments.data is not None:
        changes["data"] = arguments.data
    pair = arguments.rates if arguments.rates is not None else (arguments.rate, arguments.rate)
    for hidden, rate in enumerate(pair, start=1):
        if rate is not None:
            changes[f"dropout_{hidden}"] = rate > 0
            changes[f"rate_{hidden}"] = rate
    base = preset(arguments.preset)
    if changes.get("written_as") == "keras" and "scaling" not in changes:
        changes["scaling"] = "inverted"  # a preset's other scaling gives way to the way of writing asked for
    return base.replace(**changes)


def _with_data(arguments: Sequence[str]) -> list[str]:
    """A file that stands alone is opened: a double click on it starts the program like that."""
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        from explorer.store import is_run_file

        if is_run_file(Path(arguments[0])):
            return ["--data", arguments[0]]
    return list(arguments)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


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
    if parsed.command == "run":
        # As Ctrl+C does: through every `with`, so that no half-written file stays behind.
        previous = signal.signal(signal.SIGTERM, _interrupt)
        try:
            from explorer.batch import run

            return run(parsed)
        finally:
            signal.signal(signal.SIGTERM, previous)
    # Until the window is there and closes itself on these, there is nothing to lose.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    from explorer.app import open_window

    return open_window(data=parsed.data)
