"""Joins the dialog, the queue of exports and the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from explorer.gui.exporting.choices import Choices, default_folder
from explorer.gui.exporting.dialog import ExportDialog, Offer
from explorer.gui.exporting.exports import Done, Exports, Job
from explorer.gui.exporting.handover import Handover
from explorer.gui.exporting.previews import Previews
from explorer.gui.exporting.process import MakeWorker, WorkerProcess
from explorer.gui.exporting.strip import ExportStrip
from explorer.gui.runs import Run
from explorer.gui.toast import file_actions
from explorer.presentation.shown_text import shown

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow


class Exporting(QObject):
    """All that exporting needs in a window.

    Attributes:
        dialog: The open dialog, if there is one.
        exports: What is being made.
        strip: For the status bar.

    Args:
        window: Whose runs are exported, and where messages are shown.
        make_worker: Starts a process.
    """

    def __init__(self, window: MainWindow, *, make_worker: MakeWorker = WorkerProcess) -> None:
        super().__init__(window)
        self._window, self._make_worker = window, make_worker
        self._handover: Handover | None = None
        self.dialog: ExportDialog | None = None
        self.exports: Exports | None = None
        self._previews: Previews | None = None
        self.strip = ExportStrip()
        window.statusBar().insertPermanentWidget(1, self.strip)  # before the facts
        self.strip.hide()
        self.strip.cancel_pressed.connect(self._cancel)
        window.book.changed.connect(self._offer_again)
        window.bridge.epoch_ended.connect(lambda _: self._offer_again())  # now there are weights
        window.bridge.snapshot.connect(lambda _: self._first_batch())

    def use(self, make_worker: MakeWorker) -> None:
        """Start other processes from now on."""
        self._make_worker = make_worker

    @Slot()
    def open(self) -> None:
        """Show the dialog; one that is open already comes to the front."""
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        self._make_ready()
        assert self._previews is not None
        self._previews.open()
        window = self._window
        self.dialog = dialog = ExportDialog(self._offer(), self._first_choices(), self._previews, self._beside, window)
        dialog.apply_theme(window.theme.palette)
        dialog.setStyleSheet(window.styleSheet())
        dialog.wanted.connect(self._add)
        dialog.remembered.connect(self._remember)
        dialog.finished.connect(self._closed)
        room = window.screen().availableSize()
        dialog.resize(min(1320, room.width() - 60), min(760, room.height() - 80))
        dialog.show()

    def close(self) -> None:
        """The window is closed: end both processes, and leave nothing behind."""
        if self.dialog is not None:
            self.dialog.reject()
        if self.exports is not None:
            self.exports.close()
        if self._previews is not None:
            self._previews.close()
        if self._handover is not None:
            self._handover.close()
            self._handover = None

    def _make_ready(self) -> None:
        """Only who exports pays for a folder and a thread."""
        if self._handover is not None:
            return
        self._handover = Handover(self)
        self._previews = Previews(self._handover, self, make_worker=self._make_worker)
        self.exports = exports = Exports(self._handover, self, make_worker=self._make_worker)
        exports.changed.connect(self._show_strip)
        exports.progressed.connect(self.strip.show_progress)
        exports.done.connect(self._done)
        exports.failed.connect(self._failed)
        exports.cancelled.connect(lambda: self._window.toast.say("Export cancelled. Files that were done stay."))

    def _offer(self) -> Offer:
        """What there is to export, the run on the screen first."""
        book = self._window.book
        runs = tuple(each for each in book.runs if len(each.history))
        first = next((each for each in runs if each is book.current), runs[-1] if runs else None)
        looking = self._window.stage.looking
        step = self._step_shown() if first is book.current else 0
        if step and looking.stands_for_last:
            step = looking.steps
        return Offer(runs, None if first is None else first.number, step)

    def _step_shown(self) -> int:
        """The batch of the run that is on the screen; 0 for none, and for a pass that is no part of the run."""
        looking = self._window.stage.looking
        return looking.step if looking.drawn is not None and looking.drawn.kind == "trained" else 0

    def _offer_again(self) -> None:
        if self.dialog is not None:
            self.dialog.offer_again(self._offer())

    def _first_batch(self) -> None:
        if self.dialog is not None and self.dialog.chosen_run is None:
            self._offer_again()

    def _first_choices(self) -> Choices:
        """Those of the last time, with the batch and the layer that are on the screen."""
        window, stored = self._window, Choices.from_dict(self._window.remembered.export)
        axis, smoothing, log = window.remembered.curves_look
        history, step = window.stage.looking.history, self._step_shown()
        if history is not None and step:
            # On the screen the newest batch is whole; an export has what the history keeps of it.
            step = history.nearest_with_activations(min(step, len(history)))
        look = stored.look.replace(
            step=step,
            hidden=window.remembered.hidden,
            colour_map=window.theme.colour_map,
            axis=axis,
            smoothing=smoothing,
            log=log,
        )
        return replace(stored, look=look, folder=stored.folder or str(default_folder()))

    def _beside(self, run: Run) -> tuple[Run, ...]:
        """The other runs that are drawn among the curves."""
        return tuple(
            each for each in self._window.book.runs if each.number != run.number and each.visible and len(each.history)
        )

    def _remember(self, choices: Choices) -> None:
        self._window.remembered.export = choices.to_dict()

    def _closed(self) -> None:
        self.dialog = None
        if self._previews is not None:
            self._previews.close()

    def _add(self, job: Job) -> None:
        assert self.exports is not None  # the dialog was opened
        self.exports.add(job)

    def _cancel(self) -> None:
        if self.exports is not None:
            self.exports.cancel()

    def _show_strip(self) -> None:
        if self.exports is not None:
            self.strip.show_waiting(self.exports.job is not None, self.exports.waiting)

    def _done(self, done: Done) -> None:
        count = len(done.files)
        what = done.files[0].name if count == 1 else f"{count} files"
        text = "\n".join((f"{what} written to {shown(str(done.folder))}", *done.left_out))
        path = done.files[0] if count == 1 else done.folder
        self._window.toast.say(text, file_actions(path, done.folder))

    def _failed(self, sentence: str, detail: str) -> None:
        self._window.toast.hide()  # of an earlier export, which went well
        self._window.notices.refuse(f"Export: {sentence}", detail)
