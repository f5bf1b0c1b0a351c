"""Figures by Matplotlib, with no Qt: equations, curves, units, network, comparison. The window imports it late."""

from explorer.export.figures.drawing import FIGURES, draw, figure_pixels, preview, render
from explorer.export.figures.equation import EquationFigure

__all__ = ["FIGURES", "EquationFigure", "draw", "figure_pixels", "preview", "render"]
