"""What the parsers of several commands have in common: how a refusal reads, and arguments that more than one takes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final, NoReturn

DATA: Final = "sample|imdb|PATH"
DATA_HELP: Final = (
    "auto (IMDB when it is on this computer, else the sample), sample, imdb (dropout-explorer fetch gets it), or the "
    "path of an imdb.npz, of a table (CSV, TSV), of JSON or JSON Lines, of a folder such as aclImdb, or of a zip, tar, "
    "gzip, bzip2 or xz with one of these; columns that cannot be guessed follow it: "
    "reviews.csv#text=NAME&label=NAME; - is standard input"
)
STANDARD: Final = Path("-")
"""What `-` is as an argument: this very object, since `./-` is a file."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """End the process with the sentence on stderr and exit status 2."""
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def count(text: str) -> int:
    """A number of a test review, counted from 0."""
    if not (text.isdecimal() and text.isascii()):
        raise argparse.ArgumentTypeError(f"must be the number of a test review, counted from 0, got {text!r}")
    return int(text)


def address(text: str) -> str:
    """An address of a folder on the web, as `--imdb-url` takes it."""
    from explorer.data.download import parsed_url
    from explorer.data.progress import DataError

    try:
        parsed_url(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None
    return text


def file(text: str) -> Path:
    """A path to read or to write, which the empty string is not."""
    if not text:
        raise argparse.ArgumentTypeError("must be a path, got nothing")
    return STANDARD if text == "-" else Path(text)


def run_file(text: str) -> Path:
    """A path of a run file that is read more than once, which standard input is not."""
    if text == "-":
        raise argparse.ArgumentTypeError("must be the path of a file, since the run is read from it as it goes on")
    return file(text)


def folder(text: str) -> Path:
    """A path of a folder, which no standard stream is."""
    if text == "-":
        raise argparse.ArgumentTypeError("must be the path of a folder; ./- for one of that name")
    return file(text)


def add_files(parser: argparse.ArgumentParser, help: str) -> None:
    """Add the run files that a command reads, one or more."""
    parser.add_argument("files", metavar="FILE.dropout", type=file, nargs="+", help=f"{help}; - for standard input")


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Add `--quiet`, see `explorer.cli.terminal.quiet`."""
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors, and what was asked to go to -")
