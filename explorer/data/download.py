"""The real reviews, downloaded on request into Keras's folder, with progress and a way to stop."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import string
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Final

from explorer.data.progress import DataError, Report, silent
from explorer.data.readers.imdb import ARCHIVE
from explorer.data.sources import keras_folder
from explorer.data.word_index import WORD_INDEX

BASE_URL: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where `keras.datasets.imdb` downloads from."""
BASE_URL_VARIABLE: Final = "DROPOUT_EXPLORER_IMDB_URL"
"""The environment variable that names a mirror, a folder on the web that holds both files.

`#sha256=…&word_index_md5=…` behind it gives the checksums, for a mirror with other files than Keras's.
"""
ARCHIVE_SHA256: Final = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
WORD_INDEX_MD5: Final = "bfafd718b763782e994055a2d397834f"

_FETCH: Final = (sys.executable, "-m", "explorer.data.fetch")
_TEMPORARY: Final = ".dropout-explorer-"
_STALE_SECONDS: Final = 24 * 3600
_POLL_SECONDS: Final = 0.1
_HASHES: Final = {32: "md5", 64: "sha256"}
_FRAGMENT: Final = {"sha256": (ARCHIVE, 64), "word_index_md5": (WORD_INDEX, 32)}
_OFFLINE: Final = "Check the connection and try again, or use the sample meanwhile."
_BY_HAND: Final = "Try again, or download {name} by hand and put it in {folder}."


def download(
    report: Report = silent,
    *,
    base_url: str | None = None,
    sha256: str = ARCHIVE_SHA256,
    word_index_md5: str = WORD_INDEX_MD5,
    folder: Path | None = None,
) -> Path:
    """Download `imdb.npz` and `imdb_word_index.json` where `keras.datasets.imdb` looks for them.

    A file that is already there with the right content is kept. Nothing else changes until all is downloaded and
    checked. A download that ends early leaves nothing behind, and the next one begins anew.

    Args:
        report: Told of the progress ten times a second; when it raises, the download ends and leaves nothing behind.
        base_url: The folder on the web; by default `DROPOUT_EXPLORER_IMDB_URL`, else Keras's own. Checksums behind it
            go before the other arguments.
        sha256: The archive's SHA-256, hexadecimal.
        word_index_md5: The word index's MD5, hexadecimal, which is what Keras publishes for it.
        folder: Where to put the files; Keras's folder by default.

    Returns:
        The path of the archive.

    Raises:
        DataError: When a file cannot be had, with what to do about it.
        Cancelled: When `report` says so.
    """
    report("Preparing the download", None)
    base_url = base_url or os.environ.get(BASE_URL_VARIABLE) or BASE_URL
    base_url, checksums = parsed_url(base_url)
    folder = keras_folder() if folder is None else folder
    wanted = {ARCHIVE: sha256.lower(), WORD_INDEX: word_index_md5.lower()} | checksums
    missing = {name: checksum for name, checksum in wanted.items() if not _is(folder / name, checksum)}
    if not missing:
        return folder / ARCHIVE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _Child(temporary, folder, base_url, missing).run(report)
        for name, checksum in missing.items():
            if not _is(temporary / name, checksum):
                raise _wrong_content(base_url, name, folder)
        try:
            for name in missing:
                os.replace(temporary / name, folder / name)
        except OSError as error:
            raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder / ARCHIVE


def parsed_url(address: str) -> tuple[str, dict[str, str]]:
    """The folder on the web, with a slash at its end, and the checksums behind it by the name of the file.

    Raises:
        DataError: When it is no address, or what is behind it is no checksum.
    """
    url, _, fragment = address.partition("#")
    if not url.startswith(("http://", "https://", "file://")):
        raise DataError(
            f"{address!r:.200} is no web address of a folder. Give one that begins with https:// or http://."
        )
    checksums = {}
    for item in filter(None, fragment.split("&")):
        name, _, value = item.partition("=")
        if name not in _FRAGMENT or len(value) != _FRAGMENT[name][1] or set(value) - set(string.hexdigits):
            raise DataError(
                f"{item!r:.200} behind {url} is no checksum. Give sha256=… and word_index_md5=… in hexadecimal."
            )
        checksums[_FRAGMENT[name][0]] = value.lower()
    return url.rstrip("/") + "/", checksums


