"""What file managers and archivers leave in folders and archives, and no person ever put there."""

from __future__ import annotations

from typing import Final

_NAMES: Final = frozenset(
    {
        "__macosx",  # Finder's Compress: a folder of AppleDouble files
        ".ds_store",
        ".localized",
        ".spotlight-v100",
        ".trashes",
        ".fseventsd",
        ".temporaryitems",
        ".apdisk",
        "icon\r",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".directory",  # KDE
        ".dropbox",
        ".dropbox.attr",
    }
)


def is_litter(name: str) -> bool:
    """Whether a file or a folder, or one that it stands in, is such a thing.

    Args:
        name: A path with slashes, within a folder or an archive.
    """
    return any(part.lower() in _NAMES or part.startswith("._") for part in name.split("/"))
