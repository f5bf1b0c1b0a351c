"""`dropout-explorer export`: what the window exports, from a run file."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer import interrupts
from explorer.cli.arguments import add_files, add_quiet, folder
from explorer.cli.export_options import add_request, items_told, request_from
from explorer.cli.piped import run_files
from explorer.cli.terminal import Written, bar, complain, ended, go_on, quiet, reporting, tell
from explorer.engine.snapshot import Floats
from explorer.export.files import WriteError, folder_writable, noting, writable
from explorer.export.make import export as make
from explorer.export.make import notes
from explorer.export.request import ExportRequest
from explorer.export.targets import missing_of, settled, targets
from explorer.store import SavedRun, open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `export` takes."""
    parser.description = "Write figures, films, tables, code and a report of a run file, as the window does."
    parser.epilog = items_told()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_files(parser, "the run; those behind it are compared with it")
    parser.add_argument("--out", metavar="DIR", type=folder, required=True, help="the folder to write to")
    add_quiet(parser)
    add_request(parser)


def main(arguments: argparse.Namespace) -> int:
    """Write what the options ask for, and print the path of each file once it is whole.

    What cannot be written because something is not installed, or not known, is named before and after, and the exit
    code is then 1; it is 2, and nothing is written, where that is all that was asked for.

    Returns:
        The exit code, see `terminal.ended`.
    """
    with quiet(arguments.quiet):
        return ended("export", lambda written: _export(arguments, written))


def _export(arguments: argparse.Namespace, written: Written) -> int:
    asked = request_from(arguments)
    out: Path = arguments.out
    folder_writable(out)
    with run_files(arguments.files) as files, bar(desc="Opening", unit="%", total=100) as progress:
        report = reporting(progress)
        run, *others = [open_run(path, report) for path in files]
        record = run.record
        request = settled(asked, record.history)
        places = [path for target in targets(request, out) for path in target.paths]
        if out.is_dir():
            for place in places:
                if place.suffix:  # a log is a folder
                    writable(place)
        known = bool(run.epochs_with_weights)
        missing = missing_of(request, steps=len(record.history), weights=known, units=record.settings.units)
        some = len(missing) < len(request.pairs())

        def note(path: Path) -> None:
            if path not in written:
                written.append(path)
                progress.clear()
                tell(str(path))

        def name_missing() -> None:
            for sentence in missing if some else ():
                complain("export", sentence)

        name_missing()
        others_shown = [other.record for other in others]
        try:
            with noting(note):
                make(request, record, others_shown, out, report, weights=_weights(run, request))
        except (WriteError, ValueError) as error:
            if not written:
                raise
            go_on()  # after a signal it is none of its own
            progress.clear()
            complain("export", error)
            return 1
        finally:
            progress.close()
            if not interrupts.received():
                name_missing()
    for sentence in notes(asked, record):
        complain("export", sentence)
    return 1 if missing else 0


def _weights(run: SavedRun, request: ExportRequest) -> tuple[Floats, ...] | None:
    """The weights after the last epoch whose weights the file has, where they are asked for."""
    wanted = any(item.name == "model" for item, _ in request.pairs())
    return run.weights(max(run.epochs_with_weights, default=0)) if wanted else None
