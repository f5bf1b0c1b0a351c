"""The timeline by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.gui.timeline import Mark, Timeline


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    timeline = Timeline()
    timeline.resize(900, 30)
    qtbot.addWidget(timeline)
    with qtbot.waitExposed(timeline):
        timeline.show()
    timeline.show_position(500, 1000, 50, live=True)
    return timeline


def press(timeline: Timeline, qtbot: QtBot, step: int) -> list[int]:
    chosen: list[int] = []
    timeline.dragged.connect(chosen.append)
    track = timeline.track
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(step)), track.height() // 2))
    return chosen


def test_it_says_where_it_is(timeline: Timeline) -> None:
    assert timeline.text() == "batch 500 of 1,000 · epoch 10"
    assert timeline.live.isChecked()


def test_a_click_jumps_there(timeline: Timeline, qtbot: QtBot) -> None:
    assert press(timeline, qtbot, 250) == pytest.approx([250], abs=2)


def test_a_drag_goes_through_the_batches(timeline: Timeline, qtbot: QtBot) -> None:
    chosen = press(timeline, qtbot, 100)
    track = timeline.track
    for step in (200, 300):
        qtbot.mouseMove(track, QPoint(round(track.x_of(step)), 5))
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert chosen == pytest.approx([100, 200, 300], abs=2)


def test_the_handle_stays_under_the_mouse_while_batches_are_added(timeline: Timeline, qtbot: QtBot) -> None:
    press(timeline, qtbot, 250)
    timeline.show_position(251, 1100, 50, live=False)
    assert timeline.track.maximum() == 1000
    qtbot.mouseRelease(timeline.track, Qt.MouseButton.LeftButton)
    timeline.show_position(251, 1100, 50, live=False)
    assert timeline.track.maximum() == 1100


def test_being_told_where_it_is_is_no_choice(timeline: Timeline) -> None:
    chosen: list[int] = []
    timeline.dragged.connect(chosen.append)
    timeline.show_position(3, 1000, 50, live=False)
    assert chosen == []
    assert not timeline.live.isChecked()


def test_live_goes_back_and_stays_pressed(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.show_position(3, 1000, 50, live=False)
    with qtbot.waitSignal(timeline.live_pressed, timeout=1000):
        timeline.live.click()
    assert timeline.live.isChecked()
    timeline.live.click()
    assert timeline.live.isChecked()


def test_a_change_is_marked_where_it_took_effect(timeline: Timeline) -> None:
    before = timeline.grab().toImage()
    timeline.track.show_marks([Mark(250, "rate 2: 0.50 → 0.30")])
    after = timeline.grab().toImage()
    track = timeline.track
    changed = [
        x - track.x()
        for x in range(after.width())
        if any(before.pixel(x, y) != after.pixel(x, y) for y in range(after.height()))
    ]
    assert changed
    assert min(changed) == pytest.approx(track.x_of(250) - 6, abs=2)
    assert max(changed) == pytest.approx(track.x_of(250) + 6, abs=2)


def test_without_a_run_nothing_can_be_pressed(timeline: Timeline) -> None:
    timeline.show_position(0, 0, 0, live=True)
    assert not timeline.track.isEnabled()
    assert not timeline.live.isEnabled()
    assert timeline.text() == "no batch yet"
