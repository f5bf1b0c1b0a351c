"""The tour: it points at real controls, moves on when the person acts, and is in nobody's way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.settings import Settings
from explorer.gui import theme
from explorer.gui.tour import Tour, TourStep, usual_steps
from explorer.gui.tour_bubble import TourBubble
from tests.gui.conftest import Driver


class Room(QWidget):
    """A window with one control, and a signal that it was used."""

    used = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.resize(760, 560)
        self.control = QPushButton("here", self)
        self.control.setGeometry(300, 250, 80, 30)
        self.ends: list[bool] = []

    def tour(self, count: int = 2) -> Tour:
        steps = [TourStep(lambda: self.control, f"step {k}", self.used) for k in range(count)]
        tour = Tour(self, steps)
        tour.apply_theme(theme.LIGHT)
        tour.ended.connect(self.ends.append)
        tour.start()
        return tour


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    window = Room()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def bubble_of(tour: Tour) -> TourBubble:
    assert tour.bubble is not None
    return tour.bubble


def rect_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def points_at(tour: Tour, widget: QWidget) -> bool:
    """Whether the arrow ends close to a control, and the bubble covers nothing of it and is inside the window."""
    bubble, target = bubble_of(tour), rect_of(widget)
    tip = bubble.arrow_tip()
    return (
        tip is not None
        and bubble.isVisible()
        and target.adjusted(-6, -6, 6, 6).contains(tip)
        and not bubble.geometry().intersects(target)
        and bubble.parentWidget().rect().contains(bubble.geometry())
    )


def test_it_moves_on_when_the_person_acts_and_ends_completed(room: Room) -> None:
    tour = room.tour()
    assert bubble_of(tour).text() == "1 of 2: step 0"
    room.used.emit(1)
    assert bubble_of(tour).text() == "2 of 2: step 1"
    assert room.ends == []
    room.used.emit(1)
    assert room.ends == [True]
    assert tour.at is None
    room.used.emit(1)
    assert room.ends == [True], "nothing is listened to any more"


def test_skipping_ends_it_once(room: Room) -> None:
    tour = room.tour()
    bubble_of(tour).skip.click()
    tour.skip()
    assert room.ends == [False]


@pytest.mark.parametrize("corner", [(0, 0), (680, 0), (0, 530), (680, 530), (340, 0), (340, 530), (0, 260), (680, 260)])
def test_it_points_at_the_control_wherever_that_is(room: Room, corner: tuple[int, int]) -> None:
    tour = room.tour()
    room.control.move(*corner)
    assert points_at(tour, room.control)


def test_it_follows_when_what_holds_the_control_moves(room: Room) -> None:
    holder = QWidget(room)
    holder.setGeometry(0, 0, 400, 300)
    holder.show()
    room.control.setParent(holder)
    room.control.setGeometry(100, 120, 80, 30)
    room.control.show()
    tour = room.tour()
    holder.move(300, 200)
    assert points_at(tour, room.control)
    room.resize(700, 500)
    assert points_at(tour, room.control)


def test_it_waits_while_the_control_is_hidden(room: Room) -> None:
    tour = room.tour()
    room.control.hide()
    assert not bubble_of(tour).isVisible()
    room.control.show()
    assert points_at(tour, room.control)


def test_a_control_that_floats_in_another_window_is_not_pointed_at(room: Room, qtbot: QtBot) -> None:
    tour = room.tour()
    other = QWidget()
    qtbot.addWidget(other)
    room.control.setParent(other)
    room.control.show()
    with qtbot.waitExposed(other):
        other.show()
    assert bubble_of(tour).isVisible()
    assert bubble_of(tour).arrow_tip() is None


def test_it_takes_neither_the_focus_nor_the_keys(driver: Driver) -> None:
    driver.ready()
    tour = Tour(driver.window, usual_steps(driver.window))
    focused = QApplication.focusWidget()
    tour.start()
    assert QApplication.focusWidget() is focused
    bubble_of(tour).skip.setFocus(Qt.FocusReason.TabFocusReason)
    driver.qtbot.keyClick(bubble_of(tour).skip, Qt.Key.Key_T)
    assert driver.window.stage.mode == "inference", "what the button has no use for is the window's"
    bubble_of(tour).skip.click()
    assert tour.at is None


class Ends(QObject):
    def __init__(self, tour: Tour) -> None:
        super().__init__()
        self.all: list[bool] = []
        tour.ended.connect(self.all.append)


def test_the_usual_steps_from_the_first_start_to_the_end(driver: Driver) -> None:
    window = driver.window
    driver.ready()
    tour = Tour(window, usual_steps(window))
    ends = Ends(tour)
    tour.start()
    assert points_at(tour, window.start_page.start)
    assert bubble_of(tour).text().startswith("1 of 3: Press Start")
    driver.run()
    assert tour.at == 1
    assert points_at(tour, window.transport.inference)
    driver.show(2)
    assert tour.at == 1, "training goes on: nobody has acted"
    driver.qtbot.keyClick(window, Qt.Key.Key_T)
    assert tour.at == 2
    assert points_at(tour, window.form.field("rate_2"))
    slider, _ = window.form.field("rate_2").controls()
    driver.qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert tour.at == 2, "at inference a rate does nothing that could be seen"
    driver.qtbot.keyClick(window, Qt.Key.Key_T)
    driver.qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert ends.all == [True]


def test_start_is_the_small_button_where_there_is_no_start_page(driver: Driver) -> None:
    driver.ready()
    tour = Tour(driver.window, usual_steps(driver.window))
    tour.start()
    driver.window.start_page.hide()
    assert points_at(tour, driver.window.transport.play)
    tour.skip()


def test_what_makes_no_sense_is_left_out(driver: Driver) -> None:
    driver.run(Settings(written_as="none"))
    tour = Tour(driver.window, usual_steps(driver.window))
    tour.start()
    assert bubble_of(tour).text().startswith("1 of 1: Now switch")
    tour.skip()


def test_another_panel_does_not_come_over_it(driver: Driver) -> None:
    window = driver.window
    window.start_tour()
    window.toast.say("A sentence.")
    for name in ("compare", "network"):
        window.panels[name].raise_()
        driver.qtbot.waitUntil(lambda: set(_above(window)) <= {"TourBubble", "Toast"})
    assert window._tour is not None
    window._tour.skip()


def _above(window: QWidget) -> list[str]:
    """The widgets of a window from the first that lies over it on."""
    children = [type(child).__name__ for child in window.children() if isinstance(child, QWidget)]
    return children[min(children.index("TourBubble"), children.index("Toast")) :]
