"""Whose field a target names: ours, an alias, one of Intacct's own, or one nobody told us of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ADDITIONAL_FIELDS, ObjectSchema

# What a warehouse calls the fields of a customer's or vendor's contact (acceptance D24).
_CONTACT = "displayContact."
_REST_CONTACT = "contacts.default."
_ADDRESS = {"zip": "postCode", "countryCode": "isoCountryCode"}
_ID = "id"  # what warehouses call the field that finds a record, whatever the object (D27)
_PART = re.compile(r"[A-Za-z][A-Za-z0-9_:]{0,79}")


def path_of(schema: ObjectSchema, properties: Mapping[str, Any], target: str) -> tuple[str, ...]:
    """Return where among an action's inputs a target's value belongs.

    Args:
        schema: The object.
        properties: The stanzas of the inputs, by name.
        target: A name as the user wrote it, dotted where it nests.

    Raises:
        InputError: It is no name.
    """
    aliases = {
        alias: name
        for name, stanza in properties.items()
        for alias in stanza.get("x-intacct", {}).get("aliases", ())
    }
    if target in properties or target in aliases:
        return (aliases.get(target, target),)
    if target == _ID and schema.id in properties:
        return (schema.id,)
    field = schema.fields.find(target) or schema.fields.by_rest.get(_rest_name(target))
    if field is not None and field.name in properties:
        return (field.name,)
    parts = tuple(target.split("."))
    if not all(_PART.fullmatch(part) for part in parts):
        raise InputError(
            f"'{target[:60]}' is not a name that Intacct's fields can have.",
            advice="Map the column to a field's name; dots join groups.",
            field=target,
        )
    if len(parts) > 1 and parts[0] in properties:
        return parts
    return (ADDITIONAL_FIELDS, *parts) if schema.is_known else parts


def _rest_name(target: str) -> str:
    if not target.startswith(_CONTACT):
        return target
    head, _, last = target.removeprefix(_CONTACT).rpartition(".")
    own = _ADDRESS.get(last, last)
    return _REST_CONTACT + (f"{head}.{own}" if head else own)
