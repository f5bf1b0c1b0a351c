"""A view in a dock: it can be moved, stacked, floated and closed, and it says what it shows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from explorer.gui.widgets import Button, plain_label

WHAT: Final = "What am I looking at?"


class _Bar(QWidget):
    """The title bar of a panel."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.setObjectName("panelBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 6, 1)
        row.setSpacing(4)
        row.addWidget(plain_label(panel.windowTitle(), "panelTitle"))
        row.addStretch(1)
        row.addWidget(panel.what)
        for text, tip, act in (
            ("❐", "Float this panel, or put it back", lambda: panel.setFloating(not panel.isFloating())),
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Left to the dock, which floats."""
        event.ignore()


class Panel(QDockWidget):
    """A dock around a view.

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
        self.setWidget(view)
        if areas is not None:
            self.setAllowedAreas(areas)
        self.what = Button(WHAT, f"{title}: what is shown here, in plain words")
        self.what.setObjectName("what")
        self.what.setAccessibleName(f"{title}: {WHAT.lower()}")
        self.what.clicked.connect(self.what_asked)
        self.setTitleBarWidget(_Bar(self))
        self.visibilityChanged.connect(self._seen)

    def _seen(self, visible: bool) -> None:
        if visible:
            self.seen.emit()
