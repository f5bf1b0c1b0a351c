"""Arrays kept between starts, as plain `.npy` files in a folder an entry; nothing is pickled.

An entry is written beside its place and renamed into it, so neither a crash nor a second process leaves half of one.
What is read back is checked, and what fails the check counts as missing. A cache that cannot be written is no error
either: the program then does the work again at each start.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import platformdirs

from explorer.home import expanded, program_folder

Array = npt.NDArray[Any]

FOLDER_VARIABLE: Final = "DROPOUT_EXPLORER_CACHE"
"""The environment variable that names another folder."""
FORMAT: Final = 1
"""Part of every digest, and with it of the fingerprints by which a run knows its reviews: raised when the reviews in a
file come out as others, and for nothing else."""
_ENTRIES: Final = 3
"""Raised whenever what an entry holds changes, so that older ones are not read."""
_KEPT: Final = 4
_SOURCES_KEPT: Final = 32
_MANIFEST: Final = "manifest.json"
_SOURCES: Final = "sources.json"
_UNFINISHED: Final = ".unfinished-"
_STALE_SECONDS: Final = 24 * 3600
_CHUNK_BYTES: Final = 2**20
# A file changed within a tick of the clock that stamps it can change again without a new stamp.
_SETTLED_NS: Final = 2_000_000_000


def cache_folder() -> Path | None:
    """Where entries are kept: `DROPOUT_EXPLORER_CACHE`, else where caches belong on this system.

    Returns:
        None where there is no home folder that they could be in.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    return expanded(Path(named)) if named else program_folder(platformdirs.user_cache_dir)


class Cache:
    """Named groups of arrays in a folder.

    Args:
        folder: Where; made when first needed. `cache_folder()` by default; where that is None, nothing is kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = cache_folder() if folder is None else folder

    def load(self, kind: str, key: str, mapped: Iterable[str] = ()) -> dict[str, Array] | None:
        """The arrays of an entry, or None when it is missing or damaged.

        Args:
            kind: What sort of entry it is; a word fit for a file name.
            key: Hexadecimal digest of all that its content depends on.
            mapped: The arrays to leave in the file until they are looked at; the rest are read.

        Returns:
            Read-only arrays by name.
        """
        if self.folder is None:
            return None
        entry = self._entry(self.folder, kind, key)
        try:
            manifest = json.loads((entry / _MANIFEST).read_bytes())
            if manifest["format"] != _ENTRIES or manifest["key"] != key:
                return None
            wanted = frozenset(mapped)
            arrays = {
                name: _read(entry / f"{name}.npy", checksum, name in wanted)
                for name, checksum in manifest["checksums"].items()
            }
        except Exception:
            # A damaged JSON or npy header fails in a dozen ways; in each of them the entry is of no use.
            return None
        with contextlib.suppress(OSError):
            os.utime(entry)  # so that pruning takes the entry that was least recently used
        return arrays

    def store(self, kind: str, key: str, arrays: Mapping[str, Array]) -> None:
        """Keep arrays for later; when the folder cannot be written, nothing happens.

        Args:
            kind: As for `load`.
            key: As for `load`.
            arrays: What to keep, by names fit for a file name.
        """
        if self.folder is None:
            return
        temporary: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
            for name, array in arrays.items():
                np.save(temporary / f"{name}.npy", array, allow_pickle=False)
            checksums = {name: _checksum(temporary / f"{name}.npy") for name in arrays}
            manifest = {"format": _ENTRIES, "key": key, "checksums": checksums}
            (temporary / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
            self._put(temporary, self._entry(self.folder, kind, key))
            self._prune(self.folder, kind)
        except (OSError, UnicodeError):
            pass
        finally:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)

    def digest(self, path: Path, now: list[int] | None = None) -> str | None:
        """The SHA-256 of a file as remembered, or None when the file has changed since or was never seen.

        Args:
            path: The file, or a folder of which a digest was remembered.
            now: Its stamp at present; `stamp(path)` when None.
        """
        if self.folder is None:
            return None
        try:
            remembered = self._sources(self.folder).get(str(path.resolve()))
            if remembered is None or remembered[:-1] != (stamp(path) if now is None else now):
                return None
        except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            return None
        digest = remembered[-1]
        return digest if isinstance(digest, str) else None

    def remember(self, path: Path, digest: str, stamp: list[int]) -> None:
        """Note the SHA-256 of a file, so that the next start need not read it.

        Args:
            path: The file, or the folder.
            digest: Its SHA-256, hexadecimal.
            stamp: `stamp(path)` from before the file was read; of a folder, any numbers that change when its content
                does, the second of them the newest time of change in nanoseconds.
        """
        if self.folder is None or time.time_ns() - stamp[1] < _SETTLED_NS:
            return
        try:
            sources = self._sources(self.folder)
            sources.pop(str(path.resolve()), None)
            sources[str(path.resolve())] = [*stamp, digest]
            newest = dict(list(sources.items())[-_SOURCES_KEPT:])
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=self.folder)
            try:
                with open(descriptor, "w", encoding="utf-8") as file:
                    json.dump(newest, file)
                os.replace(temporary, self.folder / _SOURCES)
            except BaseException:
                os.unlink(temporary)
                raise
        except (OSError, UnicodeError, RuntimeError):
            return

    def _entry(self, folder: Path, kind: str, key: str) -> Path:
        return folder / f"{kind}-{key[:40]}"

    def _sources(self, folder: Path) -> dict[str, list[Any]]:
        try:
            sources = json.loads((folder / _SOURCES).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(sources, dict):
            return {}
        return {path: noted for path, noted in sources.items() if isinstance(noted, list) and noted}

    def _put(self, temporary: Path, entry: Path) -> None:
        try:
            os.replace(temporary, entry)
        except OSError:
            # A folder cannot be renamed over one that holds something: another process was first, or it is damaged.
            # Either way what we have is at least as good, and readers that opened the old files keep them.
            aside = temporary.with_name(temporary.name + "-old")
            os.replace(entry, aside)
            try:
                os.replace(temporary, entry)
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    def _prune(self, folder: Path, kind: str) -> None:
        entries, unfinished = [], []
        for path in folder.iterdir():
            if path.name.startswith(_UNFINISHED):
                unfinished.append(path)
            elif path.name.startswith(f"{kind}-"):
                entries.append(path)
        entries.sort(key=_changed, reverse=True)
        stale = [path for path in unfinished if time.time() - _changed(path) > _STALE_SECONDS]
        for path in entries[_KEPT:]:
            # Renamed first: a reader finds the whole entry or none.
            aside = path.with_name(f"{_UNFINISHED}{os.getpid()}-{path.name}")
            with contextlib.suppress(OSError):
                os.replace(path, aside)
                stale.append(aside)
        for path in stale:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def stamp(path: Path) -> list[int]:
    """What changes when a file does: size, and the times of change in nanoseconds.

    Raises:
        OSError: When the file cannot be looked at.
    """
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def digest_of(*parts: bytes | str) -> str:
    """Hexadecimal SHA-256 of several things, told apart by their lengths."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total = zlib.crc32(chunk, total)
    return total


def _read(path: Path, checksum: int, mapped: bool) -> Array:
    # The file is read for its checksum rather than the map, whose pages would then count as this program's memory.
    if _checksum(path) != checksum:
        raise ValueError(f"{path} is damaged")
    array: Array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    array = np.asarray(array)
    array.flags.writeable = False
    return array
