"""The true preview: one process draws it with what draws the file, as often as a choice changes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from explorer.export.request import ExportRequest, Item
from explorer.gui.exporting.handover import Handover
from explorer.gui.exporting.process import MakeWorker, Message, Worker, WorkerProcess
from explorer.gui.runs import Run

AFTER_MS: Final = 120
"""Of quiet before it is drawn: a slider on its way asks many times."""
_DIED: Final = "The preview cannot be drawn. The export may still work; try it, or start the program again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn.

    Attributes:
        item: A figure.
        request: How it looks.
        runs: The run that is shown, and those beside it.
        width: In pixels of the screen.
    """

    item: Item
    request: ExportRequest
    runs: tuple[Run, ...]
    width: int

    @property
    def steps(self) -> int | None:
        """How many batches a file of the run must have for it; None where the last one there is is shown."""
        return (self.request.step or None) if self.item.needs_batch else 1


class Previews(QObject):
    """Draws what was last asked for; answers to anything earlier are dropped.

    A run that is being trained is drawn as it was when the process was started, or when a batch was first asked for
    that it did not have then: to pack it takes seconds, and a choice may change many times a second.

    Attributes:
        drawn: The picture, a `QImage`.
        failed: A sentence that stands in its place.
    """

    drawn = Signal(object)
    failed = Signal(str)

    def __init__(
        self, handover: Handover, parent: QObject | None = None, *, make_worker: MakeWorker = WorkerProcess
    ) -> None:
        super().__init__(parent)
        self._handover, self._make_worker = handover, make_worker
        self._worker: Worker | None = None
        self._wanted: Wanted | None = None
        self._number = 0
        self._packing: int | None = None
        self._held: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._ask)
        handover.ready.connect(self._handed_over)
        handover.failed.connect(self._not_handed_over)

    def open(self) -> None:
        """Start the process, ahead of the first picture."""
        if self._worker is None:
            self._handover.look_anew()
            self._start()

    def _start(self) -> None:
        if self._worker is None:
            self._worker = self._make_worker(self._handover.folder, self)
            self._worker.answered.connect(self._answered)
            self._worker.died.connect(self._died)

    def show(self, wanted: Wanted | None) -> None:
        """Draw something else, or nothing; what was asked for before is dropped."""
        self._wanted = wanted
        self._number += 1
        if wanted is None:
            self._timer.stop()
        else:
            self._timer.start()

    def close(self) -> None:
        """End the process."""
        self.show(None)
        for number in (self._packing, self._held):
            if number is not None:
                self._handover.drop(number)
        self._packing = self._held = None
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()
            if isinstance(worker, QObject):
                worker.deleteLater()

    def _ask(self) -> None:
        # One at a time: what is asked for meanwhile finds the run packed.
        if self._wanted is not None and self._packing is None:
            self._packing = self._number
            self._handover.ask(self._number, self._wanted.runs, steps=self._wanted.steps)

    def _packed(self, number: int) -> bool:
        """Whether an answer is the one that was waited for; what has overtaken it is asked for."""
        if number != self._packing:
            return False
        self._packing = None
        if number == self._number and self._wanted is not None:
            return True
        self._handover.drop(number)
        if not self._timer.isActive():
            self._ask()
        return False

    def _handed_over(self, number: int, files: Sequence[Path]) -> None:
        wanted = self._wanted
        if not self._packed(number) or wanted is None:
            return
        if self._held is not None:
            self._handover.drop(self._held)
        self._held = number
        self._start()
        assert self._worker is not None
        self._worker.send(
            {
                "do": "preview",
                "number": number,
                "runs": [str(path) for path in files],
                "request": wanted.request.to_dict(),
                "item": wanted.item.name,
                "width": wanted.width,
            }
        )

    def _not_handed_over(self, number: int, sentence: str) -> None:
        if self._packed(number):
            self._handover.drop(number)
            self.failed.emit(sentence)

    def _answered(self, answer: Message) -> None:
        if answer["number"] != self._number or self._wanted is None:
            return
        if answer["is"] == "picture":
            self.drawn.emit(QImage.fromData(base64.b64decode(answer["png"])))
        else:
            self.failed.emit(answer["message"])

    def _died(self, last_words: str) -> None:
        self._worker = None  # another one is started with the next picture
        if self._wanted is not None:
            self.failed.emit(_DIED)
