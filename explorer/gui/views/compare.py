"""The runs side by side: a table of what each came to, and what can be done with one."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.engine.comparison import COLUMNS, has_dropout, twin_of
from explorer.engine.snapshot import Mode, Snapshot
from explorer.gui import theme
from explorer.gui.runs import Run, RunBook
from explorer.gui.views.base import Want
from explorer.gui.views.compare_model import DIFFERS, FIGURES, NAME, CompareModel
from explorer.gui.widgets import Button, plain_label
from explorer.presentation.curves import BEST

REFRESH_S: Final = 0.5
_NAME_SAMPLE: Final = "M" * 9
_AROUND_TEXT, _AROUND_NAME = 14, 62
"""Pixels of a cell beside its text; a name has a box to tick and a piece of line in front of it."""
_LEAST_DIFFERS: Final = 80
_TWIN_TIP: Final = (
    "Start this run again without dropout: same starting weights, same batches. What differs then is dropout, not luck"
)


class RunTable(QTableView):
    """A table that leaves the window's keys to it.

    Attributes:
        delete_pressed: The key.
        copy_pressed: The keys.
        row_chosen: Another row is the current one, or none.
    """

    delete_pressed = Signal()
    copy_pressed = Signal()
    row_chosen = Signal()

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName("Runs compared")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab leads out of it
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(30, 14))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heads.setMinimumSectionSize(60)
        theme.set_font(heads, -1)
        self._set_widths()
        self.selectionModel().currentRowChanged.connect(lambda *_: self.row_chosen.emit())

    def _set_widths(self) -> None:
        bold, head = QFontMetrics(theme.font(bold=True)), self.horizontalHeader().fontMetrics()
        self.setColumnWidth(NAME, bold.horizontalAdvance(_NAME_SAMPLE) + _AROUND_NAME)
        for k, column in enumerate(COLUMNS):
            sample = (
                f"{BEST * (column.better is not None)}{8:.{column.decimals}f}{' (88)' * (column.beside is not None)}"
            )
            widths = [bold.horizontalAdvance(sample), *map(head.horizontalAdvance, column.label.split("\n"))]
            self.setColumnWidth(FIGURES + k, max(widths) + _AROUND_TEXT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """What sets the runs apart takes the room that is left, and as much as it needs where the table scrolls."""
        heads = self.horizontalHeader()
        rest = sum(heads.sectionSize(k) for k in range(heads.count()) if k != DIFFERS)
        heads.resizeSection(DIFFERS, max(self.viewport().width() - rest, _LEAST_DIFFERS))
        super().resizeEvent(event)

    def apply_theme(self, palette: theme.Palette) -> None:
        """A chosen row in a colour that hides none of the lines'."""
        look = self.palette()
        look.setColor(QPalette.ColorRole.Highlight, QColor(palette.info))
        look.setColor(QPalette.ColorRole.HighlightedText, QColor(palette.text))
        self.setPalette(look)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete, copy; Space ticks a name and T searches nothing: elsewhere both are the window's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        elif event.key() == Qt.Key.Key_T or (event.key() == Qt.Key.Key_Space and self.currentIndex().column() != NAME):
            event.ignore()
        else:
            super().keyPressEvent(event)


