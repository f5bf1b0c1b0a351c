"""The settings at hand as a complete Keras 3 program, as a script and as a notebook; and one for a saved network."""

from explorer.export.code.loading import loading_program
from explorer.export.code.notebook import notebook
from explorer.export.code.origin import Origin
from explorer.export.code.program import Program, describe, program

__all__ = ["Origin", "Program", "describe", "loading_program", "notebook", "program"]
