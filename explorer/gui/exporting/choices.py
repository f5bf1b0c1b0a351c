"""The choices of an export as the dialog holds and remembers them: also those that make no export yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from explorer.export.request import ITEMS, ExportRequest, Item
from explorer.export.targets import obstacle
from explorer.gui.exporting.what import FORMAT_LABELS
from explorer.home import expanded, home


@dataclass(frozen=True, slots=True)
class Choices:
    """What is ticked, and how it is to look.

    Attributes:
        what: Names of items.
        formats: Names of formats that there is a choice of.
        look: All other fields; its own `what` and `formats` mean nothing.
        folder: Where to.
    """

    what: frozenset[str] = frozenset({"equation-training"})
    formats: frozenset[str] = frozenset({"png"})
    look: ExportRequest = field(default_factory=ExportRequest)
    folder: str = ""

    @property
    def path(self) -> Path:
        """Where to, in full."""
        # Blanks around it are a slip, unless a folder is called so. Other spaces are part of a name.
        path = Path(self.folder if os.path.isdir(self.folder) else self.folder.strip(" \t"))
        return expanded(path).absolute()

    @property
    def items(self) -> tuple[Item, ...]:
        """The ticked items, in order."""
        return tuple(item for item in ITEMS if item.name in self.what)

    def formats_of(self, item: Item) -> tuple[str, ...]:
        """In which formats an item would be written; one that has only one needs no tick."""
        return tuple(name for name in item.formats if name in self.formats or name not in FORMAT_LABELS)

    @property
    def without_format(self) -> tuple[Item, ...]:
        """Ticked items of which no format is ticked."""
        return tuple(item for item in self.items if not self.formats_of(item))

    def request(self) -> ExportRequest | None:
        """What is asked for; None when that is nothing."""
        formats = sorted({name for item in self.items for name in self.formats_of(item)})
        if not formats:
            return None
        return self.look.replace(what=",".join(item.name for item in self.items), formats=",".join(formats))

    @property
    def matters(self) -> frozenset[str]:
        """The fields that something to be written depends on."""
        reads = (item.reads(name) for item in self.items for name in self.formats_of(item))
        return frozenset().union(*reads)

    def ticking(self, what: frozenset[str]) -> Self:
        """The same with other items; one that is new and has no format ticked gets its first."""
        ticked = replace(self, what=what)
        new = [item.formats[0] for item in ticked.without_format if item.name not in self.what]
        return replace(ticked, formats=ticked.formats | frozenset(new))

    def to_dict(self) -> dict[str, Any]:
        """For the memory. Batches are of one run and are not remembered."""
        look = self.look.replace(step=0, first=1, last=0, review=0).to_dict()
        return {"what": sorted(self.what), "formats": sorted(self.formats), "look": look, "folder": self.folder}

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """The reverse; whatever makes no sense any more gives the default."""
        if not isinstance(values, Mapping):
            return cls()
        try:
            return cls(
                frozenset(values["what"]) & {item.name for item in ITEMS},
                frozenset(values["formats"]) & FORMAT_LABELS.keys(),
                ExportRequest.from_dict(values["look"]),
                str(values["folder"]),
            )
        except (KeyError, TypeError, ValueError):
            return cls()  # another version's


def why_not(*, steps: int, weights: bool, units: int) -> tuple[dict[str, str], dict[str, str]]:
    """What cannot be exported now: items, and formats, by name, with a sentence."""
    items: dict[str, str] = {}
    formats: dict[str, str] = {}
    for item in ITEMS:
        sentences = {name: obstacle(item, name, steps=steps, weights=weights, units=units) for name in item.formats}
        if all(sentences.values()):
            items[item.name] = sentences[item.formats[0]]
        elif steps:
            formats |= {name: sentence for name, sentence in sentences.items() if sentence}
    return items, formats


def default_folder() -> Path:
    """Where exports go until another place is chosen."""
    place = home() or Path.cwd()
    documents = place / "Documents"
    return (documents if documents.is_dir() else place) / "Dropout Explorer"
