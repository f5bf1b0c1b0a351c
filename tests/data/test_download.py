"""Downloading from a server on the loopback: every ending, and nothing left behind by any of them."""

import errno
import hashlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.data import Cancelled, DataError, Encoding, download, fetch, keras_folder, load
from tests.data.archives import write_imdb

ROOT = Path(__file__).resolve().parents[2]


class Handler(http.server.SimpleHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        if self.path.startswith("/short/"):
            self._begin(100_000)
            self.wfile.write(bytes(10))
        elif self.path.startswith("/stuck/"):
            self._begin(1_000_000)
            self.wfile.write(bytes(500_000))
            self.wfile.flush()
            self.server.release.wait(60)
        elif self.path.startswith("/slow/"):
            self._begin(1_000_000)
            while not self.server.release.wait(0.05):
                try:
                    self.wfile.write(bytes(1000))
                except OSError:  # nobody listens any more
                    break
        elif self.path.startswith("/other/"):
            self._begin(10)
            self.wfile.write(b"other data")
        elif self.path.startswith("/broken/"):
            self.send_error(503)
        else:
            super().do_GET()

    def _begin(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        self.server.log.append(format % args)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # so that closing joins them

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), lambda *a: Handler(*a, directory=str(folder)))
        self.release = threading.Event()
        self.log: list[str] = []
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.server_port}"

    def sums(self) -> dict[str, Any]:
        archive, index = ((self.folder / name).read_bytes() for name in ("imdb.npz", "imdb_word_index.json"))
        return {
            "sha256": hashlib.sha256(archive).hexdigest(),
            "word_index_md5": hashlib.md5(index, usedforsecurity=False).hexdigest(),
        }


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    write_imdb(tmp_path / "web", count=2000)
    with Server(tmp_path / "web") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def stand_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put another program in the place of the child process."""
    monkeypatch.setattr(download, "_FETCH", (sys.executable, "-c", script))


def test_both_files_arrive_where_keras_looks(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[tuple[str, float | None]] = []

    def report(message: str, fraction: float | None = None) -> None:
        reports.append((message, fraction))

    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", server.url)
    path = download.download(report, **server.sums())
    assert path == keras_folder() / "imdb.npz"
    assert names(path.parent) == ["imdb.npz", "imdb_word_index.json"]
    assert path.read_bytes() == (server.folder / "imdb.npz").read_bytes()
    assert len(load("auto", Encoding()).train) == 2000
    messages = [message for message, _ in reports]
    assert messages[0] == "Preparing the download"
    assert any(message.startswith("Downloading imdb.npz") for message in messages)
    assert all(fraction is None or 0 <= fraction <= 1 for _, fraction in reports)
    # Again: both are there and right, so nothing is fetched, nor is a process started.
    stand_in(monkeypatch, "raise SystemExit(1)")
    assert download.download(**server.sums()) == path


def test_cancelling_midway_ends_the_child_and_keeps_what_was_there(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "imdb.npz").write_bytes(b"an older file")

    def report(message: str, fraction: float | None = None) -> None:
        if fraction:
            raise Cancelled

    with pytest.raises(Cancelled):
        download.download(report, base_url=server.url + "/stuck", folder=folder)
    assert names(folder) == ["imdb.npz"]
    assert (folder / "imdb.npz").read_bytes() == b"an older file"
    assert not [thread for thread in threading.enumerate() if thread.name == "download-output"]


def test_what_keras_makes_of_each_failure(server: Server, tmp_path: Path) -> None:
    """The true get_file against each kind of bad server, all in one process, for Keras is slow to import."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
    right = server.sums()["sha256"]
    urls = {
        "http": server.url + "/missing/imdb.npz",
        "short": server.url + "/short/imdb.npz",
        "hash": server.url + "/imdb_word_index.json",
        "network": nobody + "/imdb.npz",
        "other": "not-a-url",
    }
    script = (
        "import contextlib, io, json, sys\n"
        "from pathlib import Path\n"
        "from explorer.data.fetch import main\n"
        "for kind, url in json.loads(sys.argv[2]).items():\n"
        "    folder = Path(sys.argv[1], kind)\n"
        "    folder.mkdir()\n"
        "    out = io.StringIO()\n"
        "    with contextlib.redirect_stdout(io.StringIO()):\n"
        "        code = main(str(folder), [['imdb.npz', url, sys.argv[3]]], out)\n"
        "    print(json.dumps([kind, code, out.getvalue().splitlines()]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), json.dumps(urls), right],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    results = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [kind for kind, _, _ in results] == list(urls)
    for kind, code, lines in results:
        events = [json.loads(line) for line in lines]
        assert code == 1
        assert events[0] == {"ready": True}
        assert events[1] == {"file": "imdb.npz"}
        assert events[-1]["error"] == kind, lines
        assert events[-1]["detail"]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({"error": "network", "detail": "refused"}, r"/imdb\.npz cannot be reached \(refused\)\. Check the connection"),
        ({"error": "http", "detail": "404 Not Found"}, r"the server answered 404 Not Found\. Try again, or download"),
        (
            {"error": "short", "detail": "10 of 20"},
            r"broke off \(10 of 20\), and nothing of it was kept\. Check the connection",
        ),
        ({"error": "hash"}, r"its checksum differs\. Try again"),
        ({"error": "full", "detail": "No space left"}, r"is full \(No space left\)\. Make room"),
        ({"error": "folder", "detail": "read-only"}, r"cannot be written to \(read-only\)\. Make it writable"),
        ({"error": "keras", "detail": "no"}, r"Keras cannot be imported \(no\)\. Install"),
        ({"error": "other", "detail": "odd"}, r"could not be downloaded \(odd\)\. Try again"),
    ],
)
def test_each_failure_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: dict[str, str], sentence: str
) -> None:
    lines = "\n".join(map(json.dumps, [{"ready": True}, {"file": "imdb.npz"}, event]))
    stand_in(monkeypatch, f"print({lines!r})")
    with pytest.raises(DataError, match=sentence):
        download.download(base_url="http://127.0.0.1", folder=tmp_path / "target")
    assert names(tmp_path / "target") == []


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit('out of luck')", r"ended unexpectedly \(out of luck\)"),
        ("print('noise'); print('[1]')", r"ended unexpectedly \(no reason given\)"),
        ("""print('{"done": true}')""", "its checksum differs"),
        (
            "import sys, pathlib; pathlib.Path(sys.argv[1], 'imdb.npz').write_text('x'); print('{\"done\": true}')",
            "its checksum differs",
        ),
    ],
)
def test_a_child_that_fails_or_lies_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "imdb.npz").write_bytes(b"an older file")
    stand_in(monkeypatch, script)
    with pytest.raises(DataError, match=sentence):
        download.download(base_url="http://127.0.0.1", folder=folder)
    assert names(folder) == ["imdb.npz"]
    assert (folder / "imdb.npz").read_bytes() == b"an older file"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"file/datasets cannot be written to .*KERAS_HOME"):
        download.download(folder=tmp_path / "file" / "datasets")


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fresh", "stale"):
        (tmp_path / f".dropout-explorer-{name}").mkdir()
    os.utime(tmp_path / ".dropout-explorer-stale", (1000, 1000))
    stand_in(monkeypatch, "pass")
    with pytest.raises(DataError):
        download.download(folder=tmp_path)
    assert names(tmp_path) == [".dropout-explorer-fresh"]


