"""`python -m tests.benchmarks --imdb PATH`: how fast, how large, how smooth; every figure from a process of its own.

An epoch's seconds are the median of the warm epochs, best of the rounds, by the clock on the wall. They are those of
training, which is all that the usual program does in an epoch; the engine and the window then evaluate the training
reviews with dropout off, which is in the figures that follow in brackets.
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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EPOCHS = {512: 15, 32: 6}


def run(kind: str, source: str, batch_size: int, cache: str) -> dict[str, Any]:
    """Measure in a process of its own; `training` and `whole` become medians of the warm epochs."""
    command = [sys.executable, "-m", "tests.benchmarks.measure", kind, source, str(batch_size)]
    command += [str(EPOCHS[batch_size]), repr(time.time())]
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "DROPOUT_EXPLORER_CACHE": cache,
    }
    process = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    if process.returncode:
        sys.exit(process.stderr)
    result: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    pairs = list(zip(result["seconds"], result["evaluation_seconds"], strict=True))
    result["training"] = statistics.median(seconds - evaluation for seconds, evaluation in pairs)
    result["whole"] = statistics.median(result["seconds"])
    return result


def best(kind: str, source: str, batch_size: int, cache: str, rounds: int) -> dict[str, Any]:
    """The round with the fastest epochs, with the largest memory of all of them."""
    results = [run(kind, source, batch_size, cache) for _ in range(rounds)]
    chosen = min(results, key=lambda result: float(result["training"]))
    chosen["peak_memory_mb"] = max(result["peak_memory_mb"] for result in results)
    return chosen


def report(title: str, source: str, rounds: int) -> None:
    """Measure one data set and print its tables."""
    print(f"\n## {title}\n")
    print("| batch | (a) usual program | (b) engine | (c) window | a/b | a/c | c/b | memory a / b / c |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    windows = {}
    with tempfile.TemporaryDirectory() as cache:
        for batch_size in EPOCHS:
            # The engine comes first, with the cache still empty: its peak memory is that of a first start.
            b = best("engine", source, batch_size, cache, rounds)
            c = windows[batch_size] = best("window", source, batch_size, cache, rounds)
            a = best("usual", source, batch_size, cache, rounds)
            times = [result["training"] for result in (a, b, c)]
            ratios = times[0] / times[1], times[0] / times[2], times[2] / times[1]
            print(
                f"| {batch_size} | "
                + " | ".join(f"{result['training']:.3f} ({result['whole']:.3f}) s" for result in (a, b, c))
                + " | "
                + " | ".join(f"{ratio:.2f}" for ratio in ratios)
                + " | "
                + " / ".join(f"{result['peak_memory_mb']:.0f}" for result in (a, b, c))
                + " MB |",
                flush=True,
            )
    print("\n| batch | event-loop delay p50 / p99 / max | frames a second | window shown | first mask | switch |")
    print("| --- | --- | --- | --- | --- | --- |")
    for batch_size, c in windows.items():
        delays = " / ".join(f"{delay:.1f}" for delay in c["delay_ms"])
        print(
            f"| {batch_size} | {delays} ms | {c['frames_per_second']:.0f} | {c['window_shown']:.2f} s "
            f"| {c['first_mask']:.2f} s | {c['switch_ms']:.1f} ms |"
        )


def main() -> None:
    """Print the tables for the sample and, where its path is given, for the real reviews."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--imdb", metavar="PATH", help="the IMDB archive, imdb.npz")
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured (2)")
    arguments = parser.parse_args()
    print("Targets on the real reviews: a/c ≥ 3 at batch 512 and ≥ 1.5 at 32; c/b ≤ 1.25; memory ≤ 1000 MB;")
    print("delay p99 ≤ 16 ms; window shown ≤ 0.7 s; first mask ≤ 5 s; switch ≤ 50 ms.")
    if arguments.imdb:
        report("Real reviews, 25,000 trained on", arguments.imdb, arguments.rounds)
    report("Bundled sample, 12,800 trained on", "sample", arguments.rounds)


if __name__ == "__main__":
    main()
