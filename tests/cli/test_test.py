"""The figures of the test reviews at the command line: the same wherever a run is printed or written."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.store import open_run
from tests.data.written import reviews, table
from tests.store.made import rewritten, with_document

OPTIONS = ["--units", "4", "--batch-size", "32", "--num-words", "200", "--epochs", "2"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, str, Path]:
    """A run file, what was printed while it was made, and the reviews."""
    folder = tmp_path_factory.mktemp("made")
    csv = folder / "mine.csv"
    csv.write_bytes(table(reviews(200)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DROPOUT_EXPLORER_RUNS", str(folder / "kept"))
        printed: list[str] = []
        patch.setattr("explorer.cli.run.tell", printed.append)
        files = ["--save", str(folder / "a.dropout"), "--json", str(folder / "a.json")]
        assert main(["run", "--data", str(csv), *OPTIONS, "--predict", "7", *files]) == 0
    return folder / "a.dropout", "\n".join(printed), csv


def without_test(file: Path, folder: Path) -> Path:
    """The file as an earlier version of the program would have written it."""
    return rewritten(file, folder / "older.dropout", lambda members: with_document(members, lambda d: d.pop("test")))


def test_the_file_the_json_and_the_terminal_have_one_result(made, capsys):
    file, printed, _ = made
    test = open_run(file).record.test
    told = json.loads(file.with_suffix(".json").read_text())
    assert told["test"] == {"loss": test.loss, "accuracy": test.accuracy}
    assert told["prediction"] == {
        "index": 7,
        "probability": test.prediction.probability,
        "label": test.prediction.label,
    }
    lines = [
        f"test loss {test.loss:.4f}, test accuracy {test.accuracy:.4f}",
        f"model prediction is {test.prediction.probability:.3f}, label is {test.prediction.label}",
    ]
    assert printed.splitlines()[-2:] == lines
    assert main(["show", str(file)]) == 0
    out = capsys.readouterr().out
    assert f"  {lines[0]}\n  {lines[1]} (test review 7)\n" in out
    assert re.search(rf"Test loss +{test.loss:.4f}\n", out)
    assert re.search(rf"Test accuracy +{test.accuracy:.4f}\n", out)
    assert main(["show", "--json", str(file)]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["runs"]
    assert (shown["test"], shown["prediction"]) == (told["test"], told["prediction"])


def test_tables_and_report_have_it_too(made, tmp_path, capsys):
    file, _, _ = made
    test = open_run(file).record.test
    options = ["--what", "comparison,report", "--format", "csv,html", "--out", str(tmp_path)]
    assert main(["export", str(file), *options]) == 0
    head, row = ((tmp_path / "comparison.csv").read_text().splitlines())[:2]
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    assert float(cells["test_loss"]) == test.loss
    assert float(cells["test_accuracy"]) == test.accuracy
    assert np.float32(cells["prediction"]) == np.float32(test.prediction.probability)
    assert (cells["prediction_label"], cells["prediction_review"]) == (str(test.prediction.label), "7")
    page = (tmp_path / "report.html").read_text()
    assert f"Test loss {test.loss:.4f}, test accuracy {test.accuracy:.4f}; test review 7: model prediction is" in page


def test_an_older_file_is_tested_where_the_reviews_are(made, tmp_path, capsys):
    file, _, _ = made
    older = without_test(file, tmp_path)
    assert main(["show", str(older)]) == 0
    out, err = capsys.readouterr()
    assert re.search(r"Test loss +–\n", out)
    assert (err, "model prediction" in out) == ("", False)
    assert main(["show", "--test", "--json", str(older)]) == 0
    (told,) = json.loads(capsys.readouterr().out)["runs"]
    test = open_run(file).record.test
    assert told["test"] == {"loss": test.loss, "accuracy": test.accuracy}
    assert told["prediction"]["index"] == 0
    assert open_run(older).record.test is None  # a file that is shown is not written


def test_where_the_reviews_are_gone_or_others_that_is_said_and_the_rest_is_shown(made, tmp_path, capsys):
    file, _, csv = made
    older = without_test(file, tmp_path)
    before = csv.read_bytes()
    for content, reason in ((None, "mine.csv"), (table(reviews(120)), "the reviews found are others")):
        csv.unlink(missing_ok=True)
        if content is not None:
            csv.write_bytes(content)
        try:
            assert main(["show", "--test", str(older)]) == 0
        finally:
            csv.write_bytes(before)
        out, err = capsys.readouterr()
        assert re.search(r"Test loss +–\n", out)
        assert err.startswith(f"dropout-explorer show: {older} has no figures of the test reviews: ")
        assert reason in err
        assert err.count("\n") == 1


def test_a_run_that_was_stopped_before_its_end_says_so(made, tmp_path, capsys):
    file, _, _ = made

    def longer(values):
        values.pop("test")
        values["settings"]["epochs"] = 5

    stopped = rewritten(file, tmp_path / "stopped.dropout", lambda members: with_document(members, longer))
    assert main(["show", "--test", str(stopped)]) == 0
    out, err = capsys.readouterr()
    assert re.search(r"Test loss +–\n", out)
    assert "stopped before its end, after 2 of 5 epochs" in err


def test_a_continued_run_has_the_result_of_its_new_end(made, tmp_path, capsys):
    file, _, _ = made
    target = tmp_path / "longer.dropout"
    assert main(["run", "--continue", str(file), "--epochs", "3", "--save", str(target)]) == 0
    lines = capsys.readouterr().out.splitlines()
    test = open_run(target).record.test
    assert lines[-2] == f"test loss {test.loss:.4f}, test accuracy {test.accuracy:.4f}"
    assert test.loss != open_run(file).record.test.loss
