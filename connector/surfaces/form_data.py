"""Reads what a form posted into the inputs of an action; the opposite of ``form``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector.errors import InputError
from connector.surfaces.lines import line_schema

MOST_LINES = 1000
_ROW = re.compile(r"[0-9]{1,6}")


def read(schema: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs that the schema knows, blanks left out; other names are not looked at.

    Args:
        schema: The inputs, references resolved.
        posted: Texts by name, such as ``lineItems.0.amount``.

    Raises:
        InputError: There are more lines than any record takes.
    """
    return _read(schema, posted, "", keeps_blank_lines=False)


def read_as_filled(schema: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    """Return the same with blank lines in their places, to show the form again.

    Raises:
        InputError: There are more lines than any record takes.
    """
    return _read(schema, posted, "", keeps_blank_lines=True)


def _read(
    schema: Mapping[str, Any], posted: Mapping[str, str], prefix: str, *, keeps_blank_lines: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, stanza in schema.get("properties", {}).items():
        name = f"{prefix}{key}"
        text = posted.get(name, "")
        if text.strip():
            found[key] = text
            continue
        lines = line_schema(stanza)
        inner: Any = None
        if lines.get("properties"):
            inner = _lines(lines, posted, name, keeps_blank_lines=keeps_blank_lines)
        elif stanza.get("properties"):
            inner = _read(stanza, posted, f"{name}.", keeps_blank_lines=keeps_blank_lines)
        if inner:
            found[key] = inner
    return found


def _lines(
    schema: Mapping[str, Any], posted: Mapping[str, str], name: str, *, keeps_blank_lines: bool
) -> list[dict[str, Any]]:
    start = f"{name}."
    numbers = {
        part
        for each in posted
        if each.startswith(start) and _ROW.fullmatch(part := each[len(start) :].partition(".")[0])
    }
    if len(numbers) > MOST_LINES:
        raise InputError(
            f"There are more than {MOST_LINES} lines.",
            advice="Split them over several records.",
            field=name,
        )
    lines = (
        _read(schema, posted, f"{start}{number}.", keeps_blank_lines=keeps_blank_lines)
        for number in sorted(numbers, key=int)
    )
    return [line for line in lines if line or keeps_blank_lines]


def add_line(schema: Mapping[str, Any], values: dict[str, Any], name: str) -> None:
    """Add a blank line to the lines of this name; a name that has no lines changes nothing."""
    lines = _lines_named(schema, values, name.split("."))
    if lines is not None and len(lines) < MOST_LINES:
        lines.append({})


def remove_line(schema: Mapping[str, Any], values: dict[str, Any], name: str) -> None:
    """Take away a line, such as ``lineItems.2``; one that is not there changes nothing."""
    path, _, number = name.rpartition(".")
    lines = _lines_named(schema, values, path.split("."))
    if lines is not None and _ROW.fullmatch(number) and int(number) < len(lines):
        del lines[int(number)]


def _lines_named(
    schema: Mapping[str, Any], values: dict[str, Any], path: list[str]
) -> list[dict[str, Any]] | None:
    """Return the lines at a path, made where there are none yet; None where none belong there."""
    stanza = schema.get("properties", {}).get(path[0])
    if stanza is None:
        return None
    lines = line_schema(stanza)
    if not lines.get("properties"):
        inner = values.setdefault(path[0], {})
        if len(path) == 1 or not isinstance(inner, dict):
            return None
        return _lines_named(stanza, inner, path[1:])
    found = values.setdefault(path[0], [])
    if not isinstance(found, list):
        return None
    if len(path) == 1:
        return found
    is_row = _ROW.fullmatch(path[1]) and int(path[1]) < len(found)
    return _lines_named(lines, found[int(path[1])], path[2:]) if is_row and path[2:] else None
