"""The few things every reader and writer of XML elements needs."""

from collections.abc import Iterable

from lxml import etree
from lxml.etree import _Element as Element

__all__ = ["Element", "add", "children", "element", "text_of", "texts"]


def element(tag: str, **attributes: str) -> Element:
    """Return a new element that belongs to no document."""
    return etree.Element(tag, attributes)


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Append a child with that text and return it."""
    child = etree.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child


def text_of(parent: Element, tag: str, default: str = "") -> str:
    """Return the stripped text of the first child with that tag, or the default without one."""
    child = parent.find(tag)
    return default if child is None else (child.text or "").strip()


def texts(parent: Element, tag: str) -> list[str]:
    """Return the text of every child with that tag, in document order."""
    return [child.text or "" for child in parent.iterfind(tag)]


def children(parents: Iterable[Element], tag: str) -> list[Element]:
    """Return the children with that tag of all the parents, in document order."""
    return [child for parent in parents for child in parent.iterfind(tag)]
