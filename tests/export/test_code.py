"""Programs are run as they are printed; only the reviews come from the sample instead of the network."""

import inspect
import json
import re
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from explorer.data import Encoding, load, text_to_ids
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import OPTIMIZERS, SCALINGS, WAYS, Settings
from explorer.engine.training import Trainer
from explorer.export.code import Origin, describe, notebook, program
from explorer.export.code.origin import word_index_json
from explorer.export.make import export, notes
from explorer.export.request import ExportRequest
from tests.export.runs import trained

# Small enough for seconds, large enough to learn in one epoch: 20 batches on a vocabulary of 2,000. All batches are
# whole, because XLA compiles a step anew for a batch that is not.
SMALL = Settings(num_words=2000, batch_size=128, epochs=1, validation=512, l2=0.0, learning_rate=0.005)
TRAIN, TEST = 3072, 1024

VARIANTS = [
    SMALL.replace(written_as=way, scaling=scaling)
    for way, _ in WAYS
    for scaling, _ in SCALINGS
    if scaling == "inverted" or way not in ("none", "keras")
]
OTHERS = [
    SMALL.replace(dropout_1=False, rate_2=0.3, validation=0),
    SMALL.replace(written_as="numpy", dropout_2=False, rate_1=0.8, l2=0.001, optimizer="adam"),
    SMALL.replace(written_as="lambda", rate_1=0.2, rate_2=0.0, start_char=5, oov_char=6, index_from=7, units=8),
]


def name_of(settings: Settings) -> str:
    return re.sub(r"\W+", "-", describe(settings))


@pytest.fixture(scope="module")
def sample():
    """Words of the sample by rank, 1 = commonest, in the layout of the archive."""
    data = load("sample")
    parts = []
    for part, count in ((data.train, TRAIN), (data.test, TEST)):
        reviews = [part.ranks[part.rank_offsets[k] : part.rank_offsets[k + 1]] for k in range(count)]
        parts.append((reviews, part.labels[:count].astype(np.int64)))
    return parts


@pytest.fixture
def run(sample, monkeypatch, tmp_path):
    """Runs a program and gives its names, its words on the screen left to the test."""
    genuine = inspect.signature(keras.datasets.imdb.load_data)

    def load_sample(*args, **kwargs):
        # Keras's own signature: an argument that it does not have is an error here as well.
        bound = genuine.bind(*args, **kwargs)
        bound.apply_defaults()
        asked = bound.arguments
        parts = []
        for reviews, labels in sample:
            encoded = np.empty(len(reviews), object)
            for k, ranks in enumerate(reviews):
                ids = np.concatenate([[asked["start_char"]], ranks + asked["index_from"]])
                encoded[k] = np.where(ids < asked["num_words"], ids, asked["oov_char"]).tolist()
            parts.append((encoded, labels))
        return tuple(parts)

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_sample)

    (tmp_path / "words.json").write_bytes(word_index_json(load("sample").vocabulary))
    monkeypatch.chdir(tmp_path)

    def run(text: str):
        names = {"__name__": "__main__", "__file__": "program.py"}
        exec(compile(text, "program.py", "exec"), names)
        return names

    yield run
    keras.utils.clear_session()


def dropouts(model) -> list:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.Dense)]


@pytest.mark.parametrize("settings", VARIANTS + OTHERS, ids=name_of)
def test_every_program_learns_and_drops_only_in_training(run, capsys, settings):
    names = run(program(settings).text)
    model = names["model"]
    assert [type(layer) for layer in model.layers if isinstance(layer, keras.layers.Dense)] == [keras.layers.Dense] * 3
    # Measured over five seeds: 0.84 to 0.89, and a loss of 0.29 to 0.49; guessing has 0.5 and ln 2 = 0.69.
    assert names["accuracy"] > 0.75
    assert names["loss"] < 0.6
    assert f"accuracy {names['accuracy']:.3f}" in capsys.readouterr().out
    assert len(names["x_train"]) == TRAIN - settings.validation
    assert names["x_train"][:, settings.start_char].all()

    rates = [settings.rate(n) for n in (1, 2) if settings.active(n)]
    assert len(dropouts(model)) == len(rates)
    ones = np.ones((2000, settings.units), np.float32)
    for layer, rate in zip(dropouts(model), rates, strict=True):
        scaled = {"inverted": (1 / (1 - rate), 1.0), "classic": (1.0, 1 - rate), "none": (1.0, 1.0)}[settings.scaling]
        # Traced once and run twice, as in fit: a mask drawn during the tracing would be the same twice.
        step = tf.function(lambda inputs, layer=layer: layer(inputs, training=True))
        first, second = (step(ones).numpy() for _ in range(2))
        assert step.experimental_get_tracing_count() == 1
        bound = 5 * np.sqrt(rate * (1 - rate) / ones.size)
        assert abs((first == 0).mean() - rate) <= bound
        np.testing.assert_allclose(first[first != 0], scaled[0], rtol=1e-6)
        # Two batches, two masks; two reviews, two masks.
        assert ((first != second).any() and (first[0] != first[1]).any()) or rate == 0
        np.testing.assert_allclose(np.asarray(layer(ones, training=False)), scaled[1], rtol=1e-6)
    rows = names["x_test"][:64]
    np.testing.assert_array_equal(model(rows, training=False), model(rows, training=False))


