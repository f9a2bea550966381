"""The outbound client against a socket server that drips, stalls, breaks off and resets.

A mocked transport ignores time, so these promises need real connections.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from connector.errors import OutcomeUnknown, Unreachable
from connector.http import HttpReply, HttpRequest, OutboundClient

Serve = Callable[[socket.socket, "Server"], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
DEADLINE = 0.5
PAUSE = 0.05  # every single read is answered far sooner, so only a total deadline ends the call
PATIENCE = 10.0  # a call that lasts so long had no deadline at all


class Server:
    """Accepts connections on loopback and hands each to ``serve`` in a thread of its own."""

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        self.is_over = threading.Event()
        self.accepted = 0
        self.has_waited_in_vain = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Small, so that a reader in sips makes the sender wait often instead of once for long.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.is_over.is_set():
                connection, _ = self._listener.accept()
                self.accepted += 1
                thread = threading.Thread(target=self._handle, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _handle(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            self.serve(connection, self)

    def moments(self, pause: float = PAUSE) -> Iterator[None]:
        """Pause and pause again until the test is over, or until the patience is."""
        for _ in range(int(PATIENCE / pause)):
            if self.is_over.wait(pause):
                return
            yield
        self.has_waited_in_vain = True

    def wait(self) -> None:
        """Do nothing until the test is over."""
        for _ in self.moments():
            pass

    def close(self) -> None:
        """End every thread."""
        self.is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[tuple[OutboundClient, Server]]:
    server = Server(serve)
    client = OutboundClient([f"127.0.0.1:{server.port}", f"shop.example:{server.port}"])
    try:
        yield client, server
    finally:
        client.close()
        server.close()


def call(
    serve: Serve, body: bytes = b"{}", seconds: float = DEADLINE, max_bytes: int = 10_000
) -> HttpReply:
    with serving(serve) as (client, server):
        url = f"http://127.0.0.1:{server.port}/x"
        try:
            return client.send(HttpRequest("POST", url, {}, body, seconds, max_bytes))
        finally:
            assert not server.has_waited_in_vain


def read_request(connection: socket.socket) -> bytes:
    """Return the head and what arrived with it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536) or b"\r\n\r\n"
    return received


def replying(*parts: bytes) -> Serve:
    def serve(connection: socket.socket, _: Server) -> None:
        read_request(connection)
        for part in parts:
            connection.sendall(part)

    return serve


def drip(prefix: bytes, drop: bytes) -> Serve:
    def serve(connection: socket.socket, server: Server) -> None:
        read_request(connection)
        connection.sendall(prefix)
        for _ in server.moments():
            connection.sendall(drop)

    return serve


def stall(connection: socket.socket, server: Server) -> None:
    read_request(connection)
    server.wait()


def never_read(_: socket.socket, server: Server) -> None:
    server.wait()


def sip(connection: socket.socket, server: Server) -> None:
    for _ in server.moments(pause=0.01):
        connection.recv(65536)


def reset(connection: socket.socket, _: Server) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket, _: Server) -> None:
    read_request(connection)


def test_whole_reply_arrives() -> None:
    packed = gzip.compress(b"hello")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    reply = call(replying(head, packed), seconds=10)
    assert (reply.status, reply.body) == (200, b"hello")


