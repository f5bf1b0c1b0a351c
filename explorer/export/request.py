"""What is to be exported, and how it is to look: each choice declared once, for the dialog and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from explorer.engine.declarations import Declaration, Declared, declarations_of, declare
from explorer.presentation.palette import COLOUR_MAPS
from explorer.presentation.series import NEW_COUNTS

FIGURE_FORMATS: Final = ("png", "svg", "pdf")
FILM_FORMATS: Final = ("gif", "webp", "mp4")
TABLE_FORMATS: Final = ("csv",)
KINDS: Final = ("Figures", "Films", "Data, model and code")
"""Headings in a list of items."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be exported.

    Attributes:
        name: Its key, also in file names.
        label: For a person.
        formats: In which it can be written.
        needs_batch: Whether it shows one batch.
        help: One sentence.
        matters: The fields of a request that its look depends on.
        compares: Whether runs beside the first are shown in it.
    """

    name: str
    label: str
    formats: tuple[str, ...]
    needs_batch: bool
    help: str
    matters: frozenset[str] = frozenset()
    compares: bool = False

    def reads(self, format: str) -> frozenset[str]:
        """The fields of a request that it depends on in one of its formats: what is not drawn has no look."""
        return self.matters if format in (*FIGURE_FORMATS, *FILM_FORMATS, "html") else frozenset()

    @property
    def kind(self) -> str:
        """The heading it stands under."""
        if self.formats[0] in FIGURE_FORMATS:
            return KINDS[0]
        return KINDS[1] if self.formats[0] in FILM_FORMATS else KINDS[2]


_LOOK: Final = frozenset({"size", "width", "height", "dpi", "theme"})
_PARTS: Final = frozenset({"titles", "axis_labels", "legend", "caption"})
_EQUATION: Final = _LOOK | _PARTS | {"colour_map", "colour_bar", "step", "hidden", "reviews"}
_CURVES: Final = _LOOK | _PARTS | {"axis", "smoothing"}

ITEMS: Final = (
    Item(
        "equation-training",
        "Equation, training",
        FIGURE_FORMATS,
        True,
        "activation × mask × factor = output of a batch, dropout on",
        _EQUATION,
    ),
    Item(
        "equation-inference",
        "Equation, inference",
        FIGURE_FORMATS,
        True,
        "The same batch through the same weights with dropout off",
        _EQUATION,
    ),
    Item(
        "equation-both",
        "Equation, both modes",
        FIGURE_FORMATS,
        True,
        "Training above, inference below, in the same colours",
        _EQUATION,
    ),
    Item(
        "loss",
        "Loss curves",
        (*FIGURE_FORMATS, *TABLE_FORMATS),
        False,
        "Training and validation loss of the runs shown",
        _CURVES | {"log"},
        compares=True,
    ),
    Item(
        "accuracy",
        "Accuracy curves",
        (*FIGURE_FORMATS, *TABLE_FORMATS),
        False,
        "Training and validation accuracy of the runs shown",
        _CURVES,
        compares=True,
    ),
    Item(
        "units",
        "Unit statistics",
        (*FIGURE_FORMATS, *TABLE_FORMATS),
        False,
        "What each unit did over the run: share kept, activation, output, zeros",
        _LOOK | _PARTS | {"hidden"},
        compares=True,
    ),
    Item(
        "network",
        "Network",
        FIGURE_FORMATS,
        True,
        "Units and weighted edges for one review of a batch",
        _LOOK | _PARTS | {"colour_map", "colour_bar", "step", "review"},
    ),
    Item(
        "comparison",
        "Comparison of runs",
        (*FIGURE_FORMATS, *TABLE_FORMATS),
        False,
        "The table of results of the runs shown",
        _LOOK | _PARTS,
        compares=True,
    ),
    Item("masks", "Masks and activations", ("npz",), False, "Every mask, and the activations that are kept, for NumPy"),
    Item(
        "film",
        "Film of the masks",
        FILM_FORMATS,
        False,
        "A range of batches, one a frame, with the curve growing",
        _EQUATION - {"step"} | {"first", "last", "frames_per_second"},
    ),
    Item(
        "model",
        "Trained model",
        ("keras",),
        False,
        "The weights after the last epoch, for plain Keras, and the program that loads them",
    ),
    Item("code", "Code", ("py", "ipynb"), False, "The complete Keras 3 program of these settings"),
    Item(
        "tensorboard", "TensorBoard log", ("tensorboard",), False, "A folder with scalars, histograms and mask images"
    ),
    Item(
        "report",
        "Report",
        ("html",),
        False,
        "One page with settings, figures, table, code and how to reproduce it",
        _EQUATION | _CURVES | {"log", "review"},
        compares=True,
    ),
)
"""Everything that can be exported, in the order of the dialog."""
FORMATS: Final = tuple(dict.fromkeys(name for item in ITEMS for name in item.formats))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a figure is.

    Attributes:
        label: For a person.
        width: In inches.
        height: In inches.
        dpi: Pixels an inch, of what is not vector.
        points: The size of body text in points.
    """

    label: str
    width: float
    height: float
    dpi: int
    points: float

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return round(self.width * self.dpi), round(self.height * self.dpi)


