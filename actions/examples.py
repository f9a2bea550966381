"""Examples of results, completed by what follows from a record's key and id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.intacct.dialects.object_schema import ObjectSchema

Example = Mapping[str, Any]


def written(object_name: str, given: Example) -> dict[str, Any]:
    """Return the result of a write: the keys of its record, and whatever else is given."""
    href = ObjectSchema.named(object_name).href(given["key"])
    return {"key": given["key"], "id": given["id"], "href": href, **given}


def found(object_name: str, id_field: str, given: Example) -> dict[str, Any]:
    """Return the result of reading a record, which also holds key and id as fields."""
    number = ObjectSchema.named(object_name).key
    keys = {"key": given["key"], "id": given["id"]}
    fields = {number: given["key"], id_field: given["id"], **given}
    return {"found": True, **written(object_name, keys), **fields}


def listed(object_name: str, given: Example) -> dict[str, Any]:
    """Return a list that holds one record."""
    records = [written(object_name, given)]
    plural = ObjectSchema.named(object_name).plural
    return {plural: records, "count": 1, "totalCount": 1, "next": ""}
