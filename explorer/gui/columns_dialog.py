"""Asks which columns of a table hold the text and the label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.data.questions import ColumnsUnclear
from explorer.gui.boxes import Combo
from explorer.gui.widgets import plain_label

_SHOWN_CHARACTERS: Final = 120
_WIDEST: Final = 380


class ColumnsDialog(QDialog):
    """Shows the first rows and has two columns chosen; `chosen` carries their names: the text's, the label's."""

    chosen = Signal(str, str)

    def __init__(self, needed: ColumnsUnclear, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._needed = needed
        self.setWindowTitle("Which columns?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(560, 320)
        names = [name if needed.has_header else f"Column {name}" for name in needed.columns]
        self.table = self._preview(names)
        text, label = (needed.columns.index(name) for name in needed.pairs[0])
        self.text = self._combo("Text column", "The column with the reviews", names, text)
        self.label = self._combo("Label column", "The column with two words or numbers, or stars", names, label)
        self.note = plain_label("", "muted", wrap=True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText("Open")
        self.buttons.button(buttons.Ok).setToolTip("Read the reviews from these columns (Enter)")
        self.buttons.button(buttons.Cancel).setToolTip("Do not open this file (Esc)")
        self._lay_out()
        for combo in (self.text, self.label):
            combo.currentIndexChanged.connect(self._show_choice)
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        self._show_choice()
        self.text.setFocus()
        self.resize(760, 400)

    def _lay_out(self) -> None:
        path = Path(self._needed.path)
        question = plain_label(f"Which columns of {path.name} hold the text and the label?", wrap=True)
        choices = QHBoxLayout()
        for name, combo in (("&Text", self.text), ("&Label", self.label)):
            caption = plain_label(name)
            caption.setBuddy(combo)
            choices.addWidget(caption)
            choices.addWidget(combo, 1)
            choices.addSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(question)
        column.addLayout(choices)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addWidget(self.buttons)

    @staticmethod
    def _combo(name: str, tip: str, names: Sequence[str], at: int) -> Combo:
        combo = Combo()
        combo.addItems(list(names))
        combo.setCurrentIndex(at)
        combo.setAccessibleName(name)
        combo.setToolTip(tip)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.fit_list()
        return combo

    def _preview(self, names: Sequence[str]) -> QTableWidget:
        rows = self._needed.rows
        table = QTableWidget(len(rows), len(names))
        table.setAccessibleName("The first rows of the file")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.setHorizontalHeaderLabels(list(names))
        for k, row in enumerate(rows):
            for column, cell in enumerate(row[: len(names)]):
                # On one line: a review with line breaks must not push the others out of sight.
                table.setItem(k, column, QTableWidgetItem(" ".join(cell.split())[:_SHOWN_CHARACTERS]))
        table.resizeColumnsToContents()
        header = table.horizontalHeader()
        header.setMinimumSectionSize(90)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(len(names)):
            table.setColumnWidth(column, min(max(table.columnWidth(column), 110), _WIDEST))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return table

    def _show_choice(self) -> None:
        """Mark the two columns in the table, and say what speaks against them."""
        text, label = self.text.currentIndex(), self.label.currentIndex()
        for column in range(self.table.columnCount()):
            item = self.table.horizontalHeaderItem(column)
            role = " + ".join(name for name, at in (("text", text), ("label", label)) if at == column)
            assert item is not None  # labels were set for all
            item.setText(self.text.itemText(column) + (f"  → {role}" if role else ""))
            face = item.font()
            face.setBold(bool(role))
            item.setFont(face)
        self.note.setText(self._objection(text, label))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(text != label)

    def _objection(self, text: int, label: int) -> str:
        if text == label:
            return "Text and label cannot both be the same column."
        return ""

    def _open(self) -> None:
        columns = self._needed.columns
        self.chosen.emit(columns[self.text.currentIndex()], columns[self.label.currentIndex()])
        self.accept()
