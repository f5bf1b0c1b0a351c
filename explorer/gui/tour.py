"""The first minute: a bubble beside a real control says what to do, and moves on when the person has done it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QMetaObject, QObject, QPoint, QRect, Signal, SignalInstance
from PySide6.QtWidgets import QScrollArea, QWidget

from explorer.engine.settings import Settings
from explorer.gui import theme
from explorer.gui.tour_bubble import TourBubble

_MOVES: Final = frozenset(
    {
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.ParentChange,
        QEvent.Type.EnabledChange,
    }
)

Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class TourStep:
    """Something to do.

    Attributes:
        anchor: Finds the control to point at; None, or a hidden control, makes the bubble wait.
        text: What to do and what to look at.
        done: A signal that comes when the person did it; or a function that is given what to call then, connects it,
            and returns the connection.
    """

    anchor: Callable[[], QWidget | None]
    text: str
    done: SignalInstance | Callable[[Act], QMetaObject.Connection]


class Tour(QObject):
    """Leads through some steps. Nothing is locked meanwhile: the person uses the program itself.

    Attributes:
        ended: The tour is over; True when every step was done.
        bubble: The bubble; None before the start and after the end.

    Args:
        parent_window: The main window.
        steps: In order.
    """

    ended = Signal(bool)

    def __init__(self, parent_window: QWidget, steps: Sequence[TourStep]) -> None:
        super().__init__(parent_window)
        self._window = parent_window
        self._steps = tuple(steps)
        self._palette = theme.DARK
        self._at = -1
        self._connection: QMetaObject.Connection | None = None
        self._watched: list[QWidget] = []
        self._scrolled = False
        self.bubble: TourBubble | None = None

    @property
    def at(self) -> int | None:
        """The step in hand, counted from 0; None when the tour does not run."""
        return self._at if self.bubble is not None else None

    def apply_theme(self, palette: theme.Palette) -> None:
        """Other colours."""
        self._palette = palette
        if self.bubble is not None:
            self.bubble.apply_theme(palette)

    def start(self) -> None:
        """Begin with the first step; a tour that runs begins again."""
        self._leave_step()
        if self.bubble is None:
            self.bubble = TourBubble(self._window)
            self.bubble.apply_theme(self._palette)
            self.bubble.skip_pressed.connect(self.skip)
        self._begin(0)

    def skip(self) -> None:
        """End it here."""
        self._end(completed=False)

    def _begin(self, at: int) -> None:
        if at == len(self._steps):
            self._end(completed=True)
            return
        assert self.bubble is not None
        self._at = at
        self._scrolled = False
        step = self._steps[at]
        self.bubble.say(at + 1, len(self._steps), step.text)
        act = partial(self._acted, at)
        if isinstance(step.done, SignalInstance):
            self._connection = step.done.connect(lambda *_: act())
        else:
            self._connection = step.done(act)
        self._follow()

    def _acted(self, at: int) -> None:
        if self.bubble is not None and at == self._at:
            self._leave_step()
            self._begin(at + 1)

    def _leave_step(self) -> None:
        if self._connection is not None:
            QObject.disconnect(self._connection)
            self._connection = None
        self._watch([])

    def _end(self, *, completed: bool) -> None:
        if self.bubble is None:
            return
        self._leave_step()
        self.bubble.hide()
        self.bubble.deleteLater()
        self.bubble = None
        self._at = -1
        self.ended.emit(completed)

    # -- following the control --

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The control, or something that holds it, has moved, come or gone."""
        if event.type() in _MOVES:
            self._follow()
        return False

    def _follow(self) -> None:
        """Put the bubble where the control is now."""
        if self.bubble is None:
            return
        anchor = self._steps[self._at].anchor()
        self._watch(self._chain(anchor))
        if anchor is None or not anchor.isVisible():
            self.bubble.hide()
            return
        self._scroll_to(anchor)
        self.bubble.point_at(self._target(anchor), self._window.rect().adjusted(4, 4, -4, -4))
        self.bubble.show()
        self.bubble.raise_()

    def _target(self, anchor: QWidget) -> QRect | None:
        """Where the control is in the window; None for one that floats in a window of its own."""
        if anchor.window() is not self._window:
            return None
        return QRect(anchor.mapTo(self._window, QPoint()), anchor.size())

    def _chain(self, anchor: QWidget | None) -> list[QWidget]:
        """What moves the control: itself and all that it lies in."""
        chain = [self._window]
        while anchor is not None and anchor is not self._window:
            chain.append(anchor)
            anchor = anchor.parentWidget()
        return chain

    def _watch(self, widgets: list[QWidget]) -> None:
        if widgets == self._watched:
            return
        for widget in self._watched:
            with contextlib.suppress(RuntimeError):  # deleted meanwhile
                widget.removeEventFilter(self)
        self._watched = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def _scroll_to(self, anchor: QWidget) -> None:
        """Once a step: a control that is scrolled away cannot be used."""
        if self._scrolled:
            return
        self._scrolled = True
        holder = anchor.parentWidget()
        while holder is not None:
            if isinstance(holder, QScrollArea):
                holder.ensureWidgetVisible(anchor)
                return
            holder = holder.parentWidget()


