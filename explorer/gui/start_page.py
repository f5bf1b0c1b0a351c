"""What the centre shows before there is anything to show: what will appear, the one button, and how far loading is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.snapshot import Loading
from explorer.gui import theme
from explorer.gui.widgets import Button, Readout, plain_label
from explorer.presentation.shown_text import shown

_FIRST = (
    "The network learns to tell good film reviews from bad ones, while you watch. For each batch of reviews you will "
    "see what a hidden layer computes, the random mask that dropout draws, and their product — the numbers that "
    "the next layer really gets."
)
_EXPLANATION = f"{_FIRST} Switch the forward pass to Inference and see the same batch without dropout."
_ROOM_FOR_ALL_OF_IT = 310
"""Pixels at 100 %; on a lower page, between long notices and a panel, the last sentence would be cut."""
_ROOM_FOR_THE_SKETCH = 430
# Which of the sketch's cells are kept, and its activations: at most half of the 8 that the colours reach, since
# the output shows twice of them.
_KEPT = ("1011", "0110", "1101", "0101", "1010")
_VALUES = ("1402", "0231", "3014", "2300", "0142")


class Sketch(QWidget):
    """The equation in small, with made-up numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.DARK
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName("Sketch: activation times mask times factor equals output")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Three small maps and the signs between them."""
        return QSize(560, 170)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        painter = QPainter(self)
        values, mask = theme.value_lut(self._palette), theme.mask_lut(self._palette)
        for k, (left, name) in enumerate(((0, "activation"), (176, "mask"), (448, "output"))):
            for row in range(5):
                for unit in range(4):
                    kept = _KEPT[row][unit] == "1"
                    entry = int(_VALUES[row][unit]) * theme.KEPT // 8
                    output = 2 * entry if kept else theme.DROPPED
                    colour = (values[entry], mask[theme.KEPT if kept else theme.DROPPED], values[output])[k]
                    painter.fillRect(QRectF(left + unit * 28, row * 26, 27, 25), QColor(*(int(c) for c in colour)))
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(QRectF(left, 136, 112, 24), Qt.AlignmentFlag.AlignCenter, name)
        painter.setPen(QColor(self._palette.muted))
        painter.setFont(theme.font(12))
        for x, sign in ((144, "×"), (312, "×"), (424, "=")):
            painter.drawText(self._around(x, 44), Qt.AlignmentFlag.AlignCenter, sign)
        painter.setFont(theme.font(10, bold=True))
        painter.setPen(QColor(self._palette.accent_ink))
        painter.drawText(self._around(368, 90), Qt.AlignmentFlag.AlignCenter, "2.00")

    @staticmethod
    def _around(x: float, width: float) -> QRectF:
        return QRectF(QPointF(x - width / 2, 45), QPointF(x + width / 2, 85))


class StartPage(QWidget):
    """The page. It says what was pressed."""

    start_pressed = Signal()
    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Start page")
        self.sketch = Sketch()
        title = plain_label("Watch dropout happen", "title")
        theme.set_font(title, 13, bold=True)
        self.explanation = explanation = plain_label(_EXPLANATION, wrap=True)
        theme.set_font(explanation, 1)
        explanation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        explanation.setMaximumWidth(680)
        self.start = Button("Start training", "Begin to train (Space)")
        self.start.setObjectName("go")
        theme.set_font(self.start, 3, bold=True)
        self.start.setMinimumSize(220, 46)
        self.hint = plain_label("or press Space", "muted")
        self._message = plain_label("", "muted")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName("Progress of loading")
        self._share = Readout("Share done", align=Qt.AlignmentFlag.AlignRight, sample="100 %", muted=True)
        self._share.setFixedWidth(self._share.sizeHint().width() + 4)
        self.cancel = Button("Cancel", "Give up loading; what was there before stays")
        self._loading = QWidget()
        policy = self._loading.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # what stands above must not jump when loading begins or ends
        self._loading.setSizePolicy(policy)
        self._lay_out(title, explanation)
        self.start.clicked.connect(self.start_pressed)
        self.cancel.clicked.connect(self.cancel_pressed)
        self.show_ready()

    def _lay_out(self, title: QLabel, explanation: QLabel) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self._bar, 1)
        bar.addWidget(self._share)
        bar.addWidget(self.cancel)
        loading = QVBoxLayout(self._loading)
        loading.setContentsMargins(0, 0, 0, 0)
        loading.addWidget(self._message)
        loading.addLayout(bar)
        self._loading.setFixedWidth(460)
        middle = Qt.AlignmentFlag.AlignHCenter
        text = QHBoxLayout()
        text.addStretch(1)
        text.addWidget(explanation, 8)
        text.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.addStretch(2)
        column.addWidget(title, 0, middle)
        column.addSpacing(8)
        column.addLayout(text)
        column.addSpacing(10)
        column.addWidget(self.sketch, 0, middle)
        column.addSpacing(8)
        column.addWidget(self.start, 0, middle)
        column.addWidget(self.hint, 0, middle)
        column.addSpacing(10)
        column.addWidget(self._loading, 0, middle)
        column.addStretch(3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Without the sketch, which gives way on a low screen."""
        return QSize(520, 270)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the sketch where there is room for it."""
        super().resizeEvent(event)
        self.sketch.setVisible(self.height() >= _ROOM_FOR_THE_SKETCH)
        self.explanation.setText(_EXPLANATION if self.height() >= theme.scaled(_ROOM_FOR_ALL_OF_IT) else _FIRST)
        # A layout takes the last pixels from wrapped text first.
        wide = min(self.explanation.maximumWidth(), round(0.8 * self.width()) - 48)
        self.explanation.setMinimumHeight(self.explanation.heightForWidth(wide))

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self.sketch.apply_theme(palette)

    def message(self) -> str:
        """What is being loaded."""
        return self._message.text()

    def share(self) -> str:
        """How much of it is done; empty when that is unknown."""
        return self._share.text()

    def loading_shown(self) -> bool:
        """Whether a progress bar is shown."""
        return not self._loading.isHidden()

    def show_ready(self) -> None:
        """Nothing is under way."""
        self._loading.hide()
        self.show_starting(False)

    def show_loading(self, loading: Loading) -> None:
        """Say what is under way and how far it is."""
        self._message.setText(shown(loading.message))
        self._bar.setRange(0, 0 if loading.fraction is None else 1000)
        self._share.set_text("" if loading.fraction is None else f"{loading.fraction:.0%}".replace("%", " %"))
        if loading.fraction is not None:
            self._bar.setValue(round(loading.fraction * 1000))
        self._loading.show()

    def show_starting(self, starting: bool) -> None:
        """Whether a run was asked for and will begin by itself."""
        self.start.setEnabled(not starting)
        self.start.setText("Starting…" if starting else "Start training")
        self.hint.setText("begins as soon as everything is loaded" if starting else "or press Space")
