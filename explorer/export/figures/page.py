"""A page to draw on: places are in ems from the upper left corner, whatever the size of the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from explorer.export.figures.look import Look
from explorer.export.figures.words import broken, clean, width
from explorer.export.request import ExportRequest, Size
from explorer.presentation.axes import Tick

_BETWEEN: Final = " · "
HAIR: Final = 1 + 1e-9
"""Times this many dots an inch, whole pixels stay whole when Matplotlib rounds them down."""
LINE: Final = 1.28
"""From one line of text to the next, as a multiple of its size."""
SMALL: Final = 0.86
"""The size of notes, axes and legends."""
TITLE: Final = 1.3
_MARGIN: Final = 0.9
_TALLER: Final = {"equation-both": 1.6, "units": 1.35}
"""A journal sets the width of a figure; what has two rows of pictures takes more height."""


def _whole_parts(text: str, room: float, most: int) -> str:
    """A caption without the parts at its end for which there is no room: half a number reads as another one."""
    parts = text.split(_BETWEEN)
    while len(parts) > 1 and broken(_BETWEEN.join(parts), room, SMALL, most=999).count("\n") + 1 > most:
        parts.pop()
    return _BETWEEN.join(parts)


class Note:
    """Text in a given room that may be written anew: broken where it is too long, shortened where that is not enough.

    Attributes:
        artists: Its lines, the first one at the top.
        in_parts: Whether what there is no room for is left out in whole parts.
    """

    def __init__(self, artists: tuple[Text, ...], room: float, size: float, *, bold: bool) -> None:
        self.artists = artists
        self._room, self._size, self._bold = room, size, bold
        self.in_parts = False

    def write(self, text: str) -> None:
        """Say something else."""
        if not self.artists:
            return
        if self.in_parts:
            text = _whole_parts(text, self._room, len(self.artists))
        text = broken(text, self._room, self._size, bold=self._bold, most=len(self.artists))
        lines = [*text.split("\n"), *[""] * len(self.artists)]
        for artist, line in zip(self.artists, lines, strict=False):
            artist.set_text(line)

    def text(self) -> str:
        """What it says."""
        return "\n".join(line for line in (artist.get_text() for artist in self.artists) if line)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in ems; `top` is counted downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def cut(self, *, left: float = 0.0, top: float = 0.0, right: float = 0.0, bottom: float = 0.0) -> Box:
        """What is left when something is taken off its sides."""
        return Box(
            self.left + left, self.top + top, max(self.width - left - right, 0.1), max(self.height - top - bottom, 0.1)
        )


def figure_size(item: str, request: ExportRequest) -> Size:
    """How large the figure of an item is: as the request says, but higher for two rows of pictures in a paper."""
    size = request.figure_size
    if request.size in ("column", "page"):
        return Size(size.label, size.width, size.height * _TALLER.get(item, 1.0), size.dpi, size.points)
    return size


class Page:
    """A Matplotlib figure with the request's size, colours and text.

    Attributes:
        figure: What is drawn on.
        look: In which colours.
        request: What is asked for.
        points: One em.
        box: What is left to draw in.
    """

    def __init__(self, item: str, request: ExportRequest) -> None:
        size = figure_size(item, request)
        wide, high = size.pixels
        self.request = request
        self.look = Look.of(request)
        self.points = size.points
        self.figure = Figure(figsize=(wide / size.dpi, high / size.dpi), dpi=size.dpi * HAIR)
        if self.look.ground is None:
            self.figure.patch.set_visible(False)
        else:
            self.figure.patch.set_facecolor(self.look.ground)
        self.width, self.height = (length * 72 / size.dpi / size.points for length in (wide, high))
        self.box = Box(_MARGIN, _MARGIN, self.width - 2 * _MARGIN, self.height - 2 * _MARGIN)

    def line_width(self, ems: float) -> float:
        """A width in points."""
        return ems * self.points

    def text(
        self,
        x: float,
        y: float,
        text: str = "",
        *,
        size: float = 1.0,
        bold: bool = False,
        ink: str | None = None,
        align: str = "left",
        rotation: float = 0.0,
    ) -> Text:
        """Write.

        Args:
            x: In ems from the left.
            y: Of the middle of the (first) line, in ems from the top.
            text: May have several lines.
            size: Of its letters, 1 being body text.
            bold: Whether it is bold.
            ink: Its colour; that of text if not given.
            align: left, center or right of x.
            rotation: In degrees; a rotated text has its middle at x and y.
        """
        upright = rotation == 0.0
        return self.figure.text(
            x / self.width,
            1 - (y + (0.36 * size if upright else 0.0)) / self.height,
            text,
            fontsize=size * self.points,
            fontweight="bold" if bold else "normal",
            color=ink or self.look.palette.text,
            ha=align if upright else "center",
            # On the baseline of the first line: letters that hang lower must not move it.
            va="baseline" if upright else "center",
            rotation=rotation,
            rotation_mode="default",
            linespacing=LINE,
        )

    def note(
        self,
        x: float,
        y: float,
        text: str,
        room: float,
        *,
        size: float = 1.0,
        bold: bool = False,
        most: int = 1,
        **options: Any,
    ) -> Note:
        """Write in a given room; see `Note`.

        Args:
            x: As in `text`.
            y: Of the upper edge of the first line.
            text: What to say for now.
            room: How wide it may be.
            size: Of its letters.
            bold: Whether it is bold.
            most: Lines at most.
            options: As in `text`.
        """
        pitch = LINE * size
        lines = tuple(self.text(x, y + (k + 0.5) * pitch, size=size, bold=bold, **options) for k in range(most))
        note = Note(lines, room, size, bold=bold)
        note.write(text)
        return note

    def rectangle(self, box: Box, *, fill: str | None, edge: str | None = None, edge_width: float = 0.08) -> Rectangle:
        """Draw a rectangle."""
        patch = Rectangle(
            (box.left / self.width, 1 - box.bottom / self.height),
            box.width / self.width,
            box.height / self.height,
            facecolor=fill or "none",
            edgecolor=edge or "none",
            linewidth=self.line_width(edge_width) if edge else 0.0,
            transform=self.figure.transFigure,
        )
        self.figure.add_artist(patch)
        return patch

    def line(self, x: tuple[float, ...], y: tuple[float, ...], **style: Any) -> Line2D:
        """Draw a line through some places."""
        line = Line2D(
            [place / self.width for place in x],
            [1 - place / self.height for place in y],
            transform=self.figure.transFigure,
            **style,
        )
        self.figure.add_artist(line)
        return line

    def axes(self, box: Box, *, grid: bool = False, frame: bool = False) -> Axes:
        """Axes in a rectangle, in the window's style: two spines, or a frame around a picture."""
        palette = self.look.palette
        axes = self.figure.add_axes(
            (box.left / self.width, 1 - box.bottom / self.height, box.width / self.width, box.height / self.height)
        )
        axes.patch.set_visible(False)
        for side, spine in axes.spines.items():
            spine.set_visible(frame or side in ("left", "bottom"))
            spine.set_color(palette.border)
            spine.set_linewidth(self.line_width(0.08))
        axes.tick_params(
            labelsize=SMALL * self.points,
            labelcolor=palette.muted,
            color=palette.border,
            length=self.line_width(0.25),
            width=self.line_width(0.07),
            pad=self.line_width(0.22),
        )
        axes.set_autoscale_on(False)
        axes.set_axisbelow(True)
        if grid:
            axes.grid(True, color=palette.text, alpha=palette.grid_alpha, linewidth=self.line_width(0.06))
        return axes

    @staticmethod
    def number(axes: Axes, across: Sequence[Tick], up: Sequence[Tick]) -> None:
        """Number both axes."""
        axes.set_xticks([at for at, _ in across], [text for _, text in across])
        axes.set_yticks([at for at, _ in up], [text for _, text in up])
        for line in (*axes.get_xgridlines(), *axes.get_ygridlines()):
            line.set_clip_on(False)  # they end with the axes, and some readers of SVG know no clipping

    def axis_labels(self, box: Box, *, across: str = "", up: str = "", gap: float = 1.75) -> None:
        """Name the axes of a rectangle, where the request wants it.

        Args:
            box: The axes.
            across: Of the horizontal axis, below its numbers.
            up: Of the vertical axis.
            gap: How far left of the axes the latter stands.
        """
        if not self.request.axis_labels:
            return
        ink = self.look.palette.muted
        if across:
            text = broken(across, box.width + 2, SMALL, most=1)
            self.text(box.left + box.width / 2, box.bottom + 2.1, text, size=SMALL, ink=ink, align="center")
        if up:
            text = broken(up, box.height + 1.5, SMALL, most=1)
            middle = box.top + box.height / 2
            self.text(box.left - gap - 0.4, middle, text, size=SMALL, ink=ink, rotation=90)

    def heading(self, title: str, subtitle: str = "") -> Note | None:
        """Write the title and what stands beside or below it, and take the room from `box`.

        Returns:
            The subtitle, if there is one.
        """
        if not self.request.titles:
            return None
        box, muted = self.box, self.look.palette.muted
        size = TITLE
        while size > 1.0 and width(title, size, bold=True) > box.width:
            size -= 0.1
        lines = broken(title, box.width, size, bold=True).count("\n") + 1
        top = box.top - 0.2
        self.note(box.left, top, title, box.width, size=size, bold=True, most=lines)
        below = top + lines * LINE * size
        beside = width(title, size, bold=True) + 1.0
        told = None
        if subtitle and lines == 1 and beside + width(subtitle, 0.95) <= box.width:
            y = top + LINE * (size - 0.95) / 2 + 0.06
            told = self.note(box.left + beside, y, subtitle, box.width - beside, size=0.95, ink=muted)
        elif subtitle:
            lines = broken(subtitle, box.width, SMALL).count("\n") + 1
            told = self.note(box.left, below, subtitle, box.width, size=SMALL, ink=muted, most=lines)
            below += lines * LINE * SMALL
        self.box = box.cut(top=below - box.top + 0.45)
        return told

    def caption(self, text: str) -> Note | None:
        """Write the caption at the bottom, and take the room from `box`."""
        if not self.request.caption or not text:
            return None
        box = self.box
        most = 2 if self.height < 26 else 3 if self.height < 34 else 5
        # It may hold the name of a file.
        text = _whole_parts(_BETWEEN.join(map(clean, text.split(_BETWEEN))), box.width, most)
        lines = broken(text, box.width, SMALL, most=most).count("\n") + 1
        high = lines * LINE * SMALL
        told = self.note(
            box.left, box.bottom - high + 0.25, text, box.width, size=SMALL, ink=self.look.palette.muted, most=lines
        )
        told.in_parts = True
        self.box = box.cut(bottom=high + 0.35)
        return told
