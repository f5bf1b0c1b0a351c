"""The settings at the left of the window, built from their declarations; the form hands out a whole `Settings`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.engine.settings import DECLARATIONS, PRESETS, Declaration, Settings, declaration, preset
from explorer.gui.boxes import Combo
from explorer.gui.fields import Field, SwitchField, make_field, tooltip
from explorer.gui.form_scroll import FormScroll
from explorer.gui.widgets import plain_label
from explorer.presentation.typed_numbers import written

ADVANCED: Final = ("start_char", "oov_char", "index_from")
"""Fields that few will ever want to see."""
_ALWAYS_OPEN: Final = ("written_as",)
"""Chosen first, also while no hidden layer has dropout yet."""
_CUSTOM: Final = "Custom settings"
_MARK_WIDTH: Final = 12
_GAP: Final = 8
_WIDTH: Final = 300
_BORDER: Final = 1
"""The line at the form's right, as in the style sheet."""
_ROOMY_HEIGHT: Final = 740
"""From this height of the form on its lines stand further apart."""


class SettingsForm(FormScroll):
    """The form.

    Attributes:
        edited: The whole new `Settings`, after a person changed something.
        shown: The `Settings` that the form shows from now on, whoever changed them.
    """

    edited = Signal(object)
    shown = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._fields: dict[str, Field] = {}
        self._marks: dict[str, QLabel] = {}
        self._notes: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._grids: list[QGridLayout] = []
        column = self.column
        column.setContentsMargins(14, 6, 8, 8)
        self._preset = self._preset_combo()
        column.addWidget(self._heading("Preset"))
        preset_row = QHBoxLayout()
        preset_row.setContentsMargins(0, 0, _MARK_WIDTH + _GAP, 0)
        preset_row.addWidget(self._preset)
        column.addLayout(preset_row)
        groups = dict.fromkeys(d.group for d in DECLARATIONS)
        for group in groups:
            column.addWidget(self._heading(group))
            shown = [d for d in DECLARATIONS if d.group == group and d.name not in ADVANCED]
            column.addLayout(self._grid(shown))
            hidden = [d for d in DECLARATIONS if d.group == group and d.name in ADVANCED]
            if hidden:
                self._add_advanced(column, hidden)
        column.addStretch(1)
        self._follow_text()
        self.show_settings(settings)

    @property
    def settings(self) -> Settings:
        """What the form shows."""
        return self._settings

    def field(self, name: str) -> Field:
        """The editor of one setting."""
        return self._fields[name]

    def show_settings(self, settings: Settings) -> None:
        """Show other settings; nothing is emitted."""
        self._settings = settings
        for name, field in self._fields.items():
            field.show_value(getattr(settings, name))
        names = list(PRESETS)
        matching = next((name for name in names if preset(name, settings) == settings), None)
        self._preset.setCurrentIndex(-1 if matching is None else names.index(matching))
        self._show_notes()
        self._enable()
        self.shown.emit(settings)

    def mark_restart(self, names: Iterable[str]) -> None:
        """Mark the settings that differ from the run's and cannot change during it."""
        waiting = set(names)
        for name, mark in self._marks.items():
            mark.setText("↻" if name in waiting else "")
            mark.setToolTip(f"{declaration(name).label}: takes effect after a restart" if name in waiting else "")
            for control in self._fields[name].controls():
                note = "Changed; takes effect after a restart. " if name in waiting else ""
                control.setAccessibleDescription(note + declaration(name).help)

    def marked(self) -> tuple[str, ...]:
        """The settings that carry the mark."""
        return tuple(name for name, mark in self._marks.items() if mark.text())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A high window gives the lines room; a low one shows them all without scrolling."""
        super().resizeEvent(event)
        roomy = self.viewport().height() >= _ROOMY_HEIGHT
        for grid in self._grids:
            grid.setVerticalSpacing(7 if roomy else 3)
        for field in self._fields.values():
            for control in field.controls():
                control.setMinimumHeight(26 if roomy else 0)
        self._preset.setMinimumHeight(26 if roomy else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Larger text makes the form wider."""
        if watched is self.body and event.type() == QEvent.Type.LayoutRequest:
            self._follow_text()
        return super().eventFilter(watched, event)

    def _follow_text(self) -> None:
        """Give the labels one width, and the form the width that shows all of them."""
        labels = max(label.sizeHint().width() for label in self._labels.values())
        for grid in self._grids:
            # Setting it again, even to the same, asks for another layout, and that comes back here for ever.
            if grid.columnMinimumWidth(0) != labels:
                grid.setColumnMinimumWidth(0, labels)
        needed = self.body.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        wide = max(_WIDTH, needed + _BORDER)
        if wide != self.minimumWidth() or wide != self.maximumWidth():
            self.setFixedWidth(wide)

    def _preset_combo(self) -> Combo:
        combo = Combo()
        for label, _ in PRESETS.values():
            combo.addItem(label)
        combo.setPlaceholderText(_CUSTOM)
        combo.setAccessibleName("Preset")
        combo.setToolTip("Settings that belong together; data, vocabulary and seed stay as they are")
        combo.fit_list()
        combo.activated.connect(self._preset_chosen)
        return combo

    @staticmethod
    def _heading(text: str) -> QLabel:
        heading = plain_label(text.upper(), "heading")
        heading.setIndent(0)
        return heading

    def _grid(self, declarations: Iterable[Declaration]) -> QGridLayout:
        grid = QGridLayout()
        self._grids.append(grid)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, _MARK_WIDTH)
        for row, each in enumerate(declarations):
            field = make_field(each)
            field.edited.connect(lambda value, name=each.name: self._field_edited(name, value))
            self._fields[each.name] = field
            mark = plain_label("", "mark")
            self._marks[each.name] = mark
            if isinstance(field, SwitchField):
                line = QHBoxLayout()
                line.addWidget(field)
                grid.addLayout(line, row, 0, 1, 2)
                if each.name.startswith("dropout_"):
                    # The rate's two names stand on the line of the check box, above its slider.
                    note = plain_label("", "muted")
                    note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    self._notes[f"rate_{each.name[-1]}"] = note
                    line.addWidget(note, 1)
            else:
                label = plain_label(each.label)
                label.setBuddy(field.controls()[-1])
                label.setToolTip(tooltip(each))
                self._labels[each.name] = label
                grid.addWidget(label, row, 0)
                grid.addWidget(field, row, 1)
            grid.addWidget(mark, row, 2)
        return grid

    def _add_advanced(self, column: QVBoxLayout, declarations: list[Declaration]) -> None:
        fold = QToolButton()
        fold.setObjectName("fold")
        fold.setCheckable(True)
        fold.setText("Advanced")
        fold.setToolTip("Keras's conventions for word ids")
        fold.setAccessibleName("Advanced data settings")
        fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fold.setArrowType(Qt.ArrowType.RightArrow)
        fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        inner = QWidget()
        inner.setLayout(self._grid(declarations))
        inner.hide()
        fold.toggled.connect(inner.setVisible)
        fold.toggled.connect(
            lambda opened: fold.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        )
        column.addWidget(fold)
        column.addWidget(inner)

    def _field_edited(self, name: str, value: Any) -> None:
        changes = {name: value}
        if name == "written_as" and value == "keras":
            changes["scaling"] = "inverted"  # the built-in layer knows no other
        self._hand_out(self._settings.replace(**changes))

    def _preset_chosen(self, index: int) -> None:
        self._hand_out(preset(list(PRESETS)[index], self._settings))

    def _hand_out(self, settings: Settings) -> None:
        self.show_settings(settings)
        self.edited.emit(settings)

    def _show_notes(self) -> None:
        for name, note in self._notes.items():
            rate = getattr(self._settings, name)
            note.setText(f"rate {written(rate, 2)} · keep {written(1 - rate, 2)}")

    def _enable(self) -> None:
        """Grey out what has no effect as things stand, and say why."""
        for declared in DECLARATIONS:
            if declared.depends_on and declared.name not in _ALWAYS_OPEN:
                unmet = declared.unmet(self._settings)
                self._allow(declared.name, "" if unmet is None else unmet.hint)
        if self._settings.written_as == "keras":
            self._allow("scaling", "keras.layers.Dropout is always inverted.")

    def _allow(self, name: str, why_not: str) -> None:
        field = self._fields[name]
        beside = (self._labels.get(name), self._notes.get(name))
        for part in (field, *(label for label in beside if label is not None)):
            part.setEnabled(not why_not)
        for control in field.controls():
            control.setToolTip(why_not or tooltip(field.declaration))
