"""Python runs this before a client: no name or address but this machine's leads anywhere."""

import socket
from typing import Any

LOOPBACK = ("127.0.0.1", "localhost")
_real = socket.getaddrinfo


def _found(host: Any, *rest: Any, **more: Any) -> Any:
    if host not in LOOPBACK:
        raise OSError(f"A test client asked for {host}.")
    return _real(host, *rest, **more)


socket.getaddrinfo = _found
