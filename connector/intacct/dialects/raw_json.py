"""Turns the gateway's reply to a raw request into JSON values, nothing renamed or left out."""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from connector.errors import OutcomeUnknown

# Deeper than any reply; beyond it the walk below would exhaust the interpreter.
_DEEPEST = 64


def to_json(reply: bytes, *, always_lists: bool) -> dict[str, Any]:
    """Return the reply as one object under its root's name.

    Attributes stand under ``$``, text beside attributes under ``#text``, empty elements are "".

    Args:
        reply: The whole document.
        always_lists: Every child is a list; else only children that occur more than once.

    Raises:
        OutcomeUnknown: The reply is not an XML document, or declares entities.
    """
    try:
        document: dict[str, Any] = xmltodict.parse(reply, attr_prefix="@", force_list=False)
    except (ExpatError, ValueError) as error:
        raise _unreadable() from error
    return {name: _shaped(value, always_lists, 0) for name, value in document.items()}


def to_text(reply: bytes) -> str:
    """Return the reply as text.

    Raises:
        OutcomeUnknown: The bytes are not UTF-8.
    """
    try:
        return reply.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def _shaped(value: Any, always_lists: bool, depth: int) -> Any:  # noqa: FBT001 - passed on as is
    if depth > _DEEPEST:
        raise _unreadable()
    if not isinstance(value, dict):
        return "" if value is None else value
    attributes = {name[1:]: text for name, text in value.items() if name.startswith("@")}
    shaped: dict[str, Any] = {"$": attributes} if attributes else {}
    for name, child in value.items():
        if name == "#text":
            shaped[name] = child
        elif not name.startswith("@"):
            shaped[name] = _child(child, always_lists, depth + 1)
    return shaped


def _child(child: Any, always_lists: bool, depth: int) -> Any:  # noqa: FBT001 - as above
    if isinstance(child, list):
        return [_shaped(item, always_lists, depth) for item in child]
    shaped = _shaped(child, always_lists, depth)
    return [shaped] if always_lists else shaped


def _unreadable() -> OutcomeUnknown:
    return OutcomeUnknown(
        "Intacct's reply cannot be read as XML.",
        advice="Choose xml as responseType to see it, or ask for it once more.",
    )
