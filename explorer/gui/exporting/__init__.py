"""Exporting from the window: what to export is chosen here, and done in a process of its own."""
