"""What several inputs have to say together, checked before anything is called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connector.component import Inputs
from connector.errors import InputError


def require_any(inputs: Inputs, *names: str, what: str) -> None:
    """Refuse inputs that name nothing to read.

    Args:
        inputs: What was given.
        names: The inputs of which one is enough; the first is the one to recommend.
        what: Words for the missing thing, such as ``customer``.

    Raises:
        InputError: None of them is given.
    """
    if not any(inputs.get(name) for name in names):
        others = " or ".join(names[1:])
        raise InputError(
            f"{names[0]} is required, to say which {what} is meant.",
            advice=f"Give the {what}'s {names[0]}, or its {others}.",
            field=names[0],
        )


def require_change(inputs: Inputs, names: Sequence[str]) -> None:
    """Refuse an update that says which record, and nothing about it.

    Args:
        inputs: What was given.
        names: The inputs that say which record is meant.

    Raises:
        InputError: Nothing else is given.
    """
    if not set(inputs) - set(names):
        raise InputError(
            "Nothing is given that should change.",
            advice="Fill in at least one field; fields left blank keep their values.",
        )


def require_same(record: Mapping[str, Any], inputs: Inputs, name: str, what: str) -> None:
    """Refuse a record number and an id that mean two records.

    Raises:
        InputError: The record found by its number carries another id than the one given.
    """
    given, found = inputs.get(name), record.get("id")
    if given and found and given != found:
        raise InputError(
            f"Record {record.get('key')} is {what} {found}, not {given}.",
            advice=f"Leave out recordNo or {name}, or correct one of them.",
            field=name,
        )


def field_names(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return the fields to read, from a list or from text with commas; ``*`` stands alone.

    Raises:
        InputError: No name is left, or one is not a name.
    """
    parts = given.split(",") if isinstance(given, str) else given
    names = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if "*" in names or not names:
        return ("*",)
    for name in names:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,119}", name):
            raise InputError(
                f"fields holds something that is not a field's name: '{name[:60]}'.",
                advice="Write * for all fields, or names with commas between them.",
                field="fields",
            )
    return names


def without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are given."""
    return {name: value for name, value in values.items() if value is not None}


def merged(values: dict[str, Any], more: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return both sets of values as one.

    Args:
        values: What the separate inputs hold.
        more: The same fields from elsewhere.
        source: Where ``more`` comes from, as the user knows it.

    Raises:
        InputError: A field is given in both places with different values.
    """
    for name, value in more.items():
        if values.get(name, value) != value:
            raise InputError(
                f"{name} is given twice with different values (also in {source}).",
                advice="Give it in one place only.",
                field=name,
            )
    return {**values, **more}
