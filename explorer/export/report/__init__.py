"""One page on a run or on several: settings, figures, tables, code, and how to run it again."""

from explorer.export.report.page import report

__all__ = ["report"]
