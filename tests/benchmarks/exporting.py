"""What an export that is being made costs the event loop and the training."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.engine.settings import Settings
from explorer.export.request import ExportRequest
from explorer.gui.exporting.exports import Job
from explorer.gui.main_window import MainWindow
from tests.benchmarks.driven import BatchClock, Script, Ticks, drive, end, spread_ms, train

REQUEST = ExportRequest(
    what="equation-training,equation-both,loss,accuracy,units,network,comparison,masks", formats="png,svg,pdf,csv,npz"
)
"""Figures and tables: what is asked for most."""


def cost(source: str, batch_size: int, seconds: float) -> dict[str, Any]:
    """Training and event loop without an export, and with one after the other.

    Args:
        source: As `explorer.data.load` takes it.
        batch_size: Reviews in a batch.
        seconds: How long each of the two spells is.

    Returns:
        `batch_seconds` and `delay_ms` (50th and 99th percentile, maximum) of both, `exports` made and `longest_ms` of
        what the window's own thread does to hand one over.
    """
    result: dict[str, Any] = {"batch_seconds": {}, "delay_ms": {}, "exports": 0, "longest_ms": 0.0}

    def script(window: MainWindow) -> Script:
        clock, ticks = BatchClock(window), Ticks(window)
        exporting = window.exporting
        yield from train(window, Settings(data=source, batch_size=batch_size, epochs=2000), 40)
        exporting.open()
        assert exporting.dialog is not None
        exporting.dialog.reject()
        exports = exporting.exports
        assert exports is not None
        yield 2.0
        with tempfile.TemporaryDirectory() as folder:
            for name in ("without", "with"):
                since = len(clock.stamps)
                if name == "with":

                    def add() -> None:
                        run = window.book.current
                        assert run is not None
                        began = time.perf_counter()
                        exports.add(Job(REQUEST, (run,), Path(folder)))
                        result["longest_ms"] = max(result["longest_ms"], 1000 * (time.perf_counter() - began))

                    def again(_: object) -> None:
                        result["exports"] += 1
                        add()

                    exports.done.connect(again)
                    exports.failed.connect(lambda sentence, detail: print(sentence, detail))  # noqa: T201
                    add()
                ticks.start()
                yield seconds
                result["delay_ms"][name] = spread_ms(ticks.stop())
                result["batch_seconds"][name] = clock.seconds_per_batch(since)
            exports.done.disconnect()
            exports.close()
        yield from end(window)

    drive(Settings(data=source, batch_size=batch_size), script)
    return result
