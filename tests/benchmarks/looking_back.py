"""Dragging the timeline across a long run, and moving over the cells of the heatmaps, with the mouse."""

from __future__ import annotations

import itertools
from typing import Any

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication, QGraphicsView

from explorer.engine.settings import Settings
from explorer.gui.main_window import MainWindow
from tests.benchmarks.driven import (
    SETTLE_SECONDS,
    Paints,
    Script,
    batches,
    bottom_panels,
    drive,
    end,
    send_mouse,
    spread_ms,
    train,
)

PACE_SECONDS = 0.01
"""Between two moves of the mouse."""
ALLOWED_MISSES = 0.02


def measure(source: str, batch_size: int, steps: int, moves: int) -> dict[str, Any]:
    """Milliseconds from a move of the mouse to everything repainted, by what is visible below the equation.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        steps: Batches that are in the history before the mouse is touched.
        moves: How many moves a drag, and a walk over cells, is made of.

    Returns:
        `batches`, and by panel and by "training" (while it goes on) and "over" the p50, p99 and maximum of `drag_ms`
        and `hover_ms`.
    """
    settings = Settings(data=source, batch_size=batch_size, epochs=10_000, validation=0)
    rows: dict[str, dict[str, dict[str, list[float]]]] = {}
    result: dict[str, Any] = {"panels": rows}

    def script(window: MainWindow) -> Script:
        yield from train(window, settings, steps)
        result["batches"] = batches(window)
        paints = Paints(window.equation.findChildren(QGraphicsView))
        for state in ("training", "over"):
            if state == "over":
                yield from end(window)
            for panel in bottom_panels(window):
                panel.show()
                panel.raise_()
                yield SETTLE_SECONDS
                drag: list[float] = []
                yield from _drag(window, paints, moves, drag)
                hover: list[float] = []
                yield from _hover(window, paints, moves, hover)
                row = rows.setdefault(panel.windowTitle(), {})
                row[state] = {"drag_ms": spread_ms(drag), "hover_ms": spread_ms(hover)}

    drive(settings, script)
    return result


def _drag(window: MainWindow, paints: Paints, moves: int, times: list[float]) -> Script:
    """From the newest batch to the first, pixel by pixel, and back for as many moves as are left."""
    track, looking = window.timeline.track, window.stage.looking
    middle = track.height() / 2
    there = range(round(track.x_of(track.maximum())), round(track.x_of(track.minimum())) - 1, -1)
    xs = itertools.islice(itertools.cycle([*there, *there[-2:0:-1]]), 1, moves + 1)
    send_mouse(track, QEvent.Type.MouseButtonPress, QPointF(there[0], middle), held=True)
    missed, visited = 0, set()
    for x in xs:
        yield PACE_SECONDS
        paints.take()
        times.append(send_mouse(track, QEvent.Type.MouseMove, QPointF(x, middle), held=True))
        # A pixel of a short run may stand for the batch that its neighbour stands for: nothing to paint.
        missed += not paints.take() and looking.step not in visited
        visited.add(looking.step)
    send_mouse(track, QEvent.Type.MouseButtonRelease, QPointF(there[-1], middle), held=False)
    _check(missed, moves)
    if moves > len(there) and 1 not in visited:
        raise AssertionError(f"the drag did not reach the first batch, only {min(visited)}")
    looking.go_live()
    yield SETTLE_SECONDS


def _hover(window: MainWindow, paints: Paints, moves: int, times: list[float]) -> Script:
    """Along the diagonals of one map after the other; the picture is held meanwhile, as it is for anyone who points."""
    missed = 0
    each = -(-moves // len(window.equation.row.maps))
    for heatmap in window.equation.row.maps:
        rows, units = heatmap.cells().shape
        viewport = heatmap.cell_position(0, 0)[0]
        for k in range(1, each + 1):
            yield PACE_SECONDS
            at = QPointF(heatmap.cell_position(k % rows, k % units)[1])
            paints.take()
            times.append(send_mouse(viewport, QEvent.Type.MouseMove, at, held=False))
            missed += not paints.take() or not window.pointed_text()
        QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    _check(missed, len(times))
    yield SETTLE_SECONDS


def _check(missed: int, moves: int) -> None:
    """Refuse figures of moves that did nothing. A few may: the layout moves a cell from under the mouse."""
    if missed > ALLOWED_MISSES * moves:
        raise AssertionError(f"{missed} of {moves} moves painted nothing or told nothing")
