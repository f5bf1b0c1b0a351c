"""A real browser without a window, told what to do through two pipes (Chromium's DevTools protocol).

It is given no network: whatever it asks for is noted, and comes from files or not at all.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_POPPLER = ("pdftotext", "pdftoppm")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = "DROPOUT_EXPLORER_BROWSER"
"""Set by CI: without a browser the tests marked `browser` then fail instead of being left out."""
DEADLINE_SECONDS = 60
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    # Whatever it should still ask for on its own account goes nowhere.
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)


def path() -> str | None:
    """Where the browser is; None when there is none on this computer."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def missing() -> list[str]:
    """What the tests marked `browser` need and this computer has not."""
    tools = [] if path() else ["Chromium"]
    return tools + ["poppler"] * any(shutil.which(tool) is None for tool in _POPPLER)


class Browser:
    """Chromium with one page; closed when the `with` block ends.

    Attributes:
        said: What the page wrote to its console, errors of loading and of scripts included.
        asked_for: Every address that was asked for, the page's own included.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.asked_for: list[str] = []
        self._number = 0
        self._waiting: bytes = b""
        self._loaded = False
        self._session: str | None = None

    def __enter__(self) -> Self:
        executable = path()
        if executable is None:
            raise FileNotFoundError(f"no browser on this computer (looked for {', '.join(NAMES)})")
        with contextlib.ExitStack() as stack:
            home = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self._read, self._write = self._start(executable, home, stack)
            self._selector = stack.enter_context(selectors.DefaultSelector())
            self._selector.register(self._read, selectors.EVENT_READ)
            target = self._ask("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self._ask(f"{domain}.enable")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self, executable: str, home: str, stack: contextlib.ExitStack) -> tuple[int, int]:
        """Start it; what is read from it, and written to it. It reads from file descriptor 3 and writes to 4."""
        import fcntl  # Unix only, as is the starting of a process in this way

        to_browser, ours_to_write = os.pipe()
        ours_to_read, from_browser = os.pipe()
        # Out of the way of 3 and 4.
        theirs = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (to_browser, from_browser)]
        actions: list[Any] = [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in (0, 1, 2)]
        actions += [(os.POSIX_SPAWN_DUP2, theirs[0], 3), (os.POSIX_SPAWN_DUP2, theirs[1], 4)]
        command = [executable, *_OPTIONS, f"--user-data-dir={home}/profile"]
        process = os.posix_spawn(executable, command, {**os.environ, "HOME": home}, file_actions=actions)

        def stop() -> None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(ours_to_write)
            os.close(ours_to_read)

        stack.callback(stop)
        for each in (to_browser, from_browser, *theirs):
            os.close(each)
        return ours_to_read, ours_to_write

    # -- what it is told --

    def open(self, file: Path, width: int = 1280, height: int = 800) -> None:
        """Open a file and wait until it is there."""
        self.said.clear()
        self.asked_for.clear()
        self._loaded = False
        self.look(width, height)
        self._ask("Page.navigate", url=file.resolve().as_uri())
        self._until(lambda: self._loaded)
        self.run("document.fonts.ready.then(() => true)")

    def look(self, width: int, height: int, medium: str = "screen") -> None:
        """Be so large, and show what is for this medium: `screen` or `print`."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._ask("Emulation.setEmulatedMedia", media=medium)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["exception"]["description"])
        return told["result"].get("value")

    def picture(self, *, whole: bool = False) -> bytes:
        """What is seen, as PNG; or the whole page."""
        return base64.b64decode(self._ask("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def printed(self) -> bytes:
        """The page as it comes out of a printer, as PDF."""
        self._ask("Emulation.setEmulatedMedia", media="")
        told = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(told["data"])

    # -- the protocol: JSON with a zero byte behind it --

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": arguments}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        for told in self._messages():
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                answer: dict[str, Any] = told["result"]
                return answer
        raise AssertionError("unreachable")

    def _until(self, holds: Any) -> None:
        messages = self._messages()
        while not holds():
            next(messages)

    def _messages(self) -> Iterator[dict[str, Any]]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            while b"\0" not in self._waiting:
                if not self._selector.select(max(deadline - time.monotonic(), 0)):
                    raise TimeoutError("the browser does not answer")
                piece = os.read(self._read, 1 << 20)
                if not piece:
                    raise EOFError("the browser has ended")
                self._waiting += piece
            line, _, self._waiting = self._waiting.partition(b"\0")
            message: dict[str, Any] = json.loads(line)
            self._note(message)
            yield message

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.asked_for.append(told["request"]["url"])
            case "Log.entryAdded":
                self.said.append(f"{told['entry']['level']}: {told['entry']['text']}")
            case "Runtime.exceptionThrown":
                self.said.append(f"exception: {told['exceptionDetails']['text']}")
            case "Runtime.consoleAPICalled":
                self.said.append(f"{told['type']}: {told['args']}")
