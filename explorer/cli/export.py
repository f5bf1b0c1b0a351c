"""`dropout-explorer export`: what the window exports, from a run file."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.cli.arguments import add_files, add_quiet, file
from explorer.cli.export_options import add_request, items_told, request_from
from explorer.cli.terminal import bar, complain, ended, quiet, reporting, tell
from explorer.engine.snapshot import Floats
from explorer.export.files import folder_writable, writable
from explorer.export.make import export as make
from explorer.export.make import notes
from explorer.export.request import ExportRequest
from explorer.export.targets import obstacles, settled, targets
from explorer.store import SavedRun, open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `export` takes."""
    parser.description = "Write figures, films, tables, code and a report of a run file, as the window does."
    parser.epilog = items_told()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_files(parser, "the run; those behind it are compared with it")
    parser.add_argument("--out", metavar="DIR", type=file, required=True, help="the folder to write to")
    add_quiet(parser)
    add_request(parser)


def main(arguments: argparse.Namespace) -> int:
    """Write what the options ask for, and print the path of each file.

    Returns:
        The exit code, see `terminal.ended`.
    """
    with quiet(arguments.quiet):
        return ended("export", lambda written: _export(arguments, written))


def _export(arguments: argparse.Namespace, written: list[Path]) -> None:
    asked = request_from(arguments)
    folder: Path = arguments.out
    folder_writable(folder)
    with bar(desc="Opening", unit="%", total=100) as progress:
        report = reporting(progress)
        run, *others = [open_run(path, report) for path in arguments.files]
        request = settled(asked, run.record.history)
        wanted = targets(request, folder)
        places = [path for target in wanted for path in target.paths]
        if folder.is_dir():
            for place in places:
                if place.suffix:  # a log is a folder
                    writable(place)
        before = {place: _changed(place) for place in places}
        try:
            files = make(
                request, run.record, [other.record for other in others], folder, report, weights=_weights(run, request)
            )
        except KeyboardInterrupt:
            written += [place for place in places if _changed(place) != before[place]]
            raise
    for path in files:
        tell(str(path))
    left_out = obstacles(
        request,
        steps=len(run.record.history),
        weights=bool(run.epochs_with_weights),
        units=run.record.settings.units,
    )
    for sentence in (*(f"{item.label} ({name}): {why}." for item, name, why in left_out), *notes(asked, run.record)):
        complain("export", sentence)


def _weights(run: SavedRun, request: ExportRequest) -> tuple[Floats, ...] | None:
    """The weights after the last epoch whose weights the file has, where they are asked for."""
    wanted = any(item.name == "model" for item, _ in request.pairs())
    return run.weights(max(run.epochs_with_weights, default=0)) if wanted else None


def _changed(place: Path) -> int | None:
    """When a file was last written, in nanoseconds; None where there is none."""
    return place.stat().st_mtime_ns if place.exists() else None
