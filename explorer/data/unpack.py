"""Members of an archive, read into memory one by one: nothing is written to the disk, no claimed size believed."""

from __future__ import annotations

import bz2
import contextlib
import functools
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO, Any, Final, NamedTuple, cast

from explorer.data.foreign import listing
from explorer.data.litter import is_litter
from explorer.data.progress import Cancelled, DataError, Report
from explorer.data.recognise import Kind

MAX_KEPT_BYTES: Final = 512 * 2**20
"""All that is taken out of an archive, as for a table or a folder that is not packed."""
_MAX_UNPACKED_BYTES: Final = 1024 * 2**20
"""All that is unpacked, also what is passed over on the way: a tar is read from its beginning to its end."""
_MAX_HEADER_BYTES: Final = 2**20
HEAD_BYTES: Final = 2**16
_PIECE_BYTES: Final = 2**18
_MESSAGE: Final = "Unpacking"
_ENCRYPTED: Final = 0x1
_SUFFIXES: Final = {Kind.GZIP: (".gz", ".gzip"), Kind.BZIP2: (".bz2", ".bz"), Kind.XZ: (".xz", ".lzma")}
_OTHER: Final = "Unpack it yourself and open what comes out of it, or choose another file."


class Member(NamedTuple):
    """A file in an archive.

    Attributes:
        name: Its path in the archive, with slashes.
        head: The first 64 KB.
        rest: Reads all of it, with the head.
    """

    name: str
    head: bytes
    rest: Callable[[], bytes]


class Budget:
    """What may be unpacked of one file, archives within archives included.

    Args:
        name: What to call the file in a sentence.
        report: Called while it is unpacked.
    """

    def __init__(self, name: str, report: Report) -> None:
        self.name, self.report = name, report
        self._unpacked = self._kept = 0

    def unpack(self, count: int) -> None:
        """Take note of bytes that came out of an archive."""
        self._unpacked += count
        self.report(_MESSAGE, None)
        if self._unpacked > _MAX_UNPACKED_BYTES:
            raise self._too_large(_MAX_UNPACKED_BYTES)

    def keep(self, count: int) -> None:
        """Take note of bytes that stay in memory."""
        self._kept += count
        if self._kept > MAX_KEPT_BYTES:
            raise self._too_large(MAX_KEPT_BYTES)

    def _too_large(self, limit: int) -> DataError:
        return DataError(f"{self.name} holds more than {limit // 2**20} MB when it is unpacked. Choose a smaller file.")

    def damaged(self, kind: Kind, error: BaseException) -> DataError:
        """The sentence for an archive that cannot be read to its end."""
        reason = " ".join((str(error) or type(error).__name__).split())[:200].rstrip(".")
        return DataError(
            f"{self.name} is {kind.value} that is damaged or not whole ({reason}). Get a whole copy, or choose another "
            "file."
        )


def members(data: bytes, kind: Kind, name: str, budget: Budget) -> Iterator[Member]:
    """The files in an archive, without what file managers leave there and without empty ones.

    Args:
        data: The archive.
        kind: What it is: zip, tar, or one of the packers of a single file.
        name: What it is called, which names the file that a packer holds.
        budget: What may be unpacked.

    Raises:
        DataError: When it is damaged, locked, too large, or packed in a way that is not read.
        Cancelled: When the budget's report says so.
    """
    with _guarded(kind, budget):
        match kind:
            case Kind.ZIP:
                found = _zipped(data, budget)
            case Kind.TAR:
                found = _tarred(io.BytesIO(data), budget)
            case _:
                found = _packed(data, kind, name, budget)
        for member in found:
            yield member._replace(rest=functools.partial(_guarded_rest, member, kind, budget))


@contextlib.contextmanager
def _guarded(kind: Kind, budget: Budget) -> Iterator[None]:
    """Turn what damage leads to into its sentence."""
    try:
        yield
    except (DataError, Cancelled):
        raise
    except Exception as error:
        # Damaged archives lead zipfile, tarfile and the unpackers into errors of every kind, RecursionError included.
        raise budget.damaged(kind, error) from error


