"""What to export: a tree to tick, and the formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QGridLayout, QTreeWidget, QTreeWidgetItem, QWidget

from explorer.export.request import ITEMS, KINDS, Item

_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_NAME: Final = Qt.ItemDataRole.UserRole
FORMAT_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "png": ("PNG", "Figures as pixels, for slides and the web"),
    "svg": ("SVG", "Figures as vectors, for the web and for drawing programs"),
    "pdf": ("PDF", "Figures as vectors, for papers"),
    "gif": ("GIF", "A film that plays everywhere, in 256 colours"),
    "webp": ("WebP", "A film with all colours, for the web"),
    "mp4": ("MP4", "A film for video players"),
    "csv": ("CSV", "Tables for spreadsheets and notebooks"),
    "py": ("Python", "The code as a program"),
    "ipynb": ("Notebook", "The code as a notebook"),
}
"""The formats there is a choice of; what has one format only is written in that."""


class WhatTree(QTreeWidget):
    """Everything that can be exported, in groups, to be ticked.

    Attributes:
        ticked_changed: Other items are ticked.
        looked_at: Another item is the current one, by its name; empty for a group.
    """

    ticked_changed = Signal()
    looked_at = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("whatTree")
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._told: frozenset[str] = frozenset()
        self.setAccessibleName("What to export")
        self.setHeaderHidden(True)
        self.setIndentation(18)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        everything = QTreeWidgetItem(self, ["Everything"])
        everything.setFlags(flags | Qt.ItemFlag.ItemIsAutoTristate)
        for kind in KINDS:
            group = QTreeWidgetItem(everything, [kind])
            group.setFlags(flags | Qt.ItemFlag.ItemIsAutoTristate)
            for item in ITEMS:
                if item.kind == kind:
                    row = QTreeWidgetItem(group, [item.label])
                    row.setFlags(flags)
                    row.setData(0, _NAME, item.name)
                    row.setCheckState(0, _UNCHECKED)
                    row.setToolTip(0, item.help)
                    self._rows[item.name] = row
        self.expandAll()
        self.setItemsExpandable(False)
        self.setRootIsDecorated(False)
        self._ticking = False
        self.itemChanged.connect(lambda *_: self._tell())
        self.currentItemChanged.connect(lambda row, _: self.looked_at.emit(row.data(0, _NAME) or ""))

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the ticked items that can be exported now."""
        return frozenset(
            name for name, row in self._rows.items() if row.checkState(0) is _CHECKED and not row.isDisabled()
        )

    def tick(self, names: Iterable[str]) -> None:
        """Tick these and no others; nothing is emitted."""
        wanted = set(names)
        self._told = frozenset()
        self._ticking = True  # each row tells of itself, and its group, and the group above
        for name, row in self._rows.items():
            row.setCheckState(0, _CHECKED if name in wanted else _UNCHECKED)
        self._ticking = False
        self._told = self.ticked

    def look_at(self, name: str) -> None:
        """Make an item the current one."""
        self.setCurrentItem(self._rows[name])

    def allow(self, obstacles: Mapping[str, str]) -> None:
        """Grey out what cannot be exported now; the values say why."""
        for item in ITEMS:
            row, why_not = self._rows[item.name], obstacles.get(item.name, "")
            row.setDisabled(bool(why_not))
            alone = why_not and len(obstacles) < len(ITEMS)  # said of every row it says nothing
            row.setText(0, f"{item.label} (not now)" if alone else item.label)
            row.setToolTip(0, why_not or item.help)
        self._tell()

    def row(self, name: str) -> QTreeWidgetItem:
        """The row of an item."""
        return self._rows[name]

    def sizeHint(self) -> QSize:  # noqa: N802
        """All rows, without scrolling."""
        rows = len(self._rows) + 1 + len(KINDS)
        height = rows * self.sizeHintForRow(0) + 2 * self.frameWidth() + 2
        return QSize(self.sizeHintForColumn(0) + 2 * self.frameWidth() + 8, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It scrolls."""
        return QSize(self.sizeHint().width(), 140)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter is the dialog's; so is Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        if not self._ticking and self.ticked != self._told:
            self._told = self.ticked
            self.ticked_changed.emit()


class FormatBoxes(QWidget):
    """The formats to tick. Those that no ticked item has are grey.

    Attributes:
        ticked_changed: A person ticked others.
    """

    ticked_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for k, (name, (label, tip)) in enumerate(FORMAT_LABELS.items()):
            box = QCheckBox(label)
            box.setToolTip(tip)
            box.setAccessibleName(f"Format {label}")
            box.setAccessibleDescription(tip)
            box.clicked.connect(self.ticked_changed)
            grid.addWidget(box, k // 3, k % 3)
            self._boxes[name] = box

    @property
    def ticked(self) -> frozenset[str]:
        """The ticked formats, grey ones too: they are meant for when they are asked for again."""
        return frozenset(name for name, box in self._boxes.items() if box.isChecked())

    def tick(self, names: Iterable[str]) -> None:
        """Tick these and no others; nothing is emitted."""
        wanted = set(names)
        for name, box in self._boxes.items():
            box.setChecked(name in wanted)

    def allow(self, items: Iterable[Item], missing: Mapping[str, str]) -> None:
        """Grey out what no item has, and what cannot be written; the values of `missing` say why."""
        there = {name for item in items for name in item.formats}
        for name, box in self._boxes.items():
            why_not = missing.get(name, "") or ("" if name in there else "Nothing that is ticked has this format")
            box.setEnabled(not why_not)
            box.setToolTip(why_not or FORMAT_LABELS[name][1])
            box.setAccessibleDescription(why_not or FORMAT_LABELS[name][1])

    def box(self, name: str) -> QCheckBox:
        """The box of a format."""
        return self._boxes[name]
