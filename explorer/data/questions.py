"""What reading a source may end in besides reviews or a refusal: a question, with the answers that there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from explorer.data.progress import DataError
from explorer.data.source_options import with_options

_PREVIEW_CHARACTERS: Final = 200


class Answer(NamedTuple):
    """One answer to a question.

    Attributes:
        label: What it says, short enough for a button: `"1" is positive`.
        source: The complete source to load instead; it carries the answer.
    """

    label: str
    source: str


class DataQuestion(DataError):  # noqa: N818 - a question, not an error
    """The file can be read in more than one way; ask, and load the source of the answer.

    Its text is the question as a sentence, without the answers. The window asks it in a dialog; the command line
    prints the source of each answer as a value of `--data` and ends with exit status 2.

    Attributes:
        question: The sentence for where an answer is pressed, which does not say how to write it behind a path.
        path: The file, as a string.
        answers: The answers, the likeliest first; at least one.
    """

    def __init__(self, sentence: str, path: str, answers: Sequence[Answer], *, question: str | None = None) -> None:
        """Ask.

        Args:
            sentence: The question for the command line.
            path: As the attribute.
            answers: As the attribute.
            question: As the attribute; `sentence` when None.
        """
        super().__init__(sentence)
        self.question = sentence if question is None else question
        self.path = path
        self.answers = tuple(answers)


class ColumnsUnclear(DataQuestion):
    """It cannot be told which columns hold the text and the label; load `with_columns(path, …)`.

    Attributes:
        columns: A name for each column, no two alike: from the header, or its number (from 1) where there is none.
            Each may be given to `with_columns`.
        rows: The first few rows without the header, a cell for each column or fewer; long texts are cut.
        has_header: Whether the file's first row names the columns.
        pairs: Names of the columns that may hold the text and the label, the likeliest first; at least one.
    """

    def __init__(
        self,
        source: str,
        path: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        has_header: bool,
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        """Ask which columns to take.

        Args:
            source: What was to be loaded, with the options it carried.
            path: The file, for the sentence.
            columns: As the attribute.
            rows: As the attribute.
            has_header: As the attribute.
            pairs: As the attribute.
        """
        self.columns = tuple(columns)
        self.rows = tuple(tuple(cell[:_PREVIEW_CHARACTERS] for cell in row) for row in rows)
        self.has_header = has_header
        self.pairs = tuple(pairs)
        what = f"it has the columns {', '.join(self.columns)}" if has_header else "its first row names no columns"
        answers = [
            Answer(f"text in {text}, label in {label}", with_options(source, text=text, label=label))
            for text, label in pairs
        ]
        unclear = f"It is not clear which columns of {path} hold the text and the label: {what}."
        by_hand = f'Name them behind the path, as in "{answers[0].source}".'
        super().__init__(f"{unclear} {by_hand}", path, answers, question=unclear)


def with_columns(source: str, text: str, label: str) -> str:
    """The source of a table whose columns are known, so that they are not asked for again.

    Args:
        source: A path; columns that it already carries are replaced.
        text: The column of the reviews: its name, or its number (from 1).
        label: The column of the labels, likewise.

    Returns:
        `path#text=…&label=…`, the names percent-encoded.

    Raises:
        ValueError: When a column is the empty string.
    """
    if not (text and label):
        raise ValueError(f"text and label must each name a column, got {text!r} and {label!r}")
    return with_options(source, text=text, label=label)
