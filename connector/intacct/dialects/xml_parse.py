"""Reads XML that others wrote: no document types, no entities, bounded size and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from lxml import etree

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 64
# Above this, xmltodict costs more than the streaming reader's set-up (measured: 3.5 times).
STREAM_FROM_BYTES = 64 * 1024
_CHUNK = 128 * 1024
_ROW_DEPTH = 5  # response/operation/result/data/<row>
_FIRST_ROW = re.compile(rb"<data\b[^>]{0,500}>\s{0,100}<([A-Za-z][A-Za-z0-9_]{0,100})[\s/>]")
_is_no_flat_row = etree.XPath("boolean(@* | */* | */@* | text()[normalize-space()])")
_ENCODING = re.compile(r"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})["']""")
_KNOWN_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii"}


class UnreadableXml(ValueError):
    """The text is no XML document that we take; the message says why, in a few plain words."""


def read_document(body: bytes) -> dict[str, Any]:
    """Return a reply in xmltodict's shape: long lists come from a reader that forgets as it goes.

    Raises:
        UnreadableXml: Not UTF-8, not well-formed, a document type, too large or too deep.
    """
    text = checked_text(body)
    if len(body) < STREAM_FROM_BYTES:
        return read_small(body)
    streamed = read_streaming(body)
    # xmltodict keeps prefixes as written, lxml resolves them: the shape is xmltodict's to decide.
    return read_small(body) if "xmlns" in text else streamed


def read_small(body: bytes) -> dict[str, Any]:
    """Parse with xmltodict.

    Raises:
        UnreadableXml: Not well-formed, or too deep.
    """
    try:
        document = xmltodict.parse(body, encoding="utf-8")
    except (ExpatError, ValueError) as error:
        raise UnreadableXml("it is not well-formed XML") from error
    _check_depth(document, MAX_DEPTH)
    return document


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise UnreadableXml("it is nested too deeply")
    if isinstance(value, dict):
        for child in value.values():
            _check_depth(child, left - 1)
    elif isinstance(value, list):
        for child in value:
            _check_depth(child, left)


