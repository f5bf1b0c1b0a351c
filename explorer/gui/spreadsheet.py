"""Decimal point of the spreadsheets of this system, for tables that are copied."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def decimal_point() -> str:
    """A comma where the locale has one; a spreadsheet there takes `0.5` for a text or a date."""
    return "," if QLocale().decimalPoint() == "," else "."
