"""Dropout as a program defines it, by way of writing and by scaling, with what happens at test time said beside it."""

from __future__ import annotations

from explorer.engine.settings import Settings
from explorer.export.code.parts import comment

_AT_TEST_TIME = {
    "inverted": "Test time (evaluate, predict): nothing is dropped and nothing is scaled.",
    "classic": (
        "Test time (evaluate, predict): nothing is dropped. Classic scaling: × (1 − rate), the share kept and not "
        "the share dropped, brings the mean down to what the next layer met in training."
    ),
    "none": (
        "Test time (evaluate, predict): nothing is dropped, and here is the mistake: nothing makes up for it. The "
        "next layer gets on average 1/(1 − rate) times what it was trained on, and its predictions are too sure."
    ),
}
_IN_TRAINING = {
    "inverted": (
        "Inverted scaling: × 1/(1 − rate) makes up for what is dropped, so that the mean stays what it is at test time."
    ),
    "classic": "Classic scaling: what is kept is left as it is here, and scaled at test time.",
    "none": "What is kept is left as it is; neither here nor at test time is anything scaled.",
}
_OUTSIDE = {"inverted": "", "classic": " * (1 - {rate})", "none": ""}
_INSIDE = {"inverted": " / (1 - {rate})", "classic": "", "none": ""}

_LAYER = '''\
class HandWrittenDropout(keras.layers.Layer):
    """Drops a share `rate` of the units in training."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate
{seed}
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training:
{test}
            return inputs{outside}
{draw}
        mask = keras.random.uniform(keras.ops.shape(inputs), seed=self.seed_generator)
        mask = keras.ops.cast(mask >= self.rate, inputs.dtype)
{training}
        return inputs * mask{inside}
'''
_LAMBDA = '''\
{seed}
seed_generator = keras.random.SeedGenerator()


def dropout(inputs, rate, training=False):
    """Drops a share `rate` of the units in training."""
    if not training:
{test}
        return inputs{outside}
{draw}
    mask = keras.random.uniform(keras.ops.shape(inputs), seed=seed_generator)
    mask = keras.ops.cast(mask >= rate, inputs.dtype)
{training}
    return inputs * mask{inside}
'''
_NUMPY = '''\
class NumpyDropout(keras.layers.Layer):
    """Drops a share `rate` of the units in training, with a mask drawn by NumPy."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def draw(self, shape):
        return (np.random.random(shape) >= self.rate).astype("float32")

    def call(self, inputs, training=False):
        if not training:
{test}
            return inputs{outside}
{draw}
        mask = tf.numpy_function(self.draw, [tf.shape(inputs)], tf.float32)
        mask.set_shape(inputs.shape)  # NumPy does not tell TensorFlow
{training}
        return inputs * mask{inside}
'''
_SEED = "A SeedGenerator moves on with every draw; a plain number as seed would make every batch's mask the same."
_DRAW = "Training (fit): a new mask for every batch, drawn for each review and unit; 1 keeps, 0 drops."
_DRAW_NUMPY = (
    f"{_DRAW} fit traces this method once and then runs what TensorFlow recorded. np.random called right here would "
    "draw during that one tracing: one constant mask for ever. numpy_function calls NumPy again at every batch."
)


def definition(settings: Settings) -> str:
    """The class or the function that drops, or "" where Keras has it ready (`keras`) or nothing drops (`none`)."""
    match settings.written_as:
        case "numpy":
            return _filled(_NUMPY, settings.scaling, "self.rate", 8, draw=_DRAW_NUMPY)
        case "lambda":
            return _filled(_LAMBDA, settings.scaling, "rate", 4, seed_indent=0)
        case "layer":
            return _filled(_LAYER, settings.scaling, "self.rate", 8)
        case _:
            return ""


def about(settings: Settings) -> str:
    """What is to be said of this way of writing before its code."""
    match settings.written_as:
        case "numpy":
            return "A layer whose mask is drawn by NumPy, as in the book. Keras tells it whether this is training."
        case "lambda":
            return (
                "Keras hands training to a Lambda function that names it: True in fit, False in evaluate and predict. "
                "So one model does both, and no weights are copied into a second model for testing."
            )
        case _:
            return "Keras tells the layer whether this is training: True in fit, False in evaluate and predict."


def layer(settings: Settings, rate: str) -> str:
    """The dropout layer as it stands in the model."""
    match settings.written_as:
        case "numpy":
            return f"NumpyDropout({rate})"
        case "lambda":
            return f'keras.layers.Lambda(dropout, arguments={{"rate": {rate}}})'
        case "layer":
            return f"HandWrittenDropout({rate})"
        case _:
            return f"keras.layers.Dropout({rate})"


def _filled(
    template: str, scaling: str, rate: str, indent: int, *, draw: str = _DRAW, seed_indent: int | None = None
) -> str:
    body = " " * indent
    return template.format(
        test=comment(_AT_TEST_TIME[scaling], body + " " * 4),
        training=comment(_IN_TRAINING[scaling], body),
        draw=comment(draw, body),
        seed=comment(_SEED, body if seed_indent is None else " " * seed_indent),
        outside=_OUTSIDE[scaling].format(rate=rate),
        inside=_INSIDE[scaling].format(rate=rate),
    )
