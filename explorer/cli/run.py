"""`dropout-explorer run`: the training of the window, without one."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from explorer.cli.arguments import DATA, DATA_HELP, add_quiet, address, count, file, folder, run_file
from explorer.cli.continuing import Continuation
from explorer.cli.piped import outputs, source
from explorer.cli.run_json import KEYS, dumped, run_json
from explorer.cli.terminal import Written, bar, complain, ended, go_on, quiet, reporting, tell
from explorer.data.dataset import Encoding, ReadingNotes
from explorer.data.download import download, needed
from explorer.data.locate import load
from explorer.data.progress import Cancelled, DataError
from explorer.data.questions import DataQuestion
from explorer.data.source_options import absolute, split_source
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import EpochResult
from explorer.engine.test_result import TestResult, evaluate_test
from explorer.export.files import folder_writable, replacing, writable
from explorer.export.record import Recorder
from explorer.export.tensorboard import write_beside
from explorer.options import add_settings, presets_told, settings_from
from explorer.presentation.test_words import classic_line, test_line
from explorer.store import Journal, keeping

if TYPE_CHECKING:
    from explorer.engine.training import Trainer
_HAD: Final = "can be had in the window under File, Recent runs, and saved from there"
_OFFERED: Final = "will be offered by the window when it starts next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` takes."""
    parser.description = "Train without a window."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = presets_told()
    # Suppressed: otherwise what stands before `run` would be forgotten.
    parser.add_argument("--data", metavar=DATA, default=argparse.SUPPRESS, help=DATA_HELP)
    parser.add_argument(
        "--imdb-url",
        metavar="URL",
        type=address,
        default=argparse.SUPPRESS,
        help="the folder on the web that the IMDB reviews are downloaded from when they are not on this computer; "
        "#sha256=…&word_index_md5=… behind it for other files than Keras's",
    )
    add_settings(parser)
    parser.add_argument(
        "--continue",
        dest="continued",
        metavar="RUN.dropout",
        type=run_file,
        help="go on after a run's last complete epoch, as that run would have; --epochs counts those it has done, too. "
        "Only --epochs, --learning-rate, --rate and --rates may change, and --data says where its reviews are now. "
        "RUN.dropout stays as it is unless --save names it; --record has the batches trained now, --json and "
        "--tensorboard the whole run",
    )
    add_quiet(parser)
    parser.add_argument("--predict", metavar="N", type=count, help="the test review of the last line (0)")
    parser.add_argument(
        "--json",
        metavar="FILE",
        type=file,
        help=f"write settings, curves and results: {KEYS}. - is standard output here, for --record and for --save: the "
        "lines go to standard error then",
    )
    parser.add_argument("--record", metavar="FILE.npz", type=file, help="write every activation, mask and output")
    parser.add_argument(
        "--save", metavar="FILE.dropout", type=file, help="write the run: it can be opened and continued"
    )
    parser.add_argument(
        "--tensorboard",
        metavar="DIR",
        type=folder,
        help="write a log that TensorBoard opens, in a new folder there: runs stand beside each other",
    )


def main(arguments: argparse.Namespace) -> int:
    """Train as the options ask, print a line an epoch and the results, and write what was asked for.

    Returns:
        The exit code, see `terminal.ended`.
    """
    with quiet(arguments.quiet):
        return ended("run", lambda written: _run_to(arguments, written))


def _run_to(arguments: argparse.Namespace, written: Written) -> None:
    """Have what goes to standard output written to a file first."""
    names = ("json", "record", "save")
    with outputs({f"--{name}": getattr(arguments, name) for name in names}, written) as targets:
        for name in names:
            setattr(arguments, name, targets[f"--{name}"])
        _run(arguments, written)


