"""The settings of runs as a table, grouped and labelled by their declarations."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.run_record import RunRecord
from explorer.export.report.markup import Markup, element, join
from explorer.export.report.results import table
from explorer.presentation.run_table import Row
from explorer.presentation.series import markers
from explorer.presentation.settings_text import Group, settings_told


def settings_table(runs: Sequence[RunRecord], rows: Sequence[Row]) -> Markup:
    """One run's settings with what each means, or several runs' side by side with the differences marked."""
    several = len(runs) > 1
    head = ["Setting", *(row.name for row in rows)] if several else ["Setting", "Value", "What it is"]
    lines = [line for group in settings_told(runs) for line in _group(group, len(head), several=several)]
    parts = [table("Settings", [head], lines, "settings wide" if several else "settings")]
    if several:
        parts.append(element("p", "≠ marks a setting in which the runs differ.", class_="note"))
    parts += [changes for run, row in zip(runs, rows, strict=True) if (changes := _changes(run, row, several=several))]
    return join(parts)


def _group(group: Group, columns: int, *, several: bool) -> list[Markup]:
    lines = [element("tr", element("th", group.title, scope="rowgroup", colspan=columns), class_="group")]
    for told in group.settings:
        label = f"{told.label} ≠" if told.differs else told.label
        cells = [element("td", each) for each in told.values]
        if not several:
            cells.append(element("td", told.help, class_="help"))
        lines.append(
            element("tr", element("th", label, scope="row"), *cells, class_="differs" if told.differs else None)
        )
    return lines


def _changes(run: RunRecord, row: Row, *, several: bool) -> Markup | None:
    changed = markers(run.history.changes)
    if not changed:
        return None
    whose = f"Changed while {row.name} was trained" if several else "Changed while it was trained"
    items = (element("li", f"after {mark.position:.2f} epochs, {mark.text}") for mark in changed)
    return join((element("p", f"{whose}:"), element("ul", *items)))