def _guarded_rest(member: Member, kind: Kind, budget: Budget) -> bytes:
    with _guarded(kind, budget):
        return member.rest()


def _zipped(data: bytes, budget: Budget) -> Iterator[Member]:
    with listing(data) as archive:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")
            if name.endswith("/") or is_passed_over(name):
                continue
            if info.flag_bits & _ENCRYPTED:
                raise DataError(f"{budget.name} is locked with a password. {_OTHER}")
            try:
                file = archive.open(info)
            except NotImplementedError as error:
                raise DataError(
                    f"{budget.name} is packed in a way that is not read here ({error}). {_OTHER}"
                ) from error
            with file:
                yield from _member(name, _Counted(file, budget), budget)


def _tarred(stream: IO[bytes], budget: Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_CheckedInfo, errorlevel=1) as archive:
        for info in archive:
            if not info.isreg() or is_passed_over(info.name):
                continue  # links lead out of the archive, devices nowhere
            file = archive.extractfile(info)
            if file is not None:
                yield from _member(info.name.removeprefix("./"), _Counted(file, budget), budget)


class _CheckedInfo(tarfile.TarInfo):
    """A header that is refused where the module would take it for the end, or read as much as it claims."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _CheckedInfo:
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not buf.strip(b"\0"):
                raise  # the end, as it should be
            raise tarfile.ReadError(str(error)) from error
        if info.type in _HEADERS and info.size > _MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {info.size:,} bytes")
        return info


_HEADERS: Final = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)


def _packed(data: bytes, kind: Kind, name: str, budget: Budget) -> Iterator[Member]:
    """What one file holds that gzip, bzip2 or xz packed; a tar in it is gone through without being kept."""
    with _unpacker(kind, data) as unpacker:
        stream = _Counted(unpacker, budget)
        head = _read(stream, HEAD_BYTES)
        tar = head[257:262] == b"ustar"
        if not tar:
            inner = PurePosixPath(name.replace("\\", "/")).name
            for suffix in _SUFFIXES[kind]:
                if inner.lower().endswith(suffix):
                    inner = inner[: -len(suffix)]
            yield from _member(inner, stream, budget, head)
    if tar:
        with _unpacker(kind, data) as unpacker:
            yield from _tarred(io.BufferedReader(_Counted(unpacker, budget), _PIECE_BYTES), budget)


def _unpacker(kind: Kind, data: bytes) -> IO[bytes]:
    stream = io.BytesIO(data)
    match kind:
        case Kind.GZIP:
            return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
        case Kind.BZIP2:
            return bz2.BZ2File(stream)
        case _:
            return lzma.LZMAFile(stream)


class _Counted(io.RawIOBase):
    """An unpacker of which every byte counts against the budget."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        super().__init__()
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._stream.read(min(len(buffer), _PIECE_BYTES))
        self._budget.unpack(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)


def _member(name: str, counted: _Counted, budget: Budget, head: bytes | None = None) -> Iterator[Member]:
    head = _read(counted, HEAD_BYTES) if head is None else head
    if head:
        yield Member(name, head, lambda: _whole(counted, head, budget))


def _read(stream: _Counted, count: int) -> bytes:
    pieces, size = [], 0
    while size < count:
        piece = stream.read(min(count - size, _PIECE_BYTES))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _whole(stream: _Counted, head: bytes, budget: Budget) -> bytes:
    whole = io.BytesIO()  # which hands over what it holds without a second copy
    piece: bytes | None = head
    while piece:
        budget.keep(len(piece))
        whole.write(piece)
        piece = stream.read(_PIECE_BYTES)
    return whole.getvalue()


def is_passed_over(name: str) -> bool:
    """Whether a member is nothing that a person put there: litter, or a name with a dot before it."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return not parts or is_litter(name) or any(part.startswith((".", "~$")) for part in parts) or "PaxHeader" in parts
