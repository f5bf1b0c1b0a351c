import csv
import re

import numpy as np
import pytest

from explorer.data.progress import Cancelled, silent
from explorer.engine.comparison import run_figures
from explorer.engine.history import History
from explorer.engine.unit_statistics import UnitTable
from explorer.export.files import WriteError
from explorer.export.record import Recorder
from explorer.export.request import ExportRequest
from explorer.export.tables import TABLES, write_table
from tests.export.runs import train, trained

REQUEST = ExportRequest()


def written(item, run, tmp_path, others=()):
    target = tmp_path / f"{item}.{'npz' if item == 'masks' else 'csv'}"
    return write_table(item, REQUEST, run, others, target, silent)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(path):
    """The first column of every table of a README."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    assert all(len(row) == 4 and row[3] for row in rows)
    return [row[0].strip("`") for row in rows]


@pytest.mark.parametrize("item", ["loss", "accuracy"])
def test_curves_read_back_as_they_were(item, tmp_path):
    run, snapshots, _ = trained(rate_1=0.3)
    other, _, _ = trained(name='no "dropout", none', written_as="none", validation=0)
    epochs, batches, readme = written(item, run, tmp_path, [other])
    assert [path.name for path in (epochs, batches)] == [f"{item}.csv", f"{item}-batches.csv"]
    rows = read(epochs)
    assert [(row["run"], row["name"], row["epoch"], row["step"]) for row in rows] == [
        ("1", run.name, "1", "3"),
        ("1", run.name, "2", "6"),
        ("2", other.name, "1", "4"),
        ("2", other.name, "2", "8"),
    ]
    for row, result in zip(rows, (*run.results, *other.results), strict=True):
        loss = item == "loss"
        assert float(row[f"{item}_as_trained"]) == (result.loss if loss else result.accuracy)
        assert float(row[f"{item}_training"]) == (result.train_loss if loss else result.train_accuracy)
        held_out = result.val_loss if loss else result.val_accuracy
        assert row[f"{item}_validation"] == ("" if held_out is None else str(held_out))
    assert float(rows[1]["seconds"]) == run.results[0].seconds + run.results[1].seconds
    rows = read(batches)
    assert len(rows) == 6 + 8
    for row, snapshot in zip(rows[:6], snapshots, strict=True):
        assert [int(row[name]) for name in ("step", "epoch", "batch")] == [
            snapshot.step,
            snapshot.epoch,
            snapshot.batch,
        ]
        assert np.float32(row[item]) == np.float32(getattr(snapshot, item))
        assert (row["rate_1"], row["rate_2"]) == ("0.3", "0.5")
    assert rows[6]["rate_1"] == "0.0"
    assert described(readme) == [*read(epochs)[0], *rows[0]]


def test_numpy_reads_the_batches(tmp_path):
    run, _, _ = trained()
    _, batches, _ = written("loss", run, tmp_path)
    table = np.genfromtxt(batches, delimiter=",", names=True, dtype=None, encoding="utf-8")
    np.testing.assert_array_equal(table["loss"].astype(np.float32), run.history.scalars().loss)
    np.testing.assert_array_equal(table["penalty"].astype(np.float32), run.history.scalars().penalty)


def test_unit_statistics_are_those_of_the_window(tmp_path):
    run, _, _ = trained(dropout_1=False, rate_2=0.3)
    path, readme = written("units", run, tmp_path)
    rows = read(path)
    assert [(row["hidden"], row["unit"]) for row in rows] == [(str(h), str(u)) for h in (1, 2) for u in range(5)]
    for hidden in (1, 2):
        table = UnitTable(run.history, hidden)
        table.extend()
        window = table.window(1, 6)
        told = rows[5 * (hidden - 1) : 5 * hidden]
        for name in ("share_kept", "mean_activation", "sd_activation", "mean_output", "sd_output", "share_zero"):
            np.testing.assert_array_equal([float(row[name]) for row in told], getattr(window, name))
        assert [int(row["longest_run"]) for row in told] == window.longest_run.tolist()
        assert {row["reviews"] for row in told} == {"300"}
    assert float(rows[0]["share_kept"]) == 1.0
    assert float(rows[5]["keep_probability"]) == pytest.approx(0.7)
    assert described(readme) == list(rows[0])


def test_the_comparison_has_figures_and_settings_of_each_run(tmp_path):
    run, _, _ = trained(rate_1=0.3)
    other, _, _ = trained(name="=1+1", written_as="none", validation=0, epochs=1)
    path, readme = written("comparison", run, tmp_path, [other])
    first, second = read(path)
    figures = run_figures(run.results)
    assert float(first["best_loss"]) == figures.best_loss
    assert float(first["gap"]) == figures.gap
    assert (first["epochs_done"], first["epochs"], second["epochs_done"]) == ("2", "2", "1")
    assert (first["rate_1"], first["written_as"], second["written_as"]) == ("0.3", "layer", "none")
    assert (first["dropout_1"], first["held_out"], second["held_out"]) == ("1", "50", "0")
    assert (second["best_loss"], second["gap"]) == ("", "")
    assert second["name"] == "'=1+1"  # not a formula
    assert first["fingerprint"] == run.reviews.fingerprint
    assert described(readme) == list(first)


@pytest.mark.parametrize("written_as", ["layer", "numpy", "keras"])
def test_a_short_run_has_the_very_arrays_of_a_recorded_one(written_as, tmp_path):
    scaling = "inverted" if written_as == "keras" else "classic"
    run, snapshots, _ = trained(written_as=written_as, scaling=scaling, rate_1=0.3)
    with Recorder(tmp_path / "record.npz", run.started_with) as recorder:
        for snapshot in snapshots:
            recorder.append(snapshot)
        recorder.write()
    path, readme = written("masks", run, tmp_path)
    with np.load(path, allow_pickle=False) as file, np.load(tmp_path / "record.npz") as recorded:
        arrays, expected = dict(file), dict(recorded)
    assert sorted(arrays) == sorted([*expected, "known"]) == sorted(described(readme))
    assert arrays.pop("known").tolist() == [64, 64, 22, 64, 64, 22]
    for name, array in arrays.items():
        assert array.dtype == expected[name].dtype
        if written_as == "keras" and name.endswith("/output"):
            np.testing.assert_allclose(array, expected[name], rtol=1e-6)
        else:
            np.testing.assert_array_equal(array, expected[name])


def test_what_was_let_go_is_nan_and_every_mask_is_there(tmp_path):
    one_batch = (8 * (3 * 5 + 2) + 36) * 4
    history = History(3, reviews_shown=8, activation_budget_bytes=4 * one_batch)
    run, snapshots, _ = train(history, epochs=4, dropout_1=False)
    assert history.stride == 4
    path, _ = written("masks", run, tmp_path)
    with np.load(path) as file:
        arrays = dict(file)
    assert not [name for name in arrays if name.startswith("hidden_1")]
    assert arrays["known"].tolist() == [8, 0, 0, 0] * 3
    for k, snapshot in enumerate(snapshots):
        place, size, known = snapshot.training.place(2), len(snapshot.rows), arrays["known"][k]
        activation, output = arrays["hidden_2/activation"][k], arrays["hidden_2/output"][k]
        np.testing.assert_array_equal(arrays["hidden_2/mask"][k, :size], place.mask)
        np.testing.assert_array_equal(activation[:known], place.activation[:known])
        np.testing.assert_array_equal(output[:known], place.output[:known])
        assert np.isnan(activation[known:size]).all()
        np.testing.assert_array_equal(np.isnan(output[known:size]), place.mask[known:])
        assert not output[:size][~place.mask].any()
        for padded in (activation, output, arrays["hidden_2/mask"][k]):
            assert not padded[size:].any()
        assert (arrays["rows"][k, size:] == -1).all()


def test_activations_let_go_while_they_are_written_are_written_all_the_same(tmp_path):
    run, snapshots, _ = train()

    def lets_go(message, fraction=None):
        run.history.shrink(0)

    write_table("masks", REQUEST, run, (), tmp_path / "masks.npz", lets_go)
    assert run.history.activation_bytes == 0
    with np.load(tmp_path / "masks.npz") as file:
        assert file["known"].all()
        np.testing.assert_array_equal(file["hidden_2/activation"][0], snapshots[0].training.place(2).activation)


@pytest.mark.parametrize("item", TABLES)
def test_what_is_cancelled_leaves_the_old_files_and_no_remains(item, tmp_path):
    run, _, _ = trained()
    before = dict.fromkeys(written(item, run, tmp_path), b"old")
    for path, text in before.items():
        path.write_bytes(text)

    def cancel(message, fraction=None):
        raise Cancelled

    with pytest.raises(Cancelled):
        write_table(item, REQUEST, run, (), next(iter(before)), cancel)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_where_the_last_file_cannot_be_written_none_is_replaced(tmp_path):
    run, _, _ = trained()
    before = dict.fromkeys(written("loss", run, tmp_path), b"old")
    for path, text in before.items():
        path.write_bytes(text)
    readme = tmp_path / "loss-README.md"
    readme.chmod(0o400)
    with pytest.raises(WriteError, match=f"^{re.escape(str(readme))} could not be written: it is read-only; [^;]*$"):
        written("loss", run, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_without_a_batch_is_a_sentence(tmp_path):
    run, _, _ = trained(epochs=0)
    with pytest.raises(ValueError, match="no batch yet"):
        written("loss", run, tmp_path)
    assert not list(tmp_path.iterdir())
