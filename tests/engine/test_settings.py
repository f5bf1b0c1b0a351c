import dataclasses
import json

import pytest

from explorer.engine.settings import DECLARATIONS, PRESETS, Change, Settings, declaration, preset


def test_defaults_are_those_of_the_explorer():
    assert Settings() == preset("explore")
    assert Settings().to_dict() == {
        "data": "auto",
        "num_words": 10_000,
        "start_char": 1,
        "oov_char": 2,
        "index_from": 3,
        "validation": 10_000,
        "written_as": "layer",
        "scaling": "inverted",
        "dropout_1": True,
        "rate_1": 0.5,
        "dropout_2": True,
        "rate_2": 0.5,
        "units": 16,
        "l2": 0.001,
        "optimizer": "rmsprop",
        "learning_rate": 0.001,
        "batch_size": 512,
        "epochs": 20,
        "seed": 7,
    }


def test_settings_survive_json():
    settings = Settings(rate_1=0.25, written_as="numpy", scaling="classic", epochs=0)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    with pytest.raises(ValueError, match="unknown setting 'dropuot'"):
        Settings.from_dict({"dropuot": 1})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("rate_1", 1.0, r"rate_1 must be in \[0, 1\), got 1.0"),
        ("rate_2", 1.2, r"rate_2 must be in \[0, 1\), got 1.2"),
        ("rate_1", -0.1, r"rate_1 must be in \[0, 1\), got -0.1"),
        ("rate_1", float("nan"), r"rate_1 must be in \[0, 1\), got nan"),
        # Below 1 here, but 1 in the float32 that the network computes with.
        ("rate_1", 1 - 1e-9, r"rate_1 must be in \[0, 1\)"),
        ("rate_1", "0.5", "rate_1 must be a number, got '0.5'"),
        ("rate_1", True, "rate_1 must be a number, got True"),
        ("epochs", -1, r"epochs must be in \[0, 10000\], got -1"),
        ("epochs", 1.5, "epochs must be a whole number, got 1.5"),
        ("learning_rate", float("inf"), "learning_rate must be in"),
        ("units", 0, "units must be in"),
        ("written_as", "magic", "written_as must be one of none, numpy, lambda, layer, keras, got 'magic'"),
        ("optimizer", 3, "optimizer must be text, got 3"),
        ("dropout_1", 1, "dropout_1 must be true or false, got 1"),
        ("num_words", 70_000, "num_words must be in"),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence(name, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        Settings(**{name: value})


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ValueError, match="scaling must be inverted with written_as keras"):
        Settings(written_as="keras", scaling="classic")


def test_live_fields_are_the_ones_that_need_no_restart():
    live = {d.name for d in DECLARATIONS if d.change is Change.LIVE}
    assert live == {"rate_1", "rate_2", "learning_rate", "epochs"}
    before, after = Settings(), Settings(rate_1=0.1, units=8, epochs=3)
    assert [d.name for d in before.differences(after)] == ["rate_1", "units", "epochs"]
    assert [d.name for d in before.needs_restart(after)] == ["units"]


def test_every_field_is_declared_with_words_for_a_person():
    assert [d.name for d in DECLARATIONS] == [field.name for field in dataclasses.fields(Settings)]
    for declared in DECLARATIONS:
        assert declared.label
        assert declared.help.endswith(".")
        assert declared is declaration(declared.name)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("explore", {}),
        ("plain", {"written_as": "none", "l2": 0.0}),
        ("l2", {"written_as": "none"}),
        ("lambda", {"written_as": "lambda", "dropout_1": False, "batch_size": 32, "epochs": 5, "validation": 0}),
        ("book", {"written_as": "keras", "l2": 0.0}),
        ("book-numpy", {"written_as": "numpy", "scaling": "classic", "l2": 0.0}),
    ],
)
def test_presets(name, changes):
    assert preset(name) == Settings(**changes)
    assert set(PRESETS) == {"explore", "plain", "l2", "lambda", "book", "book-numpy"}


def test_a_preset_keeps_data_and_seed():
    assert preset("book", Settings(seed=3, data="sample", units=99)) == preset("book").replace(seed=3, data="sample")
    with pytest.raises(ValueError, match="preset must be one of"):
        preset("cook")


@pytest.mark.parametrize(("reviews", "held_out"), [(25_000, 10_000), (12_000, 4_800), (30_000, 10_000), (0, 0)])
def test_a_smaller_set_gives_up_the_same_share(reviews, held_out):
    assert Settings().validation_count(reviews) == held_out


def test_whole_numbers_are_taken_for_what_is_no_whole_number():
    settings = Settings(learning_rate=1, rate_1=0)
    assert (type(settings.learning_rate), type(settings.rate_1)) == (float, float)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert type(Settings().replace(l2=1).l2) is float


@pytest.mark.parametrize(("name", "number"), [("seed", 10**400), ("learning_rate", 10**400), ("learning_rate", 1e308)])
def test_a_number_beyond_all_numbers_is_a_sentence_and_no_warning(name, number):
    with pytest.raises(ValueError, match=rf"{name} must be in "):
        Settings(**{name: number})


def test_limits_are_written_in_full():
    with pytest.raises(ValueError, match=r"seed must be in \[0, 2147483647\], got -1"):
        Settings(seed=-1)
