"""The command as a process of its own, ended by signals."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.store import save
from tests.export.report.recorded import SMALL, recorded

ROOT = Path(__file__).parents[2]
RUN = ["run", "--data", "sample", "--units", "4", "--epochs", "500", "--record", "run.npz", "--save", "run.dropout"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are of other systems")


def started(
    folder: Path, *arguments: str, ignoring: tuple[int, ...] = (), python: tuple[str, ...] = ("-m", "explorer")
):
    """The command, with the signals as a shell leaves them."""

    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignoring else signal.SIG_DFL)

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DROPOUT_EXPLORER_RUNS": str(folder / "runs")}
    return subprocess.Popen(
        [sys.executable, *python, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )


def held(process: subprocess.Popen[str]) -> None:
    """Wait until the command has come to its first line."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (caught,) = [int(line.split()[1], 16) for line in status if line.startswith("SigCgt")]
        if caught >> (signal.SIGTERM - 1) & 1:
            return
    raise AssertionError("the signals are not held")


def assert_interrupted(process: subprocess.Popen[str], number: int, folder: Path) -> str:
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    (line,) = err.splitlines()
    assert "interrupted; " in line
    assert not list(folder.rglob("*.part"))
    return line


def test_a_run_in_training_ends_with_one_line(tmp_path):
    number = signal.SIGHUP  # the others reach the same code, and are sent at any moment below
    process = started(tmp_path, *RUN)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch   2"):
            break
    process.send_signal(number)
    line = assert_interrupted(process, number, tmp_path)
    assert line.startswith("dropout-explorer run: interrupted; nothing was written; ")
    assert "of this run can be had in the window" in line
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="it is asked of /proc when signals are held")
@pytest.mark.parametrize("command", ["show", "export", "run"])
def test_any_moment_is_as_good_as_another(command, tmp_path):
    """Seeded moments from the first line of the package on, most of them in the middle of imports."""
    save(tmp_path / "a.dropout", recorded("Run", SMALL))
    chance = random.Random(command)
    options = {"show": ["a.dropout"], "export": ["a.dropout", "--what", "all", "--out", "out"], "run": RUN[1:]}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = started(tmp_path, command, *options[command])
        held(process)
        try:
            process.wait(chance.uniform(0, 0.3 if command == "show" else 3))
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        if process.wait(60) == 0:  # it was done before
            assert process.communicate()[1] == ""
        else:
            assert_interrupted(process, number, tmp_path)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="it is asked of /proc when signals are held")
def test_what_the_parent_ignores_stays_ignored(tmp_path):
    save(tmp_path / "a.dropout", recorded("Run", SMALL))
    process = started(tmp_path, "show", "a.dropout", ignoring=(signal.SIGHUP,))
    held(process)
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("Run: ")


def test_a_second_signal_ends_work_that_does_not_ask(tmp_path):
    """Also where the main thread is in a call that never returns."""
    program = (
        "import os, signal, sys; sys.argv = ['dropout-explorer', 'export']; sys.orig_argv = sys.argv; "
        "from explorer import interrupts, temporaries; interrupts.GRACE_S = 1000; from pathlib import Path\n"
        "with interrupts.during(lambda: 'cut short'), temporaries.part_of(Path('x').absolute()) as part:\n"
        "    part.write_text('half'); print('ready', flush=True); read, write = os.pipe(); os.read(read, 1)"
    )
    process = started(tmp_path, python=("-c", program))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    assert len(list(tmp_path.glob(".x.*.part"))) == 1
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60) == ("", "cut short\n")
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_work_that_does_not_ask_is_ended_after_a_while(tmp_path):
    program = (
        "import os, sys; sys.argv = ['dropout-explorer', 'export']; sys.orig_argv = sys.argv; "
        "from explorer.cli.terminal import ended\n"
        "def work(written):\n"
        "    print('ready', flush=True); read, write = os.pipe(); os.read(read, 1)\n"
        "ended('export', work)"
    )
    process = started(tmp_path, python=("-c", program))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(signal.SIGHUP)
    assert process.communicate(timeout=60)[1] == "dropout-explorer export: interrupted; nothing was written\n"
    assert process.returncode == 129
    assert time.monotonic() - began < 2


def test_importing_the_package_changes_no_signal_handler(tmp_path):
    program = (
        "import signal, threading\n"
        "def handlers(): return [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]\n"
        "before = handlers()\n"
        "import explorer.cli.run, explorer.cli.export, explorer.cli.show, explorer.export.worker\n"
        "assert handlers() == before\n"
        "assert signal.set_wakeup_fd(-1) == -1\n"
        "assert threading.active_count() == 1"
    )
    process = started(tmp_path, "dropout-explorer", "run", python=("-c", program))
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


def test_a_command_in_another_program_gives_the_signals_back(tmp_path, capsys):
    from explorer.cli import main

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert main(["show", str(tmp_path / "missing.dropout")]) == 2
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
    capsys.readouterr()


def test_the_command_is_known_before_its_line_is_parsed():
    from explorer.cli.entry import COMMANDS
    from explorer.interrupts import command_of

    for name in COMMANDS:
        assert command_of([name, "x"]) == command_of(["--data", "mine.csv", name]) == name
    for window in ([], ["--data", "run"], ["run.dropout"], ["--version"], ["missing"]):
        assert command_of(window) == ""
