"""A file or a folder dragged over the window, and dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from explorer.engine.settings import Settings
from tests.gui.conftest import Driver


def mime(*addresses: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address) for address in addresses])
    return data


def drag(driver: Driver, data: QMimeData, onto: QWidget | None = None) -> bool:
    event = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(onto or driver.window, event)
    return event.isAccepted()


def drop(driver: Driver, data: QMimeData, onto: QWidget | None = None) -> None:
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(onto or driver.window, event)


def test_a_file_dropped_on_any_part_is_loaded(driver: Driver) -> None:
    driver.ready()
    overlay = driver.window.overlay
    data = mime("file:///data/my%20reviews.csv")
    assert drag(driver, data, driver.window.equation)
    assert overlay.isVisible()
    assert overlay.size() == driver.window.size()
    assert overlay.text() == "Drop to open these reviews"
    assert drag(driver, data, overlay)
    drop(driver, data, overlay)
    assert not overlay.isVisible()
    assert driver.session.last("load") == Settings(data="/data/my reviews.csv")


def test_no_box_takes_a_dropped_file_for_its_text(driver: Driver) -> None:
    assert not any(box.lineEdit().acceptDrops() for box in driver.window.findChildren(QAbstractSpinBox))


def test_dragging_on_leaves_nothing_behind(driver: Driver) -> None:
    drag(driver, mime("file:///data/reviews.csv"))
    QApplication.sendEvent(driver.window.overlay, QDragLeaveEvent())
    assert not driver.window.overlay.isVisible()


@pytest.mark.parametrize(
    ("addresses", "sentence"),
    [
        (("file:///a.csv", "file:///b.csv"), "Drop one file or one folder: these are 2."),
        (
            ("https://example.org/a.csv",),
            "Drop one file or one folder of this computer: https://example.org/a.csv is an address on the web.",
        ),
    ],
)
def test_what_cannot_be_opened_is_told(driver: Driver, addresses: tuple[str, ...], sentence: str) -> None:
    driver.ready()
    loads = driver.session.names().count("load")
    assert drag(driver, mime(*addresses))
    assert driver.window.overlay.text() == "Drop one file or one folder"
    drop(driver, mime(*addresses))
    assert driver.window.notices.failed.text() == sentence
    assert not driver.window.notices.again_button.isVisible()
    assert driver.session.names().count("load") == loads


def test_dragged_text_is_none_of_the_windows_business(driver: Driver) -> None:
    data = QMimeData()
    data.setText("a warm film")
    assert not drag(driver, data)
    assert not driver.window.overlay.isVisible()
