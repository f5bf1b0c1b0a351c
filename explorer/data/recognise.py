"""What kind of file some bytes are, whatever the file is called."""

from __future__ import annotations

import codecs
import enum
import re
import zipfile
from typing import Final

from explorer.data.foreign import RUN, Foreign, foreign, foreign_zip, listing
from explorer.data.litter import is_litter

_HEAD_BYTES: Final = 2**12
_TAR_MAGIC: Final = slice(257, 262)
_JSON: Final = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[\[{"\]]|\Z))')
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)


class Kind(enum.Enum):
    """Kinds of file that are read."""

    TABLE = "a table"
    JSON = "JSON"
    NPZ = "an npz archive"
    ZIP = "a zip archive"
    TAR = "a tar archive"
    GZIP = "a gzip file"
    BZIP2 = "a bzip2 file"
    XZ = "an xz file"


_MAGIC: Final = ((b"\x1f\x8b", Kind.GZIP), (b"BZh", Kind.BZIP2), (b"\xfd7zXZ\0", Kind.XZ), (b"]\0\0", Kind.XZ))


def recognise(data: bytes) -> Kind | Foreign:
    """The kind of a file by what it holds; any text that is nothing else is a table.

    Args:
        data: What the file holds. Its first 64 KB tell everything but what a zip holds.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (kind is not Kind.BZIP2 or data[3:4].isdigit()):
            return kind
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")) or _behind_a_program(data):
        return _zip(data)
    if data[_TAR_MAGIC] == b"ustar" or _is_old_tar(data):
        return Kind.TAR
    known = foreign(data)
    if known is not None:
        return known
    return Kind.JSON if _JSON.match(_beginning(data)) else Kind.TABLE


def is_npz(first: bytes) -> bool:
    """Whether the beginning of a file is that of an `.npz` as NumPy writes it, also when its end is missing.

    Args:
        first: The first 512 bytes.
    """
    length = int.from_bytes(first[26:28], "little")
    return first.startswith(b"PK\x03\x04") and first[30 : 30 + length].endswith(b".npy")


def _zip(data: bytes) -> Kind | Foreign:
    try:
        archive = listing(data)
    except ValueError:
        return Kind.NPZ if is_npz(data[:512]) else Kind.ZIP
    with archive:
        names = _names(archive)
        if any(name.rpartition("/")[2] == "run.json" for name in names) and any(n.endswith(".npy") for n in names):
            return RUN
        own = foreign_zip(names, archive)
    if own is not None:
        return own
    return Kind.NPZ if names and any(name.endswith(".npy") for name in names) else Kind.ZIP


def _names(archive: zipfile.ZipFile) -> frozenset[str]:
    return frozenset(name for name in archive.namelist() if not name.endswith("/") and not is_litter(name))


def _behind_a_program(data: bytes) -> bool:
    """Whether it is a zip that unpacks itself, or a run with a line before it."""
    return data.startswith((b"MZ", b"#!")) and data[-22:-18] == b"PK\x05\x06"


def _is_old_tar(data: bytes) -> bool:
    """Whether the first block is a header of a tar from before POSIX, which has no magic: its checksum fits."""
    block = data[:512]
    if len(block) < 512 or not block[0] or block[100:101] not in (b"0", b" ", b"1"):
        return False
    noted = block[148:156].strip(b" \0")
    if not noted or set(noted) - set(b"01234567"):
        return False
    return int(noted, 8) == sum(block[:148]) + 8 * 32 + sum(block[156:])


def _beginning(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) : _HEAD_BYTES].decode(encoding, "ignore")
    if data[1:2] == b"\0":
        return data[:_HEAD_BYTES].decode("utf-16-le", "ignore")
    return data[:_HEAD_BYTES].decode("utf-8", "replace")
