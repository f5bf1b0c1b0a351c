"""The heart of the window: activation × mask × factor = output, drawn with the batch's own numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Floats, Mode, Place, Snapshot
from explorer.engine.statistics import PlaceStatistics, batch_statistics
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.focus import Cell, Focus
from explorer.gui.panel import WHAT
from explorer.gui.views.base import Want
from explorer.gui.views.equation_row import ACTIVATION, MASK, OUTPUT, EquationRow
from explorer.gui.views.heatmap import AXIS_WIDTH
from explorer.gui.views.legend import Legend
from explorer.gui.widgets import SCREEN_ONLY, Button, Readout
from explorer.presentation import arithmetic
from explorer.presentation.cells import FAR, Level, mask_cells, signed_cells, value_cells
from explorer.presentation.order import (
    REVIEW_ORDERS,
    UNIT_ORDERS,
    Order,
    ReviewOrder,
    UnitOrder,
    review_order,
    unit_order,
)

SHOWN: Final[tuple[int | None, ...]] = (16, 64, 256, None)
"""How many of a batch's reviews are drawn; None is all."""
_NOT_KEPT: Final = "Activations not kept"
_HINT: Final = "Point at a cell for its arithmetic; a click keeps it"
_HELD: Final = "Held while you point"
_PINNED: Final = "Pinned: Esc or another click lets go"
_SHORT: Final = {_HINT: "Point at a cell", _PINNED: "Pinned: Esc lets go"}
_BACK: Final = " — training goes on"