# -- the usual steps --

_START: Final = (
    "Press Start. The network then reads review after review, a batch at a time, and you will see what dropout does "
    "to each."
)
_SWITCH: Final = (
    "Now switch the forward pass. It is the same batch with the same weights, but at inference nothing is dropped: "
    "the mask is 1 everywhere."
)
_RATE: Final = (
    "{} this rate while it trains. It is the share that is dropped. Watch the mask get emptier or fuller, and the "
    "factor follow."
)


def usual_steps(window: Any) -> tuple[TourStep, ...]:
    """The three steps of the first start; what makes no sense as the program stands is left out.

    Args:
        window: The main window, with its `start_page`, `transport`, `stage` and `form`.
    """
    steps = []
    if window.stage.looking.drawn is None:
        steps.append(TourStep(partial(_start_button, window), _START, window.stage.drawn))
    steps.append(TourStep(partial(_other_mode, window), _SWITCH, partial(_when_mode_changes, window)))
    if _rate(window) is not None:
        # The step before ends in the other mode, and a rate does nothing at inference.
        begin = "Last: drag" if window.stage.mode == "inference" else "Last: switch back to Training and drag"
        steps.append(TourStep(partial(_rate, window), _RATE.format(begin), partial(_when_rate_changes, window)))
    return tuple(steps)


def _start_button(window: Any) -> QWidget:
    large: QWidget = window.start_page.start
    small: QWidget = window.transport.play
    return large if large.isVisible() else small


def _other_mode(window: Any) -> QWidget:
    switch: QWidget = window.transport.inference if window.stage.mode == "training" else window.transport.training
    return switch


def _rate(window: Any) -> QWidget | None:
    """The editor of the rate of a place that has dropout."""
    for name in ("rate_2", "rate_1"):
        field: QWidget = window.form.field(name)
        if field.isEnabled():
            return field
    return None


def _when_mode_changes(window: Any, act: Act) -> QMetaObject.Connection:
    before = window.stage.mode
    # A batch is drawn anew when the mode changes, by button or by key; most are drawn because training goes on.
    connection: QMetaObject.Connection = window.stage.drawn.connect(
        lambda _: act() if window.stage.mode != before else None
    )
    return connection


def _when_rate_changes(window: Any, act: Act) -> QMetaObject.Connection:
    settings = window.form.settings
    before = (settings.rate_1, settings.rate_2)

    def edited(now: Settings) -> None:
        if (now.rate_1, now.rate_2) != before and window.stage.mode == "training":
            act()

    connection: QMetaObject.Connection = window.form.edited.connect(edited)
    return connection
