"""An action's form as one company needs it: with its own fields, dimensions and demands."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from connector.component import Action, Effect
from connector.intacct.dialects.object_schema import CUSTOM_FIELDS, ObjectSchema
from connector.intacct.model import LiveField, LiveObject

_US_DATE = "^(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[0-9]{4}$"


def objects_of(action: Action) -> dict[str, str]:
    """Return whose own fields an action's form can show, by Intacct's names of the objects.

    Returns:
        The input that holds the lines of each object; empty for the object itself. Nothing where
        the action takes no fields of the company.
    """
    if not action.object_name:
        return {}
    schema = ObjectSchema.find(action.object_name)
    properties = action.form.schema["properties"]
    found = {schema.wire: ""} if CUSTOM_FIELDS in properties else {}
    for name, stanza in properties.items():
        field = schema.fields.find(name)
        if field and field.path and CUSTOM_FIELDS in _line_properties(stanza):
            found[field.path[-1].upper()] = name
    return found


def form_for(action: Action, live: Mapping[str, LiveObject]) -> dict[str, Any]:
    """Return the action's inputs with the company's own fields among them.

    Custom fields and user-defined dimensions become inputs of their own inside the Custom Fields
    of the record and of its lines, so that what is filled in is stored as it always was and runs
    without asking the company again. What the company demands of its own fields is required when
    a record is made; a field of Intacct's that it demands is marked (``x-form.isDemanded``) and
    not required, since Intacct or the action may fill it in, as with numbers given by sequences.

    Args:
        action: The action.
        live: Descriptions by Intacct's names; what ``objects_of`` names and this lacks stays as
            the action has it.
    """
    schema: dict[str, Any] = copy.deepcopy(action.form.schema)
    is_new = action.effect is Effect.CREATE
    for wire, lines in objects_of(action).items():
        described = live.get(wire)
        if described is None:
            continue
        own = _line_schema(schema["properties"][lines]) if lines else schema
        properties: dict[str, Any] = own["properties"]
        group = properties[CUSTOM_FIELDS] = _group(
            properties[CUSTOM_FIELDS], described, is_new=is_new
        )
        if group.get("required"):
            own["required"] = [*own.get("required", []), CUSTOM_FIELDS]
        if is_new:
            _mark_demands(properties, action.object_name, lines, described)
    return schema


def _line_schema(stanza: Mapping[str, Any]) -> dict[str, Any]:
    items = stanza.get("items", {})
    return items if isinstance(items, dict) else {}


def _line_properties(stanza: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _line_schema(stanza).get("properties", {})
    return found


def _group(stanza: Mapping[str, Any], described: LiveObject, *, is_new: bool) -> dict[str, Any]:
    """Return Custom Fields as an object that names each field of the company."""
    fields = described.own_fields
    if not fields:
        return dict(stanza)
    kept = {name: stanza[name] for name in ("title", "x-intacct") if name in stanza}
    group = {
        **kept,
        "type": "object",
        "description": "Fields that your company added.",
        "additionalProperties": False,
        "properties": {field.name: _input(field) for field in fields},
    }
    required = [field.name for field in fields if field.is_required and is_new]
    return {**group, "required": required} if required else group


def _input(field: LiveField) -> dict[str, Any]:
    shape = dict(_KINDS.get(field.kind, {"type": "string"}))
    title = field.label or field.name
    words = field.description or f"{title}, a field that your company added."
    if field.is_dimension:
        words = f"{title}: the record number of its value, since the dimension is your company's."
        shape = {"type": "string", "pattern": "^[0-9]+$", "examples": ["10001"]}
    if field.choices:
        shape = {"type": "string", "enum": list(field.choices)}
    return {"title": title, "description": words, **shape}


_KINDS: Mapping[str, Mapping[str, Any]] = {
    "INTEGER": {"type": "integer"},
    "CURRENCY": {"type": "string", "format": "money", "examples": ["12.50"]},
    "DECIMAL": {"type": "string", "format": "decimal", "examples": ["12.5"]},
    "PERCENT": {"type": "string", "format": "decimal", "examples": ["12.5"]},
    "BOOLEAN": {"type": "boolean"},
    # A field of the company's travels as it is written, and Intacct reads its own form of dates.
    "DATE": {"type": "string", "pattern": _US_DATE, "examples": ["01/31/2026"]},
}


def _mark_demands(
    properties: dict[str, Any], object_name: str, lines: str, described: LiveObject
) -> None:
    fields = ObjectSchema.find(object_name).fields
    if lines:
        holder = fields.by_name[lines].items
        if holder is None:
            return
        fields = holder
    demanded = {f.name for f in described.fields.values() if f.is_required and not f.is_own}
    for name, stanza in properties.items():
        field = fields.find(name)
        if field and len(field.path) == 1 and field.column.upper() in demanded:
            stanza["x-form"] = {**stanza.get("x-form", {}), "isDemanded": True}
