"""Every figure as a PDF in a second reader: poppler, which most readers on Linux are made of.

`python -m tests.export.figures.poppler` fails when a figure does not open, shows something else than its PNG, or says
nothing; and when there is no poppler (`apt-get install poppler-utils`). The tests themselves read PDFs with PDFium,
which comes with them; this is for CI, where poppler is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from explorer.engine.settings import Settings
from explorer.export.figures import FIGURES, render
from explorer.export.request import ExportRequest
from tests.export.figures.drawn import on_white, opened, softened
from tests.export.records import record

REQUEST = ExportRequest(size="custom", width=960, height=540, reviews=12)
FAR = {"equation": 5.0, "others": 2.5}
"""How far apart PDF and PNG may be, as in `test_vector`."""


def main() -> None:
    run = record(6, name="Run 2", reviews=24)
    others = [record(4, Settings(written_as="none"), name="Run 1")]
    with tempfile.TemporaryDirectory() as folder:
        for item in FIGURES:
            pdf = Path(folder) / f"{item}.pdf"
            pdf.write_bytes(render(item, "pdf", REQUEST, run, others))
            shown = pdf.with_suffix("")
            _call("pdftoppm", "-r", "144", "-png", "-singlefile", str(pdf), str(shown))
            one = on_white(opened(shown.with_suffix(".png").read_bytes()))
            other = on_white(opened(render(item, "png", REQUEST, run, others)))
            off = float(np.abs(softened(one) - softened(other)).mean())
            fonts = _call("pdffonts", str(pdf)).splitlines()[2:]
            words = _call("pdftotext", str(pdf), "-").split()
            # Name, type, encoding, embedded, subset, Unicode: from the end, since types have blanks.
            embedded = bool(fonts) and all(line.split()[-5] == "yes" for line in fonts)
            print(f"{item}: {off:.2f} off, {len(fonts)} fonts, {len(words)} words")  # noqa: T201 - for a person
            if off > FAR["equation" if item.startswith("equation") else "others"] or not embedded or len(words) < 10:
                sys.exit(f"poppler does not show {item} as it is")


def _call(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    except FileNotFoundError:
        sys.exit(f"{command[0]} is missing: apt-get install poppler-utils")


if __name__ == "__main__":
    main()
