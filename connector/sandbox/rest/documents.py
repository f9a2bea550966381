"""Records as nested documents, the form of a GET."""

from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.reader import is_visible
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.columns import column
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.errors import Json, not_found
from connector.sandbox.store import Record

PARTS = ("key", "id", "name", "href")


def found(call: Call, shape: RestObject, key: str) -> Record:
    """Return the record with that key if the caller sees it; raises RestError."""
    record = call.store.get(shape.described.name, key)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise not_found(f"The key {key} of {shape.path} is not found")
    return record


def identity(shape: RestObject, record: Record) -> Json:
    """Return key, id and href: what every write answers."""
    key = str(record.recordno)
    own = record.body.get(shape.fields["id"].xml, record.id)
    identifier = key if shape.is_transaction else own
    return {"key": key, "id": identifier, "href": shape.href(key)}


def nested(call: Call, shape: RestObject, record: Record) -> Json:
    """Return the whole record, its owned lines included."""
    document: Json = {}
    for path in paths_of(shape):
        made = column(call.store, shape, path)
        if made is not None:
            _put(document, path, made.value(call.reader, record))
    for reference in shape.references:
        _put(document, reference, _reference(call, shape, record, reference))
    if shape.lines is not None:
        target = CATALOGUE[shape.lines.target]
        lines = sorted(call.store.owned(target.described.name, record.recordno), key=position)
        document[shape.lines.name] = [nested(call, target, line) for line in lines]
    document["href"] = shape.href(str(record.recordno))
    return document


def paths_of(shape: RestObject) -> list[str]:
    """Return the paths of its fields, key and id first."""
    return ["key", "id", *(path for path in shape.fields if path not in ("key", "id"))]


def position(line: Record) -> tuple[int, int]:
    """Return what owned lines are ordered by."""
    return int(line.body.get("LINE_NO") or 0), line.recordno


def _reference(call: Call, shape: RestObject, record: Record, path: str) -> Json:
    document: Json = {}
    for part in PARTS:
        made = column(call.store, shape, f"{path}.{part}")
        if made is not None:
            document[part] = made.value(call.reader, record)
    if document.get("id") is None and document.get("key") is None:
        # An empty reference is an object of nulls without an address.
        return {"key": None, "id": None, "name": None}
    return document


def _put(document: Json, path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        document = document.setdefault(group, {})
    document[last] = value
