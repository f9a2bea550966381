"""The CRM API: who may call, what is recorded, which faults answer, and its addresses."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from connector.sandbox.hubspot.associations import Associations
from connector.sandbox.hubspot.objects import Objects, kind_called
from connector.sandbox.hubspot.pipelines import describe_pipelines
from connector.sandbox.hubspot.store import now_text
from connector.sandbox.hubspot.wire import (
    HubspotError,
    invalid,
    not_found,
    rate_limited,
    read_object,
    reply,
)

if TYPE_CHECKING:
    from connector.sandbox.hubspot.portal import Portal

_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PROPERTY_NEEDS = ("name", "label", "type", "fieldType", "groupName")
_TOO_MANY_REQUESTS = 429
_FIRST_GATEWAY_STATUS = 502


def crm_blueprint(portal: Portal) -> Blueprint:
    """Return the blueprint of ``/crm``."""
    crm = Blueprint("crm", __name__, url_prefix="/crm")
    objects = Objects(portal.store)
    associations = Associations(portal.store, objects)
    properties = Properties(portal)
    one = "/v3/objects/<kind_name>/<object_id>"
    joined = "/v4/objects/<kind_name>/<object_id>/associations"
    for rule, view, method in (
        (one, objects.read_one, "GET"),
        (one, objects.change, "PATCH"),
        ("/v3/objects/<kind_name>", objects.create, "POST"),
        ("/v3/objects/<kind_name>/batch/read", objects.read_many, "POST"),
        (f"{joined}/<end_name>", associations.read_page, "GET"),
        (f"{joined}/default/<end_name>/<end_id>", associations.join_plainly, "PUT"),
        (f"{joined}/<end_name>/<end_id>", associations.join_labelled, "PUT"),
        ("/v3/properties/<kind_name>", properties.define, "POST"),
        ("/v3/pipelines/deals", _list_pipelines, "GET"),
    ):
        crm.add_url_rule(rule, view_func=view, methods=[method])
    every_method = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    crm.add_url_rule("/<path:rest>", view_func=_refuse_address, methods=every_method)
    crm.before_request(lambda: _answer_early(portal))
    crm.after_request(lambda response: _record_call(portal, response))
    return crm


class Properties:
    """The view of ``/crm/v3/properties``."""

    def __init__(self, portal: Portal) -> None:
        self._store = portal.store

    def define(self, kind_name: str) -> Response:
        """Create a custom property and reply its definition with status 201; 409 if it exists."""
        kind = kind_called(kind_name)
        body = read_object()
        missing = [need for need in _PROPERTY_NEEDS if not isinstance(body.get(need), str)]
        if missing:
            raise invalid(f"Some required fields were not set: {', '.join(missing)}.")
        name = body["name"]
        if not _PROPERTY_NAME.fullmatch(name):
            raise invalid("A property name is lower case letters, digits and underscores.")
        if not self._store.add_property(kind.name, name, body):
            message = f"A property named {name} exists already."
            raise HubspotError(409, "OBJECT_ALREADY_EXISTS", message)
        now = now_text()
        return reply(body | {"createdAt": now, "updatedAt": now, "archived": False}, 201)


def _list_pipelines() -> Response:
    return reply({"results": describe_pipelines()})


def _refuse_address(rest: str) -> Response:
    raise not_found(f"The portal of the sandbox has nothing at /crm/{rest}.")


def _answer_early(portal: Portal) -> Response | None:
    """Play the next fault, then ask for the token; None lets the call through."""
    fault = portal.take_fault()
    if fault == _TOO_MANY_REQUESTS:
        raise rate_limited()
    if fault is not None and fault >= _FIRST_GATEWAY_STATUS:
        # HubSpot's front answers these, in its own words, not the CRM in JSON.
        return Response(f"<html><body><h1>{fault}</h1></body></html>", fault)
    if fault is not None:
        raise HubspotError(fault, "SANDBOX_FAULT", f"The sandbox was told to answer {fault}.")
    expected = f"Bearer {portal.settings.token}".encode()
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
        raise HubspotError(
            401,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found or not valid. Send the private app's token as "
            "a bearer token.",
        )
    return None


def _record_call(portal: Portal, response: Response) -> Response:
    portal.calls.append(
        {
            "time": now_text(),
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(),
            "status": response.status_code,
        }
    )
    return response
