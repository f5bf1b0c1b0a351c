"""The dialog: what, how it is to look, where to, and beside it the true preview."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.export.request import FORMATS, ITEMS
from explorer.export.targets import ExportError, Target, batch_note, settled, targets
from explorer.gui import theme
from explorer.gui.boxes import Combo
from explorer.gui.exporting.choices import Choices, why_not
from explorer.gui.exporting.exports import Job
from explorer.gui.exporting.form import RequestForm
from explorer.gui.exporting.picture import PicturePane
from explorer.gui.exporting.previews import Previews, Wanted
from explorer.gui.exporting.question import ask_to_replace
from explorer.gui.exporting.what import FORMAT_LABELS, FormatBoxes, WhatTree
from explorer.gui.runs import Run
from explorer.gui.widgets import Button, Readout, plain_label

_NO_RUN: Final = "There is no batch to export yet. Start a run, then export; the Code panel has the program already."


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What there is to export.

    Attributes:
        runs: All of them, the oldest first.
        chosen: The number of the run that is offered first; None when there is no run.
        step: The batch of it that is on the screen; 0 for none.
    """

    runs: tuple[Run, ...]
    chosen: int | None
    step: int = 0


class ExportDialog(QDialog):
    """Has an export chosen. It does not hold up the window: training can be watched behind it.

    Attributes:
        wanted: *Export* was pressed, and no file is in the way or may be replaced; a `Job`.
        remembered: The choices as they are now.

    Args:
        offer: What there is.
        choices: What is ticked at first.
        previews: Who draws.
        beside: Which runs stand beside one.
    """

    wanted = Signal(object)
    remembered = Signal(object)

    def __init__(
        self,
        offer: Offer,
        choices: Choices,
        previews: Previews,
        beside: Callable[[Run], tuple[Run, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._offer, self._choices, self._previews, self._beside = offer, choices, previews, beside
        self._drawn_for: object = None
        self._offered = (offer.chosen, choices.look.step, offer.step)  # the screen goes on to other batches
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(900, 480)
        self.run = Combo()
        self.run.setAccessibleName("Run")
        self.run.setToolTip("Which run to export; the others that are ticked stand beside it")
        self.what = WhatTree()
        self.formats = FormatBoxes()
        self.form = RequestForm()
        self.picture = PicturePane()
        self.note = plain_label("", "muted", wrap=True)
        self.folder = QLineEdit(choices.folder)
        self.folder.setAccessibleName("Folder")
        self.folder.setToolTip("Where the files go; it is made when it is not there")
        self.choose = Button("Choose…", "Choose the folder")
        self.names = Readout("Files", muted=True)
        self.export = Button("Export", "Write the files, in the background (Enter)")
        self.export.setObjectName("go")
        self.export.setDefault(True)
        self.close_button = Button("Close", "Leave without exporting (Esc)")
        self.close_button.setAutoDefault(False)
        self.choose.setAutoDefault(False)
        self._lay_out()
        self.form.show_request(choices.look)
        self.what.tick(choices.what)
        self.formats.tick(choices.formats)
        self._list_runs(offer.chosen)
        self._show_run()
        self._connect()
        self._look_at_something()
        self.what.setFocus()
        self._show_all()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(6)
        run_row = QHBoxLayout()
        caption = plain_label("Run")
        caption.setBuddy(self.run)
        run_row.addWidget(caption)
        run_row.addWidget(self.run, 1)
        left.addLayout(run_row)
        left.addWidget(self.what, 1)
        left.addWidget(self.formats)
        left.addWidget(self.note)
        holder = QWidget()
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        holder.setFixedWidth(max(theme.scaled(250), holder.minimumSizeHint().width()))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(holder)
        self.form.setFixedWidth(max(theme.scaled(310), self.form.minimumWidth()))
        top.addWidget(self.form)
        top.addWidget(self.picture, 1)
        where = QHBoxLayout()
        where.setSpacing(8)
        caption = plain_label("Folder")
        caption.setBuddy(self.folder)
        where.addWidget(caption)
        where.addWidget(self.folder, 1)
        where.addWidget(self.choose)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self.names, 1)
        bottom.addWidget(self.close_button)
        bottom.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addLayout(top, 1)
        column.addLayout(where)
        column.addLayout(bottom)
        order = (self.run, self.what, *(self.formats.box(name) for name in FORMAT_LABELS))
        for first, second in itertools.pairwise(order):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self.run.activated.connect(lambda _: self._run_chosen())
        self.what.ticked_changed.connect(self._ticked)
        self.what.looked_at.connect(lambda _: self._preview())
        self.formats.ticked_changed.connect(self._formats_ticked)
        self.form.edited.connect(self._edited)
        self.folder.textChanged.connect(self._folder_typed)
        self.choose.clicked.connect(self._choose_folder)
        self.export.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)
        self._previews.drawn.connect(self.picture.show_picture)
        self._previews.failed.connect(self._preview_failed)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self.picture.apply_theme(palette)

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        return self._choices

    @property
    def chosen_run(self) -> Run | None:
        """The run that is exported."""
        number = self.run.currentData()
        return next((run for run in self._offer.runs if run.number == number), None)

    # -- chosen --

    def _choose(self, choices: Choices) -> None:
        self._choices = choices
        self.remembered.emit(choices)
        self._show_all()

    def _run_chosen(self) -> None:
        self._choices = replace(self._choices, look=self._choices.look.replace(step=0, first=1, last=0))
        self.form.show_request(self._choices.look)
        self._show_run()
        self._show_all()

    def _ticked(self) -> None:
        # What is grey now keeps its tick for later.
        grey = {name for name in self._choices.what if self.what.row(name).isDisabled()}
        choices = self._choices.ticking(self.what.ticked | grey)
        self.formats.tick(choices.formats)
        self._choose(choices)

    def _formats_ticked(self) -> None:
        self._choose(replace(self._choices, formats=self.formats.ticked))

    def _edited(self, name: str, value: Any) -> None:
        self._choose(replace(self._choices, look=self._choices.look.replace(**{name: value})))

    def _folder_typed(self, text: str) -> None:
        self._choose(replace(self._choices, folder=text))

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Export to folder", self._folder_there())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _folder_there(self) -> str:
        path = self._choices.path
        return str(next((each for each in (path, *path.parents) if os.path.isdir(each)), Path.cwd()))

    # -- shown --

    def offer_again(self, offer: Offer) -> None:
        """There are other runs, or the one that is chosen has got further. What is ticked and typed stays."""
        before, number = self._possibilities(), self.run.currentData()
        self._offer = offer
        if number not in {run.number for run in offer.runs}:
            self._list_runs(offer.chosen)
            self._run_chosen()
            self._look_at_something()
            return
        self._list_runs(number)
        self._show_run()
        if self._possibilities() != before:  # a picture for every batch that is trained would be too many
            self._show_all()

    def _look_at_something(self) -> None:
        if not self._looked_at:  # nor can anything be while all rows are grey
            self.what.look_at(next((item.name for item in self._choices.items), ITEMS[0].name))

    def _list_runs(self, chosen: int | None) -> None:
        self.run.clear()
        for run in reversed(self._offer.runs):
            self.run.addItem(run.full_name, run.number)
        if chosen is not None:
            self.run.setCurrentIndex(self.run.findData(chosen))
        self.run.setEnabled(len(self._offer.runs) > 1)
        self.run.fit_list()

    def _possibilities(self) -> object:
        names = [(run.number, run.full_name) for run in self._offer.runs]
        return names, self._items_missing, self._formats_missing

    def _show_run(self) -> None:
        run = self.chosen_run
        steps = 0 if run is None else len(run.history)
        self._items_missing, self._formats_missing = why_not(
            steps=steps, weights=_has_weights(run), units=0 if run is None else run.settings.units
        )
        self.form.show_batches(steps)
        self.what.allow(self._items_missing)

    def _possible(self) -> Choices:
        """The choices without what cannot be exported now."""
        return replace(
            self._choices,
            what=self._choices.what - self._items_missing.keys(),
            formats=self._choices.formats - self._formats_missing.keys(),
        )

    def _show_all(self) -> None:
        possible = self._possible()
        self.formats.allow(possible.items, self._formats_missing)
        self.form.allow(possible.matters | self._looked_at_matters(), custom=self._choices.look.size == "custom")
        self.note.setText(self._missing())
        self.note.setVisible(bool(self.note.text()))
        planned, sentence = self._planned()
        self.export.setEnabled(bool(planned) and bool(self.folder.text().strip()))
        self.names.set_text(sentence)
        self._preview()

    def _missing(self) -> str:
        """What cannot be exported now, and how it can be had."""
        if self.chosen_run is None:
            return ""  # it stands in the place of the preview
        labels = {item.name: item.label for item in ITEMS}
        items = [f"{labels[name]}: {sentence}." for name, sentence in self._items_missing.items()]
        formats = [f"{sentence}." for sentence in self._formats_missing.values()]
        return "\n".join((*items, *formats, *self._batch_note()))

    def _batch_note(self) -> tuple[str, ...]:
        """What there is to say of the batch that is exported, or looked at."""
        run = self.chosen_run
        names = sorted({item.name for item in self._possible().items} | {self._looked_at} - {""})
        if run is None or not names:
            return ()
        request = self._choices.look.replace(what=",".join(names), formats=",".join(FORMATS))
        number, step, on_screen = self._offered
        offered = run.number == number and request.step == step
        note = batch_note(request, run.history, instead_of=on_screen if offered else 0)
        return (note,) if note else ()

    def _looked_at_matters(self) -> frozenset[str]:
        item = next((each for each in ITEMS if each.name == self._looked_at), None)
        return frozenset() if item is None or item.kind != "Figures" else item.matters

    @property
    def _looked_at(self) -> str:
        row = self.what.currentItem()
        return "" if row is None else row.data(0, Qt.ItemDataRole.UserRole) or ""

    def _planned(self) -> tuple[tuple[Target, ...], str]:
        """The files to write, and what to say of them."""
        possible, run = self._possible(), self.chosen_run
        if run is None:
            return (), ""
        if possible.without_format:
            return (), f"Tick a format for: {possible.without_format[0].label}"
        request = possible.request()
        if request is None:
            return (), "Tick what to export"
        try:
            request = settled(request, run.history)
        except ExportError as error:
            return (), f"{error}"
        planned = targets(request, self._choices.path)
        paths = [path for target in planned for path in target.paths]
        there = sum(os.path.exists(path) for path in paths)
        said = f"{len(paths)} file{'s' * (len(paths) != 1)}"
        said += f" ({there} there already)" if there else ""
        return planned, f"{said}: {', '.join(path.name for path in paths)}"

    def _preview(self) -> None:
        """Ask for the picture of the item that is looked at, or say why there is none."""
        run, item = self.chosen_run, next((each for each in ITEMS if each.name == self._looked_at), None)
        if run is None:
            self._say(_NO_RUN)
        elif item is None:
            self._say("Choose a figure in the list to see it here.")
        elif item.name in self._items_missing:
            self._say(f"{item.label}: {self._items_missing[item.name]}.")
        elif item.kind != "Figures":
            self._say(f"{item.label}\n\n{item.help}.")
        else:
            try:
                request = settled(self._choices.look.replace(what=item.name, formats=item.formats[0]), run.history)
            except ExportError as error:
                self._say(f"{error}.")
                return
            size = request.figure_size
            proportion = size.width / size.height
            width = min(self.picture.pixels_for(proportion), size.pixels[0])
            key = (item.name, request, run.number, width)
            if key != self._drawn_for:  # a tick elsewhere changes nothing of it
                self._drawn_for = key
                self.picture.show_drawing(proportion)
                self._previews.show(Wanted(item, request, (run, *self._beside(run)), width))

    def _say(self, sentence: str) -> None:
        """A sentence in the place of the picture."""
        self._drawn_for = None
        self._previews.show(None)
        self.picture.say(sentence)

    def _preview_failed(self, sentence: str) -> None:
        self._drawn_for = None  # the next change of anything tries again
        self.picture.say(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A larger picture is drawn anew, once the size has settled."""
        super().resizeEvent(event)
        if self.isVisible():
            self._preview()

    def done(self, result: int) -> None:
        """Closed by whatever key or button: nothing has to be drawn any more."""
        self._previews.show(None)
        super().done(result)

    # -- exported --

    def _export(self) -> None:
        planned, _ = self._planned()
        there = [path.name for target in planned for path in target.paths if os.path.exists(path)]
        if there:
            ask_to_replace(self, there, self._go)
        elif planned:
            self._go()

    def _go(self) -> None:
        run, request = self.chosen_run, self._possible().request()
        if request is None or run is None:
            return
        # The file that was announced: a run that goes on must not move its last batch on.
        request = settled(request, run.history)
        self.accept()
        self.wanted.emit(Job(request, (run, *self._beside(run)), self._choices.path))


def _has_weights(run: Run | None) -> bool:
    return (
        run is not None
        and bool(run.results)
        and run.started.keeper is not None
        and run.started.keeper.weights(len(run.results)) is not None
    )