def _run(arguments: argparse.Namespace, written: Written) -> None:
    _check_targets(arguments)
    if arguments.predict is not None and arguments.quiet and arguments.json is None and arguments.save is None:
        raise ValueError("--predict has no effect with --quiet, which prints nothing, without --json or --save")
    predicted: int = arguments.predict or 0
    continued = None
    if arguments.continued is not None:
        with bar(desc="Opening", unit="%", total=100) as progress:
            continued = Continuation.of(arguments, reporting(progress))
        if continued.note:
            complain("run", continued.note)
    settings = settings_from(arguments) if continued is None else continued.settings
    for option, target in (("--save", arguments.save), ("--tensorboard", arguments.tensorboard)):
        if target is not None and not settings.epochs:
            raise ValueError(f"{option} needs a trained epoch, got --epochs 0")
    if arguments.save is not None and split_source(settings.data)[0] != "-":
        settings = settings.replace(data=absolute(settings.data))  # it may be continued from another folder
    with bar(desc="Reading", unit="%", total=100) as progress:
        report = reporting(progress)
        unfetched = ""
        encoding = Encoding(settings.num_words, settings.start_char, settings.oov_char, settings.index_from)
        if arguments.imdb_url is not None and settings.data in ("auto", "imdb") and needed(arguments.imdb_url):
            try:
                download(report)
            except DataError as error:
                if settings.data != "auto":
                    raise
                unfetched = f"The bundled sample is used, since the IMDB reviews cannot be downloaded. {error}"
        try:
            with source(settings.data) as readable:
                dataset = load(readable, encoding, report)
        except DataQuestion:
            raise
        except DataError as error:
            raise error if continued is None else continued.missing(error) from error
        if dataset.generated and unfetched:
            dataset = dataclasses.replace(dataset, notes=ReadingNotes(remarks=(unfetched,)))
        if predicted >= len(dataset.test):
            raise ValueError(f"--predict must be below {len(dataset.test)}, got {predicted}")
        report("Loading TensorFlow")
        from explorer.engine.training import Trainer

        trainer = Trainer(settings, dataset) if continued is None else continued.trainer(dataset)
    tell(
        f"{dataset.title}: {len(trainer.trained_on)} reviews trained on, {len(trainer.held_out)} held out for "
        f"validation, {len(dataset.test)} for the test"
    )
    for sentence in dataset.notes.sentences():
        if dataset.generated:
            complain("run", sentence)  # other reviews than were hoped for, also where quiet was asked for
        else:
            tell(sentence)
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(Recorder(arguments.record, settings)) if arguments.record else None
        # Named as its file is, which is what somebody who compares files knows it by.
        journal = stack.enter_context(_keeping(trainer, arguments.save, continued, written)) if arguments.save else None
        for result in _train(trainer, recorder, continued):
            if journal is not None:
                journal.keep(trainer)
            tell(_line(result, trainer.settings.epochs))
        test = _test(trainer, predicted)
        if recorder is not None:
            recorder.write()
            written.append(arguments.record)
        if journal is not None:
            with bar(desc="Saving", unit="%", total=100) as progress:
                journal.save(arguments.save, report=reporting(progress))
            written.append(arguments.save)
    if arguments.tensorboard is not None:
        with bar(desc="Logging", unit="%", total=100) as progress:
            name = f"seed-{settings.seed}" if arguments.save is None else arguments.save.stem
            record = RunRecord.of(trainer, "" if arguments.save is None else name)
            written.append(write_beside(arguments.tensorboard, name, record, reporting(progress)))
    if arguments.json is not None:
        record = RunRecord.of(trainer, "" if arguments.save is None else arguments.save.stem)
        told = run_json(record, peak_memory_mb=peak_memory_mb())
        with replacing(arguments.json) as opened:
            opened.write(f"{dumped(told)}\n".encode())
        written.append(arguments.json)
    tell(test_line(test))
    tell(classic_line(test))


def _test(trainer: Trainer, index: int) -> TestResult:
    """Evaluate the test reviews, once: everything that is written and printed has the same figures."""
    with bar(desc="Testing", unit="%", total=100) as progress:
        report = reporting(progress)
        test = evaluate_test(trainer, index, lambda share: report("Testing", share))
    assert test is not None  # the review to predict is one of them
    return test


@contextlib.contextmanager
def _keeping(trainer: Trainer, target: Path, continued: Continuation | None, written: Written) -> Iterator[Journal]:
    """Keep a run until it is saved; say where it is when that does not come about."""
    saved = None if continued is None else continued.saved
    # Over its own file it keeps its name.
    name = saved.record.name if saved is not None and target.resolve() == saved.path.resolve() else target.stem
    begun = trainer.epochs_done
    with keeping(trainer, name, continued=saved, troubled=lambda sentence: complain("run", sentence)) as journal:

        def remark(cut_short: bool) -> str:
            kept = 0 if journal.newest is None or journal.trouble else journal.newest.epoch
            had = _OFFERED if cut_short else _HAD
            return f"{kept} epoch{'s' * (kept > 1)} of this run {had}" if kept > begun else ""

        written.remark = remark
        try:
            yield journal
        except Exception as error:
            told = remark(False)
            written.remark = lambda cut_short: told
            if told and not isinstance(error, Cancelled):
                complain("run", told)
            raise
        written.remark = lambda cut_short: ""


def _check_targets(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be written before an hour is spent on what goes there."""
    if arguments.tensorboard is not None:
        folder_writable(arguments.tensorboard)
    options = {"--json": arguments.json, "--record": arguments.record, "--save": arguments.save}
    seen: dict[Path, str] = {}
    for option, target in options.items():
        if target is not None:
            writable(target)
            other = seen.setdefault(target.resolve(), option)
            if other != option:
                raise ValueError(f"{other} and {option} must be two files, got one")


def _train(trainer: Trainer, recorder: Recorder | None, continued: Continuation | None) -> Iterator[EpochResult]:
    snapshots = trainer.run()
    while not trainer.finished:
        title = f"Epoch {trainer.epochs_done + 1} of {trainer.settings.epochs}"
        with bar(desc=title, unit="batch", total=trainer.batches) as progress:
            for _ in range(trainer.batches):
                go_on()
                if continued is not None:
                    continued.before_step(trainer)
                snapshot = next(snapshots)
                if recorder is not None:
                    recorder.append(snapshot)
                progress.update()
        yield trainer.history.results[-1]


def _line(result: EpochResult, epochs: int) -> str:
    line = (
        f"epoch {result.epoch:>{len(str(epochs))}}/{epochs}"
        f"  loss {result.loss:.4f} (dropout on) {result.train_loss:.4f} (off)"
        f"  accuracy {result.accuracy:.4f} (on) {result.train_accuracy:.4f} (off)"
    )
    if result.val_loss is not None and result.val_accuracy is not None:
        line += f"  validation loss {result.val_loss:.4f} accuracy {result.val_accuracy:.4f}"
    return f"{line}  {result.seconds:.2f} s"


def peak_memory_mb() -> float | None:
    """The most memory the process has held so far, in MB (10⁶ bytes); None where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: a child begins with its parent's peak in it.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    with contextlib.suppress(ImportError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    return None
