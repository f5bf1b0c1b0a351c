"""The program that goes with a saved network: it loads the file, encodes a review and predicts."""

from __future__ import annotations

from typing import Final

from explorer.engine.settings import Settings
from explorer.export.code.parts import Section, comment, joined, plain
from explorer.export.code.program import Program, describe, docstring, is_imdb, number, places

_HEADLINE: Final = "Good or bad? A trained network is loaded from its file and judges a review."
_REVIEW: Final = "A wonderful film: funny, moving, and not a minute too long."
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


def loading_program(settings: Settings, file_name: str = "model.keras") -> Program:
    """The program that loads what `explorer.export.model.write_model` wrote. It needs Keras, and not this package.

    Args:
        settings: Those the network was trained with.
        file_name: What it is to load.
    """
    sections = (_imports(), _model(settings, file_name), _words(settings), _row(settings), _prediction())
    lines = plain(docstring(_HEADLINE, settings)) + plain("") + joined(sections)
    return Program(describe(settings), "\n".join(line.text for line in lines) + "\n", frozenset())


def _imports() -> Section:
    code = "import string\n\nimport keras\nimport numpy as np\nfrom keras.datasets import imdb"
    return Section("", "", plain(code))


def _model(settings: Settings, file_name: str) -> Section:
    prose = ""
    if places(settings):
        prose = _DROPOUT["keras" if settings.written_as == "keras" else settings.scaling]
    # Python's own literal where there is something to escape.
    quoted = repr(file_name) if set(file_name) & {'"', "\\"} else f'"{file_name}"'
    return Section("Model", prose, plain(f"model = keras.models.load_model({quoted})"))


def _words(settings: Settings) -> Section:
    prose = "The rank of each word, 1 being the commonest; and what separates words besides spaces."
    if not is_imdb(settings.data):
        prose += (
            " These are the words of the IMDB reviews. The network was trained on others: put the ranks of their words "
            "here, or what it predicts means nothing."
        )
    code = """\
word_index = imdb.get_word_index()
separators = string.punctuation.replace("'", "")
to_spaces = str.maketrans(separators, " " * len(separators))
"""
    return Section("Words", prose, plain(code))


def _row(settings: Settings) -> Section:
    words = number(settings.num_words)
    shift = f" + {settings.index_from}" if settings.index_from else ""
    code = f"""\
def multi_hot(review):
    row = np.zeros((1, {words}), dtype="float32")
    row[0, {settings.start_char}] = 1  # every review begins with this id
    for word in review.lower().replace("’", "'").translate(to_spaces).split():
        word_id = word_index.get(word, {words}){shift}
{comment(f"{settings.oov_char} stands for every word outside the vocabulary.", " " * 8)}
        row[0, word_id if word_id < {words} else {settings.oov_char}] = 1
    return row
"""
    return Section("Multi-hot row", "1 at the id of each word that occurs in the review.", plain(code))


def _prediction() -> Section:
    code = f"""\
review = "{_REVIEW}"
probability = model.predict(multi_hot(review))[0, 0]
print(f"{{probability:.3f}} that this review is good: {{review}}")
"""
    return Section("Prediction", "Above 0.5 the network takes the review for a good one.", plain(code))
