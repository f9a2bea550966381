"""Where deliveries arrive: read, verify, keep, answer; nothing else happens in the request."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from connector.component import Webhook
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError, Untrusted
from connector.runtime import inbox
from connector.runtime.services import Services

LOG = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
RETRY_AFTER_SECONDS = "5"


def blueprint(services: Services) -> Blueprint:
    """Return the endpoint ``POST /hooks/<token>``, one per source connection.

    Answers 200 only after every event is committed. Refusals say nothing about why: 401 for an
    unknown address or a bad signature, 400 for what cannot be read, 413 for what is too large,
    503 when nothing could be kept and the sender should try again.
    """
    routes = Blueprint("hooks", __name__)

    @routes.post("/hooks/<token>")
    def receive(token: str) -> Response:
        try:
            # Strangers are sent away unread: a body that trickles in holds one of few threads.
            source = services.connections.by_hook_token(token) if token.isprintable() else None
            if source is None:
                return Response(status=401)
            raw = request.get_data(cache=False, parse_form_data=False)
        except RequestEntityTooLarge:
            return Response(status=413)
        except (ClientDisconnected, OSError):
            return Response(status=400)
        except ConnectorError as error:
            return _later(error)
        return _accept(services, source, raw)

    return routes


def _accept(services: Services, source: ConnectionRow, raw: bytes) -> Response:
    try:
        webhook = Webhook(
            method=request.method,
            url=public_url(services.settings.public_url, source.hook_token, request.query_string),
            headers=_single_headers(),
            raw=raw,
            received_at=time.time_ns() // 1_000_000,
        )
        inbox.accept(services, source, webhook)
    except Untrusted as error:
        LOG.warning("A delivery was refused: %s", error.title)
        return Response(status=401)
    except InputError as error:
        LOG.warning("A delivery could not be read: %s", error.title)
        return Response(status=400)
    except ConnectorError as error:
        return _later(error)
    return Response(status=200)


def _later(error: ConnectorError) -> Response:
    """Ask the sender to come again: the fault is on our side, a lock or a missing key."""
    LOG.warning("A delivery could not be kept: %s", error.title)
    return Response(status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})


def public_url(base: str, token: str, query: bytes) -> str:
    """Return the address as the sender knows it, from the settings, never from Host."""
    url = f"{base.rstrip('/')}/hooks/{token}"
    return f"{url}?{query.decode('latin-1')}" if query else url


def _single_headers() -> Mapping[str, str]:
    """Return the headers in lower case.

    Raises:
        Untrusted: One stands twice, so that it is open which one was meant.
    """
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        if name.lower() in found:
            raise Untrusted(f"The header {name} stands in the delivery twice.")
        found[name.lower()] = value
    return found