class _Child:
    """The process that downloads, and what it has said so far."""

    def __init__(self, temporary: Path, folder: Path, base_url: str, files: dict[str, str]) -> None:
        self._temporary, self._folder, self._base_url, self._files = temporary, folder, base_url, files
        self._name = ""
        self._total: int | None = None

    def run(self, report: Report) -> None:
        # The child must find this package although it may not be installed and the working folder may be any.
        root = str(Path(__file__).resolve().parents[2])
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        files = [[name, self._base_url + name, checksum] for name, checksum in self._files.items()]
        arguments = [*_FETCH, str(self._temporary), json.dumps(files)]
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with tempfile.TemporaryFile() as errors:
            # Its standard input stays open as long as this process lives; when that closes, the child ends too.
            with subprocess.Popen(
                arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment
            ) as process:
                assert process.stdout is not None
                reader = threading.Thread(target=_forward, args=(process.stdout, lines), name="download-output")
                reader.start()
                try:
                    finished = self._follow(lines, report)
                finally:
                    process.kill()
                    process.wait()
                    reader.join()
            if not finished:
                errors.seek(0)
                last = errors.read()[-2000:].decode("utf-8", "replace").strip().splitlines()[-1:]
                raise DataError(f"The download ended unexpectedly ({''.join(last) or 'no reason given'}). Try again.")

    def _follow(self, lines: queue.SimpleQueue[str | None], report: Report) -> bool:
        """Report what the child says and does until it ends; whether it got everything."""
        while True:
            report(*self._progress())
            try:
                line = lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                return False
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a library's own output
            if not isinstance(event, dict):
                continue
            if "file" in event:
                self._name, self._total = str(event["file"]), None
            elif "total" in event:
                self._total = int(event["total"])
            elif "error" in event:
                raise self._failure(str(event["error"]), str(event.get("detail", "")))
            elif "done" in event:
                return True

    def _progress(self) -> tuple[str, float | None]:
        if not self._name:
            return "Preparing the download", None
        try:
            size = (self._temporary / self._name).stat().st_size
        except OSError:
            size = 0
        if not self._total:
            return f"Downloading {self._name}: {size / 1e6:.1f} MB", None
        share = min(size / self._total, 1.0)
        return f"Downloading {self._name}: {size / 1e6:.1f} of {self._total / 1e6:.1f} MB", share

    def _failure(self, kind: str, detail: str) -> DataError:
        url = self._base_url + self._name
        by_hand = _BY_HAND.format(name=self._name, folder=self._folder)
        if kind == "network":
            return DataError(f"{url} cannot be reached ({detail}). {_OFFLINE}")
        if kind == "http":
            return DataError(f"{url} is not to be had: the server answered {detail}. {by_hand}")
        if kind == "short":
            return DataError(f"The download of {url} broke off ({detail}), and nothing of it was kept. {_OFFLINE}")
        if kind == "hash":
            return _wrong_content(self._base_url, self._name, self._folder)
        if kind == "full":
            return DataError(f"The disk of {self._folder} is full ({detail}). Make room for 20 MB and try again.")
        if kind == "folder":
            return _unwritable(self._folder, detail)
        if kind == "keras":
            return DataError(f"Keras cannot be imported ({detail}). Install dropout-explorer again.")
        return DataError(f"{url} could not be downloaded ({detail}). {by_hand}")


def _forward(stream: IO[bytes], lines: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(ValueError):  # closed from the other side
        for line in stream:
            lines.put(line.decode("utf-8", "replace"))
    lines.put(None)


def _is(path: Path, checksum: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, _HASHES[len(checksum)]).hexdigest() == checksum
    except OSError:
        return False


def _remove_stale(folder: Path) -> None:
    """Remove what a process that was killed left behind."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        if time.time() - path.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _unwritable(folder: Path, reason: Any) -> DataError:
    text = getattr(reason, "strerror", None) or reason
    return DataError(
        f"{folder} cannot be written to ({text}). Make it writable, or set KERAS_HOME to another folder, and try again."
    )


def _wrong_content(base_url: str, name: str, folder: Path) -> DataError:
    return DataError(
        f"What came from {base_url}{name} is not the file that was expected: its checksum differs. "
        + _BY_HAND.format(name=name, folder=folder)
    )
