"""The heart of the window: activation × mask × factor = output, drawn with the batch's own numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.data.dataset import Dataset
from explorer.engine.settings import HIDDEN
from explorer.engine.snapshot import Mode, Place, Snapshot
from explorer.engine.statistics import PlaceStatistics, place_statistics
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.views import arithmetic
from explorer.gui.views.base import Want
from explorer.gui.views.cells import Level, mask_cells, value_cells
from explorer.gui.views.equation_row import ACTIVATION, MASK, OUTPUT, EquationRow
from explorer.gui.views.legend import Legend
from explorer.gui.widgets import Readout

SHOWN: Final[tuple[int | None, ...]] = (16, 64, 256, None)
"""How many of a batch's reviews are drawn; None is all."""
_HINT: Final = "Point at a cell for its arithmetic"
_HELD: Final = "Held while you point"
_HELD_BACK: Final = "Held while you point — training goes on"


class EquationView(QWidget):
    """Draws one place of a snapshot.

    Attributes:
        pointed: The arithmetic of the cell under the mouse and the review's beginning; empty when it left.
        place_chosen: Another hidden layer or another number of reviews was chosen: (hidden, shown).
    """

    pointed = Signal(str)
    place_chosen = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hidden = HIDDEN[-1]
        self._rows: int | None = 64
        self._mode: Mode = "training"
        self._dataset: Dataset | None = None
        self._drawn: Snapshot | None = None
        self._waiting: Snapshot | None = None
        self._cell: tuple[int, int] | None = None
        self._level = Level()
        self.row = EquationRow()
        self._legend = Legend()
        self._title = Readout("What is drawn", sample=f"After hidden {HIDDEN[-1]} ")
        self._title.setFont(theme.font(4.5, bold=True))
        self._title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._subtitle = Readout("Which batch", muted=True)
        self._subtitle.setFont(theme.font(0.5))
        self._hint = Readout("Hint", align=Qt.AlignmentFlag.AlignRight, muted=True)
        self._hint.set_text(_HINT)
        self.layer = Combo()
        for hidden in HIDDEN:
            self.layer.addItem(f"After hidden {hidden}", hidden)
        self.layer.setAccessibleName("Hidden layer")
        self.layer.setToolTip("Which hidden layer's dropout is drawn")
        self.shown = Combo()
        for rows in SHOWN:
            self.shown.addItem("all reviews" if rows is None else f"{rows} reviews", rows)
        self.shown.setAccessibleName("Reviews drawn")
        self.shown.setToolTip("How many of the batch's reviews are drawn")
        self.row.hovered.connect(self._point)
        self.row.left.connect(self._point_nowhere)
        self.layer.activated.connect(self._chosen)
        self.shown.activated.connect(self._chosen)
        self._lay_out()
        self._show_choice()

    @property
    def wants(self) -> frozenset[Want]:
        """Both passes, so that the switch needs no new computation."""
        return frozenset({"training", "inference"})

    @property
    def held(self) -> bool:
        """Whether the mouse holds the picture still."""
        return self._cell is not None

    @property
    def drawn(self) -> Snapshot | None:
        """The snapshot on the screen."""
        return self._drawn

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._subtitle, 1)
        head.addWidget(self.layer)
        head.addWidget(self.shown)
        for combo in (self.layer, self.shown):
            combo.setFixedWidth(140)
        foot = QHBoxLayout()
        foot.setContentsMargins(50, 0, 0, 0)
        foot.addWidget(self._legend)
        foot.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 4)
        column.setSpacing(6)
        column.addLayout(head)
        column.addSpacing(4)
        column.addWidget(self.row, 1)
        column.addLayout(foot)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same batch."""
        self.row.apply_theme(palette)
        self._legend.apply_theme(palette)

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Where the reviews' texts come from."""
        self._dataset = dataset

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

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Draw a batch, or keep it for later while the mouse holds the picture."""
        if self.held and self._drawn is not None:
            self._waiting = snapshot
            self._hint.set_text(_HELD_BACK)
            self.show_mode(mode)
            return
        self._mode = mode
        self._draw_now(snapshot)

    def clear(self) -> None:
        """Forget the run; the picture goes with the next one."""
        self._point_nowhere()
        self._drawn = self._waiting = None
        self._level.reset()

    def title(self) -> str:
        """The line above the maps."""
        return f"{self._title.text()} · {self._subtitle.text()}"

    def hint(self) -> str:
        """What stands beside the legend."""
        return self._hint.text()

    def _draw_again(self) -> None:
        if self._drawn is not None:
            self._draw_now(self._drawn)

    def _draw_now(self, snapshot: Snapshot) -> None:
        new = snapshot is not self._drawn
        self._drawn = snapshot
        place = snapshot.forward(self._mode).place(self._hidden)
        shown = slice(0, self._rows)
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
        self._legend.show_level(level)
        self._write(snapshot, place, place_statistics(place, self._mode))
        if self._cell is not None:
            self._point(*self._cell)

    def _write(self, snapshot: Snapshot, place: Place, figures: PlaceStatistics) -> None:
        batch, units = place.mask.shape
        rows = batch if self._rows is None else min(self._rows, batch)
        self._title.set_text(f"After hidden {self._hidden}")
        self._subtitle.set_text(
            f"{units} units × {rows} of {batch} reviews · epoch {snapshot.epoch} batch {snapshot.batch} · {self._mode}"
        )
        factor = arithmetic.factor(place, self._mode, snapshot.settings)
        self.row.factor.show_factor(factor)
        row = self.row
        row.figures[ACTIVATION].set_text(arithmetic.mean(figures.mean_activation))
        row.notes[ACTIVATION].set_text("what hidden layer and relu give")
        row.figures[MASK].set_text(arithmetic.rate_and_keep(place))
        row.notes[MASK].set_text(arithmetic.kept(figures, place, self._mode))
        row.titles[OUTPUT].set_text(factor.output)
        row.figures[OUTPUT].set_text(arithmetic.mean(figures.mean_output))
        row.notes[OUTPUT].set_text(arithmetic.expectation(place, self._mode))
        # After the texts: setting one takes the tooltip of the one before away.
        row.notes[ACTIVATION].setToolTip(arithmetic.why_other_numbers(snapshot.settings, self._hidden, self._mode))
        row.notes[MASK].setToolTip(arithmetic.which_bound(place, self._mode))

    def _show_choice(self) -> None:
        self.layer.setCurrentIndex(self.layer.findData(self._hidden))
        self.shown.setCurrentIndex(SHOWN.index(self._rows))

    def _chosen(self) -> None:
        hidden, rows = HIDDEN[self.layer.currentIndex()], SHOWN[self.shown.currentIndex()]
        self.show_place(hidden, rows)
        self.place_chosen.emit(hidden, rows)

    def _point(self, row: int, unit: int) -> None:
        if self._drawn is None:
            return
        place = self._drawn.forward(self._mode).place(self._hidden)
        if row >= place.mask.shape[0] or unit >= place.mask.shape[1]:
            self._point_nowhere()
            return
        self._cell = (row, unit)
        self._hint.set_text(_HELD if self._waiting is None else _HELD_BACK)
        self.row.mark(row, unit)
        told = arithmetic.review(self._drawn, row, self._dataset)
        self.pointed.emit(f"{arithmetic.cell(place, row, unit)}    {told}")

    def _point_nowhere(self) -> None:
        if self._cell is None:
            return
        self._cell = None
        self._hint.set_text(_HINT)
        self.row.unmark()
        self.pointed.emit("")
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._draw_now(waiting)
