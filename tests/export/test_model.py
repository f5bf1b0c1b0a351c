"""Saved networks are loaded by plain Keras, in a process in which this package cannot be imported."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from explorer.data.dataset import Reviews
from explorer.data.encoding import encode, text_to_ranks
from explorer.engine.settings import Settings
from explorer.export.code import describe, loading_program
from explorer.export.files import WriteError
from explorer.export.model import model_of, write_model
from tests.builders import dataset, dense
from tests.export.runs import trained

VARIANTS = {
    "built-in": {"written_as": "keras", "rate_1": 0.3},
    "inverted": {"rate_1": 0.3},
    "classic": {"scaling": "classic", "rate_1": 0.3, "rate_2": 0.8},
    "one-place": {"scaling": "classic", "dropout_1": False, "rate_2": 0.3, "l2": 0.0},
    "mistake": {"scaling": "none", "written_as": "numpy"},
    "no-dropout": {"written_as": "none"},
}
PLAIN_KERAS = """
import sys

sys.modules["explorer"] = None  # whoever imports it gets an ImportError
import keras
import numpy as np

rows = np.load("rows.npy")
for name in sys.argv[1:]:
    model = keras.models.load_model(f"{name}.keras")
    assert not [layer for layer in model.layers if not type(layer).__module__.startswith("keras.")]
    np.save(f"{name}.npy", model.predict(rows, verbose=0))
"""


def weights_of(trainer):
    return tuple(variable.numpy() for variable in trainer.network.trainable_variables)


def test_plain_keras_predicts_what_the_trainer_does(tmp_path):
    data = dataset()
    np.save(tmp_path / "rows.npy", dense(data.test))
    expected = {}
    for name, changes in VARIANTS.items():
        run, _, trainer = trained(**changes)
        write_model(tmp_path / f"{name}.keras", run.settings, weights_of(trainer))
        expected[name] = trainer.predict(data.test, np.arange(len(data.test)))
    command = [sys.executable, "-c", PLAIN_KERAS, *VARIANTS]
    process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert process.returncode == 0, process.stderr
    for name, probabilities in expected.items():
        loaded = np.load(tmp_path / f"{name}.npy")
        assert loaded.shape == (50, 1)
        np.testing.assert_allclose(loaded[:, 0], probabilities, rtol=0, atol=1e-6)
    assert np.ptp(expected["classic"]) > 0.01  # not all one number


@pytest.mark.parametrize("name", VARIANTS)
def test_dropout_stays_where_keras_has_it_and_the_share_kept_elsewhere(name):
    run, _, trainer = trained(**VARIANTS[name])
    model = model_of(run.settings, weights_of(trainer))
    others = [layer for layer in model.layers if not isinstance(layer, keras.layers.Dense)]
    kept = {type(layer): [] for layer in others}
    for layer in others:
        kept[type(layer)].append(layer.rate if isinstance(layer, keras.layers.Dropout) else layer.scale)
    assert kept == {
        "built-in": {keras.layers.Dropout: [0.3, 0.5]},
        "classic": {keras.layers.Rescaling: [pytest.approx(0.7), pytest.approx(0.2)]},
        "one-place": {keras.layers.Rescaling: [pytest.approx(0.7)]},
    }.get(name, {})


@pytest.mark.parametrize("name", ["built-in", "classic"])
def test_the_program_beside_it_loads_it_and_reads_a_review(name, tmp_path, monkeypatch, capsys):
    run, _, trainer = trained(**VARIANTS[name])
    data = dataset()
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path / "of a run.keras", run.settings, weights_of(trainer))
    monkeypatch.setattr(keras.datasets.imdb, "get_word_index", lambda: dict(data.vocabulary.ranks))
    names = {"__name__": "__main__"}
    exec(compile(loading_program(run.settings, "of a run.keras").text, "program.py", "exec"), names)
    assert f"{names['probability']:.3f} that this review is good" in capsys.readouterr().out
    for text in ("Word1, word2; (word79) WORD40<br />word41!", "", "word3's word57"):
        ranks = text_to_ranks(text, data.vocabulary)
        offsets = np.array([0, len(ranks)])
        ids, id_offsets = encode(ranks, offsets, data.encoding)
        row = names["multi_hot"](text)
        np.testing.assert_array_equal(np.flatnonzero(row[0]), ids)
        review = Reviews(ids, id_offsets, np.zeros(1, np.uint8), ranks, offsets)
        np.testing.assert_allclose(
            names["model"].predict(row, verbose=0)[0], trainer.predict(review, np.array([0])), rtol=0, atol=1e-6
        )


def test_loading_programs_are_formatted_as_a_textbook_prints_them(tmp_path):
    several = [Settings(**changes) for changes in VARIANTS.values()]
    several += [Settings(num_words=65_535, start_char=9, oov_char=8, index_from=0, data="mine.csv")]
    for k, settings in enumerate(several):
        made = loading_program(settings, 'a "good" one.keras' if k == 1 else "model.keras")
        assert made.title == describe(settings)
        (tmp_path / f"program_{k}.py").write_text(made.text, "utf-8")
    for arguments in (["format", "--diff"], ["check", "--select", "E,W,F,I"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--line-length", "88", "."]
        ruff = subprocess.run(command, text=True, capture_output=True, cwd=tmp_path)
        assert ruff.returncode == 0, ruff.stdout + ruff.stderr


def test_other_words_than_those_of_the_imdb_reviews_are_asked_for():
    said = "The network was trained on others"
    assert said in loading_program(Settings(data="sample")).text.replace("\n# ", " ")
    assert said not in loading_program(Settings()).text.replace("\n# ", " ")


def test_weights_of_another_network_are_refused_and_the_old_file_stays(tmp_path):
    run, _, trainer = trained()
    target = tmp_path / "model.keras"
    target.write_bytes(b"old")
    with pytest.raises(ValueError, match="weights must have the shapes"):
        write_model(target, run.settings.replace(units=6), weights_of(trainer))
    with pytest.raises(WriteError, match="its folder does not exist"):
        write_model(tmp_path / "missing" / "model.keras", run.settings, weights_of(trainer))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
