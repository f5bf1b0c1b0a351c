"""Run files that people unpacked and packed again open, and what never belonged into one is refused as before."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from explorer import store
from explorer.store.errors import RunFileError
from tests.store.made import saved_file

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "


@pytest.fixture(scope="module")
def run_file(tmp_path_factory) -> Path:
    return saved_file(tmp_path_factory.mktemp("run"))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes], *, level: int = 6, packing=zipfile.ZIP_DEFLATED, comment=b"") -> Path:
    with zipfile.ZipFile(path, "w", packing, compresslevel=level) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        archive.comment = comment
    return path


def assert_opens(path: Path, whole: Path) -> None:
    first, second = store.open_run(whole), store.open_run(path)
    assert store.is_run_file(path)
    assert first.record.results == second.record.results
    assert first.record.vocabulary.words == second.record.vocabulary.words
    for epoch in first.epochs_with_weights:
        for mine, theirs in zip(first.weights(epoch), second.weights(epoch), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def finder(content):
    """As Finder's Compress packs a folder: folders listed, its own files, and AppleDouble files beside everything."""
    folders = {"run/": b"", "run/epochs/": b"", "run/epochs/0001/": b"", "run/checkpoint/": b""}
    inside = {f"run/{name}": data for name, data in content.items()}
    doubles = {f"__MACOSX/run/._{name.replace('/', '_')}": APPLE_DOUBLE for name in content}
    litter = {"run/.DS_Store": b"\0\0\0\1Bud1", "__MACOSX/": b"", "__MACOSX/run/": b"", "__MACOSX/._run": APPLE_DOUBLE}
    return folders | inside | litter | doubles


REPACKED = {
    "folder entries": lambda content: {"epochs/": b"", "epochs/0001/": b"", "epochs/0002/": b"", **content},
    "one folder around everything": lambda content: {f"my run ü/{name}": data for name, data in content.items()},
    "folders around everything": lambda content: {f"home/me/run/{name}": data for name, data in content.items()},
    "a dot": lambda content: {"./": b"", **{f"./{name}": data for name, data in content.items()}},
    "Finder": finder,
    "Finder, files chosen": lambda content: {
        **content,
        ".DS_Store": b"Bud1",
        **{f"__MACOSX/._{name}": APPLE_DOUBLE for name in ("run.json", "labels.npy")},
        "epochs/._0001": APPLE_DOUBLE,
        "epochs/0001/.DS_Store": b"Bud1",
    },
    "Windows": lambda content: {
        "run\\": b"",
        **{f"run\\{name.replace('/', chr(92))}": data for name, data in content.items()},
        "run\\Thumbs.db": b"x",
        "run\\desktop.ini": b"x",
    },
    "another order": lambda content: dict(reversed(content.items())),
    "alphabetical, without the readme": lambda content: {
        name: content[name] for name in sorted(content) if name != "README.txt"
    },
}


@pytest.mark.parametrize("name", REPACKED)
def test_a_run_packed_again_opens(name, run_file, tmp_path):
    assert_opens(packed(tmp_path / "run.zip", REPACKED[name](members(run_file))), run_file)


@pytest.mark.parametrize("level", [1, 9])
def test_it_may_be_packed_tighter_or_not_at_all_and_have_a_comment(level, run_file, tmp_path):
    content = members(run_file)
    assert_opens(packed(tmp_path / "a.dropout", content, level=level, comment=b"the best run"), run_file)
    assert_opens(packed(tmp_path / "b.dropout", content, packing=zipfile.ZIP_STORED), run_file)


def test_it_may_be_packed_by_python(run_file, tmp_path):
    with zipfile.ZipFile(run_file) as archive:
        archive.extractall(tmp_path / "around" / "run")
    for root, around in ((tmp_path / "around" / "run", None), (tmp_path / "around", "run")):
        made = shutil.make_archive(str(tmp_path / "again"), "zip", root, around)
        assert_opens(Path(made), run_file)


class Pipe(io.RawIOBase):
    """A file in which nobody can go back."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def test_it_may_be_written_to_a_pipe(run_file, tmp_path):
    """Sizes and checksums stand behind the data then."""
    with open(tmp_path / "piped.dropout", "wb") as file:
        packed(Pipe(file), members(run_file))
    assert zipfile.ZipFile(tmp_path / "piped.dropout").infolist()[0].flag_bits & 8
    assert_opens(tmp_path / "piped.dropout", run_file)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: {**content, "notes.txt": b"x"}, "'notes.txt' does not belong"),
        (lambda content: {**content, "epochs/0001/extra.npy": b"x"}, "'epochs/0001/extra.npy' does not belong"),
        (lambda content: {**content, ".hidden": b"x"}, "'.hidden' does not belong"),
        (
            lambda content: {f"run/{name}": data for name, data in content.items()} | {"other": b"x"},
            "run.json is missing",
        ),
        (lambda content: {**content, "copy/run.json": content["run.json"]}, "'copy/run.json' does not belong"),
        (lambda content: {f"../{name}": data for name, data in content.items()}, "run.json is missing"),
        (lambda content: {f"/{name}": data for name, data in content.items()}, "run.json is missing"),
        (lambda content: {**content, "epochs\\0001\\order.npy": b"x"}, "lists a member twice"),
        (
            lambda content: {name: data for name, data in content.items() if name != "labels.npy"},
            "labels.npy is missing",
        ),
    ],
)
def test_what_does_not_belong_into_a_run_is_refused(change, reason, run_file, tmp_path):
    path = packed(tmp_path / "run.dropout", change(members(run_file)))
    with pytest.raises(RunFileError, match=reason):
        store.open_run(path)
