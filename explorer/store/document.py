"""`run.json`: all of a run that is no array, and the reading of it without trusting a word."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from explorer.data.corpus import MAX_RANK
from explorer.data.words import RULES
from explorer.engine.environment import Environment
from explorer.engine.run_record import ReviewFacts
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Changed, EpochResult
from explorer.engine.test_result import Prediction, TestResult
from explorer.presentation.shown_text import shown

KIND: Final = "Dropout Explorer run"
VERSION: Final = 3
"""Raised whenever an older program could not read what is written."""
MOST_EPOCHS: Final = 10_000
MOST_REVIEWS: Final = 10_000_000
MOST_STRIDE: Final = 2**40
_MOST_TEXT: Final = 1200
"""The longest name of a file, 255 bytes, each of them escaped, and how many reviews are in it."""
_MOST_REMARK: Final = 1000
_MOST_NOTES: Final = 1000
_LARGEST: Final = 10**300
_NOT_FINITE: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_STREAM_BITS: Final = {"keras": (63, 63), "numpy": (128, 128, 1, 32)}
"""How long the numbers of a stream's state are."""


Streams = tuple[tuple[int, ...] | None, tuple[int, ...] | None]
"""Where the masks after hidden layers 1 and 2 come from."""


class DocumentError(ValueError):
    """What is wrong in `run.json`, as the end of "run.json …"."""


@dataclass(frozen=True, slots=True)
class EpochEntry:
    """What `run.json` says of an epoch.

    Attributes:
        batches: How many of its batches are trained.
        stride: Activations are kept of every `stride`-th batch of the run; 0 when none are.
        weights: Whether its last weights are in the file.
        result: Its figures; None for the one in hand.
    """

    batches: int
    stride: int
    weights: bool
    result: EpochResult | None


@dataclass(frozen=True, slots=True)
class Document:
    """All of a run that is no array.

    Attributes:
        name: What the run is called.
        settings: Those it began with.
        reviews: What it was trained on.
        environments: From which epoch on it was trained with what; the first is of epoch 1.
        reviews_kept: Of how many reviews of a batch activations are kept.
        upper_weights: Whether the weights above hidden layer 1 stand with them.
        epochs: In order.
        changes: Live changes: the first step they hold for, and the new values by name.
        checkpoint: The epoch that can be continued from, and where the masks' streams stand then; or None.
        words: How many words are in the file, by rank; None where none are.
        test: The figures of the test reviews at its end; None where they are not known.
    """

    name: str
    settings: Settings
    reviews: ReviewFacts
    environments: tuple[tuple[int, Environment], ...]
    reviews_kept: int
    upper_weights: bool
    epochs: tuple[EpochEntry, ...] = ()
    changes: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    checkpoint: tuple[int, Streams] | None = None
    words: int | None = None
    test: TestResult | None = None

    def __post_init__(self) -> None:
        # As it is read: what is written is never refused, and never another.
        put = partial(object.__setattr__, self)
        put("name", one_line(self.name) if self.name.strip() else "Run")
        put("reviews", _in_lines(self.reviews))
        put("environments", tuple((epoch, _in_short(told)) for epoch, told in self.environments))

    def to_json(self) -> bytes:
        """As text for the file."""
        values = {
            "kind": KIND,
            "version": VERSION,
            "name": self.name,
            "settings": self.settings.to_dict(),
            "reviews": dataclasses.asdict(self.reviews),
            "words": self.words,
            "environments": [{"epoch": epoch, **told} for epoch, told in self.environments],
            "reviews_kept": self.reviews_kept,
            "upper_weights": self.upper_weights,
            "epochs": [entry_json(entry) for entry in self.epochs],
            "changes": [change_json(step, values) for step, values in self.changes],
            "checkpoint": None if self.checkpoint is None else checkpoint_json(*self.checkpoint),
            "test": None if self.test is None else test_json(self.test),
        }
        return dumped(values)


def dumped(values: object) -> bytes:
    """JSON as it stands in the file. In ASCII: a name may hold half a surrogate pair, which UTF-8 does not."""
    return json.dumps(values, indent=1, allow_nan=False).encode()


def entry_json(entry: EpochEntry) -> dict[str, Any]:
    """What is written of an epoch."""
    values = dataclasses.asdict(entry)
    if entry.result is not None:
        values["result"] = {name: _written(value) for name, value in dataclasses.asdict(entry.result).items()}
    return values


