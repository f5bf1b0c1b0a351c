import re

import numpy as np
import pytest

from explorer.cli import parser
from explorer.engine import PRESETS, Settings, preset
from explorer.engine.settings import DECLARATIONS, HIDDEN
from explorer.engine.training import Trainer
from explorer.options import options_for, settings_from
from tests.builders import NUM_WORDS, dataset


def parsed(settings: Settings) -> Settings:
    words = [word for pair in options_for(settings) for word in pair]
    return settings_from(parser().parse_args(["run", *words]))


def as_trained(settings: Settings) -> Settings:
    """The same run with the rates of places without dropout at 0, and what has no effect as it is by default."""
    if settings.written_as != "none":
        off = [n for n in HIDDEN if not settings.active(n) or settings.rate(n) == 0]
        settings = settings.replace(**{f"dropout_{n}": n not in off for n in HIDDEN}, **{f"rate_{n}": 0.0 for n in off})
    dead = [each for each in DECLARATIONS if each.unmet(settings) is not None and each.name[:5] != "rate_"]
    if settings.written_as == "none":
        dead += [each for each in DECLARATIONS if each.name[:5] == "rate_"]
    return settings.replace(**{each.name: each.default for each in dead})


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


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--preset plain --rate 0.3", "--rate has no effect with --preset plain, which has no dropout"),
        ("--preset l2 --rates 0.3,0", "--rates has no effect with --preset l2, which has no dropout"),
        ("--preset plain --rate 0", "--rate has no effect with --preset plain, which has no dropout"),
        ("--written-as none --rates .5,.5", "--rates has no effect with --written-as none, which has no dropout"),
        ("--written-as none --scaling classic", "--scaling has no effect with --written-as none, which has no dropout"),
        ("--preset plain --scaling none", "--scaling has no effect with --preset plain, which has no dropout"),
        ("--preset book --written-as none --rate .1", "--rate has no effect with --written-as none, which has no"),
        ("--rate 0 --scaling classic", "--scaling has no effect with --rate 0, which has no dropout"),
        ("--rates 0,0 --written-as numpy", "--written-as has no effect with --rates 0,0, which has no dropout"),
        ("--epochs 0 --learning-rate 0.1", "--learning-rate has no effect with --epochs 0, which trains nothing"),
        ("--epochs 0 --optimizer adam", "--optimizer has no effect with --epochs 0, which trains nothing"),
        ("--epochs 0 --batch-size 32", "--batch-size has no effect with --epochs 0, which trains nothing"),
        ("--epochs 0 --l2 0.1", "--l2 has no effect with --epochs 0, which trains nothing"),
        ("--epochs 0 --rate 0.1", "--rate has no effect with --epochs 0, which trains nothing"),
        ("--data sample --imdb-url https://a.example/", "--imdb-url has no effect with --data sample, which is not"),
        ("--data my.csv --imdb-url https://a.example/", "--imdb-url has no effect with --data my.csv, which is not"),
    ],
)
def test_an_option_without_effect_is_refused(options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        settings_from(parser().parse_args(["run", *options.split()]))


@pytest.mark.parametrize(
    "options",
    [
        "--preset plain --written-as numpy --rate 0.3 --scaling classic",
        "--rate 0",
        "--rates 0,0.5 --scaling classic",
        "--preset lambda --rates 0,0.5",
        "--written-as none",
        "--written-as keras --scaling inverted",
        "--epochs 0 --seed 3 --units 4 --validation 0 --num-words 500 --start-char 1",
        "--epochs 0 --rate 0.3 --scaling classic",
        "--data imdb --imdb-url https://a.example/",
        "--imdb-url https://a.example/",
    ],
)
def test_an_option_with_an_effect_is_taken(options):
    settings_from(parser().parse_args(["run", *options.split()]))


@pytest.mark.parametrize("name", [declared.name for declared in DECLARATIONS if declared.depends_on])
def test_a_setting_changes_nothing_where_a_condition_is_not_met(name):
    """The declared relation against what is trained, for each condition."""
    declared = next(each for each in DECLARATIONS if each.name == name)
    start = Settings(num_words=NUM_WORDS, batch_size=100, epochs=1, units=4)
    others = {
        "written_as": "lambda",
        "scaling": "classic",
        "optimizer": "adam",
        "batch_size": 50,
        "l2": 0.1,
        "learning_rate": 0.1,
        "rate_1": 0.2,
        "rate_2": 0.2,
        "dropout_1": False,
        "dropout_2": False,
    }
    unmet = {"written_as": "none", "dropout_1": False, "dropout_2": False, "epochs": 0}
    for condition in declared.depends_on:
        without = start.replace(**{each: unmet[each] for each in condition.on if each != name})
        assert declared.unmet(without) is condition
        assert after_training(without) == after_training(without.replace(**{name: others[name]}))
    assert declared.unmet(start) is None


def after_training(settings: Settings) -> tuple[float, float]:
    """Test loss and accuracy after training."""
    data = dataset()
    trainer = Trainer(settings, data)
    for _ in trainer.run():
        pass
    return trainer.evaluate(data.test, np.arange(len(data.test)))
