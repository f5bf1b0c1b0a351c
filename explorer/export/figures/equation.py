"""activation × mask × factor = output, as a figure that can be drawn anew for batch after batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import Mode, Snapshot
from explorer.export.figures.equation_row import EquationRow, Plan
from explorer.export.figures.legend import Entry, Legend, colour_bar, swatch
from explorer.export.figures.page import Box, Page
from explorer.export.figures.progress import Progress
from explorer.export.figures.settled import agg_canvas, pixels, settled
from explorer.export.figures.words import clean
from explorer.export.request import ExportRequest
from explorer.presentation import arithmetic
from explorer.presentation.captions import batch_line, settings_line
from explorer.presentation.cells import FAR, Level
from explorer.presentation.legend import brightest, flat_colours

_SHORT: Final = {
    "kept, but zero: relu made it so": "kept, zero by relu",
    "kept, in the mask": "kept (mask)",
    "not kept in memory": "not known",
}
_SHARE_OF_PROGRESS: Final = 0.24


class EquationFigure:
    """The equation of one batch; drawn once, and then kept up with other batches of the same run.

    What never changes (axes, numbers, legend) is drawn once and kept as a picture; a frame restores it and draws three
    maps and the texts over it.

        film = EquationFigure(request, run, run.snapshot(1), progress=(1, 500))
        for step in range(1, 501):
            film.update(run.snapshot(step))
            frame = film.rgba()                 # (height, width, 4) uint8, valid until the next call

    The colours follow the activations slowly from frame to frame, as on the screen; the first batch, and one more than
    200 batches away, sets them.

    Attributes:
        figure: The Matplotlib figure.

    Args:
        request: How it is to look; `hidden`, `reviews` and the parts count.
        run: What the batch is of.
        snapshot: The batch.
        modes: Which passes, one below the other.
        progress: The first and the last batch of a film: a curve of the losses between them is drawn below the maps,
            and grows up to the batch that is drawn. None for no curve.
        item: What it is drawn for, which decides about the size (`page.figure_size`).
    """

    def __init__(
        self,
        request: ExportRequest,
        run: RunRecord,
        snapshot: Snapshot,
        *,
        modes: Sequence[Mode] = ("training",),
        progress: tuple[int, int] | None = None,
        item: str = "equation-training",
    ) -> None:
        self._request, self._run, self._modes = request, run, tuple(modes)
        self._level = Level()
        self._drawn: Snapshot | None = None
        self._rows = min(request.reviews, len(snapshot.rows))
        self._canvas: Any = None
        self._ground: Any = None
        self._changing: set[Text] = set()
        self._written: dict[Text, tuple[str, object]] = {}
        with settled():
            page = self._page = Page(item, request)
            self.figure: Figure = page.figure
            self._follow(snapshot)
            self._progress: Progress | None = None
            if progress is not None:
                self._progress = Progress(run, progress)
            self._subtitle = page.heading(self._title(snapshot), self._told(snapshot))
            self._caption = page.caption(self._caption_of(snapshot))
            self._draw_legend(snapshot)
            if self._progress is not None:
                high = max(page.box.height * _SHARE_OF_PROGRESS, min(4.5, page.box.height / 3))
                box = page.box
                self._progress.draw(page, Box(box.left, box.bottom - high, box.width, high))
                page.box = box.cut(bottom=high + 0.4)
            plans = Plan.of(page, snapshot, self._modes, request.hidden, self._rows)
            self._parts = tuple(
                EquationRow(page, plan, mode, request.hidden, self._rows)
                for plan, mode in zip(plans, self._modes, strict=True)
            )
            self._sort_artists()
        self.update(snapshot)

    @property
    def level(self) -> float:
        """The value that has the brightest colour."""
        return self._level.value

    def update(self, snapshot: Snapshot) -> None:
        """Show another batch of the same run."""
        with settled():
            if snapshot is not self._drawn:
                self._follow(snapshot)
            for part in self._parts:
                part.show(snapshot, self._level.value)
            if self._subtitle is not None:
                self._subtitle.write(self._told(snapshot))
            if self._caption is not None:
                self._caption.write(self._caption_of(snapshot))
            if self._top is not None:
                self._top.set_text(brightest(self._level.value))
            if self._progress is not None:
                self._progress.show(snapshot.step)

    def rgba(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4) the figure in pixels, with straight alpha; a view that the next call overwrites."""
        with settled():
            self._draw_ground()
            self._canvas.restore_region(self._ground)
            renderer = self._canvas.get_renderer()
            for artist in (*self._moving, *(text for text in self._texts if text in self._changing)):
                artist.draw(renderer)
            return pixels(self._canvas)

    def _draw_ground(self) -> None:
        """Draw what stays, if it is not drawn yet.

        A text belongs to it until it is seen to change: most never do, and letters take the longest of all to draw.
        """
        changed = {text for text in self._texts if self._written.get(text) != _look_of(text)} - self._changing
        if self._canvas is not None and not changed:
            return
        if self._canvas is None:
            self._canvas = agg_canvas(self.figure)
        else:
            self._changing |= changed
        moving = [*self._moving, *self._changing]
        for artist in moving:
            artist.set_visible(False)
        self._canvas.draw()
        for artist in moving:
            artist.set_visible(True)
        self._ground = self._canvas.copy_from_bbox(self.figure.bbox)
        self._written = {text: _look_of(text) for text in self._texts}

    def _sort_artists(self) -> None:
        """Tell what moves with every batch from texts that may change."""
        self._moving: list[Artist] = [artist for part in self._parts for artist in part.artists]
        notes = [note for part in self._parts for note in part.notes]
        notes += [note for note in (self._subtitle, self._caption) if note is not None]
        self._texts = [text for note in notes for text in note.artists]
        self._texts += [text for part in self._parts for text in part.signs]
        if self._top is not None:
            self._texts.append(self._top)
        if self._progress is not None:
            self._moving += self._progress.artists

    def _follow(self, snapshot: Snapshot) -> None:
        if self._drawn is not None and not 0 <= snapshot.step - self._drawn.step <= FAR:
            self._level.reset()  # another time, with other activations
        self._drawn = snapshot
        # Both modes count, so that training and inference have the same colours, in one figure and in two.
        both = [forward.place(self._request.hidden) for forward in (snapshot.training, snapshot.inference)]
        self._level.follow(*(array[: self._rows] for each in both for array in (each.activation, each.output)))

    def _title(self, snapshot: Snapshot) -> str:
        hidden = self._request.hidden
        when = {"training": "in training", "inference": "at inference"}
        modes = " and ".join(when[mode] for mode in self._modes)
        if not snapshot.training.place(hidden).active:
            return f"No dropout after hidden {hidden}, {modes}"
        return f"Dropout after hidden {hidden}, {modes}"

    def _told(self, snapshot: Snapshot) -> str:
        shown = min(self._rows, len(snapshot.rows))
        return f"{shown} of {snapshot.size:,} reviews · {arithmetic.which_batch(snapshot)}"

    def _caption_of(self, snapshot: Snapshot) -> str:
        parts = [clean(self._run.reviews.title), settings_line(snapshot.settings, snapshot.settings)]
        if self._progress is None:  # which shows it
            parts.insert(1, batch_line(snapshot))
        if not arithmetic.activations_known(snapshot):
            parts.insert(0, arithmetic.LET_GO)
        if "training" in self._modes and snapshot.training.place(self._request.hidden).active:
            parts.append("±: 95 % binomial interval")
        if "inference" in self._modes:
            parts.append(arithmetic.why_other_numbers(snapshot.settings, self._request.hidden, "inference"))
        return " · ".join(part for part in parts if part)

    def _draw_legend(self, snapshot: Snapshot) -> None:
        page, request, palette = self._page, self._request, self._page.look.palette
        entries = []
        if request.colour_bar:
            bar, wide = colour_bar("kept: 0", min(9.0, page.box.width / 6))
            # As wide as it may become, so that nothing moves.
            entries.append(Entry("≥ 0.00", bar, wide))
        if request.legend:
            # A film may come to batches whose activations were let go.
            thinned = self._progress is not None and self._run.history.stride > 1
            unknown = thinned or not arithmetic.activations_known(snapshot)
            for colour, meaning in flat_colours(palette, page.look.values, unknown=unknown):
                stroke = palette.dropped_mark if colour == palette.dropped else None
                entries.append(Entry(meaning, swatch(colour, stroke=stroke), short=_SHORT.get(meaning, "")))
        self._top = None
        if not entries:
            return
        legend = Legend(entries, page.box.width)
        texts = legend.draw(page, page.box.left, page.box.bottom - legend.height + 0.2)
        page.box = page.box.cut(bottom=legend.height + 0.1)
        if request.colour_bar:
            self._top = texts[0]


def _look_of(text: Text) -> tuple[str, object]:
    return text.get_text(), text.get_color()
