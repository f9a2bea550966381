"""The model service: what objects there are, and their fields, groups, references and lists."""

import re
from typing import Any

from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import Reference, RestField, RestObject
from connector.sandbox.rest.errors import Json, counts, enveloped, invalid
from connector.sandbox.rest.exchange import Reply, Request

METHODS = "OPTIONS,GET,POST,DELETE,PATCH"
_FORMATS = {
    "money": {"type": "string", "format": "decimal-precision-2"},
    "rate": {"type": "number"},
    "int": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "stamp": {"type": "string", "format": "date-time"},
    "bool": {"type": "boolean"},
    "tf": {"type": "boolean"},
}


def answer(request: Request) -> Reply:
    """Return the model of one object, or the list of all; raises RestError."""
    name = request.parameters.get("name", "").strip("/")
    if request.parameters.get("version", "v1") not in ("v1", "all"):
        raise invalid("Version is not supported.")
    if not name:
        rows = _listed(request)
        return Reply(200, enveloped(rows, counts(len(rows))))
    shape = CATALOGUE.get(name.removeprefix("objects/"))
    if shape is None or request.parameters.get("type", "object") not in _types(shape):
        # Recorded: an unknown object is an empty result, not a refusal.
        return Reply(200, enveloped([], counts(0)))
    is_full = request.parameters.get("schema", "true") == "true"
    return Reply(200, enveloped(model_of(shape) if is_full else _entry(shape)))


def _types(shape: RestObject) -> tuple[str, str]:
    return "object", "ownedObject" if shape.owner else "rootObject"


def _listed(request: Request) -> list[Json]:
    wanted = request.parameters.get("type", "object")
    pattern = _pattern(request.parameters.get("filter", ""))
    is_full = request.parameters.get("schema") == "true"
    return [
        model_of(shape) if is_full else _entry(shape)
        for path, shape in CATALOGUE.items()
        if wanted in _types(shape) and pattern.search(path)
    ]


def _pattern(text: str) -> re.Pattern[str]:
    """Return a filter on names; raises RestError, also for one that could take for ever."""
    try:
        if re.search(r"\)[*+?{]", text):
            raise invalid("The filter repeats a group")
        return re.compile(text)
    except (re.error, RecursionError, OverflowError):
        raise invalid("The filter is not a regular expression") from None


def _entry(shape: RestObject) -> Json:
    return {
        "apiObject": f"objects/{shape.path}",
        "type": _types(shape)[1],
        "httpMethods": METHODS,
        "href": f"/services/core/model?name=objects/{shape.path}",
    }


def model_of(shape: RestObject) -> Json:
    """Return the whole model of an object."""
    model: Json = {"fields": {}, "groups": {}, "refs": {}, "lists": {}}
    for path, found in shape.fields.items():
        at, name = _place(model, path)
        at["fields"][name] = _field(shape, found)
    _place(model, "href")[0]["fields"]["href"] = _shape_of({"type": "string"}, is_readonly=True)
    for path, reference in shape.references.items():
        at, name = _place(model, path)
        at["refs"][name] = _reference(reference)
    if shape.lines is not None:
        model["lists"][shape.lines.name] = {"apiObject": shape.lines.target}
    return {
        **model,
        "httpMethods": METHODS,
        "idempotenceSupported": True,
        "apiObject": shape.path,
        "type": _types(shape)[1],
        "href": shape.href("").rstrip("/"),
    }


def _place(model: Json, path: str) -> tuple[Json, str]:
    """Return the group that a path stands in, made if need be, and its name there."""
    *groups, name = path.split(".")
    for group in groups:
        model = model["groups"].setdefault(group, {"fields": {}, "groups": {}, "refs": {}})
    return model, name


def _field(shape: RestObject, found: RestField) -> Json:
    kind: dict[str, Any] = dict(_FORMATS.get(found.kept.kind, {"type": "string"}))
    if found.is_number:
        kind = {"type": "number"}
    if found.path in ("key", "id"):
        kind = {"type": "string"}
    if found.words:
        kind["enum"] = list(found.words)
    if found.kept.default:
        kind["default"] = _default(found)
    is_id = found.path == "id" and not shape.is_transaction
    is_readonly = found.is_readonly and not (found.path == "state" and shape.states)
    is_mutable = not is_readonly and not is_id and found.path != "state"
    return _shape_of(kind, is_readonly=is_readonly, is_mutable=is_mutable)


def _default(found: RestField) -> Any:
    text = found.kept.default
    if found.kept.kind in ("bool", "tf"):
        return text == "true"
    return {label: word for word, label in found.words.items()}.get(text, text)


def _shape_of(kind: Json, *, is_readonly: bool, is_mutable: bool = False) -> Json:
    return {
        **kind,
        "readOnly": is_readonly,
        "writeOnly": False,
        "required": False,  # recorded so, whatever a POST needs
        "nullable": not is_readonly,
        "mutable": is_mutable,
    }


def _reference(reference: Reference) -> Json:
    text = {"type": "string"}
    return {
        "apiObject": reference.target,
        "fields": {
            name: _shape_of(
                dict(text),
                is_readonly=reference.is_readonly or name in ("href", "name"),
                is_mutable=not reference.is_readonly and name in ("key", "id"),
            )
            for name in (*reference.parts, "href")
        },
    }
