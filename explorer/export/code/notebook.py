"""The same program as a notebook.

The file is JSON with half a dozen fixed keys, so it is written with `json`; `nbformat` would bring a validator and a
JSON-schema library for it. A test holds the result against the format's rules.
Format: https://nbformat.readthedocs.io/en/latest/format_description.html, version 4.5.
"""

from __future__ import annotations

import json
from typing import Any

from explorer.engine.settings import Settings
from explorer.export.code.origin import Origin
from explorer.export.code.program import IMDB, REQUIREMENTS, describe, sections
from explorer.presentation.published import MODEL_SOURCE


def notebook(settings: Settings, origin: Origin = IMDB) -> str:
    """The program for some settings as the text of an `.ipynb` file, a section a cell.

    The same settings give the same bytes. No cell has been run.
    """
    cells = [
        _markdown(
            "title",
            "# Good or bad? Film reviews told apart by a small network\n\n"
            f"**Dropout:** {describe(settings)}  \n**Model:** {MODEL_SOURCE}  \n**Needs:** {REQUIREMENTS}",
        )
    ]
    for number, section in enumerate(sections(settings, origin, notebook=True), start=1):
        if section.title:
            cells.append(_markdown(f"text-{number}", f"## {section.title}\n\n{section.prose}".strip()))
        cells.append(_code(f"code-{number}", section.code()))
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }
