"""`Settings` -> the program that a textbook would print for them: plain Keras 3, with nothing of ours in it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.engine.settings import HIDDEN, WAYS, Settings, declaration
from explorer.export.code import ways
from explorer.export.code.origin import Origin
from explorer.export.code.own_words import (
    NOTEBOOK_FOLDER,
    REVIEW,
    SCRIPT_FOLDER,
    ids_lines,
    index_section,
    tokens_section,
)
from explorer.export.code.parts import WIDTH, Line, Section, comment, joined, marked, plain
from explorer.presentation.published import MODEL_SOURCE

HEADLINE: Final = "Good or bad? Film reviews told apart by a small network."
IMDB: Final = Origin()
"""The IMDB reviews as Keras has them."""
REQUIREMENTS: Final = "Keras 3 (pip install tensorflow)"
_SCALINGS: Final = {
    "inverted": "inverted scaling",
    "classic": "classic scaling",
    "none": "no scaling (the mistake)",
}
_OPTIMIZERS: Final = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs by itself.

    Attributes:
        title: Which dropout it has, in one line.
        text: The source, ending in a line end.
        dropout_lines: Numbers, from 1, of the lines that are dropout.
    """

    title: str
    text: str
    dropout_lines: frozenset[int]


def program(settings: Settings, origin: Origin = IMDB) -> Program:
    """The complete program for some settings.

    It trains on the reviews of the run: those that Keras has, or those in a file beside it. It needs Keras 3 on
    TensorFlow and, with the usual 10,000 words and 25,000 reviews, 2 GB of memory. It builds the model of
    `explorer.engine.network`, but draws its own random numbers.

    Args:
        settings: Any; settings that drop nothing make a program without dropout.
        origin: Where it has words and reviews from.
    """
    lines: tuple[Line, ...] = plain(docstring(HEADLINE, settings)) + plain("") + joined(sections(settings, origin))
    return Program(
        describe(settings),
        "\n".join(line.text for line in lines) + "\n",
        frozenset(number for number, line in enumerate(lines, start=1) if line.dropout),
    )


def describe(settings: Settings) -> str:
    """Which dropout some settings have: "Hand-written layer · inverted scaling · rate 0.50 after hidden 1 and 2"."""
    there = places(settings)
    if not there:
        return dict(WAYS)["none"]
    rates = [_two_places(settings.rate(n)) for n in there]
    if len(there) == 2 and rates[0] == rates[1]:
        where = f"rate {rates[0]} after hidden 1 and 2"
    else:
        where = "rate " + ", ".join(f"{rate} after hidden {n}" for n, rate in zip(there, rates, strict=True))
    return " · ".join([dict(WAYS)[settings.written_as], _SCALINGS[settings.scaling], where])


def sections(settings: Settings, origin: Origin = IMDB, *, notebook: bool = False) -> tuple[Section, ...]:
    """The program in the order in which it is read, each part a cell of the notebook."""
    folder = NOTEBOOK_FOLDER if notebook else SCRIPT_FOLDER
    reviews = _reviews(settings) if origin.from_keras else _own_reviews(origin)
    parts = [_imports(settings, origin, folder), reviews, _rows(settings, origin)]
    definition = ways.definition(settings) if places(settings) else ""
    if definition:
        parts.append(Section("Dropout", ways.about(settings), marked(definition)))
    return (*parts, _model(settings), _training(settings, origin), _test(settings), *_own_text(settings, origin))


def places(settings: Settings) -> list[int]:
    """The hidden layers that dropout stands after."""
    return [n for n in HIDDEN if settings.active(n)]


def docstring(headline: str, settings: Settings) -> str:
    """What stands at the top of a program."""
    dropout = describe(settings) if places(settings) else "none"
    entries = (("Dropout:", dropout), ("Model:", MODEL_SOURCE), ("Needs:", REQUIREMENTS))
    wrapped = [
        textwrap.fill(entry, WIDTH, initial_indent=f"{name:9}", subsequent_indent=" " * 9) for name, entry in entries
    ]
    listed = "\n".join(wrapped)
    return f'''\
"""{headline}

{listed}
"""'''


