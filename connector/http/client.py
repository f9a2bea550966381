"""Sends one request and returns its whole reply, or says whether it may have been executed."""

from __future__ import annotations

import logging
import re
import ssl
import zlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import cast

import httpx

from connector.errors import InputError, OutcomeUnknown, Unreachable
from connector.http.addresses import checked_url
from connector.http.network import GuardedBackend, GuardedTransport, Resolve, time_limit

LOG = logging.getLogger(__name__)

MAX_CONNECTIONS = 20
USER_AGENT = "sage-intacct-connector"

_GZIP = 16 + zlib.MAX_WBITS
_PACKING_BYTES = 1024  # besides one byte in a thousand, what gzip adds where nothing can be packed
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
# Everything else happens after bytes may have left, so the caller must not assume.
_NOTHING_WAS_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@dataclass(frozen=True)
class HttpRequest:
    """One call.

    Args:
        method: Such as ``POST``.
        url: A full http or https address without user name and password.
        headers: Names and values; Host, length and accepted encodings are added.
        body: The bytes to send.
        seconds: Wall-clock seconds for everything: name, connection, sending, the whole reply.
        max_bytes: The most the reply may hold, decoded, and the most it may be on the wire.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 30.0
    max_bytes: int = 10_000_000


@dataclass(frozen=True)
class HttpReply:
    """What came back, whatever its status.

    Args:
        status: The HTTP status; redirects are not followed.
        headers: Names in lower case, repeated ones joined by a comma.
        body: The decoded bytes, complete.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundClient:
    """Sends requests to public addresses; share one per process, any thread may use it.

    Proxies from the environment, cookies and redirects are left alone: each would let somebody
    else decide where a call goes, or carry one connection's state into another.

    Args:
        allowed: Origins as ``host:port`` that may be inside, such as the sandbox's.
        transport: Replaces the network, in tests.
        resolve: Gives the addresses of a name; the system's resolver when not given.
        max_connections: Open connections at most; further calls wait within their time.
    """

    def __init__(
        self,
        allowed: Collection[str] = (),
        transport: httpx.BaseTransport | None = None,
        *,
        resolve: Resolve | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._allowed = frozenset(entry.lower() for entry in allowed)
        self._transport = transport or GuardedTransport(
            GuardedBackend(self._allowed, resolve), max_connections
        )

    def send(self, request: HttpRequest) -> HttpReply:
        """Send once and return the reply, whatever its status.

        Raises:
            Unreachable: Surely nothing was executed: the address is refused, unknown or silent.
            OutcomeUnknown: The request may have left, and no complete reply came back in time.
            InputError: A header holds what no header may hold; nothing was sent.
        """
        url = checked_url(request.url, self._allowed)
        message = _message(request, url)
        try:
            with time_limit(request.seconds):
                return self._exchange(message, url.host, request.max_bytes)
        except _NOTHING_WAS_SENT as error:
            _refuse_certificate(error, url.host)
            raise Unreachable(
                f"No connection to {url.host} could be made.",
                advice="Nothing was sent; the call is tried again by itself.",
            ) from error
        except httpx.HTTPError as error:
            raise _unknown(url.host, "was lost or came too late") from error

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _exchange(self, message: httpx.Request, host: str, max_bytes: int) -> HttpReply:
        with closing(self._transport.handle_request(message)) as response:
            body = _read_body(response, host, max_bytes)
            return HttpReply(response.status_code, dict(response.headers), body)


def _refuse_certificate(error: BaseException, host: str) -> None:
    """Say that a server could not prove who it is, where that is what went wrong.

    Raises:
        Unreachable: It names what is wrong with the certificate; verification is never left out.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        why = getattr(cause, "verify_message", "") or "no encrypted connection came about"
        LOG.error("The certificate of %s is not accepted: %s", host, why)
        raise Unreachable(
            f"{host} could not prove who it is: {why}.",
            advice="Nothing was sent. Ask whoever runs the network whether something stands "
            "between here and Intacct; if the address is right, Intacct's certificate may be "
            "broken, and the call is tried again by itself.",
        ) from error


def _message(request: HttpRequest, url: httpx.URL) -> httpx.Request:
    for name, value in request.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise InputError(
                f"The header {name[:60]!r} holds characters that a header may not hold.",
                advice="Use letters, digits and punctuation of ASCII, without line breaks.",
            )
    headers = httpx.Headers(request.headers)
    headers.setdefault("User-Agent", USER_AGENT)
    headers["Accept-Encoding"] = "gzip"
    return httpx.Request(
        request.method,
        url,
        headers=headers,
        content=request.body,
        # Only the wait for a free connection reads this; the rest asks for what is left.
        extensions={"timeout": {"pool": request.seconds}},
    )


def _read_body(response: httpx.Response, host: str, max_bytes: int) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"gzip", "identity", ""}:
        raise _unknown(host, "is packed in a way that was not asked for")
    unpacker = _Unpacker() if encoding == "gzip" else None
    body = bytearray()
    left = max_bytes + max_bytes // 1000 + _PACKING_BYTES
    try:
        # Not iter_raw(): it refuses replies that a test has built whole.
        for chunk in cast("Iterable[bytes]", response.stream):
            # Packed blocks may hold nothing at all: what arrives is limited as well.
            left -= len(chunk)
            if left < 0:
                raise _unknown(host, "is larger than allowed")
            # One byte more than allowed is enough to know, however much the rest would unpack to.
            body += unpacker.unpack(chunk, max_bytes - len(body) + 1) if unpacker else chunk
            if len(body) > max_bytes:
                raise _unknown(host, "is larger than allowed")
        if unpacker:
            unpacker.finish()
    except zlib.error as error:
        raise _unknown(host, "is damaged") from error
    return bytes(body)


class _Unpacker:
    """Undoes gzip with a limit, which httpx cannot: it unpacks whatever arrives at once."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)
        self._has_begun = False

    def unpack(self, chunk: bytes, most: int) -> bytes:
        self._has_begun = True
        unpacked = self._stream.decompress(chunk, most)
        if self._stream.unused_data:
            raise zlib.error("bytes after the end")
        return unpacked

    def finish(self) -> None:
        if self._has_begun and not self._stream.eof:
            raise zlib.error("breaks off")


def _unknown(host: str, what: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"The request went to {host}, but its reply {what}.")
