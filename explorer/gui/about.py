"""What this program is, and what it runs on: for people, and for reports of bugs."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer import __version__
from explorer.engine.environment import environment
from explorer.gui.icons import app_icon

_PURPOSE: Final = (
    "Watch dropout happen: a network learns from film reviews, and every batch's mask and scaling are drawn.\n"
    "MIT licence."
)
_LABELS: Final = {
    "python": "Python",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "system": "System",
}


def details() -> str:
    """Names and versions, one a line. TensorFlow is not imported for it."""
    told = environment()
    lines = [f"Dropout Explorer {__version__}", *(f"{label} {told[name]}" for name, label in _LABELS.items())]
    return "\n".join((*lines, f"Qt {qVersion()} ({QGuiApplication.platformName()})"))


def show_about(window: QWidget) -> QMessageBox:
    """Show it over a window, until it is closed."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Dropout Explorer")
    box.setIconPixmap(app_icon().pixmap(64, 64))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_PURPOSE)
    box.setInformativeText(details())
    copy = box.addButton("Copy", QMessageBox.ButtonRole.ActionRole)
    copy.setToolTip("Copy the versions, for a report of a bug")
    copy.clicked.disconnect()  # it would close the box
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details()))
    close = box.addButton(QMessageBox.StandardButton.Close)
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    box.open()
    return box
