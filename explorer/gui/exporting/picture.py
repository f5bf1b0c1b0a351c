"""The preview in its frame: the figure in its proportions, or a sentence in its place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import theme

_SQUARE: Final = 8
_MARGIN: Final = 10
_DRAWING: Final = "Being drawn…"


class PicturePane(QWidget):
    """Shows a picture as large as it fits; what is transparent shows squares."""

    def __init__(self) -> None:
        super().__init__()
        self._palette = theme.DARK
        self._image: QImage | None = None
        self._said = ""
        self._drawing = False
        self._proportion = 16 / 9
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Large enough to read the figure."""
        return QSize(620, 420)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Large enough to see what it is."""
        return QSize(320, 200)

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours around it."""
        self._palette = palette
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    @property
    def said(self) -> str:
        """The sentence that is shown."""
        return _DRAWING if self._drawing else self._said

    def pixels_for(self, proportion: float) -> int:
        """The width, in pixels of the screen, that a picture of this width to height would be shown in."""
        return max(round(self._frame(proportion).width() * self.devicePixelRatio()), 64)

    def show_drawing(self, proportion: float) -> None:
        """A picture is on its way; the one before stays until it is there, paler."""
        self._drawing, self._proportion = True, proportion
        self._tell()

    def show_picture(self, image: QImage) -> None:
        """Show a picture."""
        self._drawing, self._said, self._image = False, "", image
        self._proportion = image.width() / max(image.height(), 1)
        self._tell()

    def say(self, sentence: str) -> None:
        """Show a sentence and no picture."""
        self._drawing, self._said, self._image = False, sentence, None
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.said or "The figure as it will be written")
        self.update()

    def _frame(self, proportion: float) -> QRect:
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        width = min(room.width(), round(room.height() * proportion))
        frame = QRect(0, 0, max(width, 1), max(round(width / proportion), 1))
        frame.moveCenter(room.center())
        return frame

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture, or the sentence, or both."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.panel))
        frame = self._frame(self._proportion)
        if self._image is not None:
            if self._image.pixelColor(0, 0).alpha() < 255:  # its corner is ground
                self._paint_squares(painter, frame)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(0.35 if self._drawing else 1.0)
            painter.drawImage(frame, self._image)
            painter.setOpacity(1.0)
        if self._image is not None or self._drawing:
            painter.setPen(QColor(self._palette.border))
            painter.drawRect(frame.adjusted(-1, -1, 0, 0))
        if self.said:
            self._paint_sentence(painter, frame if self._drawing else self.rect().adjusted(40, 20, -40, -20))

    def _paint_sentence(self, painter: QPainter, room: QRect) -> None:
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        if self._drawing:
            ground = painter.fontMetrics().boundingRect(room, flags, self.said).adjusted(-12, -6, 12, 6)
            painter.setBrush(QColor(self._palette.raised))
            painter.drawRoundedRect(ground, 6, 6)
        painter.setPen(QColor(self._palette.text if self._drawing else self._palette.muted))
        painter.drawText(room, flags, self.said)

    @staticmethod
    def _paint_squares(painter: QPainter, frame: QRect) -> None:
        painter.fillRect(frame, QColor("#ffffff"))
        for row in range(-(-frame.height() // _SQUARE)):
            for column in range(row % 2, -(-frame.width() // _SQUARE), 2):
                square = QRect(frame.x() + column * _SQUARE, frame.y() + row * _SQUARE, _SQUARE, _SQUARE)
                painter.fillRect(square.intersected(frame), QColor("#e4e4e4"))
