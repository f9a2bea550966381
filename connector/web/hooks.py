"""Where deliveries arrive: read, verify, keep, answer; nothing else happens in the request.

They come in crowds and need nothing of the console, so they are taken before Flask looks at them:
measured, its routing, contexts and hooks cost a third of all that a delivery costs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from connector.component import Reply, Webhook
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError, Untrusted
from connector.runtime import inbox, listening
from connector.runtime.ringing import Ringer
from connector.runtime.services import Services
from connector.web.sources import Source, Sources

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask.blueprints import BlueprintSetupState

LOG = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
RETRY_AFTER_SECONDS = "5"
PATH = "/hooks/"
_PLAIN_HEADERS = ("CONTENT_TYPE", "CONTENT_LENGTH")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

Answer = tuple[HTTPStatus, Reply]


def blueprint(services: Services) -> Blueprint:
    """Return what puts ``/hooks/<token>``, one per source connection, before the application.

    Answers 200 only after every event is committed. Refusals say nothing about why: 401 for an
    unknown address, a test address where nobody listens or a bad signature, 400 for what cannot
    be read, 413 for what is too large, 503 when nothing could be kept and the sender should try
    again. Methods other than POST are for handshakes alone.
    """
    routes = Blueprint("hooks", __name__)

    @routes.record_once
    def stand_before(state: BlueprintSetupState) -> None:
        app = cast("Flask", state.app)
        door = Door(services, app.wsgi_app)
        app.wsgi_app = door  # type: ignore[method-assign]  # Flask's own way to put one before it

    return routes


class Door:
    """Takes deliveries and lets everything else through.

    Args:
        services: What one server process has open.
        otherwise: The application behind it.
    """

    def __init__(self, services: Services, otherwise: WSGIApplication) -> None:
        self._services = services
        self._otherwise = otherwise
        self._sources = Sources(services)
        self._ringer = Ringer(services.bells)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", ""))
        token = path.removeprefix(PATH).removesuffix(listening.TEST_ENDING)
        if not path.startswith(PATH) or "/" in token:
            return self._otherwise(environ, start_response)
        try:
            is_test = path.endswith(listening.TEST_ENDING)
            status, reply = self._receive(environ, token, is_test=is_test)
        except Exception:
            LOG.exception("A delivery failed by our mistake")
            status, reply = HTTPStatus.INTERNAL_SERVER_ERROR, Reply()
        headers = {**_HEADERS, **reply.headers, "Content-Length": str(len(reply.body))}
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [reply.body]

    def _receive(self, environ: WSGIEnvironment, token: str, *, is_test: bool) -> Answer:
        try:
            # Strangers are sent away unread: a body that trickles in holds one of few threads.
            is_token = token.isascii() and token.isprintable()
            source = self._sources.find(token) if is_token else None
            if source is None or (is_test and not self._is_listening(source)):
                return HTTPStatus.UNAUTHORIZED, Reply()
            raw = get_input_stream(environ, max_content_length=MOST_BYTES).read()
        except RequestEntityTooLarge:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Reply()
        except (ClientDisconnected, OSError):
            return HTTPStatus.BAD_REQUEST, Reply()
        except ConnectorError as error:
            return _later(error)
        return self._answer(environ, source, raw, is_test=is_test)

    def _is_listening(self, source: Source) -> bool:
        return listening.is_listening(self._services, source.row)

    def _answer(
        self, environ: WSGIEnvironment, source: Source, raw: bytes, *, is_test: bool
    ) -> Answer:
        services, row, settings = self._services, source.row, source.settings
        webhook = _webhook(services, row, environ, raw, is_test=is_test)
        try:
            reply = inbox.handshake(services, row, webhook, settings)
            if reply is None and webhook.method != "POST":
                return HTTPStatus.UNAUTHORIZED, Reply()
            if reply is None and is_test:
                reply = listening.take(services, row, webhook, settings)
            elif reply is None:
                reply = inbox.accept(services, row, webhook, settings, self._ringer.announce)
        except Untrusted as error:
            LOG.warning("A delivery for %s was refused: %s", row.name, error.title)
            return HTTPStatus.UNAUTHORIZED, Reply()
        except InputError as error:
            LOG.warning("A delivery for %s could not be read: %s", row.name, error.title)
            return HTTPStatus.BAD_REQUEST, Reply()
        except ConnectorError as error:
            return _later(error)
        return HTTPStatus.OK, reply


def _webhook(
    services: Services,
    source: ConnectionRow,
    environ: WSGIEnvironment,
    raw: bytes,
    *,
    is_test: bool,
) -> Webhook:
    url = listening.address(services, source, is_test=is_test)
    query = environ.get("QUERY_STRING", "")
    return Webhook(
        method=str(environ["REQUEST_METHOD"]),
        url=f"{url}?{query}" if query else url,
        headers=_headers(environ),
        raw=raw,
        received_at=services.wall_clock.now_ms(),
        peer=str(environ.get("REMOTE_ADDR", "")),
    )


def _headers(environ: WSGIEnvironment) -> Mapping[str, str]:
    """Return the headers in lower case; one that stood twice has both values, and fits nothing."""
    found = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    plain = ((name.replace("_", "-").lower(), environ.get(name)) for name in _PLAIN_HEADERS)
    return {**found, **{name: str(value) for name, value in plain if value}}


def _later(error: ConnectorError) -> Answer:
    """Ask the sender to come again: the fault is on our side, a lock or a missing key."""
    LOG.warning("A delivery could not be kept: %s", error.title)
    return HTTPStatus.SERVICE_UNAVAILABLE, Reply(headers={"Retry-After": RETRY_AFTER_SECONDS})
