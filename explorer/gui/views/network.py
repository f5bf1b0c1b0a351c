"""One review's way through the network: units as discs, weights as edges, and units dropped or kept by hand."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.data.dataset import Dataset
from explorer.engine.snapshot import MOST_UNITS_DRAWN, Mode, Snapshot
from explorer.gui import theme
from explorer.gui.boxes import WholeBox
from explorer.gui.views.base import Want
from explorer.gui.views.network_canvas import NetworkCanvas
from explorer.gui.views.network_legend import NetworkLegend
from explorer.gui.widgets import SCREEN_ONLY, Button, Readout, plain_label
from explorer.presentation import arithmetic
from explorer.presentation.cells import Level
from explorer.presentation.network_pass import NetworkPass, moved, network_pass, too_many_units, verdict, which_batch

PACE_MS: Final = 100
"""While a run goes on, the network is drawn at most once in this time."""
_PANEL: Final = 232
_EMPTY: Final = (
    "Start a run with Play: this draws one review's way through the network, unit by unit. "
    "Click a unit to drop or keep it by hand, and watch the prediction move."
)
_HINT: Final = "click any unit"


class NetworkView(QWidget):
    """Draws one review of a snapshot.

    Attributes:
        review_chosen: The person chose a review, by its row in the batch.
        unit_hovered: Hidden layer and unit under the mouse or the arrow keys.
        unit_left: No unit is pointed at any more.
        held_changed: Whether the picture must stay: while a unit is pointed at or changed by hand.
    """

    review_chosen = Signal(int)
    unit_hovered = Signal(int, int)
    unit_left = Signal()
    held_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._drawn: Snapshot | None = None
        self._waiting: Snapshot | None = None
        self._mode: Mode = "training"
        self._wished = 0
        self._row = 0
        self._changes: dict[tuple[int, int], bool] = {}
        self._held = False
        self._level = Level()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        self.canvas = NetworkCanvas()
        self.legend = NetworkLegend()
        self.review = WholeBox()
        self.review.setAccessibleName("Review in the batch")
        self.review.setToolTip("Which review of the batch is drawn, counted from 0 as in the heatmaps")
        self.previous = Button("‹", "The review before")
        self.following = Button("›", "The next review")
        self.previous.setAccessibleName("Previous review")
        self.following.setAccessibleName("Next review")
        self.reset = Button("As the model drew it", "Take back every unit that was dropped or kept by hand")
        self.batch = Readout("Which batch", muted=True)
        self.told = Readout("Label and beginning of the review", muted=True)
        self.own = Readout("The model's own prediction")
        self.by_hand = Readout("Prediction by hand")
        self.moved = Readout("By how much the prediction moved by hand")
        self._of_changes: tuple[QWidget, ...] = ()
        self._lay_out()
        self.review.valueChanged.connect(self._chosen)
        self.previous.clicked.connect(lambda: self._choose(self._row - 1))
        self.following.clicked.connect(lambda: self._choose(self._row + 1))
        self.reset.clicked.connect(self._take_back)
        self.canvas.toggled.connect(self._toggle)
        self.canvas.pointed.connect(self._pointed)
        self.canvas.left.connect(self._left)
        self._draw_picture()

    def _lay_out(self) -> None:
        chooser = QHBoxLayout()
        chooser.setSpacing(4)
        chooser.addWidget(plain_label("Review", "muted"))
        chooser.addWidget(self.previous)
        chooser.addWidget(self.review, 1)
        chooser.addWidget(self.following)
        for button in (self.previous, self.following):
            button.setFixedWidth(36)
        figures = QGridLayout()
        figures.setHorizontalSpacing(8)
        figures.setVerticalSpacing(0)
        for line, (name, readout) in enumerate(
            (("model's own", self.own), ("by hand", self.by_hand), ("moved by", self.moved))
        ):
            caption = plain_label(name)
            figures.addWidget(caption, line, 0)
            figures.addWidget(readout, line, 1)
            if readout is not self.own:
                self._of_changes += (caption, readout)
            theme.set_font(readout, 1.0, bold=True)
        figures.setColumnStretch(1, 1)
        panel = QVBoxLayout()
        panel.setSpacing(3)
        panel.addLayout(chooser)
        panel.addWidget(self.told)
        panel.addLayout(figures)
        panel.addWidget(self.reset)
        panel.addWidget(self.batch)
        panel.addStretch(1)
        self._panel = QWidget()
        self._panel.setLayout(panel)
        panel.setContentsMargins(0, 0, 0, 0)
        self._panel.setFixedWidth(_PANEL)
        picture = QVBoxLayout()
        picture.setSpacing(2)
        picture.addWidget(self.canvas, 1)
        picture.addWidget(self.legend)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(10, 4, 10, 4)
        whole.setSpacing(12)
        whole.addLayout(picture, 1)
        whole.addWidget(self._panel)

    # -- what it is --

    @property
    def wants(self) -> frozenset[Want]:
        """Both passes, so that the switch needs no new computation."""
        return frozenset({"training", "inference"})

    @property
    def drawn(self) -> Snapshot | None:
        """The snapshot on the screen."""
        return self._drawn

    @property
    def shown(self) -> NetworkPass | None:
        """The pass on the screen; None while there is none to draw."""
        return self.canvas.shown

    @property
    def row(self) -> int:
        """The row of the review on the screen."""
        return self._row

    @property
    def held(self) -> bool:
        """Whether the picture must stay: a unit is pointed at, or changed by hand."""
        return self._held

    # -- told --

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours for the same pass."""
        self.canvas.apply_theme(palette)
        self.legend.apply_theme(palette)

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Where the reviews' texts and words come from."""
        self._dataset = dataset
        self._draw_picture()

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Draw a batch: at once, or when the pace allows it. Another batch or mode takes back what was done by hand."""
        if snapshot is not self._drawn or mode != self._mode:
            self._changes.clear()
        switched, self._mode = mode != self._mode, mode
        self._waiting = snapshot
        if not self._pace.isActive() or switched or self._held:
            self._catch_up()
        self._tell_held()

    def clear(self) -> None:
        """Forget the run."""
        self._drawn = self._waiting = None
        self._changes.clear()
        self._level.reset()
        self._draw_picture()
        self._tell_held()

    def show_review(self, row: int) -> None:
        """Draw another review of the batch, by its row; where there are fewer, the last."""
        if row != self._wished:
            self._wished = row
            self._changes.clear()
            self._draw_picture()
            self._tell_held()

    def mark_unit(self, hidden: int, unit: int | None) -> None:
        """Ring a unit that is pointed at elsewhere; None for none."""
        self.canvas.mark(None if unit is None else (hidden, unit))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self._catch_up()

    # -- drawing --

    def _catch_up(self) -> None:
        if self._waiting is None or not self.isVisible():
            return
        snapshot, self._waiting = self._waiting, None
        if snapshot is not self._drawn:
            self._drawn = snapshot
            places = [forward.place(hidden) for forward in (snapshot.training, snapshot.inference) for hidden in (1, 2)]
            self._level.follow(*(place.activation for place in places))
        self._draw_picture()
        self._pace.start()

    def _draw_picture(self) -> None:
        snapshot = self._drawn
        reviews = 0 if snapshot is None else len(snapshot.rows)
        self._row = min(self._wished, max(reviews - 1, 0))
        if self.review.maximum() != max(reviews - 1, 0):  # setting it anew lays out the whole window
            self.review.setMaximum(max(reviews - 1, 0))
        if self.review.value() != self._row:  # setting it anew would wipe out a number that is being typed
            self.review.setValue(self._row)
        self.previous.setEnabled(self._row > 0)
        self.following.setEnabled(self._row < reviews - 1)
        units = 0 if snapshot is None else snapshot.settings.units
        too_many = units > MOST_UNITS_DRAWN
        self._panel.setEnabled(snapshot is not None and not too_many)
        self.legend.setVisible(snapshot is not None and not too_many)
        if snapshot is None or too_many:
            self.canvas.show_message(too_many_units(units) if too_many else _EMPTY)
            for readout in (self.batch, self.told, self.own, self.by_hand, self.moved):
                readout.set_text("")
            self.reset.setEnabled(False)
            return
        passed = network_pass(snapshot, self._mode, self._row, self._changes)
        self.canvas.show_pass(passed, self._level.value, snapshot.settings.num_words, self._words(snapshot))
        self.legend.show_level(self._level.value)
        self._write(snapshot, passed)

    def _write(self, snapshot: Snapshot, passed: NetworkPass) -> None:
        self.told.set_text(arithmetic.review(snapshot, self._row, self._dataset))
        self.own.set_text(verdict(passed.own.probability))
        note = which_batch(snapshot, self._mode)
        by_hand, difference = _HINT, ""
        if passed.edges is None:
            gone = "weights" if passed.known else "activations"
            note = f"The {gone} of this batch were let go; its masks are exact"
            by_hand = ""
        elif passed.changes:
            by_hand, difference = verdict(passed.shown.probability), moved(passed.difference)
        self.batch.set_text(note)
        self.by_hand.set_text(by_hand)
        self.moved.set_text(difference)
        for widget in self._of_changes:
            widget.setProperty(SCREEN_ONLY, not difference)  # a picture has nothing to click
        self.reset.setEnabled(bool(passed.changes))

    def _words(self, snapshot: Snapshot) -> npt.NDArray[np.float64] | None:
        position = int(snapshot.rows[self._row])
        if self._dataset is None or position >= len(self._dataset.train):
            return None
        train = self._dataset.train
        ids = train.ids[train.offsets[position] : train.offsets[position + 1]]
        return ids / snapshot.settings.num_words

    # -- asked by the person --

    def _choose(self, row: int) -> None:
        self.show_review(row)
        self.review_chosen.emit(self._row)

    def _chosen(self, row: int) -> None:
        if row != self._row:
            self._choose(row)

    def _toggle(self, hidden: int, unit: int) -> None:
        passed = self.canvas.shown
        if passed is not None and passed.edges is not None:
            self._changes = passed.toggled(hidden, unit)
            self._draw_picture()
            self._tell_held()

    def _take_back(self) -> None:
        self._changes.clear()
        self._draw_picture()
        self._tell_held()

    def _pointed(self, hidden: int, unit: int) -> None:
        # What the pace kept back, so that all views hold the same batch.
        self._catch_up()
        self._tell_held()
        self.unit_hovered.emit(hidden, unit)

    def _left(self) -> None:
        self._tell_held()
        self.unit_left.emit()

    def _tell_held(self) -> None:
        """Called last: whoever hears it may draw another batch at once."""
        held = bool(self._changes) or self.canvas.at is not None
        if held != self._held:
            self._held = held
            self.held_changed.emit(held)