def test_the_notebook_runs_cell_by_cell_to_the_same_network(run):
    """To the last bit: the seed reaches the weights, the order of the reviews and NumPy's masks."""
    settings = SMALL.replace(written_as="numpy")
    book = json.loads(notebook(settings))
    names = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    assert names["probability"] == run(program(settings).text)["probability"]


@pytest.mark.parametrize("settings", VARIANTS + OTHERS, ids=name_of)
def test_a_notebook_is_what_the_format_asks_for(settings):
    """Version 4.5: https://github.com/jupyter/nbformat/blob/main/nbformat/v4/nbformat.v4.5.schema.json."""
    book = json.loads(notebook(settings))
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert set(book["metadata"]["kernelspec"]) >= {"name", "display_name"}
    keys = {"id", "cell_type", "metadata", "source"}
    for cell in book["cells"]:
        assert set(cell) == keys | ({"outputs", "execution_count"} if cell["cell_type"] == "code" else set())
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert cell["source"]
        assert cell["source"][-1].strip()
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


@pytest.mark.parametrize("settings", VARIANTS + OTHERS, ids=name_of)
def test_the_marked_lines_are_the_dropout(settings):
    made = program(settings)
    lines = made.text.splitlines()
    marked = [lines[k - 1] for k in sorted(made.dropout_lines)]
    plain = [line for k, line in enumerate(lines, start=1) if k not in made.dropout_lines]
    code = [line for line in plain if not line.lstrip().startswith(("#", '"""', "Dropout:"))]
    assert "dropout" not in "\n".join(code).lower()
    assert "rate" not in re.sub("learning_rate", "", "\n".join(code))
    calls = [line for line in marked if re.match(r" {8}\S*(Dropout|Lambda)\(", line)]
    assert len(calls) == sum(settings.active(n) for n in (1, 2))
    assert made.title == describe(settings)


