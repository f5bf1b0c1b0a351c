"""Which review is inspected: one of the batch, one of the test set, or what somebody writes."""

from __future__ import annotations

from typing import Final, Literal, get_args

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QWidget

from explorer.data import Dataset
from explorer.engine.snapshot import Snapshot
from explorer.gui.boxes import Combo, WholeBox
from explorer.gui.views.reading import Reading, read_review, read_text
from explorer.gui.widgets import Button

Source = Literal["batch", "test", "own"]
SOURCES: Final[dict[Source, str]] = {"batch": "Review of the batch", "test": "Test review", "own": "Own text"}
TYPING_MS: Final = 300
"""How long after the last key the text is read."""


class OwnText(QPlainTextEdit):
    """Where somebody types or pastes a review.

    Attributes:
        finished: Ctrl+Enter was pressed.
    """

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName("Own text")
        self.setPlaceholderText("Type or paste a review")
        self.setToolTip("Read when you stop typing; Ctrl+Enter reads it at once")

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Text, and no files: those are reviews to open, which the window does."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A share of the room."""
        return QSize(240, 100)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few words in two lines."""
        return QSize(110, 48)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Enter is no new line."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
        else:
            super().keyPressEvent(event)


class ReviewSource(QWidget):
    """The choice of a review.

    A review of the batch stays while training goes on to other batches: who watches a prediction move wants to watch
    one review. The button takes the same row of the batch that is drawn now.

    Attributes:
        changed: Somebody chose another review, or wrote one.
        editor: Where own text is written; it stands elsewhere.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._taken: Snapshot | None = None
        self._source: Source = "test"
        self._row = self._number = 0
        self.editor = OwnText()
        self.kind = Combo()
        for source, text in SOURCES.items():
            self.kind.addItem(text, source)
        self.kind.setFixedWidth(170)
        self.kind.setAccessibleName("Which review is inspected")
        self.kind.setToolTip("A review of the batch that is drawn, one of the test set by its number, or your own text")
        self.row, self.number = WholeBox(), WholeBox()
        for box, name, tip in (
            (self.row, "Row of the batch", "Row in the batch, counted from 0; or point at a row of a heatmap"),
            (self.number, "Number of the test review", "Position in the test set, counted from 0"),
        ):
            box.setFixedWidth(90)
            box.setAccessibleName(name)
            box.setToolTip(tip)
        self.take = Button(
            "From this batch", "The review stays while training goes on; this takes the row of the batch now drawn"
        )
        self.check = Button(
            "Check test review 0", "The classic check: model.predict(x_test)[0] beside y_test[0], with dropout off"
        )
        for button in (self.take, self.check):
            button.setProperty("compact", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self.kind, self.row, self.number, self.take, self.check):
            line.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self.kind.activated.connect(self._kind_chosen)
        self.row.valueChanged.connect(self._row_chosen)
        self.number.valueChanged.connect(self._number_chosen)
        self.take.clicked.connect(self._take)
        self.check.clicked.connect(lambda: self.choose_test(0))
        self.editor.textChanged.connect(self._typing.start)
        self.editor.finished.connect(self._written)
        self._typing.timeout.connect(self._written)
        self._show()

    @property
    def source(self) -> Source:
        """Where the review comes from."""
        return self._source

    # -- told --

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Another set of reviews; those of the batch go with the old one."""
        count = 0 if dataset is None else len(dataset.test)
        self._drawn = self._taken = None
        self._number = min(self._number, max(count - 1, 0))  # before the box says so: nobody has chosen it
        self.number.setRange(0, max(count - 1, 0))
        self.number.setEnabled(count > 0)
        self.check.setEnabled(count > 0)
        self._show()

    def draw(self, snapshot: Snapshot) -> bool:
        """Take notice of the batch that is drawn; whether a review of it is taken, the first there is."""
        self._drawn = snapshot
        last = len(snapshot.rows) - 1
        if self.row.maximum() != last:
            self._row = min(self._row, last)
            self.row.setRange(0, last)
        self.take.setEnabled(True)
        if self._taken is None:
            self._taken = snapshot
            return self._source == "batch"
        return False

    def clear(self) -> None:
        """Forget the batch that is drawn; a review taken from one stays."""
        self._drawn = None
        self.take.setEnabled(False)

    # -- asked --

    def choose_row(self, row: int) -> None:
        """Turn to a row of the batch that is drawn, if it is the batch's reviews that are inspected."""
        if self._source == "batch" and self._drawn is not None and 0 <= row < len(self._drawn.rows):
            if (row, self._drawn) == (self._row, self._taken):
                return
            self._row = row
            self.row.setValue(row)
            self._take()

    def choose_test(self, number: int) -> None:
        """Turn to a review of the test set."""
        self._source, self._number = "test", number
        self._show()
        self.changed.emit()

    def reading(self, dataset: Dataset) -> Reading | None:
        """The review that is chosen; None while there is none."""
        if self._source == "own":
            return read_text(dataset, self.editor.toPlainText())
        if self._source == "test":
            if not len(dataset.test):
                return None
            return read_review(dataset, dataset.test, self._number, f"Test review {self._number:,}")
        if self._taken is None:
            return None
        row = min(self._row, len(self._taken.rows) - 1)
        place = int(self._taken.rows[row])
        if not 0 <= place < len(dataset.train):
            return None
        return read_review(dataset, dataset.train, place, f"Row {row} of batch {self._taken.step:,}")

    # -- chosen --

    def _kind_chosen(self) -> None:
        source = get_args(Source)[self.kind.currentIndex()]
        if source == self._source:
            return
        self._source = source
        self._taken = self._drawn or self._taken
        self._show()
        if source == "own":
            self.editor.setFocus()
        self.changed.emit()

    def _row_chosen(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._take()

    def _number_chosen(self, number: int) -> None:
        if number != self._number:
            self._number = number
            self.changed.emit()

    def _take(self) -> None:
        self._taken = self._drawn or self._taken
        self.changed.emit()

    def _written(self) -> None:
        self._typing.stop()
        if self._source == "own":
            self.changed.emit()

    def _show(self) -> None:
        self.kind.setCurrentIndex(get_args(Source).index(self._source))
        self.number.setValue(self._number)
        for widget in (self.row, self.take):
            widget.setVisible(self._source == "batch")
        self.take.setEnabled(self._drawn is not None)
        self.number.setVisible(self._source == "test")
        self.editor.setVisible(self._source == "own")
