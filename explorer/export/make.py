"""Makes everything that a request asks for: the one way by which the window and the command line export."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer import temporaries
from explorer.data.progress import DataError, Report, silent
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import Floats
from explorer.export.files import WriteError, note_written, replacing
from explorer.export.request import FIGURE_FORMATS, FILM_FORMATS, ExportRequest
from explorer.export.targets import WORDS, ExportError, Target, batch_note, obstacle, settled, targets


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """What an export is made of."""

    request: ExportRequest
    run: RunRecord
    others: Sequence[RunRecord]
    weights: Sequence[Floats] | None
    beside: list[Path] = field(default_factory=list)


_NO_WORDS: Final = (
    "This run was saved by an earlier version, without its words: words.json is not written. Open the run beside its "
    "reviews, continue it, and save it again to have it."
)
_Maker = Callable[[Target, _Source, Report], tuple[Path, ...]]


def export(
    request: ExportRequest,
    run: RunRecord,
    others: Sequence[RunRecord],
    folder: Path,
    report: Report = silent,
    *,
    weights: Sequence[Floats] | None = None,
) -> tuple[Path, ...]:
    """Write what a request asks for into a folder.

    Each file is there as a whole or not at all; one that was there before is replaced, and stays as it was when its
    turn does not come. Who must not overwrite asks `explorer.export.targets.targets` first. What cannot be exported
    now is left out, see `explorer.export.targets.missing_of`; it is an error where nothing else was asked for.

    Args:
        request: What, and how it looks. Its batch 0 is the last one there is at this moment.
        run: What it shows.
        others: The runs that are compared with it.
        folder: Where; made when it is not there.
        report: Told what is being made, and of how much that is; may raise `Cancelled`, which leaves the files that
            are done.
        weights: Six float32 arrays in the order of `Network.trainable_variables`, after the run's last epoch; None
            where they are not known.

    Returns:
        The files, those that came along too, in the order in which they were written. A TensorBoard log is a folder.

    Raises:
        ExportError: When nothing of it can be exported; before anything is written.
        WriteError: When a file cannot be written.
    """
    steps = len(run.history)
    request = settled(request, run.history)
    wanted, missing = [], []
    for target in targets(request, folder):
        sentence = obstacle(
            target.item, target.format, steps=steps, weights=weights is not None, units=run.settings.units
        )
        if sentence:
            missing.append(f"{target.item.label} ({target.format}): {sentence}")
        else:
            wanted.append(target)
    if not wanted:
        raise ExportError("; ".join(missing))
    check_review(request, run)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder} could not be made: {error.strerror or error}; choose another place") from error
    source = _Source(request, run, others, weights)
    whole, done = sum(target.weight for target in wanted), 0.0
    written: list[Path] = []
    for target in wanted:
        part = _part(report, target, done / whole, target.weight / whole)
        part("", 0.0)
        written += _maker(target)(target, source, part)
        done += target.weight
    report("Done", 1.0)
    return tuple(dict.fromkeys(written))


def check_review(request: ExportRequest, run: RunRecord) -> None:
    """Refuse a review that the batch does not have, or that was not kept, where one is drawn by itself.

    Args:
        request: Settled.
        run: Of which run.

    Raises:
        ExportError: With a sentence.
    """
    if request.review and any("review" in item.matters for item, _ in request.pairs()):
        kept = len(run.snapshot(request.step).rows)
        if request.review >= kept:
            raise ExportError(
                f"Review {request.review:,} of batch {request.step:,} is not kept: the first {kept} are. "
                f"Choose one from 0 to {kept - 1}"
            )


def notes(request: ExportRequest, run: RunRecord) -> tuple[str, ...]:
    """What is not as one expects in what a request makes, each in a sentence.

    Args:
        request: As it was made, not settled: a batch that was not chosen is another matter than one that was.
        run: Of which run.
    """
    said = [batch_note(request, run.history)]
    if any(item.name == "film" for item, _ in request.pairs()):
        from explorer.export.film.steps import film_note

        said.append(film_note(request, run.history))
    if run.vocabulary is None and any(item.name in ("model", "code") for item, _ in request.pairs()):
        said.append(_NO_WORDS)
    if any(item.name == "code" for item, _ in request.pairs()):
        said.append(_code_note(run))
    return tuple(note for note in said if note)


def _code_note(run: RunRecord) -> str:
    """Why the reviews of a run cannot stand beside its code; empty when they can, or Keras has them."""
    from explorer.export.code.origin import Origin, reviews_of

    origin = Origin.of(run)
    if origin.from_keras:
        return ""
    try:
        reviews_of(run)
    except DataError as error:
        reason = str(error).rstrip(".")
        return (
            f"The code stops where it reads its reviews, since {origin.reviews} could not be written beside it: "
            f"{reason}. Export it again where the reviews are."
        )
    return ""


def _part(report: Report, target: Target, before: float, share: float) -> Report:
    """A report of one file, which is so much of the whole."""

    def told(message: str, fraction: float | None = None) -> None:
        name = target.path.name
        report(f"{name}: {message}" if message else name, before + share * (fraction or 0.0))

    return told


def _maker(target: Target) -> _Maker:
    if target.format in FIGURE_FORMATS:
        return _figure
    if target.format in FILM_FORMATS:
        return _film
    return _MAKERS[target.format]


def _put(path: Path, content: bytes) -> tuple[Path, ...]:
    with replacing(path) as file:
        file.write(content)
    return (path,)


# Each is imported when it is asked for: Matplotlib alone takes longer than a table.


def _figure(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.figures import render

    return _put(target.path, render(target.item.name, target.format, source.request, source.run, source.others))


def _film(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.film import write_film

    write_film(target.path, source.request, source.run, report)
    return (target.path,)


def _table(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.tables import write_table

    return tuple(write_table(target.item.name, source.request, source.run, source.others, target.path, report))


def _model(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.code import Origin, loading_program
    from explorer.export.model import write_model

    assert source.weights is not None  # without them it is not asked for
    run = source.run
    model, program, words = target.paths
    write_model(model, run.settings, source.weights, run.vocabulary)
    made = loading_program(run.settings, model.name, Origin.of(run))
    return (model, *_put(program, made.text.encode()), *_words(words, run))


def _words(path: Path, run: RunRecord) -> tuple[Path, ...]:
    """Write the words of a run, where they are known."""
    from explorer.export.code.origin import word_index_json

    return () if run.vocabulary is None else _put(path, word_index_json(run.vocabulary))


def _script(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.code import Origin, program

    made = program(source.run.settings, Origin.of(source.run))
    return _put(target.path, made.text.encode()) + _beside_code(target, source, report)


def _notebook(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.code import Origin, notebook

    made = notebook(source.run.settings, Origin.of(source.run))
    return _put(target.path, made.encode()) + _beside_code(target, source, report)


def _beside_code(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    """Write the words and, where Keras does not have them, the reviews; once for all code in one folder."""
    from explorer.export.code.origin import Origin, encoding_of, reviews_npz, reviews_of

    written = [path for path in source.beside if path.parent == target.path.parent]
    if not written:
        written += _words(target.path.with_name(WORDS), source.run)
        origin = Origin.of(source.run)
        if not origin.from_keras:
            with contextlib.suppress(DataError):  # `notes` says so
                content = reviews_npz(reviews_of(source.run, report), encoding_of(source.run.started_with))
                written += _put(target.path.with_name(origin.reviews), content)
        source.beside.extend(written)
    return tuple(written)


def _report(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.report import report as page

    return _put(target.path, page(source.run, source.others, source.request, report))


def _tensorboard(target: Target, source: _Source, report: Report) -> tuple[Path, ...]:
    from explorer.export.tensorboard import write_tensorboard

    place = new = target.path
    try:
        with temporaries.part_of(place, folder=True) as temporary:
            new = temporary / "new"
            write_tensorboard(new, source.run, report)
            # TensorBoard would draw what is left of an earlier log into the same curves.
            old = temporary / "old"
            with temporaries.together():
                if place.exists():
                    os.replace(place, old)
                try:
                    os.replace(new, place)
                except OSError:
                    if old.exists():
                        os.replace(old, place)
                    raise
    except WriteError as error:
        raise WriteError(str(error).replace(str(new), str(place))) from error  # nobody knows of the temporary folder
    except OSError as error:
        raise WriteError(f"{place} could not be written: {error.strerror or error}; choose another place") from error
    note_written(place)
    return (place,)


_MAKERS: Final[dict[str, _Maker]] = {
    "csv": _table,
    "npz": _table,
    "keras": _model,
    "py": _script,
    "ipynb": _notebook,
    "html": _report,
    "tensorboard": _tensorboard,
}
