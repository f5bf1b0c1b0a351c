"""A widget that lies over its window stays there: Qt raises panels and the centre when a tab is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_OVER: Final = "overlay"


class OnTop(QObject):
    """Raises a widget after any of its siblings was raised.

    Args:
        widget: Made after those that it lies over; it owns this.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setProperty(_OVER, True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(widget.raise_)
        window = widget.parentWidget()
        assert window is not None
        for sibling in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not sibling.property(_OVER):  # two of them would raise each other for ever
                sibling.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A sibling was raised; others may be, in the same go."""
        if event.type() == QEvent.Type.ZOrderChange:
            self._soon.start()
        return super().eventFilter(watched, event)
