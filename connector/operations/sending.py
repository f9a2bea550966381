"""One attempt to bring one event to one subscriber, and what its answer means."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.http import HttpReply, HttpRequest
from connector.operations import letters, mail, subscribers
from connector.operations.event_types import TEST_TYPE
from connector.runtime.services import Services
from connector.store import clock
from connector.store.json_text import from_json, to_json
from connector.webhooks.outgoing import standard_headers

CALL_SECONDS = 20.0
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"

_LONGEST_ASKED_SECONDS = 86_400
_MOST_BYTES = 100_000
_OK = range(200, 300)
_GONE, _TOO_MANY, _SERVER = 410, 429, 500


@dataclass(frozen=True)
class Event:
    """One of our own events.

    Args:
        id: The same whenever it is delivered again.
        type: Such as ``run.failed``.
        subject: What it happened to.
        data: What more there is to say, as JSON text.
        at: When it happened, in milliseconds since 1970.
    """

    id: str
    type: str
    subject: str
    data: str
    at: int


@dataclass(frozen=True)
class Attempt:
    """How one attempt went.

    Args:
        is_delivered: The receiver said that it has it.
        status: What it answered, where it did.
        note: What a person should read where it did not work.
        is_troubled: The receiver itself is in trouble, so that other events would fare the same.
        is_gone: It wants nothing any more.
        asked_seconds: How long it asked us to wait.
    """

    is_delivered: bool = False
    status: int | None = None
    note: str = ""
    is_troubled: bool = False
    is_gone: bool = False
    asked_seconds: int = 0


def send(services: Services, row: sa.Row[Any], event: Event) -> Attempt:
    """Bring an event to a subscriber, once; never raises for what the other side does.

    Args:
        services: What the process holds open.
        row: The subscriber.
        event: What to say.
    """
    try:
        if row.kind == subscribers.MAIL:
            letter = letters.letter_of(event.type, from_json(event.data))
            mail.send(mail.MailSettings.read(), row.target, letter, event.id)
            return Attempt(is_delivered=True)
        return _of_reply(services.http.send(_request(services, row, event)))
    except ConnectorError as error:
        return Attempt(note=error.title, is_troubled=True)


def try_out(services: Services, name: str) -> Attempt:
    """Deliver a test event to one subscriber now, whatever it subscribed to; it has no retries.

    Raises:
        NotFound: There is none of that name.
    """
    row = services.database.read(lambda c: subscribers.named(c, name))
    now = services.database.read(clock.now_ms)
    said = to_json({"title": "This is a test.", "advice": "There is nothing to do."})
    event_id = f"evt_{secrets.token_hex(16)}"
    return send(services, row, Event(event_id, TEST_TYPE, f"subscribers/{row.id}", said, now))


def cloud_event(event: Event, source: str) -> dict[str, Any]:
    """Return an event as CloudEvents 1.0 describes it, to be posted as a whole document."""
    moment = datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": event.type,
        "subject": event.subject,
        "time": moment.replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": from_json(event.data),
    }


def _request(services: Services, row: sa.Row[Any], event: Event) -> HttpRequest:
    document = cloud_event(event, services.settings.public_url)
    body = json.dumps(document, default=str, ensure_ascii=False, separators=(",", ":")).encode()
    held = subscribers.secrets_of(services, row)
    now_seconds = services.wall_clock.now_ms() // 1000
    signed = standard_headers(held, event.id, now_seconds, body)
    headers = {"Content-Type": CONTENT_TYPE, **signed}
    return HttpRequest("POST", row.target, headers, body, CALL_SECONDS, _MOST_BYTES)


def _of_reply(reply: HttpReply) -> Attempt:
    """Return what an answer means: only 2xx is a yes, and a redirect is never followed."""
    if reply.status in _OK:
        return Attempt(is_delivered=True, status=reply.status)
    asked = reply.headers.get("retry-after", "")
    return Attempt(
        status=reply.status,
        note=f"The receiver answered with the status {reply.status}.",
        is_troubled=reply.status == _TOO_MANY or reply.status >= _SERVER,
        is_gone=reply.status == _GONE,
        asked_seconds=_seconds(asked),
    )


def _seconds(asked: str) -> int:
    is_number = asked.isascii() and asked.isdigit()
    return min(int(asked[:9]), _LONGEST_ASKED_SECONDS) if is_number else 0
