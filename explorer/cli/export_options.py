"""The options of `export`: made from the declarations of a request, and read back as one."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from explorer.export.request import DECLARATIONS, FORMATS, ITEMS, ExportRequest, Item
from explorer.options import add_declared, option

_OPTIONS = {"formats": "--format"}


def add_request(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of a request, under the headings of the dialog."""
    titles = dict.fromkeys(declared.group for declared in DECLARATIONS)
    groups = {title: parser.add_argument_group(title.lower()) for title in titles}
    for declared in DECLARATIONS:
        default = ("no", "yes")[declared.default] if declared.kind is bool else declared.default
        names = (_OPTIONS[declared.name],) if declared.name in _OPTIONS else ()
        add_declared(groups[declared.group], declared, *names, help=f"{declared.help} ({default})")


def items_told() -> str:
    """What there is, and in which formats, a line an item."""
    width = max(len(item.name) for item in ITEMS)
    lines = [f"  {item.name:{width}}  {', '.join(item.formats)}" for item in ITEMS]
    return "\n".join(["what there is, and its formats (all stands for all of them):", *lines])


def request_from(arguments: argparse.Namespace) -> ExportRequest:
    """The request that the options of `export` make.

    Raises:
        ValueError: When they do not go together, or one of them has no effect, with a sentence.
    """
    told: dict[str, Any] = {
        declared.name: value for declared in DECLARATIONS if (value := getattr(arguments, declared.name)) is not None
    }
    own = [name for name in ("width", "height", "dpi") if name in told]
    if own and told.setdefault("size", "custom") != "custom":
        raise ValueError(f"--{own[0]} goes with --size custom, got --size {told['size']}")
    try:
        request = ExportRequest(**told)
    except ValueError as error:
        raise ValueError(_with_options(str(error))) from error
    _refuse_names_without_effect(request)
    _refuse_fields_without_effect(request, arguments)
    if len(arguments.files) > 1 and not any(item.compares for item, _ in request.pairs()):
        raise ValueError(
            f"{arguments.files[1]} has no effect with --what {request.what}: {_listed(request.items)} of one run; "
            f"runs are compared by {_names(item for item in ITEMS if item.compares)}"
        )
    return request


def _with_options(sentence: str) -> str:
    """A refusal of a request in the words of the command line."""
    if " cannot be written as " in sentence:
        return f"--what {sentence.replace(' cannot be written as ', ' cannot be written as --format ')}"
    field, _, rest = sentence.partition(" ")
    return f"{_spelled(field)} {rest}" if field in {declared.name for declared in DECLARATIONS} else sentence


def _spelled(name: str) -> str:
    return _OPTIONS.get(name, option(name))


def _names(items: Iterable[Item]) -> str:
    return ", ".join(item.name for item in items)


def _listed(items: tuple[Item, ...]) -> str:
    return f"{_names(items)} {'is' if len(items) == 1 else 'are'}"


def _refuse_names_without_effect(request: ExportRequest) -> None:
    """Refuse an item that no asked format writes, and a format that no asked item has."""
    if "all" not in request.what.split(","):
        written = {item for item, _ in request.pairs()}
        for item in request.items:
            if item not in written:
                raise ValueError(
                    f"--what {item.name} has no effect with --format {request.formats}: {item.name} has "
                    f"{', '.join(item.formats)}"
                )
    used = {name for _, name in request.pairs()}
    for name in FORMATS:
        if name in request.formats.split(",") and name not in used and "all" not in request.formats.split(","):
            raise ValueError(
                f"--format {name} has no effect with --what {request.what}: {name} is of "
                f"{_names(item for item in ITEMS if name in item.formats)}"
            )


def _refuse_fields_without_effect(request: ExportRequest, arguments: argparse.Namespace) -> None:
    """Refuse a field that was typed, where nothing that is to be written reads it."""
    pairs = request.pairs()
    read = frozenset().union(*(item.reads(name) for item, name in pairs))
    for declared in DECLARATIONS:
        value = getattr(arguments, declared.name)
        if value is None or declared.name in ("what", "formats") or declared.name in read:
            continue
        spelled = _spelled(declared.name)
        if value is False:
            spelled = spelled.replace("--", "--no-", 1)
        readers = tuple(item for item in ITEMS if any(declared.name in item.reads(name) for name in item.formats))
        asked = f"--what {request.what} --format {request.formats}"
        raise ValueError(f"{spelled} has no effect with {asked}; it is read by {_drawn(readers, declared.name)}")
    if request.theme == "transparent" and arguments.theme is not None:
        transparent = [item for item, name in pairs if "theme" in item.reads(name) and item.name != "film"]
        if not transparent:
            raise ValueError("--theme transparent has no effect on a film, which has no transparent ground")


def _drawn(items: tuple[Item, ...], field: str) -> str:
    """The items that read a field, with the formats in which they do where that is not all."""
    told = []
    for item in items:
        formats = [name for name in item.formats if field in item.reads(name)]
        told.append(item.name if len(formats) == len(item.formats) else f"{item.name} ({', '.join(formats)})")
    return ", ".join(told)