SIZES: Final[dict[str, Size]] = {
    # 13.33 by 7.5 inches is what presentation programs call widescreen; 144 dots of it are 1920 by 1080.
    "slide": Size("Slide, 1920 × 1080", 1920 / 144, 1080 / 144, 144, 14.0),
    "column": Size("Paper, one column (89 mm)", 3.5, 2.6, 300, 7.0),
    "page": Size("Paper, two columns (183 mm)", 7.2, 3.6, 300, 8.0),
}
"""By name; *custom* is made of the request's own numbers."""


@dataclass(frozen=True, slots=True)
class ExportRequest(Declared):
    """Everything an export depends on besides the runs. Frozen, and the same as JSON.

    Raises:
        ValueError: From the constructor, with a sentence.
    """

    _field_is_called: ClassVar[str] = "choice"

    what: str = declare("equation-training", label="What", group="What", help="Names of items, with commas; or all.")
    formats: str = declare(
        "png",
        label="Format",
        group="What",
        help="Names of formats, with commas; or all. An item is written in each that it has.",
    )
    size: str = declare(
        "slide",
        label="Size",
        group="Look",
        help="How large figures are.",
        choices=(*((name, size.label) for name, size in SIZES.items()), ("custom", "Custom")),
    )
    width: int = declare(
        1280, label="Width", group="Look", help="Of a custom size, in pixels.", low=320, high=7680, step=10
    )
    height: int = declare(
        720, label="Height", group="Look", help="Of a custom size, in pixels.", low=240, high=4320, step=10
    )
    dpi: int = declare(144, label="Dots per inch", group="Look", help="Of a custom size.", low=50, high=1200, step=50)
    theme: str = declare(
        "light",
        label="Theme",
        group="Look",
        help="Background and colours.",
        choices=(("light", "Light"), ("dark", "Dark"), ("transparent", "Transparent, for light grounds")),
    )
    colour_map: str = declare(
        "viridis",
        label="Colour map",
        group="Look",
        help="Of values.",
        choices=tuple((name, name.capitalize()) for name in COLOUR_MAPS),
    )
    titles: bool = declare(True, label="Title", group="Parts", help="Draw titles.")
    axis_labels: bool = declare(True, label="Axis labels", group="Parts", help="Name the axes and their units.")
    legend: bool = declare(True, label="Legend", group="Parts", help="Say what lines and colours stand for.")
    colour_bar: bool = declare(True, label="Colour bar", group="Parts", help="Say which value a colour stands for.")
    caption: bool = declare(
        True, label="Caption", group="Parts", help="A line with settings and batch below the figure."
    )
    step: int = declare(
        0,
        label="Batch",
        group="Batch",
        help="Counted from 1 over the whole run; 0 is the last one.",
        low=0,
        high=2**31 - 1,
    )
    hidden: int = declare(
        2, label="Hidden layer", group="Batch", help="After which hidden layer, 1 or 2.", low=1, high=2
    )
    reviews: int = declare(
        64, label="Reviews", group="Batch", help="How many of the batch's reviews are drawn at most.", low=1, high=4096
    )
    review: int = declare(
        0,
        label="Review",
        group="Batch",
        help="The review of the batch whose way through the network is drawn.",
        low=0,
        high=4095,
    )
    axis: str = declare(
        "epoch",
        label="Against",
        group="Curves",
        help="What curves are drawn against.",
        choices=(("epoch", "Epochs"), ("batch", "Batches"), ("seconds", "Seconds")),
    )
    smoothing: str = declare(
        "none",
        label="Smoothing",
        group="Curves",
        help="Of the batches' line.",
        choices=tuple((name, name.capitalize()) for name in NEW_COUNTS),
    )
    log: bool = declare(False, label="Logarithmic", group="Curves", help="Draw losses on a logarithmic axis.")
    first: int = declare(
        1, label="From batch", group="Film", help="The first batch of the film.", low=1, high=2**31 - 1
    )
    last: int = declare(
        0,
        label="To batch",
        group="Film",
        help="The last batch of the film; 0 is the last one there is.",
        low=0,
        high=2**31 - 1,
    )
    frames_per_second: int = declare(10, label="Frames a second", group="Film", help="Of the film.", low=1, high=30)

    def __post_init__(self) -> None:
        Declared.__post_init__(self)  # a dataclass with slots is a class made anew, which super() does not know
        for name in ("what", "formats"):  # upper case and spaces mean nothing
            object.__setattr__(self, name, ",".join(_split(getattr(self, name))))
        known = {"what": [item.name for item in ITEMS], "formats": FORMATS}
        for field, names in known.items():
            asked = _split(getattr(self, field))
            wrong = next((name for name in asked if name not in (*names, "all")), None)
            if wrong is not None or not asked:
                raise ValueError(f"{field} must be all or of {', '.join(names)}, got {wrong or ''!r}")
        if not self.pairs():
            had = "; ".join(f"{item.name} has {', '.join(item.formats)}" for item in self.items)
            raise ValueError(f"{self.what} cannot be written as {self.formats}: {had}")

    @property
    def items(self) -> tuple[Item, ...]:
        """What is to be exported, in the order of `ITEMS`."""
        wanted = _split(self.what)
        return tuple(item for item in ITEMS if "all" in wanted or item.name in wanted)

    def pairs(self) -> tuple[tuple[Item, str], ...]:
        """Every item with every format it is to be written in."""
        wanted = _split(self.formats)
        return tuple((item, name) for item in self.items for name in item.formats if {name, "all"} & {*wanted})

    @property
    def figure_size(self) -> Size:
        """How large figures are."""
        if self.size == "custom":
            # Letters of less than 3 points cannot be drawn well: a small picture has fewer dots an inch than asked for.
            dpi = max(1, min(self.dpi, self.width * 72 // (32 * 3), self.height * 72 // (20 * 3)))
            wide, high = self.width / dpi, self.height / dpi
            # Text grows with the picture: 14 points on a slide of 13.33 inches; less where a picture is low. It is
            # never so large that fewer than 32 letters' widths and 20 heights have room: figures need that much.
            points = max(min(14.0 * wide / (1920 / 144), 72 * high / 30), 5.0)
            points = min(points, 72 * wide / 32, 72 * high / 20)
            return Size("Custom", wide, high, dpi, points)
        return SIZES[self.size]

    @property
    def mode(self) -> Literal["light", "dark"]:
        """Which palette it is drawn with; what is transparent is drawn for a light ground."""
        return "dark" if self.theme == "dark" else "light"


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in names.split(",") if name.strip())


DECLARATIONS: Final[tuple[Declaration, ...]] = declarations_of(ExportRequest)
"""Every field of `ExportRequest`, in the order of the dialog."""
