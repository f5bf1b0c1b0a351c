"""Fields that are declared once: their kind, range, label and help, for forms, command lines and files alike."""

from __future__ import annotations

import dataclasses
import enum
import math
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np


class Change(enum.Enum):
    """When a changed field takes effect."""

    LIVE = "live"
    """At the next batch; nothing is rebuilt and nothing is retraced."""
    RESTART = "restart"
    """Only in a new run."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A condition on other fields without which a field has no effect.

    Attributes:
        on: The fields that decide.
        holds: Whether it holds, given the object with all the fields.
        otherwise: What is so when it does not, in a clause behind "which": "has no dropout".
        hint: The same as a sentence for a tooltip, with what to do about it.
    """

    on: tuple[str, ...]
    holds: Callable[[Any], bool]
    otherwise: str
    hint: str


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
        depends_on: Conditions without which it has no effect.
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
    depends_on: tuple[Dependency, ...]

    def unmet(self, values: object) -> Dependency | None:
        """The first condition that some values of all the fields do not meet; None when this field has an effect."""
        return next((each for each in self.depends_on if not each.holds(values)), None)

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
        try:
            with np.errstate(over="ignore"):  # what is beyond float32 becomes infinite, and is refused
                number = float(np.float32(value)) if self.kind is float else float(value)
        except OverflowError:  # of a whole number with hundreds of digits
            number = math.inf
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
        digits = ".0f" if self.kind is int else "g"
        if self.high is None:
            return f"at least {self.low:{digits}}"
        return f"in [{self.low:{digits}}, {self.high:{digits}}{')' if self.high_open else ']'}"


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
    depends_on: tuple[Dependency, ...] = (),
) -> Any:
    """A field of a dataclass with all that is known of it; see `Declaration`."""
    notes = {key: value for key, value in locals().items() if key != "default"}
    return dataclasses.field(default=default, metadata=notes)


@cache
def declarations_of(kind: type) -> tuple[Declaration, ...]:
    """The declarations of a dataclass whose fields are all made with `declare`, in order."""
    kinds = typing.get_type_hints(kind)
    return tuple(
        Declaration(name=field.name, kind=kinds[field.name], default=field.default, **field.metadata)
        for field in dataclasses.fields(kind)
    )


class Declared:
    """What frozen dataclasses have in common whose fields are all made with `declare`.

    Raises:
        ValueError: From the constructor, when a value is outside what its declaration allows.
    """

    __slots__ = ()
    _field_is_called: ClassVar[str] = "field"

    @classmethod
    def _declarations(cls) -> tuple[Declaration, ...]:
        kind: type = cls
        return declarations_of(kind)

    def __post_init__(self) -> None:
        for declaration in self._declarations():
            value = getattr(self, declaration.name)
            declaration.check(value)
            if declaration.kind is float:  # JSON and people write 1 where 1.0 is meant
                object.__setattr__(self, declaration.name, float(value))

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, checked again."""
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, ready for JSON."""
        return {declaration.name: getattr(self, declaration.name) for declaration in self._declarations()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The reverse of `to_dict`; missing fields get their default.

        Raises:
            ValueError: For a name that is no field, or a value out of range.
        """
        unknown = sorted(set(values) - {declaration.name for declaration in cls._declarations()})
        if unknown:
            raise ValueError(f"unknown {cls._field_is_called} {unknown[0]!r}")
        return cls(**values)

    def differences(self, other: Self) -> tuple[Declaration, ...]:
        """The declarations of the fields in which two of them differ, in declared order."""
        return tuple(d for d in self._declarations() if getattr(self, d.name) != getattr(other, d.name))