def read_streaming(body: bytes) -> dict[str, Any]:
    """Parse with lxml, emptying each row of ``data`` as soon as it has been read.

    Raises:
        UnreadableXml: Not well-formed, or too deep.
    """
    first_row = _FIRST_ROW.search(body)
    rows = _Rows(first_row[1].decode() if first_row else "")
    # Only the ends of rows are events: an event for each field costs more than reading it.
    parser = etree.XMLPullParser(
        events=("end",) if rows.tag else (),
        tag=rows.tag or None,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for start in range(0, len(body), _CHUNK):
            parser.feed(body[start : start + _CHUNK])
            rows.take(parser.read_events())
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableXml("it is not well-formed XML") from error
    return {root.tag: rows.put_back(root)}


class _Rows:
    """The rows of each ``data`` element, read while the document is still coming in.

    Args:
        tag: What the rows are called; rows of other names stay in the tree.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._groups: dict[Any, list[Any]] = {}

    def take(self, events: Iterator[tuple[str, Any]]) -> None:
        """Read the rows that have ended; the memory of those before them is given back."""
        for _, node in events:
            data = node.getparent()
            if data not in self._groups:
                if data is None or not _is_data(data):
                    continue
                self._groups[data] = []
            self._groups[data].append(shape(node, MAX_DEPTH - _ROW_DEPTH))
            node.clear(keep_tail=True)
            # The parser may still be writing the text behind this row, never before it.
            while (before := node.getprevious()) is not None and before.tag == self.tag:
                data.remove(before)

    def put_back(self, root: etree._Element) -> Any:
        """Return the whole document's shape with every row where it belongs."""
        for data in self._groups:
            for row in data.findall(self.tag):
                data.remove(row)
        given = {
            data: {self.tag: rows if len(rows) > 1 else rows[0]}
            for data, rows in self._groups.items()
        }
        return shape(root, MAX_DEPTH - 1, given)


def _is_data(node: etree._Element) -> bool:
    """Say whether this is ``response/operation/result/data``."""
    names = [node.tag, *(each.tag for each in node.iterancestors())]
    return names == ["data", "result", "operation", "response"]


def shape(
    node: etree._Element, left: int, given: Mapping[Any, dict[str, Any]] | None = None
) -> Any:
    """Return what xmltodict would make of an element: text, None, or a dictionary.

    Args:
        node: The element.
        left: How many more levels are allowed.
        given: Children that were read already, by the element they belong to.

    Raises:
        UnreadableXml: Nested more than ``left`` deep.
    """
    if left < 0:
        raise UnreadableXml("it is nested too deeply")
    if len(node) and left and not given and not _is_no_flat_row(node):
        flat = {str(child.tag): (child.text or "").strip() or None for child in node}
        if len(flat) == len(node):
            return flat
    return _shape_of_any(node, left, given)


def _shape_of_any(
    node: etree._Element, left: int, given: Mapping[Any, dict[str, Any]] | None
) -> Any:
    text = node.text or ""
    shaped: dict[str, Any] = {f"@{name!s}": value for name, value in node.items()}
    if given and node in given:
        shaped.update(given[node])
    for child in node:
        _add(shaped, str(child.tag), shape(child, left - 1, given))
        text += child.tail or ""
    text = text.strip()
    if not shaped:
        return text or None
    if text:
        shaped["#text"] = text
    return shaped


def _add(shaped: dict[str, Any], name: str, value: Any) -> None:
    if name not in shaped:
        shaped[name] = value
    elif isinstance(shaped[name], list):
        shaped[name].append(value)
    else:
        shaped[name] = [shaped[name], value]


def parse_fragment(text: str) -> list[etree._Element]:
    """Return the elements a person wrote, one after another.

    Raises:
        UnreadableXml: Not well-formed, a document type, namespaces, loose text, too deep.
    """
    wrapped = f"<fragments>{_without_declaration(text)}</fragments>"
    root = _parse_tree(checked_text(_encoded(wrapped)).encode())
    if (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        raise UnreadableXml("it holds text outside of any element")
    return list(root)


def _without_declaration(text: str) -> str:
    checked_text(_encoded(text))  # a document type would hide behind the wrapping element
    stripped = text.strip().removeprefix("\ufeff")
    return stripped[stripped.find("?>") + 2 :] if stripped.startswith("<?xml ") else stripped


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableXml("it holds characters that cannot be sent") from error


def _parse_tree(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(f"it is not well-formed XML: {_plain(error)}") from error
    for node in root.iter():
        # An entity reference that was not resolved is a node whose tag is a function.
        if not isinstance(node.tag, str) or ":" in node.tag or "{" in node.tag or node.nsmap:
            raise UnreadableXml("it uses entities or namespaces")
    _check_tree_depth(root, MAX_DEPTH)
    return root


def _plain(error: etree.XMLSyntaxError) -> str:
    return str(error.msg or "").split(", line")[0][:200]


def _check_tree_depth(node: etree._Element, left: int) -> None:
    if left < 0:
        raise UnreadableXml("it is nested too deeply")
    for child in node:
        _check_tree_depth(child, left - 1)


def checked_text(body: bytes) -> str:
    """Return the document as text.

    Raises:
        UnreadableXml: Too large, not UTF-8, or with a document type.
    """
    if len(body) > MAX_BYTES:
        raise UnreadableXml("it is larger than 20 MB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableXml("it is not XML in UTF-8") from error
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in _KNOWN_ENCODINGS:
        raise UnreadableXml("it declares another encoding than UTF-8")
    if text.startswith("<!DOCTYPE", _end_of_prolog(text)):
        raise UnreadableXml("it holds a document type, which is never taken")
    return text


def _end_of_prolog(text: str) -> int:
    """Return where the first thing stands that is no blank, comment or processing instruction."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        closing = _closing_of(text, position)
        if not closing:
            return position
        end = text.find(closing, position)
        if end < 0:
            raise UnreadableXml("it is not well-formed XML")
        position = end + len(closing)


def _closing_of(text: str, position: int) -> str:
    if text.startswith("<!--", position):
        return "-->"
    return "?>" if text.startswith("<?", position) else ""
