"""The sandbox's own side of the portal, which HubSpot does not have: ``/_sandbox/hubspot/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response

from connector.sandbox.hubspot.deliveries import make_deliveries
from connector.sandbox.hubspot.kinds import KINDS
from connector.sandbox.hubspot.objects import Objects
from connector.sandbox.hubspot.properties import check_stage
from connector.sandbox.hubspot.signatures import signature_version
from connector.sandbox.hubspot.wire import (
    invalid,
    read_boolean,
    read_integer,
    read_list,
    read_object,
    reply,
)

if TYPE_CHECKING:
    from connector.sandbox.hubspot.portal import Portal

_MOST_AT_ONCE = 1000


def admin_blueprint(portal: Portal) -> Blueprint:
    """Return the blueprint of ``/_sandbox/hubspot``."""
    blueprint = Blueprint("admin", __name__, url_prefix="/_sandbox/hubspot")
    admin = Admin(portal)
    for rule, view, method in (
        ("/deals/<deal_id>/stage", admin.change_stage, "POST"),
        ("/deliver", admin.deliver, "POST"),
        ("/deliveries", admin.list_deliveries, "GET"),
        ("/faults", admin.add_faults, "POST"),
        ("/reset", admin.reset, "POST"),
        ("/requests", admin.list_requests, "GET"),
        ("/settings", admin.change_settings, "POST"),
    ):
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
    return blueprint


class Admin:
    """The views of the admin extension."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._objects = Objects(portal.store)

    def change_stage(self, deal_id: str) -> Response:
        """Move a deal to a stage of its pipeline, as a person would, and tell the target."""
        body = read_object()
        stage = body.get("stage")
        is_delivered = read_boolean(body, "deliver", default=True)
        target_url = self._target(body) if is_delivered else ""
        deals = KINDS["deals"]
        record = self._objects.existing(deals, deal_id)
        if not isinstance(stage, str):
            raise invalid('Say which stage the deal goes to, such as {"stage": "closedwon"}.')
        check_stage(record.properties | {"dealstage": stage})
        changed = self._portal.store.update(deals.name, deal_id, {"dealstage": stage}) or record
        event = {
            "objectId": int(deal_id),
            "propertyName": "dealstage",
            "propertyValue": stage,
            "changeSource": "CRM_UI",
            "sourceId": "userId:1",
        }
        sender = self._portal.sender
        deliveries = make_deliveries([sender.complete(event)], target_url) if is_delivered else []
        return reply(
            {
                "deal": self._objects.describe(changed, deals, []),
                "deliveries": sender.send(deliveries),
            }
        )

    def deliver(self) -> Response:
        """Send any events, as often as asked, one after the other or all at once."""
        body = read_object(float)
        events = read_list(body, "events")
        for event in events:
            read_integer(event, "attemptNumber", 0)
        if not events:
            raise invalid("Give at least one event to deliver.")
        try:
            signature = signature_version(body.get("signature", "v3"))
        except ValueError as problem:
            raise invalid(str(problem)) from None
        deliveries = make_deliveries(
            [self._portal.sender.complete(event) for event in events],
            self._target(body),
            copies=_limited(body, "copies"),
            signature=signature,
            timestamp_offset_ms=read_integer(body, "timestamp_offset_ms", 0),
        )
        is_parallel = read_boolean(body, "parallel", default=False)
        return reply({"deliveries": self._portal.sender.send(deliveries, is_parallel=is_parallel)})

    def list_deliveries(self) -> Response:
        """Reply the last attempts, oldest first, those of the background included."""
        return reply({"deliveries": self._portal.sender.attempts()})

    def add_faults(self) -> Response:
        """Answer the next calls of the CRM with an error status."""
        body = read_object()
        status = read_integer(body, "status", 429)
        if not 400 <= status <= 599:  # noqa: PLR2004 - the error statuses of HTTP
            raise invalid("The status of a fault is between 400 and 599.")
        waiting = self._portal.add_faults(status, _limited(body, "times"))
        return reply({"waiting": waiting})

    def reset(self) -> Response:
        """Return the portal to its example data."""
        self._portal.reset()
        return reply({"reset": True})

    def list_requests(self) -> Response:
        """Reply the last 200 calls of the CRM, oldest first, without tokens and bodies."""
        return reply({"requests": list(self._portal.calls.copy())})

    def change_settings(self) -> Response:
        """Say where deliveries go from now on; an empty address stops them."""
        body = read_object()
        target_url = body.get("target_url", self._portal.target_url)
        self._portal.target_url = target_url if target_url == "" else _checked_url(target_url)
        return reply({"target_url": self._portal.target_url})

    def _target(self, body: dict[str, Any]) -> str:
        target_url = body.get("target_url") or self._portal.target_url
        if not target_url:
            raise invalid(
                "Nobody has said where deliveries go. Send the address to "
                "/_sandbox/hubspot/settings as target_url first."
            )
        return _checked_url(target_url)


def _checked_url(url: object) -> str:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("target_url is a full address that starts with http:// or https://.")
    return str(url)


def _limited(body: dict[str, Any], name: str) -> int:
    number = read_integer(body, name, 1)
    if not 1 <= number <= _MOST_AT_ONCE:
        raise invalid(f"{name} is between 1 and {_MOST_AT_ONCE}.")
    return number
