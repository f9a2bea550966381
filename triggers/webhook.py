"""Webhook: start when any program posts to an address of ours, in whatever form it does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import schemas
from connector.component import Context, Event, Reply, Trigger, Webhook
from connector.webhooks import bodies, cloud_events, handshakes, presented, salesforce, schemes
from connector.webhooks.bodies import text_at
from connector.webhooks.cloud_events import CloudEvent

_DAY_SECONDS = 86_400
_WEAK_SECONDS = 60
_MILLISECONDS = 100_000_000_000  # a time above this counts milliseconds, not seconds
_LONGEST_ID = 500
_LONGEST_SHOWN = 500
_MOST_HEADERS = 40
_SHOWN = re.compile(r"(x|ce|webhook)-[a-z0-9-]+|content-type|user-agent")
# What could open something, ours or the sender's, stays out of runs and logs.
_HIDDEN = re.compile(r"sign|hmac|token|secret|auth|key|password|forwarded|real-ip")

# Where well-known senders put what tells one delivery from another, and what it is about.
_ID_HEADERS: Mapping[str, Sequence[str]] = {
    "standard-webhooks": ("webhook-id",),
    "shopify": ("x-shopify-event-id", "x-shopify-webhook-id"),
    "github": ("x-github-delivery",),
}
_ID_PATHS = {"stripe": "id"}
_TYPE_HEADERS = ("x-github-event", "x-shopify-topic")
_TYPE_PATHS = ("type", "event", "event_type", "eventType")
# These sign the body and not the id beside it, so a delivery could come back under another id.
_SIGNED_WITHOUT_ID = frozenset({"shopify", "github"})


def receive(webhook: Webhook, settings: Mapping[str, Any]) -> list[Event]:
    """Return the events of a delivery: many of a CloudEvents batch or a Salesforce message.

    Raises:
        InputError: It says that it is one of those, and is not.
    """
    if settings["scheme"] == schemes.SALESFORCE:
        return _notifications(webhook, settings)
    found = cloud_events.read(webhook)
    if found is not None:
        return [_of_cloud(webhook, event, settings) for event in found]
    body = bodies.read(webhook.content, webhook.headers.get("content-type", ""))
    if handshakes.challenge(body.value):
        return []
    return [_plain_event(webhook, body, settings)]


def matches(event: Event, config: Mapping[str, Any]) -> bool:
    """Say whether the event is of a wanted type; a ``*`` at the end stands for any rest."""
    wanted: Sequence[str] = config.get("types") or ("*",)
    return any(
        event.type.startswith(one[:-1]) if one.endswith("*") else event.type == one
        for one in wanted
    )


def enrich(_ctx: Context, event: Event, _config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event as it was received: there is nobody to ask for more."""
    return dict(event.data)


def handshake(webhook: Webhook, settings: Mapping[str, Any]) -> Reply | None:
    """Answer a sender that asks whether this address is its own; None for a delivery."""
    answer = handshakes.answer(webhook, settings)
    return None if answer is None else Reply(answer.body, answer.headers)


def acknowledge(webhook: Webhook, settings: Mapping[str, Any]) -> Reply:
    """Return what the sender waits for: Salesforce a document, Slack its own word."""
    if settings["scheme"] == schemes.SALESFORCE:
        return Reply(salesforce.ACKNOWLEDGEMENT, {"Content-Type": "text/xml; charset=utf-8"})
    body = bodies.read(webhook.content, "")
    asked = handshakes.challenge(body.value)
    return Reply(asked.encode(), {"Content-Type": "text/plain"}) if asked else Reply()


def _plain_event(webhook: Webhook, body: bodies.Body, settings: Mapping[str, Any]) -> Event:
    kind = _kind(webhook.headers, body.value, settings)
    subject = text_at(body.value, str(settings.get("subjectPath") or ""))
    moment = _moment(text_at(body.value, str(settings.get("timePath") or "")))
    own_id = _own_id(webhook, body.value, settings)
    name, aliases, window_ms = _names_of(webhook, own_id, settings)
    return Event(
        id=name,
        type=kind,
        data={
            "id": own_id or name,
            "type": kind,
            "source": "",
            "subject": subject,
            "occurredAt": moment,
            **_about(webhook, settings),
            "form": body.form,
            "data": body.value,
        },
        occurred_at=moment,
        window_ms=window_ms,
        aliases=aliases,
        order=_order(kind, subject, settings),
    )


