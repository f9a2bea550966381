"""What results look like: the schemas of what actions give back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import schemas

_TEXT = {"type": "string"}

KEYS: dict[str, Any] = {
    "key": {**_TEXT, "title": "Key", "description": "The record number Intacct gave it."},
    "id": {**_TEXT, "title": "ID", "description": "The ID people know it by, where it is known."},
    "href": {**_TEXT, "title": "Address", "description": "Where the record stands in the API."},
}

WRITTEN: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href"],
    "properties": {
        **KEYS,
        "outcome": {
            "enum": ["created", "already there"],
            "title": "Outcome",
            "description": "Whether this call made the record or an earlier try had done so.",
        },
    },
}

CHANGED: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href"],
    "properties": KEYS,
}


def found(object_name: str) -> dict[str, Any]:
    """Return the schema of what reading one record gives."""
    return {
        "type": "object",
        "required": ["found"],
        "properties": {
            "found": {
                "type": "boolean",
                "title": "Found",
                "description": "False when there is no such record; nothing else is given then.",
            },
            **KEYS,
            **_read(_stanzas(object_name)),
        },
    }


def listed(object_name: str, columns: Iterable[str]) -> dict[str, Any]:
    """Return the schema of one record of a list that shows these fields."""
    stanzas = _stanzas(object_name)
    shown = {name: stanzas[name] for name in columns if name in stanzas}
    return {
        "type": "object",
        "required": list(KEYS),
        "properties": {**KEYS, **_read(shown)},
    }


def _stanzas(object_name: str) -> dict[str, Any]:
    found_: dict[str, Any] = schemas.resolve(f"objects/{object_name}.json")["properties"]
    return found_


def _read(stanzas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return how fields come back; those that only an action knows, or only takes, never do."""
    return {
        name: _result(stanza)
        for name, stanza in stanzas.items()
        if stanza.get("x-intacct", {}).get("xml") and not stanza.get("writeOnly")
    }


def _result(stanza: Mapping[str, Any]) -> dict[str, Any]:
    """Return how one field comes back: amounts, dates and whatever is blank as text."""
    words = {"title": stanza["title"], "description": stanza["description"]}
    inner = stanza.get("items", {}).get("properties")
    if inner:
        return {**words, "type": "array", "items": {"type": "object", "properties": _read(inner)}}
    if stanza["x-intacct"].get("join"):
        return {**words, "type": "array", "items": _TEXT}
    kind = stanza.get("type")
    if kind in ("boolean", "integer"):
        # Blank is null; a word that is neither stays as Intacct writes it.
        return {**words, "type": [kind, "string", "null"]}
    return {**words, **_TEXT}
