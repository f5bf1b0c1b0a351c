"""The code of a run as a page shows it: coloured by Pygments, numbered, the lines of the dropout marked."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES

from explorer.engine.run_record import RunRecord
from explorer.export.code import Origin, Program, program
from explorer.export.report.markup import Markup, element, join
from explorer.presentation.code_colours import STYLES
from explorer.presentation.run_table import Row


def code_section(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Markup:
    """The program of the first run, and what differs in those of the others."""
    own = program(runs[0].settings, Origin.of(runs[0]))
    said = [f"The complete Keras 3 program of {rows[0].name}; it needs nothing of Dropout Explorer."]
    files = Origin.of(runs[0]).files
    if files:
        said.append(f"Exported as code it comes with {' and '.join(files)}, which it reads beside itself.")
    if own.dropout_lines:
        said.append("◆ marks the lines of the dropout.")
    if runs[0].history.changes:
        said.append("It has the settings that were in force at the end, from the first batch on.")
    parts = [element("p", " ".join(said)), code(own)]
    for run, row in zip(runs[1:], rows[1:], strict=True):
        parts += _difference(own, program(run.settings, Origin.of(run)), rows[0].name, row.name)
    return join(parts)


def code(made: Program) -> Markup:
    """A program, a line a row of its own, so that a long line wraps within it."""
    lines = []
    for number, line in enumerate(_coloured(made.text), start=1):
        marked = number in made.dropout_lines
        mark = element("i", "◆", aria_label="dropout", role="img") if marked else None
        lines.append(
            element(
                "span",
                element("span", mark, str(number), class_="number"),
                element("code", line),
                class_="line marked" if marked else "line",
            )
        )
    return element("div", *lines, class_="program", role="region", aria_label=f"Program: {made.title}", tabindex=0)


def _coloured(text: str) -> list[Markup]:
    """Each line of a program as markup."""
    lexer: Any = PythonLexer(stripnl=False, ensurenl=False)
    lines: list[list[Markup]] = [[]]
    for token, value in lexer.get_tokens(text):
        name = _class(token)
        # A string may span lines, and each line is an element.
        for k, piece in enumerate(value.split("\n")):
            if k:
                lines.append([])
            if piece:
                lines[-1].append(element("span", piece, class_=name) if name else element("span", piece))
    return [join(parts) for parts in lines[:-1]]


def _class(token: Any) -> str:
    """The name by which `style` knows a kind of token."""
    while token not in STANDARD_TYPES:
        token = token.parent
    name: str = STANDARD_TYPES[token]
    return name


def _difference(own: Program, other: Program, name: str, other_name: str) -> Iterator[Markup]:
    yield element("h3", f"What differs in the program of {other_name}")
    told = list(difflib.unified_diff(own.text.splitlines(), other.text.splitlines(), n=2, lineterm=""))[2:]
    if not told:
        yield element("p", f"Nothing: it is the program of {name}.")
        return
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = []
    for line in told:
        kind = kinds.get(line[0])
        if kind == "place":
            line = f"from line {line.split()[1][1:].split(',')[0]} on"
        elif kind == "removed":
            line = f"−{line[1:]}"
        lines.append(element("span", element("code", line), class_=f"line {kind or ''}".strip()))
    label = f"Program of {other_name} beside that of {name}"
    yield element("div", *lines, class_="program difference", role="region", aria_label=label, tabindex=0)


def style(look: str, scope: str) -> str:
    """The rules that colour a program, for `light` or `dark`."""
    formatter: Any = HtmlFormatter(style=get_style_by_name(STYLES[look]))
    rules = formatter.get_token_style_defs(scope)
    return "\n".join(rules)
