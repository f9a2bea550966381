"""Reads a body whatever it is: JSON, XML, a form, or text. Nothing that arrives is refused here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.parsers.expat import ExpatError

import xmltodict

_DEEPEST = 64
_LONGEST_NUMBER = 18
_MOST_DIGITS = 300
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 1000
_MOST_QUERY_FIELDS = 50
# What JSON, XML and our database cannot all hold; a sender's slip must not lose its event.
_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Body:
    """A body that was read.

    Args:
        form: ``json``, ``xml``, ``form``, ``text`` or ``empty``.
        value: JSON values: what JSON or XML said, the form's fields, or the text itself.
    """

    form: str
    value: Any


def read(content: bytes, content_type: str) -> Body:
    """Return a body by what it is rather than by what it is called; numbers stay exact.

    XML becomes objects with attributes under ``@`` names, JSON and XML that cannot be read, nests
    too deeply or declares a document type stay text.
    """
    text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", content.decode("utf-8-sig", "replace"))
    stripped = text.strip()
    if not stripped:
        return Body("empty", "")
    if stripped.startswith("<"):
        found = _xml(stripped)
        return Body("text", text) if found is None else Body("xml", found)
    if content_type.partition(";")[0].strip().lower() == _FORM:
        return Body("form", _fields(stripped))
    return _json_or_text(stripped, text)


def _json_or_text(stripped: str, text: str) -> Body:
    try:
        value = json.loads(
            stripped,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        return Body("text", text)
    # A template that holds nothing but a record number is text, and so is any other lone value.
    if not isinstance(value, dict | list) or _is_too_deep(value):
        return Body("text", text)
    return Body("json", _storable(value))


def _number(text: str) -> int | Decimal | str:
    if len(text) > _MOST_DIGITS:
        return text  # no amount; digits enough to keep a machine busy
    is_whole = text.lstrip("-").isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_whole else Decimal(text)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # which of the two is meant is anybody's guess
        raise ValueError("a name stands twice")
    return found


def _storable(value: Any) -> Any:
    """Return the value without characters that only an escape of JSON can spell."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def _xml(text: str) -> Any:
    if "<!DOCTYPE" in text[:10_000].upper():
        return None
    try:
        found = xmltodict.parse(text, disable_entities=True)
    except (ExpatError, ValueError, RecursionError):
        return None
    return None if _is_too_deep(found) else found


def _fields(text: str) -> Mapping[str, Any]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {"text": text}


def query(url: str) -> Mapping[str, str]:
    """Return the fields of an address, the last one where a name stands twice."""
    try:
        return dict(parse_qsl(urlsplit(url).query, max_num_fields=_MOST_QUERY_FIELDS))
    except ValueError:
        return {}


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def at(value: Any, path: str) -> Any:
    """Return what stands at a path such as ``data.object.id`` or ``items.0.id``, else None."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit():
            place = int(part[:_LONGEST_NUMBER])
            value = value[place] if place < len(value) else None
        else:
            return None
    return value


def text_at(value: Any, path: str) -> str:
    """Return the text or number at a path as text; empty where there is neither."""
    found = at(value, path) if path else None
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        return ""
    return str(found).strip()