class EquationView(QWidget):
    """Draws one place of a snapshot.

    Attributes:
        place_chosen: Another hidden layer or another number of reviews was chosen: (hidden, shown).
        order_chosen: Another order was chosen: (of reviews, of units).
    """

    place_chosen = Signal(int, object)
    order_chosen = Signal(str, str)

    def __init__(self, focus: Focus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._focus = focus
        self._hidden = HIDDEN[-1]
        self._rows: int | None = 64
        self._mode: Mode = "training"
        self._drawn: Snapshot | None = None
        self._by: tuple[ReviewOrder, UnitOrder] = ("batch", "unit")
        self._order: tuple[Order, Order] = (np.arange(0), np.arange(0))
        self._level = Level()
        self.row = EquationRow()
        self._legend = Legend()
        self._title = Readout("What is drawn", sample=f"After hidden {HIDDEN[-1]} ")
        theme.set_font(self._title, 4.5, bold=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._subtitle = Readout("Which batch", muted=True)
        theme.set_font(self._subtitle, 0.5)
        self._hint = Readout("Hint", align=Qt.AlignmentFlag.AlignRight, muted=True)
        self._hint.set_text(_HINT)
        self._hint.setProperty(SCREEN_ONLY, True)
        self._standing_in = Readout("Why this batch", muted=True)
        self._standing_in.setProperty(SCREEN_ONLY, True)
        self._standing_in.hide()
        self.layer = _combo("Hidden layer", "Which hidden layer's dropout is drawn")
        for hidden in HIDDEN:
            self.layer.addItem(f"After hidden {hidden}", hidden)
        self.shown = _combo("Reviews drawn", "How many of the batch's reviews are drawn")
        for rows in SHOWN:
            self.shown.addItem("all reviews" if rows is None else f"{rows} reviews", rows)
        self.review_order = _combo("Order of reviews", "In which order the reviews are drawn")
        for order, label in REVIEW_ORDERS.items():
            self.review_order.addItem(label, order)
        self.unit_order = _combo("Order of units", "In which order the units are drawn")
        for sorting, label in UNIT_ORDERS.items():
            self.unit_order.addItem(label, sorting)
        self.what = Button("?", WHAT)
        self.what.setObjectName("what")
        self.what.setAccessibleName(f"The equation: {WHAT.lower()}")
        self.row.hovered.connect(self._hovered)
        self.row.left.connect(lambda: focus.hover(None))
        self.row.clicked.connect(self._clicked)
        focus.changed.connect(self._mark)
        self.layer.activated.connect(self._chosen)
        self.shown.activated.connect(self._chosen)
        self.review_order.activated.connect(self._order_chosen)
        self.unit_order.activated.connect(self._order_chosen)
        self._lay_out()
        self._show_choice()

    @property
    def wants(self) -> frozenset[Want]:
        """Both passes, so that the switch needs no new computation."""
        return frozenset({"training", "inference"})

    @property
    def drawn(self) -> Snapshot | None:
        """The snapshot on the screen."""
        return self._drawn

    @property
    def hidden(self) -> int:
        """The hidden layer on the screen."""
        return self._hidden

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._subtitle, 1)
        for control in (self.layer, self.shown, self.review_order, self.unit_order, self.what):
            head.addWidget(control)
        foot = QHBoxLayout()
        self._foot = foot
        foot.addWidget(self._legend)
        foot.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 4)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._standing_in)
        column.addSpacing(4)
        column.addWidget(self.row, 1)
        column.addLayout(foot)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours and sizes for the same batch."""
        self._foot.setContentsMargins(theme.scaled(AXIS_WIDTH), 0, 0, 0)
        self.row.apply_theme(palette)
        self._legend.apply_theme(palette)

    def show_place(self, hidden: int, rows: int | None) -> None:
        """Draw another hidden layer, or another number of reviews."""
        if hidden != self._hidden:
            self._level.reset()
        self._hidden, self._rows = hidden, rows
        self._show_choice()
        self._draw_again()

    def show_mode(self, mode: Mode) -> None:
        """Draw the batch that is on the screen in another mode."""
        if mode != self._mode:
            self._mode = mode
            self._draw_again()

    def show_order(self, reviews: ReviewOrder, units: UnitOrder) -> None:
        """Draw reviews and units in another order."""
        self._by = (reviews, units)
        self._show_choice()
        self._draw_again()

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Draw a batch."""
        self._mode = mode
        self._draw_now(snapshot)

    def mark_unit(self, unit: int | None) -> None:
        """Frame the column of a unit, wherever it is drawn, or none."""
        columns = np.flatnonzero(self._order[1] == (-1 if unit is None else unit))
        self.row.mark_unit(int(columns[0]) if len(columns) else None)

    def show_state(self, *, behind: bool, stands_for_last: bool = False) -> None:
        """Say whether the picture is held, whether training has gone on behind it, and why it is not the last batch."""
        hint = _HINT if self._focus.cell is None else _PINNED if self._focus.pinned else _HELD
        if self._known():
            self._hint.set_text(hint + _BACK if behind else hint, shorter=(hint, _SHORT.get(hint, hint)))
        else:
            self._hint.set_text(arithmetic.LET_GO, shorter=(_NOT_KEPT,))
        # On a line of its own, as long as the batch is on the screen: pointing at a cell must not move the maps.
        said = arithmetic.nearest_kept(self._drawn.step) if stands_for_last and self._drawn is not None else ""
        self._standing_in.set_text(said)
        self._standing_in.setVisible(bool(said))

    def show_stage(self, part: int | None, *, dense: Floats | None = None, cell: Cell | None = None) -> None:
        """Light one part of the equation and dim the rest, for slow motion.

        Args:
            part: The part; None dims nothing.
            dense: (B, units) what comes before relu, drawn in the place of the activation.
            cell: The cell that is followed.
        """
        self.row.show_stage(part, dims=part is not None)
        self.row.show_signed(dense is not None)
        self._draw_again()
        if dense is not None:
            rows, units = self._order
            self.row.maps[ACTIVATION].show_cells(signed_cells(dense[np.ix_(rows, units)], self._level.value))
            self.row.titles[ACTIVATION].set_text("dense, before relu")
            self.row.figures[ACTIVATION].set_text(arithmetic.mean(float(dense.mean())))
            self.row.notes[ACTIVATION].set_text("what the weights give; below zero grey")
        if cell is not None:
            self._frame(cell)

    def clear(self) -> None:
        """Forget the run; the picture goes with the next one."""
        self._drawn = None
        self._level.reset()

    def cell_at(self, row: int, column: int) -> Cell:
        """The cell that is drawn in a row and column of the maps."""
        return Cell(self._hidden, int(self._order[0][row]), int(self._order[1][column]))

    def title(self) -> str:
        """The line above the maps."""
        return f"{self._title.text()} · {self._subtitle.text()}"

    def standing_in(self) -> str:
        """Why another batch than the last one is drawn; empty when it is not so."""
        return self._standing_in.text()

    def hint(self) -> str:
        """What stands beside the legend."""
        return self._hint.text()

    def _draw_again(self) -> None:
        if self._drawn is not None:
            self._draw_now(self._drawn)

    def _draw_now(self, snapshot: Snapshot) -> None:
        new = snapshot is not self._drawn
        if self._drawn is not None and not 0 <= snapshot.step - self._drawn.step <= FAR:
            self._level.reset()  # another time, with other activations
        self._drawn = snapshot
        place = snapshot.forward(self._mode).place(self._hidden)
        rows = review_order(snapshot, self._mode, self._by[0], self._rows)
        units = unit_order(snapshot, self._hidden, self._by[1], rows)
        self._order = (rows, units)
        # A plain slice where nothing is sorted: a view, and no copy of the whole batch.
        shown: Any = slice(0, len(rows)) if self._by == ("batch", "unit") else np.ix_(rows, units)
        if new:
            # Both modes count, so that the switch leaves the colours' meaning where it is.
            both = [forward.place(self._hidden) for forward in (snapshot.training, snapshot.inference)]
            self._level.follow(*(array[shown] for each in both for array in (each.activation, each.output)))
        mask = place.mask[shown]
        level = self._level.value
        self.row.show_cells(
            value_cells(place.activation[shown], level),
            mask_cells(mask),
            value_cells(place.output[shown], level, mask),
        )
        self.row.show_reviews(None if self._by[0] == "batch" else rows.tolist())
        self.row.show_units(None if self._by[1] == "unit" else units.tolist())
        self._legend.show_level(level)
        self._legend.show_unknown(not self._known())
        self._write(snapshot, place, batch_statistics(snapshot, self._mode, self._hidden))
        self._mark()

    def _known(self) -> bool:
        """Whether the activations of the batch on the screen are there."""
        return self._drawn is None or arithmetic.activations_known(self._drawn)

    def _write(self, snapshot: Snapshot, place: Place, figures: PlaceStatistics) -> None:
        rows = len(self._order[0])
        self._title.set_text(f"After hidden {self._hidden}")
        fewer = " (of past batches no more are kept)" if self._rows is None and rows < snapshot.size else ""
        self._subtitle.set_text(f"{rows} of {snapshot.size} reviews{fewer} · {arithmetic.which_batch(snapshot)}")
        factor = arithmetic.factor(place, self._mode, snapshot.settings)
        self.row.factor.show_factor(factor)
        row = self.row
        row.figures[ACTIVATION].set_text(arithmetic.mean(figures.mean_activation))
        row.notes[ACTIVATION].set_text("what hidden layer and relu give")
        row.figures[MASK].set_text(arithmetic.rate_and_keep(place))
        row.notes[MASK].set_text(arithmetic.kept(figures, place, self._mode))
        row.titles[ACTIVATION].set_text("activation a")
        row.titles[OUTPUT].set_text(factor.output)
        row.show_formula(factor.term)
        row.figures[OUTPUT].set_text(arithmetic.mean(figures.mean_output))
        row.notes[OUTPUT].set_text(arithmetic.expectation(place, self._mode))
        # After the texts: setting one takes the tooltip of the one before away.
        row.notes[ACTIVATION].setToolTip(arithmetic.why_other_numbers(snapshot.settings, self._hidden, self._mode))
        row.notes[MASK].setToolTip(arithmetic.which_bound(place, self._mode))

    def _show_choice(self) -> None:
        self.layer.setCurrentIndex(self.layer.findData(self._hidden))
        self.shown.setCurrentIndex(SHOWN.index(self._rows))
        self.review_order.setCurrentIndex(list(REVIEW_ORDERS).index(self._by[0]))
        self.unit_order.setCurrentIndex(list(UNIT_ORDERS).index(self._by[1]))

    def _chosen(self) -> None:
        hidden, rows = HIDDEN[self.layer.currentIndex()], SHOWN[self.shown.currentIndex()]
        self.show_place(hidden, rows)
        self.place_chosen.emit(hidden, rows)

    def _order_chosen(self) -> None:
        reviews = list(REVIEW_ORDERS)[self.review_order.currentIndex()]
        units = list(UNIT_ORDERS)[self.unit_order.currentIndex()]
        self.show_order(reviews, units)
        self.order_chosen.emit(reviews, units)

    def _hovered(self, row: int, column: int) -> None:
        if self._drawn is not None and row < len(self._order[0]) and column < len(self._order[1]):
            self._focus.hover(self.cell_at(row, column))
        else:
            self._focus.hover(None)

    def _clicked(self, row: int, column: int) -> None:
        if self._drawn is not None and row < len(self._order[0]) and column < len(self._order[1]):
            self._focus.pin(self.cell_at(row, column))

    def _mark(self) -> None:
        """Frame the cell that is pointed at, where it is drawn."""
        self._frame(self._focus.cell)

    def _frame(self, cell: Cell | None) -> None:
        if cell is not None and self._drawn is not None and cell.hidden == self._hidden:
            rows, columns = (
                np.flatnonzero(order == each) for order, each in zip(self._order, (cell.review, cell.unit), strict=True)
            )
            if len(rows) and len(columns):
                self.row.mark(int(rows[0]), int(columns[0]))
                return
        self.row.unmark()


def _combo(name: str, tip: str) -> Combo:
    combo = Combo()
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    theme.hug(combo)
    return combo
