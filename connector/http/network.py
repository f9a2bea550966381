"""The network below the client: only checked addresses are dialled, nothing outlives its call."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from connector.errors import Unreachable
from connector.http.addresses import is_public, origin, refused

CONNECT_SECONDS = 10.0  # waiting longer for a door only keeps a slot of the company busy
KEPT_IDLE_SECONDS = 30.0

Resolve = Callable[[str], Sequence[str]]

# The monotonic time at which this thread's call ends. Connections are shared between calls, so a
# stream has to ask which call it serves.
_ends_at: ContextVar[float] = ContextVar("_ends_at")


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End every connect, read and write inside the block when the seconds are over."""
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


class GuardedTransport(httpx.HTTPTransport):
    """httpx over HTTP/1.1 with the guarded backend below it.

    Args:
        backend: Opens the connections.
        max_connections: Open connections at most.
    """

    def __init__(self, backend: GuardedBackend, max_connections: int) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx takes no network backend, so its pool is replaced by one that does.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=KEPT_IDLE_SECONDS,
            network_backend=backend,
        )


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks every address and dials a checked one.

    Args:
        allowed: Origins as ``host:port`` whose addresses may be inside.
        resolve: Gives the addresses of a name; the system's resolver when not given.
        dial: Opens the connections.
    """

    def __init__(
        self,
        allowed: Collection[str],
        resolve: Resolve | None = None,
        dial: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve or _look_up
        self._dial = dial or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (httpcore's signature; the call's time rules)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that answers; TLS and Host keep the name.

        Raises:
            Unreachable: The name is unknown, or one of its addresses is not public.
            httpcore.ConnectError: No address answered in time.
        """
        until = min(_ends_at.get(), time.monotonic() + CONNECT_SECONDS)
        addresses = self._checked(host, port, until)
        for place, address in enumerate(addresses):
            share = _until(until) / (len(addresses) - place)
            try:
                stream = self._dial.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _DeadlineStream(stream)
        raise httpcore.ConnectError("no address answered")

    def _checked(self, host: str, port: int, until: float) -> Sequence[str]:
        addresses = _resolved_in_time(self._resolve, host, until)
        if not addresses:
            raise Unreachable(
                f"The name {host} could not be found.",
                advice="Check the address for typing mistakes; the call is tried again by itself.",
            )
        if origin(host, port) not in self._allowed and not all(map(is_public, addresses)):
            raise refused(host)
        return addresses


class _DeadlineStream(httpcore.NetworkStream):
    """Gives each read and write only what is left of the call, so that no drip outlives it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (as above)
        return self._stream.read(max_bytes, _left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 (as above)
        # httpcore would grant the whole time anew to each piece that the other side takes.
        connection: socket.socket = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        try:
            while rest:
                connection.settimeout(_left(httpcore.WriteTimeout))
                rest = rest[connection.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 (as above)
    ) -> httpcore.NetworkStream:
        left = min(_left(httpcore.ConnectTimeout), CONNECT_SECONDS)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(too_late: type[Exception]) -> float:
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise too_late("the call's time is over")
    return left


def _until(moment: float) -> float:
    return max(moment - time.monotonic(), 0.001)  # 0 would mean "do not wait" to a socket


def _look_up(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _resolved_in_time(resolve: Resolve, host: str, until: float) -> Sequence[str]:
    # The system's resolver takes no deadline; a thread that comes back too late is left behind.
    answer: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
    threading.Thread(target=lambda: answer.put(resolve(host)), daemon=True).start()
    try:
        return answer.get(timeout=_until(until))
    except queue.Empty:
        return []
