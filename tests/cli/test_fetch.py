import pytest

from explorer.cli import main
from explorer.data import keras_folder
from tests.data.archives import mirror


@pytest.fixture
def address(tmp_path):
    return mirror(tmp_path / "web")


@pytest.mark.parametrize("before", [True, False])
def test_the_reviews_are_downloaded_and_their_path_is_printed(before, address, monkeypatch, capsys):
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", "https://overridden.example/")
    option = ["--imdb-url", address]
    assert main([*option, "fetch"] if before else ["fetch", *option]) == 0
    assert capsys.readouterr() == (f"{keras_folder() / 'imdb.npz'}\n", "")
    assert (keras_folder() / "imdb.npz").is_file()
    assert (keras_folder() / "imdb_word_index.json").is_file()


def test_what_is_there_is_not_downloaded_again_and_that_is_said(address, monkeypatch, capsys):
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", address)
    assert main(["fetch"]) == 0
    capsys.readouterr()
    before = (keras_folder() / "imdb.npz").stat()
    assert main(["fetch"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{keras_folder() / 'imdb.npz'}\n"
    assert err == ("dropout-explorer fetch: the reviews are there already, whole and checked; nothing was downloaded\n")
    assert (keras_folder() / "imdb.npz").stat() == before
    (keras_folder() / "imdb.npz").write_bytes(b"half")
    assert main(["fetch", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (keras_folder() / "imdb.npz").stat().st_size == before.st_size


def test_reviews_that_cannot_be_had_are_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DROPOUT_EXPLORER_IMDB_URL", "https://overridden.example/")
    (tmp_path / "web").mkdir()
    assert main(["fetch", "--imdb-url", (tmp_path / "web").as_uri()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("dropout-explorer fetch: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("option", [["--data", "sample"], ["--json", "x.json"]])
def test_an_option_that_fetch_does_not_read_is_refused(option, capsys):
    with pytest.raises(SystemExit) as ending:
        main(["fetch", *option])
    assert ending.value.code == 2
    assert f"unrecognized arguments: {option[0]}" in capsys.readouterr().err


def test_data_before_fetch_is_refused(capsys):
    with pytest.raises(SystemExit) as ending:
        main(["--data", "sample", "fetch"])
    assert ending.value.code == 2
    assert "--data has no effect with fetch" in capsys.readouterr().err


def test_who_asks_for_imdb_without_having_it_is_told_the_command(capsys):
    assert main(["run", "--data", "imdb"]) == 2
    assert "run dropout-explorer fetch" in capsys.readouterr().err
