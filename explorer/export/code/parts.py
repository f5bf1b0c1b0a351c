"""What a program is put together from: lines that know whether they are dropout, and sections of them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 88
"""The longest line of a program, in characters: what fits on a projector, and Black's and ruff's default."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code.

    Attributes:
        text: Without the line end.
        dropout: Whether it belongs to the dropout, and is to be marked.
    """

    text: str
    dropout: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a few sentences, and the code they speak of: a comment above the code, or a cell above a cell.

    Attributes:
        title: The heading, without a full stop; empty at the top of the program.
        prose: Plain sentences; may be empty.
        lines: The code, without blank lines at its ends.
    """

    title: str
    prose: str
    lines: tuple[Line, ...]

    def code(self) -> str:
        """The code alone."""
        return "\n".join(line.text for line in self.lines)

    def with_comment(self) -> tuple[Line, ...]:
        """The code below its heading and its sentences, as comments."""
        sentences = f"{self.title}. {self.prose}" if self.title else self.prose
        return (*plain(comment(sentences)), *self.lines) if sentences.strip() else self.lines


def plain(code: str) -> tuple[Line, ...]:
    """Lines that are not dropout."""
    return tuple(Line(text) for text in code.strip("\n").split("\n"))


def marked(code: str) -> tuple[Line, ...]:
    """Lines that are."""
    return tuple(Line(text, dropout=True) for text in code.strip("\n").split("\n"))


def comment(sentences: str, indent: str = "") -> str:
    """Sentences as lines of comment, none longer than `WIDTH`."""
    lead = f"{indent}# "
    # A formula is not broken: "(1 − rate)" stays on one line.
    glued = re.sub(r"(?<=[×−]) | (?=[×−])", "\0", sentences.strip())
    wrapper = textwrap.TextWrapper(
        WIDTH, initial_indent=lead, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(glued).replace("\0", " ")


def joined(sections: tuple[Section, ...]) -> tuple[Line, ...]:
    """All sections as one script: a blank line between two, and two around a class or a function, as PEP 8 has it."""
    lines: list[Line] = []
    after_definition = False
    for section in sections:
        defines = _is_definition(section.lines[0].text)
        if lines:
            lines += plain("") * (2 if defines or after_definition else 1)
        lines += section.with_comment()
        after_definition = _ends_in_definition(section)
    return tuple(lines)


def _is_definition(text: str) -> bool:
    return re.match(r"(class|def) ", text) is not None


def _ends_in_definition(section: Section) -> bool:
    return section.lines[-1].text.startswith(" ")
