"""Every control of every panel is reached by Tab and has a name; the layout is remembered and can be reset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider, QWidget

from explorer.gui.views.heatmap import Heatmap
from tests.gui.conftest import Driver
from tests.gui.scripted import ScriptedSession, make_history

PANELS = ("settings", "curves", "network", "units", "inspector", "compare", "code")


def focusable(driver: Driver) -> list[QWidget]:
    """All that Tab stops at now."""
    return [
        widget
        for widget in driver.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
    ]


@pytest.mark.parametrize("name", PANELS)
def test_all_that_can_be_operated_has_a_name_and_is_reached(driver: Driver, name: str) -> None:
    driver.run()
    window = driver.window
    window.panels[name].raise_()
    nameless = [
        widget
        for widget in focusable(driver)
        if not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and widget.focusProxy() is None
        and widget.objectName() not in ("qt_spinbox_lineedit", "qt_tabwidget_tabbar")
    ]
    assert nameless == []
    operated = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider)
    unreachable = [
        widget
        for widget in window.panels[name].findChildren(QWidget)
        if isinstance(widget, operated)
        and widget.isVisible()
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")
    ]
    assert unreachable == []
    chain: set[QWidget] = set()
    widget: QWidget = window
    while (widget := widget.nextInFocusChain()) is not window:
        chain.add(widget)
    assert set(focusable(driver)) - {window} <= chain


def test_tab_goes_through_the_window_and_comes_back(driver: Driver) -> None:
    driver.run(history=make_history(3))
    window = driver.window
    window.activateWindow()
    stops = []
    for _ in range(200):
        driver.qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        stops.append(window.focusWidget())
        if len(stops) > 1 and stops[-1] is stops[0]:
            break
    assert stops[-1] is stops[0], "Tab comes round"
    for control in (window.transport.play, window.steps.batch, window.timeline.track, window.equation.layer):
        assert control in stops


def test_panels_stay_where_they_were_put(make_window: Callable[[ScriptedSession], Driver], driver: Driver) -> None:
    window = driver.window
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.panels["network"])
    window.panels["code"].close()
    window.close()
    again = make_window(ScriptedSession()).window
    assert again.dockWidgetArea(again.panels["network"]) is Qt.DockWidgetArea.RightDockWidgetArea
    assert not again.panels["code"].toggleViewAction().isChecked()
    again.reset_layout()
    assert again.dockWidgetArea(again.panels["network"]) is Qt.DockWidgetArea.BottomDockWidgetArea
    assert again.panels["code"].toggleViewAction().isChecked()
    assert again.curves.isVisible()


def test_text_size_and_colours_are_remembered(make_window: Callable[[ScriptedSession], Driver], driver: Driver) -> None:
    window = driver.window
    window.resize(1440, 900)  # larger text wants room
    before = window.font().pointSizeF()
    driver.qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    window.choose_colour_map("cividis")
    assert window.font().pointSizeF() == pytest.approx(1.15 * before)
    window.close()
    again = make_window(ScriptedSession()).window
    assert again.font().pointSizeF() == pytest.approx(1.15 * before)
    assert again.remembered.colour_map == "cividis"
    driver.qtbot.keyClick(again, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert again.font().pointSizeF() == pytest.approx(before)


def _larger(heatmap: Heatmap, plots: tuple[QWidget, ...]) -> bool:
    return all(heatmap.map_rect().height() > plot.height() for plot in plots)


def test_the_heatmaps_are_the_largest(driver: Driver) -> None:
    driver.run()
    window = driver.window
    for size in ((1280, 720), (1440, 900), (1920, 1080)):
        window.resize(*size)
        window.reset_layout()
        heatmap, plots = window.equation.row.maps[0], (window.curves.loss, window.curves.accuracy)
        # Docks glide to their places.
        driver.qtbot.waitUntil(partial(_larger, heatmap, plots))
