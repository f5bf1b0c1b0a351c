import numpy as np
import pytest

from explorer.cli import parser
from explorer.engine import PRESETS, Settings, preset
from explorer.engine.settings import HIDDEN
from explorer.engine.training import Trainer
from explorer.options import options_for, settings_from
from tests.builders import NUM_WORDS, dataset


def parsed(settings: Settings) -> Settings:
    words = [word for pair in options_for(settings) for word in pair]
    return settings_from(parser().parse_args(["run", *words]))


def as_trained(settings: Settings) -> Settings:
    """The same run with the rates of places without dropout at 0, which is how the options tell of them."""
    off = {n: not settings.active(n) or settings.rate(n) == 0 for n in HIDDEN}
    changes = {f"dropout_{n}": not off[n] for n in HIDDEN} | {f"rate_{n}": 0.0 for n in HIDDEN if off[n]}
    return settings.replace(**changes)


@pytest.mark.parametrize("name", PRESETS)
def test_the_options_of_a_preset_ask_for_it(name):
    assert parsed(preset(name)) == as_trained(preset(name))


def test_the_options_of_any_settings_ask_for_them():
    random = np.random.default_rng(5)
    for _ in range(100):
        written_as = str(random.choice(["none", "numpy", "lambda", "layer", "keras"]))
        settings = Settings(
            data=str(random.choice(["sample", "imdb", "my reviews/it's.csv#text=1&label=2"])),
            written_as=written_as,
            scaling="inverted" if written_as == "keras" else str(random.choice(["inverted", "classic", "none"])),
            dropout_1=bool(random.integers(2)),
            dropout_2=bool(random.integers(2)),
            rate_1=float(random.random() * 0.99),
            rate_2=float(random.choice([0.0, 0.1 + 0.2, 0.7])),
            units=int(random.integers(1, 513)),
            l2=float(random.choice([0.0, 1e-5, random.random()])),
            optimizer=str(random.choice(["rmsprop", "adam", "sgd"])),
            learning_rate=float(random.random()),
            batch_size=int(random.integers(1, 4097)),
            epochs=int(random.integers(0, 10_001)),
            validation=int(random.integers(0, 24_001)),
            num_words=int(random.integers(10, 65_536)),
            start_char=int(random.integers(10)),
            oov_char=int(random.integers(10)),
            index_from=int(random.integers(10)),
            seed=int(random.integers(2**31)),
        )
        assert parsed(settings) == as_trained(settings)


@pytest.mark.parametrize("written_as", ["layer", "numpy"])
def test_a_rate_of_0_trains_what_no_dropout_there_trains(written_as):
    """What `options_for` relies on; the masks of the other place must be the same ones, too."""
    settings = Settings(num_words=NUM_WORDS, batch_size=100, epochs=1, units=4, written_as=written_as, rate_1=0.0)
    runs = []
    for dropout_1 in (True, False):
        trainer = Trainer(settings.replace(dropout_1=dropout_1), dataset())
        runs.append([(snapshot.loss, snapshot.training.place(2).mask.tobytes()) for snapshot in trainer.run()])
    assert runs[0] == runs[1]
