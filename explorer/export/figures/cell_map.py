"""A heatmap that is crisp at any size: whole pixels in a picture, rectangles without seams in a vector format."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from explorer.presentation.cells import Cells
from explorer.presentation.palette import DROPPED, Lut

_INSET: Final = 0.2
"""How far a stroke stays away from the edges of its cell, as a share of it; as on the screen."""
_SIDES: Final = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Above, right, below, left: steps of row and column."""


class CellMap(Artist):
    """Draws table entries over the whole of some axes, the first row at the top.

    Not Matplotlib's image: readers of SVG and PDF smooth a small picture when they enlarge it. Not its mesh either:
    where two cells meet between pixels, the ground shines through. Here the cell that is drawn first reaches under its
    neighbour, so that the seam is a mixture of the two and of nothing else.

    Args:
        axes: What it fills.
        lut: (256, 4) colours of the entries.
        mark: The colour of a stroke across dropped cells.
        mark_width: Its width in points.
        marked_from: Cells of this many points and more, both ways, carry a stroke where dropped.
    """

    def __init__(self, axes: Axes, lut: Lut, *, mark: str, mark_width: float, marked_from: float) -> None:
        super().__init__()
        self._cells: Cells = np.zeros((1, 1), np.uint8)
        self._rows = 1
        self._lut = lut
        self._mark, self._mark_width, self._marked_from = mark, mark_width, marked_from
        self.set_zorder(1.0)
        axes.add_artist(self)

    @property
    def cells(self) -> Cells:
        """(rows, units) the table entries that are drawn."""
        return self._cells

    def show(self, cells: Cells, rows: int | None = None) -> None:
        """Draw other cells.

        Args:
            cells: (rows, units)
            rows: How many rows there is room for; where there are fewer, nothing is drawn below them.
        """
        self._cells = cells
        self._rows = max(rows or 0, len(cells))
        self.stale = True

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: RendererBase) -> None:
        """Draw the cells, and a stroke across those that are dropped if there is room for it."""
        if not self.get_visible() or not self._cells.size:
            return
        assert self.axes is not None
        left, bottom, right, top = self.axes.bbox.extents
        bottom = top - (top - bottom) * len(self._cells) / self._rows
        gc = renderer.new_gc()
        gc.set_snap(False)
        if isinstance(renderer, RendererAgg):
            edges = tuple(round(float(edge)) for edge in (left, bottom, right, top))
            self._draw_pixels(renderer, gc, *edges)
        else:
            self._draw_shapes(renderer, gc, left, bottom, right, top)
        self._draw_marks(renderer, gc, left, bottom, right, top)
        gc.restore()

    def _draw_pixels(
        self, renderer: RendererAgg, gc: GraphicsContextBase, left: int, bottom: int, right: int, top: int
    ) -> None:
        rows, units = self._cells.shape
        down = ((np.arange(top - bottom) + 0.5) * rows / (top - bottom)).astype(np.intp)
        across = ((np.arange(right - left) + 0.5) * units / (right - left)).astype(np.intp)
        # Matplotlib's pictures begin at the bottom.
        picture = self._lut[self._cells][down[::-1, None], across]
        renderer.draw_image(gc, left, bottom, np.ascontiguousarray(picture))

    def _draw_shapes(
        self, renderer: RendererBase, gc: GraphicsContextBase, left: float, bottom: float, right: float, top: float
    ) -> None:
        """One path a colour."""
        rows, units = self._cells.shape
        corner, step = np.array([left, top]), np.array([(right - left) / units, (bottom - top) / rows])
        gc.set_linewidth(0.0)
        counts = np.bincount(self._cells.reshape(-1), minlength=256)
        ground = int(counts.argmax())
        whole = np.array([[0.0, 0.0], [units, 0.0], [units, rows], [0.0, rows]])
        renderer.draw_path(gc, _closed([whole * step + corner]), IdentityTransform(), self._colour(ground))
        # The order in which colours are drawn; the commonest is the ground of all.
        rank = np.where(np.arange(256) == ground, -1, np.arange(256))
        shapes = _shapes(rank[self._cells])
        for entry in np.flatnonzero(counts).tolist():
            if entry != ground:
                parts = [shape * step + corner for shape in shapes[entry]]
                renderer.draw_path(gc, _closed(parts), IdentityTransform(), self._colour(entry))

    def _draw_marks(
        self, renderer: RendererBase, gc: GraphicsContextBase, left: float, bottom: float, right: float, top: float
    ) -> None:
        rows, units = self._cells.shape
        cell = np.array([(right - left) / units, (bottom - top) / rows])
        if np.abs(cell).min() < renderer.points_to_pixels(self._marked_from):
            return
        row, column = np.nonzero(self._cells == DROPPED)
        if not len(row):
            return
        ends = np.stack(
            [np.stack([column + _INSET, row + 1 - _INSET], 1), np.stack([column + 1 - _INSET, row + _INSET], 1)]
        )
        points = ends.transpose(1, 0, 2).reshape(-1, 2) * cell + np.array([left, top])
        codes = np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(row))
        gc.set_foreground(self._mark)
        gc.set_linewidth(self._mark_width)
        gc.set_capstyle("butt")
        renderer.draw_path(gc, Path(points, codes), IdentityTransform(), None)

    def _colour(self, entry: int) -> Any:
        return to_rgba(tuple(self._lut[entry] / 255.0))


def _shapes(rank: npt.NDArray[np.intp]) -> dict[int, list[npt.NDArray[np.float64]]]:
    """The outline of every cell that is not ground, by its rank: the cell, and a wedge under each later neighbour.

    A wedge ends in the neighbour's middle, so that it lies under nothing but that neighbour.

    Args:
        rank: (rows, units) when a cell is drawn; −1 for the ground.
    """
    rows, units = rank.shape
    framed = np.full((rows + 2, units + 2), -1)
    framed[1:-1, 1:-1] = rank
    later = [framed[1 + down : rows + 1 + down, 1 + on : units + 1 + on] > rank for down, on in _SIDES]
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    shapes: dict[int, list[npt.NDArray[np.float64]]] = {}
    outlines: dict[tuple[bool, ...], npt.NDArray[np.float64]] = {}
    for row, column in np.argwhere(rank >= 0).tolist():
        wedges = tuple(bool(side[row, column]) for side in later)
        outline = outlines.get(wedges)
        if outline is None:
            points: list[tuple[float, float]] = []
            for corner, wedge, (down, on) in zip(corners, wedges, _SIDES, strict=True):
                points.append(corner)
                if wedge:
                    points.append((0.5 + on, 0.5 + down))
            outline = outlines[wedges] = np.array(points)
        shapes.setdefault(int(rank[row, column]), []).append(outline + np.array([column, row]))
    return shapes


def _closed(parts: list[npt.NDArray[np.float64]]) -> Path:
    """One path of several closed outlines."""
    vertices = np.concatenate([np.vstack([part, part[:1]]) for part in parts])
    codes = np.full(len(vertices), Path.LINETO, np.uint8)
    ends = np.cumsum([len(part) + 1 for part in parts])
    codes[ends - 1] = Path.CLOSEPOLY
    codes[np.concatenate([[0], ends[:-1]])] = Path.MOVETO
    return Path(vertices, codes)
