"""What each view costs the training while it is visible, and how late the event loop is meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from explorer.engine.settings import HIDDEN, Settings
from explorer.gui.main_window import MainWindow
from tests.benchmarks.driven import (
    SETTLE_SECONDS,
    BatchClock,
    Script,
    Ticks,
    batches,
    bottom_panels,
    drive,
    finish,
    show_only,
    spread_ms,
    train,
)

USUAL_REVIEWS = 64
LEAST_BATCHES = 20
NOTHING = "no panel (noise)"


def cost(source: str, batch_size: int, seconds: float, seed: int) -> dict[str, Any]:
    """Training time with a view, over that with no panel below the equation.

    Every view is measured between two spells without one, and compared with their mean: drift cancels out. One of the
    views is none at all, and what it "costs" is the noise.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        seconds: How long each spell is.
        seed: Of the order in which the views take their turn.

    Returns:
        By view `ratio`; `epoch_seconds` of training without a panel.
    """
    result: dict[str, Any] = {"ratio": {}}

    def script(window: MainWindow) -> Script:
        clock = BatchClock(window)
        yield from _prepare(window, source, batch_size)
        views = _views(window, batch_size)
        hide = views[NOTHING]
        spells: list[float] = []

        def spell(show: Callable[[], None]) -> Script:
            show()
            yield SETTLE_SECONDS
            since = len(clock.stamps)
            yield seconds
            # On a busy machine an evaluation may fill a whole spell.
            yield lambda: clock.batches(since) >= LEAST_BATCHES
            spells.append(clock.seconds_per_batch(since))

        order = list(views)
        random.Random(seed).shuffle(order)
        yield from spell(hide)
        for name in order:
            yield from spell(views[name])
            yield from spell(hide)
            before, shown, after = spells[-3:]
            result["ratio"][name] = shown / ((before + after) / 2)
        history = window.stage.looking.history
        assert history is not None
        result["epoch_seconds"] = history.batches * sum(spells[::2]) / len(spells[::2])
        result["batches"] = batches(window)

    drive(_settings(source, batch_size), script)
    return result


def delay(source: str, batch_size: int, seconds: float) -> dict[str, Any]:
    """Event-loop delay p50, p99 and maximum in milliseconds while training, by view; arguments as in `cost`."""
    result: dict[str, Any] = {"delay_ms": {}}

    def script(window: MainWindow) -> Script:
        yield from _prepare(window, source, batch_size)
        ticks = Ticks(window)
        for name, show in _views(window, batch_size).items():
            show()
            yield SETTLE_SECONDS
            ticks.start()
            yield seconds
            result["delay_ms"][name] = spread_ms(ticks.stop())

    drive(_settings(source, batch_size), script)
    return result


def _settings(source: str, batch_size: int) -> Settings:
    return Settings(data=source, batch_size=batch_size, epochs=10_000, validation=0)


def _prepare(window: MainWindow, source: str, batch_size: int) -> Script:
    """Two short runs for the views that compare, then a run that goes on, past its first, cold epoch."""
    for written_as, l2 in (("none", 0.0), ("none", 0.001)):
        short = Settings(data=source, written_as=written_as, l2=l2, epochs=4, validation=0)
        yield from train(window, short, 1)
        yield from finish(window)
    yield from train(window, _settings(source, batch_size), 1)
    history = window.stage.looking.history
    assert history is not None
    yield lambda: bool(history.results)


def _views(window: MainWindow, batch_size: int) -> dict[str, Callable[[], None]]:
    """What is compared, each with how it is shown: alone, or the equation drawn in another way and nothing else."""
    panels = bottom_panels(window)
    height = next(panel.height() for panel in panels if panel.view.isVisible())
    equation = window.equation

    def draw(reviews: int | None, *, by_order: bool = False) -> None:
        equation.show_place(HIDDEN[-1], reviews)
        equation.show_order(*(("prediction", "activation") if by_order else ("batch", "unit")))

    def show(panel: Any, reviews: int | None = USUAL_REVIEWS, *, by_order: bool = False) -> None:
        show_only(window, panel, height)
        draw(reviews, by_order=by_order)

    views: dict[str, Callable[[], None]] = {NOTHING: partial(show, None)}
    for panel in panels:
        views[panel.windowTitle()] = partial(show, panel)
    if batch_size >= 256:
        views["equation, 256 reviews"] = partial(show, None, 256)
    if batch_size > USUAL_REVIEWS:
        views["equation, all reviews"] = partial(show, None, None)
    views["equation, all reviews, sorted"] = partial(show, None, None, by_order=True)
    return views
