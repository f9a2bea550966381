"""Between a workflow document and its forms: what a form can show, and what it gives back.

A form never loses what it cannot show: such a value is shown written out as JSON, and what is left
as it was shown stays exactly what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.errors import InputError
from connector.store.json_text import from_json, to_json
from connector.surfaces import form_data
from connector.surfaces.lines import PAIR, line_schema
from connector.workflow import yaml_loader
from connector.workflow.expressions import is_mapping_form
from connector.workflow.source import OPEN

EACH, AS, WHERE = "@each", "@as", "@where"
DATA = "@data"  # takes an expression beside a field that offers choices
LINE = "line"
_LONG = 100_000
_WRITTEN_OUT = "It is made in a way that this form cannot take apart, so it is written out."
_UNKNOWN = "Nothing here takes this. Empty it to remove it."
ANY_STRUCTURE: Mapping[str, Any] = {"type": ["array", "object"], "maxLength": _LONG}


@dataclass(frozen=True)
class Mapped:
    """How the lines of a field come from a list.

    Args:
        each: The expression that gives the list.
        name: What expressions call its items.
        where: The expression that says which items are wanted; empty for all.
    """

    each: str = ""
    name: str = LINE
    where: str = ""


@dataclass(frozen=True)
class Shown:
    """What a form shows.

    Args:
        schema: The schema its fields are made from.
        values: What they hold.
        mapped: The fields whose lines come from a list, by their names in the form.
    """

    schema: Mapping[str, Any]
    values: dict[str, Any]
    mapped: dict[str, Mapped] = field(default_factory=dict)


def shown(schema: Mapping[str, Any], values: Any) -> Shown:
    """Return a document's values as a form of this schema can show them."""
    given = values if isinstance(values, Mapping) else {}
    mapped: dict[str, Mapped] = {}
    return Shown(*_shown(schema, given, "", mapped), mapped)


def _shown(
    schema: Mapping[str, Any], values: Mapping[str, Any], prefix: str, mapped: dict[str, Mapped]
) -> tuple[dict[str, Any], dict[str, Any]]:
    stanzas: dict[str, Any] = dict(schema.get("properties", {}))
    found: dict[str, Any] = {}
    for key, value in values.items():
        stanza = stanzas.get(key)
        if stanza is None:
            stanzas[key] = _unknown(key, value)
            found[key] = value
        elif line_schema(stanza).get("properties"):
            if not _fits_lines(line_schema(stanza), value):
                stanzas[key] = _written_out(stanza)
                found[key] = value
            else:
                found[key] = _lines(stanza, value, f"{prefix}{key}", mapped)
        elif stanza.get("properties"):
            if not _fits_part(value):
                stanzas[key] = _written_out(stanza)
                found[key] = value
            else:
                inner, below = _shown(stanza, value, f"{prefix}{key}.", mapped)
                stanzas[key], found[key] = inner, below
        else:
            found[key] = as_text(value) if isinstance(value, list) else value
    return {**schema, "properties": stanzas}, found


def _unknown(key: str, value: Any) -> dict[str, Any]:
    shape = dict(ANY_STRUCTURE) if isinstance(value, list | dict) else {}
    return {"title": key, "description": _UNKNOWN, "x-form": {"group": "Not known"}, **shape}


def _written_out(stanza: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: stanza[name] for name in ("title", "x-form") if name in stanza}
    return {**kept, **ANY_STRUCTURE, "description": _WRITTEN_OUT, "x-form": {"group": ""}}


def _fits_lines(schema: Mapping[str, Any], value: Any) -> bool:
    if schema is PAIR and isinstance(value, dict) and not is_mapping_form(value):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, dict) and is_mapping_form(value):
        return schema is not PAIR and _fits_line(schema, value.get("value"))
    return isinstance(value, list) and all(_fits_line(schema, line) for line in value)


def _fits_line(schema: Mapping[str, Any], line: Any) -> bool:
    if not isinstance(line, dict) or is_mapping_form(line):
        return False
    stanzas = schema.get("properties", {})
    return all(key in stanzas and _fits(stanzas[key], value) for key, value in line.items())


def _fits(stanza: Mapping[str, Any], value: Any) -> bool:
    inner = line_schema(stanza)
    if inner.get("properties"):
        return _fits_lines(inner, value)
    if stanza.get("properties"):
        known = stanza["properties"]
        return _fits_part(value) and all(k in known and _fits(known[k], value[k]) for k in value)
    return True


