"""How it is to look: the choices of a request, built from their declarations."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox

from explorer.engine.declarations import Declaration
from explorer.export.request import DECLARATIONS, ExportRequest
from explorer.gui.fields import Field, SwitchField, make_field
from explorer.gui.form_scroll import FormScroll
from explorer.gui.widgets import plain_label

_BATCHES: Final = ("step", "first", "last")
_NOT_HERE: Final = ("what", "formats")
_IRRELEVANT: Final = "Nothing that is ticked depends on this."
_NOT_CUSTOM: Final = "Choose the custom size to set this."


def _tip(declaration: Declaration) -> str:
    ranged = declaration.low is not None and declaration.name not in _BATCHES
    return f"{declaration.help}\nRange: {declaration.range_text()}." if ranged else declaration.help


class RequestForm(FormScroll):
    """The form.

    Attributes:
        edited: A field's name and its new value, after a person changed it.
    """

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._labels: dict[str, QLabel] = {}
        self._grids: list[QGridLayout] = []
        body, column = self.body, self.column
        column.setContentsMargins(14, 4, 12, 8)
        for group in dict.fromkeys(d.group for d in DECLARATIONS if d.name not in _NOT_HERE):
            heading = plain_label(group.upper(), "heading")
            heading.setIndent(0)
            column.addWidget(heading)
            column.addLayout(self._grid([d for d in DECLARATIONS if d.group == group]))
        column.addStretch(1)
        widest = max(label.sizeHint().width() for label in self._labels.values())
        for grid in self._grids:
            grid.setColumnMinimumWidth(0, widest)
        self.setMinimumWidth(body.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width() + 2)

    def field(self, name: str) -> Field:
        """The editor of one choice."""
        return self._fields[name]

    def show_request(self, request: ExportRequest) -> None:
        """Show other choices; nothing is emitted."""
        for name, field in self._fields.items():
            field.show_value(getattr(request, name))

    def show_batches(self, steps: int) -> None:
        """Say how many batches there are to choose from."""
        for name in _BATCHES:
            box = self._fields[name].controls()[0]
            assert isinstance(box, QSpinBox)
            box.setMaximum(max(steps, 1))

    def allow(self, matters: Collection[str], *, custom: bool) -> None:
        """Enable only what makes a difference, and say why the rest does not.

        Args:
            matters: Fields that something to be exported depends on.
            custom: Whether the size is a custom one.
        """
        for name, field in self._fields.items():
            why_not = "" if name in matters else _IRRELEVANT
            if not why_not and name in ("width", "height", "dpi") and not custom:
                why_not = _NOT_CUSTOM
            field.setEnabled(not why_not)
            if name in self._labels:
                self._labels[name].setEnabled(not why_not)
            for control in field.controls():
                control.setToolTip(why_not or _tip(field.declaration))

    def _grid(self, declarations: list[Declaration]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 2, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        at = 0
        for each in declarations:
            field = self._made(each)
            if isinstance(field, SwitchField):
                grid.addWidget(field, at // 2, at % 2)  # short ones, two on a line
                at += 1
                continue
            label = plain_label(each.label)
            label.setBuddy(field.controls()[-1])
            self._labels[each.name] = label
            row = grid.rowCount()
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        self._grids.append(grid)
        return grid

    def _made(self, declaration: Declaration) -> Field:
        field = make_field(declaration)
        self._fields[declaration.name] = field
        field.edited.connect(lambda value, name=declaration.name: self._edited(name, value))
        box = field.controls()[0]
        if isinstance(box, QSpinBox):
            box.setMinimumWidth(96)
            if declaration.low == 0 and declaration.name in _BATCHES:
                box.setSpecialValueText("the last")
        return field

    def _edited(self, name: str, value: Any) -> None:
        self.edited.emit(name, value)
