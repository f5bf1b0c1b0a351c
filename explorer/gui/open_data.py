"""What brings other reviews into the window: menu, form, drag and drop, and the answer to which columns to read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from explorer.data.questions import ColumnsUnclear, DataQuestion
from explorer.data.source_options import source_of, split_source, with_options
from explorer.gui.columns_dialog import ColumnsDialog
from explorer.gui.conductor import Conductor
from explorer.gui.controls import SettingsForm
from explorer.gui.drop import DropWindow
from explorer.gui.fields import DataField
from explorer.gui.notices import DOWNLOAD_TIP, NO_DOWNLOAD_TIP, Notices
from explorer.gui.question_dialog import QuestionDialog
from explorer.store import SUFFIX, is_run_file

_TABLES: Final = "*.csv *.tsv *.tab *.txt"
_JSON: Final = "*.jsonl *.ndjson *.json"
_ARCHIVES: Final = "*.zip *.gz *.bz2 *.xz *.tar *.tgz *.tbz2 *.txz"
FILTERS: Final = (
    f"Reviews and runs (*.npz {_TABLES} {_JSON} {_ARCHIVES} *{SUFFIX})",
    f"Tables ({_TABLES})",
    f"JSON ({_JSON})",
    "IMDB archives (*.npz)",
    f"Packed files ({_ARCHIVES})",
    f"Runs (*{SUFFIX})",
    "All files (*)",
)
"""What the dialog offers to show. The kind of a file is found by what it holds: one of another name is there too."""
_DOWNLOADING_TIP: Final = "They are being downloaded"


class OpenData(QObject):
    """Asks for files, folders and columns, and hands the answers to the conductor. Nothing waits for an answer.

    Attributes:
        run_wanted: The file is a run; its path.
    """

    run_wanted = Signal(object)

    def __init__(self, window: DropWindow, conductor: Conductor, form: SettingsForm, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._conductor, self._form, self._notices = window, conductor, form, notices
        self._download: QAction | None = None
        field = form.field("data")
        assert isinstance(field, DataField)
        field.file_wanted.connect(self.open_file)
        field.folder_wanted.connect(self.open_folder)
        conductor.answer_needed.connect(self._ask)
        conductor.state_changed.connect(self._show_state)
        window.take_drops(self._take, self._describe)

    # -- pressed --

    def open_file(self) -> None:
        """Ask for an archive or a table."""
        dialog = self._dialog("Open reviews or a run")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(list(FILTERS))
        dialog.open()

    def open_folder(self) -> None:
        """Ask for a folder such as aclImdb."""
        dialog = self._dialog("Open a folder of reviews, such as aclImdb")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def use_sample(self) -> None:
        """Turn to the bundled sample."""
        self._conductor.sources.open("sample")

    def watch_download(self, action: QAction) -> None:
        """Switch the menu's *Get the real reviews* off, and say why, while it would cost a run."""
        self._download = action
        self._show_state()

    # -- told --

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._open)
        return dialog

    def _folder(self) -> str:
        """Where the reviews in the form are, if they are from a file."""
        path = Path(split_source(self._form.settings.data)[0])
        return str(path.parent) if path.is_absolute() else ""

    def _open(self, path: str) -> None:
        if path and is_run_file(Path(path)):
            self.run_wanted.emit(path)
        elif path:
            self._conductor.sources.open(source_of(path))

    def _take(self, path: str, refusal: str) -> None:
        if refusal:
            self._notices.refuse(refusal)
        else:
            self._open(path)

    def _describe(self, path: str) -> str:
        name = Path(path).name or path
        if is_run_file(Path(path)):
            return f"{name} — a run; one that trains holds meanwhile"
        if self._conductor.sources.free or self._conductor.reviews.downloading:
            return name
        return f"{name} — for the next run; the run in hand stays"

    def _ask(self, question: DataQuestion, start: bool) -> None:
        sources = self._conductor.sources
        if isinstance(question, ColumnsUnclear):
            source = question.answers[0].source
            columns = ColumnsDialog(question, self._window)
            columns.chosen.connect(
                lambda text, label: sources.open(with_options(source, text=text, label=label), start=start)
            )
            columns.open()
            return
        dialog = QuestionDialog(question, self._window)
        dialog.chosen.connect(lambda answer: sources.open(answer, start=start))
        dialog.open()

    def _show_state(self) -> None:
        if self._download is None:
            return
        free = self._conductor.sources.free
        why_not = _DOWNLOADING_TIP if self._conductor.reviews.downloading else NO_DOWNLOAD_TIP
        self._download.setEnabled(free)
        self._download.setToolTip(DOWNLOAD_TIP if free else why_not)
        self._download.setStatusTip(self._download.toolTip())
