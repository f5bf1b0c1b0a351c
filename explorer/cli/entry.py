"""The parser of the command line, and the start of what it asks for: a command, or the window."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

from explorer import __version__, interrupts
from explorer.cli import streams
from explorer.cli.arguments import DATA, DATA_HELP, Parser, address
from explorer.presentation.shown_text import shown

COMMANDS: Final = {
    "run": "train without a window",
    "export": "figures, films, tables and more of a run file",
    "show": "print settings and results of a run file",
    "fetch": "download the IMDB reviews",
}
"""Name and help of each command. `explorer.cli.NAME` has the rest: `add_arguments(parser)` and `main(arguments)`."""


class _CommandParser(Parser):
    """The parser of one command, whose module is imported only when the command is asked for."""

    def __init__(self, *, module: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As of `ArgumentParser`; adds the arguments first."""
        if self._module:
            module, self._module = importlib.import_module(self._module), ""
            module.add_arguments(self)
            self.set_defaults(work=module.main, takes=frozenset(action.dest for action in self._actions))
        return super().parse_known_args(args, namespace)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = Parser(
        prog="dropout-explorer",
        description="Watch dropout happen. Without a command the window opens.",
    )
    top.add_argument("--version", action="version", version=f"dropout-explorer {__version__}")
    top.add_argument("--data", metavar=DATA, help=f"the reviews the window opens with: {DATA_HELP}; or a run file")
    top.add_argument("--imdb-url", metavar="URL", type=address, help="where Get the real reviews finds them")
    commands = top.add_subparsers(dest="command", title="commands", parser_class=_CommandParser)
    for name, help in COMMANDS.items():
        commands.add_parser(name, help=help, module=f"explorer.cli.{name}")
    return top


def _with_data(arguments: Sequence[str]) -> list[str]:
    """A file or folder that stands alone is opened: a double click on it starts the program like that."""
    if len(arguments) == 1 and arguments[0] not in COMMANDS and not arguments[0].startswith("-"):
        from explorer.data.source_options import absolute, source_of, split_source

        (path,) = arguments
        if os.path.exists(path):  # also one that is called like a data set, as sample
            return ["--data", source_of(os.path.abspath(path))]
        if os.path.exists(split_source(path)[0]):
            return ["--data", absolute(path)]
    return list(arguments)


def _with_dashes(arguments: Sequence[str]) -> list[str]:
    """Sources that begin with a dash, as `-#text=2` and the name of a file may, where argparse sees another option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] == "--data" and (word.startswith("-#") or (word[:1] == "-" and os.path.exists(word))):
            joined[-1] = f"--data={word}"
        else:
            joined.append(word)
    return joined


def _is_like_a_path(argument: str) -> bool:
    """Whether an argument, which is no file, was meant for one, and not for a command."""
    return not argument.startswith("-") and (os.path.basename(argument) != argument or "." in argument)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command line without the program's name; `sys.argv` when None.

    Returns:
        The exit code: 0, 2 for input that cannot be used, 130 and the like when interrupted.
    """
    streams.begin()
    top = parser()
    try:
        given = _with_data(sys.argv[1:] if arguments is None else arguments)
        if len(given) == 1 and _is_like_a_path(given[0]):
            top.error(f"there is no file or folder {shown(given[0])}")
        parsed = top.parse_args(_with_dashes(given))
        for name in ("data", "imdb_url"):
            if parsed.command is not None and getattr(parsed, name) is not None and name not in parsed.takes:
                top.error(f"--{name.replace('_', '-')} has no effect with {parsed.command}")
    except SystemExit as ending:  # with the help, the version, or a refusal
        raise SystemExit(streams.status(int(ending.code or 0))) from None
    if parsed.imdb_url is not None:
        from explorer.data.download import BASE_URL_VARIABLE

        os.environ[BASE_URL_VARIABLE] = parsed.imdb_url
    if parsed.command is not None:
        code: int = parsed.work(parsed)
        return code
    interrupts.window_follows()
    return _window(parsed.data)


def _window(data: str | None) -> int:
    from explorer.app import open_window

    if data is None or os.path.isfile(data):
        return open_window(data=data)
    from explorer.cli.piped import source
    from explorer.cli.streams import put

    try:
        with source(data) as readable:
            return open_window(data=readable)
    except ValueError as error:
        put("stderr", f"dropout-explorer: {error}\n")
        return 2
