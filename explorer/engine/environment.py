"""What a run was trained with, besides its settings: versions and flags that change the last bits of its numbers."""

from __future__ import annotations

import os
import platform
from importlib import metadata

from explorer import __version__

Environment = dict[str, str]
_known: Environment = {}


def environment() -> Environment:
    """This program's. Nothing is imported for it; an answer that is not there is "unknown".

    Returns:
        Versions of the program, Python, TensorFlow, Keras and NumPy; system and processor; whether oneDNN is on, and
        how many threads an operation is shared out to.
    """
    return {
        "program": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in ("tensorflow", "keras", "numpy")},
        "system": f"{platform.system()} {platform.machine()}",
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "unknown"),
        "threads": _known.get("threads", "unknown"),
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"  # installed under another name, such as tensorflow-cpu


def note_threads(count: int) -> None:
    """Told by whoever has loaded TensorFlow how many threads share an operation; 0 is as many as there are cores."""
    _known["threads"] = str(count)
