"""Archives made of names and contents, and reviews to put into them, for the tests of what is read through."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping

GOOD = ("graceful", "tender", "lovely", "bright", "witty")
BAD = ("dull", "lazy", "clumsy", "shrill", "stale")


def rows(count: int = 120) -> list[tuple[str, int]]:
    """Texts of a few words with their labels, in turn negative and positive."""
    return [
        (" ".join(("the plot of scene", (BAD, GOOD)[k % 2][k % 5], (BAD, GOOD)[k % 2][k % 3], f"actor{k % 7}")), k % 2)
        for k in range(count)
    ]


def csv(separator: str = ",") -> bytes:
    """The rows as a table with a header."""
    lines = [f"{text}{separator}{label}" for text, label in rows()]
    return "\n".join([f"text{separator}label", *lines, ""]).encode()


def json_lines(encoding: str = "utf-8") -> bytes:
    """The rows as an object per line."""
    return "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows()).encode(encoding)


def tree(folder: str = "", part: str = "") -> dict[str, bytes]:
    """The rows as a file each in `pos` and `neg`, within a folder and a part of it."""
    return {f"{folder}{part}{('neg', 'pos')[label]}/{k}_7.txt": text.encode() for k, (text, label) in enumerate(rows())}


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return stream.getvalue()


def tarred(members: Mapping[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of plain files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()
