"""`dropout-explorer fetch`: the real reviews, downloaded without a window."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.cli.arguments import add_quiet, address
from explorer.cli.terminal import bar, complain, ended, quiet, reporting, tell
from explorer.data.download import BASE_URL, download
from explorer.data.readers.imdb import ARCHIVE
from explorer.data.sources import keras_folder
from explorer.data.word_index import WORD_INDEX


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `fetch` takes."""
    parser.description = (
        "Download the IMDB reviews (17 MB) to where Keras keeps data sets, check them, and print the path of the "
        "archive. --data imdb, and auto, find them there. What is there already and whole is not downloaded again."
    )
    parser.add_argument(
        "--imdb-url",
        metavar="URL",
        type=address,
        default=argparse.SUPPRESS,  # otherwise what stands before `fetch` would be forgotten
        help="the folder on the web that both files are downloaded from; #sha256=…&word_index_md5=… behind it for "
        f"other files than Keras's (DROPOUT_EXPLORER_IMDB_URL, or else {BASE_URL})",
    )
    add_quiet(parser)


def main(arguments: argparse.Namespace) -> int:
    """Download the reviews where they are missing, and print the path of the archive.

    Returns:
        The exit code, see `terminal.ended`.
    """
    with quiet(arguments.quiet):
        return ended("fetch", lambda written: _fetch(arguments, written))


def _fetch(arguments: argparse.Namespace, written: list[Path]) -> None:
    before = _stamps(keras_folder())
    with bar(desc="Downloading", unit="%", total=100) as progress:
        path = download(reporting(progress), base_url=arguments.imdb_url)
    written.append(path)
    if _stamps(path.parent) == before and not arguments.quiet:
        complain("fetch", "the reviews are there already, whole and checked; nothing was downloaded")
    tell(str(path))


def _stamps(folder: Path) -> list[tuple[int, int] | None]:
    """What tells whether the files in a folder were replaced."""
    found = [folder / name for name in (ARCHIVE, WORD_INDEX)]
    return [(path.stat().st_ino, path.stat().st_mtime_ns) if path.is_file() else None for path in found]
