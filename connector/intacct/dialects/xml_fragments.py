"""Lines and functions that a person wrote as XML: parsed and written anew, never pasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from connector.errors import InputError
from connector.intacct.dialects.xml_parse import UnreadableXml, parse_fragment
from connector.intacct.dialects.xml_text import Node, check_name, element, escape

Part = Mapping[str, Any]  # one entry of a map in schemas/functions


def elements_of(text: str, where: str) -> list[etree._Element]:
    """Return the elements of a text.

    Raises:
        InputError: It is no well-formed XML, or uses document types, entities or namespaces.
    """
    try:
        return parse_fragment(text)
    except UnreadableXml as error:
        raise InputError(
            f"{where} cannot be used as XML: {error}.",
            advice="Write each & as &amp; and each < inside a text as &lt;, and close every tag.",
            field=where,
        ) from error


def rewrite(node: etree._Element, where: str) -> str:
    """Return an element as it stands: same names, attributes, texts and order.

    Raises:
        InputError: A name that no field can have, or text between elements.
    """
    name = check_name(node.tag, where)
    attributes = sorted((check_name(key, where), str(node.attrib[key])) for key in node.attrib)
    _refuse_loose_text(node, where)
    inner = "".join(rewrite(child, where) for child in node)
    return element(name, inner or escape(node.text or "", where), attributes)


def generic_node(node: etree._Element, where: str) -> Node:
    """Return an element's content for a generic record, where order does not count.

    Raises:
        InputError: Attributes, loose text, or a name that no field can have.
    """
    _refuse_attributes(node, (), where)
    _refuse_loose_text(node, where)
    return _content(node, where) if len(node) else node.text or ""


def fields_of(text: str, where: str) -> dict[str, Node]:
    """Return elements that a person wrote one after the other as fields under their names.

    Raises:
        InputError: As for ``elements_of`` and ``generic_node``.
    """
    return _content(elements_of(text, where), where)


def _content(nodes: Iterable[etree._Element], where: str) -> dict[str, Node]:
    content: dict[str, Node] = {}
    for child in nodes:
        name, item = check_name(child.tag, where), generic_node(child, where)
        known = content.get(name)
        if known is None:
            content[name] = item
        elif isinstance(known, list):
            known.append(item)
        else:
            content[name] = [known, item]
    return content


def ordered_item(node: etree._Element, items: Sequence[Part], where: str) -> str:
    """Return one line of a legacy function with its children in the order Intacct demands.

    Raises:
        InputError: An element that the function does not know; the known ones are named.
    """
    by_name = {item["element"].lower(): item for item in items}
    item = by_name.get(str(node.tag).lower())
    if item is None:
        names = " or ".join(f"<{each['element']}>" for each in items)
        raise InputError(f"{where} holds <{node.tag}>; expected is {names}.", field=where)
    return _ordered(node, item, where)


def _ordered(node: etree._Element, part: Part, where: str) -> str:
    allowed = [attribute["name"] for attribute in part.get("attributes", ())]
    _refuse_attributes(node, allowed, where)
    _refuse_loose_text(node, where)
    parts = {child["element"].lower(): child for child in part["children"]}
    places = {name: place for place, name in enumerate(parts)}
    unknown = next((child for child in node if str(child.tag).lower() not in parts), None)
    if unknown is not None:
        raise InputError(
            f"{where} holds <{unknown.tag}>, which is no part of <{part['element']}>.",
            advice=f"Known are: {', '.join(each['element'] for each in parts.values())}.",
            field=where,
        )
    children = sorted(node, key=lambda child: places[str(child.tag).lower()])
    markup = "".join(
        _ordered(child, parts[str(child.tag).lower()], where)
        if "children" in parts[str(child.tag).lower()]
        else _renamed(child, parts[str(child.tag).lower()]["element"], where)
        for child in children
    )
    attributes = [(name, str(node.attrib[name])) for name in allowed if name in node.attrib]
    return element(part["element"], markup, attributes)


def _renamed(node: etree._Element, name: str, where: str) -> str:
    node.tag = name  # the schema compares case too
    return rewrite(node, where)


def _refuse_attributes(node: etree._Element, allowed: Sequence[str], where: str) -> None:
    unknown = next((name for name in node.attrib if name not in allowed), None)
    if unknown is not None:
        raise InputError(f"{where}: <{node.tag}> takes no attribute '{unknown!s}'.", field=where)


def _refuse_loose_text(node: etree._Element, where: str) -> None:
    texts = [node.text, *(child.tail for child in node)]
    if len(node) and any((text or "").strip() for text in texts):
        raise InputError(f"{where}: <{node.tag}> holds text between its elements.", field=where)