def test_programs_are_formatted_as_a_textbook_prints_them(tmp_path):
    """By ruff: PEP 8, sorted imports, no name unused, nothing wider than a projector takes."""
    others = [
        Settings(num_words=65_535, start_char=9, oov_char=8, index_from=7),
        Settings(dropout_1=False, dropout_2=False),
        Settings(written_as="keras", rate_1=1e-6, validation=0, optimizer="sgd", units=512),
    ]
    for number, settings in enumerate(VARIANTS + OTHERS + others):
        (tmp_path / f"program_{number}.py").write_text(program(settings).text, "utf-8")
    origins = [
        Origin(imdb=False, from_keras=False, train=320, test=80, reviews="reviews-0123abcd.npz"),
        Origin(imdb=False, from_keras=False, train=320, test=80, rule=1, words=False),
        Origin(rule=1, words=False),
    ]
    for number, origin in enumerate(origins):
        (tmp_path / f"own_{number}.py").write_text(program(Settings(), origin).text, "utf-8")
    for arguments in (["format", "--diff"], ["check", "--select", "E,W,F,I"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--line-length", "88", "."]
        ruff = subprocess.run(command, text=True, capture_output=True, cwd=tmp_path)
        assert ruff.returncode == 0, ruff.stdout + ruff.stderr


def test_only_what_differs_from_keras_is_written():
    usual = program(Settings()).text
    assert "imdb.load_data(num_words=10_000)" in usual
    assert "L2(0.001)" in usual
    bare = program(Settings(l2=0.0, validation=0, written_as="none")).text
    for absent in ("l2", "L2", "validation", "x_val", "mask", "seed_generator", "tensorflow as tf"):
        assert absent not in bare
    special = program(Settings(start_char=4, index_from=0, rate_1=0.1 + 0.2, learning_rate=1e-5)).text
    assert "num_words=10_000, start_char=4, index_from=0" in special
    assert "oov_char" not in special
    assert "HandWrittenDropout(0.3)" in special
    assert "learning_rate=1e-05" in special


@pytest.mark.parametrize("optimizer", [value for value, _ in OPTIMIZERS])
def test_every_optimizer_is_one_of_keras(optimizer):
    (name,) = re.findall(r"keras\.optimizers\.(\w+)\(", program(Settings(optimizer=optimizer)).text)
    assert issubclass(getattr(keras.optimizers, name), keras.Optimizer)


CODE = ExportRequest(what="code", formats="py,ipynb")


@pytest.fixture
def stars(tmp_path):
    """A table of 1,000 reviews with stars, whose words are split by a no-break space."""
    rows = ["text,stars"]
    for k in range(1000):
        liked = k % 3
        words = (("awful", "dull"), ("so", "so"), ("wonderful", "moving"))[liked]
        rows.append(f"it is\u00a0{words[k % 2]}\u00a0film{k % 37},{(1, 3, 5)[liked]}")
    path = tmp_path / "data" / "stars.csv"
    path.parent.mkdir()
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def run_on(path, **changes):
    settings = Settings(
        data=str(path), num_words=200, units=4, epochs=3, batch_size=32, l2=0.0, learning_rate=0.02, **changes
    )
    trainer = Trainer(settings, load(str(path), Encoding(200)))
    for _ in trainer.run():
        pass
    return RunRecord.of(trainer)


PLAIN = """
import sys
sys.modules["explorer"] = None  # whoever imports it gets an ImportError
import json, runpy
names = runpy.run_path(sys.argv[1])
rows = [[int(row.sum()) for row in names[part]] for part in ("x_train", "x_test")]
labels = [[int(label) for label in names[part]] for part in ("y_train", "y_test")]
text = names["row_of"]("Wonderful\u00a0film5, wonderful!")[0].nonzero()[0].tolist()
first = names["x_test"][0].nonzero()[0].tolist()
json.dump([rows, labels, first, text, float(names["accuracy"])], open("told.json", "w"))
"""


def test_the_code_of_a_run_on_a_table_trains_on_the_same_reviews_from_any_folder(stars, tmp_path):
    """Also of stars: the middle was left out, and a program that reads the table itself would not know it."""
    run, data = run_on(stars), load(str(stars), Encoding(200))
    written = export(CODE, run, (), tmp_path / "out")
    stem = f"reviews-{data.fingerprint[:8]}.npz"
    assert [path.name for path in written] == ["imdb_dropout.py", "words.json", stem, "imdb_dropout.ipynb"]
    assert notes(CODE, run) == ()
    stars.unlink()  # it needs the table no more
    command = [sys.executable, "-c", PLAIN, str(tmp_path / "out" / "imdb_dropout.py")]
    process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert process.returncode == 0, process.stderr
    rows, labels, first, text, accuracy = json.loads((tmp_path / "told.json").read_text())
    held_out = run.held_out
    assert 0 < held_out < len(data.train)
    lengths = [np.diff(part.offsets).tolist() for part in (data.train, data.test)]
    assert rows == [lengths[0][held_out:], lengths[1]]
    assert labels == [data.train.labels.tolist()[held_out:], data.test.labels.tolist()]
    assert first == data.test.ids[: data.test.offsets[1]].tolist()
    assert text == text_to_ids("Wonderful\u00a0film5, wonderful!", data.vocabulary, data.encoding).tolist()
    assert len(text) == 3
    assert accuracy > 0.9


def test_the_notebook_of_a_run_on_a_table_runs_where_it_stands(stars, tmp_path, monkeypatch):
    run = run_on(stars)
    export(CODE, run, (), tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    names = {}
    for cell in json.loads((tmp_path / "out" / "imdb_dropout.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    assert len(names["x_train"]) == run.trained_on
    assert len(names["x_val"]) == run.held_out
    keras.utils.clear_session()


def test_code_whose_reviews_are_gone_or_others_trains_on_nothing_else_and_says_so(stars, tmp_path):
    run = run_on(stars)
    stars.write_text(stars.read_text("utf-8") + "\nanother wonderful one,5", encoding="utf-8")
    for reason in ("holds other reviews than those that the run was trained on", "no file or folder"):
        out = tmp_path / reason
        assert [path.suffix for path in export(CODE, run, (), out)] == [".py", ".json", ".ipynb"]
        (note,) = notes(CODE, run)
        assert reason in note
        assert "The code stops where it reads its reviews" in note
        assert "imdb" not in (out / "imdb_dropout.py").read_text("utf-8").replace("IMDB", "")
        stars.unlink(missing_ok=True)


def test_only_the_reviews_that_keras_has_are_taken_from_keras():
    run, _, _ = trained()
    imdb = replace(run, reviews=replace(run.reviews, title="IMDB reviews"))
    assert Origin.of(imdb).from_keras
    elsewhere = replace(imdb, started_with=imdb.started_with.replace(data="/a/imdb.npz"))
    assert not Origin.of(elsewhere).from_keras
    assert not Origin.of(run).from_keras, "automatic reviews may be the sample"
    assert not Origin.of_settings(Settings(data="sample")).from_keras


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Hand-written layer · inverted scaling · rate 0.50 after hidden 1 and 2"),
        ({"dropout_1": False}, "Hand-written layer · inverted scaling · rate 0.50 after hidden 2"),
        (
            {"written_as": "numpy", "scaling": "classic", "rate_1": 0.125},
            "NumPy mask · classic scaling · rate 0.125 after hidden 1, 0.50 after hidden 2",
        ),
        (
            {"written_as": "lambda", "scaling": "none"},
            "Lambda layer · no scaling (the mistake) · rate 0.50 after hidden 1 and 2",
        ),
        ({"written_as": "none"}, "No dropout"),
        ({"dropout_1": False, "dropout_2": False}, "No dropout"),
    ],
)
def test_the_line_says_which_dropout_it_is(changes, title):
    assert describe(Settings(**changes)) == title
