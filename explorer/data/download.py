"""The real reviews, downloaded on request into Keras's folder, with progress, checksums and a way to stop."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import shutil
import string
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit

from explorer import temporaries
from explorer.data import word_index
from explorer.data.progress import DataError, Report, silent
from explorer.data.readers import imdb
from explorer.data.readers.imdb import ARCHIVE
from explorer.data.sources import keras_folder
from explorer.data.transfer import TooLargeError, TooShortError, Transfer
from explorer.data.word_index import WORD_INDEX

BASE_URL: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where `keras.datasets.imdb` downloads from."""
BASE_URL_VARIABLE: Final = "DROPOUT_EXPLORER_IMDB_URL"
"""The environment variable that names a mirror, a folder on the web that holds both files.

`#sha256=…&word_index_md5=…` behind it gives the checksums, for a mirror with other files than Keras's.
"""
ARCHIVE_SHA256: Final = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
WORD_INDEX_MD5: Final = "bfafd718b763782e994055a2d397834f"

_TEMPORARY: Final = ".dropout-explorer-"
# A transfer that moves no byte for half a minute is given up, so older files belong to no running download.
_STALE_SECONDS: Final = 600
_REPORT_SECONDS: Final = 0.1
_HASHES: Final = {32: "md5", 64: "sha256"}
_LIMITS: Final = {ARCHIVE: imdb.MAX_BYTES, WORD_INDEX: word_index.MAX_BYTES}
_FRAGMENT: Final = {"sha256": (ARCHIVE, 64), "word_index_md5": (WORD_INDEX, 32)}
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PATH_CHARACTERS: Final = "/%:@!$&'()*+,;=~"
_NO_HOST: Final = frozenset(string.whitespace + "\x00\x7f")
_DETAIL_CHARACTERS: Final = 200
_OFFLINE: Final = "Check the connection and try again, or use the sample meanwhile."
_NO_FILE: Final = "Check the path and try again, or use the sample meanwhile."


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
        report: Called with the progress ten times a second, also while the server is silent; when it raises, the
            download ends and leaves nothing behind.
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
    base_url, checksums = parsed_url(_address(base_url))
    folder = keras_folder() if folder is None else folder
    wanted = {ARCHIVE: sha256.lower(), WORD_INDEX: word_index_md5.lower()} | checksums
    missing = {name: checksum for name, checksum in wanted.items() if not _is(folder / name, checksum)}
    if not missing:
        return folder / ARCHIVE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        temporary = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{_machine()}-{os.getpid()}-", dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from error
    with temporaries.known(temporary):
        for name, checksum in missing.items():
            _fetch(base_url + name, temporary / name, checksum, folder, report)
        try:
            for name in missing:
                temporaries.place(temporary / name, folder / name)
        except OSError as error:
            raise _unwritable(folder, error) from error
    return folder / ARCHIVE


def needed(base_url: str | None = None, folder: Path | None = None) -> bool:
    """Whether the archive has to be fetched: it is missing, or damaged, or not the one whose checksum was given.

    A whole archive with another content than Keras's stays: somebody put it there. Only a checksum behind the address
    says that it is not the one that is wanted.

    Args:
        base_url: As for `download`.
        folder: Likewise.

    Raises:
        DataError: When the address is none.
    """
    _, checksums = parsed_url(_address(base_url))
    folder = keras_folder() if folder is None else folder
    if checksums:
        return not all(_is(folder / name, checksum) for name, checksum in checksums.items())
    return not (_is(folder / ARCHIVE, ARCHIVE_SHA256) or imdb.is_whole(folder / ARCHIVE))


def _address(base_url: str | None) -> str:
    return base_url or os.environ.get(BASE_URL_VARIABLE) or BASE_URL


def parsed_url(address: str) -> tuple[str, dict[str, str]]:
    """The folder on the web, with a slash at its end, and the checksums behind it by the name of the file.

    Raises:
        DataError: When it is no address, or what is behind it is no checksum.
    """
    url, _, fragment = address.partition("#")
    try:
        parts = urlsplit(url)
        on_the_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        right = "://" in url and (parts.scheme == "file" or on_the_web) and not set(parts.netloc) & _NO_HOST
    except ValueError:
        right = False
    if not right:
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


