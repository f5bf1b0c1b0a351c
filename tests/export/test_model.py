"""Saved networks are loaded by plain Keras, in a process in which this package cannot be imported."""

import inspect
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from explorer import store
from explorer.data import Encoding, Vocabulary, text_to_ids
from explorer.data.words import RULES
from explorer.engine.checkpoint import capture
from explorer.engine.questions import AboutReview
from explorer.engine.review_probe import about_review
from explorer.engine.settings import Settings
from explorer.export.code import Origin, describe, loading_program
from explorer.export.code.own_words import REVIEW, tokens_source
from explorer.export.files import WriteError
from explorer.export.make import export, notes
from explorer.export.model import model_of, write_model
from explorer.export.request import ExportRequest
from tests.builders import NUM_WORDS, dataset, dense
from tests.export.runs import trained

MODEL = ExportRequest(what="model", formats="keras")

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


WORDS = Vocabulary(tuple(word for k in range(20) for word in (f"word{4 * k + 1}", f"wörd{k}", f"it’s{k}", f"don't{k}")))
TEXTS = [
    "Word1, word5; (word79) WÖRD4<br />word41!",
    "",
    "word33's IT’S0 it's0 don’t3 don't3 it’s9 it's9 it’s19 it's19",
    "word1\u00a0wörd1\u2009wörd2\u3000word9\u0085don't2\x1cword13 word17\u200bword21",
    "映画 🎬 \ud83d unheard of",
    "WORD1\nWÖRD1\tdon’t1\rit's2",
]
ENCODINGS = {
    "usual": Encoding(NUM_WORDS),
    "bare": Encoding(NUM_WORDS, start_char=0, oov_char=0, index_from=0),
    "odd": Encoding(NUM_WORDS, start_char=9, oov_char=8, index_from=9),
}
FROM_ELSEWHERE = """
import sys

sys.modules["explorer"] = None  # whoever imports it gets an ImportError
import json
import runpy

for folder in sys.argv[1:]:
    texts = json.load(open(f"{folder}/texts.json"))
    sys.argv = ["load_model.py"]
    names = runpy.run_path(f"{folder}/load_model.py", run_name="__main__")
    told = [float(names["model"].predict(names["multi_hot"](text), verbose=0)[0, 0]) for text in texts]
    json.dump([float(names["probability"]), *told], open(f"{folder}/told.json", "w"))
"""


@pytest.mark.parametrize("rule", [1, 2])
def test_what_loads_it_gives_the_probability_of_the_window_for_any_text_from_any_folder(rule, tmp_path):
    expected = {}
    for name, encoding in ENCODINGS.items():
        numbers = {field: getattr(encoding, field) for field in ("start_char", "oov_char", "index_from")}
        run, _, trainer = trained(**numbers, scaling="classic")
        run = replace(run, vocabulary=WORDS, reviews=replace(run.reviews, word_rule=rule))
        store.save(tmp_path / "run.dropout", run, checkpoint=capture(trainer))
        opened = store.open_run(tmp_path / "run.dropout")
        folder = tmp_path / f"of {name}"
        export(MODEL, opened.record, (), folder, weights=opened.weights(len(run.results)))
        (folder / "texts.json").write_text(json.dumps(TEXTS))
        asked = [AboutReview(text_to_ids(text, WORDS, encoding, rule)) for text in [REVIEW, *TEXTS]]
        expected[folder] = [about_review(trainer, question).prediction for question in asked]
    (tmp_path / "elsewhere").mkdir()
    command = [sys.executable, "-c", FROM_ELSEWHERE, *(f"../{folder.name}" for folder in expected)]
    process = subprocess.run(command, cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=100)
    assert process.returncode == 0, process.stderr
    for folder, probabilities in expected.items():
        told = json.loads((folder / "told.json").read_text())
        np.testing.assert_allclose(told, probabilities, rtol=0, atol=1e-5)
        assert len(set(probabilities)) > 3


def test_the_model_itself_has_its_words(tmp_path):
    run, _, trainer = trained()
    write_model(tmp_path / "model.keras", run.settings, weights_of(trainer), WORDS)
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert json.loads(archive.read("words.json")) == WORDS.ranks
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for mine, theirs in zip(loaded.get_weights(), weights_of(trainer), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("rule", [1, 2])
def test_the_function_in_the_code_is_the_one_of_the_program(rule):
    source = inspect.getsource(RULES[rule])
    assert source.replace("tokens_by_rule_1", "tokens") in loading_program(Settings(), origin=Origin(rule=rule)).text
    names = {}
    exec(tokens_source(rule), names)
    every = " ".join(f"A{chr(code)}b" for code in range(sys.maxunicode + 1))
    assert names["tokens"](every) == RULES[rule](every)


def test_a_run_of_an_earlier_version_comes_without_words_and_the_code_says_so(tmp_path):
    run, _, trainer = trained()
    weights = weights_of(trainer)
    unknown = replace(run, vocabulary=None, reviews=replace(run.reviews, word_rule=1))
    assert [path.name for path in export(MODEL, unknown, (), tmp_path, weights=weights)] == [
        "model.keras",
        "load_model.py",
    ]
    program = (tmp_path / "load_model.py").read_text("utf-8")
    assert "words.json must hold the words" in program
    assert "u00a0" not in program
    assert "without its words" in " ".join(notes(MODEL, unknown))
    assert notes(MODEL, run) == ()
    imdb = replace(unknown, reviews=replace(unknown.reviews, title="IMDB reviews"))
    export(MODEL, imdb, (), tmp_path, weights=weights)
    assert "word_index = imdb.get_word_index()" in (tmp_path / "load_model.py").read_text("utf-8")


def test_loading_programs_are_formatted_as_a_textbook_prints_them(tmp_path):
    several = [Settings(**changes) for changes in VARIANTS.values()]
    several += [Settings(num_words=65_535, start_char=9, oov_char=8, index_from=0, data="mine.csv")]
    for k, settings in enumerate(several):
        origin = (Origin(), Origin(rule=1, words=False), Origin(imdb=False, rule=1, words=False))[k % 3]
        made = loading_program(settings, 'a "good" one.keras' if k == 1 else "model.keras", origin)
        assert made.title == describe(settings)
        (tmp_path / f"program_{k}.py").write_text(made.text, "utf-8")
    for arguments in (["format", "--diff"], ["check", "--select", "E,W,F,I"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--line-length", "88", "."]
        ruff = subprocess.run(command, text=True, capture_output=True, cwd=tmp_path)
        assert ruff.returncode == 0, ruff.stdout + ruff.stderr


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
