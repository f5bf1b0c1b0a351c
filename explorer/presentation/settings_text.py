"""The settings of a run in words, grouped and labelled as they are declared: for a report, and for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.data.words import WORD_RULE
from explorer.engine.comparison import has_dropout
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import DECLARATIONS, Declaration, Settings
from explorer.presentation.series import value

ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Told:
    """A setting of some runs.

    Attributes:
        label: What it is called.
        values: What each run has, `ABSENT` where it has no such thing.
        help: One sentence.
    """

    label: str
    values: tuple[str, ...]
    help: str

    @property
    def differs(self) -> bool:
        """Whether the runs differ in it."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together.

    Attributes:
        title: The heading they stand under.
        settings: In declared order.
    """

    title: str
    settings: tuple[Told, ...]


_RULES: Final = {1: "split at the spaces of ASCII (rule 1)", WORD_RULE: f"split at every space (rule {WORD_RULE})"}


def settings_told(runs: Sequence[RunRecord]) -> tuple[Group, ...]:
    """All that was set, and what came of it: which reviews, and how many of them.

    A setting that was changed while a run went on is told as it was at the start and at the end. One that no run makes
    use of, such as a rate where no dropout stands, is left out.
    """
    titles = dict.fromkeys(declared.group for declared in DECLARATIONS)
    return tuple(Group(title, (*_reviews(runs, title), *_declared(runs, title))) for title in titles)


def _declared(runs: Sequence[RunRecord], group: str) -> tuple[Told, ...]:
    fields = [declared for declared in DECLARATIONS if declared.group == group and declared.name != "data"]
    rows = (Told(_label(declared), tuple(_value(declared, run) for run in runs), declared.help) for declared in fields)
    return tuple(row for row in rows if set(row.values) != {ABSENT})


def _label(declared: Declaration) -> str:
    return f"Rate after hidden {declared.name[-1]}" if declared.name.startswith("rate_") else declared.label


def _value(declared: Declaration, run: RunRecord) -> str:
    started, ended = run.started_with, run.settings
    if not _applies(declared, ended):
        return ABSENT
    before, after = (setting_text(declared, getattr(settings, declared.name)) for settings in (started, ended))
    return after if before == after else f"{before} → {after}"


def _applies(declared: Declaration, settings: Settings) -> bool:
    if declared.group != "Dropout" or declared.name == "written_as":
        return True
    if declared.name.startswith("rate_"):
        return settings.active(int(declared.name[-1]))
    return has_dropout(settings)


def setting_text(declared: Declaration, setting: object) -> str:
    """A setting's value as the form shows it."""
    if declared.choices:
        return dict(declared.choices)[str(setting)]
    if declared.kind is bool:
        return "yes" if setting else "no"
    return str(setting) if declared.name == "seed" else value(setting)


def _reviews(runs: Sequence[RunRecord], group: str) -> tuple[Told, ...]:
    if group != "Data":
        return ()
    rows = (
        ("Reviews", [run.reviews.title for run in runs], "What was read; its fingerprint says whether it is the same."),
        ("Trained on", [_count(run.trained_on) for run in runs], "Reviews that the weights are fitted to."),
        ("Held out", [_count(run.held_out) for run in runs], "Reviews that the validation figures are taken from."),
        ("Test", [_count(run.reviews.test) for run in runs], "Reviews that neither training nor validation uses."),
    )
    told = [Told(label, tuple(values), said) for label, values, said in rows]
    # Only where there is something to say of a run at least.
    sometimes = (
        ("Left out", [_left_out(run) for run in runs], "What was left out when the reviews were read."),
        (
            "Note",
            [" ".join(run.reviews.remarks) or ABSENT for run in runs],
            "What else is known of the reviews.",
        ),
        ("Words", [_RULES.get(run.reviews.word_rule, ABSENT) for run in runs], "Where texts are split into words."),
    )
    usual = {ABSENT, _RULES[WORD_RULE]}
    told += [Told(label, tuple(values), said) for label, values, said in sometimes if not set(values) <= usual]
    return tuple(told)


def _left_out(run: RunRecord) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in run.reviews.left_out) or ABSENT


def _count(reviews: int) -> str:
    return f"{reviews:,} reviews"
