"""Strokes on dropped cells, and clicks, on a heatmap that is really drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui import theme
from explorer.gui.views.equation_row import MASK, EquationRow
from explorer.gui.views.heatmap import LARGE_CELL, Heatmap
from explorer.gui.views.legend import Legend
from explorer.presentation.arithmetic import Factor
from explorer.presentation.cells import Cells, Level, mask_cells
from tests.gui.conftest import Driver

PALETTES = pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)


def chequers(rows: int) -> Cells:
    return mask_cells((np.add.outer(np.arange(rows), np.arange(16)) % 2).astype(bool))


@pytest.fixture
def heatmap(qtbot: QtBot) -> Heatmap:
    made = Heatmap("Heatmap of the mask", review_axis=True)
    qtbot.addWidget(made)
    made.apply_theme(theme.DARK, theme.mask_lut(theme.DARK))
    made.show_cells(chequers(16))
    made.resize(500, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def stroked(heatmap: Heatmap, mark: str = theme.DARK.dropped_mark) -> npt.NDArray[np.bool_]:
    """Whether each cell has the stroke's colour in its middle."""
    picture = heatmap.grab().toImage()
    ink = np.array(QColor(mark).getRgb()[:3])
    found = np.zeros(heatmap.cells().shape, bool)
    for row, unit in np.ndindex(*found.shape):
        _, middle = heatmap.cell_position(row, unit)
        if heatmap.map_rect().contains(middle):
            around = [picture.pixelColor(middle + QPoint(x, y)).getRgb()[:3] for x in (-1, 0, 1) for y in (-1, 0, 1)]
            found[row, unit] = np.abs(np.array(around) - ink).sum(axis=1).min() < 60
    return found


@PALETTES
def test_dropped_cells_alone_are_stroked(heatmap: Heatmap, palette: theme.Palette) -> None:
    heatmap.apply_theme(palette, theme.mask_lut(palette))
    assert (stroked(heatmap, palette.dropped_mark) == (heatmap.cells() == theme.DROPPED)).all()
    heatmap.show_cells(chequers(17)[1:])
    assert (stroked(heatmap, palette.dropped_mark) == (heatmap.cells() == theme.DROPPED)).all(), "a new mask"


def test_small_cells_have_no_strokes_until_they_are_zoomed(heatmap: Heatmap) -> None:
    heatmap.show_cells(chequers(256))
    assert not heatmap.patterned()
    assert not stroked(heatmap).any()
    heatmap.show_range((3.0, 12.3), (100.2, 120.7))
    assert heatmap.patterned()
    seen = np.zeros(heatmap.cells().shape, bool)
    seen[101:120, 4:12] = True
    assert (stroked(heatmap)[seen] == (heatmap.cells() == theme.DROPPED)[seen]).all()
    heatmap.show_range((3.0, 12.3), (107.5, 128.0))
    seen = np.zeros(heatmap.cells().shape, bool)
    seen[109:127, 4:12] = True
    assert (stroked(heatmap)[seen] == (heatmap.cells() == theme.DROPPED)[seen]).all(), "after a pan"
    heatmap.fit()
    assert not heatmap.patterned()


def test_strokes_follow_the_size_of_the_window(heatmap: Heatmap) -> None:
    heatmap.show_cells(chequers(64))
    high = heatmap.map_rect().height()
    around = heatmap.height() - high
    heatmap.resize(500, int(around + 64 * LARGE_CELL) + 3)
    assert heatmap.patterned()
    assert (stroked(heatmap) == (heatmap.cells() == theme.DROPPED)).mean() > 0.98
    heatmap.resize(500, int(around + 64 * LARGE_CELL) - 3)
    assert not heatmap.patterned()


def test_a_faint_picture_shows_no_strokes_through(heatmap: Heatmap) -> None:
    heatmap.dim(True)
    assert not stroked(heatmap).any()
    heatmap.dim(False)
    assert stroked(heatmap).any()