def _of_cloud(webhook: Webhook, event: CloudEvent, settings: Mapping[str, Any]) -> Event:
    subject = event.attributes.get("subject", "")
    moment = _moment(event.attributes.get("time", ""))
    return Event(
        id=f"cloudevent-{_digest(f'{event.source} {event.id}'.encode())}",
        type=event.type,
        data={
            "id": event.id,
            "type": event.type,
            "source": event.source,
            "subject": subject,
            "occurredAt": moment,
            **_about(webhook, settings),
            "form": "json" if isinstance(event.data, dict | list) else "text",
            "data": event.data,
        },
        occurred_at=moment,
        order=_order(event.type, f"{event.source} {subject}" if subject else "", settings),
    )


def _notifications(webhook: Webhook, settings: Mapping[str, Any]) -> list[Event]:
    return [
        Event(
            id=f"salesforce-{_digest(f'{one.organization} {one.id}'.encode())}",
            type=one.record_type,
            data={
                "id": one.id,
                "type": one.record_type,
                "source": one.organization,
                "subject": one.fields.get("Id", ""),
                "occurredAt": None,
                **_about(webhook, settings),
                "form": "xml",
                "data": dict(one.fields),
            },
        )
        for one in salesforce.notifications(webhook.content)
    ]


def _own_id(webhook: Webhook, body: Any, settings: Mapping[str, Any]) -> str:
    """Return the id that the sender gave this delivery, or empty text."""
    scheme = str(settings["scheme"])
    paths = (str(settings.get("idPath") or ""), _ID_PATHS.get(scheme, ""))
    names = (str(settings.get("idHeader") or "").lower(), *_ID_HEADERS.get(scheme, ()))
    found = [*(text_at(body, path) for path in paths)]
    found += [webhook.headers.get(name, "").strip() for name in names]
    if scheme == "jwt":
        # One token may come with many deliveries: it names this one together with the body.
        number = presented.claims_of(webhook, settings).get("jti")
        found.append(f"{number}-{_digest(webhook.raw)[:16]}" if number else "")
    return next((one for one in found if one and len(one) <= _LONGEST_ID), "")


def _names_of(
    webhook: Webhook, own_id: str, settings: Mapping[str, Any]
) -> tuple[str, tuple[str, ...], int | None]:
    """Return the event's id, its other ids, and for how long they hold."""
    body = f"body-{_digest(webhook.raw)}"
    if own_id:
        is_alone = settings["scheme"] not in _SIGNED_WITHOUT_ID
        return f"own-{_digest(own_id.encode())}", () if is_alone else (body,), None
    default = _WEAK_SECONDS if schemes.weakness(settings) else _DAY_SECONDS
    seconds = int(settings.get("repeatSeconds") or default)
    return body, (), seconds * 1000


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _kind(headers: Mapping[str, str], body: Any, settings: Mapping[str, Any]) -> str:
    paths = (str(settings.get("typePath") or ""), *_TYPE_PATHS)
    found = [text_at(body, paths[0])]
    found += [headers.get(name, "").strip() for name in _TYPE_HEADERS]
    found += [text_at(body, path) for path in paths[1:]]
    return next((one for one in found if one and len(one) <= _LONGEST_ID), "delivery")


def _order(kind: str, subject: str, settings: Mapping[str, Any]) -> str:
    return f"{kind} {subject}" if subject and settings.get("onlyNewest") is True else ""


def _moment(text: str) -> int | None:
    """Return a time, a number since 1970 or ISO text, as milliseconds; None where it is neither."""
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text):
        number = Decimal(text)
        return int(number if number > _MILLISECONDS else number * 1000)
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None  # Python also takes forms in which dates and numbers look alike
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Without a zone it can still be told which of two came first.
    known = found if found.tzinfo else found.replace(tzinfo=UTC)
    return int(known.timestamp() * 1000)


def _about(webhook: Webhook, settings: Mapping[str, Any]) -> dict[str, Any]:
    own = str(settings.get("header") or "").lower()
    shown = {
        name: value[:_LONGEST_SHOWN]
        for name, value in sorted(webhook.headers.items())
        if _SHOWN.fullmatch(name) and not _HIDDEN.search(name) and name != own
    }
    is_weak = bool(schemes.weakness(settings))
    return {
        "proof": "address" if is_weak else "signed",
        "headers": dict(list(shown.items())[:_MOST_HEADERS]),
    }


EVENT = "events/webhook.event.json"

TRIGGER = Trigger(
    key="webhook.event",
    label="Webhook",
    description="Starts the workflow when another program posts to the connection's address.",
    connection="webhook",
    event=EVENT,
    config="triggers/webhook.event.json",
    verify=schemes.verify,
    receive=receive,
    matches=matches,
    enrich=enrich,
    handshake=handshake,
    acknowledge=acknowledge,
    weakness=schemes.weakness,
    example=schemas.load(EVENT)["examples"][0],
)
