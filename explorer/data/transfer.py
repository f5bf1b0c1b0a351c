"""One file on its way from a server: read piece by piece in a thread of its own.

Looking up a name, connecting and waiting for a silent server all block, and none of them can be interrupted in Python;
the thread that waits here is a daemon, so that neither a person who cancels nor the end of the program waits for it.
"""

from __future__ import annotations

import queue
import threading
import zlib
from types import TracebackType
from typing import Any, Final, Self
from urllib.error import HTTPError
from urllib.request import Request, build_opener

_SILENCE_SECONDS: Final = 30.0
"""A server that sends nothing for so long is given up."""
_PIECE_BYTES: Final = 2**16
_PIECES_AHEAD: Final = 16
_PUT_SECONDS: Final = 0.1


class TooLargeError(ValueError):
    """The server sends more than the file can be; its text says how much that is."""


class TooShortError(ValueError):
    """The server stopped before all that it had announced; its text says where."""


class Transfer:
    """The content of an address, as a context manager that ends the transfer.

    Args:
        url: An address of http, https or file.
        limit: The most bytes that are taken; a server may send for ever.
    """

    def __init__(self, url: str, limit: int) -> None:
        self.total: int | None = None
        """How many bytes there are going to be; None while that is unknown."""
        self._url, self._limit = url, limit
        self._pieces: queue.Queue[bytes | BaseException] = queue.Queue(_PIECES_AHEAD)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()

    def next(self, timeout: float) -> bytes | None:
        """The next piece: empty at the end, None when none came in time.

        Args:
            timeout: How long to wait for it, in seconds.

        Raises:
            TooLargeError: When it is more than the limit.
            TooShortError: When the server stopped too early.
            OSError: When the server cannot be reached, `urllib.error.HTTPError` when it refuses.
            http.client.HTTPException: When what it says is not HTTP.
            ValueError: When the address is none.
        """
        try:
            piece = self._pieces.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # handed over: it is raised in the thread that asks
            if isinstance(error, HTTPError):
                error.close()  # it is an answer as well, with a connection of its own
            self._put(error)

    def _read(self) -> None:
        request = Request(self._url, headers={"User-Agent": "dropout-explorer"})
        with build_opener().open(request, timeout=_SILENCE_SECONDS) as response:
            packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
            length = response.headers.get("Content-Length", "").strip()
            announced = int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else None
            if announced is not None and not packed:
                if announced > self._limit:
                    raise self._too_large()
                self.total = announced
            # Nobody asked for it to be packed, but some servers do so all the same.
            unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
            received = given = 0
            while not self._ended.is_set():
                data: bytes = (
                    response.read1(_PIECE_BYTES) if hasattr(response, "read1") else response.read(_PIECE_BYTES)
                )
                received += len(data)
                for piece in _unpacked(data, unpacker):
                    given += len(piece)
                    if given > self._limit:
                        raise self._too_large()
                    self._put(piece)
                if not data:
                    break
            if announced is not None and received < announced:
                raise TooShortError(f"{received:,} of {announced:,} bytes")
            if unpacker is not None and not unpacker.eof:
                raise TooShortError(f"{received:,} packed bytes without an end")
            self._put(b"")

    def _put(self, piece: bytes | BaseException) -> None:
        while not self._ended.is_set():
            try:
                self._pieces.put(piece, timeout=_PUT_SECONDS)
            except queue.Full:
                continue
            return

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"more than {self._limit // 2**20} MB")


def _unpacked(data: bytes, unpacker: Any) -> list[bytes]:
    if unpacker is None:
        return [data] if data else []
    pieces = []
    while data and not unpacker.eof:
        piece = unpacker.decompress(data, _PIECE_BYTES)
        data = unpacker.unconsumed_tail
        if piece:
            pieces.append(piece)
    return pieces
