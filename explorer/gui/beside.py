"""Where something goes that belongs beside a control and must not cover it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from PySide6.QtCore import QPoint, QRect, QSize

Side = Literal["below", "above", "right", "left"]
SIDES: Final[tuple[Side, ...]] = ("below", "above", "right", "left")


def beside(anchor: QRect, size: QSize, room: QRect, sides: Sequence[Side] = SIDES) -> tuple[QRect, Side]:
    """A place next to a control, inside a room, and which side of the control it is.

    It is centred on the control as far as the room allows. Where no side has the space it is made smaller, at the side
    that leaves the most of it.

    Args:
        anchor: The control.
        size: Wanted.
        room: Where the place has to be.
        sides: All that may be taken, the best first.
    """
    free = {side: _free(anchor, room, side) for side in sides}
    fitting = (side for side in sides if size.width() <= free[side].width() and size.height() <= free[side].height())
    side = next(fitting, max(sides, key=lambda each: _left_of(size, free[each])))
    space = free[side]
    size = size.boundedTo(space.size())
    place = QRect(QPoint(), size)
    place.moveCenter(anchor.center())
    match side:
        case "below":
            place.moveTop(space.top())
        case "above":
            place.moveBottom(space.bottom())
        case "right":
            place.moveLeft(space.left())
        case "left":
            place.moveRight(space.right())
    place.moveLeft(max(space.left(), min(place.left(), space.right() - place.width() + 1)))
    place.moveTop(max(space.top(), min(place.top(), space.bottom() - place.height() + 1)))
    return place, side


def _free(anchor: QRect, room: QRect, side: Side) -> QRect:
    """The part of the room on one side of the control."""
    free = QRect(room)
    match side:
        case "below":
            free.setTop(max(room.top(), anchor.bottom() + 1))
        case "above":
            free.setBottom(min(room.bottom(), anchor.top() - 1))
        case "right":
            free.setLeft(max(room.left(), anchor.right() + 1))
        case "left":
            free.setRight(min(room.right(), anchor.left() - 1))
    return free


def _left_of(size: QSize, space: QRect) -> int:
    """How many pixels of a size are left when it is cut to a space."""
    cut = size.boundedTo(space.size())
    return max(cut.width(), 0) * max(cut.height(), 0)
