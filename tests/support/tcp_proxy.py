"""A wire that tests can spoil: bytes pass through, until a test says otherwise."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset, not an end

Target = tuple[str, int] | Path


@contextlib.contextmanager
def proxied(target: Target) -> Iterator[TcpProxy]:
    """Give a proxy in front of the target, closed afterwards."""
    proxy = TcpProxy()
    proxy.start(target)
    try:
        yield proxy
    finally:
        proxy.close()


class TcpProxy:
    """Stands between a client and a server on this machine.

    The server is a host with a port, or the path of its socket file. Every fault stays until
    ``restore``, save for ``reset``, which happens once. Faults hold for connections that are open
    and for those to come. All methods may be called from any thread.
    """

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._target: Target = ("127.0.0.1", 0)
        self._listener: socket.socket | None = None
        self._lines: set[_Line] = set()
        self._is_closed = False
        self._clear()

    def _clear(self) -> None:
        self._is_cut = False
        self._is_stalled = False
        self._left: int | None = None
        self._delay = 0.0
        self._marker: bytes | None = None
        self._is_marker_delivered = False

    def start(self, target: Target) -> tuple[str, int]:
        """Listen on a free port of the loopback interface and return its address."""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()
        return self.address

    @property
    def address(self) -> tuple[str, int]:
        """Where clients connect."""
        assert self._listener is not None, "start the proxy first"
        host, port = self._listener.getsockname()
        return str(host), int(port)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._state:
            return len(self._lines)

    def cut(self) -> None:
        """Break every connection, and every new one as soon as it is made."""
        with self._state:
            self._is_cut = True
        self.reset()

    def stall(self) -> None:
        """Keep connections open and let no byte through, either way."""
        with self._state:
            self._is_stalled = True

    def limit_data(self, most: int) -> None:
        """End a connection once this many more bytes of answers passed, over all connections."""
        with self._state:
            self._left = most

    def latency(self, milliseconds: int) -> None:
        """Delay every piece of data by this long, either way."""
        with self._state:
            self._delay = milliseconds / 1000

    def reset(self) -> None:
        """Break every open connection by a reset, once; new ones work."""
        with self._state:
            for line in self._lines:
                line.reset()
            self._state.notify_all()

    def break_at(self, marker: bytes, *, delivered: bool) -> None:
        """Break the next connection whose client sends the marker, once.

        The marker must lie in one piece of data, as a short statement of a database does.

        Args:
            marker: Such as ``COMMIT`` with the zero that ends it; the bare word stands in
                ``READ COMMITTED``, too.
            delivered: Whether the server gets it; its answer is lost either way.
        """
        with self._state:
            self._marker = marker
            self._is_marker_delivered = delivered

    @property
    def has_broken(self) -> bool:
        """Whether the marker of ``break_at`` has passed, or none was asked for."""
        with self._state:
            return self._marker is None

    def restore(self) -> None:
        """End every fault; what was stalled goes on."""
        with self._state:
            self._clear()
            self._state.notify_all()

    def close(self) -> None:
        """Break every connection and stop listening."""
        with self._state:
            self._is_closed = True
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
        self.reset()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # closed
            with self._state:
                is_cut = self._is_cut
            server = None if is_cut else self._dial()
            if server is None:
                _close(client)
                continue
            self._join(_Line(client, server))

    def _dial(self) -> socket.socket | None:
        try:
            if isinstance(self._target, Path):
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._target))
                return server
            return socket.create_connection(self._target, timeout=None)
        except OSError:
            return None

    def _join(self, line: _Line) -> None:
        with self._state:
            self._lines.add(line)
            is_over = self._is_cut or self._is_closed
        if is_over:
            line.reset()
        for to_server in (True, False):
            threading.Thread(target=self._pump, args=[line, to_server], daemon=True).start()

    def _pump(self, line: _Line, to_server: bool) -> None:
        source, sink = (line.client, line.server) if to_server else (line.server, line.client)
        try:
            while data := source.recv(CHUNK):
                if not self._may_pass(line):
                    break
                if to_server and self._is_lost(data, line):
                    break
                if line.is_deaf and not to_server:
                    break  # the answer proves that the server has acted; it goes no further
                passed = data if to_server else self._within_limit(data)
                sink.sendall(passed)
                if len(passed) < len(data):
                    # No reset: that would take back what has just been sent.
                    line.reset(is_abrupt=False)
                    break
            else:
                with contextlib.suppress(OSError):
                    sink.shutdown(socket.SHUT_WR)
                line.end(to_server=to_server)
                if not line.is_over:
                    return
        except OSError:
            pass  # either side went away; the other one is told below
        with self._state:
            self._lines.discard(line)
            self._state.notify_all()
        line.reset()

    def _may_pass(self, line: _Line) -> bool:
        with self._state:
            if self._delay:
                self._state.wait_for(lambda: line.is_broken, self._delay)
            self._state.wait_for(lambda: not self._is_stalled or line.is_broken or self._is_closed)
            return not line.is_broken

    def _is_lost(self, data: bytes, line: _Line) -> bool:
        with self._state:
            if self._marker is None or self._marker not in data:
                return False
            self._marker = None
            line.is_deaf = self._is_marker_delivered
            return not line.is_deaf

    def _within_limit(self, data: bytes) -> bytes:
        with self._state:
            if self._left is None:
                return data
            passed = data[: self._left]
            self._left -= len(passed)
            return passed


class _Line:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.is_broken = False
        self.is_deaf = False  # no further answer comes through
        self._ended: set[bool] = set()

    @property
    def is_over(self) -> bool:
        """Whether both sides said that they are done."""
        return len(self._ended) == 2

    def end(self, *, to_server: bool) -> None:
        """Note that one side is done."""
        self._ended.add(to_server)

    def reset(self, *, is_abrupt: bool = True) -> None:
        """Break both sides."""
        self.is_broken = True
        for side in (self.client, self.server):
            if is_abrupt:
                with contextlib.suppress(OSError):
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            _close(side)


def _close(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RD)  # wakes a thread that reads, and tells the peer nothing yet
    side.close()
