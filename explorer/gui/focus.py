"""The cell that is pointed at, shared by all views: pointing in one of them marks it in the others."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a batch.

    Attributes:
        hidden: After hidden layer 1 or 2.
        review: Row in the batch, counted from 0, whatever order the rows are drawn in.
        unit: Counted from 0, likewise.
    """

    hidden: int
    review: int
    unit: int


class Focus(QObject):
    """Holds a cell while the mouse is on it, and after a click until it is let go.

    Attributes:
        changed: Another cell, or none, or it was pinned.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cell: Cell | None = None
        self._pinned = False

    @property
    def cell(self) -> Cell | None:
        """The cell pointed at; None when there is none."""
        return self._cell

    @property
    def pinned(self) -> bool:
        """Whether the cell stays when the mouse leaves."""
        return self._pinned

    def hover(self, cell: Cell | None) -> None:
        """Point at a cell, or at none; a pinned cell stays."""
        if not self._pinned:
            self._set(cell, False)

    def pin(self, cell: Cell) -> None:
        """Keep a cell; pinning the pinned one lets it go."""
        if self._pinned and cell == self._cell:
            self._set(cell, False)
        else:
            self._set(cell, True)

    def let_go(self) -> None:
        """Point at nothing."""
        self._set(None, False)

    def _set(self, cell: Cell | None, pinned: bool) -> None:
        if (cell, pinned) != (self._cell, self._pinned):
            self._cell, self._pinned = cell, pinned
            self.changed.emit()
