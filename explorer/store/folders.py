"""Where runs are kept while they train."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Final

import platformdirs

from explorer.home import expanded, program_folder

FOLDER_VARIABLE: Final = "DROPOUT_EXPLORER_RUNS"
"""The environment variable that names another folder."""


def runs_folder() -> Path:
    """The folder of autosaved runs: `DROPOUT_EXPLORER_RUNS`, else where a program's data belongs on this system.

    Raises:
        OSError: When there is no home folder that it could be in.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return expanded(Path(named))
    folder = program_folder(platformdirs.user_data_dir)
    if folder is None:
        raise OSError(f"there is no home folder; set {FOLDER_VARIABLE} to a folder for such runs")
    return folder / "runs"


def new_folder() -> Path:
    """A name for the folder of a run, that no other process gives; the folder is not made.

    Raises:
        OSError: As `runs_folder`.
    """
    return runs_folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{secrets.token_hex(4)}"