class CompareView(QWidget):
    """The table and its buttons; they act on the row that is chosen. That is a new run's until another one is.

    Attributes:
        twin_requested: Carries the settings of the run to start, the chosen one's without dropout, and its number.
        look_requested: The number of the run to put on the screen.
        save_requested: The number of the run to save.
    """

    twin_requested = Signal(object, int)
    look_requested = Signal(int)
    save_requested = Signal(int)

    def __init__(
        self, book: RunBook, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._clock = clock
        self._looked_at = -1.0
        self._stale = True
        self._shown_current: int | None = None
        self.model = CompareModel(book, self)
        self.table = RunTable(self.model)
        self.look_at = Button("Look at", "")
        self.save = Button("Save…", "Save this run to a file, to be opened again later")
        self.twin = Button("Run again without dropout", _TWIN_TIP)
        self.rename = Button("Rename", "Give this run a name of your own (F2); an empty one takes it back")
        self.look = Button("Next colour", "")
        self.delete = Button("Delete", "")
        self.only = Button("Only this", "Draw this run among the curves and no other")
        self.all = Button("Show all", "Draw every run among the curves")
        self.copy = Button("Copy table", "Copy the table with all digits, for a spreadsheet (Ctrl+C)")
        self._empty = plain_label("No run yet. Start one; every run stays here, to be compared with the next.", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.look_at.clicked.connect(lambda: self._with_chosen(lambda run: self.look_requested.emit(run.number)))
        self.save.clicked.connect(lambda: self._with_chosen(lambda run: self.save_requested.emit(run.number)))
        self.twin.clicked.connect(self._run_twin)
        self.rename.clicked.connect(self._rename)
        self.look.clicked.connect(lambda: self._with_chosen(lambda run: book.next_look(run.number)))
        self.delete.clicked.connect(self._delete)
        self.only.clicked.connect(lambda: self._with_chosen(lambda run: book.show_only(run.number)))
        self.all.clicked.connect(lambda: book.show_all())
        self.copy.clicked.connect(self._copy)
        self.table.delete_pressed.connect(self._delete)
        self.table.copy_pressed.connect(self._copy)
        self.table.row_chosen.connect(self._show_possible)
        book.changed.connect(self._book_changed)
        self._take_book()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.look_at, self.twin, self.save, self.rename, self.look, self.delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.only, self.all, self.copy):
            buttons.addWidget(button)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 4)
        column.setSpacing(4)
        column.addLayout(self._pages, 1)
        column.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def wants(self) -> frozenset[Want]:
        """The history only."""
        return frozenset({"history"})

    def sizeHint(self) -> QSize:  # noqa: N802
        """As the curves."""
        return QSize(1100, 250)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few rows; the table scrolls."""
        return QSize(500, 130)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours of the lines."""
        self.table.apply_theme(palette)
        self.model.apply_theme(palette)

    def draw(self, snapshot: Snapshot, mode: Mode) -> None:
        """Take notice of a batch; the figures change with an epoch, and are looked at twice a second."""
        if self.isVisible() and self._clock() - self._looked_at >= REFRESH_S:
            self.refresh()

    def refresh(self) -> None:
        """Show what the runs have come to."""
        self._looked_at = self._clock()
        if self._stale:
            self._take_book()
        else:
            self.model.take_results()

    def clear(self) -> None:
        """The run is given up: it stays in the table, as the book has it."""
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self.refresh()

    @property
    def chosen(self) -> Run | None:
        """The run that the buttons act on."""
        index = self.table.currentIndex()
        return self.model.runs[index.row()] if index.isValid() else None

    def choose(self, number: int) -> None:
        """Choose a run's row."""
        row = [run.number for run in self.model.runs].index(number)
        if row != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.index(row, DIFFERS))

    # -- pressed --

    def _run_twin(self) -> None:
        # With the settings it began with, so that a rate of learning changed on the way is not there from the start.
        self._with_chosen(
            lambda run: self.twin_requested.emit(
                twin_of(run.started.settings.replace(epochs=run.settings.epochs)), run.number
            )
        )

    def _rename(self) -> None:
        self._with_chosen(lambda run: self.table.edit(self.model.index(self.model.runs.index(run), NAME)))

    def _delete(self) -> None:
        self._with_chosen(lambda run: self._book.delete(run.number) if self._book.can_delete(run.number) else None)

    def numbers(self) -> str:
        """The table with all digits, tab-separated; empty when there is no run."""
        return self.model.copied() if self.model.runs else ""

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.copied())

    def _with_chosen(self, act: Callable[[Run], object]) -> None:
        run = self.chosen
        if run is not None:
            act(run)

    # -- shown --

    def _book_changed(self) -> None:
        if self.isVisible():
            self._take_book()
        else:
            self._stale = True

    def _take_book(self) -> None:
        self._stale = False
        chosen, current = self.chosen, self._book.current
        self.model.take_book()
        if current is not None and current.number != self._shown_current:
            chosen = current
        self._shown_current = None if current is None else current.number
        numbers = [run.number for run in self.model.runs]
        if numbers:
            self.choose(chosen.number if chosen is not None and chosen.number in numbers else numbers[-1])
        self._pages.setCurrentIndex(1 if self.model.runs else 0)
        self._show_possible()

    def _show_possible(self) -> None:
        """Say on the buttons what cannot be done, and why."""
        run = self.chosen
        for button in (self.save, self.rename, self.only):
            button.setEnabled(run is not None)
        shown = run is not None and run is self._book.current
        self.look_at.setEnabled(run is not None and not shown)
        self.look_at.setToolTip(
            "This run is on the screen"
            if shown
            else "Put this run on the screen: to look back on it, or to continue it"
        )
        over = run is not None and self._book.can_delete(run.number)
        self.look.setEnabled(over)
        self.look.setToolTip(
            "Draw this run in the next colour and kind of line"
            if over or run is None
            else "The run on the screen is always drawn in orange and blue; choose an earlier one"
        )
        for button in (self.all, self.copy):
            button.setEnabled(bool(self.model.runs))
        twin = run is not None and has_dropout(run.settings)
        self.twin.setEnabled(twin)
        if run is None:
            tip = "Start a run with dropout first"
        else:
            tip = f"{run.name}. {_TWIN_TIP}" if twin else f"{run.name} has no dropout: it would be the same run again"
        self.twin.setToolTip(f"<qt>{html.escape(tip)}</qt>")
        self.delete.setEnabled(over)
        self.delete.setToolTip(
            "Forget this run and its batches (Delete)"
            if over or run is None
            else "This run is on the screen or holds; reset it or start another one, then delete it"
        )
