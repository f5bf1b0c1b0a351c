"""The editors of single settings, each made from its declaration.

A field says `edited` only when its value differs from the one that it was last told to show. So `show_value` never
comes back as an edit, and no signal has to be blocked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from explorer.data.source_options import split_source
from explorer.engine.settings import Change, Declaration
from explorer.gui.boxes import Combo, DecimalBox, Slider, WholeBox
from explorer.presentation.shown_text import shown
from explorer.presentation.source_text import in_words


def tooltip(declaration: Declaration) -> str:
    """What a declaration says of its field, its range and when a change takes effect."""
    lines = [declaration.help]
    if declaration.low is not None:
        lines.append(f"Range: {declaration.range_text()}.")
    live = declaration.change is Change.LIVE
    lines.append("Acts at the next batch, also during a run." if live else "A change needs a restart.")
    return "\n".join(lines)


def spoken_name(declaration: Declaration) -> str:
    """A label that is clear without the headings around it: the rates are two."""
    if declaration.name.startswith("rate_"):
        return f"Rate after hidden {declaration.name[-1]}"
    return declaration.label


class Field(QWidget):
    """The editor of one setting."""

    edited = Signal(object)

    def __init__(self, declaration: Declaration) -> None:
        super().__init__()
        self.declaration = declaration
        self._shown: Any = declaration.default
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        self._shown = value
        self._display(value)

    def controls(self) -> tuple[QWidget, ...]:
        """The widgets that can have the focus."""
        raise NotImplementedError

    def _display(self, value: Any) -> None:
        raise NotImplementedError

    def _same(self, value: Any) -> bool:
        """Whether a value read from the widget is what it shows for `_shown`, its rounding aside."""
        return bool(value == self._shown)

    def _take(self, value: Any) -> None:
        if not self._same(value):
            self._shown = value
            self.edited.emit(value)

    def _finish(self) -> None:
        for control in self.controls():
            control.setToolTip(tooltip(self.declaration))
            control.setAccessibleName(spoken_name(self.declaration))
            control.setAccessibleDescription(self.declaration.help)


class SwitchField(Field):
    """A yes or no."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._box = QCheckBox(declaration.label)
        self._box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._box.toggled.connect(self._take)
        self._row.addWidget(self._box)
        self._finish()

    def controls(self) -> tuple[QWidget, ...]:
        """The check box."""
        return (self._box,)

    def _display(self, value: Any) -> None:
        self._box.setChecked(value)


class WholeField(Field):
    """A whole number."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._box = WholeBox()
        self._box.setRange(int(declaration.low or 0), int(declaration.high or 2**31 - 1))
        self._box.setSingleStep(int(declaration.step or 1))
        self._box.valueChanged.connect(self._take)
        self._row.addWidget(self._box)
        self._finish()

    def controls(self) -> tuple[QWidget, ...]:
        """The spin box."""
        return (self._box,)

    def _display(self, value: Any) -> None:
        self._box.setValue(value)


class DecimalField(Field):
    """A number with decimals."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._box = DecimalBox()
        self._box.setRange(float(declaration.low or 0.0), float(declaration.high or 1.0))
        self._box.setSingleStep(float(declaration.step or 0.1))
        self._box.valueChanged.connect(self._take)
        self._row.addWidget(self._box)
        self._finish()

    def controls(self) -> tuple[QWidget, ...]:
        """The spin box."""
        return (self._box,)

    def _display(self, value: Any) -> None:
        self._box.setValue(value)

    def _same(self, value: Any) -> bool:
        return bool(value == round(self._shown, self._box.decimals()))


