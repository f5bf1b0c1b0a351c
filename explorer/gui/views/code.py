"""The settings at hand as a program: read, copied, saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.data import Dataset
from explorer.engine.settings import Settings
from explorer.export.code import Origin, Program, notebook, program
from explorer.export.code.origin import files_beside
from explorer.export.files import WriteError, replacing
from explorer.gui import theme
from explorer.gui.views.code_editor import CodeEditor
from explorer.gui.widgets import Banner, Button, Readout

FILE_NAME: Final = "imdb_dropout"
"""The name that is offered for a saved program."""


class CodeView(QWidget):
    """The complete Keras program for some settings; made only while someone looks at it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = Settings()
        self._dataset: Dataset | None = None
        self._made: Program | None = None
        self._made_for: tuple[Settings, Origin] | None = None
        self.editor = CodeEditor()
        self.failed = Banner("error")
        self._title = Readout("Which dropout the program has")
        theme.set_font(self._title, 0, bold=True)
        self._said = Readout("What was copied or saved", align=Qt.AlignmentFlag.AlignRight, muted=True)
        self.copy_button = Button("Copy", "Copy the whole program")
        self.save_program = Button("Save as .py…", "Save the program as a script; it runs by itself")
        self.save_notebook = Button("Save as .ipynb…", "Save the program as a notebook, a section a cell")
        self.copy_button.clicked.connect(self._copy)
        self.save_program.clicked.connect(lambda: self._ask("py", "Python program", lambda made, *_: made.text))
        self.save_notebook.clicked.connect(
            lambda: self._ask("ipynb", "Notebook", lambda _, settings, origin: notebook(settings, origin))
        )
        row = QHBoxLayout()
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._title, 3)
        row.addWidget(self._said, 1)
        for button in (self.copy_button, self.save_program, self.save_notebook):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.failed)
        column.addWidget(self.editor, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As the curves."""
        return QSize(1100, 250)

    def title(self) -> str:
        """Which dropout the program has, in one line."""
        return self._title.text()

    def said(self) -> str:
        """What was last copied or saved; before that, what the diamond stands for."""
        return self._said.text()

    def show_settings(self, settings: Settings) -> None:
        """Show the program for these settings; costs nothing while hidden, or when they are those shown."""
        self._settings = settings
        if self.isVisible():
            self._refresh()

    def show_dataset(self, dataset: Dataset | None) -> None:
        """The reviews that the program trains on; None while they are not there."""
        self._dataset = dataset
        if self.isVisible():
            self._refresh()

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self.editor.apply_theme(palette)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Make what was not made while nobody looked."""
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> Program:
        made_for = (self._settings, self._origin())
        if self._made is not None and made_for == self._made_for:
            return self._made
        made, before = program(*made_for), self._made
        self._made, self._made_for = made, made_for
        self._title.set_text(made.title)
        if made != before:
            self._said.set_text("◆ marks the dropout" if made.dropout_lines else "")
            self.editor.show_code(made.text, made.dropout_lines)
        return made

    def _origin(self) -> Origin:
        if self._dataset is None:
            return Origin.of_settings(self._settings)
        return Origin.of_dataset(self._dataset, self._settings)

    def _copy(self) -> None:
        made = self._refresh()
        QGuiApplication.clipboard().setText(made.text)
        self._said.set_text(f"Copied {made.text.count(chr(10))} lines")

    def _ask(self, suffix: str, kind: str, content: Callable[[Program, Settings, Origin], str]) -> None:
        # Made before the question: a run may move on while the dialog is open.
        made, settings, origin, dataset = self._refresh(), self._settings, self._origin(), self._dataset
        text = content(made, settings, origin)
        dialog = QFileDialog(self, f"Save as .{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{FILE_NAME}.{suffix}")
        dialog.fileSelected.connect(lambda path: self._save(Path(path), text, settings, dataset))
        dialog.open()

    def _save(self, path: Path, text: str, settings: Settings, dataset: Dataset | None) -> None:
        beside = {} if dataset is None else files_beside(dataset, settings)
        try:
            for name, content in {path.name: text.encode("utf-8"), **beside}.items():
                with replacing(path.with_name(name)) as file:
                    file.write(content)
        except WriteError as error:
            self.failed.say(f"{error}.")
            return
        self.failed.hide()
        alone = " alone: the reviews are not loaded" if dataset is None else ""
        self._said.set_text("Saved " + ", ".join((path.name, *beside)) + alone)
