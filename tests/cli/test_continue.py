import json
import re
from pathlib import Path

import numpy as np
import pytest

from explorer import store
from explorer.cli import main
from explorer.store import open_run
from tests.data.written import reviews, table

SMALL = ["--units", "4", "--batch-size", "32", "--num-words", "200", "--seed", "3"]
WAYS = {"keras": ["--written-as", "keras"], "numpy": ["--written-as", "numpy", "--scaling", "classic"]}


def run(*options: object) -> int:
    try:
        return main(["run", *map(str, options)])
    except SystemExit as ending:  # argparse leaves by itself
        return int(str(ending.code))


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("reviews") / "mine.csv"
    path.write_bytes(table(reviews(200)))
    return path


@pytest.fixture(scope="module")
def two_epochs(csv, tmp_path_factory) -> Path:
    """A run of 2 epochs."""
    path = tmp_path_factory.mktemp("runs") / "two.dropout"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DROPOUT_EXPLORER_RUNS", str(path.parent / "kept"))
        assert run("--data", csv, *SMALL, *WAYS["keras"], "--epochs", 2, "--save", path) == 0
    return path


def curves(path: Path) -> list[tuple[object, ...]]:
    return [
        (each.loss, each.penalty, each.accuracy, each.train_loss, each.train_accuracy, each.val_loss, each.val_accuracy)
        for each in open_run(path).record.results
    ]


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam", "sgd"])
@pytest.mark.parametrize("way", WAYS)
def test_the_curves_are_those_of_an_uninterrupted_run(way, optimizer, csv, tmp_path, capsys):
    options = ["--data", csv, *SMALL, *WAYS[way], "--optimizer", optimizer, "--predict", 3]
    assert run(*options, "--epochs", 4, "--save", tmp_path / "whole.dropout") == 0
    whole = capsys.readouterr().out.splitlines()
    assert run(*options, "--epochs", 2, "--save", tmp_path / "first.dropout") == 0
    capsys.readouterr()
    before = (tmp_path / "first.dropout").read_bytes()
    more = ["--continue", tmp_path / "first.dropout", "--epochs", 4, "--predict", 3]
    assert run(*more, "--save", tmp_path / "second.dropout", "--json", tmp_path / "run.json") == 0
    lines, err = capsys.readouterr()
    assert err == ""
    # All but the seconds: the same epochs, the same test, the same prediction.
    timeless = [re.sub(r"\d+\.\d\d s$", "", line) for line in lines.splitlines()]
    assert timeless == [re.sub(r"\d+\.\d\d s$", "", line) for line in [whole[0], *whole[3:]]]
    assert curves(tmp_path / "second.dropout") == curves(tmp_path / "whole.dropout")
    one, other = (open_run(tmp_path / name) for name in ("second.dropout", "whole.dropout"))
    assert one.checkpoint.streams == other.checkpoint.streams
    for epoch in (1, 2, 3, 4):
        for here, there in zip(one.weights(epoch), other.weights(epoch), strict=True):
            np.testing.assert_array_equal(here, there)
    for step in (1, one.record.history.batches * 4):
        np.testing.assert_array_equal(one.record.history.mask(step, 1), other.record.history.mask(step, 1))
    assert one.record.name == "second"
    assert len(json.loads((tmp_path / "run.json").read_text())["epochs"]) == 4
    assert (tmp_path / "first.dropout").read_bytes() == before
    assert not store.leftovers()
    assert not store.unsaved()


def test_a_continued_run_takes_the_place_of_its_file_only_when_that_is_named(two_epochs, tmp_path, capsys):
    path = tmp_path / "run.dropout"
    path.write_bytes(two_epochs.read_bytes())
    assert run("--continue", path, "--epochs", 3) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("epoch 3/3 ")
    assert path.read_bytes() == two_epochs.read_bytes()
    assert run("--continue", path, "--epochs", 3, "--save", path) == 0
    saved = open_run(path)
    assert (saved.record.name, len(saved.record.results), saved.epochs_with_weights) == ("two", 3, (1, 2, 3))


def test_live_settings_may_change_and_are_recorded_as_changes(two_epochs, tmp_path, capsys):
    target = tmp_path / "changed.dropout"
    options = ["--epochs", 3, "--rates", "0.2,0.7", "--learning-rate", 0.01]
    assert run("--continue", two_epochs, *options, "--save", target, "--record", tmp_path / "new.npz") == 0
    record = open_run(target).record
    batches = record.history.batches
    (change,) = record.history.changes
    assert change.step == 2 * batches + 1
    assert {name: after for name, _, after in change.changes} == {
        "rate_1": 0.2,
        "rate_2": 0.7,
        "learning_rate": 0.01,
        "epochs": 3,
    }
    assert record.started_with.rate_1 == 0.5
    with np.load(tmp_path / "new.npz") as arrays:  # the batches trained now
        assert arrays["epoch"].tolist() == [3] * batches
        assert arrays["hidden_1/rate"][0] == np.float32(0.2)


