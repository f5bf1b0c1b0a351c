import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_notebook_lines_run_as_written(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(code.splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})
    assert "EpochResult(epoch=2" in capsys.readouterr().out


def test_what_it_shows_is_there():
    for path in re.findall(r"\]\((\S+?)\)", README):
        assert (Path(__file__).parents[1] / path).is_file()
