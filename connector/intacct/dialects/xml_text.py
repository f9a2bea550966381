"""Writes XML as text: names checked, values escaped, so that data never becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from connector.errors import InputError

# A leaf's text, children by name, or the same element several times.
Node: TypeAlias = "str | dict[str, Node] | list[Node]"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")  # 80: the limit of custom field names
_DOTTED_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}(\.[A-Za-z][A-Za-z0-9_]{0,79}){0,9}")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEEDS_CARE = re.compile('[\x00-\x08\x0b-\x1f&<>"\ud800-\udfff\ufffe\uffff]')
# A parser turns a bare carriage return into a line feed; written as a reference it arrives.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_ESCAPES = _ESCAPES | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def check_name(name: object, field: str = "") -> str:
    """Return ``name`` when it may stand as an element's name.

    Raises:
        InputError: Anything but a letter followed by up to 79 letters, digits and underscores.
    """
    return _checked(name, _NAME, field)


def check_dotted_name(name: object, field: str = "") -> str:
    """Return ``name`` when it may stand in a list of fields, such as ``VENDOR.CREDITLIMIT``.

    Raises:
        InputError: A part of it is no plain name.
    """
    return _checked(name, _DOTTED_NAME, field)


def _checked(name: object, pattern: re.Pattern[str], field: str) -> str:
    if isinstance(name, str) and pattern.fullmatch(name):
        return name
    raise InputError(
        f"{str(name)[:60]!a} is not a name that Intacct's fields can have.",
        advice="Names hold letters, digits and underscores only, and begin with a letter.",
        field=field,
    )


def check_text(text: str, field: str) -> str:
    """Return ``text`` when XML can carry every character of it.

    Raises:
        InputError: Names the field and the first character that cannot travel.
    """
    found = _FORBIDDEN.search(text)
    if found:
        raise InputError(
            f"{field or 'A text'} holds a character that cannot be sent: U+{ord(found[0]):04X}.",
            advice="Remove the invisible character, then try again.",
            field=field,
        )
    return text


def escape(text: str, field: str = "") -> str:
    """Return ``text`` as element content, byte for byte what a parser will give back.

    Raises:
        InputError: A character that XML cannot carry.
    """
    if not _NEEDS_CARE.search(text):
        return text
    return check_text(text, field).translate(_ESCAPES)


def leaf(name: str, text: str, field: str = "") -> str:
    """Return one element holding only text; ``name`` has been checked by the caller."""
    return f"<{name}>{escape(text, field)}</{name}>" if text else f"<{name}/>"


def element(name: str, markup: str, attributes: Sequence[tuple[str, str]] = ()) -> str:
    """Return one element around finished markup; names have been checked by the caller."""
    opening = name + "".join(
        f' {key}="{check_text(value, key).translate(_ATTRIBUTE_ESCAPES)}"'
        for key, value in attributes
    )
    return f"<{opening}>{markup}</{name}>" if markup else f"<{opening}/>"


def write_node(name: str, node: Node, field: str = "") -> str:
    """Return a whole subtree, children in the order they stand."""
    if isinstance(node, str):
        return leaf(name, node, field)
    if isinstance(node, list):
        return "".join(write_node(name, item, field) for item in node)
    return element(name, "".join(write_node(child, item, field) for child, item in node.items()))
