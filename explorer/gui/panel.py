"""A view in a dock: it can be moved, stacked, floated and closed, and it says what it shows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from explorer.gui.widgets import Button, plain_label

WHAT: Final = "What am I looking at?"
_ASIDE: Final = 24
"""Pixels from its place to where a panel floats."""


class _Bar(QWidget):
    """The title bar of a panel."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.setObjectName("panelBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._what = panel.what
        self._least: QSize | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 4, 1)
        row.setSpacing(4)
        row.addWidget(plain_label(panel.windowTitle(), "panelTitle"))
        row.addStretch(1)
        row.addWidget(panel.what)
        for text, tip, act in (
            ("❐", "Float this panel, or put it back", panel.float_or_dock),
            ("✕", "Close this panel; the View menu has it", panel.close),
        ):
            button = QToolButton()
            button.setObjectName("close")
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{panel.windowTitle()}: {tip}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(act)
            row.addWidget(button)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Where there is little room, the question is its mark alone."""
        # Asked for a hundred times in every layout of the window.
        if self._least is None:
            whole = super().minimumSizeHint()
            self._least = QSize(whole.width() - self._what.sizeHint().width() + self._width_of("?"), whole.height())
        return self._least

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Ask in as many words as there is room for."""
        super().resizeEvent(event)
        self._ask()

    def event(self, event: QEvent) -> bool:
        """Text of another size needs other room."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._least = None
            self._ask()
        return done

    def _ask(self) -> None:
        rest = super().minimumSizeHint().width() - self._what.sizeHint().width()
        self._what.setText(WHAT if rest + self._width_of(WHAT) <= self.width() else "?")

    def _width_of(self, text: str) -> int:
        """How wide the button is with a text."""
        metrics = self._what.fontMetrics()
        now = metrics.horizontalAdvance(self._what.text())
        return self._what.sizeHint().width() - now + metrics.horizontalAdvance(text)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Left to the dock, which floats."""
        event.ignore()


class Panel(QDockWidget):
    """A dock around a view. Behind another one's tab the view is hidden, so that it computes and draws nothing.

    Attributes:
        what_asked: *What am I looking at?* was pressed.
        seen: The view has become visible.
        view: The view.
    """

    what_asked = Signal()
    seen = Signal()

    def __init__(self, name: str, title: str, view: QWidget, *, areas: Qt.DockWidgetArea | None = None) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.view = view
        # To Qt a dock behind a tab is visible, only moved out of the window; what is in it is told here, and keeps its
        # room, so that the docks do not change their sizes with the tab.
        policy = view.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        view.setSizePolicy(policy)
        self.setWidget(view)
        if areas is not None:
            self.setAllowedAreas(areas)
        self.what = Button(WHAT, f"{title}: what is shown here, in plain words")
        self.what.setObjectName("what")
        self.what.setAccessibleName(f"{title}: {WHAT.lower()}")
        self.what.clicked.connect(self.what_asked)
        self.setTitleBarWidget(_Bar(self))
        self.visibilityChanged.connect(self._seen)
        self.topLevelChanged.connect(self._floated)

    def _floated(self, floating: bool) -> None:
        edge = 2 if floating else 0
        self.setContentsMargins(edge, edge, edge, edge)
        if floating:  # of a panel that comes out from behind a tab Qt says no more than this
            self._seen(True)

    def float_or_dock(self) -> None:
        """Float, a little beside its place so that it is seen to, or go back."""
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.move(self.pos() - QPoint(_ASIDE, _ASIDE))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Floating, it has a frame: window systems give none to what has a title bar of its own."""
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _seen(self, visible: bool) -> None:
        self.view.setVisible(visible)
        if visible:
            self.seen.emit()
