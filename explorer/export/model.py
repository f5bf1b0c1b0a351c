"""A trained network as a `.keras` file that plain Keras loads, with nothing of this package in it."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.data.dataset import Vocabulary
from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Floats
from explorer.export.code.origin import WORDS, word_index_json
from explorer.export.files import replacing
from explorer.temporaries import temporary_folder

if TYPE_CHECKING:
    import keras


def weight_shapes(settings: Settings) -> tuple[tuple[int, ...], ...]:
    """The shapes of a network's weights: kernel and bias of hidden 1, hidden 2 and the output."""
    units = settings.units
    return (settings.num_words, units), (units,), (units, units), (units,), (units, 1), (1,)


def model_of(settings: Settings, weights: Sequence[Floats]) -> keras.Model:
    """The network of a run in layers of Keras: multi-hot rows (B, num_words) -> probability of a good review (B, 1).

    With `keras.layers.Dropout` it is the network that was trained, dropout included. Other ways of writing dropout are
    layers that Keras does not have, so it is the network as it predicts: with classic scaling a
    `keras.layers.Rescaling` by 1 − rate stands where dropout stood, otherwise nothing. It is not compiled.

    Args:
        settings: Those in force when the weights were taken: classic scaling depends on the rate.
        weights: Six arrays, see `weight_shapes`.

    Raises:
        ValueError: For weights of other shapes.
    """
    from explorer.engine.backend import usual_keras

    expected, got = weight_shapes(settings), tuple(np.shape(array) for array in weights)
    if got != expected:
        raise ValueError(f"weights must have the shapes {expected}, got {got}")
    with usual_keras():
        model = _built(settings)
    variables = [variable for layer in model.layers for variable in layer.trainable_variables]
    for variable, array in zip(variables, weights, strict=True):
        variable.assign(array)
    return model


def _built(settings: Settings) -> keras.Model:
    from explorer.engine.backend import keras

    layers: list[Any] = []
    for hidden in HIDDEN:
        penalty = keras.regularizers.L2(settings.l2) if settings.l2 else None
        layers.append(
            keras.layers.Dense(settings.units, activation="relu", kernel_regularizer=penalty, name=f"hidden_{hidden}")
        )
        if not settings.active(hidden):
            continue
        if settings.written_as == "keras":
            layers.append(keras.layers.Dropout(settings.rate(hidden), name=f"dropout_{hidden}"))
        elif settings.scaling == "classic":
            # As the layer computes it, in single precision.
            share_kept = float(np.float32(1) - np.float32(settings.rate(hidden)))
            layers.append(keras.layers.Rescaling(share_kept, name=f"share_kept_{hidden}"))
    layers.append(keras.layers.Dense(1, activation="sigmoid", name="output"))
    return keras.Sequential([keras.Input((settings.num_words,), name="multi_hot"), *layers], name="reviews")


def write_model(
    target: Path, settings: Settings, weights: Sequence[Floats], vocabulary: Vocabulary | None = None
) -> None:
    """Write the network of `model_of` for `keras.models.load_model`.

    The file is a zip; Keras reads its own members of it, and `words.json` is one more.

    Args:
        target: The file, usually ending in `.keras`.
        settings: As in `model_of`.
        weights: As in `model_of`.
        vocabulary: The words it was trained with, which go into the file; None where they are not known.

    Raises:
        ValueError: For weights of other shapes.
        WriteError: When it cannot be written; what was there before is untouched.
    """
    model = model_of(settings, weights)
    # Keras wants a path that ends in .keras, and writes right there.
    with replacing(target) as file, temporary_folder() as folder:
        path = folder / "model.keras"
        model.save(path)
        if vocabulary is not None:
            with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo(WORDS), word_index_json(vocabulary), zipfile.ZIP_DEFLATED)
        with open(path, "rb") as saved:
            shutil.copyfileobj(saved, file)
