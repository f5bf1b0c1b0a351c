"""The settings at hand as a complete Keras 3 program, as a script and as a notebook."""

from explorer.export.code.notebook import notebook
from explorer.export.code.program import Program, describe, program

__all__ = ["Program", "describe", "notebook", "program"]
