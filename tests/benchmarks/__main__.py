"""`python -m tests.benchmarks --imdb PATH`: how fast, how large, how smooth; every figure from a process of its own.

An epoch's seconds are the median of the warm epochs, best of the rounds, by the clock on the wall. They are those of
training, which is all that the usual program does in an epoch; the engine and the window then evaluate the training
reviews with dropout off, which is in the figures that follow in brackets.

What a view costs is a ratio inside one run, the median of many; see `views.py`.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from explorer.export.request import FILM_FORMATS

ROOT = Path(__file__).parents[2]
EPOCHS = {512: 15, 32: 6}
LONG_EPOCHS = 100
LINES_OF_AN_ERROR = 40
SCREEN = {
    "name": "screen",
    "x": 0,
    "y": 0,
    "width": 1440,
    "height": 900,
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
    "dpr": 1,
}
DRAG_BATCH_SIZE = 32
DRAG_MOVES = 500
SPELL_SECONDS = 1.5
DELAY_SECONDS = 5.0
COSTS_A_ROUND = 3
"""Processes a round for what the views cost, each of which measures every view once."""
AUTOSAVED_EPOCHS = {512: 120, 32: 20}
FILM_FRAMES = 500
EXPORTING_SECONDS = 20.0
PARTS = ("speed", "drag", "views", "autosave", "exports", "exporting", "films", "memory")


class Bench:
    """Measures on one data set.

    Args:
        source: As `explorer.data.load` takes it.
        cache: Folder for what is kept between processes; empty at first, so that the first has a first start's memory.
        rounds: How often each is measured.
    """

    def __init__(self, source: str, cache: str, rounds: int):
        self._source, self._cache, self._rounds = source, cache, rounds
        # Without this Qt's screen is 800 by 800, and the window no larger.
        self._screen = Path(cache) / "screen.json"
        self._screen.write_text(json.dumps({"screens": [SCREEN]}))

    def measure(self, kind: str, batch_size: int | None = None, **more: Any) -> dict[str, Any]:
        """Measure once, in a process of its own."""
        arguments = {"source": self._source, **more}
        if batch_size is not None:
            arguments["batch_size"] = batch_size
        if kind == "window":
            arguments["began"] = time.time()
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": f"offscreen:configfile={self._screen}",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "DROPOUT_EXPLORER_CACHE": self._cache,
        }
        command = [sys.executable, "-m", "tests.benchmarks.measure", kind, json.dumps(arguments)]
        process = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
        if process.returncode:
            sys.exit("\n".join(process.stderr.splitlines()[-LINES_OF_AN_ERROR:]))
        result: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
        return result

    def best(self, kind: str, batch_size: int) -> dict[str, Any]:
        """The round with the fastest epochs, with the largest memory of all of them."""
        results = [self.measure(kind, batch_size, epochs=EPOCHS[batch_size]) for _ in range(self._rounds)]
        for result in results:
            pairs = list(zip(result["seconds"], result["evaluation_seconds"], strict=True))
            result["training"] = statistics.median(seconds - evaluation for seconds, evaluation in pairs)
            result["whole"] = statistics.median(result["seconds"])
        chosen = min(results, key=lambda result: float(result["training"]))
        chosen["peak_memory_mb"] = max(result["peak_memory_mb"] for result in results)
        return chosen

    def speed(self) -> None:
        """The usual program, the engine and the window side by side, and how smooth the window is."""
        head("batch", "(a) usual program", "(b) engine", "(c) window", "a/b", "a/c", "c/b", "memory a / b / c")
        windows = {}
        for batch_size in EPOCHS:
            # The engine comes first, with the cache still empty: its peak memory is that of a first start.
            b = self.best("engine", batch_size)
            c = windows[batch_size] = self.best("window", batch_size)
            a = self.best("usual", batch_size)
            times = [result["training"] for result in (a, b, c)]
            ratios = times[0] / times[1], times[0] / times[2], times[2] / times[1]
            memory = " / ".join(f"{result['peak_memory_mb']:.0f}" for result in (a, b, c))
            row(
                batch_size,
                *(f"{result['training']:.3f} ({result['whole']:.3f}) s" for result in (a, b, c)),
                *(f"{ratio:.2f}" for ratio in ratios),
                f"{memory} MB",
            )
        row("target", "", "", "", "", "≥ 3 at 512, ≥ 1.5 at 32", "≤ 1.25", "≤ 1000 MB")
        head("batch", "event-loop delay p50 / p99 / max", "frames a second", "window shown", "first mask", "switch")
        for batch_size, c in windows.items():
            row(
                batch_size,
                spread(c["delay_ms"]),
                f"{c['frames_per_second']:.0f}",
                f"{c['window_shown']:.2f} s",
                f"{c['first_mask']:.2f} s",
                f"{c['switch_ms']:.1f} ms",
            )
        row("target", "p99 ≤ 16 ms", "", "≤ 0.7 s", "≤ 5 s", "≤ 50 ms")

    def drag(self, steps: int) -> None:
        """The timeline dragged across a long run, and the mouse over the cells."""
        result = self.measure("drag", DRAG_BATCH_SIZE, steps=steps, moves=DRAG_MOVES)
        print(
            f"\nFrom a move of the mouse to everything repainted, p50 / p99 / max; {result['batches']:,} batches of "
            f"{DRAG_BATCH_SIZE} in the history at first, {DRAG_MOVES} moves."
        )
        head("panel", "drag, while training", "drag, run over", "hover, while training", "hover, run over")
        for name, states in result["panels"].items():
            row(name, *(spread(states[state][what]) for what in ("drag_ms", "hover_ms") for state in states))
        row("target", *["p99 ≤ 16 ms"] * 4)

    def views(self) -> None:
        """What each view costs the training, and the event loop's delay with it."""
        print("\nTraining time with a view over that without a panel, less 1: median (quartiles); then the delay.")
        for batch_size in EPOCHS:
            seeds = range(COSTS_A_ROUND * self._rounds)
            results = [self.measure("cost", batch_size, seconds=SPELL_SECONDS, seed=seed) for seed in seeds]
            delays = self.measure("delay", batch_size, seconds=DELAY_SECONDS)["delay_ms"]
            costs = {
                name: np.percentile([100 * (result["ratio"][name] - 1) for result in results], (50, 25, 75))
                for name in delays
            }
            # The first is no view at all.
            heaviest = max(list(costs)[1:], key=lambda name: float(costs[name][0]))
            epoch = statistics.median(result["epoch_seconds"] for result in results)
            head(f"batch {batch_size}: epoch {epoch:.3f} s", "cost", "event-loop delay p50 / p99 / max")
            for name, (median, low, high) in costs.items():
                mark = " (heaviest)" if name == heaviest else ""
                row(f"{name}{mark}", f"{median:+.1f} ({low:+.1f} to {high:+.1f}) %", spread(delays[name]))
            row("target", "≤ 15 %", "p99 ≤ 16 ms")

    def autosave(self) -> None:
        """What autosaving costs the training, and the files of runs."""
        head("batch", "epoch", "with autosave: median (quartiles)", "of it in the training thread")
        for batch_size, epochs in AUTOSAVED_EPOCHS.items():
            results = [self.measure("autosave", batch_size, epochs=epochs) for _ in range(self._rounds)]
            ratios = [100 * (ratio - 1) for result in results for ratio in result["ratios"]]
            median, low, high = np.percentile(ratios, (50, 25, 75))
            epoch = statistics.median(result["epoch_seconds"] for result in results)
            keep = statistics.median(result["keep_ms"] for result in results)
            row(batch_size, f"{epoch:.3f} s", f"{median:+.1f} ({low:+.1f} to {high:+.1f}) %", f"{keep:.2f} ms")
        row("target", "", "≤ 3 %", "")
        head("run of 20 epochs", "file", "saving", "opening")
        for name, file in self.measure("files")["files"].items():
            row(name, f"{file['mb']:.1f} MB", f"{file['save_seconds']:.1f} s", f"{file['open_seconds']:.1f} s")
        row("target", "≤ 25 MB", "", "")

    def films(self) -> None:
        """How long films take; each in a process of its own, whose peak memory includes the training before."""
        head(f"{FILM_FRAMES} frames, 1280 × 720", "film", "a frame", "file", "peak memory")
        for form in FILM_FORMATS:
            result = self.measure("film", 512, frames=FILM_FRAMES, form=form)
            seconds = result["film_seconds"]
            row(
                form,
                f"{seconds:.1f} s",
                f"{1000 * seconds / FILM_FRAMES:.0f} ms",
                f"{result['film_mb']:.1f} MB",
                f"{result['peak_memory_mb']:.0f} MB",
            )
        row("target", "≤ 60 s")

    def exports(self) -> None:
        """How long each export takes."""
        results = [self.measure("exports")["exports"] for _ in range(self._rounds)]
        head("export of a run of 20 epochs", "time", "written")
        for name, export in results[0].items():
            seconds = min(result[name]["seconds"] for result in results)
            row(name, f"{seconds:.2f} s", f"{export['mb']:.2f} MB")

    def exporting(self) -> None:
        """What one export after the other, in the background, costs the window and the training."""
        head(
            "batch", "training a batch: without, with", "cost", "delay without", "delay with", "exports", "handed over"
        )
        for batch_size in EPOCHS:
            result = self.measure("exporting", batch_size, seconds=EXPORTING_SECONDS)
            before, after = (1000 * result["batch_seconds"][name] for name in ("without", "with"))
            row(
                batch_size,
                f"{before:.2f}, {after:.2f} ms",
                f"{100 * (after / before - 1):+.0f} %",
                *(spread(result["delay_ms"][name]) for name in ("without", "with")),
                result["exports"],
                f"in {result['longest_ms']:.1f} ms",
            )
        row("target", "", "", "p99 ≤ 16 ms", "p99 ≤ 16 ms", "", "")

    def memory(self) -> None:
        """Peak memory of the window after many epochs of small batches."""
        result = self.measure("window", 32, epochs=LONG_EPOCHS)
        head("epochs at batch 32", "training an epoch", "peak memory")
        seconds = np.subtract(result["seconds"], result["evaluation_seconds"])
        row(LONG_EPOCHS, f"{np.median(seconds):.3f} s", f"{result['peak_memory_mb']:.0f} MB")
        row("target (real reviews)", "", "≤ 1200 MB")


