"""Logs are read by TensorFlow's own reader of records, and opened by TensorBoard's."""

import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorflow.core.util.event_pb2 import Event

from explorer.data.progress import Cancelled, silent
from explorer.engine.history import History
from explorer.export.files import WriteError
from explorer.export.tensorboard import FILE_NAME, write_tensorboard
from explorer.presentation.palette import LIGHT, rgba
from tests.export.runs import train, trained


def read(path):
    """The events of a log, and by tag and step the values in them."""
    events = [Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(path))]
    values = {}
    for event in events:
        for value in event.summary.value:
            assert event.step not in values.setdefault(value.tag, {})
            values[value.tag][event.step] = value
    return events, values


def test_every_batch_and_every_epoch_is_read_back(tmp_path):
    run, snapshots, _ = trained(rate_1=0.3)
    path = write_tensorboard(tmp_path / "logs" / "a run", run, silent)
    assert path == tmp_path / "logs" / "a run" / FILE_NAME
    events, values = read(path)
    assert events[0].file_version == "brain.Event:2"
    assert [event.step for event in events] == [0, *range(7)]
    assert np.all(np.diff([event.wall_time for event in events]) >= 0)
    assert events[-1].wall_time - events[0].wall_time == pytest.approx(
        sum(result.seconds for result in run.results) - run.results[-1].evaluation_seconds, abs=1e-5
    )
    for snapshot in snapshots:
        place = snapshot.training.place(1)
        expected = {
            "loss/1 batch, as trained": snapshot.loss,
            "accuracy/1 batch, as trained": snapshot.accuracy,
            "L2 penalty/batch": snapshot.penalty,
            "rate/hidden 1": 0.3,
            "share kept/hidden 1": place.mask.mean(),
            "mean output/hidden 1": place.output.mean(),
        }
        for tag, figure in expected.items():
            assert values[tag][snapshot.step].simple_value == pytest.approx(figure, rel=1e-5)
    for result in run.results:
        assert values["loss/4 validation, dropout off"][result.step].simple_value == np.float32(result.val_loss)
        assert values["accuracy/3 training, dropout off"][result.step].simple_value == np.float32(result.train_accuracy)
    assert sorted(values["loss/4 validation, dropout off"]) == [3, 6]
    text = values["settings"][0].tensor.string_val[0].decode()
    assert "| rate_1 | 0.3 |" in text
    assert "data |" not in text


def test_histograms_and_mask_images_are_those_of_the_batch(tmp_path):
    run, snapshots, _ = trained()
    _, values = read(write_tensorboard(tmp_path, run, silent))
    snapshot = snapshots[2]
    for tag, array in {
        "activation/hidden 2, training": snapshot.training.place(2).activation,
        "output/hidden 1, training": snapshot.training.place(1).output,
        "output/hidden 2, inference": snapshot.inference.place(2).output,
        "weights/kernel of hidden 2": snapshot.weights.kernel_2,
    }.items():
        told = values[tag][3].histo
        assert (told.num, sum(told.bucket)) == (array.size, array.size)
        assert (told.min, told.max) == (array.min(), array.max())
        assert told.sum == pytest.approx(array.sum(), rel=1e-5)
        for k, limit in enumerate(told.bucket_limit):
            assert sum(told.bucket[: k + 1]) == pytest.approx(np.count_nonzero(array <= limit), abs=1)
    for hidden in (1, 2):
        image = values[f"mask/hidden {hidden} (reviews down, units across)"][3].image
        pixels = tf.io.decode_png(image.encoded_image_string).numpy()
        assert pixels.shape == (image.height, image.width, 3) == (22 * 8, 5 * 8, 3)
        for corner in (0, 7):  # of each cell
            kept = (pixels[corner::8, corner::8] == rgba(LIGHT.accent)[0, :3]).all(axis=2)
            np.testing.assert_array_equal(kept, snapshot.training.place(hidden).mask)


def test_where_activations_were_let_go_there_is_no_histogram_and_where_no_dropout_stands_no_mask(tmp_path):
    history = History(4, reviews_shown=8, activation_budget_bytes=4 * (8 * (3 * 5 + 2) + 36) * 4)
    run, _, _ = train(history, epochs=4, dropout_1=False, validation=0)
    _, values = read(write_tensorboard(tmp_path, run, silent))
    kept = [step for step in range(1, 17) if history.has_activations(step)]
    assert 1 < len(kept) < 16
    assert sorted(values["activation/hidden 1, training"]) == kept
    assert len(values["mask/hidden 2 (reviews down, units across)"]) == 16
    assert not {"mask/hidden 1 (reviews down, units across)", "rate/hidden 1"} & set(values)
    assert "loss/4 validation, dropout off" not in values


def test_tensorboard_opens_it(tmp_path):
    run, _, _ = trained()
    write_tensorboard(tmp_path, run, silent)
    opened = EventAccumulator(str(tmp_path)).Reload()
    tags = opened.Tags()
    scalars = opened.Tensors("loss/1 batch, as trained")
    assert [tf.make_ndarray(event.tensor_proto) for event in scalars] == run.history.scalars().loss.tolist()
    plugins = {tag: opened.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags["tensors"]}
    assert {plugins[tag] for tag in plugins if tag.startswith(("loss", "rate", "share"))} == {"scalars"}
    assert plugins["output/hidden 1, training"] == "histograms"
    assert plugins["mask/hidden 1 (reviews down, units across)"] == "images"
    assert plugins["settings"] == "text"


def test_what_is_cancelled_leaves_the_old_log_whole_and_no_remains(tmp_path):
    run, _, _ = trained()
    (tmp_path / FILE_NAME).write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("of somebody else")

    def cancel(message, fraction=None):
        raise Cancelled

    with pytest.raises(Cancelled):
        write_tensorboard(tmp_path, run, cancel)
    with pytest.raises(Cancelled):
        write_tensorboard(tmp_path / "new", run, cancel)
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, "notes.txt"]
    assert (tmp_path / FILE_NAME).read_bytes() == b"old"


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path):
    run, _, _ = trained()
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "logs"):
        with pytest.raises(WriteError, match=r"could not be written: .*; choose another place$"):
            write_tensorboard(folder, run, silent)
    nothing, _, _ = trained(epochs=0)
    with pytest.raises(ValueError, match="no batch yet"):
        write_tensorboard(tmp_path / "logs", nothing, silent)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
