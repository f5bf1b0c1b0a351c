"""The process that exports: its answers, what overtakes what, cancelling, and its end with its input."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.export.request import ExportRequest
from explorer.export.worker import Message, Worker
from explorer.store import save
from explorer.temporaries import remove_of
from tests.gui.exported import record


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("run") / "run.dropout"
    save(path, record(6))
    return str(path)


def answers(*requests: Message) -> list[Message]:
    """What a worker that gets all of these at once says."""
    told: list[Message] = []
    worker = Worker(told.append)
    for request in requests:
        worker.take(request)
    worker._waiting.put(None)  # as `end`, without giving up what is in hand
    worker.run()
    return told


def preview(number: int, run: str, **values: Any) -> Message:
    request = ExportRequest(**values).to_dict()
    return {"do": "preview", "number": number, "runs": [run], "request": request, "item": "loss", "width": 320}


def exporting(number: int, run: str, folder: Path, **values: Any) -> Message:
    request = ExportRequest(**values).to_dict()
    return {"do": "export", "number": number, "runs": [run], "request": request, "folder": str(folder)}


def test_a_preview_is_a_picture_of_the_width_asked_for(run: str) -> None:
    (answer,) = answers(preview(1, run, what="loss"))
    content = base64.b64decode(answer["png"])
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 320


def test_only_the_last_of_waiting_previews_is_drawn(run: str) -> None:
    told = answers(*(preview(number, run, what="loss") for number in (1, 2, 3)))
    assert [(each["is"], each["number"]) for each in told] == [("picture", 3)]


def test_an_export_tells_its_progress_and_its_files(run: str, tmp_path: Path) -> None:
    told = answers(exporting(7, run, tmp_path, what="code", formats="py,ipynb"))
    assert [each["is"] for each in told][-1] == "done"
    assert {each["number"] for each in told} == {7}
    assert any(each["is"] == "progress" for each in told)
    assert told[-1]["files"] == [str(tmp_path / "imdb_dropout.py"), str(tmp_path / "imdb_dropout.ipynb")]


def test_a_cancelled_export_says_so_and_the_next_one_is_made(run: str, tmp_path: Path) -> None:
    told: list[Message] = []
    worker = Worker(told.append)
    worker.take(exporting(1, run, tmp_path / "1", what="code", formats="py"))
    worker.take({"do": "cancel"})
    worker.take(exporting(2, run, tmp_path / "2", what="code", formats="py"))
    worker._waiting.put(None)
    worker.run()
    assert [(each["is"], each["number"]) for each in told if each["is"] != "progress"] == [
        ("cancelled", 1),
        ("done", 2),
    ]
    assert not (tmp_path / "1" / "imdb_dropout.py").exists()


def test_what_cannot_be_exported_is_a_sentence(run: str, tmp_path: Path) -> None:
    (answer,) = [
        each for each in answers(exporting(1, run, tmp_path, what="code", formats="py", step=99)) if "is" in each
    ]
    assert answer["is"] == "failed"
    assert answer["message"] == "Batch 99 has not been: this run has 6. Choose one up to that."
    assert answer["detail"] == ""


def test_a_file_that_is_no_run_is_a_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.dropout"
    bad.write_bytes(b"not a run")
    (answer,) = answers(exporting(1, str(bad), tmp_path, what="code", formats="py"))
    assert answer["is"] == "failed"
    assert "bad.dropout" in answer["message"]


def test_a_mistake_of_the_program_has_its_details(run: str) -> None:
    (answer,) = answers({"do": "dance", "number": 1})
    assert answer["is"] == "failed"
    assert "bug report" in answer["message"]
    assert "dance" in answer["detail"]


def test_what_all_leaves_out_is_told(run: str, tmp_path: Path) -> None:
    told = answers(exporting(1, run, tmp_path, what="all", formats="py,keras"))
    assert told[-1]["files"] == [str(tmp_path / "imdb_dropout.py")]
    weights, words = told[-1]["left_out"]
    assert weights == "Trained model (keras): The weights after an epoch are needed. Let the run finish its first epoch"
    assert words.startswith("This run was saved by an earlier version, without its words: words.json is not written.")


def test_the_process_ends_with_its_input_and_says_nothing_but_answers(run: str, tmp_path: Path) -> None:
    request = json.dumps(exporting(1, run, tmp_path, what="code", formats="py"))
    with subprocess.Popen(
        [sys.executable, "-m", "explorer.export.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request + "\n")
        process.stdin.flush()
        kinds = []
        for line in process.stdout:
            kinds.append(json.loads(line)["is"])
            if kinds[-1] == "done":
                process.stdin.close()
        assert process.wait(10) == 0
    assert kinds[-1] == "done"


def test_what_a_film_leaves_out_is_told(tmp_path: Path) -> None:
    thinned = record(6)
    thinned.history.shrink(thinned.history.activation_bytes // 2)
    path = tmp_path / "thinned.dropout"
    save(path, thinned)
    look = {"what": "film", "formats": "webp", "size": "custom", "width": 320, "height": 240}
    told = answers(exporting(1, str(path), tmp_path, **look))
    assert told[-1]["left_out"] == ["Film: 3 of 6 batches; of the others the activations were let go, to save memory."]


def in_the_middle_of_a_film(run: str, folder: Path, form: str) -> subprocess.Popen[str]:
    """A worker that has drawn some frames of a film, and has more to draw."""
    look = {"what": "film", "formats": form, "size": "custom", "width": 3840, "height": 2160}
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.export.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(exporting(1, run, folder, **look)) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if "Drawing batch 2" in json.loads(line).get("message", ""):
            break
    return process


@pytest.mark.parametrize("form", ["webp", "mp4"])
def test_what_a_killed_worker_leaves_is_known_by_its_number(run: str, tmp_path: Path, form: str) -> None:
    other = tmp_path / ".b.png.x.1.part"
    other.write_text("somebody else's")
    with in_the_middle_of_a_film(run, tmp_path, form) as process:
        process.kill()
        process.wait(10)
        assert len(list(tmp_path.iterdir())) == 2
        remove_of(tmp_path, process.pid)
        assert list(tmp_path.iterdir()) == [other]


def test_nobody_reading_any_more_ends_it_without_remains(run: str, tmp_path: Path) -> None:
    with in_the_middle_of_a_film(run, tmp_path, "webp") as process:
        assert process.stdin is not None
        process.stdin.close()  # as when the window was killed
        process.wait(30)
    assert list(tmp_path.iterdir()) == []


def test_work_that_takes_too_long_is_given_up_without_remains(run: str, tmp_path: Path) -> None:
    (tmp_path / ".earlier.png.x.1.part").write_text("somebody else's")
    program = (
        "import json, os, sys; from pathlib import Path; from explorer.export import worker; "
        "told = worker.Worker(print); told.take(json.loads(sys.argv[1])); told._waiting.put(None); told.run(); "
        "Path(sys.argv[2], f'.a.png.y.{os.getpid()}.part').write_text('half'); told.give_up()"
    )
    request = json.dumps(exporting(1, run, tmp_path, what="code", formats="py"))
    done = subprocess.run(
        [sys.executable, "-c", program, request, str(tmp_path)], cwd=Path(__file__).parents[2], check=False
    )
    assert done.returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".earlier.png.x.1.part", "imdb_dropout.py"]


def test_input_that_cannot_be_read_ends_it() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "explorer.export.worker"],
        input=b"\xff\xfe\n",
        capture_output=True,
        timeout=60,  # it waited for ever
        check=False,
    )
    assert process.returncode == 0
