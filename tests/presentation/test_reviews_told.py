"""What is said of the reviews of runs, in the tables of settings."""

from dataclasses import replace

from explorer.presentation.settings_text import settings_told
from tests.export.records import record


def rows(*runs):
    return {
        told.label: told.values for group in settings_told(runs) for told in group.settings if group.title == "Data"
    }


def test_what_was_left_out_and_the_older_rule_are_said_where_there_is_something_to_say():
    usual = record()
    assert not {"Left out", "Note", "Words"} & rows(usual).keys()
    left_out = (("rows without a text", 1_003), ("rows in the middle", 2))
    facts = replace(usual.reviews, left_out=left_out, remarks=("The column fold is not used.",), word_rule=1)
    told = rows(usual, replace(usual, reviews=facts))
    assert told["Left out"] == ("–", "1,003 rows without a text, 2 rows in the middle")
    assert told["Note"] == ("–", "The column fold is not used.")
    assert told["Words"] == ("split at every space (rule 2)", "split at the spaces of ASCII (rule 1)")
