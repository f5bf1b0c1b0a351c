"""Joins an engine session to a window: the only module that knows both."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Final

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSettings,
    QSocketNotifier,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from explorer.data.source_options import absolute, split_source
from explorer.engine.session import Session
from explorer.gui.collector import Collector
from explorer.gui.main_window import MainWindow
from explorer.store import Journals, is_run_file

SWITCH_INTERVAL_S: Final = 0.0005
_NO_SCREEN: Final = (
    "dropout-explorer: no window can be opened here: {reason}; start it on a desktop, with the packages that the "
    "README names, or use dropout-explorer run, which needs no display\n"
)
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Interrupts(QObject):
    """Closes the window on Ctrl+C, on SIGTERM and when its terminal is closed; not on what the parent ignores.

    Qt's idle loop never runs Python's signal handlers; a byte written to a socket by the interpreter wakes it.
    """

    def __init__(self, window: MainWindow):
        super().__init__(window)
        self._window = window
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        held = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._handlers = {number: signal.signal(number, self._close) for number in held}

    def _drain(self) -> None:
        # Reading is all: back in Python, the interpreter runs the handler itself.
        with contextlib.suppress(BlockingIOError):
            self._read.recv(64)

    def _close(self, number: int, frame: FrameType | None) -> None:
        self._window.close()

    def release(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd)
        self._read.close()
        self._write.close()


def open_window(data: str | None = None, store: QSettings | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        data: Reviews to open with instead of the remembered ones, or the file of a run.
        store: Where settings are remembered; the user's own place when None.

    Returns:
        0, also after Ctrl+C, SIGTERM and SIGHUP.
    """
    # With the usual 5 ms the worker, whenever it is in Python, keeps the window's thread waiting for that long.
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    application = QApplication.instance() or _application()
    assert isinstance(application, QApplication)
    application.setApplicationName("dropout-explorer")
    application.setApplicationDisplayName("Dropout Explorer")
    application.setOrganizationName("dropout-explorer")
    collector = Collector(application)
    journals = Journals()
    session = Session(keeping=journals.begin)
    store = store if store is not None else QSettings()
    window = MainWindow(session, store)
    named = Path(split_source(data)[0]) if data is not None else None
    opened = named if named is not None and is_run_file(named) else None
    if data is not None and opened is None:
        window.form.show_settings(window.form.settings.replace(data=absolute(data)))
    window.bridge.data_ready.connect(_Once(collector).run)
    window.show()
    window.begin()
    if opened is not None:
        window.run_files.open(opened)
    interrupts = _Interrupts(window)
    code = application.exec()
    interrupts.release()
    collector.stop()
    journals.close()
    if not session.close(timeout=0):
        # Only an import of TensorFlow takes longer than the window waits. Nothing can interrupt it, everything worth
        # keeping is written, and waiting for it would hold the terminal.
        store.sync()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, AttributeError):  # full, closed, or none
                stream.flush()
        os._exit(code)
    return code


def _application() -> QApplication:
    """Qt's application; where there is no screen the program ends with a sentence, and not with Qt's abort."""
    said: list[str] = []

    def hear(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            said.append(text)
            return
        reason = said[0].strip().rstrip(".") if said else text.split(".")[0]
        with contextlib.suppress(OSError, AttributeError):
            sys.stderr.write(_NO_SCREEN.format(reason=reason))
            sys.stderr.flush()
        os._exit(2)  # when this returns Qt aborts

    earlier = qInstallMessageHandler(hear)
    try:
        return QApplication(sys.argv[:1])
    finally:
        qInstallMessageHandler(earlier)
        for text in said:
            with contextlib.suppress(OSError, AttributeError):
                sys.stderr.write(f"{text}\n")


class _Once(QObject):
    """Freezes what lives behind the import of TensorFlow, the first time that it is loaded."""

    def __init__(self, collector: Collector):
        super().__init__(collector)
        self._collector: Collector | None = collector

    def run(self, ready: object) -> None:
        if self._collector is not None:
            self._collector.freeze()
            self._collector = None
