"""The members of a run file that a person unpacked and packed again, by the names that they had."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable

from explorer.data.litter import is_litter
from explorer.store.layout import RUN


def as_written(listed: Iterable[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """Members and their names, as the program wrote them.

    An archiver may list folders, put one or more folders around everything, write backslashes, and add what its file
    manager left there. All of that is taken away; nothing is said of what else is listed.
    """
    members = [(info.filename.replace("\\", "/"), info) for info in listed]
    members = [(name, info) for name, info in members if not name.endswith("/") and not is_litter(name)]
    around = _around([name for name, _ in members])
    return [(name.removeprefix(around), info) for name, info in members]


def _around(names: list[str]) -> str:
    """The folder around everything, with a slash at its end; empty where there is none."""
    folders = {name.removesuffix(RUN) for name in names if name.rpartition("/")[2] == RUN}
    if len(folders) != 1:
        return ""
    folder = folders.pop()
    climbs = folder.startswith("/") or ".." in folder.split("/")
    return "" if climbs or not all(name.startswith(folder) for name in names) else folder
