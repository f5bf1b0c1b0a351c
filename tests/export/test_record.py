import numpy as np
import pytest

from explorer.engine import Settings
from explorer.engine.training import Trainer
from explorer.export.files import WriteError
from explorer.export.record import Recorder
from tests.builders import NUM_WORDS, dataset


@pytest.mark.parametrize("written_as", ["layer", "numpy"])
def test_what_happened_is_read_back_with_plain_numpy(tmp_path, written_as):
    settings = Settings(
        num_words=NUM_WORDS, batch_size=50, epochs=2, units=6, written_as=written_as, rate_1=0.3, scaling="classic"
    )
    snapshots = []
    with Recorder(tmp_path / "record.npz", settings) as recorder:
        for snapshot in Trainer(settings, dataset()).run():
            snapshots.append(snapshot)
            recorder.append(snapshot)
        recorder.write()
    with np.load(tmp_path / "record.npz", allow_pickle=False) as record:
        arrays = dict(record)
    places = [f"hidden_{n}/{name}" for n in (1, 2) for name in ("activation", "mask", "output", "factor", "rate")]
    assert sorted(arrays) == sorted(["epoch", "batch", "rows", *places])
    np.testing.assert_array_equal(arrays["epoch"], [s.epoch for s in snapshots])
    np.testing.assert_array_equal(arrays["batch"], [s.batch for s in snapshots])
    assert arrays["rows"].shape == (6, 50)
    for k, snapshot in enumerate(snapshots):
        size = len(snapshot.rows)
        np.testing.assert_array_equal(arrays["rows"][k, :size], snapshot.rows)
        assert (arrays["rows"][k, size:] == -1).all()
        for n in (1, 2):
            place = snapshot.training.place(n)
            for name in ("activation", "mask", "output"):
                np.testing.assert_array_equal(arrays[f"hidden_{n}/{name}"][k, :size], getattr(place, name))
                assert not arrays[f"hidden_{n}/{name}"][k, size:].any()
    assert arrays["hidden_1/mask"].dtype == np.bool_
    np.testing.assert_array_equal(arrays["hidden_1/rate"], np.full(6, 0.3, np.float32))
    product = arrays["hidden_1/activation"] * arrays["hidden_1/mask"] * arrays["hidden_1/factor"][:, None, None]
    np.testing.assert_array_equal(arrays["hidden_1/output"], product)
    assert [path.name for path in tmp_path.iterdir()] == ["record.npz"]


def test_only_places_where_dropout_stands_are_recorded(tmp_path):
    settings = Settings(num_words=NUM_WORDS, batch_size=50, epochs=1, units=6, dropout_1=False)
    with Recorder(tmp_path / "record.npz", settings) as recorder:
        for snapshot in Trainer(settings, dataset()).run():
            recorder.append(snapshot)
        recorder.write()
    with np.load(tmp_path / "record.npz") as record:
        assert not [name for name in record if name.startswith("hidden_1")]
        assert record["hidden_2/mask"].shape == (3, 50, 6)


def test_a_run_that_breaks_off_leaves_the_old_file_and_no_remains(tmp_path):
    target = tmp_path / "record.npz"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), Recorder(target, Settings()):
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["record.npz"]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(WriteError, match="could not be written"):
        Recorder(tmp_path / "missing" / "record.npz", Settings())
