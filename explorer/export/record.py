"""What happened at every batch, as one npz file for reading with plain NumPy.

Arrays, for n batches of at most B reviews: `epoch` and `batch` (n,) int32, counted from 1; `rows` (n, B) int64
positions of the reviews in the training part, −1 where a short batch ends; and for each place where dropout stands,
`hidden_1` and `hidden_2`: `/activation`, `/mask` and `/output` (n, B, units), zero where a short batch ends, and
`/factor` and `/rate` (n,) float32. There is no pickle in it.

`output == activation * mask * factor[:, None, None]` holds bit for bit, except for `keras.layers.Dropout`, whose own
division may differ from it in the last place.
"""

from __future__ import annotations

import contextlib
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from explorer import temporaries
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Snapshot
from explorer.export.files import WriteError, replacing


def layout(settings: Settings) -> dict[str, tuple[type, tuple[int, ...]]]:
    """The arrays of a run's file: name -> type and shape of one batch's part."""
    size, units = settings.batch_size, settings.units
    arrays: dict[str, tuple[type, tuple[int, ...]]] = {
        "epoch": (np.int32, ()),
        "batch": (np.int32, ()),
        "rows": (np.int64, (size,)),
    }
    for hidden in HIDDEN:
        if settings.active(hidden):
            arrays[f"hidden_{hidden}/activation"] = (np.float32, (size, units))
            arrays[f"hidden_{hidden}/mask"] = (np.bool_, (size, units))
            arrays[f"hidden_{hidden}/output"] = (np.float32, (size, units))
            arrays[f"hidden_{hidden}/factor"] = (np.float32, ())
            arrays[f"hidden_{hidden}/rate"] = (np.float32, ())
    return arrays


@contextmanager
def array_member(archive: zipfile.ZipFile, name: str, kind: type, shape: tuple[int, ...]) -> Iterator[IO[bytes]]:
    """A member of an npz file whose numbers are still to be written, one after the other.

    Args:
        archive: Open for writing.
        name: Of the array.
        kind: Of its numbers.
        shape: Of all of it.
    """
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        yield member


class Recorder:
    """Takes every snapshot of a run, and writes the file when it has them all.

    A run of hundreds of epochs does not fit into memory, so each array grows in a file of its own, in a temporary
    folder beside the target, until `write` puts them together.

    Args:
        target: The npz file to write.
        settings: Those of the run: they say how wide the arrays are and where dropout stands.

    Raises:
        WriteError: Here and from the methods, when there is no room.
    """

    def __init__(self, target: Path, settings: Settings):
        self._target, self._settings = target, settings
        self._length = 0
        self._folder = contextlib.ExitStack()
        try:
            folder = self._folder.enter_context(temporaries.part_of(target.absolute(), folder=True))
        except OSError as error:
            raise WriteError(f"{target} could not be written: {error.strerror}; choose another place") from error
        self._files = {}
        for k, name in enumerate(layout(settings)):
            self._files[name] = open(folder / str(k), "wb")  # noqa: SIM115

    def append(self, snapshot: Snapshot) -> None:
        """Take a batch."""
        values: dict[str, Any] = {"epoch": snapshot.epoch, "batch": snapshot.batch, "rows": snapshot.rows}
        for hidden in HIDDEN:
            place = snapshot.training.place(hidden)
            for name in ("activation", "mask", "output", "factor", "rate"):
                values[f"hidden_{hidden}/{name}"] = getattr(place, name)
        try:
            for name, (kind, shape) in layout(self._settings).items():
                whole: np.ndarray[Any, Any] = np.full(shape, -1 if name == "rows" else 0, kind)
                filled = (slice(len(snapshot.rows)),) if shape else ()
                whole[filled] = values[name]
                self._files[name].write(whole.tobytes())
        except OSError as error:
            raise WriteError(f"{self._target} could not be written: {error.strerror}; make room for it") from error
        self._length += 1

    def write(self) -> None:
        """Put the file together and in its place."""
        with replacing(self._target) as file, zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            for name, (kind, shape) in layout(self._settings).items():
                part = self._files[name]
                part.close()
                with (
                    array_member(archive, name, kind, (self._length, *shape)) as member,
                    open(part.name, "rb") as source,
                ):
                    shutil.copyfileobj(source, member)

    def __enter__(self) -> Self:
        """The recorder itself; its temporary folder goes when the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what is temporary."""
        for file in self._files.values():
            with contextlib.suppress(OSError):  # of a full disk, which has been told
                file.close()
        self._folder.close()