def _fetch(url: str, target: Path, checksum: str, folder: Path, report: Report) -> None:
    """Write what a server sends, and check it."""
    received = hashlib.new(_HASHES[len(checksum)], usedforsecurity=False)
    size, due = 0, 0.0
    with _writing(folder, target) as file, Transfer(_quoted(url), _LIMITS[target.name]) as transfer:
        while True:
            if time.monotonic() >= due:
                report(*_progress(target.name, size, transfer.total))
                due = time.monotonic() + _REPORT_SECONDS
            try:
                piece = transfer.next(_REPORT_SECONDS)
            except Exception as error:
                # Each protocol and each library below it has its own.
                raise _failure(error, url, folder, size) from error
            if piece is None:
                continue
            if not piece:
                break
            received.update(piece)
            size += len(piece)
            file.write(piece)
    if received.hexdigest() != checksum:
        raise DataError(
            f"What came from {url} is not the file that was expected: its checksum differs. {_by_hand(url, folder)}"
        )


@contextlib.contextmanager
def _writing(folder: Path, target: Path) -> Iterator[IO[bytes]]:
    try:
        with target.open("wb") as file:
            yield file
    except OSError as error:  # what the server does wrong never leaves the block as one
        raise _unwritable(folder, error) from error


def _quoted(url: str) -> str:
    """The address with what no address may hold, such as spaces in the path, percent-encoded."""
    parts = urlsplit(url)
    path = quote(parts.path, safe=_PATH_CHARACTERS, errors="surrogateescape")
    return urlunsplit(parts._replace(path=path))


def _progress(name: str, size: int, total: int | None) -> tuple[str, float | None]:
    if not total:
        return f"Downloading {name}: {size / 1e6:.1f} MB", None
    return f"Downloading {name}: {size / 1e6:.1f} of {total / 1e6:.1f} MB", min(size / total, 1.0)


def _failure(error: Exception, url: str, folder: Path, size: int) -> DataError:
    """The sentence for what went wrong between here and the server."""
    local = url.startswith("file:")
    if isinstance(error, HTTPError):
        return DataError(
            f"{url} is not to be had: the server answered {error.code} {_line(error.reason)}. {_by_hand(url, folder)}"
        )
    if isinstance(error, TooLargeError):
        return DataError(f"What came from {url} is not the file that was expected: {error}. {_by_hand(url, folder)}")
    if isinstance(error, (TooShortError, HTTPException, zlib.error)) or (size and isinstance(error, OSError)):
        return DataError(
            f"The download of {url} broke off ({_line(error)}), and nothing of it was kept. "
            + (_NO_FILE if local else _OFFLINE)
        )
    cause: Any = error.reason if isinstance(error, URLError) else error
    detail = _line(cause)
    if local:
        return DataError(f"{url} cannot be read ({detail}). {_NO_FILE}")
    if isinstance(error, OSError):
        return DataError(f"{url} cannot be reached ({detail}). {_OFFLINE}")
    return DataError(f"{url} could not be downloaded ({detail}). {_by_hand(url, folder)}")


def _line(reason: Any) -> str:
    """A reason in one line: servers and libraries write several, and as much as they like."""
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return " ".join(str(text).split())[:_DETAIL_CHARACTERS].rstrip(".")


def _by_hand(url: str, folder: Path) -> str:
    return f"Try again, or download {url.rpartition('/')[2]} by hand and put it in {folder}."


def _is(path: Path, checksum: str) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, _HASHES[len(checksum)]).hexdigest() == checksum
    except OSError:
        return False


def _machine() -> str:
    """This machine among those that may share a home folder: a process id says nothing of another one's."""
    return f"{zlib.crc32(platform.node().encode('utf-8', 'replace')):08x}"


def _remove_stale(folder: Path) -> None:
    """Remove what a process that was killed left behind."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        with contextlib.suppress(OSError):
            newest = max(entry.stat().st_mtime for entry in (path, *path.iterdir()))
            machine, _, rest = path.name.removeprefix(_TEMPORARY).partition("-")
            dead = machine == _machine() and _is_dead(rest.partition("-")[0])
            if dead or time.time() - newest > _STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _is_dead(process_id: str) -> bool:
    if sys.platform == "win32" or not process_id.isdecimal():
        return False  # asking with a signal would end it there
    try:
        os.kill(int(process_id), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _unwritable(folder: Path, error: OSError) -> DataError:
    detail = error.strerror or error
    if error.errno in _FULL:
        return DataError(f"The disk of {folder} is full ({detail}). Make room for 20 MB and try again.")
    return DataError(
        f"{folder} cannot be written to ({detail}). Make it writable, or set KERAS_HOME to another folder, and try "
        "again."
    )
