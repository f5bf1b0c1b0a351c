"""Downloading from a server on the loopback: every ending, and nothing left behind by any of them."""

import contextlib
import gzip
import hashlib
import http.server
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.data import Cancelled, DataError, Encoding, download, keras_folder, load, transfer
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
        elif self.path.startswith("/silent/"):
            self.server.release.wait(60)  # not even a status line
        elif self.path.startswith("/endless/"):
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):  # the other side has had enough
                while not self.server.release.is_set():
                    self.wfile.write(bytes(2**20))
        elif self.path.startswith("/huge/"):
            self._begin(2**40)
        elif self.path.startswith("/noise/"):
            self.wfile.write(b"no HTTP at all\n" * 10)
        elif self.path.startswith("/cut-chunks/"):
            self.protocol_version = "HTTP/1.1"
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"ff\r\nbroken off")
            self.close_connection = True
        elif self.path.startswith(("/packed/", "/half-packed/")):
            content = gzip.compress((self.server.folder / self.path.rpartition("/")[2]).read_bytes())
            content = content[: len(content) // 2] if self.path.startswith("/half") else content
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        elif self.path.startswith("/packed-bomb/"):
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(bytes(200 * 2**20), 1))
        elif self.path.startswith("/without-length/"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write((self.server.folder / self.path.rpartition("/")[2]).read_bytes())
        elif self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.server.url + "/" + self.path.rpartition("/")[2])
            self.end_headers()
        elif self.path.startswith("/round/"):
            self.send_response(302)
            self.send_header("Location", self.server.url + self.path)
            self.end_headers()
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


def no_transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, asking a server for anything fails the test."""
    monkeypatch.setattr(download, "Transfer", lambda *arguments: pytest.fail("something was fetched"))


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
    # Again: both are there and right, so nothing is fetched.
    no_transfer(monkeypatch)
    assert download.download(**server.sums()) == path


@pytest.mark.parametrize("way", ["stuck", "silent", "slow", "endless"])
def test_cancelling_midway_takes_no_second_and_keeps_what_was_there(server: Server, tmp_path: Path, way: str) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "imdb.npz").write_bytes(b"an older file")
    calls: list[float] = []

    def report(message: str, fraction: float | None = None) -> None:
        calls.append(time.monotonic())
        if len(calls) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        download.download(report, base_url=f"{server.url}/{way}", folder=folder)
    assert names(folder) == ["imdb.npz"]
    assert (folder / "imdb.npz").read_bytes() == b"an older file"
    assert max(later - earlier for earlier, later in itertools.pairwise(calls)) < 1


@pytest.mark.parametrize("way", ["packed", "without-length", "moved"])
def test_whatever_way_a_server_sends_them_they_arrive(server: Server, tmp_path: Path, way: str) -> None:
    path = download.download(base_url=f"{server.url}/{way}", folder=tmp_path / "target", **server.sums())
    assert path.read_bytes() == (server.folder / "imdb.npz").read_bytes()
    assert names(tmp_path / "target") == ["imdb.npz", "imdb_word_index.json"]


def test_a_folder_on_this_computer_is_a_mirror(server: Server, tmp_path: Path) -> None:
    mirror = tmp_path / "a mirror, ü"
    server.folder.rename(mirror)
    server.folder = mirror
    path = download.download(base_url=f"file://{mirror}", folder=tmp_path / "target", **server.sums())
    assert path.read_bytes() == (mirror / "imdb.npz").read_bytes()
    with pytest.raises(DataError, match=r"file://.*/none/imdb\.npz cannot be read \(No such file .*Check the path"):
        download.download(base_url=f"file://{tmp_path}/none", folder=tmp_path / "other")
    (tmp_path / "folders" / "imdb.npz").mkdir(parents=True)
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)\. Check the path"):
        download.download(base_url=f"file://{tmp_path}/folders", folder=tmp_path / "other")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"file/datasets cannot be written to .*KERAS_HOME"):
        download.download(folder=tmp_path / "file" / "datasets")


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path) -> None:
    for name in ("fresh", "stale"):
        (tmp_path / f".dropout-explorer-{name}").mkdir()
    os.utime(tmp_path / ".dropout-explorer-stale", (1000, 1000))
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    of_a_dead_process = tmp_path / f".dropout-explorer-{download._machine()}-{process.pid}-x"
    of_this_process = tmp_path / f".dropout-explorer-{download._machine()}-{os.getpid()}-x"
    for folder in (of_a_dead_process, of_this_process):
        folder.mkdir()
        (folder / "imdb.npz").write_bytes(b"half of it")
    with pytest.raises(DataError):
        download.download(base_url=f"file://{tmp_path}/none", folder=tmp_path)
    assert names(tmp_path) == sorted([".dropout-explorer-fresh", of_this_process.name])


def test_after_each_failure_nothing_remains_and_the_next_try_works(server: Server, tmp_path: Path) -> None:
    """One folder for all servers that fail, as for a person who tries again."""
    folder = tmp_path / "target"
    folder.mkdir()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        faults = {
            server.url + "/missing": r"/missing/imdb\.npz is not to be had: the server answered 404 .*by hand",
            server.url + "/short": r"/short/imdb\.npz broke off .*nothing of it was kept\. Check the connection",
            server.url + "/other": r"/other/imdb\.npz is not the file that was expected: its checksum differs",
            server.url + "/huge": r"is not the file that was expected: more than 128 MB\. Try again",
            server.url + "/endless": r"is not the file that was expected: more than 128 MB\. Try again",
            server.url + "/packed-bomb": r"is not the file that was expected: more than 128 MB\. Try again",
            server.url + "/half-packed": r"broke off \(.* packed bytes without an end\), and nothing of it was kept",
            server.url + "/noise": r"broke off \(no HTTP at all",
            server.url + "/cut-chunks": r"broke off \(IncompleteRead",
            server.url + "/broken": r"the server answered 503 Service Unavailable\. Try again",
            server.url + "/round": r"the server answered 302 .*infinite loop",
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


def test_a_silent_server_is_given_up(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_SILENCE_SECONDS", 0.3)
    with pytest.raises(DataError, match=r"/imdb\.npz cannot be reached \(timed out\)\. Check the connection"):
        download.download(base_url=server.url + "/silent", folder=tmp_path / "target")
    with pytest.raises(DataError, match=r"/imdb\.npz broke off \(timed out\), and nothing of it was kept"):
        download.download(base_url=server.url + "/stuck", folder=tmp_path / "target")
    assert names(tmp_path / "target") == []


def test_a_disk_that_takes_no_more_is_told_from_a_bad_connection(server: Server, tmp_path: Path) -> None:
    """The limit on the size of files stands in for the end of the disk."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from explorer.data import DataError\n"
        "from explorer.data.download import download\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try: download(base_url=sys.argv[1], folder=Path(sys.argv[2]))\n"
        "except DataError as error: print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, server.url, str(tmp_path / "target")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert re.match(r"The disk of .*target is full \(File too large\)\. Make room", ended.stdout)
    assert names(tmp_path / "target") == []


