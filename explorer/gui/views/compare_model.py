"""The runs and their figures as a table that Qt can show."""

from __future__ import annotations

import html
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from explorer.engine.comparison import BEST_AMONG, COLUMNS, RunFigures, best_of, run_figures, tab_separated
from explorer.engine.snapshot import EpochResult
from explorer.engine.test_result import TestResult
from explorer.gui import theme
from explorer.gui.runs import Run, RunBook
from explorer.gui.spreadsheet import decimal_point
from explorer.gui.views.plot import line_pens, run_pen
from explorer.presentation.curves import BEST

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NAME, DIFFERS, FIGURES = 0, 1, 2
"""The columns: name, what sets the run apart, and from here on the figures."""
_SWATCH: Final = QSize(30, 14)
_HEADINGS: Final = (
    ("Run", "Tick a run to draw it among the curves; press F2 or click twice to give it a name."),
    ("What differs", "The settings that set this run apart from the others."),
)


def swatch(run: Run, palette: theme.Palette, *, current: bool) -> QIcon:
    """A piece of the line that a run's validation is drawn with."""
    pen = line_pens(palette)["validation"] if current else run_pen(palette, run.look)
    picture = QIcon()
    for scale in (1, 2):
        pixels = QPixmap(_SWATCH * scale)
        pixels.setDevicePixelRatio(scale)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        middle = _SWATCH.height() // 2
        painter.drawLine(0, middle, _SWATCH.width(), middle)
        if current:
            painter.setBrush(pen.color())
            painter.drawEllipse(_SWATCH.width() // 2 - 3, middle - 3, 6, 6)
        painter.end()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint the line in a chosen row
            picture.addPixmap(pixels, mode)
    return picture


class CompareModel(QAbstractTableModel):
    """A row a run. It reads the book when told to, and writes to it only what a person typed or ticked."""

    def __init__(self, book: RunBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._palette = theme.DARK
        self._runs: tuple[Run, ...] = ()
        self._results: list[tuple[EpochResult, ...]] = []
        self._tests: list[TestResult | None] = []
        self._figures: list[RunFigures] = []
        self._best: list[tuple[bool, ...]] = [() for _ in COLUMNS]
        self._swatches: list[QIcon] = []

    @property
    def runs(self) -> tuple[Run, ...]:
        """A run a row."""
        return self._runs

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours of the lines."""
        self._palette = palette
        self._draw_swatches()
        self._tell_all()

    def take_book(self) -> None:
        """Show the runs there are by now."""
        runs = self._book.runs
        same = [run.number for run in runs] == [run.number for run in self._runs]
        if not same:
            self.beginResetModel()
        self._runs = runs
        self._results = [run.results for run in runs]
        self._tests = [run.history.test for run in runs]
        self._figures = [run_figures(*each) for each in zip(self._results, self._tests, strict=True)]
        self._find_best()
        self._draw_swatches()
        if same:
            self._tell_all()
        else:
            self.endResetModel()

    def take_results(self) -> bool:
        """Show what the runs have come to since; whether that was anything."""
        grown = False
        for row, run in enumerate(self._runs):
            results, test = run.results, run.history.test
            if results is not self._results[row] or test is not self._tests[row]:
                self._results[row], self._tests[row], self._figures[row] = results, test, run_figures(results, test)
                grown = True
        if grown:
            self._find_best()
            self._tell_all(FIGURES)  # not the names: one of them may be half typed
        return grown

    def copied(self) -> str:
        """The table for a spreadsheet."""
        rows = [((run.name, run.differs), figures) for run, figures in zip(self._runs, self._figures, strict=True)]
        return tab_separated(rows, ("run", "differs_in"), point=decimal_point())

    def _find_best(self) -> None:
        measured = [(run.measured_on, figures) for run, figures in zip(self._runs, self._figures, strict=True)]
        self._best = [best_of(column, measured) for column in COLUMNS]

    def _draw_swatches(self) -> None:
        current = self._book.current
        self._swatches = [
            swatch(run, self._palette, current=current is not None and run.number == current.number)
            for run in self._runs
        ]

    def _tell_all(self, first: int = NAME) -> None:
        if self._runs:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._runs) - 1, self.columnCount() - 1))

    # -- asked by Qt --

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Runs."""
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Name, what differs, figures."""
        return 0 if parent.isValid() else FIGURES + len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name can be edited and ticked."""
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """What a column is."""
        if orientation is not Qt.Orientation.Horizontal or role not in (Role.DisplayRole, Role.ToolTipRole):
            return None
        if section < FIGURES:
            return _HEADINGS[section][role == Role.ToolTipRole]
        column = COLUMNS[section - FIGURES]
        if role == Role.DisplayRole:
            return column.label
        marked = f" {BEST.strip()} marks {BEST_AMONG}." if column.better else ""
        return column.help + marked

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says and how it looks."""
        row, column = index.row(), index.column()
        if column >= FIGURES:
            return self._figure(row, column - FIGURES, role)
        run = self._runs[row]
        match role:
            case Role.DisplayRole:
                return run.differs if column == DIFFERS else self._called(run)
            case Role.EditRole:
                return run.name
            case Role.CheckStateRole if column == NAME:
                return Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked
            case Role.DecorationRole if column == NAME:
                return self._swatches[row]
            case Role.AccessibleTextRole if column == NAME:
                return f"{self._called(run)}, {'drawn' if run.visible else 'not drawn'}"
            case Role.ToolTipRole:
                # A tooltip guesses whether it is HTML; a name must not decide that.
                return f"<qt>{html.escape(f'{run.name}: {run.differs}')}</qt>"
        return None

    def _called(self, run: Run) -> str:
        current = self._book.current
        return f"{run.name} (now)" if current is not None and run.number == current.number else run.name

    def _figure(self, row: int, column: int, role: int) -> Any:
        best = self._best[column][row]
        match role:
            case Role.DisplayRole:
                text = COLUMNS[column].text(self._figures[row], held_out=self._runs[row].started.held_out > 0)
                return BEST + text if best else text
            case Role.AccessibleTextRole:
                text = COLUMNS[column].text(self._figures[row], held_out=self._runs[row].started.held_out > 0)
                return f"{text}, best" if best else text
            case Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Role.FontRole if best:
                return theme.font(bold=True)
            case Role.ForegroundRole if COLUMNS[column].value(self._figures[row]) is None:
                return QColor(self._palette.muted)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802
        """A person typed a name or ticked a run."""
        run = self._runs[index.row()]
        match role:
            case Role.EditRole:
                name = str(value).strip()
                # Leaving the field as it was is not giving that name.
                self._book.rename(run.number, "" if name == f"Run {run.number}" else name)
            case Role.CheckStateRole:
                self._book.set_visible(run.number, Qt.CheckState(value) is Qt.CheckState.Checked)
            case _:
                return False
        return True
