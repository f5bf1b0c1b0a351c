"""The settings at hand as a complete Keras 3 program, as a script and as a notebook; and one for a saved network."""

from explorer.export.code.loading import loading_program
from explorer.export.code.notebook import notebook
from explorer.export.code.own_words import WORDS, Words, word_index_json
from explorer.export.code.program import Program, describe, program

__all__ = ["WORDS", "Program", "Words", "describe", "loading_program", "notebook", "program", "word_index_json"]
