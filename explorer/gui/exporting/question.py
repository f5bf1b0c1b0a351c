"""The question before files are replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

_NAMES_SHOWN: Final = 8


def ask_to_replace(parent: QWidget, there: Sequence[str], then: Callable[[], object]) -> None:
    """Ask whether files may be replaced. Enter and Escape keep them.

    Args:
        parent: Over which window.
        there: Their names.
        then: Called when they may.
    """
    shown = [*there[:_NAMES_SHOWN], *[f"and {len(there) - _NAMES_SHOWN} more"] * (len(there) > _NAMES_SHOWN)]
    question = QMessageBox(parent)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    question.setIcon(QMessageBox.Icon.Question)
    question.setWindowTitle("Replace files?")
    question.setTextFormat(Qt.TextFormat.PlainText)
    question.setText(f"{'This file is' if len(there) == 1 else f'{len(there)} files are'} in the folder already:")
    question.setInformativeText("\n".join(shown))
    replace_them = question.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    keep = question.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
    question.setDefaultButton(keep)
    question.setEscapeButton(keep)
    replace_them.clicked.connect(then)
    question.open()
