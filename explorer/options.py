"""Settings as options of the command line, and options as settings: each made from the settings' declarations."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from explorer.engine.declarations import Declaration
from explorer.engine.settings import HIDDEN, PRESETS, Settings, declaration, preset

SINGLE: Final = (
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


DEFAULT_PRESET: Final = "explore"
_DEFAULTS: Final = preset(DEFAULT_PRESET)


def option(name: str) -> str:
    """How a field is spelled on the command line: `batch_size` is `--batch-size`."""
    return f"--{name.replace('_', '-')}"


def value_of(declared: Declaration) -> Callable[[str], Any]:
    """A converter for argparse: from text to a value that the declaration accepts."""

    def convert(text: str) -> Any:
        try:
            value = declared.kind(text if _plain(declared, text) else "")
        except ValueError:
            kind = "a whole number" if declared.kind is int else "a number"
            raise argparse.ArgumentTypeError(f"must be {kind}, got {text!r}") from None
        try:
            declared.check(value)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error).removeprefix(f"{declared.name} ")) from None
        return value

    return convert


def _plain(declared: Declaration, text: str) -> bool:
    """Whether a number is written as people write it: Python takes 1_0 for 10, and digits of other scripts."""
    return declared.kind is str or ("_" not in text and text.isascii())


def add_declared(
    parser: argparse._ActionsContainer, declared: Declaration, *names: str, help: str | None = None
) -> None:
    """Add the option of one field; where it is not given the parsed value is None.

    Args:
        parser: Where it is added.
        declared: The field.
        names: How it is spelled; made from the field's name when there are none.
        help: Its help text; the declaration's when None.
    """
    names = names or (option(declared.name),)
    told: dict[str, Any] = {"dest": declared.name, "default": None, "help": help if help is not None else declared.help}
    if declared.choices:
        parser.add_argument(*names, choices=[value for value, _ in declared.choices], **told)
    elif declared.kind is bool:
        parser.add_argument(*names, action=argparse.BooleanOptionalAction, **told)
    else:
        metavar = {int: "N", float: "X", str: "TEXT"}[declared.kind]
        parser.add_argument(*names, metavar=metavar, type=value_of(declared), **told)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add an option for every setting but the data."""
    parser.add_argument(
        "--preset",
        choices=list(PRESETS),
        help=f"where the other options begin, see below ({DEFAULT_PRESET}); their defaults here are those of it",
    )
    for name in SINGLE:
        declared = declaration(name)
        add_declared(parser, declared, help=f"{declared.help} ({getattr(_DEFAULTS, name)})")
    rates = parser.add_mutually_exclusive_group()
    rates.add_argument(
        "--rate",
        metavar="R",
        type=value_of(declaration("rate_1")),
        help=f"the share dropped after both hidden layers, in [0, 1); 0 is off ({_DEFAULTS.rate_1})",
    )
    rates.add_argument(
        "--rates",
        metavar="R1,R2",
        type=_rates,
        help=f"the same for each hidden layer ({_DEFAULTS.rate_1},{_DEFAULTS.rate_2})",
    )


def presets_told() -> str:
    """What each preset stands for, as options, a line each."""
    width = max(map(len, PRESETS))
    lines = ["presets, and the options that each stands for; all else is as above:"]
    for name, (label, changes) in PRESETS.items():
        settings = preset(name)
        options = [
            f"{option(each)} {getattr(settings, each):g}"
            if declaration(each).kind is float
            else f"{option(each)} {getattr(settings, each)}"
            for each in SINGLE
            if each in changes
        ]
        if any(each.startswith(("dropout_", "rate_")) for each in changes):
            pair = (f"{settings.rate(n):g}" if settings.active(n) else "0" for n in HIDDEN)
            options.append(f"--rates {','.join(pair)}")
        lines.append(f"  {name:{width}}  {label}")
        lines.append(f"  {'':{width}}  {' '.join(options) or 'the defaults above'}")
    return "\n".join(lines)


def _rates(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:
        raise argparse.ArgumentTypeError(f"must be two rates such as 0.5,0.3 (0 is off), got {text!r}")
    convert = value_of(declaration("rate_1"))
    return convert(parts[0]), convert(parts[1])


def settings_from(arguments: argparse.Namespace) -> Settings:
    """The settings that the options of `run` ask for.

    Raises:
        ValueError: When they do not go together, or one of them has no effect, with a sentence.
    """
    changes = {name: value for name in SINGLE if (value := getattr(arguments, name)) is not None}
    if arguments.data is not None:
        changes["data"] = arguments.data
    for hidden, rate in zip(HIDDEN, rates_from(arguments), strict=True):
        if rate is not None:
            changes[f"dropout_{hidden}"] = rate > 0
            changes[f"rate_{hidden}"] = rate
    base = preset(arguments.preset or DEFAULT_PRESET)
    if changes.get("written_as") == "keras" and "scaling" not in changes:
        changes["scaling"] = "inverted"  # a preset's other scaling gives way to the way of writing asked for
    settings = base.replace(**changes)
    _refuse_what_has_no_effect(arguments, settings)
    return settings


def rates_from(arguments: argparse.Namespace) -> tuple[float | None, float | None]:
    """The rates after both hidden layers that were asked for; None where nothing was."""
    pair: tuple[float | None, float | None] = arguments.rates or (arguments.rate, arguments.rate)
    return pair


def typed(arguments: argparse.Namespace, name: str) -> str:
    """How a setting was asked for, as `--units 4`; empty when it was not, or by the preset alone."""
    if name.startswith(("dropout_", "rate_")):
        for each in ("rate", "rates"):
            value = getattr(arguments, each)
            if value is not None:
                return f"{option(each)} {','.join(f'{rate:g}' for rate in (value if each == 'rates' else [value]))}"
        return ""
    value = getattr(arguments, name)
    return "" if value is None else f"{option(name)} {value}"


def _refuse_what_has_no_effect(arguments: argparse.Namespace, settings: Settings) -> None:
    for name in ("dropout_1", *SINGLE):  # what holds for one rate's layer holds for both
        asked = typed(arguments, name)
        unmet = declaration(name).unmet(settings)
        if asked and unmet is not None:
            because = next(filter(None, (typed(arguments, each) for each in unmet.on)), f"--preset {arguments.preset}")
            raise ValueError(f"{asked.split()[0]} has no effect with {because}, which {unmet.otherwise}")
    if arguments.imdb_url is not None and settings.data not in ("auto", "imdb"):
        raise ValueError(f"--imdb-url has no effect with --data {settings.data}, which is not downloaded")


def options_for(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The options that ask for some settings: name and value of each, the reverse of `settings_from`.

    All that have an effect are told, so that they mean the same to a version with other defaults. A rate of 0 stands
    for no dropout there, which trains bit for bit what a rate of 0 trains.
    """
    rates = [settings.rate(hidden) if settings.active(hidden) else 0.0 for hidden in HIDDEN]
    if settings.written_as != "none":  # as the options will be read
        settings = settings.replace(**{f"dropout_{hidden}": rates[hidden - 1] > 0 for hidden in HIDDEN})
    told = {
        "--data": settings.data,
        "--rates": ",".join(f"{rate!r}" if rate else "0" for rate in rates),
        **{option(name): str(getattr(settings, name)) for name in SINGLE},
    }
    first = ("--data", "--written-as", "--scaling", "--rates")
    order = (*first, *(name for name in told if name not in first))
    dead = {option(name) for name in SINGLE if declaration(name).unmet(settings) is not None}
    if declaration("dropout_1").unmet(settings) is not None:
        dead.add("--rates")
    return tuple((name, told[name]) for name in order if name not in dead)
