"""The command as a process of its own, with standard streams that cannot be written."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.store import save
from tests.export.report.recorded import SMALL, recorded

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")


def shell(line: str, folder: Path) -> tuple[int, str]:
    """Exit status and stderr of a command line of a POSIX shell, where `command` stands for the program."""
    command = f"{shlex.quote(sys.executable)} -m explorer"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = line.replace("command", command, 1)
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, timeout=100
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    save(folder / "a.dropout", recorded("Run", SMALL))
    return folder


EXPORT = "command export a.dropout --what loss --format csv --out"


@pytest.mark.parametrize(
    ("redirected", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed"), ("2>&-", None), (">&- 2>&-", None)],
)
def test_a_stream_that_cannot_be_written_costs_the_exit_status_only(redirected, reason, folder, tmp_path):
    code, err = shell(f"{EXPORT} {tmp_path} {redirected}", folder)
    assert code == 1
    sentence = f"dropout-explorer export: standard output could not be written: {reason}; all else was done\n"
    assert err == ("" if reason is None else sentence)
    assert len(list(tmp_path.glob("loss*.csv"))) == 2


@pytest.mark.parametrize("line", ["command show a.dropout", "command --version", "command export --help"])
def test_what_is_only_printed_ends_with_one_sentence(line, folder):
    code, err = shell(f"{line} >/dev/full", folder)
    assert code == 1
    assert err.count("\n") == 1
    assert "could not be written: No space left on device" in err


def test_an_error_that_cannot_be_printed_keeps_its_status(folder):
    assert shell("command show missing.dropout 2>/dev/full", folder) == (2, "")


def test_a_reader_that_has_gone_is_no_failure(folder):
    line = "{ command show a.dropout; echo status $? >&2; } | head -n 1 >/dev/null"
    assert shell(line, folder) == (0, "status 0\n")


def test_a_file_opened_later_does_not_take_the_number_of_a_closed_stream(folder, tmp_path):
    """Otherwise what a library writes to descriptor 2 would go into it."""
    program = (
        "import sys; sys.argv = sys.orig_argv = ['dropout-explorer']; import explorer; print(open('x', 'w').fileno())"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} 2>&- <&-"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    assert int(done.stdout) > 2


def test_a_progress_bar_on_a_broken_stderr_does_not_end_the_work(monkeypatch):
    from explorer.cli import streams
    from explorer.cli.terminal import bar

    class Full:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    streams.begin()
    with bar(total=3) as progress:
        for _ in range(3):
            progress.update()
    assert streams.status(0) == 1
    streams.begin()
    monkeypatch.setattr(sys, "stderr", None)
    with bar(total=3) as progress:
        progress.update()
