"""Whether a file is a run: asked before it is opened, of whatever a person drops on the window."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from explorer.store.layout import RUN
from explorer.store.repacked import as_written

SUFFIX: Final = ".dropout"


def is_run_file(path: Path) -> bool:
    """Whether a file is meant to be a run: by its name, or by what a zip under another name holds."""
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(name == RUN for name, _ in as_written(archive.infolist()))
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False