def _fits_part(value: Any) -> bool:
    return isinstance(value, dict) and not is_mapping_form(value)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _lines(
    stanza: Mapping[str, Any], value: Any, name: str, mapped: dict[str, Mapped]
) -> list[dict[str, Any]]:
    schema = line_schema(stanza)
    if isinstance(value, dict) and is_mapping_form(value):
        mapped[name] = Mapped(*(_text(value.get(part)) for part in ("each", "as", "where")))
        value = [value["value"]]
    elif isinstance(value, dict):
        value = [{"name": key, "value": item} for key, item in value.items()]
    rows = (
        _shown(schema, line, f"{name}.{number}.", mapped)[1] for number, line in enumerate(value)
    )
    return list(rows)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def posted(schema: Mapping[str, Any], fields: Mapping[str, str]) -> Shown:
    """Return what a posted form holds, blank lines in their places, to show it again.

    Raises:
        InputError: There are more lines than any record takes.
    """
    plain = dict(fields)
    for name, text in fields.items():
        if name.endswith(DATA) and text.strip():
            plain[name.removesuffix(DATA)] = text
    mapped = {
        name.removesuffix(EACH): Mapped(
            text, fields.get(_other(name, AS), ""), fields.get(_other(name, WHERE), "")
        )
        for name, text in fields.items()
        if name.endswith(EACH)
    }
    return Shown(schema, form_data.read_as_filled(schema, plain), mapped)


def _other(name: str, mark: str) -> str:
    return f"{name.removesuffix(EACH)}{mark}"


def stored(form: Shown, old: Any) -> dict[str, Any]:
    """Return what a document keeps of a form: no blanks, lists in the way they are mapped.

    Args:
        form: What the form holds.
        old: What the document held; a value that is shown the same stays as it was.
    """
    given = old if isinstance(old, Mapping) else {}
    return _stored(form.schema, form.values, given, "", form.mapped)


def _stored(
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    old: Mapping[str, Any],
    prefix: str,
    mapped: Mapping[str, Mapped],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, stanza in schema.get("properties", {}).items():
        name = f"{prefix}{key}"
        if stanza.get("readOnly"):
            value = old.get(key)
        else:
            value = _kept(stanza, values.get(key), old.get(key), name, mapped)
        if value is not None:
            found[key] = value
    return found


def _kept(
    stanza: Mapping[str, Any], value: Any, old: Any, name: str, mapped: Mapping[str, Mapped]
) -> Any:
    if isinstance(value, str):
        return old if old is not None and value == as_text(old) else structured(stanza, value)
    lines = line_schema(stanza)
    if lines.get("properties"):
        return _kept_lines(lines, value, old, name, mapped)
    if isinstance(value, Mapping):
        inner = old if isinstance(old, Mapping) else {}
        return _stored(stanza, value, inner, f"{name}.", mapped) or None
    return None


def _kept_lines(
    schema: Mapping[str, Any], value: Any, old: Any, name: str, mapped: Mapping[str, Mapped]
) -> Any:
    rows = value if isinstance(value, list) else []
    way = mapped.get(name)
    before = _old_rows(schema, old)
    made = [
        _stored(
            schema, row, before[number] if number < len(before) else {}, f"{name}.{number}.", mapped
        )
        for number, row in enumerate(rows)
    ]
    if way is not None:
        form: dict[str, Any] = {"each": way.each.strip(), "as": way.name.strip() or LINE}
        form["value"] = made[0] if made else {}
        return {**form, "where": way.where} if way.where.strip() else form
    filled = [row for row in made if row]
    return _as_pairs(filled) if schema is PAIR else (filled or None)


def _old_rows(schema: Mapping[str, Any], old: Any) -> list[Mapping[str, Any]]:
    if schema is PAIR and isinstance(old, Mapping):
        return [{"name": name, "value": value} for name, value in old.items()]
    if isinstance(old, Mapping):
        return [old["value"]] if is_mapping_form(dict(old)) and _fits_part(old["value"]) else []
    rows = old if isinstance(old, list) else []
    return [row if isinstance(row, Mapping) else {} for row in rows]


def _as_pairs(rows: list[dict[str, Any]]) -> Any:
    names = [str(row.get("name", "")) for row in rows]
    if any(not name or OPEN in name for name in names) or len(set(names)) != len(names):
        return rows or None
    return {name: row.get("value", "") for name, row in zip(names, rows, strict=True)} or None


def as_text(value: Any) -> str:
    """Return a value as a form's field shows it; a list of plain texts with commas between."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(_is_item(item) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else to_json(value)


def _is_item(value: Any) -> bool:
    is_text = isinstance(value, str) and value == value.strip() != ""
    return is_text and not set(value) & {",", "\n", "[", "{"}


def structured(stanza: Mapping[str, Any], text: str) -> Any:
    """Return the list or group that a text writes out where the field takes one, else the text."""
    kinds = stanza.get("type", ())
    wanted = {kinds} if isinstance(kinds, str) else set(kinds)
    is_written = text.lstrip().startswith(("[", "{")) and not text.lstrip().startswith(OPEN)
    if is_written and (not wanted or wanted & {"array", "object"}):
        try:
            return from_json(text)
        except (ValueError, RecursionError):
            pass  # perhaps it is YAML, or only looks like JSON
    if not wanted or not wanted <= {"array", "object"} or text.lstrip().startswith(OPEN):
        return text
    try:
        found = yaml_loader.load(text)
    except InputError:
        return text
    if isinstance(found, dict | list):
        return found
    # A list of texts is written as people write lists.
    is_list = wanted == {"array"} and stanza.get("items", {}).get("type") == "string"
    return [item for part in text.split(",") if (item := part.strip())] if is_list else text
