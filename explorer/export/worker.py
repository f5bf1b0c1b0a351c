"""Exports in a process of its own, so that drawing a figure holds up neither the window nor the training.

Started as `explorer.surroundings.child_command` says; it reads requests from its standard input and writes answers to
its standard output, a JSON object a line, and ends with its input. Requests have a `number`, which answers repeat:

    {"do": "preview", "number": 1, "runs": [PATH, …], "request": {…}, "item": NAME, "width": PIXELS}
    {"do": "export", "number": 2, "runs": [PATH, …], "request": {…}, "folder": PATH}
    {"do": "cancel"}

    {"is": "progress", "number": 2, "message": TEXT, "fraction": 0…1 or null}
    {"is": "picture", "number": 1, "png": BASE64}
    {"is": "done", "number": 2, "files": [PATH, …], "left_out": [TEXT, …]}
    {"is": "failed", "number": 2, "message": A SENTENCE, "detail": TEXT}
    {"is": "cancelled", "number": 2}

The first of `runs`, all run files, is the one that is shown; the others stand beside it. A preview that a newer one
has overtaken is not drawn, and not answered.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Final

from explorer import temporaries
from explorer.data.progress import Cancelled, DataError
from explorer.export.files import WriteError
from explorer.export.make import check_review, export, notes
from explorer.export.request import ITEMS, ExportRequest
from explorer.export.targets import ExportError, obstacle, obstacles, settled
from explorer.store import RunFileError, SavedRun, open_run
from explorer.surroundings import settle_environment

Message = dict[str, Any]
Answer = Callable[[Message], None]
_GRACE_S: Final = 2.0
"""How long work in hand may take to clean up once nobody reads the answers any more."""
_BETWEEN_S: Final = 0.05
"""Between two reports of progress."""
_NICE: Final = 10
"""An export takes what the window and the training leave. For a preview somebody waits."""


class Worker:
    """Answers requests, one after the other.

    Args:
        answer: Gets the answers.
        before_export: Called before each export.
    """

    def __init__(self, answer: Answer, before_export: Callable[[], object] = lambda: None) -> None:
        self._answer, self._before_export = answer, before_export
        self._waiting: queue.Queue[Message | None] = queue.Queue()
        self._taken: deque[Message | None] = deque()
        self._cancelled = threading.Event()
        self._opened: dict[str, SavedRun] = {}
        self._folder: Path | None = None

    def take(self, request: Message) -> None:
        """Put a request behind those that wait; *cancel* ends what is in hand, and what waits."""
        if request.get("do") == "cancel":
            self._cancelled.set()
        self._waiting.put(request)

    def end(self) -> None:
        """No more requests come: what is in hand is given up."""
        self._cancelled.set()
        self._waiting.put(None)

    def give_up(self) -> None:
        """End the process, without what is half written."""
        if self._folder is not None:
            temporaries.remove_of(self._folder, os.getpid())
        os._exit(1)

    def run(self) -> None:
        """Work until the end."""
        while (request := self._newest()) is not None:
            self._do(request)

    def _newest(self) -> Message | None:
        """The next request; of previews that wait in a row only the last."""
        if not self._taken:
            self._taken.append(self._waiting.get())
        with contextlib.suppress(queue.Empty):
            while True:
                self._taken.append(self._waiting.get_nowait())
        request = self._taken.popleft()
        while _draws(request) and self._taken and _draws(self._taken[0]):
            request = self._taken.popleft()
        return request

    def _do(self, request: Message) -> None:
        number = request.get("number")
        try:
            match request.get("do"):
                case "cancel":
                    self._cancelled.clear()
                case "preview":
                    self._answer({"is": "picture", "number": number, "png": self._preview(request)})
                case "export":
                    self._before_export()
                    self._answer({"is": "done", "number": number} | self._export(request))
                case other:
                    raise ValueError(f"the worker knows no request {other!r}")
        except Cancelled:
            self._answer({"is": "cancelled", "number": number})
        except (ExportError, WriteError, DataError, RunFileError) as error:
            self._answer({"is": "failed", "number": number, "message": _sentence(str(error)), "detail": ""})
        except Exception as error:
            self._answer(
                {
                    "is": "failed",
                    "number": number,
                    "message": _unforeseen(error),
                    "detail": "".join(traceback.format_exception(error)),
                }
            )

    def _preview(self, request: Message) -> str:
        from explorer.export.figures import preview

        runs = [saved.record for saved in self._runs(request)]
        wanted = settled(ExportRequest.from_dict(request["request"]), runs[0].history)
        check_review(wanted, runs[0])
        item = next(each for each in ITEMS if each.name == request["item"])
        history = runs[0].history
        sentence = obstacle(item, "png", steps=len(history), weights=False, units=runs[0].settings.units)
        if sentence:
            raise ExportError(sentence)
        picture = preview(item.name, wanted, runs[0], runs[1:], width=request["width"])
        return base64.b64encode(picture).decode()

    def _export(self, request: Message) -> Message:
        saved = self._runs(request)
        run = saved[0].record
        # Not those of the last result: a run that goes on may have been packed before its newest weights were kept.
        weights = saved[0].weights(max(saved[0].epochs_with_weights, default=0))
        wanted = ExportRequest.from_dict(request["request"])
        left_out = [
            f"{item.label} ({name}): {sentence}"
            for item, name, sentence in obstacles(
                wanted, steps=len(run.history), weights=weights is not None, units=run.settings.units
            )
        ]
        left_out += notes(wanted, run)
        told_at = 0.0

        def report(message: str, fraction: float | None = None) -> None:
            nonlocal told_at
            if self._cancelled.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told_at >= _BETWEEN_S:
                told_at = now
                self._answer({"is": "progress", "number": request["number"], "message": message, "fraction": fraction})

        others = [each.record for each in saved[1:]]
        self._folder = Path(request["folder"])
        files = export(wanted, run, others, self._folder, report, weights=weights)
        return {"files": [str(path) for path in files], "left_out": left_out}

    def _runs(self, request: Message) -> Sequence[SavedRun]:
        """The runs of a request; those of the last one are not read again."""
        paths: list[str] = request["runs"]
        self._opened = {path: self._opened.get(path) or open_run(Path(path), self._may_go_on) for path in paths}
        return [self._opened[path] for path in paths]

    def _may_go_on(self, message: str, fraction: float | None = None) -> None:
        if self._cancelled.is_set():
            raise Cancelled


def _draws(request: Message | None) -> bool:
    return request is not None and request.get("do") == "preview"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _unforeseen(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory for this export. Choose a smaller size, or fewer batches."
    if isinstance(error, ModuleNotFoundError):
        return f"This export needs {error.name}, which is not installed. Install it with: pip install {error.name}"
    if isinstance(error, OSError) and error.strerror:
        return f"A file could not be written: {error.strerror}. Choose another place."
    return "The export failed through a mistake in this program. Copy the details into a bug report."


def _read(source: IO[str], worker: Worker) -> None:
    try:
        for line in source:
            with contextlib.suppress(json.JSONDecodeError):  # half a line: who wrote it has died
                worker.take(json.loads(line))
    finally:  # also when it cannot be read: nobody is to wait for this thread
        worker.end()
        # Drawing cannot be interrupted, and nobody waits for it any more.
        time_out = threading.Timer(_GRACE_S, worker.give_up)
        time_out.daemon = True
        time_out.start()


def _step_back() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICE - os.nice(0))


def main() -> None:
    """Serve standard input and output until the input ends."""
    settle_environment()
    # Whatever a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    def answer(message: Message) -> None:
        with contextlib.suppress(BrokenPipeError):
            answers.write(json.dumps(message) + "\n")

    worker = Worker(answer, _step_back)
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    threading.Thread(target=_read, args=(requests, worker), daemon=True).start()
    worker.run()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
