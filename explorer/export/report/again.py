"""How a run is made again: the exact command, the program where no command can, versions, and what may change bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.data.source_options import split_source
from explorer.engine.environment import Environment, environment
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from explorer.export.report.markup import Markup, element, join
from explorer.options import options_for
from explorer.presentation.run_table import Row
from explorer.presentation.shown_text import shell_word, shown

_MAY_CHANGE: Final = (
    "another version of TensorFlow, Keras or NumPy, which may draw other random numbers as well;",
    "another kind of processor, since the order in which vector instructions add up differs;",
    "TF_ENABLE_ONEDNN_OPTS=1 (0 unless you set it), or more threads than the one that TensorFlow is given here;",
    "a graphics card.",
)


def again_section(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Markup:
    """A command a run, what it was made with, and how to tell whether it is the same again."""
    parts: list[Markup] = []
    for run, row in zip(runs, rows, strict=True):
        if len(runs) > 1:
            parts.append(element("h3", row.name))
        parts += _commands(run)
    parts += [
        element("h3", "What it was made with"),
        _facts(runs, rows),
        element("h3", "What may change the last bits"),
        element(
            "p",
            "The seed gives starting weights, order of reviews and masks a stream of random numbers each. Run again on "
            "the same machine with the same versions, every mask, weight and loss is the same bit for bit. On "
            "another machine the masks and the order of the reviews stay the same; the last digits of a loss may not. "
            "What may change them:",
        ),
        element("ul", *(element("li", reason) for reason in _MAY_CHANGE)),
    ]
    return join(parts)


def _commands(run: RunRecord) -> Iterator[Markup]:
    words = [element("span", "dropout-explorer run")]
    words += [element("span", f"{name} {shell_word(value)}") for name, value in options_for(started_as(run))]
    yield element("pre", element("code", join(words, " ")), class_="command", tabindex=0, aria_label="Command")
    if run.history.changes:
        said = (
            "That trains with the settings it began with. Some were changed while it went on, which no command does; "
        )
        yield element("p", said + "this does it at the very batches:")
        yield element("pre", element("code", program_of(run)), class_="command long", tabindex=0, aria_label="Program")


def _facts(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Markup:
    """What the runs have in common told once, the rest for each."""
    told: dict[str, list[str]] = {
        "Seed": [str(run.started_with.seed) for run in runs],
        "Reviews": [_reviews(run) for run in runs],
        "Fingerprint of the reviews (SHA-256)": [element("code", run.reviews.fingerprint) for run in runs],
        "Batches trained": [_trained(run) for run in runs],
        "Versions": [versions(run) for run in runs],
    }
    lines = []
    for label, values in told.items():
        cells: list[str]
        if len(set(values)) == 1:
            cells = values[:1]
        else:
            cells = [element("div", f"{row.name}: ", value) for row, value in zip(rows, values, strict=True)]
        lines.append(element("tr", element("th", label, scope="row"), element("td", *cells)))
    return element("table", element("caption", "What it was made with"), element("tbody", *lines), class_="facts")


def command_line(run: RunRecord) -> str:
    """The command that trains a run again from its start."""
    words = [word for pair in options_for(started_as(run)) for word in pair]
    return " ".join(map(shell_word, ["dropout-explorer", "run", *words]))


def started_as(run: RunRecord) -> Settings:
    """The settings it began with, told so that another computer does the same: *automatic* reviews by their name."""
    settings = run.started_with
    if settings.data == "auto":
        settings = settings.replace(data="sample" if run.reviews.generated else "imdb")
    return settings


def program_of(run: RunRecord) -> str:
    """A program that trains a run again with what was changed while it went on."""
    started = started_as(run)
    encoding = f"Encoding({started.num_words}, {started.start_char}, {started.oov_char}, {started.index_from})"
    fields = "".join(f"    {name}={value!r},\n" for name, value in started.to_dict().items())
    changed: dict[int, dict[str, Any]] = {}
    for change in run.history.changes:
        # Two changes before one batch are one.
        changed.setdefault(change.step, {}).update({name: after for name, _, after in change.changes})
    changes = "".join(f"    {step}: {values!r},\n" for step, values in changed.items())
    return f"""\
from explorer.data import load
from explorer.data.dataset import Encoding
from explorer.engine import Settings, Trainer

settings = Settings(
{fields})
changes = {{  # before which batch, counted from 1 over the whole run
{changes}}}
trainer = Trainer(settings, load(settings.data, {encoding}))
while trainer.steps < {len(run.history)}:
    if trainer.steps + 1 in changes:
        trainer.update(trainer.settings.replace(**changes[trainer.steps + 1]))
    trainer.step()
    if trainer.epoch_is_trained:
        trainer.end_epoch()
print(*trainer.history.results[-1:])
"""


def versions(run: RunRecord) -> str:
    """What it was trained with; of a run that was continued elsewhere, from which epoch on."""
    told = run.environments or ((1, environment()),)
    parts = [_environment(each) for _, each in told]
    if len(set(parts)) == 1:
        return parts[0]
    return "; ".join(f"from epoch {epoch} on {part}" for (epoch, _), part in zip(told, parts, strict=True))


def _environment(told: Environment) -> str:
    names = (
        ("program", "Dropout Explorer"),
        ("python", "Python"),
        ("tensorflow", "TensorFlow"),
        ("keras", "Keras"),
        ("numpy", "NumPy"),
    )
    parts = [f"{name} {told[key]}" for key, name in names if key in told]
    parts += [told[key] for key in ("system",) if key in told]
    onednn = {"0": "oneDNN off", "1": "oneDNN on"}.get(told.get("onednn", ""))
    threads = told.get("threads", "")
    counted = f"{threads} {'thread' if threads == '1' else 'threads'}" if threads.isdecimal() else None
    return ", ".join([*parts, *(each for each in (onednn, counted) if each)])


def _reviews(run: RunRecord) -> str:
    path, _ = split_source(run.started_with.data)
    where = "" if path in ("auto", "sample", "imdb") else f" from {shown(path)}"
    return f"{run.reviews.title}{where}: {run.reviews.train:,} for training, {run.reviews.test:,} for the test"


def _trained(run: RunRecord) -> str:
    steps, epochs = len(run.history), len(run.results)
    whole = f"{steps:,}, which is {epochs:,} epochs of {run.history.batches:,}"
    return whole if steps == epochs * run.history.batches else f"{steps:,}; {epochs:,} epochs are complete"
