"""Small services: the bridge to the XML API, and what the caller may do with records."""

from typing import Any

from connector.sandbox import invoice_pdf
from connector.sandbox.functions import FUNCTIONS
from connector.sandbox.reader import is_visible
from connector.sandbox.rest import documents
from connector.sandbox.rest.catalogue import CATALOGUE, rest_object
from connector.sandbox.rest.errors import Json, counts, enveloped, invalid, not_found
from connector.sandbox.rest.exchange import Reply, Request
from connector.sandbox.sessions import open_session
from connector.sandbox.wire.tree import Element, element, text_of

LARGEST_LIST = 1000
_BY_OBJECT = {shape.described.name: path for path, shape in CATALOGUE.items()}
ALLOWED = ("canView", "canEdit", "canDelete")
_FINAL = frozenset({"Paid", "Reversed", "Partially Paid", "Selected"})


def session_id(request: Request) -> Reply:
    """Open a session of the XML API for the caller, at the same entity."""
    scope = request.scope
    session = open_session(request.company, scope, scope.entity)
    seconds = request.company.config.session_seconds
    return Reply(200, enveloped({"sessionId": session, "expiresIn": seconds}))


def dimensions(request: Request) -> Reply:
    """List the dimensions as getDimensions does, with the addresses of their objects."""
    data = FUNCTIONS["getDimensions"](request.call(), element("getDimensions")).data
    rows = [] if data is None else [_dimension(found) for found in data.iter("dimension")]
    return Reply(200, enveloped(rows, {"totalCount": len(rows)}))


def download(request: Request) -> Reply:
    """Return the file that a workflow named: the PDF of an invoice."""
    shape = rest_object(request.parameters.get("resource", "").removeprefix("objects/"))
    if shape.described.name != "ARINVOICE":
        raise not_found(f"There is nothing to download of {shape.path}")
    call = request.call()
    record = documents.found(call, shape, request.parameters.get("key", ""))
    return Reply(200, invoice_pdf.made(call, record), {"Content-Type": "application/pdf"})


def _dimension(found: Element) -> Json:
    name = text_of(found, "objectName")
    path = _BY_OBJECT.get(name)
    return {
        "dimensionName": name,
        "dimensionLabel": text_of(found, "objectLabel"),
        "termName": text_of(found, "termLabel"),
        "isUserDefinedDimension": text_of(found, "userDefinedDimension") == "true",
        "isEnabledInGL": text_of(found, "enabledInGL") == "true",
        "dimensionEndpoint": f"/objects/{path}" if path else None,
    }


def allowed_operations(request: Request) -> Reply:
    """Return what the caller may do with each of the named records."""
    body = request.document()
    if not isinstance(body, dict) or not isinstance(body.get("object"), str):
        raise invalid("The object is missing")
    shape = rest_object(body["object"])
    keys = body.get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= LARGEST_LIST:
        raise invalid(f"keys is a list of 1 to {LARGEST_LIST} keys")
    asked = body.get("operations") or ALLOWED
    rows = [_row(request, shape.described.name, str(key), asked) for key in keys]
    return Reply(200, enveloped(rows, counts(len(rows))))


def _row(request: Request, name: str, key: str, asked: Any) -> Json:
    record = request.company.store.get(name, key)
    is_seen = record is not None and is_visible(record, request.scope.entity, with_private=True)
    allowed = list(ALLOWED) if is_seen else []
    if record is not None and record.body.get("STATE") in _FINAL:
        allowed = allowed[:1]
    return {
        "key": key,
        "operations": [name for name in allowed if name in asked],
        "additionalData": {},
    }
