"""Reviews in an archive, read through when it holds exactly one table, JSON file, npz or folder of reviews."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from explorer.data.corpus import Corpus
from explorer.data.foreign import Foreign
from explorer.data.progress import DataError
from explorer.data.questions import Answer, DataQuestion
from explorer.data.readers import folder
from explorer.data.recognise import Kind, recognise
from explorer.data.source_options import SourceOptions, with_options
from explorer.data.unpack import Budget, Member, members
from explorer.data.word_index import WORD_INDEX

_MAX_DEPTH: Final = 3
"""Archives within each other: a tar in a gzip file within a zip is three."""
_MAX_CANDIDATES: Final = 20
_SHOWN: Final = 5
_NAME_CHARACTERS: Final = 100
_WHOLE_NEEDED: Final = (b"PK", b"\xd0\xcf\x11\xe0")
# What people put beside their data, for people.
_ABOUT: Final = re.compile(
    r"(?:(?:.*[._ -])?read[-_ ]?me.*|licen[cs]e.*|copying|change[-_ ]?log|changes|citation|notice|authors"
    r"|contributors|contributing|requirements|manifest|sources?|about|notes?|description|index|.*metadata|dataset[-_]infos?|datapackage|croissant"
    r"|imdb\.vocab|imdber\.txt|urls_(?:pos|neg|unsup)\.txt)(?:\.\w{1,8})?"
    r"|.*\.(?:md|rst|names|feat|py|r|sh|bib|tex|ya?ml|toml|cfg|ini|log|html?|ipynb)",
    re.IGNORECASE,
)
_CLASS_NAME: Final = re.compile(r"(?:.*[^a-z])?(pos|neg|positive|negative)(?:[^a-z].*)?", re.IGNORECASE | re.DOTALL)

Read = Callable[..., Corpus]
"""Reads what a member holds, whatever kind it is: `explorer.data.reading.read`."""


class _Candidate(NamedTuple):
    name: str
    kind: Kind
    data: bytes


@dataclass(slots=True)
class _Contents:
    """What stands in an archive."""

    candidates: list[_Candidate] = field(default_factory=list)
    trees: dict[str, list[folder.Text]] = field(default_factory=dict)
    foreign: list[tuple[str, Foreign]] = field(default_factory=list)
    more: int = 0
    word_index: bytes | None = None
    single: bool = False  # one file, packed


def read_packed(
    data: bytes,
    kind: Kind,
    name: str,
    path: str,
    options: SourceOptions,
    source: str,
    budget: Budget,
    depth: int,
    read: Read,
) -> Corpus:
    """The reviews in an archive.

    Args:
        data: The archive.
        kind: What it is.
        name: What to call it in an error.
        path: The file itself, where `name` says more than that.
        options: What was said of the file; `member` names one of several.
        source: What was asked for, which a question repeats.
        budget: What may be unpacked.
        depth: How many archives it stands in.
        read: Reads the one that it holds.

    Raises:
        DataQuestion: When it holds several, or must be asked how to read the one.
        DataError: When it holds none, or is damaged, locked or too large.
        Cancelled: When the report of `budget` says so.
    """
    if depth >= _MAX_DEPTH:
        raise DataError(
            f"{name} stands in an archive within an archive within an archive. Unpack it, and open what it holds."
        )
    contents = _Contents(single=kind not in (Kind.ZIP, Kind.TAR))
    _fill(contents, members(data, kind, path, budget), name, options.member)
    del data
    found = _chosen(contents, name, options, source, depth)
    if isinstance(found, str):
        texts = contents.trees[found]
        contents.candidates.clear()
        return folder.read_texts(texts, f"{name}: {found or 'its folders'}", options, source, budget.report)
    return read(
        found.data,
        f"{name}: {shown(found.name)}",
        replace(options, member=None),
        budget.report,
        source=source,
        path=found.name,
        word_index=contents.word_index,
        budget=budget,
        depth=depth + 1,
    )


def _fill(contents: _Contents, listed: Iterable[Member], name: str, wanted: str | None) -> None:
    for member in listed:
        parts = member.name.split("/")
        if parts[-1] == WORD_INDEX:
            contents.word_index = member.rest()
        elif len(parts) > 1 and parts[-2] in folder.CLASSES and parts[-1].lower().endswith(".txt"):
            _add_review(contents, member, name, wanted)
        elif len(parts) > 1 and parts[-2] == "unsup":
            continue  # reviews without a label
        elif wanted is None or wanted == member.name:
            _add_file(contents, member)


def _add_review(contents: _Contents, member: Member, name: str, wanted: str | None) -> None:
    above, called, file = member.name.rsplit("/", 2) if member.name.count("/") > 1 else ("", *member.name.split("/"))
    root, _, part = above.rpartition("/")
    if part not in folder.PARTS:
        root, part = above, ""
    if wanted not in (None, root):
        return
    place = f"{name}: {member.name}"
    text = folder.Text(place, folder.CLASSES.index(called), part == "test", file, member.rest())
    contents.trees.setdefault(root, []).append(text)


def _add_file(contents: _Contents, member: Member) -> None:
    head = member.head
    whole = member.rest() if head.startswith(_WHOLE_NEEDED) else None
    kind = recognise(head if whole is None else whole)
    if isinstance(kind, Foreign):
        contents.foreign.append((member.name, kind))
    elif len(contents.candidates) < _MAX_CANDIDATES:
        contents.candidates.append(_Candidate(member.name, kind, member.rest() if whole is None else whole))
    else:
        contents.more += 1


def _chosen(contents: _Contents, name: str, options: SourceOptions, source: str, depth: int) -> _Candidate | str:
    """The candidate to read, or the root of the folder."""
    candidates, trees = contents.candidates, contents.trees
    if options.member is not None and not (candidates or trees or contents.foreign):
        raise DataError(f"{name} holds no {options.member!r:.200}. Leave #member= out to see what it holds.")
    if len(trees) == 1:
        # What else stands in the folder is about the reviews, as in aclImdb.
        (root,) = trees
        candidates = [c for c in candidates if not c.name.startswith(f"{root}/" if root else "")]
    if len(candidates) + len(trees) > 1:
        candidates = [c for c in candidates if not is_about(c.name)] or ([] if trees else candidates)
    unread = any(not is_about(member) for member, _ in contents.foreign)
    if not trees and all(is_about(c.name) for c in candidates) and (unread or not candidates):
        raise _nothing(contents, name)
    if len(candidates) + len(trees) == 1 and not contents.more:
        return candidates[0] if candidates else next(iter(trees))
    if not trees and all(is_one_class(c.name) for c in candidates):
        raise DataError(one_class(f"{name} holds {_listed([c.name for c in candidates], 0)}; each of them"))
    return _ask([*trees, *(c.name for c in candidates)], contents.more, name, source, depth)


def _nothing(contents: _Contents, name: str) -> DataError:
    mattering = [(member, kind) for member, kind in contents.foreign if not is_about(member)]
    if len(mattering) == 1:
        member, kind = mattering[0]
        if contents.single:
            return DataError(f"{name} is packed, and what it holds is {kind.what}. {kind.advice(member)}")
        return DataError(f"{name} holds {shown(member)}, and that is {kind.what}. Unpack it. {kind.advice(member)}")
    if contents.foreign:
        what = [f"{shown(member)} ({kind.what})" for member, kind in contents.foreign]
        return DataError(
            f"{name} holds no table, JSON, npz or folder of reviews: {_listed(what, 0)}. Choose another file."
        )
    return DataError(f"{name} holds no file with anything in it. Choose another file.")


def _ask(names: list[str], more: int, name: str, source: str, depth: int) -> _Candidate | str:
    sentence = f"{name} holds {len(names) + more} files that may be the reviews: {_listed(names, more)}"
    if more:
        raise DataError(
            f"{sentence}. Unpack it, and open the one that is; texts in files of their own belong in two folders, pos "
            "and neg."
        )
    if depth:
        raise DataError(f"{sentence}. Unpack it, and open the one that is.")
    answers = [
        Answer(shown(member) or "its folders", with_options(source, member=member))
        for member in dict.fromkeys(names)
        if member
    ]
    if not answers:
        raise DataError(f"{sentence}. Unpack it, and open the one that is.")
    raise DataQuestion(
        f'{sentence}. Unpack it and open one of them, or name it behind the path, as in "{answers[0].source}".',
        name,
        answers,
        question=f"{sentence}. Which one?",
    )


def is_about(name: str) -> bool:
    """Whether a member is a readme, a licence or the like, by its name."""
    return _ABOUT.fullmatch(name.rpartition("/")[2]) is not None


def is_one_class(name: str) -> bool:
    """Whether a file's name says that all in it is positive, or all negative: `rt-polarity.pos`."""
    return _CLASS_NAME.fullmatch(PurePosixPath(name.replace("\\", "/")).name) is not None


def one_class(what: str) -> str:
    """The sentence for a file of reviews of one class.

    Args:
        what: The file, as the beginning of the sentence.
    """
    return (
        f"{what} seems to hold the reviews of one class only, a text per line and no labels. Put both classes into one "
        "table with a text and a label column, or a .txt file for each review into two folders pos and neg, and open "
        "that."
    )


def shown(name: str) -> str:
    """A member's name for a sentence: one line, not too long."""
    plain = "".join(c if c.isprintable() else "?" for c in name)
    return plain if len(plain) <= _NAME_CHARACTERS else f"…{plain[-_NAME_CHARACTERS:]}"


def _listed(names: list[str], more: int) -> str:
    few = [shown(name) or "a folder of reviews" for name in names[:_SHOWN]]
    rest = len(names) - len(few) + more
    return ", ".join(few) + (f" and {rest:,} more" if rest else "")
