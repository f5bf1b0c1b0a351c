"""Work with files in a thread: whatever becomes of it, who waits is told."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.data.progress import Report
from explorer.gui.runfiles import jobs as module
from explorer.gui.runfiles.jobs import Job, Jobs

ERRORS = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    OSError(errno.EIO, os.strerror(errno.EIO)),
    PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"),
    ValueError("I/O operation on closed file"),
    MemoryError(),
    RuntimeError("can't start new thread"),
]


@pytest.fixture
def jobs(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    monkeypatch.setattr(module, "_raise", lambda done: done.exception())
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_job_that_fails_is_told_and_the_next_one_is_done(error: Exception, jobs: Jobs, qtbot: QtBot) -> None:
    def fail(report: Report) -> int:
        raise error

    refused: list[str] = []
    done: list[int] = []
    with qtbot.waitSignal(jobs.ended, timeout=5000):
        jobs.do(Job("Saving", fail, done.append, refused.append, must_end=True))
        jobs.do(Job("Opening", lambda report: 7, done.append, refused.append))
    qtbot.waitUntil(lambda: done == [7], timeout=5000)
    assert len(refused) == 1
    assert not jobs.busy


def test_a_thread_that_cannot_be_started_refuses_the_job(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    refused: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        jobs.do(Job("Saving", lambda report: 7, refused.append, refused.append))
    assert refused == ["Saving could not begin: can't start new thread. Close other programs and try again."]
    assert not jobs.busy
