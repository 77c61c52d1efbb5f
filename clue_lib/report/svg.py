"""Makes a drawing of matplotlib's part of a page: in the page's colours, without what a strict policy forbids.

Drawings are made in placeholder colours, which here become the page's own (`currentColor`, `var(--…)`); styles become
attributes, which a strict content security policy allows.
"""

import re
import xml.etree.ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
COLOURS = {
    "#010101": "currentColor",
    "#020202": "var(--bad)",
    "#030303": "var(--good)",
    "#040404": "var(--unsure)",
    "#050505": "var(--muted)",
    "#060606": "var(--line)",
    "#070707": "var(--band)",
}
TEXT, BAD, GOOD, UNSURE, MUTED, LINE, BAND = COLOURS
"""Placeholder colours and what the page shows for them."""


def page_coloured(svg: str, title: str, description: str) -> str:
    """The drawing as an element of a page, with the page's colours, a title and a description."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg)
    _drop(root, "style")
    _drop(root, "metadata")
    for element in root.iter():
        _restyle(element)
    _size(root)
    name, text = ET.Element(_tag("title")), ET.Element(_tag("desc"))
    name.text, text.text = title, description
    root[:0] = [name, text]
    for definitions in root.findall(_tag("defs")):
        if len(definitions) == 0:
            root.remove(definitions)
    root.set("role", "img")
    root.set("aria-label", f"{title}. {description}")
    return ET.tostring(root, encoding="unicode")


def _tag(name: str) -> str:
    return f"{{{_SVG}}}{name}"


def _drop(root: ET.Element, name: str) -> None:
    """Remove every element of that name."""
    for parent in list(root.iter()):
        for child in parent.findall(_tag(name)):
            parent.remove(child)


def _restyle(element: ET.Element) -> None:
    for rule in filter(None, element.attrib.pop("style", "").split(";")):
        key, value = (part.strip() for part in rule.split(":", 1))
        if key not in {"font-family", "font"}:
            element.set(key, COLOURS.get(value, value))
    if (target := element.attrib.pop("{http://www.w3.org/1999/xlink}href", None)) is not None:
        element.set("href", target)
    if element.tag == _tag("g"):
        element.attrib.pop("id", None)
    if re.fullmatch(r"rotate\(-?0 .*\)", element.get("transform", "")):
        del element.attrib["transform"]


def _size(root: ET.Element) -> None:
    """Points become the page's pixels; the page may shrink the drawing."""
    for side in ("width", "height"):
        root.set(side, root.get(side, "").removesuffix("pt"))
