"""The members of a run file, read with limits: what a member claims to hold is compared before it is unpacked."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import numpy.typing as npt

from explorer.store import npy
from explorer.store.errors import refusal
from explorer.store.layout import Expected
from explorer.store.repacked import as_written

MOST_EXPANSION: Final = 250
"""How many times its size a file may unpack to. Reviews' order and weights hardly shrink, so that no run comes near."""
MOST_HELD_BYTES: Final = 4_000_000_000
"""Of a run without its weights. Whoever trained it had it all in memory, and the usual one has a hundredth of this."""
MOST_JSON_BYTES: Final = 64_000_000
_MOST_MEMBERS: Final = 400_000
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    KeyError,
    IndexError,
)
"""What Python's zip module raises for files that are not what they say."""


class Members(Protocol):
    """Named pieces of a run, in a zip or in a journal."""

    @property
    def path(self) -> Path:
        """Where they are, for sentences."""

    @property
    def names(self) -> frozenset[str]:
        """Of all members."""

    def read(self, name: str, most: int) -> bytes:
        """A member's content, of at most so many bytes.

        Raises:
            RunFileError: When it is missing, larger or damaged.
        """

    def checksum(self, name: str) -> int:
        """What changes when a member does."""


class ZipMembers:
    """The members of a zip. To be used in a `with` block.

    Args:
        path: The file.

    Raises:
        RunFileError: When it is no zip, or one that no program of ours wrote.
    """

    def __init__(self, path: Path):
        self.path = path
        self._zip, size = self._opened()
        try:
            self._members = self._checked(size)
        except BaseException:
            self._zip.close()
            raise

    def _opened(self) -> tuple[zipfile.ZipFile, int]:
        try:
            status = self.path.stat()
            ordinary = stat.S_ISREG(status.st_mode)  # a pipe would be waited for
            if ordinary:
                return zipfile.ZipFile(self.path), status.st_size
        except OSError as error:
            raise refusal(self.path, error.strerror or str(error), "choose another file") from error
        except _DAMAGE as error:
            raise refusal(self.path, "it is not a whole run file") from error
        raise refusal(self.path, "it is not an ordinary file", "choose another file")

    def _checked(self, size: int) -> dict[str, zipfile.ZipInfo]:
        listed = self._zip.infolist()
        if len(listed) > _MOST_MEMBERS:
            raise refusal(self.path, f"it lists {len(listed):,} members")
        named = as_written(listed)
        members = dict(named)
        if len(members) < len(named):
            raise refusal(self.path, "it lists a member twice")
        for info in members.values():
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise refusal(self.path, f"its member {info.filename!r} is packed in a way that run files are not")
        packed, unpacked = (sum(sizes) for sizes in ([i.compress_size for i in listed], [i.file_size for i in listed]))
        if packed > size or unpacked > MOST_EXPANSION * size:
            raise refusal(self.path, f"its {size:,} bytes claim to unpack to {unpacked:,}")
        return members

    @property
    def names(self) -> frozenset[str]:
        """Of all members."""
        return frozenset(self._members)

    def read(self, name: str, most: int) -> bytes:
        """See `Members.read`."""
        info = self._members.get(name)
        if info is None:
            raise refusal(self.path, f"its member {name} is missing")
        if info.file_size > most:
            raise refusal(self.path, f"its member {name} claims {info.file_size:,} bytes where {most:,} are the most")
        try:
            with self._zip.open(info) as file:
                # One byte more than there may be, so that the checksum at its end is compared.
                return file.read(info.file_size + 1)
        except OSError as error:
            raise refusal(self.path, f"its member {name} cannot be read: {error.strerror or error}") from error
        except _DAMAGE as error:
            raise refusal(self.path, f"its member {name} is damaged") from error

    def check(self) -> None:
        """Look at every byte.

        Raises:
            RunFileError: When one is not what was written.
        """
        for name, info in self._members.items():
            self.read(name, info.file_size)

    def checksum(self, name: str) -> int:
        """See `Members.checksum`."""
        info = self._members.get(name)
        if info is None:
            raise refusal(self.path, f"its member {name} is missing")
        return info.CRC

    def close(self) -> None:
        """Let the file go."""
        self._zip.close()

    def __enter__(self) -> Self:
        """The members themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the file go."""
        self.close()


def read_array(members: Members, name: str, expected: Expected) -> npt.NDArray[Any]:
    """An array of the type and shape it has to have.

    Raises:
        RunFileError: For any other.
    """
    data = members.read(name, expected.nbytes + npy.HEADER_ROOM)
    try:
        return npy.from_bytes(data, expected.dtype, expected.shape)
    except ValueError as error:
        raise refusal(members.path, f"its member {name} {error}") from error
