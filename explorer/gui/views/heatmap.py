"""One heatmap: reviews down, units across, a flat colour for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem, QVBoxLayout, QWidget

from explorer.engine.snapshot import Mask
from explorer.gui import theme
from explorer.gui.views.axes import whole_ticks
from explorer.gui.views.cells import Cells

AXIS_WIDTH: Final = 50
AXIS_HEIGHT: Final = 38
TOP_MARGIN: Final = 7
Range = tuple[float, float]


LARGE_CELL: Final = 6.0
"""Cells of this many pixels and more, both ways, carry a stroke where dropped."""
_TILE: Final = 12


class Pattern(QGraphicsPixmapItem):
    """A stroke across every dropped cell: a second sign beside the colour, painted by Qt in one piece."""

    def __init__(self) -> None:
        super().__init__()
        self.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.setScale(1 / _TILE)
        self.setZValue(5)
        self._colours = [0, 0]
        along = np.arange(_TILE)
        distance = np.abs(along[:, None] + along[None, :] - (_TILE - 1))
        inside = (along > 1) & (along < _TILE - 2)
        self._tile = ((distance <= 1) & inside[:, None] & inside[None, :]).astype(np.uint8)

    def set_colour(self, colour: str) -> None:
        """The colour of the strokes."""
        self._colours = [0, QColor(colour).rgba()]

    def show_cells(self, dropped: Mask, row: int, unit: int) -> None:
        """Stroke some cells, the first of which stands at a row and unit."""
        rows, units = dropped.shape
        pixels = dropped[:, None, :, None] * self._tile[None, :, None, :]
        pixels = np.ascontiguousarray(pixels.reshape(rows * _TILE, units * _TILE), np.uint8)
        width, height = units * _TILE, rows * _TILE
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        self.setPixmap(QPixmap.fromImage(image))
        self.setPos(unit - 0.5, row - 0.5)
        self.show()


class Heatmap(QWidget):
    """A picture of table entries with axes, zoom, pan and a mark on one cell.

    Attributes:
        hovered: Row and unit under the mouse.
        left: The mouse is on no cell any more.
        clicked: Row and unit that were clicked.
        range_changed: The visible part, as (x range, y range), after a zoom or pan.
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    range_changed = Signal(object, object)

    def __init__(self, name: str, *, review_axis: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: Cells = np.zeros((1, 1), np.uint8)
        self._colours: list[int] = []
        self._review_axis = review_axis
        self.setAccessibleName(name)
        self._plot = pg.PlotWidget()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setAntialiasing(False)
        self._plot.viewport().installEventFilter(self)
        self._box = self._plot.getViewBox()
        self._box.invertY(True)
        self._box.setDefaultPadding(0.0)
        self._box.disableAutoRange()
        # Qt's own item rather than pyqtgraph's ImageItem: it is painted without Python, which has to wait for the
        # worker at every call. One unit of the scene is one cell, and cell 0 has its middle at 0.
        self._image = QGraphicsPixmapItem()
        self._image.setOffset(-0.5, -0.5)
        self._plot.addItem(self._image)
        self._pattern = Pattern()
        self._plot.addItem(self._pattern)
        self._lut = theme.value_lut(theme.DARK)
        # Two frames around each other: a dark one and a light one are seen on every colour.
        self._marks = (QGraphicsRectItem(), QGraphicsRectItem())
        for mark, (colour, width) in zip(self._marks, (("#000000", 4.0), ("#ffffff", 2.0)), strict=True):
            mark.setPen(theme.pen(colour, width))
            mark.setZValue(10)
            mark.hide()
            self._plot.addItem(mark)
        self._column = QGraphicsRectItem()
        self._column.setZValue(9)
        self._column.hide()
        self._plot.addItem(self._column)
        self._units: tuple[int, ...] | None = None
        self._highlighted = False
        self._palette = theme.DARK
        # The uppermost number of the axis reaches above the picture.
        self._plot.getPlotItem().setContentsMargins(0, TOP_MARGIN, 0, 0)
        self._plot.setLabel("bottom", "unit")
        self._plot.getAxis("bottom").setHeight(AXIS_HEIGHT)
        if review_axis:
            self._plot.setLabel("left", "review in batch")
            self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        else:
            self._plot.hideAxis("left")
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)  # no "review in batch (x0.001)"
        theme.cache_axes(self._plot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._box.sigRangeChanged.connect(self._range_changed)
        self._plot.scene().sigMouseClicked.connect(self._clicked)

    def apply_theme(self, palette: theme.Palette, lut: theme.Lut) -> None:
        """Other colours for the same cells."""
        theme.style_plot(self._plot, palette)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).label.setDefaultTextColor(self._plot.getAxis(side).textPen().color())
        self._palette = palette
        self._column.setPen(theme.pen(palette.accent, 2.0))
        self._show_border()
        self._lut = lut
        self._pattern.set_colour(palette.dropped_mark)
        self._colours = [QColor(*entry).rgba() for entry in lut.tolist()]
        self._draw()

    def show_cells(self, cells: Cells) -> None:
        """Draw table entries, (rows, units). A picture of another size is shown whole."""
        fits = cells.shape == self._cells.shape
        self._cells = cells
        self._draw()
        if not fits:
            self.fit()

    def show_units(self, units: Sequence[int] | None) -> None:
        """Number the columns with these units; None numbers them from 0."""
        units = None if units is None else tuple(units)
        if units != self._units:
            self._units = units
            self._set_ticks(*self.visible_range())

    def highlight(self, lit: bool) -> None:
        """Frame the whole picture in the accent, or not."""
        if lit != self._highlighted:
            self._highlighted = lit
            self._show_border()

    def highlighted(self) -> bool:
        """Whether the picture is framed."""
        return self._highlighted

    def dim(self, dimmed: bool) -> None:
        """Draw the picture faintly, or fully again."""
        for item in (self._image, self._pattern):
            item.setOpacity(0.22 if dimmed else 1.0)

    def dimmed(self) -> bool:
        """Whether the picture is faint."""
        return bool(self._image.opacity() < 1)

    def mark_unit(self, unit: int | None) -> None:
        """Frame one column, or none."""
        self._column.setVisible(unit is not None)
        if unit is not None:
            self._column.setRect(QRectF(unit - 0.5, -0.5, 1, self._cells.shape[0]))

    def patterned(self) -> bool:
        """Whether dropped cells carry a stroke: where cells are large enough."""
        return bool(self._pattern.isVisible())

    def cells(self) -> Cells:
        """The table entries that are drawn."""
        return self._cells

    def picture(self) -> theme.Lut:
        """(rows, units, 4) the colours that are drawn."""
        return self._lut[self._cells]

    def fit(self) -> None:
        """Show all of it."""
        rows, units = self._cells.shape
        self._box.setLimits(
            xMin=-0.5,
            xMax=units - 0.5,
            yMin=-0.5,
            yMax=rows - 0.5,
            minXRange=min(4, units),
            minYRange=min(4, rows),
        )
        self.show_range((-0.5, units - 0.5), (-0.5, rows - 0.5))

    def show_range(self, x: Range, y: Range) -> None:
        """Show a part of it."""
        self._box.setRange(xRange=x, yRange=y, padding=0)
        self._set_ticks(x, y)

    def visible_range(self) -> tuple[Range, Range]:
        """The part that is shown."""
        x, y = self._box.viewRange()
        return (x[0], x[1]), (y[0], y[1])

    def mark(self, row: int, unit: int) -> None:
        """Frame one cell, from outside: the frame must not hide a small cell."""
        wide, high = (2.0 * side for side in self._box.viewPixelSize())
        for mark in self._marks:
            mark.setRect(QRectF(unit - 0.5 - wide, row - 0.5 - high, 1 + 2 * wide, 1 + 2 * high))
            mark.show()

    def unmark(self) -> None:
        """Frame none."""
        for mark in self._marks:
            mark.hide()

    def marked(self) -> bool:
        """Whether a cell is framed."""
        return bool(self._marks[0].isVisible())

    def cell_position(self, row: int, unit: int) -> tuple[QWidget, Any]:
        """The widget that gets the mouse, and the point in it where a cell's middle is."""
        point = self._plot.mapFromScene(self._box.mapViewToScene(pg.Point(unit, row)))
        return self._plot.viewport(), point

    def map_rect(self) -> QRectF:
        """Where the picture stands in this widget, without the axes."""
        return QRectF(self._box.sceneBoundingRect())

    def _draw(self) -> None:
        rows, units = self._cells.shape
        cells = np.ascontiguousarray(self._cells)
        image = QImage(cells.data, units, rows, units, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        self._image.setPixmap(QPixmap.fromImage(image))
        self._draw_pattern()

    def _draw_pattern(self) -> None:
        """Strokes on the dropped cells that can be seen, if there is room for strokes."""
        wide, high = self._box.viewPixelSize()
        large = wide > 0 and high > 0 and min(1 / wide, 1 / high) >= LARGE_CELL
        if not large:
            self._pattern.hide()
            return
        (left, right), (top, bottom) = self.visible_range()
        rows, units = self._cells.shape
        first_row, last_row = max(int(top), 0), min(int(bottom) + 2, rows)
        first_unit, last_unit = max(int(left), 0), min(int(right) + 2, units)
        dropped = self._cells[first_row:last_row, first_unit:last_unit] == theme.DROPPED
        self._pattern.show_cells(dropped, first_row, first_unit)

    def _show_border(self) -> None:
        lit = self._highlighted
        self._box.setBorder(theme.pen(self._palette.accent if lit else self._palette.border, 3.0 if lit else 1.0))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cells may have become large enough for strokes, or too small."""
        super().resizeEvent(event)
        self._draw_pattern()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the mouse over the cells."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            point = self._box.mapSceneToView(self._plot.mapToScene(event.position().toPoint()))
            rows, units = self._cells.shape
            row, unit = round(point.y()), round(point.x())
            inside = self._box.sceneBoundingRect().contains(self._plot.mapToScene(event.position().toPoint()))
            if inside and 0 <= row < rows and 0 <= unit < units:
                self.hovered.emit(row, unit)
            else:
                self.left.emit()
        elif event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().eventFilter(watched, event)

    def _clicked(self, event: Any) -> None:
        if event.double():
            self.fit()
        elif event.button() == Qt.MouseButton.LeftButton:
            point = self._box.mapSceneToView(event.scenePos())
            row, unit = round(point.y()), round(point.x())
            rows, units = self._cells.shape
            if 0 <= row < rows and 0 <= unit < units and self._box.sceneBoundingRect().contains(event.scenePos()):
                self.clicked.emit(row, unit)

    def _range_changed(self, _box: object, ranges: Any) -> None:
        x, y = ((float(low), float(high)) for low, high in ranges)
        self._set_ticks(x, y)
        self._draw_pattern()
        self.range_changed.emit(x, y)

    def _set_ticks(self, x: Range, y: Range) -> None:
        ticks = whole_ticks(*x, most=8)
        if self._units is not None:
            # Sorted: every unit's own number, where there is room for all of them.
            shown = range(max(round(x[0] + 0.5), 0), min(round(x[1] + 0.5), len(self._units)))
            every = -(-len(shown) // 16)
            ticks = [(float(k), str(self._units[k])) for k in shown[::every]]
        self._plot.getAxis("bottom").setTicks([ticks])
        if self._review_axis:
            self._plot.getAxis("left").setTicks([whole_ticks(*y, most=9)])
