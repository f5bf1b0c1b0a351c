"""TensorFlow and Keras, imported in one place with the environment they need.

Import this only when a run is built: it takes seconds. oneDNN is turned off, and TensorFlow is given one thread,
because otherwise the last bits of a run differ from one machine to the next. One thread is also the fastest here: the
operations are too small to be worth sharing out (10 to 15 % of a step), and the second core is left to the window.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
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
_KERAS_VARIABLES: Final = ("KERAS_HOME", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "KERAS_NNX_ENABLED")
_CHATTER: Final = re.compile(rb"^(WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] )")


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what TensorFlow's C++ side writes to stderr while it loads; anything else is passed on after.

    No environment variable silences the notes it writes before its logging is set up, so the file descriptor is held.
    """
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    except OSError:  # no folder for temporary files can be written
        yield
        return
    try:
        kept = os.dup(2)
    except OSError:  # started without a stderr, as from a desktop icon: nobody to spare
        held.close()
        yield
        return
    with held:
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


def _keras_settings() -> str:
    """The file that Keras reads its settings from: in `KERAS_HOME`, else where Keras looks."""
    home = os.environ.get("KERAS_HOME")
    if not home:
        base = os.path.expanduser("~")
        home = os.path.join(base if os.access(base, os.W_OK) else "/tmp", ".keras")
    return os.path.expanduser(os.path.join(home, "keras.json"))


def _readable_by_keras(path: str) -> bool:
    """Whether Keras can be imported with such a file: it refuses to be with a floating-point type it does not know."""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(told, dict)
        and told.get("floatx", "float32") in ("float16", "float32", "float64")
        and isinstance(told.get("epsilon", 1e-7), float)
        and told.get("image_data_format", "channels_last") in ("channels_last", "channels_first")
        and not told.get("nnx_enabled")
    )


@contextlib.contextmanager
def _importable() -> Iterator[None]:
    """Within it Keras can be imported, whatever its settings on this computer say; they are as before afterwards."""
    before = {name: os.environ.get(name) for name in _KERAS_VARIABLES}
    with contextlib.ExitStack() as stack:
        if "keras" not in sys.modules:
            if not before["KERAS_HOME"]:
                os.environ.pop("KERAS_HOME", None)  # an empty one is the working folder to Keras
            for name in _KERAS_VARIABLES[1:]:
                if not (before[name] or "").isdecimal():
                    os.environ.pop(name, None)
            with contextlib.suppress(OSError):
                # Without a home, what Keras and TensorFlow keep there would come into the working folder, named ~.
                homeless = "KERAS_HOME" not in os.environ and not os.path.isabs(os.path.expanduser("~"))
                if homeless or not _readable_by_keras(_keras_settings()):
                    os.environ["KERAS_HOME"] = stack.enter_context(tempfile.TemporaryDirectory())
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


_keep_freed_memory()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

with _without_chatter(), _importable():
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


@contextlib.contextmanager
def usual_keras() -> Iterator[None]:
    """Within it what is built has Keras's own defaults, whatever the person's `keras.json` or notebook has set.

    Those are float32 and an epsilon of 1e-7; a `floatx` of float64 would give other numbers.
    """
    config = keras.config
    floatx, epsilon, policy = config.floatx(), config.epsilon(), config.dtype_policy()
    config.set_floatx("float32")
    config.set_epsilon(1e-7)
    config.set_dtype_policy("float32")
    try:
        yield
    finally:
        config.set_floatx(floatx)
        config.set_epsilon(epsilon)
        config.set_dtype_policy(policy)


__all__ = ["keras", "tf", "usual_keras"]
