"""Inputs that may be given together as one object, such as all of a vendor's bank details."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError


@dataclass(frozen=True)
class Group:
    """Inputs that belong together.

    Args:
        key: Under which an object of them is given, such as ``achBanking``.
        title: What forms call it, such as ``ACH Banking``.
        fields: The keys of the inputs, in the order of the form.
        names: Those keys and their aliases.
        is_alias: The same word is another name of a single input, so text under it means that.
    """

    key: str
    title: str
    fields: tuple[str, ...]
    names: frozenset[str]
    is_alias: bool


def groups_of(schema: Mapping[str, Any]) -> dict[str, Group]:
    """Return the groups of a schema of inputs by their keys, as ``x-form.group`` tells them."""
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    titled: dict[str, list[str]] = {}
    for name, stanza in properties.items():
        if title := stanza.get("x-form", {}).get("group"):
            titled.setdefault(title, []).append(name)
    taken = set(properties).union(*(_aliases(stanza) for stanza in properties.values()))
    return {
        key: Group(
            key,
            title,
            tuple(fields),
            frozenset(fields).union(*(_aliases(properties[name]) for name in fields)),
            is_alias=key in taken,
        )
        for title, fields in titled.items()
        for key in [_key_of(title)]
        if key not in properties
    }


def spread(groups: Mapping[str, Group], given: Mapping[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each input: where it was given, such as ``achBanking.achEnabled``, its name, its value.

    Args:
        groups: The groups of the schema.
        given: What was given; inputs of a group may stand in an object, by themselves, or both.

    Raises:
        InputError: An object holds what is not of its group; the inputs that are get named.
    """
    for where, value in given.items():
        group = groups.get(where) if isinstance(where, str) else None
        if group is None or not isinstance(value, Mapping):
            yield where, where, value
            continue
        for name, inner in value.items():
            if name not in group.names:
                shown = f"{where}.{str(name)[:80]}"
                known = ", ".join(group.fields)
                raise InputError(
                    f"{shown} is not an input here; known are: {known}.",
                    advice=f"Give it outside of {where}, or take it out.",
                    field=shown,
                )
            yield f"{where}.{name}", name, inner


def _aliases(stanza: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(stanza.get("x-intacct", {}).get("aliases", ()))


def _key_of(title: str) -> str:
    """Return ``achBanking`` for ``ACH Banking``."""
    first, *rest = re.split(r"[^A-Za-z0-9]+", title)
    return first.lower() + "".join(word[:1].upper() + word[1:].lower() for word in rest)