def _imports(settings: Settings, origin: Origin, folder: str) -> Section:
    with_tensorflow = settings.written_as == "numpy" and places(settings)
    lines = ["import json"] * origin.words + ["from pathlib import Path", ""] * bool(origin.files)
    lines += ["import keras", "import numpy as np"]
    if with_tensorflow:
        lines.append("import tensorflow as tf")
    drawn = "starting weights, order of reviews" + (", masks" if places(settings) else "")
    if origin.from_keras or _asks_keras_for_words(origin):
        lines.append("from keras.datasets import imdb")
    lines += ["", f"keras.utils.set_random_seed({settings.seed})  # {drawn}"]
    if origin.files:
        lines.append(f"folder = {folder}  # of {' and '.join(origin.files)}")
    return Section("", "", plain("\n".join(lines)))


def _reviews(settings: Settings) -> Section:
    arguments = [f"num_words={number(settings.num_words)}"]
    for name in ("start_char", "oov_char", "index_from"):
        if getattr(settings, name) != declaration(name).default:
            arguments.append(f"{name}={getattr(settings, name)}")
    load = "(train_reviews, y_train), (test_reviews, y_test) = imdb.load_data("
    call = f"{load}{', '.join(arguments)})"
    if len(call) > WIDTH:
        call = f"{load}\n    {', '.join(arguments)}\n)"
    prose = "25,000 to train on and 25,000 to test on. A review is a list of word ids, its label 0 (bad) or 1 (good)."
    return Section("Reviews", prose, plain(call))


def _own_reviews(origin: Origin) -> Section:
    code = f"""\
with np.load(folder / "{origin.reviews}") as data:
    train_reviews = np.split(data["train_ids"], data["train_offsets"][1:-1])
    test_reviews = np.split(data["test_ids"], data["test_offsets"][1:-1])
    y_train, y_test = data["train_labels"], data["test_labels"]
"""
    prose = (
        f"{origin.train:,} to train on and {origin.test:,} to test on. Of a review {origin.reviews} has the ids of the "
        "words that occur in it, each once, and the label 0 (bad) or 1 (good)."
    )
    return Section("Reviews", prose, plain(code))


def _asks_keras_for_words(origin: Origin) -> bool:
    return origin.imdb and not origin.words


def _rows(settings: Settings, origin: Origin) -> Section:
    size = origin.train * settings.num_words
    why = (
        f"uint8 takes {_bytes(size)} for {origin.train:,} reviews, float32 would take {_bytes(4 * size)}. Keras makes "
        "float32 of one batch at a time."
    )
    code = f"""\
def multi_hot(reviews):
{comment(why, "    ")}
    rows = np.zeros((len(reviews), {number(settings.num_words)}), dtype="uint8")
    for row, word_ids in zip(rows, reviews):
        row[word_ids] = 1
    return rows


x_train, x_test = multi_hot(train_reviews), multi_hot(test_reviews)
"""
    count = settings.validation_count(origin.train)
    if count:
        held_out = number(count)
        said = f"The first {count:,} training reviews are held out for validation."
        code += f"""
{comment(said)}
x_val, y_val = x_train[:{held_out}], y_train[:{held_out}]
x_train, y_train = x_train[{held_out}:], y_train[{held_out}:]
"""
    return Section("Multi-hot rows", "One row a review: 1 at the id of each word that occurs in it.", plain(code))


def _model(settings: Settings) -> Section:
    lines: list[Line] = []
    regularizer = ""
    if settings.l2:
        lines += plain(f"l2 = keras.regularizers.L2({_decimal(settings.l2)})")
        regularizer = ", kernel_regularizer=l2"
    lines += plain("model = keras.Sequential(\n    [")
    lines += plain(f'        keras.Input(shape=({number(settings.num_words)},), dtype="uint8"),')
    there = places(settings)
    for n in HIDDEN:
        lines += plain(f'        keras.layers.Dense({settings.units}, activation="relu"{regularizer}),')
        if n in there:
            if settings.written_as == "keras" and n == there[0]:
                lines += marked(comment(_KERAS, " " * 8))
            lines += marked(f"        {ways.layer(settings, _decimal(settings.rate(n)))},")
    lines += plain('        keras.layers.Dense(1, activation="sigmoid"),\n    ]\n)\nmodel.compile(')
    optimizer = _OPTIMIZERS[settings.optimizer]
    lines += plain(f"    optimizer=keras.optimizers.{optimizer}(learning_rate={_decimal(settings.learning_rate)}),")
    lines += plain('    loss="binary_crossentropy",\n    metrics=["accuracy"],')
    if settings.written_as == "numpy" and there:
        lines += marked("    jit_compile=False,  # XLA cannot compile a call to NumPy")
    lines += plain(")")
    penalty = " L2 adds to the loss a penalty on large weights." if settings.l2 else ""
    return Section("Model", f"Two hidden layers and the probability that a review is good.{penalty}", tuple(lines))


