"""Everything a run depends on, each field declared once.

The form in the window, the options of the command line, the JSON of a run and what is remembered between starts are all
made from these declarations: a default, a range or a label stands nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from explorer.engine.declarations import Change, Declaration, Declared, Dependency, declarations_of, declare

__all__ = ["DECLARATIONS", "HIDDEN", "PRESETS", "Change", "Declaration", "Settings", "declaration", "preset"]

HIDDEN: Final = (1, 2)
"""The hidden layers, by their number in the book; dropout may stand after each of them."""


WAYS: Final = (
    ("none", "No dropout"),
    ("numpy", "NumPy mask"),
    ("lambda", "Lambda layer"),
    ("layer", "Hand-written layer"),
    ("keras", "keras.layers.Dropout"),
)
SCALINGS: Final = (
    ("inverted", "Inverted: × 1/(1 − rate) in training"),
    ("classic", "Classic: × (1 − rate) at inference"),
    ("none", "None: the mistake"),
)
OPTIMIZERS: Final = (("rmsprop", "RMSprop"), ("adam", "Adam"), ("sgd", "SGD"))

_WRITTEN: Final = Dependency(
    ("written_as",),
    lambda settings: settings.written_as != "none",
    "has no dropout",
    "No dropout is written; choose another way above.",
)
_SOMEWHERE: Final = Dependency(
    ("dropout_1", "dropout_2"),
    lambda settings: settings.written_as == "none" or settings.dropout_1 or settings.dropout_2,
    "has no dropout",
    "No dropout stands after either hidden layer.",
)
_AFTER_1: Final = Dependency(
    ("dropout_1",),
    lambda settings: settings.dropout_1,
    "has no dropout after hidden 1",
    "No dropout stands after hidden 1.",
)
_AFTER_2: Final = Dependency(
    ("dropout_2",),
    lambda settings: settings.dropout_2,
    "has no dropout after hidden 2",
    "No dropout stands after hidden 2.",
)
_TRAINED: Final = Dependency(
    ("epochs",), lambda settings: settings.epochs > 0, "trains nothing", "Nothing is trained in 0 epochs."
)
_DRAWN: Final = Dependency(
    ("epochs",),
    # Classic scaling multiplies at inference, also where nothing was trained.
    lambda settings: settings.epochs > 0 or settings.scaling == "classic",
    "trains nothing",
    "Nothing is trained in 0 epochs.",
)


@dataclass(frozen=True, slots=True)
class Settings(Declared):
    """What a run depends on. Frozen: a change is a new `Settings`.

    Raises:
        ValueError: From the constructor, when a value is outside what its declaration allows.
    """

    _field_is_called: ClassVar[str] = "setting"

    data: str = declare(
        "auto",
        label="Reviews",
        group="Data",
        help="auto (IMDB when it is on this computer, else the sample), sample, imdb, or the path of an imdb.npz, of a "
        "table (CSV, TSV), of JSON or JSON Lines, of a folder such as aclImdb, or of a zip, tar, gzip, bzip2 or xz "
        "with one of these.",
    )
    num_words: int = declare(
        10_000,
        label="Vocabulary",
        group="Data",
        help="Word ids below this number are kept, as num_words of keras.datasets.imdb; the rest become oov_char.",
        low=10,
        high=65_535,
        step=1000,
    )
    start_char: int = declare(
        1,
        label="Start id",
        group="Data",
        help="The id every review begins with, as start_char of keras.datasets.imdb.",
        low=0,
        high=9,
    )
    oov_char: int = declare(
        2,
        label="Unknown id",
        group="Data",
        help="The id that stands for every word outside the vocabulary, as oov_char of keras.datasets.imdb.",
        low=0,
        high=9,
    )
    index_from: int = declare(
        3,
        label="Ids from",
        group="Data",
        help="The commonest word gets this number plus one, as index_from of keras.datasets.imdb.",
        low=0,
        high=9,
    )
    validation: int = declare(
        10_000,
        label="Validation",
        group="Data",
        help="How many of the first of 25,000 training reviews are held out; a smaller set gives up the same share.",
        low=0,
        high=24_000,
        step=1000,
    )
    written_as: str = declare(
        "layer",
        label="Written as",
        group="Dropout",
        help="The way dropout is written: each is real Keras code that trains.",
        choices=WAYS,
        depends_on=(_SOMEWHERE, _DRAWN),
    )
    scaling: str = declare(
        "inverted",
        label="Scaling",
        group="Dropout",
        help="Where the dropped share is made up for. keras.layers.Dropout is always inverted.",
        choices=SCALINGS,
        depends_on=(_WRITTEN, _SOMEWHERE),
    )
    dropout_1: bool = declare(
        True,
        label="After hidden 1",
        group="Dropout",
        help="Put dropout after hidden layer 1.",
        depends_on=(_WRITTEN, _DRAWN),
    )
    rate_1: float = declare(
        0.5,
        label="Rate",
        group="Dropout",
        help="The share of hidden 1 that is dropped (not kept), as in Keras.",
        low=0.0,
        high=1.0,
        high_open=True,
        step=0.05,
        change=Change.LIVE,
        depends_on=(_WRITTEN, _AFTER_1, _DRAWN),
    )
    dropout_2: bool = declare(
        True,
        label="After hidden 2",
        group="Dropout",
        help="Put dropout after hidden layer 2.",
        depends_on=(_WRITTEN, _DRAWN),
    )
    rate_2: float = declare(
        0.5,
        label="Rate",
        group="Dropout",
        help="The share of hidden 2 that is dropped (not kept), as in Keras.",
        low=0.0,
        high=1.0,
        high_open=True,
        step=0.05,
        change=Change.LIVE,
        depends_on=(_WRITTEN, _AFTER_2, _DRAWN),
    )
    units: int = declare(
        16, label="Units", group="Model", help="Units in each of the two hidden layers.", low=1, high=512, step=1
    )
    l2: float = declare(
        0.001,
        label="L2",
        group="Model",
        help="Weight of the sum of squared kernel weights of both hidden layers, added to the loss.",
        low=0.0,
        high=1.0,
        step=0.0005,
        depends_on=(_TRAINED,),
    )
    optimizer: str = declare(
        "rmsprop",
        label="Optimizer",
        group="Training",
        help="What turns gradients into updates.",
        choices=OPTIMIZERS,
        depends_on=(_TRAINED,),
    )
    learning_rate: float = declare(
        0.001,
        label="Learning rate",
        group="Training",
        help="The optimizer's step size.",
        low=0.0,
        high=10.0,
        step=0.0005,
        change=Change.LIVE,
        depends_on=(_TRAINED,),
    )
    batch_size: int = declare(
        512,
        label="Batch size",
        group="Training",
        help="Reviews in a batch.",
        low=1,
        high=4096,
        step=32,
        depends_on=(_TRAINED,),
    )
    epochs: int = declare(
        20,
        label="Epochs",
        group="Training",
        help="Passes over the training reviews; fewer than are done ends the run at the end of the epoch in hand.",
        low=0,
        high=10_000,
        step=1,
        change=Change.LIVE,
    )
    seed: int = declare(
        7,
        label="Seed",
        group="Training",
        help="Starting weights, order of reviews and masks each draw from a stream of their own made from it.",
        low=0,
        high=2**31 - 1,
    )

    def __post_init__(self) -> None:
        Declared.__post_init__(self)  # a dataclass with slots is a class made anew, which super() does not know
        if self.written_as == "keras" and self.scaling != "inverted":
            raise ValueError(
                f"scaling must be inverted with written_as keras, which has no other, got {self.scaling!r}; "
                "choose another way of writing dropout to see that scaling"
            )
        if max(self.start_char, self.oov_char) >= self.num_words:
            raise ValueError(f"num_words must be above start_char and oov_char, got {self.num_words}")

    def rate(self, hidden: int) -> float:
        """The rate after hidden layer 1 or 2: the share dropped, in [0, 1)."""
        return self.rate_1 if hidden == 1 else self.rate_2

    def active(self, hidden: int) -> bool:
        """Whether a dropout layer stands after hidden layer 1 or 2."""
        return self.written_as != "none" and (self.dropout_1 if hidden == 1 else self.dropout_2)

    def needs_restart(self, other: Settings) -> tuple[Declaration, ...]:
        """Those of the differing fields that cannot change during a run."""
        return tuple(d for d in self.differences(other) if d.change is Change.RESTART)

    def validation_count(self, training_reviews: int) -> int:
        """How many of the first training reviews are held out: of 25,000, `validation`; of fewer, the same share."""
        full = 25_000
        if training_reviews >= full:
            return self.validation
        return round(self.validation * training_reviews / full)


DECLARATIONS: Final = declarations_of(Settings)
"""Every field of `Settings`, in the order of the form."""


def declaration(name: str) -> Declaration:
    """The declaration of one field, by name."""
    return next(d for d in DECLARATIONS if d.name == name)


_BOOK: Final[dict[str, Any]] = {"l2": 0.0}

PRESETS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "explore": ("Explore: hand-written layer, 0.5 after both", {}),
    "plain": ("Plain: no dropout, no L2", {"written_as": "none", "l2": 0.0}),
    "l2": ("L2 only", {"written_as": "none"}),
    "lambda": (
        "The answer: Lambda layer after hidden 2",
        {"written_as": "lambda", "dropout_1": False, "batch_size": 32, "epochs": 5, "validation": 0},
    ),
    "book": ("The book: keras.layers.Dropout after both", {"written_as": "keras", **_BOOK}),
    "book-numpy": ("The book, by hand: NumPy mask", {"written_as": "numpy", "scaling": "classic", **_BOOK}),
}
"""Name -> (label, the fields in which it differs from the defaults)."""


def preset(name: str, base: Settings | None = None) -> Settings:
    """The settings of a preset; data, vocabulary and seed are taken from `base`, the rest from the defaults.

    Raises:
        ValueError: For a name that is no preset.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {name!r}")
    kept = ("data", "num_words", "start_char", "oov_char", "index_from", "seed")
    values = {} if base is None else {key: getattr(base, key) for key in kept}
    return Settings(**values, **PRESETS[name][1])
