"""Who really asks, where the machine that connected is a proxy that was named in the settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WAS_FORWARDED = "connector.was_forwarded"
_FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_VIA")
_SCHEMES = {"http", "https"}


class Proxies:
    """Puts the address and the scheme of whoever asks a trusted proxy in the place of the proxy's.

    The address is the right-most one of ``X-Forwarded-For`` that is no trusted proxy: what stands
    left of it anybody may have written. From all others these headers are not looked at.

    Args:
        application: What answers.
        networks: Where trusted proxies are, such as ``10.0.0.0/24``; none trusts nobody.
    """

    def __init__(self, application: WSGIApplication, networks: Sequence[str]) -> None:
        self._application = application
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        environ[WAS_FORWARDED] = any(name in environ for name in _FORWARDING)
        if self._is_trusted(str(environ.get("REMOTE_ADDR", ""))):
            self._believe(environ)
        return self._application(environ, start_response)

    def _believe(self, environ: WSGIEnvironment) -> None:
        hops = [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        for hop in reversed(hops):
            if not _is_address(hop):
                break  # not written by a proxy; whom it passed on for is not known
            environ["REMOTE_ADDR"] = hop
            if not self._is_trusted(hop):
                break
        # Each proxy adds its own at the end: the last is that of the one we trust.
        scheme = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).rpartition(",")[2].strip().lower()
        if scheme in _SCHEMES:
            environ["wsgi.url_scheme"] = scheme

    def _is_trusted(self, text: str) -> bool:
        if not self._networks or not _is_address(text):
            return False
        found = ipaddress.ip_address(text)
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
