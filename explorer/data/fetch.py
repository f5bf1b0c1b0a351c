"""The child process of `explorer.data.download`: fetches files with `keras.utils.get_file` and can be killed.

`get_file` can neither be stopped nor be asked how far it is, so it runs here, by itself. Started as
`python -m explorer.data.fetch FOLDER JSON`, it writes what happens as one JSON object a line:
`{"ready": true}` when Keras is there, `{"file": name}` when a file is begun, `{"total": bytes}` when its size is known,
`{"error": kind, "detail": text}` when it could not be had, `{"done": true}` at the end.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import sys
import threading
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import Any, Final, TextIO

_SILENCE_SECONDS: Final = 30.0
"""A server that sends nothing for so long is given up."""


class _SizeWatch(urllib.request.BaseHandler):
    """Says how large the answer to each request is going to be."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        headers: HTTPMessage = response.headers
        length = headers.get("Content-Length", "")
        if response.status == 200 and length.isdecimal():
            _say(self._out, total=int(length))
        return response

    https_response = http_response


def main(folder: str, files: list[list[str]], out: TextIO) -> int:
    """Fetch files into a folder.

    Args:
        folder: An existing folder of this process's own.
        files: Name, URL and hash (SHA-256 or MD5, hexadecimal) of each file.
        out: Where to write what happens.

    Returns:
        The exit code: 0 when all are there.
    """
    socket.setdefaulttimeout(_SILENCE_SECONDS)
    try:
        from keras.utils import get_file
    except ImportError as error:
        _say(out, error="keras", detail=str(error))
        return 1
    urllib.request.install_opener(urllib.request.build_opener(_SizeWatch(out)))
    _say(out, ready=True)
    for name, url, checksum in files:
        _say(out, file=name)
        try:
            path = get_file(fname=name, origin=url, file_hash=checksum, cache_dir=folder, cache_subdir="")
        except Exception as error:
            # get_file turns what went wrong into plain Exceptions, the cause behind them.
            kind, detail = _reason(error)
            _say(out, error=kind, detail=detail)
            return 1
        if os.path.realpath(path) != os.path.realpath(os.path.join(folder, name)):
            # Where get_file may not write, it goes elsewhere without a word.
            _say(out, error="folder", detail=f"Keras wrote to {path}")
            return 1
    _say(out, done=True)
    return 0


def _reason(error: BaseException) -> tuple[str, str]:
    cause = error.__context__ or error
    if isinstance(cause, urllib.error.HTTPError):
        return "http", f"{cause.code} {cause.reason}"
    if isinstance(cause, urllib.error.ContentTooShortError):
        return "short", str(cause.reason)
    if isinstance(cause, urllib.error.URLError):
        reason = cause.reason
        return "network", getattr(reason, "strerror", None) or str(reason)
    if isinstance(cause, OSError):
        detail = cause.strerror or str(cause)
        if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return "full", detail
        if cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return "folder", detail
        return "network", detail
    if isinstance(cause, HTTPException):
        return "short", type(cause).__name__
    if isinstance(cause, ValueError) and "hash" in str(cause):
        return "hash", str(cause)
    return "other", f"{type(cause).__name__}: {cause}"


def _say(out: TextIO, **what: object) -> None:
    print(json.dumps(what), file=out, flush=True)


def _end_with_parent(folder: str) -> None:
    """Wait until the parent's end of standard input closes, then leave nothing behind."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, args=(sys.argv[1],), daemon=True).start()
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # get_file draws a progress bar on standard output.
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        code = main(sys.argv[1], json.loads(sys.argv[2]), lines)
    lines.close()
    # At once: the thread still waits for standard input.
    os._exit(code)