_KERAS: Final = (
    "Training (fit): a share of rate is dropped and the rest multiplied by 1/(1 − rate), which keeps the mean. Test "
    "time (evaluate, predict): it turns itself off and passes on what it gets."
)


def _training(settings: Settings, origin: Origin) -> Section:
    held_out = settings.validation_count(origin.train) > 0
    arguments = [f"batch_size={settings.batch_size}", f"epochs={settings.epochs}"]
    if held_out:
        arguments.append("validation_data=(x_val, y_val)")
    sentences = []
    if places(settings):
        sentences.append("fit calls the model with training=True: dropout is on.")
        if held_out:
            sentences.append(
                "The validation figures are taken with dropout off, and are often better than those of training at "
                "first for that reason alone."
            )
    else:
        sentences.append("Without dropout the model computes the same in training and at test time.")
    arguments_text = "".join(f"    {each},\n" for each in ("x_train", "y_train", *arguments))
    return Section("Training", " ".join(sentences), plain(f"model.fit(\n{arguments_text})"))


def _test(settings: Settings) -> Section:
    sentences = []
    if places(settings):
        sentences.append(
            "evaluate and predict call the same model with training=False: no mask is drawn, every unit stays."
        )
        sentences.append(_AFTER[settings.scaling])
    if settings.l2:
        sentences.append("The loss includes the L2 penalty.")
    code = """\
loss, accuracy = model.evaluate(x_test, y_test)
print(f"Test reviews: loss {loss:.3f}, accuracy {accuracy:.3f}")

probability = model.predict(x_test[:1])[0, 0]
print(f"Test review 0: predicted {probability:.3f}, label {y_test[0]}")
"""
    return Section("Test", " ".join(sentences), plain(code))


_AFTER: Final = {
    "inverted": "Nothing else changes: the scaling was done in training.",
    "classic": "The layer scales by the share kept instead.",
    "none": (
        "Nothing is scaled either, so that the probabilities come out too near 0 and 1: the loss shows it, the "
        "accuracy hardly."
    ),
}


def _own_text(settings: Settings, origin: Origin) -> tuple[Section, ...]:
    """A text that a person writes, by the words of the reviews; nothing where those are not known."""
    if not origin.words and not origin.imdb:
        return ()
    row = f"""\
def row_of(review):
    row = np.zeros((1, {number(settings.num_words)}), dtype="uint8")
{ids_lines(settings, "row[0, {}]", " " * 4)}
    return row
"""
    code = f"""\
review = "{REVIEW}"
own_probability = model.predict(row_of(review))[0, 0]
print(f"{{own_probability:.6f}} that this review is good: {{review}}")
"""
    return (
        index_section(origin),
        tokens_section(origin),
        Section("Row of a text", "1 at the id of each word that occurs in it, as in the reviews.", plain(row)),
        Section("Your own review", "", plain(code)),
    )


def number(value: int) -> str:
    """A whole number as Python reads it best: 10_000."""
    return f"{value:_}" if value >= 10_000 else str(value)


def _decimal(value: float) -> str:
    """The shortest number that means the same to a network computing in float32: 0.3, not 0.30000000000000004."""
    return str(np.float32(value))


def _two_places(value: float) -> str:
    """The same with two decimal places at least: 0.50."""
    return _decimal(value) if len(_decimal(value)) > 4 else f"{value:.2f}"


def _bytes(size: int) -> str:
    return f"{size / 1e9:.2g} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
