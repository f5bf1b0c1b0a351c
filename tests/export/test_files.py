import os
import re
import sys

import pytest

from explorer.export.files import WriteError, folder_writable, replacing, writable


def test_a_file_is_replaced_only_when_all_is_written(tmp_path):
    target = tmp_path / "results.json"
    target.write_bytes(b"old")

    def break_off():
        with replacing(target) as file:
            file.write(b"half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert target.read_bytes() == b"old"
    with replacing(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["results.json"]


def test_links_are_followed_and_the_mode_is_kept(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to lower")
def test_a_full_disk_is_a_sentence(tmp_path):
    import resource

    target = tmp_path / "results.json"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with (
            pytest.raises(WriteError, match=r"results\.json could not be written: File too large"),
            replacing(target) as file,
        ):
            file.write(b"new" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["results.json"]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    target = tmp_path / "results.json"
    with replacing(target) as one, replacing(target) as other:
        one.write(b"one")
        other.write(b"other")
    assert target.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["results.json"]


def test_a_file_that_is_open_elsewhere_is_a_sentence(tmp_path, monkeypatch):
    target = tmp_path / "results.json"
    target.write_bytes(b"old")

    def refuse(source, destination):
        # As Windows answers for a file that another program has open.
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(WriteError, match="being used by another process; choose"), replacing(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["results.json"]


def test_places_that_cannot_be_written_are_refused_ahead(tmp_path):
    (tmp_path / "folder").mkdir()
    read_only = tmp_path / "read-only"
    read_only.write_bytes(b"old")
    read_only.chmod(0o444)
    os.mkfifo(tmp_path / "pipe")
    for target, reason in (
        (tmp_path / "pipe", "it is not an ordinary file"),
        (tmp_path / "folder", "it is a folder"),
        (tmp_path / "missing" / "file", "its folder does not exist"),
        (read_only, "it is read-only"),
    ):
        with pytest.raises(WriteError, match=f"could not be written: {reason}; choose another place"):
            writable(target)
        with pytest.raises(WriteError, match=reason), replacing(target):
            pass
    assert read_only.read_bytes() == b"old"


def test_folders_that_cannot_be_written_to_are_refused_ahead(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")
    folder_writable(tmp_path)
    folder_writable(tmp_path / "not" / "there" / "yet")
    for folder, reason in (
        (tmp_path / "file", "it is a file"),
        (tmp_path / "file" / "below", f"{tmp_path / 'file'} is a file"),
    ):
        with pytest.raises(WriteError, match=re.escape(f"{folder} could not be written: {reason}; choose another")):
            folder_writable(folder)
    # To an administrator, who may run the tests, every folder is writable.
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path)
    for folder, reason in ((tmp_path, "it is read-only"), (tmp_path / "below", f"{tmp_path} is read-only")):
        with pytest.raises(WriteError, match=re.escape(reason)):
            folder_writable(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
