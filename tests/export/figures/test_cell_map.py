"""Cells are crisp: flat to their edges at any zoom, in pixels and as vectors, and nothing shines through."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.export.figures.cell_map import CellMap
from explorer.export.figures.look import Look
from explorer.export.figures.page import Box, Page
from explorer.export.figures.settled import settled, written
from explorer.export.provenance import Provenance
from explorer.export.request import ExportRequest
from explorer.presentation.palette import DROPPED, UNKNOWN
from tests.export.figures.drawn import opened
from tests.export.figures.readers import pdf_pixels, svg_pixels

ROWS, UNITS = 13, 9
SIDE = 480
REQUEST = ExportRequest(size="custom", width=SIDE, height=SIDE)
ABOUT = Provenance("Cells", "", "{}")
BOX = Box(1.3, 1.7, 30.0, 29.0)


def page_of(cells: np.ndarray, rows: int | None = None, marked_from: float = np.inf) -> Page:
    page = Page("test", REQUEST)
    with settled():
        axes = page.axes(BOX)
        axes.set_axis_off()
        drawn = CellMap(axes, page.look.values, mark="#ff0000", mark_width=2.0, marked_from=marked_from)
        drawn.show(cells, rows)
    return page


def cells() -> np.ndarray:
    """Dark cells of every kind, so that white paper between them would be seen."""
    return np.random.default_rng(5).integers(0, 120, (ROWS, UNITS)).astype(np.uint8)


def middles(page: Page, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixel rows and columns of the middles of cells in a picture so many pixels wide."""
    ems = side / page.width
    down = (BOX.top + BOX.height * (np.arange(ROWS) + 0.5) / ROWS) * ems
    across = (BOX.left + BOX.width * (np.arange(UNITS) + 0.5) / UNITS) * ems
    return down.astype(int), across.astype(int)


def pictures(page: Page, form: str, side: int) -> np.ndarray:
    if form == "png":
        return opened(written(page.figure, "png", ABOUT, pixels_wide=side))
    if form == "svg":
        return svg_pixels(written(page.figure, "svg", ABOUT), side, side)
    return pdf_pixels(written(page.figure, "pdf", ABOUT), side)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.parametrize("side", [331, 480, 1117])
def test_every_cell_is_flat_and_has_its_colour_at_any_zoom(form: str, side: int, qapp) -> None:
    drawn = cells()
    page = page_of(drawn)
    picture = pictures(page, form, side).astype(int)
    down, across = middles(page, side)
    colours = page.look.values[drawn].astype(int)
    # Not only the middle: nine tenths of the way to the edges.
    cell = np.array([BOX.height / ROWS, BOX.width / UNITS]) * side / page.width
    reach = (cell / 2 * 0.9 - 1).astype(int)
    for step_down in (-reach[0], 0, reach[0]):
        for step_on in (-reach[1], 0, reach[1]):
            found = picture[(down + step_down)[:, None], across + step_on]
            assert np.abs(found - colours).max() <= 1


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.parametrize("side", [331, 777])
def test_nothing_shines_through_between_cells(form: str, side: int, qapp) -> None:
    page = page_of(cells())
    picture = pictures(page, form, side).astype(int)
    down, across = middles(page, side)
    inside = picture[down[0] : down[-1], across[0] : across[-1], :3]
    lightest = page.look.values[cells()][..., :3].astype(int).max(axis=(0, 1))
    assert (inside.max(axis=(0, 1)) <= lightest + 1).all()


def test_the_edge_between_two_cells_is_one_pixel_wide_at_most(qapp) -> None:
    drawn = np.zeros((ROWS, UNITS), np.uint8)
    drawn[:, UNITS // 2 :] = 100
    page = page_of(drawn)
    dark, light = (page.look.values[entry, 1] for entry in (0, 100))
    for form in ("png", "svg", "pdf"):
        green = pictures(page, form, 777)[300, 200:600, 1].astype(int)
        between = (green > dark + 2) & (green < light - 2)
        assert between.sum() <= 1, form


def test_the_first_row_is_at_the_top_and_a_short_batch_leaves_the_rest_empty(qapp) -> None:
    drawn = np.zeros((4, UNITS), np.uint8)
    drawn[0] = 200
    page = page_of(drawn, rows=ROWS)
    down, across = middles(page, SIDE)
    for form in ("png", "svg", "pdf"):
        column = pictures(page, form, SIDE)[down, across[3], :3].astype(int)
        assert np.abs(column[0] - page.look.values[200, :3]).max() <= 1, form
        assert np.abs(column[1:4] - page.look.values[0, :3]).max() <= 1, form
        assert (column[4:] == 255).all(), form


def test_large_dropped_cells_carry_a_stroke_and_small_ones_do_not() -> None:
    drawn = np.zeros((ROWS, UNITS), np.uint8)
    drawn[2, 3] = DROPPED
    drawn[5, 5] = UNKNOWN
    for marked_from, there in ((2.0, True), (50.0, False)):
        page = page_of(drawn, marked_from=marked_from)
        picture = pictures(page, "png", SIDE).astype(int)
        red = (picture[..., 0] > 200) & (picture[..., 1] < 60)
        assert red.any() == there
        if there:
            down, across = middles(page, SIDE)
            assert red[down[2] - 1 : down[2] + 2, across[3] - 1 : across[3] + 2].any()
            assert not red[down[5] - 8 : down[5] + 9, across[5] - 8 : across[5] + 9].any()


def test_the_look_of_a_table_is_the_look_of_its_cells() -> None:
    look = Look.of(REQUEST)
    assert tuple(look.values[DROPPED, :3]) == (255, 255, 255)
    assert tuple(look.values[UNKNOWN, :3]) != (255, 255, 255)
