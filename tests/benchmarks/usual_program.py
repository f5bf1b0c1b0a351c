"""The program that everyone starts from: dense multi-hot matrices, hand-written dropout, `model.fit`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from explorer.data.dataset import Dataset, Reviews


def vectorize_sequences(part: Reviews, dimension: int) -> np.ndarray:
    """As the book does it, in float32; (n, dimension)."""
    results = np.zeros((len(part), dimension), np.float32)
    for k in range(len(part)):
        results[k, part.ids[part.offsets[k] : part.offsets[k + 1]]] = 1.0
    return results


def train(data: Dataset, batch_size: int, epochs: int) -> list[float]:
    """Seconds of each epoch."""
    import keras

    class Dropout(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.seed_generator = keras.random.SeedGenerator(1)

        def call(self, inputs: Any, training: bool = False) -> Any:
            if not training:
                return inputs
            mask = keras.random.uniform(keras.ops.shape(inputs), seed=self.seed_generator) >= 0.5
            return inputs * keras.ops.cast(mask, inputs.dtype) / 0.5

    x_train = vectorize_sequences(data.train, 10_000)
    x_test = vectorize_sequences(data.test, 10_000)
    y_train, y_test = data.train.labels.astype(np.float32), data.test.labels.astype(np.float32)
    l2 = keras.regularizers.L2(0.001)
    model = keras.Sequential(
        [
            keras.Input((10_000,)),
            keras.layers.Dense(16, "relu", kernel_regularizer=l2),
            Dropout(),
            keras.layers.Dense(16, "relu", kernel_regularizer=l2),
            Dropout(),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])

    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self.began)

    clock = Clock()
    model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[clock])
    model.evaluate(x_test, y_test, verbose=0)
    return clock.seconds
