"""TensorFlow and Keras, imported in one place with the environment they need.

Import this only when a run is built: it takes seconds. oneDNN is turned off, and TensorFlow is given one thread,
because otherwise the last bits of a run differ from one machine to the next. One thread is also the fastest here: the
operations are too small to be worth sharing out (10 to 15 % of a step), and the second core is left to the window.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import Final

from explorer.engine.environment import note_threads

# The names and numbers of <malloc.h>.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_CHATTER: Final = re.compile(rb"^(WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] )")


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what TensorFlow's C++ side writes to stderr while it loads; anything else is passed on after.

    No environment variable silences the notes it writes before its logging is set up, so the file descriptor is held.
    """
    try:
        kept = os.dup(2)
    except OSError:  # started without a stderr, as from a desktop icon: nobody to spare
        yield
        return
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush() if sys.stderr else None
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            said = [line for line in held.readlines() if not _CHATTER.match(line)]
            with contextlib.suppress(OSError):
                os.write(2, b"".join(said))


def _keep_freed_memory() -> None:
    """Have glibc keep what is freed instead of giving it back to the system and asking for it again at every step.

    Arrays of a megabyte come and go with each batch; fresh pages for them made an evaluation take up to twice as long.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, 64 * 2**20)
            mallopt(_M_TRIM_THRESHOLD, 256 * 2**20)


_keep_freed_memory()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

with _without_chatter():
    import keras
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        raise ImportError(
            f"Keras is already running on {keras.backend.backend()}; set KERAS_BACKEND=tensorflow before importing it"
        )
    with contextlib.suppress(RuntimeError):  # a notebook that has used TensorFlow before has made its choice
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.threading.set_intra_op_parallelism_threads(1)
    note_threads(tf.config.threading.get_intra_op_parallelism_threads())
    # The first operation sets up devices, which writes once more.
    tf.constant(0.0)

__all__ = ["keras", "tf"]
