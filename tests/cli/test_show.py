import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.cli.show import aligned, text
from explorer.engine import Settings
from explorer.store import save
from tests.export.report.recorded import SMALL, recorded

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Two runs and their files; the first changed its rate on the way."""
    folder = tmp_path_factory.mktemp("saved")
    runs = [
        recorded("With <dropout>", SMALL, {4: {"rate_2": 0.25}}),
        recorded("Without", SMALL.replace(written_as="none")),
    ]
    files = [folder / "with.dropout", folder / "without.dropout"]
    for run, file in zip(runs, files, strict=True):
        save(file, run)
    return runs, files


def test_one_run_in_plain_text(saved, capsys):
    (run, _), (file, _) = saved
    assert main(["show", str(file)]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert (
        lines[0]
        == "With <dropout>: Hand-written layer · inverted scaling · rate 0.50 after hidden 1, 0.25 after hidden 2"
    )
    assert "  Rate after hidden 2  0.50 → 0.25" in lines
    assert f"  Fingerprint          {run.reviews.fingerprint}" in lines
    assert "  After 1.00 epochs: rate 2: 0.50 → 0.25" in lines
    last = run.results[-1]
    assert f"  Val. loss at the end              {last.val_loss:.4f}" in lines
    (line,) = [line for line in lines if line.split()[:1] == ["3"] or line.split()[:2] == ["★", "3"]]
    assert line.replace("★", "").split() == [
        "3",
        f"{last.loss:.4f}",
        f"{last.train_loss:.4f}",
        f"{last.val_loss:.4f}",
        f"{last.accuracy:.4f}",
        f"{last.train_accuracy:.4f}",
        f"{last.val_accuracy:.4f}",
        f"{last.seconds:.2f}",
    ]


def test_two_runs_side_by_side(saved, capsys):
    _, files = saved
    assert main(["show", *map(str, files)]) == 0
    lines = capsys.readouterr().out.splitlines()
    (heads,) = [line for line in lines if line.split() == ["With", "<dropout>", "Without"]]
    (units,) = [line for line in lines if line.startswith("  Units")]
    assert units.index("6") == heads.index("With <dropout>")
    assert units.rindex("6") == heads.index("Without")
    (rate,) = [line for line in lines if line.startswith("  Rate after hidden 1")]
    assert rate.endswith("–")
    (start,) = [k for k, line in enumerate(lines) if line.startswith("Results")]
    assert [line.split()[0] for line in lines[start + 1 : start + 3]] == ["With", "Without"]
    assert any("★" in line for line in lines[start + 1 : start + 3])


def test_json_for_a_program(saved, capsys):
    (run, other), files = saved
    assert main(["show", "--json", *map(str, files)]) == 0
    told = json.loads(capsys.readouterr().out)["runs"]
    assert Settings.from_dict(told[0]["settings"]) == run.started_with
    assert Settings.from_dict(told[0]["settings_at_the_end"]) == run.settings
    assert told[0]["changes"] == [{"before_batch": 4, "rate_2": 0.25}]
    assert told[0]["reviews"] == json.loads(json.dumps(dataclasses.asdict(run.reviews)))
    assert [epoch["train_loss"] for epoch in told[1]["epochs"]] == [result.train_loss for result in other.results]
    assert told[1]["batches"] == len(other.history)
    assert told[0]["environments"][0]["numpy"]


def test_figures_that_are_not_finite_are_null(saved, monkeypatch, capsys):
    (run, _), (file, _) = saved
    bad = dataclasses.replace(run.results[-1], val_loss=float("inf"), penalty=float("nan"))
    monkeypatch.setattr(run.history, "results", (*run.results[:-1], bad))
    save(file.with_name("bad.dropout"), run)
    assert main(["show", "--json", str(file.with_name("bad.dropout"))]) == 0
    (told,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["runs"]
    assert told["epochs"][-1]["val_loss"] is None
    assert told["epochs"][-1]["penalty"] is None


def test_what_is_no_run_file_is_one_sentence(tmp_path, capsys):
    (tmp_path / "notes.dropout").write_text("not a run")
    for name in ("notes.dropout", "missing.dropout"):
        assert main(["show", str(tmp_path / name)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"dropout-explorer show: {tmp_path / name} cannot be opened: ")
        assert err.count("\n") == 1


def test_a_long_run_is_told_in_part(saved):
    (run, _), _ = saved
    many = [dataclasses.replace(run.results[0], epoch=epoch) for epoch in range(1, 1001)]
    members = {"results": tuple(many), "changes": (), "batches": 1, "test": None, "__len__": lambda self: 1000}
    history = type("Long", (), members)()
    lines = list(text([dataclasses.replace(run, history=history)]))
    told = [
        int(line.replace("★", "").split()[0]) for line in lines[:-1] if line.replace("★", "").strip()[:1].isdecimal()
    ]
    assert told == [1, *range(20, 1001, 20)]
    assert lines[-1] == "  51 of 1,000 epochs; --json has them all"


def test_columns_are_aligned():
    table = [["a heading that spans"], ["x", "10", "b"], ["long", "1", "cc"]]
    assert list(aligned(table, "<><")) == ["a heading that spans", "x     10  b", "long   1  cc"]


def test_a_terminal_without_the_star(saved):
    _, (file, _) = saved
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT), "PATH": ""}
    command = [sys.executable, "-m", "explorer", "show", str(file)]
    process = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True, timeout=100)
    assert b"? " in process.stdout
    assert process.stderr == b""