def test_checksums_behind_the_address(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sums = server.sums()
    address = f"{server.url}/#sha256={sums['sha256'].upper()}&word_index_md5={sums['word_index_md5']}"
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", address)
    folder = tmp_path / "target"
    folder.mkdir()
    for name in ("imdb.npz", "imdb_word_index.json"):
        (folder / name).write_bytes((server.folder / name).read_bytes())
    with monkeypatch.context() as patched:
        no_transfer(patched)
        assert download.download(folder=folder) == folder / "imdb.npz"
    (folder / "imdb.npz").write_bytes(b"changed")
    assert download.download(folder=folder).read_bytes() == (server.folder / "imdb.npz").read_bytes()


def test_what_broke_off_is_needed_again_and_what_is_whole_is_not(server: Server, tmp_path: Path) -> None:
    sums = server.sums()
    address = f"{server.url}/#sha256={sums['sha256']}&word_index_md5={sums['word_index_md5']}"
    folder = tmp_path / "target"
    assert download.needed(server.url, folder)
    folder.mkdir()
    for name in ("imdb.npz", "imdb_word_index.json"):
        (folder / name).write_bytes((server.folder / name).read_bytes())
    # Whole, though not Keras's: of the plain address no checksum is known that would say otherwise.
    assert not download.needed(server.url, folder)
    assert not download.needed(address, folder)
    whole = (folder / "imdb.npz").read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", whole[:5000] + b"\0" + whole[5001:]):
        (folder / "imdb.npz").write_bytes(damaged)
        assert download.needed(server.url, folder)
        assert download.needed(address, folder)
    download.download(base_url=address, folder=folder)
    assert (folder / "imdb.npz").read_bytes() == whole
    assert not download.needed(address, folder)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("storage.example", "'storage.example' is no web address of a folder. Give one"),
        ("javascript:alert(1)", "is no web address"),
        ("http://no such host/", "is no web address"),
        ("http://[::1/", "is no web address"),
        ("http://host:99999/", "is no web address"),
        ("https:///no-host", "is no web address"),
        ("http://x/#sha256=12", "'sha256=12' behind http://x/ is no checksum. Give sha256="),
        ("http://x/#md4=" + "0" * 32, "is no checksum"),
        ("http://x/#sha256=" + "x" * 64, "is no checksum"),
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, address: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        download.download(base_url=address, folder=tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_the_published_checksums_are_the_ones_that_keras_holds() -> None:
    from importlib.util import find_spec

    spec = find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "src" / "datasets" / "imdb.py").read_text(encoding="utf-8")
    assert download.ARCHIVE_SHA256 in source
    assert download.WORD_INDEX_MD5 in source
    assert f'"{download.BASE_URL}"' in source