def test_after_each_failure_nothing_remains_and_the_next_try_works(server: Server, tmp_path: Path) -> None:
    """The whole way, through Keras, against servers that fail; one folder for all, as for somebody who tries again."""
    folder = tmp_path / "target"
    folder.mkdir()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        faults = {
            server.url + "/missing": r"/missing/imdb\.npz is not to be had: the server answered 404 .*by hand",
            server.url + "/short": r"/short/imdb\.npz broke off .*nothing of it was kept\. Check the connection",
            server.url + "/other": r"/other/imdb\.npz is not the file that was expected: its checksum differs",
            nobody: r"/imdb\.npz cannot be reached \(Connection refused\)\. Check the connection",
        }
        for url, sentence in faults.items():
            with pytest.raises(DataError, match=sentence):
                download.download(base_url=url, folder=folder, **server.sums())
            assert names(folder) == []
    seen: list[float] = []

    def stop(message: str, fraction: float | None = None) -> None:
        if fraction:
            seen.append(fraction)
            raise Cancelled

    with pytest.raises(Cancelled):
        download.download(stop, base_url=server.url + "/slow", folder=folder, **server.sums())
    assert seen[0] < 0.5, "it was stopped midway"
    assert names(folder) == []
    path = download.download(base_url=server.url, folder=folder, **server.sums())
    assert names(folder) == ["imdb.npz", "imdb_word_index.json"]
    assert len(load(str(path), Encoding()).train) == 2000


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_disk_that_takes_no_more_is_told_from_a_bad_connection(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keras and the system are the real ones; the limit on the size of files stands in for the end of the disk."""
    script = (
        "import resource, runpy\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "runpy.run_module('explorer.data.fetch', run_name='__main__')\n"
    )
    stand_in(monkeypatch, script)
    with pytest.raises(DataError, match=r"The disk of .*target is full \(File too large\)\. Make room"):
        download.download(base_url=server.url, folder=tmp_path / "target", **server.sums())
    assert names(tmp_path / "target") == []


def test_the_error_of_a_full_disk_is_one_of_those() -> None:
    assert fetch._reason(OSError(errno.ENOSPC, "No space left on device")) == ("full", "No space left on device")


def test_checksums_behind_the_address(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sums = server.sums()
    address = f"{server.url}/#sha256={sums['sha256'].upper()}&word_index_md5={sums['word_index_md5']}"
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", address)
    folder = tmp_path / "target"
    folder.mkdir()
    for name in ("imdb.npz", "imdb_word_index.json"):
        (folder / name).write_bytes((server.folder / name).read_bytes())
    stand_in(monkeypatch, "raise SystemExit('both are there and right')")
    assert download.download(folder=folder) == folder / "imdb.npz"
    (folder / "imdb.npz").write_bytes(b"changed")
    with pytest.raises(DataError, match="both are there"):
        download.download(folder=folder)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("storage.example", "'storage.example' is no web address of a folder. Give one"),
        ("javascript:alert(1)", "is no web address"),
        ("http://x/#sha256=12", "'sha256=12' behind http://x/ is no checksum. Give sha256="),
        ("http://x/#md4=" + "0" * 32, "is no checksum"),
        ("http://x/#sha256=" + "x" * 64, "is no checksum"),
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, address: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        download.download(base_url=address, folder=tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_the_child_ends_when_its_parent_does(tmp_path: Path) -> None:
    """Its standard input closes when the parent dies, however that came about."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [
        sys.executable,
        "-m",
        "explorer.data.fetch",
        str(folder),
        json.dumps([["imdb.npz", "http://127.0.0.1:1", ""]]),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=60) == 1
    assert not folder.exists()


def test_the_published_checksums_are_the_ones_that_keras_holds() -> None:
    from importlib.util import find_spec

    spec = find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "src" / "datasets" / "imdb.py").read_text(encoding="utf-8")
    assert download.ARCHIVE_SHA256 in source
    assert download.WORD_INDEX_MD5 in source
    assert f'"{download.BASE_URL}"' in source
