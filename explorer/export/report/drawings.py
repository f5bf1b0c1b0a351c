"""t."""

from explorer.export.report.markup import element


def figures_section(run, others, request, tell):
    """t."""
    return element("p", "none")
