"""Copy a plot as it is on the screen, or its numbers: a menu on every plot, by the right button or the menu key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QPainter, QPalette, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from explorer.export.tables.columns import Column
from explorer.export.tables.curves import batch_columns, batch_rows, epoch_columns, epoch_rows
from explorer.gui.spreadsheet import decimal_point
from explorer.gui.widgets import SCREEN_ONLY

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow

Numbers = tuple[str, Callable[[], str]]
"""What a line of the menu says, and the tab-separated text that it copies; empty where there is none yet."""
_CONTROLS: Final = (QAbstractButton, QComboBox, QAbstractSpinBox)
_WITH_MENUS_OF_THEIR_OWN: Final = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_SCALE: Final = 2.0
"""Sharp in a document, whatever the screen."""


def picture(view: QWidget, scale: float = _SCALE) -> QImage:
    """A view as it is on the screen, in so many pixels for each of it, without what is there to be pressed."""
    image = QImage(view.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(view.palette().color(QPalette.ColorRole.Window))
    painter = QPainter(image)
    try:
        drawn = _paint(painter, view, view)
    finally:
        painter.end()
    room = drawn.adjusted(-8, -8, 8, 8).intersected(view.rect())
    return image.copy(QRect(room.topLeft() * scale, room.size() * scale))


def _paint(painter: QPainter, widget: QWidget, view: QWidget) -> QRect:
    """Draw a widget and what is in it; where in the view that is."""
    if not widget.isVisible() or isinstance(widget, _CONTROLS) or widget.property(SCREEN_ONLY):
        return QRect()
    flags = QWidget.RenderFlag.IgnoreMask
    whole = isinstance(widget, QAbstractScrollArea)
    if whole:
        flags |= QWidget.RenderFlag.DrawChildren
    at = widget.mapTo(view, QPoint(0, 0))
    inner = [] if whole else [child for child in widget.children() if isinstance(child, QWidget)]
    if widget is not view:
        QWidget.render(widget, painter, at, QRegion(), flags)  # a view of graphics has another `render`
    drawn = QRect() if inner or widget is view else QRect(at, widget.size())
    for child in inner:
        drawn = drawn.united(_paint(painter, child, view))
    return drawn


def tab_separated(columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, point: str = ".") -> str:
    """A table for a spreadsheet: bare numbers in full, an empty cell where there is none.

    Args:
        columns: Their names are the first line; what is not text is a number.
        rows: A cell a column.
        point: The decimal point of the spreadsheet.
    """

    def cell(column: Column, value: Any) -> str:
        if value is None:
            return ""
        return " ".join(value.split()) if column.unit == "text" else str(value).replace(".", point)

    lines = [[column.name for column in columns]]
    lines += [[cell(column, value) for column, value in zip(columns, row, strict=True)] for row in rows]
    return "".join("\t".join(line) + "\n" for line in lines)


class Copying(QObject):
    """The menus of a window's plots.

    Args:
        window: Whose.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._numbers: dict[QWidget, tuple[Numbers, ...]] = {}
        self._add(window.equation)
        self._add(window.network)
        self._add(window.inspector)
        self._add(
            window.curves,
            ("Copy &losses, an epoch a line", lambda: self._curves("loss", batches=False)),
            ("Copy &accuracies, an epoch a line", lambda: self._curves("accuracy", batches=False)),
            ("Copy losses, a &batch a line", lambda: self._curves("loss", batches=True)),
            ("Copy accuracies, a batch a l&ine", lambda: self._curves("accuracy", batches=True)),
        )
        self._add(window.units, ("Copy &numbers", window.units.numbers))
        self._add(window.compare, ("Copy &numbers", window.compare.numbers))
        window.installEventFilter(self)

    def menu(self, view: QWidget) -> QMenu:
        """The menu of a view; it goes when it is closed."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy &picture").triggered.connect(lambda: self.copy_picture(view))
        for text, numbers in self._numbers[view]:
            menu.addAction(text).triggered.connect(partial(self._copy_numbers, numbers))
        return menu

    def copy_picture(self, view: QWidget) -> None:
        """Put a view into the clipboard."""
        QGuiApplication.clipboard().setImage(picture(view))
        self._window.toast.say("Picture copied")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Open the menu of the view that is under the mouse, or has the focus."""
        if event.type() != QEvent.Type.ContextMenu or not isinstance(event, QContextMenuEvent):
            return super().eventFilter(watched, event)
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        if watched is self._window:
            # The window has the focus unless someone pressed Tab: the key is then the equation's.
            if not by_key or not self._window.equation.isVisible():
                return False
            view: QWidget | None = self._window.equation
        else:
            view = self._view_of(watched)
        if view is None:
            return super().eventFilter(watched, event)
        at = view.mapToGlobal(view.rect().center()) if by_key else event.globalPos()
        self.menu(view).popup(at)
        return True

    def _add(self, view: QWidget, *numbers: Numbers) -> None:
        self._numbers[view] = numbers
        for widget in (view, *view.findChildren(QWidget)):
            if not isinstance(widget, _WITH_MENUS_OF_THEIR_OWN):
                widget.installEventFilter(self)  # pyqtgraph must not come first

    def _view_of(self, watched: QObject) -> QWidget | None:
        widget = watched if isinstance(watched, QWidget) else None
        while widget is not None and widget not in self._numbers:
            widget = widget.parentWidget()
        return widget

    def _copy_numbers(self, numbers: Callable[[], str], *_: object) -> None:
        text = numbers()
        if text:
            QGuiApplication.clipboard().setText(text)
            lines = text.count("\n") - 1
            how = "" if decimal_point() == "." else " of this system, with a decimal comma"
            self._window.toast.say(f"{lines:,} line{'s' * (lines != 1)} of numbers copied, for a spreadsheet{how}")
        else:
            self._window.toast.say("There are no numbers yet. Start a run first")

    def _curves(self, figure: Any, *, batches: bool) -> str:
        runs = [run.record for run in self._window.book.runs if run.visible and len(run.history)]
        if not runs:
            return ""
        if batches:
            return tab_separated(batch_columns(figure), batch_rows(figure, runs), point=decimal_point())
        return tab_separated(epoch_columns(figure), epoch_rows(figure, runs), point=decimal_point())
