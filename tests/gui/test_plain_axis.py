"""The axis that is drawn quickly looks like the one that it stands for."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.gui import theme
from explorer.gui.views.plain_axis import PlainAxis

TICKS = [(-3.0, "outside"), (0.0, "0"), (2.0, "14"), (4.5, "a wide one"), (9.0, "9"), (10.0, "at the very end")]


def drawn(qtbot: QtBot, kind: type[pg.AxisItem], palette: theme.Palette) -> QImage:
    plot = pg.PlotWidget(axisItems={side: kind(side) for side in ("left", "bottom")})
    qtbot.addWidget(plot)
    plot.resize(260, 180)
    theme.style_plot(plot, palette)
    plot.getAxis("left").setWidth(52)
    plot.getAxis("bottom").setHeight(40)
    plot.setLabel("left", "up")
    plot.setLabel("bottom", "across")
    for side in ("left", "bottom"):
        plot.getAxis(side).setTicks([TICKS])
        plot.getAxis(side).enableAutoSIPrefix(False)
    plot.getViewBox().setRange(xRange=(-0.5, 10.0), yRange=(0.0, 10.0), padding=0)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot.grab().toImage()


@pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)
def test_it_draws_what_pyqtgraph_draws(qtbot: QtBot, palette: theme.Palette) -> None:
    mine, theirs = drawn(qtbot, PlainAxis, palette), drawn(qtbot, pg.AxisItem, palette)
    assert mine == theirs
    blank = QImage(mine.size(), mine.format())
    blank.fill(mine.pixelColor(mine.width() - 3, 3))
    assert mine != blank