def head(*titles: str) -> None:
    """Begin a table."""
    print()
    row(*titles)
    row(*["---"] * len(titles))


def row(*cells: object) -> None:
    """A row of a table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def spread(times: Iterable[float]) -> str:
    """Percentiles in milliseconds."""
    return " / ".join(f"{time:.1f}" for time in times) + " ms"


def main() -> None:
    """Print the tables for the sample and, where its path is given, for the real reviews."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--imdb", metavar="PATH", help="the IMDB archive, imdb.npz")
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured (2)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given several times")
    parser.add_argument("--long", action="store_true", help=f"memory too, after {LONG_EPOCHS} epochs at batch 32")
    parser.add_argument("--steps", type=int, default=20_000, help="batches in the history before the drag (20,000)")
    arguments = parser.parse_args()
    parts = arguments.only or [part for part in PARTS if part != "memory" or arguments.long]
    sources = {"Bundled sample, 12,800 trained on": "sample"}
    if arguments.imdb:
        sources = {"Real reviews, 25,000 trained on": str(Path(arguments.imdb).resolve()), **sources}
    for k, (title, source) in enumerate(sources.items()):
        with tempfile.TemporaryDirectory() as cache:
            bench = Bench(source, cache, arguments.rounds)
            # The sample is there for those who have no archive: its speed is always told, the rest once.
            for part in [part for part in parts if k == 0 or part == "speed"]:
                print(f"\n## {part.capitalize()}: {title}")
                if part == "drag":
                    bench.drag(arguments.steps)
                else:
                    getattr(bench, part)()


if __name__ == "__main__":
    main()
