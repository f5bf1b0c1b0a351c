"""Figures by Matplotlib, with no Qt: equations, curves, units, network, comparison. The window imports it late."""

from explorer.export.figures.equation import EquationFigure

__all__ = ["EquationFigure"]
