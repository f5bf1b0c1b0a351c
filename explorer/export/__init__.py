"""Figures, tables, animations, code and run files; no widget is needed to call any of it."""