class RateField(Field):
    """A rate below 1: a slider to feel it, in hundredths, and a spin box to say it."""

    HIGHEST = 99

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._slider = Slider()
        self._slider.setRange(0, self.HIGHEST)
        self._slider.setSingleStep(1)
        self._slider.setPageStep(5)
        self._box = DecimalBox(least_decimals=2)
        self._box.setRange(0.0, self.HIGHEST / 100)
        self._box.setSingleStep(float(declaration.step or 0.05))
        self._slider.valueChanged.connect(self._slid)
        self._box.valueChanged.connect(lambda rate: self._slider.setValue(round(rate * 100)))
        self._box.valueChanged.connect(self._take)
        self._row.addWidget(self._slider, 1)
        self._row.addWidget(self._box)
        self._finish()
        self._slider.setAccessibleName(f"{spoken_name(declaration)}, slider")

    def controls(self) -> tuple[QWidget, ...]:
        """The slider and the spin box."""
        return (self._slider, self._box)

    def _slid(self, hundredths: int) -> None:
        # A rate between two hundredths moves the slider to one of them; that must not come back as a rate.
        if round(self._box.value() * 100) != hundredths:
            self._box.setValue(hundredths / 100)

    def _display(self, value: Any) -> None:
        self._box.setValue(value)

    def _same(self, value: Any) -> bool:
        return bool(value == min(round(self._shown, self._box.decimals()), self.HIGHEST / 100))


class ChoiceField(Field):
    """One of several."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._combo = Combo()
        for value, label in declaration.choices:
            self._combo.addItem(label, value)
        self._combo.fit_list()
        self._combo.activated.connect(lambda index: self._take(self._combo.itemData(index)))
        self._row.addWidget(self._combo)
        self._finish()

    def controls(self) -> tuple[QWidget, ...]:
        """The combo box."""
        return (self._combo,)

    def _display(self, value: Any) -> None:
        self._combo.setCurrentIndex(self._combo.findData(value))


class DataField(Field):
    """Which reviews: what the computer has, the sample, the IMDB archive, a file or a folder.

    Attributes:
        file_wanted: *Open data…* was chosen; whoever asks for the file puts it into the form.
        folder_wanted: *Open folder…* was chosen, likewise.
    """

    file_wanted = Signal()
    folder_wanted = Signal()

    KNOWN: Final = (("auto", "Automatic"), ("sample", "Bundled sample"), ("imdb", "IMDB reviews"))
    _FILE, _FOLDER = "\nfile", "\nfolder"  # no paths

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self._combo = Combo()
        # Qt drops lone surrogates, so that a path which it kept would be another: the values stay here.
        self._values = [*(value for value, _ in self.KNOWN), self._FILE, self._FOLDER]
        for label in (*(label for _, label in self.KNOWN), "Open data…", "Open folder…"):
            self._combo.addItem(label)
        self._combo.activated.connect(self._chosen)
        self._row.addWidget(self._combo)
        self._finish()

    def controls(self) -> tuple[QWidget, ...]:
        """The combo box."""
        return (self._combo,)

    def _chosen(self, index: int) -> None:
        value = self._values[index]
        if value in (self._FILE, self._FOLDER):
            self._display(self._shown)
            (self.file_wanted if value == self._FILE else self.folder_wanted).emit()
        else:
            self._take(value)

    def _display(self, value: Any) -> None:
        about = [tooltip(self.declaration)]
        path, options = split_source(value)
        known = value in dict(self.KNOWN)
        if not known:
            about = [shown(path), *map(shown, in_words(options)), *about]
        if value not in self._values:
            first = len(self.KNOWN)
            while len(self._values) > first + 2:
                self._combo.removeItem(first)
                del self._values[first]
            self._combo.insertItem(first, shown(Path(path).name or path))
            self._values.insert(first, value)
            self._combo.fit_list()
        self._combo.setCurrentIndex(self._values.index(value))
        self._combo.setToolTip("\n".join(about))


def make_field(declaration: Declaration) -> Field:
    """The editor that suits a declaration."""
    if declaration.name == "data":
        return DataField(declaration)
    if declaration.name.startswith("rate_"):
        return RateField(declaration)
    if declaration.choices:
        return ChoiceField(declaration)
    if declaration.kind is bool:
        return SwitchField(declaration)
    return WholeField(declaration) if declaration.kind is int else DecimalField(declaration)
