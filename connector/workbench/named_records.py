"""Which records a write names: in its head, and in each of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Operation

# What a field's picklist offers -> our name of the object. Fields that hold a record number, or one
# of two kinds of account, are left out: what they mean is not plain from their text.
_OBJECTS = {
    "selectAccount": "account",
    "selectApTerm": "apTerm",
    "selectClass": "class",
    "selectContact": "contact",
    "selectCustomer": "customer",
    "selectDepartment": "department",
    "selectEmployee": "employee",
    "selectItem": "item",
    "selectJournal": "journal",
    "selectLocation": "location",
    "selectProject": "project",
    "selectTerm": "term",
    "selectVendor": "vendor",
}


@dataclass(frozen=True)
class Named:
    """A record that a write names.

    Args:
        object_name: Our name of the object.
        id: The id it is named by.
        field: Where, such as ``lineItems[0].accountNumber``.
    """

    object_name: str
    id: str
    field: str


@dataclass(frozen=True)
class Line:
    """One line of a document, and where it stands."""

    place: str
    values: Mapping[str, Any]


def named_records(operation: Operation) -> list[Named]:
    """Return every record that a write names by its id, without the record it is itself about."""
    schema = ObjectSchema.find(operation.object_name)
    head, lines = _named_by(schema.name)
    own = {schema.id, schema.key}
    head = {name: target for name, target in head.items() if name not in own}
    found = list(_in_group(operation.values, head, ""))
    for line in lines_of(operation):
        name = line.place.partition("[")[0]
        found += _in_group(line.values, lines[name], f"{line.place}.")
    return found


def lines_of(operation: Operation) -> Iterator[Line]:
    """Yield the lines of a write, however its object calls them; those given as XML are left."""
    _, lines = _named_by(ObjectSchema.find(operation.object_name).name)
    for name in lines:
        given = operation.values.get(name)
        for place, line in enumerate(given if isinstance(given, list) else []):
            if isinstance(line, Mapping):
                yield Line(f"{name}[{place}]", line)


def _in_group(values: Mapping[str, Any], named: Mapping[str, str], before: str) -> Iterator[Named]:
    for name, object_name in named.items():
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            yield Named(object_name, value, f"{before}{name}")


@cache
def _named_by(object_name: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return which fields of an object's head and of its lines name which objects."""
    place = f"objects/{object_name}.json"
    if not schemas.exists(place):
        return {}, {}
    properties = schemas.resolve(place)["properties"]
    lines = {
        name: _fields(stanza["items"].get("properties", {}))
        for name, stanza in properties.items()
        if isinstance(stanza.get("items"), Mapping)
    }
    return _fields(properties), {name: named for name, named in lines.items() if named}


def _fields(properties: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {}
    for name, stanza in properties.items():
        form = stanza.get("x-form", {})
        target = _OBJECTS.get(form.get("dataSource", ""), "")
        if target and (form.get("returnId") or target in {"account", "journal"}):
            found[name] = target
    return found