def change_json(step: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of a live change."""
    return {"step": step, "values": dict(values)}


def checkpoint_json(epoch: int, streams: Sequence[tuple[int, ...] | None]) -> dict[str, Any]:
    """What is written of a checkpoint besides its arrays; numbers as text, because they are up to 128 bits long."""
    return {"epoch": epoch, "streams": [None if state is None else [str(n) for n in state] for state in streams]}


def test_json(test: TestResult) -> dict[str, Any]:
    """What is written of the test."""
    prediction = {name: _written(value) for name, value in dataclasses.asdict(test.prediction).items()}
    return {"loss": _written(test.loss), "accuracy": test.accuracy, "prediction": prediction}


def words_json(words: Sequence[str]) -> bytes:
    """What is written of the vocabulary: a list of its words, the one of rank 1 first."""
    return json.dumps(words, separators=(",", ":")).encode()


def words_of(values: Any, count: int) -> tuple[str, ...]:
    """The words in what `parsed` gave.

    Raises:
        DocumentError: When they are not so many texts, each another.
    """
    if not isinstance(values, list) or not all(isinstance(word, str) for word in values):
        raise DocumentError("is no list of words")
    if len(values) != count or len(set(values)) != count:
        raise DocumentError(f"does not hold {count:,} different words")
    return tuple(values)


def changes_of(changes: Sequence[Changed]) -> tuple[tuple[int, dict[str, Any]], ...]:
    """Live changes as the document has them."""
    return tuple((change.step, {name: new for name, _, new in change.changes}) for change in changes)


def parsed(data: bytes) -> Any:
    """JSON from a file.

    Raises:
        DocumentError: When it is none.
    """

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    try:
        return json.loads(data, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise DocumentError("is not JSON") from error


def document(values: Any) -> Document:
    """The document in what `parsed` gave.

    Raises:
        DocumentError: When anything in it is missing, of another type or out of range.
    """
    if not isinstance(values, dict) or values.get("kind") != KIND:
        raise DocumentError("does not say that this is a run")
    try:
        settings = Settings.from_dict(_field(values, "settings", dict))
    except (TypeError, ValueError) as error:
        raise DocumentError(f"has settings that cannot be: {error}") from error
    reviews = _reviews(_field(values, "reviews", dict))
    return Document(
        name=_text(values, "name"),
        settings=settings,
        reviews=reviews,
        environments=tuple(_environment(told) for told in _field(values, "environments", list)),
        reviews_kept=_count(values, "reviews_kept", 1, settings.batch_size),
        upper_weights=_field(values, "upper_weights", bool),
        epochs=tuple(_entry(k, told) for k, told in enumerate(_few(values, "epochs", MOST_EPOCHS), start=1)),
        changes=tuple(_change(told) for told in _field(values, "changes", list)),
        checkpoint=_checkpoint(values.get("checkpoint"), settings),
        words=None if values.get("words") is None else _count(values, "words", 0, MAX_RANK),
        test=_test(values.get("test"), reviews),
    )


def _reviews(values: dict[str, Any]) -> ReviewFacts:
    return ReviewFacts(
        title=_text(values, "title"),
        generated=_field(values, "generated", bool),
        fingerprint=_text(values, "fingerprint"),
        train=_count(values, "train", 1, MOST_REVIEWS),
        test=_count(values, "test", 0, MOST_REVIEWS),
        left_out=tuple(_left_out(told) for told in _few(values, "left_out", _MOST_NOTES, required=False)),
        remarks=tuple(_line(told, _MOST_REMARK) for told in _few(values, "remarks", _MOST_NOTES, required=False)),
        # Files of versions 1 and 2 do not say it.
        word_rule=1 if "word_rule" not in values else _rule(values),
    )


def _left_out(values: Any) -> tuple[str, int]:
    if not isinstance(values, list) or len(values) != 2:
        raise DocumentError("has reviews left out without a count")
    return _line(values[0]), _count({"count of reviews left out": values[1]}, "count of reviews left out", 0, 2**40)


def _rule(values: Mapping[str, Any]) -> int:
    rule = _count(values, "word_rule", 1, 2**40)
    if rule not in RULES:
        raise DocumentError(f"has words split by a rule {rule} that this program does not know")
    return rule


def _test(values: Any, reviews: ReviewFacts) -> TestResult | None:
    if values is None:
        return None
    if not isinstance(values, dict):
        raise DocumentError("has a test that is no object")
    told = _field(values, "prediction", dict)
    probability = _number(told.get("probability"), "the probability of the test")
    loss, accuracy = (_number(values.get(name), f"{name} of the test") for name in ("loss", "accuracy"))
    if loss < 0 or not all(0 <= share <= 1 for share in (accuracy, 0.0 if math.isnan(probability) else probability)):
        raise DocumentError("has figures of the test that are out of range")
    index = _count(told, "index", 0, max(reviews.test - 1, 0))
    return TestResult(loss, accuracy, Prediction(index, probability, _count(told, "label", 0, 1)))


def _environment(values: Any) -> tuple[int, Environment]:
    if not isinstance(values, dict):
        raise DocumentError("has an environment that is no object")
    told = {name: value for name, value in values.items() if isinstance(value, str)}
    return _count(values, "epoch", 1, MOST_EPOCHS + 1), _in_short(told)


def _entry(epoch: int, values: Any) -> EpochEntry:
    if not isinstance(values, dict):
        raise DocumentError(f"has an epoch {epoch} that is no object")
    result = values.get("result")
    return EpochEntry(
        batches=_count(values, "batches", 1, MOST_REVIEWS),
        stride=_count(values, "stride", 0, MOST_STRIDE),
        weights=_field(values, "weights", bool),
        result=None if result is None else _result(epoch, result),
    )


def _result(epoch: int, values: Any) -> EpochResult:
    if not isinstance(values, dict):
        raise DocumentError(f"has figures of epoch {epoch} that are no object")
    figures: dict[str, Any] = {}
    for field in dataclasses.fields(EpochResult):
        value = values.get(field.name)
        if field.name in ("epoch", "step"):
            figures[field.name] = _count(values, field.name, 1, 2**40)
        elif value is None and field.name.startswith("val_"):
            figures[field.name] = None
        else:
            figures[field.name] = _number(value, f"{field.name} of epoch {epoch}")
    result = EpochResult(**figures)
    if result.epoch != epoch:
        raise DocumentError(f"has the figures of epoch {result.epoch} in the place of epoch {epoch}")
    for name in ("accuracy", "train_accuracy", "val_accuracy"):
        share = figures[name]
        if share is not None and not 0 <= share <= 1:
            raise DocumentError(f"has {name} {share} in epoch {epoch}, which is no share")
    if not all(0 <= figures[name] < math.inf for name in ("seconds", "evaluation_seconds")):
        raise DocumentError(f"has an impossible time in epoch {epoch}")
    return result


def _change(values: Any) -> tuple[int, Mapping[str, Any]]:
    if not isinstance(values, dict):
        raise DocumentError("has a change that is no object")
    return _count(values, "step", 1, 2**40), _field(values, "values", dict)


def _checkpoint(values: Any, settings: Settings) -> tuple[int, Streams] | None:
    if values is None:
        return None
    if not isinstance(values, dict):
        raise DocumentError("has a checkpoint that is no object")
    told = _few(values, "streams", len(HIDDEN))
    if len(told) < len(HIDDEN):
        raise DocumentError("does not say where the masks come from")
    first, second = (_stream(state, hidden, settings) for hidden, state in zip(HIDDEN, told, strict=True))
    return _count(values, "epoch", 1, MOST_EPOCHS), (first, second)


def _stream(state: Any, hidden: int, settings: Settings) -> tuple[int, ...] | None:
    if not settings.active(hidden):
        return None
    bits = _STREAM_BITS["numpy" if settings.written_as == "numpy" else "keras"]
    # 128 bits are 39 digits; isdecimal alone takes other scripts' digits too, which int reads just as well.
    texts = isinstance(state, list) and all(isinstance(n, str) and n.isdecimal() and len(n) < 40 for n in state)
    if not texts or len(state) != len(bits):
        raise DocumentError(f"does not say where the masks after hidden layer {hidden} come from")
    numbers = tuple(int(n) for n in state)
    if any(n >= 2**most for n, most in zip(numbers, bits, strict=True)):
        raise DocumentError(f"has a stream of masks after hidden layer {hidden} that is out of range")
    return numbers


def _field(values: Mapping[str, Any], name: str, kind: type) -> Any:
    value = values.get(name)
    if not isinstance(value, kind):
        raise DocumentError(f"has no {name}" if value is None else f"has a {name} of the wrong kind")
    return value


def _text(values: Mapping[str, Any], name: str) -> str:
    """A text that is shown to people, see `one_line`."""
    return _line(_field(values, name, str))


def _line(text: Any, most: int = _MOST_TEXT) -> str:
    if not isinstance(text, str):
        raise DocumentError("has a number or an object in the place of a text")
    return one_line(text, most)


def one_line(text: str, most: int = _MOST_TEXT) -> str:
    """A text as the document holds it: on one line, with an escape for what has no glyph; the same when done again.

    Args:
        text: A name of a run or of reviews, or a note.
        most: How many characters of it are kept.
    """
    return shown(text)[:most]


def _in_lines(reviews: ReviewFacts) -> ReviewFacts:
    return dataclasses.replace(
        reviews,
        title=one_line(reviews.title),
        fingerprint=one_line(reviews.fingerprint),
        left_out=tuple((one_line(what), count) for what, count in reviews.left_out[:_MOST_NOTES]),
        remarks=tuple(one_line(remark, _MOST_REMARK) for remark in reviews.remarks[:_MOST_NOTES]),
    )


def _in_short(told: Environment) -> Environment:
    return {name[:40]: value[:80] for name, value in told.items()}


def _few(values: Mapping[str, Any], name: str, most: int, *, required: bool = True) -> list[Any]:
    listed: list[Any] = _field(values, name, list) if required or name in values else []
    if len(listed) > most:
        raise DocumentError(f"has more than {most:,} {name}")
    return listed


def _count(values: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise DocumentError(f"has a {name} that is no whole number in [{low}, {high}]")
    return value


def _number(value: Any, what: str) -> float:
    if isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _LARGEST:
        raise DocumentError(f"has no number for {what}")
    return float(value)


def _written(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value
