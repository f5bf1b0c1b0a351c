"""Masks and activations of a run as one npz file, in the layout of `explorer.export.record`.

A history has every mask, but activations of a batch's first reviews only, and in a long run not of every batch. What it
does not have is NaN, and `known` says where that is so. A run of 100 epochs of small batches has 78,200 batches, and
its arrays would take 720 MB, so they are written piece by piece, and deflated: NaN takes next to nothing, a mask a bit
and a half a cell.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import HIDDEN
from explorer.export.record import array_member, layout
from explorer.export.tables.columns import Column

_PIECE_BYTES: Final = 4_000_000
_LEVEL: Final = 1
"""Of deflating: the files of the higher ones are hardly smaller, and take three times as long."""

Part = npt.NDArray[Any]


class Arrays:
    """What is written of a run. Which activations it has is settled here: a run that goes on lets more of them go."""

    def __init__(self, run: RunRecord) -> None:
        self._run, self._history = run, run.history
        self._settings = run.started_with
        self._length = len(run.history)
        self._known = {
            step: (kept.hidden_1, kept.hidden_2)
            for step in run.history.kept_steps(1, self._length).tolist()
            if (kept := run.history.activations(step)) is not None
        }

        self._whole = {**layout(self._settings), "known": (np.int32, ())}
        self._sizes = {
            name: np.dtype(kind).itemsize * int(np.prod(shape)) for name, (kind, shape) in self._whole.items()
        }

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, not deflated."""
        return self._length * sum(self._sizes.values())

    @property
    def reviews_shown(self) -> int:
        """Of how many of a batch's reviews activations are kept at most."""
        return self._history.reviews_shown

    @property
    def counted(self) -> tuple[int, int]:
        """How many batches there are, and of how many activations are known."""
        return self._length, len(self._known)

    def write(self, file: IO[bytes], report: Report) -> None:
        """Write the archive.

        Raises:
            Cancelled: From `report`.
        """
        done = 0
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=_LEVEL) as archive:
            for name, (kind, shape) in self._whole.items():
                fill = self._filling(name)
                group = max(1, _PIECE_BYTES // max(self._sizes[name], 1))
                with array_member(archive, name, kind, (self._length, *shape)) as member:
                    for first in range(1, self._length + 1, group):
                        steps = range(first, min(first + group, self._length + 1))
                        part: Part = np.full((len(steps), *shape), -1 if name == "rows" else 0, kind)
                        for row, step in enumerate(steps):
                            fill(part, row, step)
                        member.write(part.tobytes())
                        done += part.nbytes
                        report("Writing masks and activations", done / self.nbytes)

    def _filling(self, name: str) -> Callable[[Part, int, int], None]:
        """What puts a batch's part of an array into a row of a piece of it."""
        scalars = self._history.scalars()
        place, _, what = name.rpartition("/")
        hidden = int(place[-1]) if place else 0

        def known(part: Part, row: int, step: int) -> None:
            part[row] = len(self._known[step][0]) if step in self._known else 0

        def rows(part: Part, row: int, step: int) -> None:
            taken = self._history.rows(step)
            part[row, : len(taken)] = taken

        def mask(part: Part, row: int, step: int) -> None:
            drawn = self._history.mask(step, hidden)
            part[row, : len(drawn)] = drawn

        def activation(part: Part, row: int, step: int) -> None:
            part[row, : len(self._history.rows(step))] = np.nan
            if step in self._known:
                values = self._known[step][hidden - 1]
                part[row, : len(values)] = values

        def output(part: Part, row: int, step: int) -> None:
            activation(part, row, step)
            drawn = self._history.mask(step, hidden)
            values = part[row, : len(drawn)]
            # Not a product alone: what is dropped is 0 also where the activation is not known.
            values *= np.float32(self._history.factor(step, hidden))
            values[~drawn] = 0

        def factor(part: Part, row: int, step: int) -> None:
            part[row] = self._history.factor(step, hidden)

        def scalar(part: Part, row: int, step: int) -> None:
            part[row] = figures[step - 1]

        figures: Part = getattr(scalars, f"rate_{hidden}" if what == "rate" else what, scalars.step)
        filling: dict[str, Callable[[Part, int, int], None]] = {
            "known": known,
            "rows": rows,
            "mask": mask,
            "activation": activation,
            "output": output,
            "factor": factor,
        }
        return filling.get(what, scalar)

    def columns(self) -> tuple[Column, ...]:
        """What each array is."""
        n, size, units = self._length, self._settings.batch_size, self._settings.units
        cells = f"({n}, {size}, {units})"
        told = [
            Column("epoch", f"epochs; ({n},) int32", "from 1", "The epoch of each batch."),
            Column("batch", f"batches; ({n},) int32", "from 1", "Each batch, counted within its epoch."),
            Column(
                "rows",
                f"positions; ({n}, {size}) int64",
                "from 0; −1 where a short batch ends",
                "Which reviews a batch has: their positions in the training part.",
            ),
        ]
        for hidden in HIDDEN:
            if not self._settings.active(hidden):
                continue
            place, after = f"hidden_{hidden}", f"after hidden {hidden}"
            told += [
                Column(
                    f"{place}/activation",
                    f"activation; {cells} float32",
                    "from 0; nan where not known; 0 where a short batch ends",
                    f"What relu gave {after}, before dropout.",
                ),
                Column(
                    f"{place}/mask",
                    f"truth; {cells} bool",
                    "True or False; False where a short batch ends",
                    f"Whether a unit was kept for a review {after}, exactly as applied.",
                ),
                Column(
                    f"{place}/output",
                    f"activation; {cells} float32",
                    "from 0; nan where kept and not known; 0 where dropped, and where a short batch ends",
                    "activation × mask × factor: what the next layer got.",
                ),
                Column(
                    f"{place}/factor", f"factor; ({n},) float32", "from 1", "What kept activations were multiplied by."
                ),
                Column(f"{place}/rate", f"share; ({n},) float32", "[0, 1)", "The share dropped."),
            ]
        told.append(
            Column(
                "known",
                f"reviews; ({n},) int32",
                f"0 to {self._history.reviews_shown}",
                "Of how many of the batch's first reviews activation and output are known; 0 for none. Masks are "
                "always known.",
            )
        )
        return tuple(told)
