"""The program that goes with a saved network: it loads the file, makes a row of a review and predicts."""

from __future__ import annotations

from typing import Final

from explorer.engine.settings import Settings
from explorer.export.code.origin import Origin
from explorer.export.code.own_words import REVIEW, SCRIPT_FOLDER, ids_lines, index_section, tokens_section
from explorer.export.code.parts import Section, joined, plain
from explorer.export.code.program import IMDB, Program, describe, docstring, number, places

_HEADLINE: Final = "Good or bad? A trained network is loaded from its file and judges a review."
_DROPOUT: Final = {
    "keras": "Its dropout layers turn themselves off in predict.",
    "inverted": (
        "The hand-written dropout is left out of it: with inverted scaling it passes on what it gets when predicting."
    ),
    "classic": (
        "In place of the hand-written dropout it has Rescaling layers, × (1 − rate): all that classic scaling does "
        "when predicting."
    ),
    "none": (
        "The hand-written dropout is left out of it. Nothing was ever scaled, so that the probabilities come out too "
        "near 0 and 1."
    ),
}


def loading_program(settings: Settings, file_name: str = "model.keras", origin: Origin = IMDB) -> Program:
    """The program that loads what `explorer.export.model.write_model` wrote. It needs Keras, and not this package.

    Args:
        settings: Those the network was trained with.
        file_name: What it is to load; it stands beside the program, as does `words.json`.
        origin: Where the run has its words from.
    """
    sections = (
        _imports(origin),
        _model(settings, file_name),
        index_section(origin),
        tokens_section(origin),
        _row(settings),
        _prediction(),
    )
    lines = plain(docstring(_HEADLINE, settings)) + plain("") + joined(sections)
    return Program(describe(settings), "\n".join(line.text for line in lines) + "\n", frozenset())


def _imports(origin: Origin) -> Section:
    asked_for = origin.imdb and not origin.words
    code = "import sys\nfrom pathlib import Path\n\nimport keras\nimport numpy as np"
    code = f"{code}\nfrom keras.datasets import imdb" if asked_for else f"import json\n{code}"
    return Section("", "", plain(code))


def _model(settings: Settings, file_name: str) -> Section:
    prose = ""
    if places(settings):
        prose = _DROPOUT["keras" if settings.written_as == "keras" else settings.scaling]
    # Python's own literal where there is something to escape.
    quoted = repr(file_name) if set(file_name) & {'"', "\\"} else f'"{file_name}"'
    code = f"folder = {SCRIPT_FOLDER}\nmodel = keras.models.load_model(folder / {quoted})"
    return Section("Model", prose, plain(code))


def _row(settings: Settings) -> Section:
    code = f"""\
def multi_hot(review):
    row = np.zeros((1, {number(settings.num_words)}), dtype="float32")
{ids_lines(settings, "row[0, {}]", " " * 4)}
    return row
"""
    return Section("Multi-hot row", "1 at the id of each word that occurs in the review.", plain(code))


def _prediction() -> Section:
    code = f"""\
review = " ".join(sys.argv[1:]) or (
    "{REVIEW}"
)
probability = model.predict(multi_hot(review))[0, 0]
print(f"{{probability:.6f}} that this review is good")
"""
    prose = (
        "Above 0.5 the network takes the review for a good one. Another review may follow the program's name on the "
        "command line."
    )
    return Section("Prediction", prose, plain(code))
