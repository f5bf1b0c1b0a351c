"""Entry of a number in a spin box: when what is typed counts, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QFrame, QLabel, QSpinBox, QWidget

from explorer.gui.beside import beside
from explorer.gui.widgets import plain_label

SIGN_MS: Final = 12_000
"""How long the sign of a refusal stays when nothing else is typed."""
_WIDEST: Final = 42
"""Average characters in a line of the sentence."""
_SHOWN: Final = 40

NumberBox = QSpinBox | QDoubleSpinBox


class NumberEntry(QObject):
    """What is being typed into a spin box.

    It counts when it is finished: at Enter, at a step, when the focus leaves the box or the mouse is pressed elsewhere.
    Nothing that is on its way counts: `10` may become `10.000`, and `1` may become `1e-4`, and settings act during a
    run. What is no number leaves the value as it was, with a frame around the box and a sentence beside it.

    Args:
        box: Whose; it owns this. Its validator must let everything be typed: one that swallows a character makes
            another number of the rest.
        objection: What speaks against a text, a sentence without its end; empty when it is a number in the range.
        interpret: Qt's own way to make the text the value, or the value the text where it is none.
        put_back: Makes the value the text.

    Attributes:
        in_progress: Whether something was typed that does not count yet.
    """

    def __init__(
        self,
        box: NumberBox,
        objection: Callable[[str], str],
        interpret: Callable[[], object],
        put_back: Callable[[], object],
    ) -> None:
        super().__init__(box)
        self._box, self._objection, self._interpret, self._put_back = box, objection, interpret, put_back
        self._said: QLabel | None = None
        self._frame: QFrame | None = None
        self.in_progress = False
        self._fading = QTimer(self, singleShot=True, interval=SIGN_MS)
        self._fading.timeout.connect(self._take_back)
        box.lineEdit().textEdited.connect(self._typed)
        box.valueChanged.connect(self._take_back)

    @property
    def refusal(self) -> str:
        """The sentence that is shown; empty when nothing is refused."""
        return self._said.text() if self._said is not None else ""

    def settle(self) -> None:
        """Take what was typed, or refuse it."""
        if not self.in_progress:
            return
        typed = self._box.lineEdit().text()
        objection = self._objection(typed)
        self._end()
        self._interpret()
        if objection:
            self._refuse(f"{objection}: {self._box.text()} stays.")

    def cancel(self) -> None:
        """Forget what was typed."""
        self._end()
        self._put_back()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The mouse is pressed elsewhere: a button must find what was typed, and buttons take no focus."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            box = self._box
            if watched is not box and not box.isAncestorOf(watched) and watched.window() is box.window():
                self.settle()
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._take_back()
        application = QApplication.instance()
        if not self.in_progress and application is not None:
            application.installEventFilter(self)
        self.in_progress = True

    def _end(self) -> None:
        self.in_progress = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def _refuse(self, sentence: str) -> None:
        self._take_back()
        box, window = self._box, self._box.window()
        self._frame = QFrame(box)
        self._frame.setObjectName("refusedFrame")
        self._frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._frame.setGeometry(box.rect())
        self._frame.show()
        self._said = said = plain_label(sentence, "refusal", wrap=True)
        said.setParent(window)
        said.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        said.setFixedWidth(min(_WIDEST * said.fontMetrics().averageCharWidth(), window.width() - 16))
        said.setFixedHeight(said.heightForWidth(said.width()))
        anchor = QRect(box.mapTo(window, QPoint(0, 0)), box.size()).adjusted(0, -4, 0, 4)
        place, _ = beside(
            anchor, said.size(), window.rect().adjusted(8, 8, -8, -8), ("below", "above", "right", "left")
        )
        said.move(place.topLeft())
        said.show()
        said.raise_()
        said.setAccessibleName(sentence)
        QAccessible.updateAccessibility(QAccessibleEvent(said, QAccessible.Event.Alert))
        self._fading.start()

    def _take_back(self) -> None:
        self._fading.stop()
        for part in (self._said, self._frame):
            if part is not None:
                part.hide()
                part.deleteLater()
        self._said = self._frame = None


def quoted(text: str) -> str:
    """A typed text for a sentence, cut where it is long."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