class Painted(QObject):
    """Collects what a widget paints anew."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def test_nothing_is_left_of_the_wide_frame(heatmap: Heatmap, qtbot: QtBot) -> None:
    heatmap.highlight(True)
    QApplication.processEvents()
    view = heatmap._plot.viewport()
    painted = Painted(view)
    heatmap.highlight(False)
    qtbot.waitUntil(lambda: painted.region == QRegion(view.rect()))


def test_legend_shows_the_stroke(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.apply_theme(theme.DARK)
    legend.resize(legend.sizeHint())
    picture = legend.grab().toImage()
    inks = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert {theme.DARK.dropped, theme.DARK.dropped_mark} <= inks


def test_what_is_not_known_leaves_the_colours_alone() -> None:
    values = np.linspace(0, 2, 40_000, dtype=np.float32).reshape(-1, 16)
    some = values.copy()
    some[::3] = np.nan
    known, partly = Level(), Level()
    known.follow(values)
    partly.follow(some)
    assert partly.value == pytest.approx(known.value, rel=0.01)
    partly.follow(np.full((8, 16), np.nan, np.float32))
    partly.follow(np.zeros((0, 16), np.float32))
    assert partly.value == pytest.approx(known.value, rel=0.01)


def double_click(driver: Driver, row: int, unit: int) -> None:
    viewport, point = driver.window.equation.row.maps[MASK].cell_position(row, unit)
    driver.qtbot.mouseMove(viewport, point)
    driver.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    driver.qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    driver.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=point)


def test_a_click_pins_at_once(driver: Driver) -> None:
    driver.run(step=3)
    viewport, point = driver.window.equation.row.maps[MASK].cell_position(3, 4)
    driver.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    cell = driver.window.focus.cell
    assert cell is not None
    assert (cell.review, cell.unit, driver.window.focus.pinned) == (3, 4, True)


def test_a_double_click_shows_all_and_pins_nothing(driver: Driver) -> None:
    driver.run(step=3)
    heatmap = driver.window.equation.row.maps[MASK]
    heatmap.show_range((2.0, 9.0), (10.0, 30.0))
    double_click(driver, 15, 4)
    assert heatmap.visible_range() == ((-0.5, 15.5), (-0.5, 63.5))
    assert not driver.window.focus.pinned


def test_a_double_click_on_the_pinned_cell_leaves_it_pinned(driver: Driver) -> None:
    driver.run(step=3)
    viewport, point = driver.window.equation.row.maps[MASK].cell_position(3, 4)
    driver.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    double_click(driver, 3, 4)
    assert driver.window.focus.pinned


@pytest.mark.parametrize("steps", [0, 2, 4])
def test_parts_of_the_row_hold_their_text_in_every_size(qtbot: QtBot, steps: int) -> None:
    look = theme.Theme("dark")
    row = EquationRow()
    qtbot.addWidget(row)
    look.changed.connect(lambda: row.apply_theme(look.palette))
    row.show_formula("1/(1 − rate)")
    row.factor.show_factor(Factor("2.00", "1/(1 − rate)", "in training", "output", "1/(1 − rate)"))
    row.apply_theme(look.palette)
    row.resize(1150, 470)
    with qtbot.waitExposed(row):
        row.show()
    try:
        look.resize_text(steps)
        QApplication.sendPostedEvents()
        terms = [row.titles[0], row.operators[0], row.titles[1], row.operators[1], row.formula, row.operators[2]]
        for left, right in zip(terms, [*terms[1:], row.titles[2]], strict=True):
            end = left.x() + left.fontMetrics().horizontalAdvance(left.text())
            assert end <= right.x(), f"{left.text()} reaches into {right.text()}"
        for term in terms:
            assert term.height() >= term.fontMetrics().height()
            assert term.width() >= term.fontMetrics().horizontalAdvance(term.text())
    finally:
        look.reset_text()


def test_sorted_rows_are_numbered_with_their_reviews(driver: Driver) -> None:
    driver.run()
    equation = driver.window.equation
    equation.show_order("label", "unit")
    axis = equation.row.maps[0]._plot.getAxis("left")
    drawn = equation.drawn
    assert drawn is not None
    wanted = np.argsort(-drawn.labels[:64].astype(np.int8), kind="stable")
    (ticks,) = axis._tickLevels
    assert len(ticks) > 2
    assert [int(text) for _, text in ticks] == [wanted[int(at)] for at, _ in ticks]
    equation.show_order("batch", "unit")
    (ticks,) = axis._tickLevels
    assert [int(text) for _, text in ticks] == [int(at) for at, _ in ticks]
