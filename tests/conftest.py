import gc
import os
import signal
import threading
from collections.abc import Iterator

# Before anything imports Qt or TensorFlow: the tests need no display, and none of the user's own files.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import pytest
import tqdm

from tests import browser

# Otherwise the first progress bar leaves a thread running for the rest of the session.
tqdm.tqdm.monitor_interval = 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # CI requires a browser; who has none on their own computer is told below what was left out.
    if browser.missing() and browser.REQUIRED not in os.environ:
        left_out = [item for item in items if item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = browser.missing()
    if missing and browser.REQUIRED not in os.environ:
        terminalreporter.write_line(f"NOT RUN: tests of the report in a browser, which need {' and '.join(missing)}.")


@pytest.fixture(autouse=True, scope="session")
def _collected_by_the_main_thread_only() -> Iterator[None]:
    # As in the program: a collection in a worker would destroy the widgets of an earlier test there.
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("KERAS_HOME", str(folder / "keras"))
    monkeypatch.setenv("DROPOUT_EXPLORER_CACHE", str(folder / "cache"))
    monkeypatch.setenv("DROPOUT_EXPLORER_RUNS", str(folder / "runs"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in set(threading.enumerate()) - before if not isinstance(thread, threading.Timer)]
    for thread in left:
        thread.join(5)
    assert not [thread for thread in left if thread.is_alive()]


@pytest.fixture(autouse=True, scope="session")
def ctrl_c() -> None:
    """A shell starts what runs in the background with Ctrl+C ignored; tests send it all the same."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