@pytest.mark.parametrize(
    "serve",
    [
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(HEAD, b"a"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        stall,
    ],
    ids=["status line", "header", "interim replies", "body", "chunks", "nothing"],
)
def test_reply_that_drips_or_stalls_ends_by_the_deadline(serve: Serve) -> None:
    with pytest.raises(OutcomeUnknown, match=r"127\.0\.0\.1"):
        call(serve)


@pytest.mark.parametrize("serve", [never_read, sip], ids=["not at all", "in sips"])
def test_request_that_is_taken_too_slowly_ends_by_the_deadline(serve: Serve) -> None:
    with pytest.raises(OutcomeUnknown):
        call(serve, body=bytes(100_000_000))


@pytest.mark.parametrize(
    "serve",
    [
        reset,
        hang_up,
        replying(HEAD, b"half of it"),
        replying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhel"),
        replying(b"SMTP ready\r\n\r\n"),
        replying(b"HTTP/1.1 200 OK\r\n" + b"X-Much: " + b"a" * 200_000),
    ],
    ids=["reset", "hung up", "short body", "short chunk", "not HTTP", "endless header"],
)
def test_reply_that_breaks_off_leaves_the_outcome_open(serve: Serve) -> None:
    with pytest.raises(OutcomeUnknown):
        call(serve, seconds=10)


def test_endless_body_is_cut_at_the_cap() -> None:
    def pour(connection: socket.socket, server: Server) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.is_over.is_set():
            connection.sendall(bytes(65536))

    with pytest.raises(OutcomeUnknown, match="larger"):
        call(pour, seconds=30, max_bytes=1_000_000)


def test_closed_port_is_unreachable() -> None:
    with serving(hang_up) as (client, server):
        port = server.port
    with pytest.raises(Unreachable):
        client.send(HttpRequest("GET", f"http://127.0.0.1:{port}/", seconds=5))


def speak_no_tls(connection: socket.socket, _: Server) -> None:
    connection.recv(65536)  # the first message of the client's handshake
    connection.sendall(b"plain text\r\n\r\n")


@pytest.mark.parametrize("serve", [speak_no_tls, never_read])
def test_failed_tls_is_unreachable(serve: Serve) -> None:
    with serving(serve) as (client, server):
        request = HttpRequest("GET", f"https://127.0.0.1:{server.port}/", seconds=DEADLINE)
        with pytest.raises(Unreachable):
            client.send(request)
        assert not server.has_waited_in_vain


def test_waiting_for_a_free_connection_too_long_is_unreachable() -> None:
    with serving(stall) as (_, server):
        client = OutboundClient([f"127.0.0.1:{server.port}"], max_connections=1)
        request = HttpRequest("GET", f"http://127.0.0.1:{server.port}/", seconds=5)

        def occupy() -> None:
            with contextlib.suppress(OutcomeUnknown):
                client.send(request)

        first = threading.Thread(target=occupy)
        first.start()
        while not server.accepted:
            first.join(0.01)
        with pytest.raises(Unreachable):
            client.send(HttpRequest("GET", request.url, seconds=DEADLINE))
        server.is_over.set()
        first.join(10)
        client.close()


def test_private_server_is_refused_before_a_connection_is_made() -> None:
    with serving(hang_up) as (_, server):
        closed = OutboundClient()
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(Unreachable, match="not a public web address"):
                closed.send(HttpRequest("GET", f"http://{host}:{server.port}/"))
        inward = OutboundClient(resolve=lambda _: ["127.0.0.1"])
        with pytest.raises(Unreachable, match="not a public web address"):
            inward.send(HttpRequest("GET", "http://rebind.example/"))
        assert server.accepted == 0


def test_checked_address_is_dialled_and_host_keeps_the_name() -> None:
    heads: list[bytes] = []

    def serve(connection: socket.socket, _: Server) -> None:
        heads.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serving(serve) as (_, server):
        origin = f"shop.example:{server.port}"
        client = OutboundClient([origin], resolve=lambda _: ["127.0.0.1"])
        assert client.send(HttpRequest("GET", f"http://{origin}/", seconds=10)).status == 204
        client.close()
    assert f"host: shop.example:{server.port}".encode() in heads[0].lower()


def test_connection_serves_several_calls_each_with_its_own_deadline() -> None:
    def serve(connection: socket.socket, server: Server) -> None:
        for _ in range(2):
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        stall(connection, server)

    with serving(serve) as (client, server):
        url = f"http://127.0.0.1:{server.port}/"
        client.send(HttpRequest("GET", url, seconds=1))
        threading.Event().wait(1.1)  # the first call's time is over, the connection still open
        assert client.send(HttpRequest("GET", url, seconds=10)).body == b"ok"
        assert server.accepted == 1
        with pytest.raises(OutcomeUnknown):
            client.send(HttpRequest("GET", url, seconds=DEADLINE))
