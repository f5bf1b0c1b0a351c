import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer import temporaries
from explorer.export.files import noting, replacing


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(60)
    return process.pid


def part(folder: Path, process: int, host: str | None = None, name: str = ".run.npz.0123456789ab") -> Path:
    own = f"{temporaries._host():08x}" if host is None else host
    path = folder / ".".join(filter(None, (name, own, str(process), "part")))
    path.write_text("half")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="there it cannot be asked whether a process lives")
def test_what_a_dead_process_left_is_swept_when_a_file_is_written_beside_it(tmp_path, dead):
    left = part(tmp_path, dead)
    folder = tmp_path / left.name.replace("run", "record")
    folder.mkdir()
    (folder / "0").write_text("half")
    with replacing(tmp_path / "new") as file:
        file.write(b"new")
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it cannot be asked whether a process lives")
def test_what_may_still_be_written_or_is_not_ours_stays(tmp_path, dead):
    stays = [
        part(tmp_path, os.getpid()),
        part(tmp_path, dead, host="00000000"),  # of another computer that shares the folder
        part(tmp_path, dead, host=""),  # of an earlier version, and young
        part(tmp_path, dead, name=".movie"),
        part(tmp_path, dead, name="run.npz.0123456789ab"),
    ]
    temporaries.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(stays)
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(stays[2], (long_ago, long_ago))
    temporaries.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*stays[:2], *stays[3:]])


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner's number there")
def test_what_another_user_left_stays(tmp_path, dead, monkeypatch):
    left = part(tmp_path, dead)
    monkeypatch.setattr(os, "getuid", lambda: left.stat().st_uid + 1)
    temporaries.sweep(tmp_path)
    assert left.exists()


def test_what_another_program_made_of_the_same_name_is_not_known(tmp_path):
    with temporaries.part_of(tmp_path / "run.npz", folder=True) as path:
        assert path.is_dir()
        assert path.name.endswith(f".{os.getpid()}.part")
        temporaries.sweep(tmp_path)
        assert path.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_each_file_is_told_once_it_is_whole(tmp_path):
    told = []
    with noting(lambda path: told.append((path.name, path.read_bytes()))):
        with replacing(tmp_path / "one") as file:
            file.write(b"1")
        with pytest.raises(RuntimeError), replacing(tmp_path / "other") as file:
            raise RuntimeError
    with replacing(tmp_path / "later"):
        pass
    assert told == [("one", b"1")]
