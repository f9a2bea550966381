"""/objects/...: lists, reads, creates, changes and deletes, one record or many."""

from typing import Any
from urllib.parse import unquote

from connector.sandbox import usage
from connector.sandbox.functions.searching import Search, find
from connector.sandbox.rest import batches, documents, records
from connector.sandbox.rest.catalogue import rest_object
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.errors import Json, RestError, enveloped, invalid, not_found
from connector.sandbox.rest.exchange import Reply, Request

PAGE = 100
METHODS = ("GET", "POST", "PATCH", "DELETE")
_PARTS = (2, 3)  # application/name, and the keys behind it


def answer(request: Request) -> Reply:
    """Return the reply to a request below /objects; raises RestError."""
    parts = [unquote(part) for part in request.path.strip("/").split("/")[1:]]
    if len(parts) not in _PARTS:
        raise not_found(f"The address {request.path} is not found")
    shape = rest_object("/".join(parts[:2]))
    keys = [key.strip() for key in parts[2].split(",")] if len(parts) == max(_PARTS) else []
    if request.method == "GET":
        return _read(request, shape, keys) if keys else _listed(request, shape)
    if request.method == "POST" and not keys:
        return _create(request, shape)
    if request.method == "PATCH" and len(keys) <= 1:
        return _update(request, shape, keys)
    if request.method == "DELETE" and keys:
        return _delete(request, shape, keys)
    raise method_not_allowed(request.method)


def method_not_allowed(method: str) -> RestError:
    """Return the refusal of a method that an address does not take."""
    refused = RestError(405, "invalidRequest", f"The method {method} is not allowed here")
    refused.headers["Allow"] = ", ".join(METHODS)
    return refused


def page_meta(request: Request, total: int, start: int, size: int) -> Json:
    """Return the meta of a page; how the last one says so is a policy."""
    following = start + size if start + size <= total else None
    meta: Json = {"totalCount": total, "start": start, "pageSize": size}
    last = request.company.policies["rest_last_page"]
    if following is not None or last == "null":
        meta["next"] = following
    elif last == "zero":
        meta["next"] = 0
    meta["previous"] = max(start - size, 1) if start > 1 else None
    return meta


def _listed(request: Request, shape: RestObject) -> Reply:
    start, size = _list_page(request)
    call = request.call()
    found = find(call, shape.described, Search())
    page = [call.store.get(shape.described.name, n) for n in found[start - 1 : start - 1 + size]]
    rows = [documents.identity(shape, record) for record in page if record]
    return Reply(200, enveloped(rows, page_meta(request, len(found), start, size)))


def _list_page(request: Request) -> tuple[int, int]:
    """Return start and size; whether a list takes them at all is a policy."""
    if request.parameters and request.company.policies["rest_list_parameters"] == "refuse":
        name = next(iter(request.parameters))
        raise invalid(f"The query parameter {name} is not supported", error_id="REST-1034")
    start, size = request.parameters.get("start", "1"), request.parameters.get("size", str(PAGE))
    if not (start.isdecimal() and size.isdecimal() and int(start) and int(size)):
        raise invalid("start and size are whole numbers above zero", error_id="REST-1034")
    return int(start), int(size)


def _read(request: Request, shape: RestObject, keys: list[str]) -> Reply:
    def one(call: Any, key: str) -> Json:
        if call.company.policies.is_on("reads_by_key_count"):
            usage.note(call, 1)
        return documents.nested(call, shape, documents.found(call, shape, key))

    if len(keys) == 1:
        return Reply(200, enveloped(one(request.call(), keys[0])))
    return batches.many(request, keys, one, 200)


def _create(request: Request, shape: RestObject) -> Reply:
    body = request.document()

    def one(call: Any, item: Any) -> Json:
        return records.create(call, shape, item)

    if isinstance(body, list):
        return batches.many(request, body, one, 201)
    return Reply(201, enveloped(one(request.call(), body)))


def _update(request: Request, shape: RestObject, keys: list[str]) -> Reply:
    body = request.document()
    if keys:
        return Reply(200, enveloped(records.update(request.call(), shape, keys[0], body)))
    if not isinstance(body, list):
        raise invalid("A change without a key in the address takes a list of records")

    def one(call: Any, item: Any) -> Json:
        key = item.get("key") if isinstance(item, dict) else None
        if not isinstance(key, str):
            raise RestError(400, "invalidKey", "The key of the record is missing")
        return records.update(call, shape, key, item)

    return batches.many(request, body, one, 200)


def _delete(request: Request, shape: RestObject, keys: list[str]) -> Reply:
    def one(call: Any, key: str) -> None:
        records.delete(call, shape, key)

    if len(keys) == 1:
        one(request.call(), keys[0])
        return Reply(204)
    return batches.many(request, keys, one, 204)
