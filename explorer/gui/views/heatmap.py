"""One heatmap: reviews down, units across, a flat colour for each cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem, QVBoxLayout, QWidget

from explorer.gui import theme
from explorer.gui.views.plain_axis import PlainAxis
from explorer.presentation.axes import whole_ticks
from explorer.presentation.cells import Cells

AXIS_WIDTH: Final = 50
AXIS_HEIGHT: Final = 38
TOP_MARGIN: Final = 7
Range = tuple[float, float]


LARGE_CELL: Final = 6.0
"""Cells of this many pixels and more, both ways, carry a stroke where dropped."""
_INSET: Final = 0.2
"""How far a stroke stays away from the edges of its cell, as a share of it."""


class Pattern(QGraphicsPixmapItem):
    """A stroke across every cell, behind the picture, which lets it show through where a cell is dropped.

    So a new mask costs nothing: strokes are drawn again only when the zoom changes, in the screen's own pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-1)
        self._ground, self._line = QColor(), QPen()
        self._shown: object = None

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._ground = QColor(palette.dropped)
        self._line = QPen(QColor(palette.dropped_mark), 1.6)
        self._shown = None

    def show_cells(self, rows: range, units: range, cell: QSizeF, sharpness: float) -> None:
        """Stroke these cells, each of a size in pixels, on a screen with so many of its own to a pixel."""
        shown = (rows, units, cell.width(), cell.height(), sharpness)
        if shown != self._shown:
            self._shown = shown
            wide, high = cell.width(), cell.height()
            picture = QPixmap(math.ceil(len(units) * wide * sharpness), math.ceil(len(rows) * high * sharpness))
            picture.setDevicePixelRatio(sharpness)
            picture.fill(self._ground)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._line)
            painter.drawLines(
                [
                    QLineF((x + _INSET) * wide, (y + 1 - _INSET) * high, (x + 1 - _INSET) * wide, (y + _INSET) * high)
                    for y in range(len(rows))
                    for x in range(len(units))
                ]
            )
            painter.end()
            self.setPixmap(picture)
            self.setPos(units.start - 0.5, rows.start - 0.5)
            self.setTransform(QTransform.fromScale(1 / wide, 1 / high))


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
        self._pierced: list[int] = []
        self._dimmed = False
        self._last: tuple[int, int] | None = None
        self._review_axis = review_axis
        self.setAccessibleName(name)
        self._plot = pg.PlotWidget(axisItems={side: PlainAxis(side) for side in ("left", "bottom")})
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
        self._pattern.hide()
        self._plot.addItem(self._pattern)
        self._lut = theme.value_lut(theme.DARK)
        # Two frames around each other: a dark one and a light one are seen on every colour.
        self._marks = (QGraphicsRectItem(), QGraphicsRectItem())
        for mark in self._marks:
            mark.setZValue(10)
            mark.hide()
            self._plot.addItem(mark)
        self._column = QGraphicsRectItem()
        self._column.setZValue(9)
        self._column.hide()
        self._plot.addItem(self._column)
        self._units: tuple[int, ...] | None = None
        self._reviews: tuple[int, ...] | None = None
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
        self._palette = palette
        self._column.setPen(theme.pen(palette.accent, 2.0))
        self._show_border()
        self._lut = lut
        for mark, (colour, width) in zip(self._marks, palette.frame, strict=True):
            mark.setPen(theme.pen(colour, width))
        self._pattern.apply_theme(palette)
        self._colours = [QColor(*entry).rgba() for entry in lut.tolist()]
        self._pierced = [*self._colours[: theme.DROPPED], 0]
        self._set_ticks(*self.visible_range())  # the text may have another size
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

    def show_reviews(self, reviews: Sequence[int] | None) -> None:
        """Number the rows with these reviews; None numbers them from 0."""
        reviews = None if reviews is None else tuple(reviews)
        if reviews != self._reviews:
            self._reviews = reviews
            self._set_review_ticks(self.visible_range()[1])

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
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self._image.setOpacity(0.22 if dimmed else 1.0)
            self._draw()

    def dimmed(self) -> bool:
        """Whether the picture is faint."""
        return self._dimmed

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
        patterned = self._show_pattern()
        cells = np.ascontiguousarray(self._cells)
        image = QImage(cells.data, units, rows, units, QImage.Format.Format_Indexed8)
        image.setColorTable(self._pierced if patterned else self._colours)
        self._image.setPixmap(QPixmap.fromImage(image))

    def _show_pattern(self) -> bool:
        """Stroke the cells that can be seen, if there is room for strokes; a faint picture would not hide them."""
        wide, high = (1 / side if side > 0 else 0.0 for side in self._box.viewPixelSize())
        shown = min(wide, high) >= LARGE_CELL and not self._dimmed and bool((self._cells == theme.DROPPED).any())
        if shown:
            (left, right), (top, bottom) = self.visible_range()
            rows, units = self._cells.shape
            self._pattern.show_cells(
                range(max(math.floor(top + 0.5), 0), min(math.ceil(bottom + 0.5), rows)),
                range(max(math.floor(left + 0.5), 0), min(math.ceil(right + 0.5), units)),
                QSizeF(wide, high),
                self.devicePixelRatioF(),
            )
        self._pattern.setVisible(shown)
        return shown

    def _reveal_pattern(self) -> None:
        """After a zoom: cells may have become large enough for strokes, or too small."""
        before = self.patterned()
        if self._show_pattern() != before:
            self._draw()

    def _show_border(self) -> None:
        lit = self._highlighted
        self._box.setBorder(theme.pen(self._palette.accent if lit else self._palette.border, 3.0 if lit else 1.0))
        self._plot.viewport().update()  # half of a wide border lies outside of what is drawn anew for a narrow one

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cells may have become large enough for strokes, or too small."""
        super().resizeEvent(event)
        self._set_ticks(*self.visible_range())
        self._reveal_pattern()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the mouse over the cells."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            cell = self._cell_at(self._plot.mapToScene(event.position().toPoint()))
            if cell is not None:
                self.hovered.emit(*cell)
            else:
                self.left.emit()
        elif event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().eventFilter(watched, event)

    def _clicked(self, event: Any) -> None:
        """A click is told at once; the second one of a double click takes the first back, and shows all."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
            if self._last is not None:
                self.clicked.emit(*self._last)
                self._last = None
            return
        self._last = self._cell_at(event.scenePos())
        if self._last is not None:
            self.clicked.emit(*self._last)

    def _cell_at(self, scene: QPointF) -> tuple[int, int] | None:
        """Row and unit at a point of the scene, if there is a cell."""
        if not self._box.sceneBoundingRect().contains(scene):
            return None
        point = self._box.mapSceneToView(scene)
        row, unit = round(point.y()), round(point.x())
        rows, units = self._cells.shape
        return (row, unit) if 0 <= row < rows and 0 <= unit < units else None

    def _range_changed(self, _box: object, ranges: Any) -> None:
        x, y = ((float(low), float(high)) for low, high in ranges)
        self._set_ticks(x, y)
        self._reveal_pattern()
        self.range_changed.emit(x, y)

    def _set_ticks(self, x: Range, y: Range) -> None:
        metrics = QFontMetrics(theme.font(-0.5))
        box = self._box.sceneBoundingRect()
        most = max(2, min(8, int(box.width() / metrics.horizontalAdvance("000"))))
        ticks = whole_ticks(*x, most=most)
        if self._units is not None:
            # Sorted: every unit's own number, where there is room for all of them.
            shown = range(max(round(x[0] + 0.5), 0), min(round(x[1] + 0.5), len(self._units)))
            every = -(-len(shown) // min(16, 2 * most))
            ticks = [(float(k), str(self._units[k])) for k in shown[::every]]
        self._plot.getAxis("bottom").setTicks([ticks])
        self._set_review_ticks(y)

    def _set_review_ticks(self, y: Range) -> None:
        if self._review_axis:
            metrics = QFontMetrics(theme.font(-0.5))
            box = self._box.sceneBoundingRect()
            most = max(2, min(9, int(box.height() / metrics.height())))
            label = "review in batch" if metrics.horizontalAdvance("review in batch") < self.height() else "review"
            if label != self._plot.getAxis("left").labelText:
                self._plot.setLabel("left", label)
            ticks = whole_ticks(*y, most=most)
            if self._reviews is not None:
                # Sorted: what stands at a row is that review's own number in the batch.
                ticks = [(at, str(self._reviews[int(at)])) for at, _ in ticks if 0 <= at < len(self._reviews)]
            self._plot.getAxis("left").setTicks([ticks])
