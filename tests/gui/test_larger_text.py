"""Text grows only as far as there is room for it and for the heatmaps."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication

from explorer.gui.theme import TEXT_SCALES


def test_text_grows_as_far_as_there_is_room_and_says_what_to_do_beyond(driver):
    window = driver.window
    driver.run()
    window.resize(QSize(1130, 800))
    size = window.size()
    room = window.screen().availableSize().expandedTo(size)
    for _ in TEXT_SCALES:
        window.resize_text(1)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        least = window.minimumSizeHint()
        assert least.boundedTo(room) == least
    assert 100 < window.theme.text_scale < TEXT_SCALES[-1], "or this screen is too large for the test"
    assert "enlarge the window" in window.transport.progress_text()
    assert window.remembered.text_scale == window.theme.text_scale
    assert window.size() == size
    window.resize_text(0)
    assert window.theme.text_scale == 100


def test_a_large_window_takes_the_largest_text_and_its_maps_stay_readable(driver, qtbot):
    window = driver.window
    window.resize(QSize(1800, 1100))
    driver.run()
    for _ in TEXT_SCALES:
        window.resize_text(1)
    assert window.theme.text_scale == TEXT_SCALES[-1]
    qtbot.waitUntil(lambda: all(heatmap.map_rect().height() > 80 for heatmap in window.equation.row.maps))
    window.resize_text(0)
