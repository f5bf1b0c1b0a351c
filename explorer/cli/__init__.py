"""The command line: the parser, and a module for each command. No Qt is imported for a command."""

from explorer.cli.entry import main, parser

__all__ = ["main", "parser"]
