"""What lies behind a tab is hidden in earnest: views compute and draw only what someone can see."""

import pytest
from PySide6.QtGui import QPalette

from explorer.gui.main_window import MainWindow


def seen(window: MainWindow) -> set[str]:
    return {name for name, panel in window.panels.items() if panel.view.isVisible()}


def on_the_screen(window: MainWindow) -> set[str]:
    return {name for name, panel in window.panels.items() if not panel.visibleRegion().isEmpty()}


@pytest.fixture
def shown(driver) -> MainWindow:
    return driver.window


def test_of_the_panels_behind_each_other_only_the_one_in_front_is_visible(shown, qtbot):
    qtbot.waitUntil(lambda: seen(shown) == {"settings", "curves"})
    for name in ("network", "units", "inspector", "compare", "code", "curves"):
        shown.panels[name].raise_()
        qtbot.waitUntil(lambda name=name: seen(shown) == {"settings", name} == on_the_screen(shown))


@pytest.mark.qt_log_ignore("This plugin does not support")  # of the offscreen platform, when a panel floats
def test_a_floating_panel_is_visible_beside_the_one_in_front(shown, qtbot):
    panel = shown.panels["units"]
    panel.setFloating(True)
    qtbot.waitUntil(lambda: seen(shown) == {"settings", "curves", "units"})
    frame = panel.palette().color(QPalette.ColorRole.PlaceholderText)
    picture = panel.grab().toImage()
    width, height = picture.width(), picture.height()
    edges = [(0, 50), (width - 1, 50), (50, 0), (50, height - 1)]
    assert [picture.pixelColor(x, y).name() for x, y in edges] == [frame.name()] * 4
    panel.setFloating(False)
    assert panel.contentsMargins().isNull()
    qtbot.waitUntil(lambda: seen(shown) == on_the_screen(shown) and len(seen(shown)) == 2)


def test_a_closed_panel_is_hidden_and_comes_back_with_its_view(shown, qtbot):
    shown.panels["curves"].close()
    qtbot.waitUntil(lambda: "curves" not in seen(shown) and len(seen(shown)) == 2)
    shown.panels["curves"].show()
    shown.panels["curves"].raise_()
    qtbot.waitUntil(lambda: seen(shown) == {"settings", "curves"})


def test_the_panels_keep_their_height_from_tab_to_tab(shown, qtbot):
    heights = {}
    for name in ("curves", "network", "units", "inspector", "compare", "code"):
        shown.panels[name].raise_()
        qtbot.waitUntil(lambda name=name: name in seen(shown))
        heights[name] = shown.panels[name].height()
    assert len(set(heights.values())) == 1