def test_what_was_changed_after_the_last_complete_epoch_is_changed_again(csv, tmp_path, capsys):
    """A file that was saved in the middle of an epoch: that epoch is trained again as it was."""
    from explorer.data import load
    from explorer.data.dataset import Encoding
    from explorer.engine import Settings, Trainer
    from explorer.engine.checkpoint import capture
    from explorer.engine.run_record import RunRecord
    from explorer.store import save

    settings = Settings(data=str(csv), units=4, batch_size=32, num_words=200, epochs=2)
    dataset = load(settings.data, Encoding(num_words=200))
    checkpoint = None

    def until(trainer: Trainer, steps: int) -> None:
        nonlocal checkpoint
        while trainer.steps < steps:
            if trainer.steps == trainer.batches + 1:
                trainer.update(trainer.settings.replace(rate_1=0.1))
            trainer.step()
            if trainer.epoch_is_trained:
                trainer.end_epoch()
                checkpoint = capture(trainer)

    whole, part = Trainer(settings, dataset), Trainer(settings, dataset)
    assert whole.batches > 2
    until(whole, 2 * whole.batches)
    until(part, part.batches + 2)
    save(tmp_path / "part.dropout", RunRecord.of(part, "part"), checkpoint=checkpoint)
    assert run("--continue", tmp_path / "part.dropout", "--save", tmp_path / "whole.dropout") == 0
    record = open_run(tmp_path / "whole.dropout").record
    assert [(each.step, each.changes) for each in record.history.changes] == [
        (whole.batches + 2, (("rate_1", 0.5, 0.1),))
    ]
    assert [each.val_loss for each in record.results] == [each.val_loss for each in whole.history.results]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], r"two\.dropout has done 2 epochs and was to do 2; give --epochs with a number above 2 to go on"),
        (["--epochs", 2], r"--epochs must be above 2, the epochs that \S+two\.dropout has done .*, got 2"),
        (["--epochs", 1], r"--epochs must be above 2, .*, got 1"),
        (["--units", 4], r"--units cannot change when a run is continued; leave it out, or start a new run"),
        (["--preset", "book"], r"--preset cannot change when a run is continued"),
        (["--seed", 3], r"--seed cannot change when a run is continued"),
        (["--written-as", "keras"], r"--written-as cannot change when a run is continued"),
        (["--batch-size", 16, "--epochs", 4], r"--batch-size cannot change when a run is continued"),
        (["--validation", 0], r"--validation cannot change when a run is continued"),
        (["--num-words", 300], r"--num-words cannot change when a run is continued"),
        (["--epochs", 3, "--data", "sample"], r"two\.dropout was trained on other reviews than sample gives: on mine"),
        (["--epochs", 3, "--data", "gone.csv"], r"The reviews of \S+two\.dropout are needed to continue it\. There is"),
        (["--epochs", 3, "--imdb-url", "https://a.example/"], r"--imdb-url has no effect with the reviews of \S+two"),
        (["--epochs", 3, "--predict", 900], r"--predict must be below 40, got 900"),
        (["--epochs", 3, "--predict", 1, "--quiet"], r"--predict has no effect with --quiet"),
    ],
)
def test_what_cannot_be_continued_is_one_sentence(options, sentence, two_epochs, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("--continue", two_epochs, *options) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert re.search(sentence, err)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--json", "--record"])
def test_the_file_that_is_continued_is_not_overwritten_by_another_kind(option, two_epochs, capsys):
    assert run("--continue", two_epochs, "--epochs", 3, option, two_epochs) == 2
    assert capsys.readouterr().err == f"dropout-explorer run: --continue and {option} must be two files, got one\n"


def test_a_rate_where_the_run_has_no_dropout_is_refused(csv, tmp_path, capsys):
    plain, one = tmp_path / "plain.dropout", tmp_path / "one.dropout"
    assert run("--data", csv, *SMALL, "--written-as", "none", "--epochs", 1, "--save", plain) == 0
    assert run("--data", csv, *SMALL, "--rates", "0,0.5", "--epochs", 1, "--save", one) == 0
    capsys.readouterr()
    assert run("--continue", plain, "--epochs", 2, "--rate", 0.3) == 2
    assert f"--rate has no effect with --continue {plain}, which has no dropout" in capsys.readouterr().err
    assert run("--continue", one, "--epochs", 2, "--rate", 0.3) == 2
    sentence = f"--rate 0.3 has no effect after hidden 1, where {one} has no dropout; give --rates 0,0.3"
    assert sentence in capsys.readouterr().err
    assert run("--continue", one, "--epochs", 2, "--rates", "0,0.3", "--quiet") == 0


def test_reviews_that_were_moved_are_named(two_epochs, csv, tmp_path, capsys):
    run_file, moved = tmp_path / "run.dropout", tmp_path / "moved.csv"
    here = tmp_path / "here.csv"
    here.write_bytes(csv.read_bytes())
    options = ["--data", here, *SMALL, "--epochs", 1]
    assert run(*options, "--save", run_file) == 0
    here.rename(moved)
    capsys.readouterr()
    assert run("--continue", run_file, "--epochs", 2) == 2
    assert f"The reviews of {run_file} are needed to continue it. There is no file" in capsys.readouterr().err
    assert run("--continue", run_file, "--epochs", 2, "--data", moved, "--save", run_file) == 0
    assert open_run(run_file).record.started_with.data == str(moved)


def test_quiet_prints_nothing_and_writes_what_was_asked_for(two_epochs, csv, tmp_path, capsys):
    options = ["--data", csv, *SMALL, *WAYS["keras"], "--epochs", 2, "--quiet"]
    assert run(*options, "--save", tmp_path / "run.dropout") == 0
    assert capsys.readouterr() == ("", "")
    assert curves(tmp_path / "run.dropout") == curves(two_epochs)
    assert run(*options, "--save", tmp_path / "missing" / "run.dropout") == 2
    assert capsys.readouterr().err.count("\n") == 1
