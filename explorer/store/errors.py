"""How a run file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from explorer.data.progress import DataError

DAMAGED: Final = "the file is damaged or was not made by this program; use another copy of it"


class RunFileError(DataError):
    """A run file that cannot be used; its text is one sentence: the file, the place, the reason, what to do."""


def refusal(path: Path, reason: str, advice: str = DAMAGED) -> RunFileError:
    """The refusal of a file.

    Args:
        path: The file.
        reason: What is wrong and where, as the end of "… cannot be opened:".
        advice: What to do.
    """
    return RunFileError(f"{path} cannot be opened: {reason}; {advice}")
