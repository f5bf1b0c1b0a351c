"""Fields that are declared once: their kind, range, label and help, for forms, command lines and files alike."""

from __future__ import annotations

import dataclasses
import enum
import math
import typing
from dataclasses import dataclass
from typing import Any

import numpy as np


class Change(enum.Enum):
    """When a changed field takes effect."""

    LIVE = "live"
    """At the next batch; nothing is rebuilt and nothing is retraced."""
    RESTART = "restart"
    """Only in a new run."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that is known of one field.

    Attributes:
        name: The field's name; also its key in JSON and, with dashes, its option on the command line.
        kind: `bool`, `int`, `float` or `str`.
        default: Its value when nothing is said.
        label: A short name for a person.
        group: The heading it stands under.
        help: One sentence for a tooltip or `--help`.
        low: The least value (inclusive), for numbers.
        high: The greatest value (inclusive unless `high_open`), for numbers.
        high_open: Whether `high` itself is refused.
        step: A sensible increment for a spin box.
        choices: Value and label of each choice, for `str` fields that have them.
        change: Whether it acts at once or needs a restart.
    """

    name: str
    kind: type
    default: Any
    label: str
    group: str
    help: str
    low: float | None
    high: float | None
    high_open: bool
    step: float | None
    choices: tuple[tuple[str, str], ...]
    change: Change

    def check(self, value: object) -> None:
        """Refuse a value that is not of this field's kind or range.

        Raises:
            ValueError: With a sentence that names the field, what was expected and what came.
        """
        if self.kind is bool:
            if not isinstance(value, bool):
                raise ValueError(f"{self.name} must be true or false, got {value!r}")
            return
        if self.kind is str:
            known = [choice for choice, _ in self.choices]
            if not isinstance(value, str):
                raise ValueError(f"{self.name} must be text, got {value!r}")
            if known and value not in known:
                raise ValueError(f"{self.name} must be one of {', '.join(known)}, got {value!r}")
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{self.name} must be a number, got {value!r}")
        if self.kind is int and not isinstance(value, int):
            raise ValueError(f"{self.name} must be a whole number, got {value!r}")
        # The network computes in float32, so what float32 makes of the number is what has to be in range:
        # 1 - 1e-9 is below 1 here and equal to 1 there, where 1 / (1 - rate) would then divide by zero.
        number = float(np.float32(value)) if self.kind is float else float(value)
        if not self.accepts(number):
            raise ValueError(f"{self.name} must be {self.range_text()}, got {value!r}")

    def accepts(self, number: float) -> bool:
        """Whether a number is finite and inside the range."""
        if not math.isfinite(number) or (self.low is not None and number < self.low):
            return False
        if self.high is None:
            return True
        return number < self.high if self.high_open else number <= self.high

    def range_text(self) -> str:
        """The range in words, as error messages and tooltips put it."""
        if self.high is None:
            return f"at least {self.low:g}"
        return f"in [{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"


def declare(
    default: Any,
    *,
    label: str,
    group: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    high_open: bool = False,
    step: float | None = None,
    choices: tuple[tuple[str, str], ...] = (),
    change: Change = Change.RESTART,
) -> Any:
    """A field of a dataclass with all that is known of it; see `Declaration`."""
    notes = {key: value for key, value in locals().items() if key != "default"}
    return dataclasses.field(default=default, metadata=notes)


def declarations_of(kind: type) -> tuple[Declaration, ...]:
    """The declarations of a dataclass whose fields are all made with `declare`, in order."""
    kinds = typing.get_type_hints(kind)
    return tuple(
        Declaration(name=field.name, kind=kinds[field.name], default=field.default, **field.metadata)
        for field in dataclasses.fields(kind)
    )
