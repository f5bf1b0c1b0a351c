"""An SVG file as part of a page: several of them in one page must not get into each other's way."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from explorer.export.report.markup import Markup

_REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")
_INHERITED: Final = re.compile(r"^\s*\*\s*\{([^}]*)\}\s*$")


def inline(svg: bytes, prefix: str, label: str, *, margin: float | None = None) -> Markup:
    """An SVG file as an element of HTML.

    Its ids and the references to them get a prefix: Matplotlib calls the first figure of every file `figure_1`. Its
    style sheet, which in a page would hold for all of the page, becomes a style of the one element. What is only for
    whoever reads the file by itself (declaration, document type, metadata, fixed size) is left out.

    Args:
        svg: A file that Matplotlib wrote.
        prefix: Of ids, different for each figure of a page.
        label: What it shows, read aloud in its place.
        margin: Where nothing is drawn below the lowest text and this much more, in points, it is cut off; None cuts
            nothing.
    """
    root = ElementTree.fromstring(svg)
    inherited = _style_sheets(root)
    _clean(root, prefix)
    if margin is not None:
        left, top, width, height = (float(each) for each in root.get("viewBox", "").split())
        lowest = max(float(text.get("y", 0)) for text in root.iter("text"))
        root.set("viewBox", f"{left:g} {top:g} {width:g} {min(height, lowest + margin):g}")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    if inherited:
        root.set("style", inherited)
    root.set("class", "plot")
    root.set("role", "img")
    root.set("aria-label", label)
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=True))


def _style_sheets(root: ElementTree.Element) -> str:
    """What its style sheets say of every element; any other rule would be lost, and is refused."""
    rules = []
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) == "style":
                rule = _INHERITED.match(child.text or "")
                if rule is None:
                    raise ValueError(f"the style sheet {child.text!r:.80} of a figure cannot be put into a page")
                rules.append(rule.group(1).strip())
                parent.remove(child)
    return "; ".join(rules)


def _clean(element: ElementTree.Element, prefix: str) -> None:
    element.tag = _local(element.tag)
    is_text = element.tag in ("text", "tspan")
    if not is_text:
        element.text = None  # line breaks between elements
    attributes: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = _local(key)
        if name == "id":
            value = f"{prefix}-{value}"
        elif name == "href" and value.startswith("#"):
            value = f"#{prefix}-{value[1:]}"
        else:
            value = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
        attributes[name] = value
    element.attrib.clear()
    element.attrib.update(attributes)
    for child in list(element):
        if _local(child.tag) == "metadata":
            element.remove(child)
            continue
        if not is_text:
            child.tail = None
        _clean(child, prefix)


def _local(name: str) -> str:
    """A name without its namespace: in HTML an `svg` element brings its own."""
    return name.rpartition("}")[2]
