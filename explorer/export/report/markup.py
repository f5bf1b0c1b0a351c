"""HTML put together so that nothing is forgotten: what is text is escaped, what is markup says so by its type."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

from explorer.presentation.shown_text import shown


class Markup(str):
    """Text that is HTML already; any other text is escaped where it is put in."""

    __slots__ = ()


_EMPTY: Final = frozenset({"br", "hr", "meta", "link", "col"})
"""Elements that have no end."""


def text(content: str) -> Markup:
    """Escaped text, with an escape also for what no page can hold; markup stays as it is."""
    return content if isinstance(content, Markup) else Markup(html.escape(shown(content, lines=True), quote=False))


def join(parts: Iterable[str | None], between: str = "") -> Markup:
    """Parts one behind the other.

    Args:
        parts: An iterable of strings, markup or None, which is left out.
        between: Markup that goes between them.
    """
    return Markup(between.join(text(part) for part in parts if part is not None))


def element(tag: str, /, *content: str | None, **attributes: str | int | bool | None) -> Markup:
    """An element.

    Args:
        tag: Its name.
        content: Strings, which are escaped, and markup; None is left out.
        attributes: By name; `class_` is `class`, and other underscores are dashes. None and False leave one out, True
            gives it no value.
    """
    told = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        told.append(f" {key}" if value is True else f' {key}="{html.escape(shown(str(value), lines=True))}"')
    start = f"<{tag}{''.join(told)}>"
    return Markup(start if tag in _EMPTY else f"{start}{join(content)}</{tag}>")


def slug(name: str) -> str:
    """A name as an id in the page: letters, digits and dashes."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()) or "x"
