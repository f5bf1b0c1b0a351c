import hashlib
import json
import os
import re
import shlex
import signal
import sys
import types

import numpy as np
import pytest

from explorer import store
from explorer.cli import main, parser
from explorer.engine import PRESETS, Settings, preset
from explorer.engine.settings import DECLARATIONS
from explorer.options import SINGLE, option, presets_told, settings_from
from explorer.store import open_run
from tests.data.archives import write_imdb
from tests.data.packing import zipped
from tests.data.written import reviews, table, write_folder

QUICK = ["run", "--data", "sample", "--units", "4", "--num-words", "500"]


def settings(*options: str) -> Settings:
    return settings_from(parser().parse_args(["run", *options]))


@pytest.fixture(scope="module")
def two_epochs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    options = ["--epochs", "2", "--rates", "0.3,0", "--predict", "4"]
    files = ["--json", str(folder / "run.json"), "--record", str(folder / "run.npz")]
    files += ["--save", str(folder / "quick run.dropout"), "--tensorboard", str(folder / "logs" / "quick")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DROPOUT_EXPLORER_CACHE", str(folder / "cache"))
        patch.setenv("DROPOUT_EXPLORER_RUNS", str(folder / "runs"))
        code = main([*QUICK, *options, *files])
    assert not list((folder / "runs").glob("*"))  # what was kept for the case of a crash is gone
    return code, json.loads((folder / "run.json").read_text()), folder / "run.npz"


def test_the_json_of_a_run(two_epochs):
    code, results, _ = two_epochs
    assert code == 0
    assert Settings.from_dict(results["settings"]) == Settings(
        data="sample", units=4, num_words=500, epochs=2, rate_1=0.3, rate_2=0.0, dropout_2=False
    )
    assert [epoch["epoch"] for epoch in results["epochs"]] == [1, 2]
    assert results["epochs"][1]["train_loss"] < results["epochs"][0]["train_loss"]
    assert list(results["test"]) == ["loss", "accuracy"]
    assert results["prediction"]["index"] == 4
    assert 0 <= results["prediction"]["probability"] <= 1
    assert results["prediction"]["label"] in (0, 1)
    assert 100 < results["peak_memory_mb"] < 10_000
    assert results["counts"] == {"trained_on": 7680, "held_out": 5120, "test": 3000}
    assert results["environments"][0]["tensorflow"]


def test_a_run_and_a_run_file_are_the_same_object(two_epochs, capsys):
    _, results, record = two_epochs
    assert main(["show", "--json", str(record.with_name("quick run.dropout"))]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert sorted(shown) == ["runs", "schema"]
    (run,) = shown["runs"]
    assert list(run) == list(results)
    unknown = ("test", "prediction", "peak_memory_mb")  # to a file
    assert {key: run[key] for key in run if key not in unknown} == {
        key: results[key] for key in results if key not in unknown
    }


def test_every_key_of_the_json_is_in_the_help(two_epochs, capsys):
    _, results, _ = two_epochs
    for command in ("run", "show"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        words = re.findall(r"[a-z_]+", capsys.readouterr().out)
        assert set(results) | {"evaluation_seconds"} <= set(words)


def test_the_record_of_a_run(two_epochs):
    _, _, path = two_epochs
    with np.load(path) as record:
        assert record["rows"].shape == (30, 512)  # 7,680 reviews in 15 batches, twice
        assert record["rows"].max() < 12_800
        assert record["hidden_1/rate"][0] == np.float32(0.3)
        assert "hidden_2/mask" not in record


def test_the_saved_run_is_the_run(two_epochs):
    _, results, record = two_epochs
    saved = open_run(record.with_name("quick run.dropout"))
    assert saved.record.name == "quick run"
    assert saved.record.settings.to_dict() == results["settings"]
    assert [epoch.val_loss for epoch in saved.record.results] == [epoch["val_loss"] for epoch in results["epochs"]]
    assert saved.checkpoint is not None
    assert saved.epochs_with_weights == (1, 2)
    with np.load(record) as arrays:
        for step in (1, 30):
            np.testing.assert_array_equal(saved.record.history.mask(step, 1), arrays["hidden_1/mask"][step - 1])


def test_the_log_of_a_run(two_epochs):
    _, results, record = two_epochs
    from explorer.engine.backend import tf

    from tensorflow.core.util.event_pb2 import Event  # isort: skip

    (log,) = (record.parent / "logs" / "quick" / "quick run").iterdir()
    read = tf.data.TFRecordDataset(str(log)).as_numpy_iterator()
    events = [Event.FromString(each) for each in read]
    assert max(event.step for event in events) == 30
    values = [value for event in events if event.step == 30 for value in event.summary.value]
    told = [value.simple_value for value in values if value.HasField("simple_value")]
    assert float(np.float32(results["epochs"][-1]["val_loss"])) in told


def test_what_a_run_prints(capsys):
    assert main([*QUICK, "--epochs", "1"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == ("Generated sample: 7680 reviews trained on, 5120 held out for validation, 3000 for the test")
    assert re.fullmatch(
        r"epoch 1/1  loss \d\.\d{4} \(dropout on\) \d\.\d{4} \(off\)  accuracy \d\.\d{4} \(on\) \d\.\d{4} \(off\)"
        r"  validation loss \d\.\d{4} accuracy \d\.\d{4}  \d+\.\d\d s",
        lines[1],
    )
    assert re.fullmatch(r"test loss \d\.\d{4}, test accuracy \d\.\d{4}", lines[2])
    assert re.fullmatch(r"model prediction is \d\.\d{3}, label is [01]", lines[3])
    assert err == ""


def test_options_become_settings():
    assert settings() == Settings()
    assert settings("--rate", "0.2") == Settings(rate_1=0.2, rate_2=0.2)
    assert settings("--rate", "0") == Settings(rate_1=0.0, rate_2=0.0, dropout_1=False, dropout_2=False)
    assert settings("--rates", "0.2,0.7") == Settings(rate_1=0.2, rate_2=0.7)
    assert settings("--preset", "lambda", "--rate", "0.3") == preset("lambda").replace(
        rate_1=0.3, rate_2=0.3, dropout_1=True
    )
    assert settings("--preset", "book-numpy", "--written-as", "keras") == preset("book")
    assert settings("--optimizer", "adam", "--learning-rate", "0.01", "--l2", "0", "--validation", "0") == Settings(
        optimizer="adam", learning_rate=0.01, l2=0.0, validation=0
    )
    assert settings("--data", "x.npz", "--seed", "3", "--batch-size", "32").data == "x.npz"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rate", "1"], r"argument --rate: must be in \[0, 1\), got 1"),
        (["--rate", "0.999999999"], r"argument --rate: must be in \[0, 1\)"),
        (["--rates", "0.5"], r"argument --rates: must be two rates such as 0\.5,0\.3 \(0 is off\), got '0\.5'"),
        (["--rates", "0.5,2"], r"argument --rates: must be in \[0, 1\), got 2"),
        (["--rate", "half"], r"argument --rate: must be a number, got 'half'"),
        (["--epochs", "-1"], r"argument --epochs: must be in \[0, 10000\], got -1"),
        (["--epochs", "1_0"], r"argument --epochs: must be a whole number, got '1_0'"),
        (["--rate", "0_0.5"], r"argument --rate: must be a number, got '0_0\.5'"),
        (["--epochs", "\u0663"], r"argument --epochs: must be a whole number, got '\u0663'"),
        (["--json="], r"argument --json: must be a path, got nothing"),
        (["--save", ""], r"argument --save: must be a path, got nothing"),
        (["--epochs", "two"], r"argument --epochs: must be a whole number, got 'two'"),
        (["--written-as", "magic"], r"argument --written-as: invalid choice: 'magic'"),
        (["--preset", "cook"], r"argument --preset: invalid choice: 'cook'"),
        (["--predict", "-1"], r"argument --predict: must be the number of a test review"),
        (["--no-such-option"], r"unrecognized arguments: --no-such-option"),
        (["--written-as", "keras", "--scaling", "classic"], r"scaling must be inverted with written_as keras"),
        (["--predict", "3000"], r"--predict must be below 3000, got 3000"),
        (["--json", "missing/run.json"], r"missing/run\.json could not be written: its folder does not exist"),
        (["--json", "run.x", "--record", "run.x"], r"--json and --record must be two files"),
        (["--save", "run.x", "--json", "./run.x"], r"--json and --save must be two files"),
        (["--save", "missing/run.dropout"], r"missing/run\.dropout could not be written: its folder does not exist"),
        (["--save", "run.dropout", "--epochs", "0"], r"--save needs a trained epoch"),
        (["--tensorboard", "log", "--epochs", "0"], r"--tensorboard needs a trained epoch"),
        (["--tensorboard", "/dev/null"], r"/dev/null could not be written: it is a file"),
        (["--record", "."], r"\. could not be written: it is a folder"),
        (["--imdb-url", "mirror"], r"argument --imdb-url: 'mirror' is no web address of a folder"),
        (["--data", "missing.npz"], r"missing\.npz"),
        (["--data", "imdb"], r"The IMDB reviews are not on this computer"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(options, sentence, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["run", "--data", "sample", "--epochs", "1", *options])
    except SystemExit as ending:  # argparse leaves by itself
        code = ending.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert re.search(sentence, err)
    assert "Traceback" not in err


def test_a_file_that_is_no_archive_is_refused(capsys, tmp_path):
    path = tmp_path / "notes.npz"
    path.write_text("not an archive")
    assert main(["run", "--data", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["table", "folder", "columns"])
def test_a_run_on_somebodys_own_reviews(kind, tmp_path, capsys):
    rows = reviews(200)
    if kind == "folder":
        source = title = write_folder(tmp_path / "mine", rows)
    else:
        source = title = tmp_path / "mine.csv"
        source.write_bytes(table(rows, header=None if kind == "columns" else ("review", "sentiment")))
    target = tmp_path / "run.json"
    assert main(["run", "--data", str(source), "--epochs", "1", "--units", "4", "--json", str(target)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"{title.name} (200 reviews): 96 reviews trained on, 64 held out for validation, 40 for the test\n"
    )
    results = json.loads(target.read_text())
    assert results["settings"]["data"] == str(source)
    assert len(results["epochs"]) == 1


def test_the_address_of_the_reviews_is_where_the_download_looks(monkeypatch, tmp_path, capsys):
    """Before `run` or behind it; a file may be in a folder of this computer, so no server is needed."""
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", "https://overridden.example/")
    (tmp_path / "web").mkdir()
    address = (tmp_path / "web").as_uri()
    for options in (["--imdb-url", address, "run"], ["run", "--imdb-url", address]):
        assert main([*options, "--data", "imdb"]) == 2
        assert os.environ["DROPOUT_EXPLORER_IMDB_URL"] == address
        assert f"{address}/imdb.npz" in capsys.readouterr().err


@pytest.mark.parametrize("data", ["imdb", "auto"])
def test_half_a_download_is_fetched_again_where_the_checksum_is_known(monkeypatch, tmp_path, capsys, data):
    archive, index = (tmp_path / "mirror" / name for name in ("imdb.npz", "imdb_word_index.json"))
    write_imdb(tmp_path / "mirror", count=200)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DROPOUT_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", "https://overridden.example/")
    half = tmp_path / "home" / "datasets" / "imdb.npz"
    half.parent.mkdir(parents=True)
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    sums = f"sha256={_sum('sha256', archive)}&word_index_md5={_sum('md5', index)}"
    address = f"{archive.parent.as_uri()}/#{sums}"
    assert main(["run", "--data", data, "--imdb-url", address, "--epochs", "1", "--units", "4"]) == 0
    assert capsys.readouterr().out.startswith("IMDB reviews: 120 reviews trained on, 80 held out for validation, 100")
    assert half.read_bytes() == archive.read_bytes()


def _sum(kind, path):
    return hashlib.new(kind, path.read_bytes(), usedforsecurity=False).hexdigest()


def test_the_window_is_given_the_address_too(monkeypatch):
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", "https://overridden.example/")
    monkeypatch.setitem(sys.modules, "explorer.app", types.SimpleNamespace(open_window=lambda data: data))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert main(["--imdb-url", "https://mirror.example/imdb", "--data", "mine.csv"]) == "mine.csv"
    assert os.environ["DROPOUT_EXPLORER_IMDB_URL"] == "https://mirror.example/imdb"


def test_data_named_before_the_command_is_not_forgotten():
    assert settings_from(parser().parse_args(["--data", "mine.csv", "run"])).data == "mine.csv"


def test_a_run_that_diverges_is_a_sentence_and_exit_code_1(capsys):
    options = ["--optimizer", "sgd", "--learning-rate", "10", "--l2", "1", "--epochs", "30"]
    assert main([*QUICK, *options]) == 1
    assert "no longer a finite number" in capsys.readouterr().err


def test_nothing_is_lost_when_a_run_diverges(tmp_path, capsys):
    target = tmp_path / "old.json"
    target.write_text("old")
    options = ["--optimizer", "sgd", "--learning-rate", "10", "--l2", "1", "--epochs", "30"]
    files = ["--json", str(target), "--record", str(tmp_path / "run.npz"), "--save", str(tmp_path / "run.dropout")]
    assert main([*QUICK, *options, *files]) == 1
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]
    capsys.readouterr()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_no_half_files_and_can_be_had_in_the_window(number, tmp_path, capsys, monkeypatch):
    said: list[str] = []

    def interrupted_after_an_epoch(line: str) -> None:
        said.append(line)
        if line.startswith("epoch 1"):
            signal.raise_signal(number)

    monkeypatch.setattr("explorer.cli.run.tell", interrupted_after_an_epoch)
    monkeypatch.setenv("DROPOUT_EXPLORER_RUNS", str(tmp_path / "kept"))
    target = tmp_path / "run.dropout"
    target.write_text("old")
    files = ["--save", str(target), "--record", str(tmp_path / "run.npz"), "--json", str(tmp_path / "run.json")]
    assert main([*QUICK, "--epochs", "3", *files]) == 128 + number
    assert len(said) == 2
    assert capsys.readouterr().err == (
        "dropout-explorer run: interrupted; nothing was written; 1 epoch of this run can be had in the window under "
        "File, Recent runs, and saved from there\n"
    )
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["run.dropout"]
    (kept,) = store.unsaved()
    assert (kept.name, kept.epochs) == ("run", 1)


def test_a_run_that_cannot_be_saved_in_the_end_is_not_lost(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.setattr("explorer.cli.run.tell", lambda line: folder.rmdir() if line.startswith("epoch 2") else None)
    assert main([*QUICK, "--epochs", "2", "--save", str(folder / "run.dropout")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("dropout-explorer run: 2 epochs of this run can be had in the window")
    assert second.endswith("run.dropout could not be written: its folder does not exist; choose another place")
    (kept,) = store.unsaved()
    saved = kept.take().open()
    assert (saved.record.name, len(saved.record.results)) == ("run", 2)
    saved.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a limit to the size of files is of other systems")
def test_a_disk_that_fills_up_while_recording_is_a_sentence(tmp_path, capsys, monkeypatch):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr(
        "explorer.cli.run.tell", lambda line: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    )
    try:
        assert main([*QUICK, "--epochs", "1", "--record", str(tmp_path / "run.npz")]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("run.npz could not be written: File too large; make room for it")
    assert list(tmp_path.iterdir()) == []


def test_runs_with_one_tensorboard_folder_stand_beside_each_other(tmp_path, capsys):
    mine = tmp_path / "mine.csv"
    mine.write_bytes(table(reviews(200)))
    options = ["run", "--data", str(mine), "--epochs", "1", "--units", "4", "--tensorboard", str(tmp_path / "logs")]
    for more in ([], [], ["--seed", "3"], ["--save", str(tmp_path / "book.dropout")]):
        assert main([*options, *more]) == 0
    capsys.readouterr()
    logs = sorted(path.relative_to(tmp_path / "logs").as_posix() for path in (tmp_path / "logs").rglob("*tfevents*"))
    assert sorted(name.split("/")[0] for name in logs) == ["book", "seed-3", "seed-7", "seed-7-2"]


def test_help_shows_every_default_and_what_the_presets_are(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for declared in DECLARATIONS:
        if declared.name in SINGLE:
            after = told[told.index(f" {option(declared.name)} ", told.index("options:")) :]
            assert f"({declared.default})" in after[: after.index(" --", 3)].replace("- ", "-")
    assert "0 is off (0.5)" in told
    assert "(0.5,0.5)" in told
    for name, (label, _) in PRESETS.items():
        assert f" {name} {label} " in told


@pytest.mark.parametrize("name", PRESETS)
def test_the_options_that_help_tells_of_a_preset_are_that_preset(name):
    lines = presets_told().splitlines()
    (at,) = [k for k, line in enumerate(lines) if line.split()[:1] == [name]]
    words = [] if "defaults" in lines[at + 1] else lines[at + 1].split()
    assert settings_from(parser().parse_args(["run", *words])) == preset(name).replace(
        **({"rate_1": 0.0} if name == "lambda" else {})
    )


@pytest.mark.parametrize("name", ["saved.dropout", "saved by another name"])
def test_a_run_as_data_is_refused_and_the_way_to_continue_it_is_named(tmp_path, capsys, name):
    (tmp_path / name).write_bytes(zipped({"run.json": b"{}", "labels.npy": b""}))
    assert main(["run", "--data", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err
    assert "is a run of this program and not reviews" in said
    assert f"dropout-explorer run --continue {shlex.quote(str(tmp_path / name))}." in said


def test_where_nothing_can_be_fetched_automatic_reviews_are_the_sample_with_a_note(tmp_path, capsys):
    address = (tmp_path / "nothing").as_uri()
    words = ["run", "--imdb-url", address, "--epochs", "1", "--units", "4"]
    assert main([*words, "--data", "auto", "--quiet", "--json", str(tmp_path / "a.json")]) == 0
    assert "The bundled sample is used, since the IMDB reviews cannot be downloaded." in capsys.readouterr().err
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["reviews"]["title"] == "Generated sample"
    assert told["reviews"]["remarks"][0].startswith("The bundled sample is used")
    assert main([*words, "--data", "imdb"]) == 2
