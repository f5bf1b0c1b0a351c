"""A run as a log that TensorBoard opens: one event file in a folder of the run's own.

TensorFlow's `tf.summary` writes nothing unless the `tensorboard` package is installed, which TensorFlow no longer
brings. What that adds to an event file is little: the records are TensorFlow's own (`tf.io.TFRecordWriter`), and so are
their messages (`tensorflow.core.util.event_pb2`, made from the event.proto that it installs). So nothing needs to be
installed to write a log, which is often looked at on another computer.
Format: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer import temporaries
from explorer.data.progress import Report
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import DECLARATIONS, HIDDEN
from explorer.engine.snapshot import EpochResult, Snapshot
from explorer.export.files import WriteError, writable
from explorer.presentation.cells import mask_cells
from explorer.presentation.palette import LIGHT, mask_lut
from explorer.presentation.series import along

FILE_NAME: Final = "events.out.tfevents.0.dropout-explorer"
"""TensorBoard knows a log by `tfevents` in its name. A second log of the run takes the place of the first."""
HISTOGRAMS: Final = 100
"""Batches that have histograms at most, evenly spread; TensorBoard itself shows no more than 500."""
IMAGES: Final = 20
"""Batches that have mask images at most, evenly spread."""
_BUCKETS: Final = 30
_LONGEST_NAME: Final = 240
_CELL_PIXELS: Final = 8
_REPORT_EVERY: Final = 256


def write_tensorboard(folder: Path, run: RunRecord, report: Report) -> Path:
    """Log a run: `tensorboard --logdir FOLDER`, or the folder above for several runs beside each other.

    Scalars of every batch and of every epoch, all against the number of the batch; histograms of activations, outputs
    and weights of up to `HISTOGRAMS` of the batches whose activations are kept; images of the masks of the first
    reviews of up to `IMAGES` batches; the settings as text.

    Args:
        folder: Made if it is not there. What else is in it stays.
        run: What is logged, as far as it is.
        report: Told of the progress.

    Returns:
        The event file.

    Raises:
        ValueError: For a run without a batch.
        WriteError: When it cannot be written. No half-written log is left, and an earlier one stays whole.
        Cancelled: From `report`; likewise.
    """
    from explorer.engine.backend import tf

    if not len(run.history):
        raise ValueError("the run has no batch yet, so there is nothing to log; train a batch first")
    made = not folder.exists()
    target = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable(target)
        with temporaries.part_of(folder / "events") as part:  # TensorBoard would read what has its own name
            with tf.io.TFRecordWriter(os.fsencode(part)) as writer:
                for event in _Log(run).events(report):
                    writer.write(event.SerializeToString())
            with open(part, "rb+") as file:
                os.fsync(file.fileno())
            temporaries.place(part, target)
    except WriteError:
        raise
    except (OSError, tf.errors.OpError) as error:
        # TensorFlow's own errors begin with the file, then a semicolon.
        reason = getattr(error, "strerror", None) or str(getattr(error, "message", error)).split("; ")[-1]
        raise WriteError(f"{folder} could not be written: {reason}; choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            if made and folder.is_dir():
                folder.rmdir()  # unless something is in it
    return target


def write_beside(folder: Path, name: str, run: RunRecord, report: Report) -> Path:
    """Log a run in a new folder below another: `tensorboard --logdir FOLDER` shows all the runs there.

    Args:
        folder: Where the folders of runs are; made if it is not there.
        name: Of the new folder; a number is put behind it where there is one of that name.
        run: As of `write_tensorboard`, like the rest.
        report: Likewise.
    """
    if len(os.fsencode(name)) > _LONGEST_NAME:  # with a number behind it, it would be longer than a name can be
        name = os.fsencode(name)[:_LONGEST_NAME].decode("utf-8", "ignore")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        own = folder / name
        for number in itertools.count(2):
            try:
                own.mkdir()  # by this process: another may log a run of that name at the same time
                break
            except FileExistsError:
                own = folder / f"{name}-{number}"
    except OSError as error:
        raise WriteError(f"{folder} could not be written: {error.strerror or error}; choose another place") from error
    try:
        return write_tensorboard(own, run, report)
    finally:
        with contextlib.suppress(OSError):
            own.rmdir()  # unless the log is in it


class _Log:
    """The events of a run, in the order of its batches."""

    def __init__(self, run: RunRecord) -> None:
        from explorer.engine.backend import tf  # first: it sets up what TensorFlow is imported with

        from tensorflow.core.framework import summary_pb2  # isort: skip
        from tensorflow.core.util import event_pb2  # isort: skip

        self._tf, self._events, self._messages = tf, event_pb2, summary_pb2
        self._run, self._history = run, run.history
        self._length = len(run.history)
        self._results = {result.step: result for result in run.results}
        seconds = along("seconds", np.arange(self._length + 1), run.history.batches, run.results)
        # TensorBoard's axis of time is that of computing; of an epoch that is not done it is not known.
        self._seconds = np.nan_to_num(seconds, nan=float(np.nanmax(seconds, initial=0.0)))
        self._began = time.time() - float(self._seconds[-1])

    def events(self, report: Report) -> Iterator[Any]:
        """All of them, the first being the one by which a log is known."""
        yield self._events.Event(wall_time=self._began, file_version="brain.Event:2")
        yield self._event(0, [self._text("settings", _settings_text(self._run))])
        kept = self._history.kept_steps(1, self._length)
        histograms, images = set(_spread(kept, HISTOGRAMS)), set(_spread(np.arange(1, self._length + 1), IMAGES))
        for step in range(1, self._length + 1):
            values = self._scalars(step)
            if step in histograms and self._history.has_activations(step):
                values += self._histograms(self._run.snapshot(step))
            if step in images:
                values += self._images(step)
            yield self._event(step, values)
            if step % _REPORT_EVERY == 0 or step == self._length:
                report("Writing the TensorBoard log", step / self._length)

    def _event(self, step: int, values: list[Any]) -> Any:
        at = self._began + float(self._seconds[step])
        return self._events.Event(wall_time=at, step=step, summary=self._messages.Summary(value=values))

    def _scalars(self, step: int) -> list[Any]:
        told = self._history.batch(step)
        figures: dict[str, float | None] = {
            "loss/1 batch, as trained": told.loss,
            "accuracy/1 batch, as trained": told.accuracy,
            "L2 penalty/batch": told.penalty,
        }
        for hidden in HIDDEN:
            k = hidden - 1
            if self._run.started_with.active(hidden):
                figures[f"rate/hidden {hidden}"] = told.rates[k]
                figures[f"share kept/hidden {hidden}"] = told.whole.shares_kept[k]
            figures[f"mean activation/hidden {hidden}"] = told.whole.activations[k]
            figures[f"mean output/hidden {hidden}"] = told.whole.outputs[k]
        result = self._results.get(step)
        if result is not None:
            figures |= _epoch_figures(result)
        return [
            self._messages.Summary.Value(tag=tag, simple_value=figure)
            for tag, figure in figures.items()
            if figure is not None
        ]

    def _histograms(self, snapshot: Snapshot) -> list[Any]:
        arrays: dict[str, npt.NDArray[np.float32]] = {}
        for hidden in HIDDEN:
            place, calm = snapshot.training.place(hidden), snapshot.inference.place(hidden)
            arrays[f"activation/hidden {hidden}, training"] = place.activation
            arrays[f"output/hidden {hidden}, training"] = place.output
            arrays[f"output/hidden {hidden}, inference"] = calm.output
        if snapshot.weights is not None:
            arrays["weights/kernel of hidden 2"] = snapshot.weights.kernel_2
            arrays["weights/bias of hidden 2"] = snapshot.weights.bias_2
            arrays["weights/kernel of the output"] = snapshot.weights.kernel_3
        made = []
        for tag, values in arrays.items():
            finite = values[np.isfinite(values)].astype(np.float64)
            if finite.size:
                made.append(self._messages.Summary.Value(tag=tag, histo=self._histogram(finite)))
        return made

    def _histogram(self, values: npt.NDArray[np.float64]) -> Any:
        counts, edges = np.histogram(values, _BUCKETS)
        return self._messages.HistogramProto(
            min=values.min(),
            max=values.max(),
            num=values.size,
            sum=values.sum(),
            sum_squares=float(values @ values),
            bucket_limit=edges[1:],
            bucket=counts,
        )

    def _images(self, step: int) -> list[Any]:
        made, table = [], mask_lut(LIGHT)[:, :3]
        for hidden in HIDDEN:
            if self._run.started_with.active(hidden):
                mask = self._history.mask(step, hidden)[: self._history.reviews_shown]
                cells = mask_cells(mask).repeat(_CELL_PIXELS, axis=0).repeat(_CELL_PIXELS, axis=1)
                height, width = cells.shape
                png = self._tf.io.encode_png(table[cells]).numpy()
                image = self._messages.Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=png)
                made.append(
                    self._messages.Summary.Value(tag=f"mask/hidden {hidden} (reviews down, units across)", image=image)
                )
        return made

    def _text(self, tag: str, text: str) -> Any:
        metadata = self._messages.SummaryMetadata(plugin_data={"plugin_name": "text"})
        return self._messages.Summary.Value(
            tag=tag, metadata=metadata, tensor=self._tf.make_tensor_proto([text.encode()])
        )


def _epoch_figures(result: EpochResult) -> dict[str, float | None]:
    return {
        "loss/2 epoch, as trained": result.loss,
        "loss/3 training, dropout off": result.train_loss,
        "loss/4 validation, dropout off": result.val_loss,
        "accuracy/2 epoch, as trained": result.accuracy,
        "accuracy/3 training, dropout off": result.train_accuracy,
        "accuracy/4 validation, dropout off": result.val_accuracy,
    }


def _settings_text(run: RunRecord) -> str:
    """Markdown. Where the reviews lie is left out: a log is often shown to others."""
    settings = run.settings
    rows = [
        ("run", run.name),
        ("reviews", run.reviews.title),
        ("trained on", f"{run.trained_on:,}"),
        ("held out", f"{run.held_out:,}"),
        *(
            (declared.name, str(getattr(settings, declared.name)))
            for declared in DECLARATIONS
            if declared.name != "data"
        ),
    ]
    lines = [(name, " ".join(text.split()).replace("|", "\\|")) for name, text in rows]
    return "| setting | at the end |\n| --- | --- |\n" + "".join(f"| {name} | {text} |\n" for name, text in lines)


def _spread(steps: npt.NDArray[np.int64], most: int) -> list[int]:
    """At most so many of some batches, both ends among them."""
    places = np.unique(np.linspace(0, len(steps) - 1, min(most, len(steps))).round().astype(np.int64))
    chosen: list[int] = steps[places].tolist()
    return chosen
